"""The vendor's declaration (PICS): the questions of its forms, and the answers as one immutable value.

Source: OCPP Certification Program Document 2, Appendix A. The questions themselves are data (`pics_templates/`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

#: The forms, in the order in which a vendor fills them in; also the sheets of a workbook and the tables of a TOML file.
FORMS = ("general", "optional", "limits", "profiles", "security", "performance", "supplementary")

CHARGING_STATION = "Charging Station"
CSMS = "CSMS"

#: The names of the two roles on the command line and in data, by the answer to `general.dut`.
SUT_OF_DUT: Mapping[str, str] = MappingProxyType({CHARGING_STATION: "cs", CSMS: "csms"})

#: A normalised answer: "Yes"/"No", a choice, a text, a number, or a list.
Answer = str | int | float | tuple[str, ...]


class Kind(StrEnum):
    """What kind of answer a question takes."""

    YES_NO = "yes/no"
    CHOICE = "choice"
    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    LIST = "list"
    TOPOLOGY = "topology"


@dataclass(frozen=True, slots=True)
class Question:
    """One row of a form. sut: the roles that it is put to; required: those of them that must answer.

    unit: of a number, "" when it counts something. minimum: of a number. choices: of a choice, or of the items of a list.
    aliases: other spellings of a choice, in lower case. section: heading under which the row stands in its form.
    also: other names under which a file may answer, where the document's row name can be read in several ways.
    """

    form: str
    name: str
    label: str
    kind: Kind
    sut: tuple[str, ...]
    required: tuple[str, ...] = ()
    unit: str = ""
    minimum: int | None = None
    choices: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    section: str = ""
    help: str = ""
    also: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """The stable key, `form.name`."""
        return f"{self.form}.{self.name}"


@dataclass(frozen=True, slots=True)
class Form:
    """One form of one edition. source: where the document asks for it; note: one line of advice to the vendor."""

    name: str
    edition: str
    title: str
    source: str
    questions: tuple[Question, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """All forms of one edition, in the order of FORMS."""

    edition: str
    forms: tuple[Form, ...]

    def __iter__(self) -> Iterator[Question]:
        return (question for form in self.forms for question in form.questions)

    def question(self, key: str) -> Question | None:
        """The question with this key, None when the edition has none."""
        return next((question for question in self if question.key == key), None)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the vendor declares. edition: of the forms; answers: by key, answered questions only, normalised."""

    edition: str
    answers: Mapping[str, Answer]

    def __post_init__(self) -> None:
        object.__setattr__(self, "answers", MappingProxyType(dict(self.answers)))

    def __hash__(self) -> int:
        return hash((self.edition, frozenset(self.answers.items())))

    @property
    def sut(self) -> str:
        """ "cs" or "csms", as `general.dut` says."""
        return SUT_OF_DUT[str(self.answers["general.dut"])]

    def answer(self, key: str) -> Answer | None:
        """The answer to a question, None when it is not answered."""
        return self.answers.get(key)

    def says(self, key: str, *values: Answer) -> bool:
        """Whether the answer is one of `values`."""
        return self.answers.get(key) in values

    def number(self, key: str) -> float | None:
        """The answer as a number, None when it is not answered or no number."""
        answer = self.answers.get(key)
        return answer if isinstance(answer, int | float) else None

    def sections(self) -> Iterator[tuple[str, Mapping[str, Answer]]]:
        """The answers by form, in the order of FORMS; forms without an answer are left out."""
        for form in FORMS:
            part = {key.split(".", 1)[1]: answer for key, answer in self.answers.items() if key.startswith(f"{form}.")}
            if part:
                yield form, part


def snake_case(row_name: str) -> str:
    """The key of a row name of the document: parts in parentheses dropped, CamelCase and blanks to underscores."""
    bare = re.sub(r"\([^)]*\)", " ", row_name)
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", " ", bare)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def shown(answer: Answer | None) -> str:
    """An answer as it is cited in sentences: texts in quotation marks, lists joined, "not answered" for None."""
    if answer is None:
        return "not answered"
    if isinstance(answer, tuple):
        return '"' + ", ".join(answer) + '"'
    return f'"{answer}"' if isinstance(answer, str) else f"{answer:g}"


def plain(answers: Mapping[str, Answer]) -> dict[str, Any]:
    """The answers as JSON values, lists as lists, in the order given."""
    return {key: list(answer) if isinstance(answer, tuple) else answer for key, answer in answers.items()}


def in_form_order(answers: Mapping[str, Answer], questions: Iterable[Question]) -> dict[str, Answer]:
    """The same answers, in the order of the questions."""
    return {question.key: answers[question.key] for question in questions if question.key in answers}
