"""Nothing that was changed after sealing is taken for what was sealed."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from labapp.domain.errors import InputError
from labapp.reports.bundle import MANIFEST, SIGNATURE, file_list
from labapp.reports.canonical_zip import read_zip, write_zip
from labapp.reports.cms import sign_detached
from labapp.reports.codec import canonical_bytes
from labapp.reports.content import Report
from labapp.reports.identity import Identity
from labapp.reports.pdf import draw_report
from labapp.reports.pdf_signing import add_signature, seal_pdf
from labapp.reports.template import Template
from labapp.reports.verification import VerificationResult, verify_bundle, verify_report
from tests.reports.authority import Authority
from tests.reports.conftest import Sealed, issue_of

NAMES = [
    "container", "manifest signature", "manifest", "files", "journal journal.jsonl", "report signatures", "report content", "uploads",
    "records", "workbook", "demonstration",
]  # fmt: skip
UPLOADED = "files/diagnostics.log"


def failed(result: VerificationResult) -> dict[str, str]:
    """The failed checks by name."""
    return {check.name: check.detail for check in result.checks if not check.ok}


def resealed(sealed: Sealed, change: Callable[[dict[str, bytes]], object]) -> bytes:
    """The bundle with changed files, and a manifest with their digests that the laboratory has signed again."""
    files = read_zip(sealed.bundle)
    manifest = json.loads(files.pop(MANIFEST))
    del files[SIGNATURE]
    change(files)
    data = canonical_bytes({**manifest, "files": file_list(files)})
    return write_zip({**files, MANIFEST: data, SIGNATURE: sign_detached(data, sealed.identity, datetime.now(UTC))})


def with_manifest(sealed: Sealed, identity: Identity | None = None, **members: Any) -> bytes:
    """The bundle with other members in its manifest, signed by the laboratory or by somebody else."""
    files = read_zip(sealed.bundle)
    files[MANIFEST] = canonical_bytes({**json.loads(files[MANIFEST]), **members})
    files[SIGNATURE] = sign_detached(files[MANIFEST], identity or sealed.identity, datetime.now(UTC))
    return write_zip(files)


def test_a_bundle_is_intact(sealed: Sealed) -> None:
    result = verify_bundle(sealed.bundle)
    assert failed(result) == {}
    assert [check.name for check in result.checks] == NAMES
    assert (result.intact, result.trusted, result.demonstration) == (True, False, True)
    assert result.signer == sealed.identity.subject


def test_the_same_contents_give_the_same_container(sealed: Sealed) -> None:
    assert write_zip(read_zip(sealed.bundle)) == sealed.bundle


def test_trust_is_asked_of_the_reader(sealed: Sealed) -> None:
    stranger = Authority("labapp demonstration authority").root
    assert verify_bundle(sealed.bundle, [sealed.identity.chain[-1]]).trusted
    assert verify_bundle(sealed.bundle, [stranger, sealed.identity.certificate]).trusted
    assert not verify_bundle(sealed.bundle, [stranger]).trusted


@pytest.fixture(scope="module")
def small(sealed: Sealed) -> bytes:
    """A smaller bundle, so that most positions lie in manifest, signature and ZIP structure."""
    files = {
        name: data
        for name, data in read_zip(sealed.bundle).items()
        if name in ("journal.jsonl", "project.toml", "run.json")
    }
    manifest = json.loads(read_zip(sealed.bundle)[MANIFEST])
    manifest["files"] = [one for one in manifest["files"] if one["name"] in files]
    data = canonical_bytes(manifest)
    return write_zip({**files, MANIFEST: data, SIGNATURE: sign_detached(data, sealed.identity, datetime.now(UTC))})


def test_no_byte_of_a_bundle_can_be_changed(sealed: Sealed, small: bytes) -> None:
    # The small one lacks its report; only that is what its checks say while it is unchanged.
    assert list(failed(verify_bundle(small))) == ["report signatures"]
    chance = random.Random(20261121)
    for data in (small, sealed.bundle):
        for position in (chance.randrange(len(data)) for _ in range(1000)):
            changed = bytearray(data)
            changed[position] ^= 1 << chance.randrange(8)
            result = verify_bundle(bytes(changed))
            assert not result.intact, position
            assert "report signatures" not in failed(result), position


def test_no_byte_of_the_signed_manifest_can_be_changed(sealed: Sealed) -> None:
    files = read_zip(sealed.bundle)
    chance = random.Random(5)
    for name in (MANIFEST, SIGNATURE):
        for _ in range(60):
            changed = bytearray(files[name])
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
            result = verify_bundle(write_zip({**files, name: bytes(changed)}))
            assert list(failed(result)) == ["manifest signature"]


def test_a_bundle_that_was_cut_off_is_no_bundle(sealed: Sealed) -> None:
    for length in (10, 1000, len(sealed.bundle) // 2, len(sealed.bundle) - 1):
        with pytest.raises(InputError) as refused:
            verify_bundle(sealed.bundle[:length], where="x.labevidence")
        assert str(refused.value) == "x.labevidence: is cut off: the end of the bundle is missing - get the file again"


@pytest.mark.parametrize("foreign", [b"", b"hello", b"\x89PNG" * 100])
def test_a_foreign_file_is_no_bundle(foreign: bytes) -> None:
    with pytest.raises(InputError) as refused:
        verify_bundle(foreign, where="x")
    assert str(refused.value) == "x: is no evidence bundle - name an evidence bundle (.labevidence) or a report (.pdf)"


def test_another_zip_is_no_bundle() -> None:
    with pytest.raises(InputError) as refused:
        verify_bundle(write_zip({"a.txt": b"a"}), where="x.zip")
    assert (
        str(refused.value) == "x.zip: is no evidence bundle: it has no manifest - name a file that `labapp report` made"
    )


def test_a_file_that_was_exchanged_added_or_taken_away_is_named(sealed: Sealed) -> None:
    files = read_zip(sealed.bundle)
    without = {name: data for name, data in files.items() if name != "files/diagnostics.log"}
    for changed in ({**files, "files/diagnostics.log": b"other"}, without):
        assert failed(verify_bundle(write_zip(changed))) == {
            "files": "not as the manifest states: files/diagnostics.log"
        }
    assert failed(verify_bundle(write_zip({**files, "more": b""}))) == {"files": "not as the manifest states: more"}


def test_a_file_that_is_stated_twice_is_noticed(sealed: Sealed) -> None:
    stated = json.loads(read_zip(sealed.bundle)[MANIFEST])["files"]
    assert list(failed(verify_bundle(with_manifest(sealed, files=[*stated, stated[0]])))) == ["files"]


def journal_edit(edit: Callable[[list[bytes]], list[bytes]]) -> Callable[[dict[str, bytes]], None]:
    def change(files: dict[str, bytes]) -> None:
        files["journal.jsonl"] = b"\n".join(edit(files["journal.jsonl"].split(b"\n")))

    return change


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (lambda lines: [lines[0].replace(b"TC_", b"TD_"), *lines[1:]], "line 1 has not the digest that line 2 states"),
        (
            lambda lines: [*lines[:-2], lines[-2].replace(b"TC_", b"TD_"), b""],
            "has not the digest of the journal's head",
        ),
        (lambda lines: [*lines[:-2], b""], "lines where the manifest states"),
        (lambda lines: lines[:-1], "the last line is torn"),
        (lambda lines: [lines[1], lines[0], *lines[2:]], "line 1 has the sequence number 2"),
    ],
)
def test_a_laboratory_that_edits_its_journal_is_found_out(
    sealed: Sealed, edit: Callable[[list[bytes]], list[bytes]], text: str
) -> None:
    problems = failed(verify_bundle(resealed(sealed, journal_edit(edit))))
    assert text in problems["journal journal.jsonl"]
    assert "records" in problems


def test_verdicts_that_differ_from_those_of_the_report_are_found_out(sealed: Sealed) -> None:
    def change(files: dict[str, bytes]) -> None:
        files["run.json"] = files["run.json"].replace(b'"verdict": "FAIL"', b'"verdict": "PASS"', 1)

    assert failed(verify_bundle(resealed(sealed, change))) == {
        "records": "the records give another content than the report carries"
    }


def test_records_that_cannot_be_read_are_named(sealed: Sealed) -> None:
    problems = failed(verify_bundle(resealed(sealed, lambda files: files.update({"run.json": b"{"}))))
    assert problems["records"].startswith("the records cannot be read: run.json: is no JSON")


def test_another_workbook_is_found_out(sealed: Sealed) -> None:
    name = sealed.documents.workbook_path
    assert failed(verify_bundle(resealed(sealed, lambda files: files.update({name: b"other"})))) == {
        "workbook": "it is not the one whose digest the signed report states"
    }


def test_another_report_is_found_out(sealed: Sealed, template: Template) -> None:
    other = replace(sealed.report, content=replace(sealed.report.content, statement="The tested item conforms."))
    pdf = seal_pdf(draw_report(other, template), other, sealed.identity)
    problems = failed(verify_bundle(resealed(sealed, lambda files: files.update({sealed.documents.pdf_path: pdf}))))
    assert problems == {"records": "the records give another content than the report carries"}


def test_a_report_of_another_version_is_compared_by_what_happened(sealed: Sealed, template: Template) -> None:
    def problems(**changes: Any) -> dict[str, str]:
        other = Report(replace(sealed.report.content, **changes), replace(sealed.report.issue, maker="0.0.1"))
        pdf = seal_pdf(draw_report(other, template), other, sealed.identity)
        return failed(verify_bundle(resealed(sealed, lambda files: files.update({sealed.documents.pdf_path: pdf}))))

    assert problems(decision_rule="Worded differently.") == {}
    case = sealed.report.content.cases[2]
    better = replace(case, verdict="PASS")
    cases = tuple(better if each is case else each for each in sealed.report.content.cases)
    assert problems(cases=cases) == {"records": "the records give another content than the report carries"}


def test_a_report_of_a_later_format_is_not_understood(sealed: Sealed, template: Template) -> None:
    later = replace(sealed.report, content=replace(sealed.report.content, format=2))
    assert failed(verify_report(seal_pdf(draw_report(later, template), later, sealed.identity))) == {
        "report content": "its content.json has format 2, and this labapp knows format 1"
    }


def test_a_report_that_is_not_signed_is_found_out(sealed: Sealed, template: Template) -> None:
    plain = draw_report(sealed.report, template).pdf
    problems = failed(verify_bundle(resealed(sealed, lambda files: files.update({sealed.documents.pdf_path: plain}))))
    assert problems == {"report signatures": "the report is not signed"}
    problems = failed(verify_bundle(resealed(sealed, lambda files: files.pop(sealed.documents.pdf_path))))
    assert list(problems) == ["report signatures"]


@pytest.mark.parametrize(
    ("members", "text"),
    [
        ({"format": 2}, "it has format 2, and this labapp knows format 1"),
        ({"kind": "other"}, "it is no manifest of a bundle"),
        ({"signer": "CN=Somebody"}, "it names another signer than the one that signed it"),
        ({"report": {}}, "a member is missing or of another type"),
        (
            {"journals": [{"file": "journal.jsonl", "head": "", "records": "1"}]},
            "a member is missing or of another type",
        ),
        ({"files": {}}, "a member is missing or of another type"),
    ],
)
def test_a_manifest_that_says_something_else_is_refused(sealed: Sealed, members: Mapping[str, Any], text: str) -> None:
    assert failed(verify_bundle(with_manifest(sealed, **members))) == {"manifest": text}


def test_a_manifest_without_a_journal_is_refused(sealed: Sealed) -> None:
    assert failed(verify_bundle(with_manifest(sealed, journals=[]))) == {"journal": "the manifest names no journal"}


def test_the_mark_of_a_demonstration_cannot_be_taken_away(sealed: Sealed, template: Template) -> None:
    problems = failed(verify_bundle(with_manifest(sealed, demonstration=False)))
    assert problems == {"demonstration": "manifest and report differ on whether this is a demonstration"}
    issue = issue_of(sealed.identity, demonstration=False)
    unmarked = Report(sealed.report.content, issue)
    result = verify_report(seal_pdf(draw_report(unmarked, template), unmarked, sealed.identity))
    assert failed(result) == {"report content": "it is a demonstration and not marked as one"}


def test_whoever_seals_a_changed_bundle_again_is_not_trusted(sealed: Sealed) -> None:
    forger = Authority("labapp demonstration authority").identity("labapp demonstration laboratory")
    forged = with_manifest(sealed, forger, signer=forger.subject)
    result = verify_bundle(forged, [sealed.identity.chain[-1]])
    assert (result.trusted, result.signer) == (False, forger.subject)
    assert not verify_bundle(forged, [forger.chain[-1]]).trusted


def test_judging_again_is_asked_of_the_caller(sealed: Sealed) -> None:
    seen: list[tuple[bytes, int]] = []

    def same(journal: bytes, result: Mapping[str, Any]) -> list[str]:
        seen.append((journal, len(result["cases"])))
        return []

    result = verify_bundle(sealed.bundle, rejudge=same)
    assert result.intact
    assert [check.name for check in result.checks] == [*NAMES, "verdicts"]
    assert seen == [(sealed.records.named["journal.jsonl"], 10)]
    assert failed(verify_bundle(sealed.bundle, rejudge=lambda *_: ["a", "b", "c", "d", "e"])) == {
        "verdicts": "a; b; c; and 2 more"
    }

    def impossible(*_: object) -> list[str]:
        raise InputError("no such case")

    assert failed(verify_bundle(sealed.bundle, rejudge=impossible)) == {
        "verdicts": "the journal cannot be judged again: no such case"
    }


@pytest.mark.parametrize(
    "change", [lambda files: files.update({UPLOADED: b"other"}), lambda files: files.pop(UPLOADED)]
)
def test_an_upload_is_the_one_that_was_taken(sealed: Sealed, change: Callable[[dict[str, bytes]], object]) -> None:
    problems = failed(verify_bundle(resealed(sealed, change)))
    assert problems.pop("records") == "the records give another content than the report carries"
    assert problems == {"uploads": "not as the device uploaded it: diagnostics.log"}


def test_a_report_alone_can_be_checked(sealed: Sealed) -> None:
    result = verify_report(sealed.documents.pdf, [sealed.identity.chain[-1]])
    assert (result.intact, result.trusted, result.demonstration) == (True, True, True)
    assert [check.name for check in result.checks] == ["report signatures", "report content"]


def test_no_byte_that_a_report_is_signed_over_can_be_changed(sealed: Sealed) -> None:
    pdf, chance = sealed.documents.pdf, random.Random(3)
    # The signature itself stands in a gap of what is signed; its padding carries nothing.
    _, first, gap, _ = list(PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0].byte_range)
    for _ in range(40):
        position = chance.randrange(8, len(pdf) - 1024)
        changed = bytearray(pdf)
        changed[position if not first <= position < gap else position - (gap - first)] ^= 1 << chance.randrange(8)
        assert not verify_report(bytes(changed)).intact, position


def test_nothing_can_be_added_to_a_report_but_signatures(sealed: Sealed) -> None:
    signed = add_signature(sealed.documents.pdf, "tested", sealed.identity)
    result = verify_report(signed)
    assert result.intact
    assert result.checks[0].detail.count("; ") == 1
    assert failed(verify_report(sealed.documents.pdf + b"\n%more\n%%EOF\n")) != {}
    for last in (sealed.documents.pdf, signed):
        assert not verify_report(added_note(last)).intact


def added_note(pdf: bytes) -> bytes:
    """The PDF with a changed page in an incremental update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.root["/Pages"]["/Kids"][0]
    page[generic.NameObject("/Rotate")] = generic.NumberObject(90)
    writer.update_container(page)
    output = io.BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def test_a_signature_of_a_stranger_takes_the_trust_away(sealed: Sealed) -> None:
    stranger = Authority("Elsewhere").identity("Somebody")
    signed = add_signature(sealed.documents.pdf, "authorised", stranger)
    trust = [sealed.identity.chain[-1]]
    assert (verify_report(signed, trust).intact, verify_report(signed, trust).trusted) == (True, False)
    assert verify_report(signed, [*trust, stranger.chain[-1]]).trusted


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"hello", "x: is no PDF - name an evidence bundle (.labevidence) or a report (.pdf)"),
        (b"%PDF-1.4 and no more", "x: is cut off: the end of the PDF is missing - get the file again"),
    ],
)
def test_what_is_no_whole_pdf_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(InputError) as refused:
        verify_report(data, where="x")
    assert str(refused.value) == message


def test_another_pdf_is_not_intact(sealed: Sealed, template: Template) -> None:
    pdf = draw_report(sealed.report, template).pdf
    result = verify_report(pdf)
    assert failed(result) == {"report signatures": "the report is not signed"}
    assert (result.intact, result.trusted, result.signer) == (False, False, "")
