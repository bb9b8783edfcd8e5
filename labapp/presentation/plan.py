"""The plan as the window shows it: its cases by block, what it rests on, and what the last edit of the declaration has changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from labapp.domain.draft import Draft
from labapp.domain.pics import Declaration
from labapp.domain.plan import after_keys_read
from labapp.presentation.intake import intake_view
from labapp.presentation.intake_questions import Field, QuestionView
from labapp.presentation.plan_lines import (
    Applies,
    PlanLine,
    block_title,
    deciding_keys,
    excluded_cases,
    fitting_lines,
    line_of,
)
from labapp.presentation.session import Decided
from labapp.presentation.wording import text
from labapp.services.choosing import runs_additional
from labapp.services.planning import current_plan, plan_edition, plan_for, project_plan

_NOTHING: Mapping[str, Decided] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Group:
    """The cases of one block of Appendix C. counts: of the whole block, also where a filter shows a part of it."""

    title: str
    lines: tuple[PlanLine, ...]
    counts: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """The whole plan. headline: what it rests on. advice: what to do to have a better one, "" for nothing.

    declared: a declaration decides. plannable: there is a plan that one would decide. fixed: the selection follows from the
    plan (certification) and cannot be changed. besides: cases that fit and that the plan lacks are run as well. questions: those
    that the plan depends on and that can be answered beside it.
    """

    groups: tuple[Group, ...]
    headline: str
    advice: str
    declared: bool
    plannable: bool
    fixed: bool
    questions: tuple[QuestionView, ...]
    besides: bool = False

    @property
    def lines(self) -> tuple[PlanLine, ...]:
        """Every case, in the order of the plan."""
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def counts(self) -> str:
        """How many cases apply, and how many do not."""
        applying = [line for line in self.lines if line.applies.in_plan]
        live = sum(line.applies is Applies.LIVE for line in applying)
        besides = sum(line.applies is Applies.BESIDES for line in self.lines)
        parts = [text("{count} apply", count=len(applying))]
        if live:
            parts.append(text("of these {count} once the device's keys agree", count=live))
        if besides:
            parts.append(text("{count} fit besides the plan", count=besides))
        parts.append(text("{count} do not", count=len(self.lines) - len(applying) - besides))
        return ", ".join(parts)

    @property
    def changed(self) -> tuple[PlanLine, ...]:
        """The cases that the last edit of the declaration has changed."""
        return tuple(line for line in self.lines if line.was)

    @property
    def changed_text(self) -> str:
        """How many cases the last edit has changed, "" when none."""
        if not self.changed:
            return ""
        if len(self.changed) == 1:
            return text("The last answer changed one case.")
        return text("The last answer changed {count} cases.", count=len(self.changed))

    def line(self, case: str) -> PlanLine | None:
        """A case by its id, None when the plan does not have it."""
        return next((line for line in self.lines if line.id == case), None)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases are shown. words: all of them in id, title or reason. requirement: "M", "C", "O", or "" for any.

    changed: only what the last edit has changed, if it has changed anything. available: only what labapp has.
    """

    words: str = ""
    applicable: bool = False
    requirement: str = ""
    changed: bool = False
    available: bool = False

    def keeps(self, line: PlanLine) -> bool:
        """Whether a case is shown."""
        everything = f"{line.id} {line.number} {line.title} {line.reason}".lower()
        return (
            (not self.applicable or line.applies is not Applies.NO)
            and (line.available or not self.available)
            and self.requirement in ("", line.requirement)
            and all(word in everything for word in self.words.lower().split())
        )


class Plan:
    """The plan of the open project, with what the last edit of its declaration has changed."""

    def __init__(self) -> None:
        self._draft: Draft | None = None
        self._view: PlanView | None = None

    def show(self, draft: Draft, verdicts: Mapping[str, str], decided: Mapping[str, Decided] = _NOTHING) -> PlanView:
        """The plan of a draft. verdicts: the last one of each case that has one. decided: what the device's keys say."""
        view = plan_view(draft, verdicts, decided)
        before = self._view if self._draft is not None and self._draft.id == draft.id else None
        if before is not None and self._draft is not None:
            same = (self._draft.answers, self._draft.value("project", "sut")) == (
                draft.answers,
                draft.value("project", "sut"),
            )
            view = _with_was(view, {line.id: line.was for line in before.lines} if same else _changes(before, view))
        self._draft, self._view = draft, view
        return view


def plan_view(draft: Draft, verdicts: Mapping[str, str], decided: Mapping[str, Decided] = _NOTHING) -> PlanView:
    """The plan of a draft, without what changed. decided: what the device's keys say, of the cases that they decide."""
    intake = intake_view(draft)
    inspection = intake.inspection
    fixed = draft.value("project", "mode", "preparation") == "certification"
    declaration = Declaration(inspection.edition, inspection.answers) if inspection.sut is not None else None
    name = current_plan(draft.ocpp)
    edition = plan_edition(name) if name else None
    if edition is None:
        return _unplanned(draft, fixed, fitting_lines(draft, declaration, verdicts))
    if not edition.asks:
        rows = after_keys_read(project_plan(draft.ocpp, draft.sut, None), {}, (), excluded_cases(draft, declaration))
        view = _unplanned(draft, fixed, (line_of(row, inspection.edition, None, verdicts, decided) for row in rows))
        headline = text("The cases of {document}, for {sut}.", document=edition.document, sut=_noun(draft.sut))
        return replace(view, headline=headline, besides=_runs_besides(draft, asks=False))
    if declaration is None:
        advice = text("Say on Intake what the DUT is: then the plan of Appendix C stands here.")
        view = _unplanned(draft, fixed, fitting_lines(draft, declaration, verdicts))
        return replace(view, advice=advice, plannable=True, questions=_questions(draft))
    headline = text(
        "Appendix C, edition {edition}, for {sut}; cases of edition {cases}.",
        edition=edition.edition,
        sut=_noun(declaration.sut),
        cases=edition.cases,
    )
    advice = (
        ""
        if intake.usable
        else text("The declaration is not complete; the plan rests on the answers that can be used.")
    )
    lines = [line_of(row, declaration.edition, declaration, verdicts, decided) for row in plan_for(declaration, name)]
    return PlanView(
        groups=_groups(lines),
        headline=headline,
        advice=advice,
        declared=True,
        plannable=True,
        fixed=fixed,
        questions=_questions(draft),
        besides=_runs_besides(draft, asks=True),
    )


def _unplanned(draft: Draft, fixed: bool, lines: Iterable[PlanLine]) -> PlanView:
    """The cases of a version without a plan that a declaration decides."""
    return PlanView(
        groups=_groups(lines),
        headline=text("The cases that fit OCPP {ocpp} and {sut}.", ocpp=draft.ocpp, sut=_noun(draft.sut)),
        advice=text("There is no public certification plan for OCPP {ocpp}.", ocpp=draft.ocpp),
        declared=False,
        plannable=False,
        fixed=fixed,
        questions=(),
    )


def filtered(view: PlanView, chosen: Filter) -> tuple[Group, ...]:
    """The groups with the cases that the filter keeps; groups without one are left out."""
    changed = chosen.changed and bool(view.changed)
    groups = (
        replace(group, lines=tuple(line for line in group.lines if chosen.keeps(line) and (line.was or not changed)))
        for group in view.groups
    )
    return tuple(group for group in groups if group.lines)


def shown_text(view: PlanView, groups: Sequence[Group]) -> str:
    """How many cases the filter shows, "" when it shows all."""
    count, total = sum(len(group.lines) for group in groups), len(view.lines)
    return "" if count == total else text("{count} of {total} cases shown", count=count, total=total)


def _runs_besides(draft: Draft, *, asks: bool) -> bool:
    stated = draft.value("run", "additional")
    mode = str(draft.value("project", "mode", "preparation"))
    return runs_additional(mode, stated if isinstance(stated, bool) else None, asks=asks)


# Parts ----------------------------------------------------------------------------------------------------------------


def _groups(lines: Iterable[PlanLine]) -> tuple[Group, ...]:
    by_block: dict[str, list[PlanLine]] = {}
    for line in lines:
        by_block.setdefault(line.block, []).append(line)
    return tuple(Group(block_title(block), tuple(each), _counts(each)) for block, each in by_block.items())


def _counts(lines: Sequence[PlanLine]) -> str:
    """How many of a block apply, and how many of these can be run here."""
    applying = [line for line in lines if line.applies.in_plan]
    here = sum(line.available for line in applying)
    return text("{applying} of {total} apply, {here} can be run", applying=len(applying), total=len(lines), here=here)


def _questions(draft: Draft) -> tuple[QuestionView, ...]:
    view = intake_view(draft)
    keys = deciding_keys(view.edition, view.sut)
    return tuple(
        question
        for key, question in view.questions.items()
        if key in keys and question.field in (Field.SEGMENTS, Field.CHOICES)
    )


def _changes(before: PlanView, after: PlanView) -> dict[str, str]:
    """By case: what stood there before, where it is another."""
    old = {line.id: line for line in before.lines}
    changes = {}
    for line in after.lines:
        was = old.get(line.id)
        if was is None:
            changes[line.id] = text("was: not in the plan")
        elif was.applies is not line.applies:
            changes[line.id] = text("was: {word}", word=was.sign.word)
        elif was.must_fail != line.must_fail:
            changes[line.id] = text("was: must fail") if was.must_fail else text("was: must pass")
    # A plan of another device or version has nothing in common with the one before.
    return changes if any(line.id in old for line in after.lines) else {}


def _with_was(view: PlanView, was: Mapping[str, str]) -> PlanView:
    if not any(was.values()):
        return view
    groups = (
        replace(group, lines=tuple(replace(line, was=was.get(line.id, "")) for line in group.lines))
        for group in view.groups
    )
    return replace(view, groups=tuple(groups))


def _noun(sut: str) -> str:
    return text("a CSMS") if sut == "csms" else text("a charging station")
