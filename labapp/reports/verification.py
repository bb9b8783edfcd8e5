"""Checking what a laboratory hands over: an evidence bundle, or a report alone. Nothing in it is believed, everything is computed again.

*Intact*: whole, and signed by the certificate inside. *Trusted*: every certificate that signed leads up to one that the reader named.
Whoever repacks and signs a changed bundle makes an intact one; only trust tells it from the laboratory's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography import x509

from labapp import __version__
from labapp.domain.errors import InputError
from labapp.domain.run_files import FILES, JOURNAL, RESULT
from labapp.engine.journal import split, verify_chain
from labapp.reports.assembly import content_of
from labapp.reports.bundle import MANIFEST, SIGNATURE, file_list, parse_manifest, records_in
from labapp.reports.canonical_zip import NotCanonical, read_zip
from labapp.reports.cms import BadSignature, Signed, verify_detached
from labapp.reports.content import Content, Report
from labapp.reports.identity import is_demonstration, subject_of
from labapp.reports.pdf_verification import BadPdf, PdfSignature, embedded_report, verify_pdf_signatures
from labapp.reports.records import Given
from labapp.reports.trust import leads_to

#: Judges a journal again and compares with the run's result (`run.json`): what differs, each as a clause.
#: Raises InputError when the journal cannot be judged.
Rejudge = Callable[[bytes, Mapping[str, Any]], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. detail: what was found, in one clause."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """What came out. signer: subject of the sealing certificate, "" when no signature holds. demonstration: it says of itself to be one."""

    intact: bool
    trusted: bool
    signer: str
    demonstration: bool
    checks: tuple[Check, ...]

    def as_json(self) -> dict[str, Any]:
        """The result as `labapp verify --json` prints it."""
        return {
            "intact": self.intact,
            "trusted": self.trusted,
            "signer": self.signer,
            "demonstration": self.demonstration,
            "checks": [{"name": one.name, "ok": one.ok, "detail": one.detail} for one in self.checks],
        }


class _Refused(Exception):
    """A check failed, and those that would follow rest on it."""


@dataclass(frozen=True, slots=True)
class _Signer:
    """Who signed what: for trust."""

    what: str
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    at: datetime


class _Examination:
    """The checks so far, and what they brought to light."""

    def __init__(self) -> None:
        self.checks: list[Check] = []
        self.signers: list[_Signer] = []
        self.demonstration = False

    def note(self, name: str, problem: str, detail: str) -> None:
        """Record a check. problem: "" when all is well, else what is wrong, which stands in place of the detail."""
        self.checks.append(Check(name, not problem, problem or detail))

    def demand(self, name: str, problem: str, detail: str) -> None:
        """Record a check on which the following ones rest. Raises _Refused when it failed."""
        self.note(name, problem, detail)
        if problem:
            raise _Refused

    def result(self, trust: Sequence[x509.Certificate]) -> VerificationResult:
        """The outcome. Trust is asked only of what is intact."""
        intact = all(check.ok for check in self.checks)
        untrusted = [one for one in self.signers if not leads_to(trust, one.certificate, one.chain, one.at)]
        return VerificationResult(
            intact=intact,
            trusted=intact and bool(trust) and bool(self.signers) and not untrusted,
            signer=subject_of(self.signers[0].certificate) if self.signers else "",
            demonstration=self.demonstration,
            checks=tuple(self.checks),
        )


def verify_bundle(
    data: bytes, trust: Sequence[x509.Certificate] = (), rejudge: Rejudge | None = None, where: str = "the bundle"
) -> VerificationResult:
    """Check an evidence bundle. trust: certificates that the reader trusts. Call it outside a running event loop.

    Raises: InputError when it is no bundle at all, or its end is missing.
    """
    examination = _Examination()
    with suppress(_Refused):
        _examine_bundle(examination, data, rejudge, where)
    return examination.result(trust)


def verify_report(pdf: bytes, trust: Sequence[x509.Certificate] = (), where: str = "the report") -> VerificationResult:
    """Check a report alone: its signatures, and that it carries a content model; whether the records give it, only the bundle shows.

    Raises: InputError when it is no PDF, or its end is missing.
    """
    if not pdf.startswith(b"%PDF-"):
        raise InputError("is no PDF", where=where, mend="name an evidence bundle (.labevidence) or a report (.pdf)")
    if b"%%EOF" not in pdf[-1024:]:
        raise InputError("is cut off: the end of the PDF is missing", where=where, mend="get the file again")
    examination = _Examination()
    with suppress(_Refused):
        _examine_pdf(examination, pdf)
    return examination.result(trust)


def _examine_bundle(examination: _Examination, data: bytes, rejudge: Rejudge | None, where: str) -> None:
    files = _container(examination, data, where)
    manifest = _manifest(examination, files)
    _files(examination, files, manifest)
    _journals(examination, files, manifest)
    named = manifest["report"]
    report = _examine_pdf(examination, files.get(named["pdf"], b""))
    _uploads(examination, files)
    _content(examination, files, report)
    _workbook(examination, files, named["workbook"], report)
    _mark(examination, manifest, report)
    if rejudge is not None:
        _verdicts(examination, files, rejudge)


def _container(examination: _Examination, data: bytes, where: str) -> dict[str, bytes]:
    try:
        files, problem = read_zip(data), ""
    except NotCanonical as error:
        if error.truncated:
            raise InputError(
                "is cut off: the end of the bundle is missing", where=where, mend="get the file again"
            ) from error
        if str(error) == "it is no ZIP file":
            raise InputError(
                "is no evidence bundle", where=where, mend="name an evidence bundle (.labevidence) or a report (.pdf)"
            ) from error
        files, problem = {}, str(error)
    if not problem and MANIFEST not in files and SIGNATURE not in files:
        raise InputError(
            "is no evidence bundle: it has no manifest", where=where, mend="name a file that `labapp report` made"
        )
    examination.demand("container", problem, f"canonical ZIP of {len(files)} files")
    return files


def _manifest(examination: _Examination, files: Mapping[str, bytes]) -> dict[str, Any]:
    data = files.get(MANIFEST, b"")
    try:
        signed, problem = verify_detached(data, files.get(SIGNATURE, b"")), ""
    except BadSignature as error:
        signed, problem = None, str(error)
    examination.demand("manifest signature", problem, _signed_words(signed))
    assert signed is not None
    examination.signers.append(_Signer("manifest", signed.certificate, signed.chain, signed.at))
    try:
        manifest, problem = parse_manifest(data), ""
        examination.demonstration = bool(manifest["demonstration"])
        problem = _shape_problem(manifest)
    except (ValueError, KeyError, TypeError) as error:
        manifest, problem = {}, str(error)
    if not problem and manifest["signer"] != subject_of(signed.certificate):
        problem = "it names another signer than the one that signed it"
    examination.demand("manifest", problem, "canonical JSON of a known format")
    return manifest


def _signed_words(signed: Signed | None) -> str:
    return f"signed by {subject_of(signed.certificate)} at {signed.at:%Y-%m-%d %H:%M:%S} UTC" if signed else ""


def _shape_problem(manifest: Mapping[str, Any]) -> str:
    """Why the following checks could not read the manifest, "" when they can."""
    try:
        named = [manifest["report"]["pdf"], manifest["report"]["workbook"], manifest["signer"]]
        named += [text for one in manifest["journals"] for text in (one["file"], one["head"])]
        whole = all(type(one["records"]) is int for one in manifest["journals"]) and isinstance(manifest["files"], list)
    except (KeyError, TypeError):
        whole, named = False, []
    return "" if whole and all(isinstance(text, str) for text in named) else "a member is missing or of another type"


def _files(examination: _Examination, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
    found = {name: data for name, data in files.items() if name not in (MANIFEST, SIGNATURE)}
    stated = {str(one.get("name")): one for one in manifest["files"] if isinstance(one, Mapping)}
    actual = {one["name"]: one for one in file_list(found)}
    wrong = sorted(name for name in {*stated, *actual} if stated.get(name) != actual.get(name))
    problem = (
        f"not as the manifest states: {', '.join(wrong)}" if wrong or len(stated) != len(manifest["files"]) else ""
    )
    examination.demand("files", problem, f"{len(found)} files have the sizes and SHA-256 digests of the manifest")


def _journals(examination: _Examination, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
    if not manifest["journals"]:
        examination.note("journal", "the manifest names no journal", "")
    for one in manifest["journals"]:
        lines, torn = split(files.get(one["file"], b""))
        findings = [finding.text for finding in verify_chain(lines, one["head"])]
        if torn:
            findings.append("the last line is torn")
        if len(lines) != one["records"]:
            findings.append(f"{len(lines)} lines where the manifest states {one['records']}")
        detail = f"{len(lines)} lines, each naming the digest of the one before; the head is that of the manifest"
        examination.note(f"journal {one['file']}", "; ".join(findings[:3]), detail)


def _examine_pdf(examination: _Examination, pdf: bytes) -> Report:
    signatures: tuple[PdfSignature, ...] = ()
    try:
        signatures, problem = verify_pdf_signatures(pdf), ""
    except BadPdf as error:
        problem = str(error)
    words = "; ".join(f"{one.field}: {one.subject} at {one.at:%Y-%m-%d %H:%M:%S %z}" for one in signatures)
    examination.demand("report signatures", problem, words)
    for one in signatures:
        examination.signers.append(_Signer(f"report, {one.field}", one.certificate, one.chain, one.at))
    report: Report | None = None
    try:
        report, problem = embedded_report(pdf), ""
    except BadPdf as error:
        problem = str(error)
    if report is not None:
        marked = report.issue.demonstration
        examination.demonstration = examination.demonstration or marked
        simulated = report.content.demonstration or is_demonstration(signatures[0].certificate)
        if simulated and not marked:
            problem = "it is a demonstration and not marked as one"
        if report.issue.signer != signatures[0].subject:
            problem = "it names another laboratory's certificate than the one that signed it"
    number = f"report {report.content.number}, version {report.content.version}" if report else ""
    examination.demand("report content", problem, f"{number}: the content model is inside")
    assert report is not None
    return report


def _content(examination: _Examination, files: Mapping[str, bytes], report: Report) -> None:
    """Compute the content again. Another version of labapp may word it differently; what happened is the same in every version."""
    detail = "the records give exactly the content that the report carries"
    try:
        content = content_of(records_in(files))
        same = content == report.content
        if not same and report.issue.maker != __version__:
            same = _what_happened(content) == _what_happened(report.content)
            detail = (
                f"the report was made by labapp {report.issue.maker}; the records give its attempts, verdicts, findings, reviews, digests "
                "and files, wording is not compared"
            )
        problem = "" if same else "the records give another content than the report carries"
    except InputError as error:
        problem = f"the records cannot be read: {error}"
    examination.note("records", problem, detail)


def _what_happened(content: Content) -> tuple[object, ...]:
    """What a report states of the records as they are, without anything that labapp says about them."""
    cases = tuple((case.id, case.verdict, case.expected, case.attempts) for case in content.cases)
    return (
        content.number,
        content.version,
        content.mode,
        content.demonstration,
        cases,
        content.amendments,
        content.pics_sha256,
        content.journal,
        content.files,
    )


def _uploads(examination: _Examination, files: Mapping[str, bytes]) -> None:
    """Whether what the device uploaded is there as the tool's file servers took it; that the journal says so too, judging shows."""
    try:
        result = Given.of(records_in(files).json_of(RESULT), RESULT)
        uploads = [(one.text("file"), one.text("sha256")) for one in result.rows("files") if one.text("file")]
        wrong = [name for name, digest in uploads if _sha256(files.get(f"{FILES}/{name}")) != digest]
        problem = f"not as the device uploaded it: {', '.join(wrong)}" if wrong else ""
    except InputError as error:
        uploads, problem = [], f"the records cannot be read: {error}"
    examination.note("uploads", problem, f"uploads of the device: {len(uploads)}; each has the digest of the record")


def _sha256(data: bytes | None) -> str:
    return hashlib.sha256(data).hexdigest() if data is not None else ""


def _workbook(examination: _Examination, files: Mapping[str, bytes], name: str, report: Report) -> None:
    stated = report.issue.workbook_sha256
    same = hashlib.sha256(files.get(name, b"")).hexdigest() == stated
    examination.note(
        "workbook", "" if same else "it is not the one whose digest the signed report states", f"SHA-256 {stated}"
    )


def _mark(examination: _Examination, manifest: Mapping[str, Any], report: Report) -> None:
    sealed_by = examination.signers[0].certificate
    due = report.issue.demonstration or is_demonstration(sealed_by)
    problem = (
        "" if manifest["demonstration"] == due else "manifest and report differ on whether this is a demonstration"
    )
    examination.note(
        "demonstration", problem, "marked as a demonstration" if due else "no simulator and no demonstration identity"
    )


def _verdicts(examination: _Examination, files: Mapping[str, bytes], rejudge: Rejudge) -> None:
    records = records_in(files)
    try:
        result = Given.of(records.json_of(RESULT), RESULT).members
        differences = rejudge(records.bytes_of(JOURNAL), result)
        problem = "; ".join(differences[:3]) + (f"; and {len(differences) - 3} more" if len(differences) > 3 else "")
    except InputError as error:
        problem = f"the journal cannot be judged again: {error}"
    examination.note("verdicts", problem, "the journal, judged again, gives every verdict of the report")
