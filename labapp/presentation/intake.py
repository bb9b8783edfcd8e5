"""Intake as the window shows it: the questions of the PICS forms, how each is answered, and what is wrong or missing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError
from labapp.domain.pics import SUT_OF_DUT, Form, Kind, Question, Questionnaire
from labapp.presentation.stages import StageStatus, State
from labapp.presentation.wording import text
from labapp.services.intake import Inspection, judge_answers
from labapp.services.pics_forms import CURRENT_EDITION, editions, questionnaire

#: The question that decides which others are put.
DUT = "general.dut"

#: Most things that the rail lists; the others are counted.
_LISTED = 4
#: Longest text of a choice that stands on a button; with longer ones, or more than three, the choices open as a list.
_LONGEST_SEGMENT = 16

_ROLE_REMARK = re.compile(
    r"\s*\((?:for )?(?:CS|CSMS|Charging Station) only\)|\s*\(only for websocket implementations\)"
)


class Field(StrEnum):
    """How an answer is entered."""

    SEGMENTS = "segments"
    CHOICES = "choices"
    CHECKS = "checks"
    NUMBER = "number"
    TEXT = "text"
    TOPOLOGY = "topology"


class Standing(StrEnum):
    """How it stands with one question."""

    ANSWERED = "answered"
    OPEN = "open"
    MISSING = "missing"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Mark:
    """The sign of a standing: word, shape and colour (name of a token) together."""

    word: str
    shape: str
    colour: str


@dataclass(frozen=True, slots=True)
class QuestionView:
    """One question as it stands now.

    value: what was entered, as text; checked: the items of a list, as entered. choices: to press or to open. unit: behind the
    field. example: in the empty field. fault, mend: one line each, "" when nothing is wrong. hint: what another question says
    about this answer.
    """

    key: str
    label: str
    help: str
    field: Field
    choices: tuple[str, ...]
    unit: str
    example: str
    required: bool
    value: str
    checked: tuple[str, ...]
    standing: Standing
    fault: str = ""
    mend: str = ""
    hint: str = ""

    @property
    def mark(self) -> Mark:
        """The sign beside the question."""
        return mark_of(self.standing)


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

    def next_open(self) -> str:
        """Key of the question to go to next: the first fault, else the first required one, else the first open one, else ""."""
        for standing in (Standing.FAULT, Standing.MISSING, Standing.OPEN):
            for form in self.forms:
                for question in form.questions:
                    if question.standing is standing:
                        return question.key
        return ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A question that was searched for, and the form on which it stands."""

    key: str
    form: str
    label: str


def mark_of(standing: Standing) -> Mark:
    """The sign of a standing."""
    return {
        Standing.ANSWERED: Mark(text("answered"), "✓", "verdict_pass"),
        Standing.OPEN: Mark(text("optional"), "·", "muted"),
        Standing.MISSING: Mark(text("required"), "○", "accent"),
        Standing.FAULT: Mark(text("to mend"), "▲", "verdict_fail"),
    }[standing]


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


def label_of(question: Question) -> str:
    """The label of a question; for whom it is need not be said, since it is put to no other."""
    return _ROLE_REMARK.sub("", question.label)


def intake_view(draft: Draft) -> IntakeView:
    """The declaration of a draft, judged. Quick enough for every key that is pressed."""
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


def intake_status(draft: Draft | None) -> StageStatus:
    """How far intake is, and what it lacks."""
    if draft is None:
        return StageStatus(State.TO_DO, (text("open or make a project"),))
    view = intake_view(draft)
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


def in_words(text_of_domain: str, questions: Questionnaire) -> str:
    """A sentence in which questions are called by their label instead of their key."""
    return _keys_pattern(questions.edition).sub(
        lambda found: label_of(_by_key(questions.edition)[found.group()]), text_of_domain
    )


def sentence(clause: str) -> str:
    """A clause as a sentence."""
    whole = clause[:1].upper() + clause[1:]
    return whole if not whole or whole.endswith((".", "?", "!")) else f"{whole}."


# Parts ----------------------------------------------------------------------------------------------------------------


@cache
def _editions() -> frozenset[str]:
    return frozenset(editions())


@cache
def _by_key(edition: str) -> Mapping[str, Question]:
    return {question.key: question for question in questionnaire(edition)}


@cache
def _keys_pattern(edition: str) -> re.Pattern[str]:
    keys = sorted(_by_key(edition), key=len, reverse=True)
    return re.compile("|".join(re.escape(key) for key in keys))


def _faults(questions: Questionnaire, inspection: Inspection) -> tuple[dict[str, InputError], tuple[str, ...]]:
    """The first fault of each question, without those that say only that the answer is missing; and the faults of no question."""
    known = _by_key(questions.edition)
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
    known = _by_key(questions.edition)
    for key, fault in faults.items():
        for other in _keys_pattern(questions.edition).findall(fault.what):
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
        heading = _ROLE_REMARK.sub("", question.section)
        view = _question(question, draft, inspection, sut, faults.get(question.key), hints.get(question.key, ""))
        if sections and sections[-1].heading == heading:
            sections[-1] = SectionView(heading, (*sections[-1].questions, view))
        else:
            sections.append(SectionView(heading, (view,)))
    return FormView(form.name, form_title(form.name), form.title, form.note, tuple(sections))


def _question(
    question: Question, draft: Draft, inspection: Inspection, sut: str, fault: InputError | None, hint: str
) -> QuestionView:
    raw = draft.answers.get(question.key)
    answer = inspection.answers.get(question.key)
    required = sut in question.required
    if fault is not None:
        standing = Standing.FAULT
    elif answer is not None:
        standing = Standing.ANSWERED
    else:
        standing = Standing.MISSING if required else Standing.OPEN
    field = _field(question)
    checked: tuple[str, ...] = ()
    if field is Field.CHECKS:
        checked = tuple(answer) if isinstance(answer, tuple) else tuple(raw) if isinstance(raw, list | tuple) else ()
        checked = tuple(str(each) for each in checked)
    value = str(answer) if field in (Field.SEGMENTS, Field.CHOICES) and answer is not None else _as_entered(raw)
    questions = questionnaire(edition_of(draft))
    return QuestionView(
        key=question.key,
        label=label_of(question),
        help=question.help,
        field=field,
        choices=_choices(question),
        unit=question.unit,
        example=_example(question),
        required=required,
        value=value,
        checked=checked,
        standing=standing,
        fault=sentence(in_words(fault.what, questions)) if fault else "",
        mend=sentence(in_words(fault.mend, questions)) if fault else "",
        hint=hint,
    )


def _as_entered(raw: Any) -> str:
    if raw is None:
        return ""
    if isinstance(raw, list | tuple):
        return ", ".join(str(each) for each in raw)
    return str(raw)


def _field(question: Question) -> Field:
    match question.kind:
        case Kind.YES_NO:
            return Field.SEGMENTS
        case Kind.CHOICE:
            short = all(len(choice) <= _LONGEST_SEGMENT for choice in question.choices)
            return Field.SEGMENTS if short and len(question.choices) <= 3 else Field.CHOICES
        case Kind.INTEGER | Kind.NUMBER:
            return Field.NUMBER
        case Kind.LIST:
            return Field.CHECKS if question.choices else Field.TEXT
        case Kind.TOPOLOGY:
            return Field.TOPOLOGY
        case Kind.TEXT:
            return Field.TEXT


def _choices(question: Question) -> tuple[str, ...]:
    return ("Yes", "No") if question.kind is Kind.YES_NO else question.choices


def _example(question: Question) -> str:
    match question.kind:
        case Kind.TOPOLOGY:
            return "[[1],[2]]"
        case Kind.INTEGER | Kind.NUMBER if question.minimum is not None:
            return text("{least} or more", least=question.minimum)
        case _:
            return ""


def _standing(view: IntakeView, standing: Standing) -> Iterator[QuestionView]:
    return (each for form in view.forms for each in form.questions if each.standing is standing)


def _few(lines: list[str]) -> list[str]:
    if len(lines) <= _LISTED:
        return lines
    return [*lines[:_LISTED], text("and {count} more", count=len(lines) - _LISTED)]
