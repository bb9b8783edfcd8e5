"""The report on paper, read back as text."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from pypdf import PdfReader

from labapp.reports.content import DEMONSTRATION, Case, Content, Fact, Finding, Report
from labapp.reports.identity import Identity
from labapp.reports.pdf import SIGNATURES, draw_report
from labapp.reports.template import Template
from labapp.reports.typography import printable
from tests.reports.conftest import issue_of


def pages(report: Report, template: Template) -> list[str]:
    """The text of each page, blanks and line ends made one."""
    reader = PdfReader(io.BytesIO(draw_report(report, template).pdf))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def replaced_finding(content: Content, **changes: str) -> Content:
    """The content with other texts in the first finding of TC_010_CS."""

    def edited(case: Case) -> Case:
        if case.id != "TC_010_CS":
            return case
        first = case.attempts[0]
        finding: Finding = replace(first.findings[0], **changes)  # type: ignore[arg-type]
        return replace(case, attempts=(replace(first, findings=(finding,)), *case.attempts[1:]))

    return replace(content, cases=tuple(edited(case) for case in content.cases))


def blocks_and_overview(text: list[str]) -> tuple[str, str]:
    """The text of the sections "Results by case" and "Results, overview"."""
    whole = " ".join(text[2:])
    overview, rest = whole.split("Results, overview", 1)[1].split("Results by case", 1)
    return rest.split("Plan: applicability and reasons", 1)[0], overview


@pytest.fixture(scope="module")
def text(content: Content, identity: Identity, template: Template) -> list[str]:
    issue = replace(issue_of(identity, demonstration=False), signer="CN=Example Test House")
    return pages(Report(content, issue), template)


def test_every_page_has_number_version_and_count(text: list[str]) -> None:
    for number, page in enumerate(text, start=1):
        assert "Report ETH-2026-0042, version 2" in page
        assert f"Page {number} of {len(text)}" in page
        assert DEMONSTRATION not in page
    assert text[-1].count("— End of report ETH-2026-0042, version 2 —") == 1


def test_a_demonstration_is_marked_on_every_page(content: Content, identity: Identity, template: Template) -> None:
    text = pages(Report(content, issue_of(identity)), template)
    assert all(page.count(DEMONSTRATION) >= 2 for page in text)
    assert "No statement of conformity is made: this is a demonstration." in text[0]


def test_the_report_holds_what_it_must(text: list[str]) -> None:
    whole = " ".join(text)
    for words in (
        "Example Test House B.V.", "Arnhem, bench 2", "RvA L 000", "Süd & Ost <Ladetechnik> GmbH", "SIM-0001", "new, undamaged, sealed",
        "2026-11-17", "replaces report ETH-2026-0041", "OCPP 1.6 errata sheet v4.0", "edition 2025-11", "labapp 0.1.0", "5c1f5c1f",
        "EVSE tester T2, no. 1187", "Pre-test not stated", "at least -81.0", "✗ not ok", "SupportedFeatureProfilesMaxLength",
        "not applicable", "✓ PASS", "✗ FAIL (expected)", "! ERROR", "· NOT_RUN", "– NOT_APPLICABLE", "⟳ INCONCLUSIVE", "D2.e",
        "Amended by M. Jansen", "connector 2 Faulted", "Response time RemoteStartTransaction", "simple acceptance",
        "relate only to the items tested", "Tested by", "Checked by", "Authorised by", "boot_retry", "files/diagnostics.log",
    ):  # fmt: skip
        assert words.lower() in whole.lower(), words


def test_only_cases_that_ran_have_a_block_and_the_others_say_why_in_the_overview(
    content: Content, text: list[str]
) -> None:
    blocks, overview = blocks_and_overview(text)
    begun = {case.id for case in content.cases if case.attempts}
    for case in content.cases:
        assert f"{case.id} " in overview
        assert (f"{case.id} " in blocks) == (case.id in begun), case.id
    left = [case for case in content.cases if case.verdict == "NOT_RUN" and not case.attempts]
    assert left
    assert all(f"NOT_RUN 0 {case.remark}" in overview for case in left)
    assert "NOT_RUN 0 Not among the cases of this run." in overview
    assert "NOT_APPLICABLE 0 The case is for a charging station that has a fixed cable" in overview
    assert "NOT_RUN 1 blocked_by_reset" in overview


def test_a_case_that_was_blocked_or_excluded_has_no_block(
    content: Content, identity: Identity, template: Template
) -> None:
    first = next(case for case in content.cases if case.id == "TC_013_CS")
    blocked = replace(first.attempts[0], first=0, last=0, text="000_RESET did not pass.")
    unbegun = replace(content, cases=(replace(first, attempts=(blocked,)),))
    blocks, overview = blocks_and_overview(pages(Report(unbegun, issue_of(identity)), template))
    assert "No case was run." in blocks
    assert "NOT_RUN 1 000_RESET did not pass." in overview


def test_an_attempt_shows_its_verdict_its_record_and_its_finding(content: Content, text: list[str]) -> None:
    whole = " ".join(text)
    attempt = next(case for case in content.cases if case.id == "TC_010_CS").attempts[0]
    assert f"Journal lines {attempt.first} to {attempt.last}, SHA-256 {attempt.sha256}" in whole
    assert "1 stands ✗ FAIL FAIL NONE validation" in whole
    assert "nearest one has Sample.Periodic. (003 Table 71, validation of step 12)" in whole


@pytest.mark.parametrize(
    "hostile",
    [
        "</para><b>",
        "&amp; &#60;",
        "<img src='x'/>",
        "a\x00b\x1b[31m",
        "深圳充电",
        "\u202egnp.exe",
        "🔌",
        "x" * 9000,
        "w " * 9000,
    ],
)
def test_text_of_a_device_is_shown_and_never_obeyed(
    content: Content, identity: Identity, template: Template, hostile: str
) -> None:
    hostile_content = replaced_finding(content, received=hostile, text=hostile)
    group = content.group("item")
    facts = (Fact("vendor", "Vendor", hostile, True), *(fact for fact in group.facts if fact.key != "vendor"))
    groups = tuple(replace(group, facts=facts) if each.id == "item" else each for each in content.groups)
    few = tuple(case for case in hostile_content.cases if case.id == "TC_010_CS")
    hostile_content = replace(hostile_content, groups=groups, cases=few, plan=(), pics=(), configuration=())
    whole = "".join(" ".join(pages(Report(hostile_content, issue_of(identity)), template)).split())
    assert "".join(printable(hostile).split())[:40] in whole


def test_the_fields_for_the_signatures_have_their_places(
    content: Content, identity: Identity, template: Template
) -> None:
    drawn = draw_report(Report(content, issue_of(identity)), template)
    count = len(PdfReader(io.BytesIO(drawn.pdf)).pages)
    assert sorted(drawn.fields) == sorted(name for name, _, _ in SIGNATURES)
    boxes = [place.box for place in drawn.fields.values()]
    assert {place.page for place in drawn.fields.values()} == {count - 1}
    assert len({box[:2] for box in boxes}) == 4
    assert all(0 < left < right < 596 and 0 < bottom < top < 842 for left, bottom, right, top in boxes)


def test_characters_without_a_glyph_are_named() -> None:
    assert printable("Zoë ✓ €") == "Zoë ✓ €"
    assert printable("深\x07\u202e") == "⟨U+6DF1⟩⟨U+0007⟩⟨U+202E⟩"
    assert printable("a\tb\nc") == "a b c"
