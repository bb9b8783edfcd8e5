"""The self-test of the judge in the report."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from labapp.domain.errors import InputError
from labapp.domain.run_files import SELFTEST
from labapp.reports.assembly import content_of
from labapp.reports.codec import from_json, to_json
from labapp.reports.content import Content, Report
from labapp.reports.identity import Identity
from labapp.reports.records import Records
from labapp.reports.self_test import MutantLine, SelfTest, SelfTestCase, self_test_of
from labapp.reports.template import Template
from labapp.reports.xlsx import build_workbook
from tests.reports.conftest import issue_of
from tests.reports.sample import SUMMARY
from tests.reports.test_pdf import pages

FEW = tuple(MutantLine(kind, 1, 1) for kind in ("swap", "insert", "duplicate", "shift", "callerror", "schema"))
TESTED = SelfTest(
    version="0.1.0",
    started="2026-11-20T08:30:00Z",
    seconds=62,
    cases=(
        SelfTestCase(
            "TC_003_CS",
            ("standard", "sockets"),
            1,
            (MutantLine("change", 12, 12), MutantLine("drop", 9, 8), *FEW),
            2,
            3,
        ),
    ),
)


def with_summary(records: Records, **changes: Any) -> Records:
    data = json.dumps({**SUMMARY, **changes}).encode()
    return replace(records, named={**records.named, SELFTEST: data})


def test_the_self_test_is_part_of_the_content(records: Records, content: Content) -> None:
    assert content.self_test is None
    tested = content_of(with_summary(records))
    assert tested == replace(content, self_test=TESTED)
    assert from_json(Content, to_json(tested)) == tested


def test_the_self_test_of_another_judge_proves_nothing(records: Records) -> None:
    with pytest.raises(InputError) as refused:
        content_of(with_summary(records, judge="d2"))
    assert str(refused.value) == (
        "selftest.json: is the self-test of another judge than the one of this run - take it away, and make the report again"
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seconds": "62"}, "selftest.json.seconds: is no whole number"),
        ({"cases": {}}, "selftest.json.cases: is no list"),
        ({"cases": [{"mutants": {"drop": 3}}]}, "selftest.json.cases[0].mutants.drop: is no object"),
        (
            {"cases": [{"mutants": {"drop": {"made": "3"}}}]},
            "selftest.json.cases[0].mutants.drop.made: is no whole number",
        ),
    ],
)
def test_what_is_no_summary_is_refused(records: Records, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        self_test_of(with_summary(records, **changes), str(SUMMARY["judge"]))
    assert str(refused.value) == f"{message} - use the directory of a run, unchanged"


def test_paper_and_workbook_show_it(content: Content, identity: Identity, template: Template) -> None:
    small = replace(content, cases=(), plan=(), pics=(), configuration=(), settings=())
    section = next(section for section in template.sections if section.kind == "self_test")
    sheet = next(sheet for sheet in template.sheets if sheet.table == "self_test")
    short = replace(template, sections=(template.sections[0], section), sheets=(sheet,))
    missing = " ".join(pages(Report(small, issue_of(identity)), short))
    assert "This judge was not put to its self-test on this machine; the command labapp selftest does that." in missing
    tested = Report(replace(small, self_test=TESTED), issue_of(identity, demonstration=False))
    shown = " ".join(pages(tested, short))
    assert "Run 2026-11-20 08:30:00 UTC with labapp 0.1.0 in 62 s" in shown
    assert "26 of 27 mutants killed, 1 of 2 conformant runs passed" in shown
    assert "TC_003_CS 1 of 2 27 26 2 3" in shown
    workbook = openpyxl.load_workbook(io.BytesIO(build_workbook(tested, short)))
    rows = list(workbook["Self-test"].iter_rows(values_only=True))
    assert rows[1] == (
        "TC_003_CS", "1 of 2", "standard, sockets", 27, 26, 2, 3, "12 of 12", "8 of 9", *["1 of 1"] * 6,
    )  # fmt: skip
