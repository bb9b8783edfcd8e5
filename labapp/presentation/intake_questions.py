"""One question of the PICS forms as the window shows it: how it is answered, how it stands, and the words for what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError
from labapp.domain.pics import Kind, Question
from labapp.presentation.wording import text
from labapp.services.intake import Inspection
from labapp.services.pics_forms import questionnaire

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


def mark_of(standing: Standing) -> Mark:
    """The sign of a standing."""
    return {
        Standing.ANSWERED: Mark(text("answered"), "✓", "muted"),
        Standing.OPEN: Mark(text("optional"), "·", "muted"),
        Standing.MISSING: Mark(text("required"), "○", "accent"),
        Standing.FAULT: Mark(text("to mend"), "▲", "verdict_fail"),
    }[standing]


def label_of(question: Question) -> str:
    """The label of a question; for whom it is need not be said, since it is put to no other."""
    return without_role(question.label)


def without_role(label: str) -> str:
    """A label or heading without the remark for which kind of device it is."""
    return _ROLE_REMARK.sub("", label)


def in_words(text_of_domain: str, edition: str) -> str:
    """A sentence in which questions are called by their label instead of their key."""
    return keys_pattern(edition).sub(lambda found: label_of(by_key(edition)[found.group()]), text_of_domain)


def sentence(clause: str) -> str:
    """A clause as a sentence."""
    whole = clause[:1].upper() + clause[1:]
    return whole if not whole or whole.endswith((".", "?", "!")) else f"{whole}."


@cache
def by_key(edition: str) -> Mapping[str, Question]:
    """Every question of an edition of the forms."""
    return {question.key: question for question in questionnaire(edition)}


@cache
def keys_pattern(edition: str) -> re.Pattern[str]:
    """Finds the keys of questions in a text."""
    keys = sorted(by_key(edition), key=len, reverse=True)
    return re.compile("|".join(re.escape(key) for key in keys))


def question_view(
    question: Question, draft: Draft, inspection: Inspection, sut: str, fault: InputError | None, hint: str
) -> QuestionView:
    """A question as it stands. sut: of the project; fault: what is wrong with the answer; hint: what another question says of it."""
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
    edition = inspection.edition
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
        fault=sentence(in_words(fault.what, edition)) if fault else "",
        mend=sentence(in_words(fault.mend, edition)) if fault else "",
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
