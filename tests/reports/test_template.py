"""Layouts as data."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from labapp.domain.errors import InputError
from labapp.locator import data_path
from labapp.reports.content import Content, Report
from labapp.reports.identity import Identity
from labapp.reports.tables import TABLES, rows_of_table
from labapp.reports.template import load_template, template_names, template_of
from tests.reports.conftest import issue_of
from tests.reports.test_self_test import TESTED


@pytest.mark.parametrize("name", template_names())
def test_every_template_fits_the_page_and_names_what_there_is(name: str, content: Content, identity: Identity) -> None:
    template = load_template(name)
    report = Report(replace(content, self_test=TESTED), issue_of(identity))
    groups = {group.id for group in content.groups}
    for part in (*template.sections, *template.sheets):
        assert not part.table or part.table in TABLES
        fields = {field for row in rows_of_table(report, part.table) for field in row} if part.table else set()
        assert {column.field for column in part.columns} <= fields, part.title
    for section in template.sections:
        assert set(section.groups) <= groups
        assert not section.columns or sum(column.width for column in section.columns) == 174, section.title
    assert {fact for sheet in template.sheets for fact in sheet.facts} <= groups


def test_a_template_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError) as refused:
        load_template("none")
    assert str(refused.value) == '--template: there is no report template "none" - use certification'


@pytest.mark.parametrize(
    "change",
    [
        {"title": None},
        {"section": [{"kind": "poem", "title": "x"}]},
        {"section": [{"kind": "table", "title": "x", "columns": [["a", "b"]]}]},
        {"sheet": [{"title": "a/b"}]},
        {"sheet": [{"title": "x" * 32}]},
    ],
)
def test_a_damaged_template_is_noticed(change: dict[str, Any]) -> None:
    table = tomllib.loads((data_path("report_templates") / "certification.toml").read_text(encoding="utf-8"))
    changed = {key: value for key, value in {**table, **change}.items() if value is not None}
    with pytest.raises((KeyError, TypeError, ValueError)):
        template_of("x", changed)
