"""The report as a PDF, not signed yet: the sections of a template in their order, page furniture, and boxes for the signatures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageBreak, PageTemplate, Paragraph
from reportlab.platypus.flowables import KeepTogether
from reportlab.platypus.tableofcontents import TableOfContents

from labapp.reports.content import DEMONSTRATION, FactGroup, Report
from labapp.reports.pdf_cases import case_flowables
from labapp.reports.pdf_parts import (
    BARE,
    TEXT_WIDTH,
    Heading,
    boxed,
    column_width,
    fact_table,
    gap,
    section_heading,
    side_by_side,
    table,
)
from labapp.reports.tables import Row, moment, rows_of_table
from labapp.reports.template import Column, Section, Template
from labapp.reports.typography import ACCENT, ALARM, BOLD, FAINT, RULE, TEXT, markup, printable, register_fonts, style
from labapp.reports.verdicts import worded

_MARGIN = 18 * mm
_TOP = 25 * mm
_BOTTOM = 21 * mm
_SMALL = 7.5
#: Characters of a fact that still fits beside others.
_LONG = 200

#: Signature fields in their order: name, caption, fact of the group `people` with the name of the person ("": the laboratory).
SIGNATURES = (
    ("laboratory", "For the laboratory", ""),
    ("tested", "Tested by", "tested_by"),
    ("checked", "Checked by", "checked_by"),
    ("authorised", "Authorised by", "authorised_by"),
)

#: Size of a signature field, in points.
FIELD_WIDTH, FIELD_HEIGHT = column_width() - 8, 63.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a signature field lies. page: from 0; box: left, bottom, right, top in points."""

    page: int
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A PDF and the places of its signature fields by name."""

    pdf: bytes
    fields: dict[str, Place]


def draw_report(report: Report, template: Template) -> Drawn:
    """The report by a template."""
    register_fonts()
    fields: dict[str, Place] = {}
    buffer = io.BytesIO()
    document = _Document(buffer, report, template)
    story = [flowable for section in template.sections for flowable in _section(section, report, template, fields)]
    story.append(_end_mark(report))
    document.multiBuild(story, canvasmaker=document.canvas)
    return Drawn(buffer.getvalue(), fields)


class _Document(BaseDocTemplate):
    """Pages with head and foot; headings go into contents and outline."""

    def __init__(self, buffer: io.BytesIO, report: Report, template: Template) -> None:
        content = report.content
        super().__init__(
            buffer,
            pagesize=A4,
            title=printable(f"{template.title} {content.number}"),
            author=printable(content.fact("laboratory", "laboratory").shown),
            subject=printable(content.title),
            creator="labapp",
            lang="en",
        )
        self.report = report
        frame = Frame(_MARGIN, _BOTTOM, TEXT_WIDTH, A4[1] - _TOP - _BOTTOM, 0, 0, 0, 0)
        self.addPageTemplates(PageTemplate("page", [frame]))

    def canvas(self, *args: Any, **options: Any) -> Canvas:
        """The canvas that reportlab asks for."""
        return _Pages(self.report, *args, **options)

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - the name is reportlab's
        if isinstance(flowable, Heading):
            key = f"heading-{self.canv.getPageNumber()}-{flowable.plain}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(printable(flowable.plain), key, flowable.level)
            if flowable.level == 0:
                self.notify("TOCEntry", (0, markup(flowable.plain), self.page, key))


class _Pages(Canvas):
    """Head and foot are drawn when the number of pages is known."""

    def __init__(self, report: Report, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._report = report
        self._pages: list[dict[str, Any]] = []
        issued = datetime.fromisoformat(report.issue.issued)
        self.setDateFormatter(lambda *_: issued.strftime("D:%Y%m%d%H%M%S+00'00'"))

    def showPage(self) -> None:  # noqa: N802 - the name is reportlab's
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self._furniture(number, len(self._pages))
            super().showPage()
        super().save()

    def _furniture(self, number: int, count: int) -> None:
        content = self._report.content
        width, height = A4
        laboratory = content.fact("laboratory", "laboratory").value or ""
        self.setFont(TEXT, _SMALL)
        self.setFillColor(FAINT)
        label = printable(f"Report {content.number}, version {content.version}")
        room = TEXT_WIDTH - self.stringWidth(label, TEXT, _SMALL) - 8 * mm
        self.drawString(_MARGIN, height - 15 * mm, _shortened(self, printable(laboratory), room))
        self.drawRightString(width - _MARGIN, height - 15 * mm, label)
        self.setStrokeColor(RULE)
        self.setLineWidth(0.5)
        self.line(_MARGIN, height - 17 * mm, width - _MARGIN, height - 17 * mm)
        self.line(_MARGIN, 15 * mm, width - _MARGIN, 15 * mm)
        self.drawString(_MARGIN, 11 * mm, "The results relate only to the items tested.")
        self.drawRightString(width - _MARGIN, 11 * mm, f"Page {number} of {count}")
        if self._report.issue.demonstration:
            self.setFillColor(ALARM)
            self.setFont(BOLD, 9)
            self.drawCentredString(width / 2, height - 9.5 * mm, DEMONSTRATION)
            self.drawCentredString(width / 2, 6 * mm, DEMONSTRATION)


def _shortened(canvas: Canvas, text: str, room: float) -> str:
    if canvas.stringWidth(text, TEXT, _SMALL) <= room:
        return text
    while text and canvas.stringWidth(f"{text}…", TEXT, _SMALL) > room:
        text = text[:-1]
    return f"{text.rstrip(' ,')}…"


def _section(section: Section, report: Report, template: Template, fields: dict[str, Place]) -> Iterator[Flowable]:
    content = report.content
    match section.kind:
        case "cover":
            yield from _cover(section, report, template)
        case "contents":
            contents = TableOfContents(dotsMinLevel=0, levelStyles=[style("contents")], tableStyle=BARE)
            yield PageBreak()
            yield Paragraph(markup(section.title), style("section"))
            yield contents
        case "facts":
            yield from section_heading(section.title)
            yield from (KeepTogether(fact_table(content.group(name))) for name in section.groups)
        case "table":
            yield from section_heading(section.title)
            rows = rows_of_table(report, section.table)
            if rows and section.note:
                yield Paragraph(markup(section.note), style("note"))
            yield table(rows, section.columns) if rows else Paragraph(markup(section.empty), style("body"))
        case "cases":
            yield from section_heading(section.title)
            yield from case_flowables(content.cases)
        case "self_test":
            yield from section_heading(section.title)
            yield from _self_test(section, report)
        case "statements":
            yield from section_heading(section.title)
            for text in (content.decision_rule, report.statement, content.scope_statement):
                yield Paragraph(markup(text), style("body"))
                yield gap(2)
        case "signatures":
            yield from _signatures(section, report, fields)


def _cover(section: Section, report: Report, template: Template) -> Iterator[Flowable]:
    content = report.content
    yield Paragraph(markup(template.title), style("title"))
    yield Paragraph(markup(content.title), style("subtitle"))
    notes: list[Flowable] = [Paragraph(markup(report.statement), style("statement"))]
    if report.issue.demonstration:
        notes.insert(0, Paragraph(markup(DEMONSTRATION), style("alarm")))
    yield boxed(notes)
    yield gap(2)
    yield from _cover_facts([content.group(name) for name in section.groups])
    yield gap(3)
    yield _totals(report)
    if content.missing and content.mode == "certification":
        yield gap(3)
        yield KeepTogether([
            Paragraph("Not stated, though a certification report asks for it", style("group")),
            Paragraph(markup("; ".join(content.missing)), style("alarm")),
        ])  # fmt: skip


def _cover_facts(groups: list[FactGroup]) -> Iterator[Flowable]:
    """The groups in two columns, the last and longest alone on the right; below each other when a text is too long for that."""
    if any(len(fact.shown) > _LONG for group in groups for fact in group.facts):
        for group in groups:
            yield from fact_table(group)
        return
    left, right = groups[:-1], groups[-1:]
    columns = [
        [part for group in half for part in fact_table(group, column_width(), 30 * mm)] for half in (left, right)
    ]
    yield side_by_side(*columns)


def _totals(report: Report) -> Flowable:
    rows: list[Row] = [
        {"verdict": worded(count.verdict), "attempts": count.cases, "note": _order_note(count.cases, count.in_order)}
        for count in report.content.counts
    ]
    columns = (
        Column("verdict", "Verdict", 50),
        Column("attempts", "Cases", 20),
        Column("note", "Of these in order", 104),
    )
    return KeepTogether([Paragraph("Cases by verdict", style("group")), table(rows, columns)])


def _order_note(cases: int, in_order: int) -> str:
    return "all" if in_order == cases else "none" if not in_order else f"{in_order} (a FAIL that is expected)"


def _self_test(section: Section, report: Report) -> Iterator[Flowable]:
    test = report.content.self_test
    if test is None:
        yield Paragraph(markup(section.empty), style("body"))
        return
    made, killed = sum(case.made for case in test.cases), sum(case.killed for case in test.cases)
    runs, passed = sum(len(case.variants) for case in test.cases), sum(case.passed for case in test.cases)
    words = (
        f"Run {moment(test.started)} UTC with labapp {test.version} in {test.seconds} s, on the judge that gave the verdicts of this "
        f"report: {killed} of {made} mutants killed, {passed} of {runs} conformant runs passed."
    )
    yield Paragraph(markup(words), style("body"))
    yield gap(2)
    yield Paragraph(markup(section.note), style("note"))
    yield table(rows_of_table(report, section.table), section.columns)


class _SignatureBox(Flowable):
    """A frame with a caption; the inside is a signature field whose place is noted when it is drawn."""

    def __init__(self, name: str, caption: str, person: str, fields: dict[str, Place]) -> None:
        super().__init__()
        self.name, self.caption, self.person, self.fields = name, caption, person, fields
        self.width, self.height = FIELD_WIDTH + 8, FIELD_HEIGHT + 22

    def wrap(self, *_: float) -> tuple[float, float]:
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.8)
        canvas.roundRect(0, 0, self.width, self.height, 2)
        canvas.setFillColor(ACCENT)
        canvas.setFont(BOLD, 8)
        canvas.drawString(6, self.height - 12, self.caption)
        canvas.setFillColor(FAINT)
        canvas.setFont(TEXT, _SMALL)
        room = self.width - canvas.stringWidth(self.caption, BOLD, 8) - 24
        canvas.drawRightString(self.width - 6, self.height - 12, _shortened(canvas, printable(self.person), room))
        left, bottom = canvas.absolutePosition(4, 4)
        self.fields[self.name] = Place(
            canvas.getPageNumber() - 1, (left, bottom, left + FIELD_WIDTH, bottom + FIELD_HEIGHT)
        )


def _signatures(section: Section, report: Report, fields: dict[str, Place]) -> Iterator[Flowable]:
    content = report.content
    persons = {fact.key: fact.value or "" for fact in content.group("people").facts}
    persons[""] = content.fact("laboratory", "laboratory").value or ""
    boxes = [_SignatureBox(name, caption, persons[key], fields) for name, caption, key in SIGNATURES]
    issue = report.issue
    note = (
        f"Issued {moment(issue.issued)} UTC with labapp {issue.maker}. Certificate of the laboratory: {issue.signer}. "
        "Its signature certifies the document; after it nothing but the signatures below may be added."
    )
    fields_in_two_columns = side_by_side([boxes[0], gap(5), boxes[2]], [boxes[1], gap(5), boxes[3]])
    yield KeepTogether([*section_heading(section.title), Paragraph(markup(note), style("note")), fields_in_two_columns])


def _end_mark(report: Report) -> Paragraph:
    content = report.content
    return Paragraph(markup(f"— End of report {content.number}, version {content.version} —"), style("end"))
