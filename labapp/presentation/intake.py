"""Intake as the window shows it: the questions of the PICS forms, how each is answered, and what is wrong or missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError
from labapp.domain.pics import SUT_OF_DUT, Form, Questionnaire
from labapp.presentation.intake_questions import (
    QuestionView,
    Standing,
    by_key,
    keys_pattern,
    label_of,
    question_view,
    sentence,
    without_role,
)
from labapp.presentation.stages import StageStatus, State
from labapp.presentation.wording import text
from labapp.services.intake import Inspection, judge_answers
from labapp.services.pics_forms import CURRENT_EDITION, editions, questionnaire

#: The question that decides which others are put.
DUT = "general.dut"

#: Most things that the rail lists; the others are counted.
_LISTED = 4


@dataclass(frozen=True, slots=True)
class SectionView:
    """Questions under one heading, "" for none."""

    heading: str
    questions: tuple[QuestionView, ...]


@dataclass(frozen=True, slots=True)
class FormView:
    """One form. title: short, for the list; full_title: as the document names it; note: advice to the vendor."""

    name: str
    title: str
    full_title: str
    note: str
    sections: tuple[SectionView, ...]

    @property
    def questions(self) -> tuple[QuestionView, ...]:
        """Every question that is put, in order."""
        return tuple(each for section in self.sections for each in section.questions)

    def count(self, standing: Standing) -> int:
        """How many questions stand so."""
        return sum(each.standing is standing for each in self.questions)

    @property
    def progress(self) -> str:
        """How many are answered, as "12 of 18"."""
        answered = self.count(Standing.ANSWERED) + self.count(Standing.FAULT)
        return text("{answered} of {total}", answered=answered, total=len(self.questions))

    @property
    def remark(self) -> str:
        """What the form lacks, the most pressing thing only; "" when nothing does."""
        if faults := self.count(Standing.FAULT):
            return text("1 to mend") if faults == 1 else text("{count} to mend", count=faults)
        if missing := self.count(Standing.MISSING):
            return text("{count} required", count=missing)
        return ""

    @property
    def standing(self) -> Standing:
        """The worst standing in it; open when nothing is required and questions are left."""
        for standing in (Standing.FAULT, Standing.MISSING, Standing.OPEN):
            if self.count(standing):
                return standing
        return Standing.ANSWERED


@dataclass(frozen=True, slots=True)
class IntakeView:
    """The whole declaration as it stands. foreign: keys of answers to questions that are not put to this SUT.

    stray: faults that belong to no question. edition: of the forms.
    """

    edition: str
    sut: str
    forms: tuple[FormView, ...]
    foreign: tuple[str, ...]
    stray: tuple[str, ...]
    inspection: Inspection

    @property
    def questions(self) -> Mapping[str, QuestionView]:
        """Every question that is put, by key."""
        return {each.key: each for form in self.forms for each in form.questions}

    @property
    def usable(self) -> bool:
        """Whether nothing is wrong and nothing required is missing."""
        return not self.stray and all(form.standing not in (Standing.FAULT, Standing.MISSING) for form in self.forms)

    @property
    def foreign_note(self) -> str:
        """What to say about answers that belong to the other kind of device, "" when there are none."""
        if not self.foreign:
            return ""
        if len(self.foreign) == 1:
            return text("One answer belongs to the other kind of device.")
        return text("{count} answers belong to the other kind of device.", count=len(self.foreign))

    @property
    def headline(self) -> str:
        """How it stands with the declaration, in one sentence."""
        questions = list(self.questions.values())
        entered = [each for each in questions if each.standing in (Standing.ANSWERED, Standing.FAULT)]
        wrong = sum(each.standing is Standing.FAULT for each in questions) + len(self.stray)
        missing = sum(each.standing is Standing.MISSING for each in questions)
        if not entered and not self.stray:
            return text(
                "No answer yet. Import the form that the vendor has filled in, drop it here, or answer the questions."
            )
        parts = [text("{answered} of {total} questions answered", answered=len(entered), total=len(questions))]
        if wrong:
            parts.append(text("{count} to mend", count=wrong))
        if missing:
            parts.append(text("{count} required missing", count=missing))
        if not wrong and not missing:
            parts.append(text("the declaration is complete"))
        return f"{', '.join(parts)}. " + text("Edition {edition} of the forms.", edition=self.edition)

    def next_open(self, after: str = "") -> str:
        """Key of the question to go to next, "" for none: faults first, then required ones. after: the question one comes from."""
        keys = [each.key for each in self.questions.values()]
        start = keys.index(after) + 1 if after in keys else 0
        in_turn = [self.questions[key] for key in (*keys[start:], *keys[:start])]
        for standing in (Standing.FAULT, Standing.MISSING):
            for question in in_turn:
                if question.standing is standing:
                    return question.key
        return ""

    def form_of(self, key: str) -> str:
        """The name of the form on which a question stands."""
        return key.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Hit:
    """A question that was searched for, and the form on which it stands."""

    key: str
    form: str
    label: str


#: Several pages ask for the view of the same draft after each key.
_judged_last: tuple[Draft, IntakeView] | None = None


def form_title(form: str) -> str:
    """The short name of a form."""
    return {
        "general": text("General"),
        "optional": text("Optional features"),
        "limits": text("Settings and limits"),
        "profiles": text("Feature profiles"),
        "security": text("Security"),
        "performance": text("Performance"),
        "supplementary": text("Supplementary facts"),
    }.get(form, form)


def intake_view(draft: Draft) -> IntakeView:
    """The declaration of a draft, judged. Quick enough for every key that is pressed; asked again for the same draft it is at hand."""
    global _judged_last
    known = _judged_last
    if known is None or known[0] is not draft:
        _judged_last = known = draft, _judge(draft)
    return known[1]


def _judge(draft: Draft) -> IntakeView:
    edition = edition_of(draft)
    questions = questionnaire(edition)
    inspection = judge_answers(draft.answers, edition)
    sut = inspection.sut or draft.sut
    faults, stray = _faults(questions, inspection)
    foreign = tuple(each.key for each in questions if sut not in each.sut and each.key in faults)
    hints = _hints(questions, {key: fault for key, fault in faults.items() if key not in foreign})
    forms = tuple(_form(form, draft, inspection, sut, faults, hints) for form in questions.forms)
    return IntakeView(edition, sut, forms, foreign, stray, inspection)


def edition_of(draft: Draft) -> str:
    """The edition of the forms that a draft answers; the current one where it names none that is installed."""
    return draft.edition if draft.edition in _editions() else CURRENT_EDITION


def answered(draft: Draft, key: str, entered: str | tuple[str, ...]) -> Draft:
    """The draft after an answer was entered, readable or not; an empty one is none. `general.dut` decides the project's SUT too."""
    raw: Any = list(entered) if isinstance(entered, tuple) else entered
    changed = draft.with_answer(key, raw if raw else None)
    if key == DUT:
        sut = SUT_OF_DUT.get(judge_answers({DUT: raw}, edition_of(draft)).answers.get(DUT, ""))  # type: ignore[arg-type]
        if sut is not None and sut != draft.sut:
            changed = changed.with_value("project", "sut", sut)
    return changed


def without_foreign(draft: Draft) -> Draft:
    """The draft without the answers to questions that are not put to its SUT."""
    foreign = set(intake_view(draft).foreign)
    return replace(draft, answers={key: raw for key, raw in draft.answers.items() if key not in foreign})


def find(view: IntakeView, wanted: str) -> tuple[Hit, ...]:
    """The questions in whose label, key or explanation every word stands; those with it in their label first."""
    words = wanted.lower().split()
    if not words:
        return ()
    found: list[tuple[bool, Hit]] = []
    for form in view.forms:
        for question in form.questions:
            everything = f"{question.label} {question.key} {question.help}".lower()
            if all(word in everything for word in words):
                beside = not all(word in question.label.lower() for word in words)
                found.append((beside, Hit(question.key, form.title, question.label)))
    return tuple(hit for _, hit in sorted(found, key=lambda each: each[0]))


def edit_text(view: IntakeView, key: str) -> str:
    """What an edit of an answer is called in the project's history."""
    question = view.questions.get(key)
    return text("answer to {label}", label=question.label if question else key)


def intake_status(draft: Draft | None, view: IntakeView | None = None) -> StageStatus:
    """How far intake is, and what it lacks. view: of this draft, where it is at hand."""
    if draft is None:
        return StageStatus(State.TO_DO, (text("open or make a project"),))
    view = view or intake_view(draft)
    wrong = [view.foreign_note] if view.foreign else []
    wrong += [
        f"{each.label}: {each.fault[:1].lower()}{each.fault[1:].rstrip('.')}"
        for each in _standing(view, Standing.FAULT)
        if each.key not in view.foreign
    ]
    wrong += view.stray
    missing = [text("{label}: required", label=each.label) for each in _standing(view, Standing.MISSING)]
    lacks = tuple(_few([*wrong, *missing]))
    if not draft.answers:
        return StageStatus(State.TO_DO, (text("import the vendor's PICS, or answer the forms"),))
    if wrong:
        return StageStatus(State.PROBLEM, lacks)
    return StageStatus(State.IN_WORK if missing else State.DONE, lacks)


# Parts ----------------------------------------------------------------------------------------------------------------


@cache
def _editions() -> frozenset[str]:
    return frozenset(editions())


def _faults(questions: Questionnaire, inspection: Inspection) -> tuple[dict[str, InputError], tuple[str, ...]]:
    """The first fault of each question, without those that say only that the answer is missing; and the faults of no question."""
    known = by_key(questions.edition)
    faults: dict[str, InputError] = {}
    stray = []
    for fault in inspection.faults:
        if fault.where not in known:
            stray.append(f"{fault.where}: {sentence(fault.what)} {sentence(fault.mend)}")
        elif fault.where in inspection.answers or fault.what != "is not answered":
            faults.setdefault(fault.where, fault)
    return faults, tuple(stray)


def _hints(questions: Questionnaire, faults: Mapping[str, InputError]) -> dict[str, str]:
    """By question: that the answer to another one contradicts it."""
    hints: dict[str, str] = {}
    known = by_key(questions.edition)
    for key, fault in faults.items():
        for other in keys_pattern(questions.edition).findall(fault.what):
            if other != key:
                hints.setdefault(
                    other, text("The answer to “{label}” contradicts this one.", label=label_of(known[key]))
                )
    return hints


def _form(
    form: Form,
    draft: Draft,
    inspection: Inspection,
    sut: str,
    faults: Mapping[str, InputError],
    hints: Mapping[str, str],
) -> FormView:
    sections: list[SectionView] = []
    for question in form.questions:
        if sut not in question.sut and question.key not in faults:
            continue
        heading = without_role(question.section)
        view = question_view(question, draft, inspection, sut, faults.get(question.key), hints.get(question.key, ""))
        if sections and sections[-1].heading == heading:
            sections[-1] = SectionView(heading, (*sections[-1].questions, view))
        else:
            sections.append(SectionView(heading, (view,)))
    return FormView(form.name, form_title(form.name), form.title, form.note, tuple(sections))


def _standing(view: IntakeView, standing: Standing) -> Iterator[QuestionView]:
    return (each for form in view.forms for each in form.questions if each.standing is standing)


def _few(lines: list[str]) -> list[str]:
    if len(lines) <= _LISTED:
        return lines
    return [*lines[:_LISTED], text("and {count} more", count=len(lines) - _LISTED)]
