"""One case of the plan as the window shows it: requirement, whether it applies and why, in the words of the forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from labapp.domain.draft import Draft
from labapp.domain.pics import SUT_OF_DUT, Declaration, Kind, shown
from labapp.domain.plan import PlanRow
from labapp.presentation.intake_questions import in_words, sentence
from labapp.presentation.plan_projects import project_of
from labapp.presentation.session import Decided
from labapp.presentation.wording import text
from labapp.services.catalogue import case_by_id
from labapp.services.choosing import fitting
from labapp.services.pics_forms import questionnaire
from labapp.services.planning import plan_for

_REQUIREMENTS = ("M", "C", "O")


class Applies(StrEnum):
    """Whether a case applies. LIVE: the device's own keys decide, once they have been read. BESIDES: it fits, outside the plan."""

    YES = "yes"
    LIVE = "live"
    BESIDES = "besides"
    NO = "no"

    @property
    def in_plan(self) -> bool:
        """Whether the plan has the case run."""
        return self in (Applies.YES, Applies.LIVE)


@dataclass(frozen=True, slots=True)
class Sign:
    """How an answer to "does it apply" looks: word, shape, colour (name of a token)."""

    word: str
    shape: str
    colour: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One case of the plan. number: of Appendix C. reason: one sentence; condition: what the case asks of the DUT.

    cited: the answers on which the reason rests, label and answer. keys: of these questions. prerequisites: of the case itself.
    available: whether this labapp has the case. verdict: the last one, "" for none. was: what stood here before the last edit.
    """

    id: str
    number: str
    block: str
    title: str
    requirement: str
    applies: Applies
    reason: str
    condition: str = ""
    cited: tuple[tuple[str, str], ...] = ()
    keys: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    available: bool = False
    must_fail: bool = False
    verdict: str = ""
    was: str = ""

    @property
    def sign(self) -> Sign:
        """Whether it applies, as it is shown."""
        return sign_of(self.applies)

    @property
    def short_reason(self) -> str:
        """What decides, without the words that every reason begins with."""
        if self.applies is Applies.NO:
            bare = self.reason.removeprefix("Not applicable: ")
            what = bare.rpartition(", but ")[2]
        else:
            what = self.reason.partition(": ")[2] or self.reason
        return what[:1].upper() + what[1:]

    @property
    def availability(self) -> str:
        """That labapp lacks the case, "" when it has it."""
        return "" if self.available else text("not in this labapp")

    @property
    def spoken(self) -> str:
        """The line as a screen reader says it."""
        parts = [self.id, self.title, requirement_text(self.requirement), self.sign.word, self.availability, self.was]
        return ", ".join(part for part in parts if part)


def sign_of(applies: Applies) -> Sign:
    """How "applies" looks."""
    return {
        Applies.YES: Sign(text("applies"), "●", "text"),
        Applies.LIVE: Sign(text("device decides"), "◐", "verdict_inconclusive"),
        Applies.BESIDES: Sign(text("besides the plan"), "○", "text"),
        Applies.NO: Sign(text("does not apply"), "–", "muted"),
    }[applies]


def requirement_text(requirement: str) -> str:
    """A requirement in words."""
    return {"M": text("mandatory"), "C": text("conditional"), "O": text("optional")}.get(requirement, "")


def requirements() -> tuple[tuple[str, str], ...]:
    """The choices of the filter: letter and word, any first."""
    return (("", text("any requirement")), *((each, f"{each}  {requirement_text(each)}") for each in _REQUIREMENTS))


def block_title(block: str) -> str:
    """The name of a block of Appendix C."""
    return {
        "SmartCharging": text("Smart Charging"),
        "LocalAuthListManagement": text("Local Auth List Management"),
        "FirmwareManagement": text("Firmware Management"),
        "RemoteTrigger": text("Remote Trigger"),
    }.get(block, block)


def facts_of(line: PlanLine) -> tuple[tuple[str, str], ...]:
    """What is said about one case below the table: heading and text."""
    facts = [(text("Why"), line.reason)]
    if line.condition:
        facts.append((text("For a DUT that"), line.condition))
    facts += [(text("Answers"), "; ".join(f"{label} = {answer}" for label, answer in line.cited))] if line.cited else []
    if line.prerequisites:
        facts.append((text("Prerequisites"), "; ".join(line.prerequisites)))
    if line.must_fail:
        facts.append((text("Verdict in order"), text("FAIL: a DUT that passes it breaks the rule.")))
    if not line.available:
        facts.append((text("Run"), text("This labapp does not have the case; it cannot be run here.")))
    return tuple(facts)


@cache
def deciding_keys(edition: str, sut: str) -> frozenset[str]:
    """The questions that rows of the plan cite: with nothing, everything, or nothing else than No declared."""
    dut = next(name for name, role in SUT_OF_DUT.items() if role == sut)
    yes_no = [
        question.key for question in questionnaire(edition) if question.kind is Kind.YES_NO and sut in question.sut
    ]
    found: set[str] = set()
    for answer in ("", "Yes", "No"):
        answers = dict.fromkeys(yes_no, answer) if answer else {}
        rows = plan_for(Declaration(edition, {**answers, "general.dut": dut}))
        found.update(key for row in rows for key in row.answers)
    return frozenset(found)


def line_of(
    row: PlanRow,
    edition: str,
    declaration: Declaration | None,
    verdicts: Mapping[str, str],
    decided: Mapping[str, Decided],
) -> PlanLine:
    """A row of the plan, with the questions called by their labels. verdicts: the last one of each case that has one.

    edition: of the forms; declaration: None where the plan takes none. decided: what the device's keys say, of the cases that
    they decide.
    """
    row = _as_decided(row, decided.get(row.id))
    cited = (
        ()
        if declaration is None
        else tuple((in_words(key, edition), shown(declaration.answer(key))) for key in row.answers)
    )
    return PlanLine(
        id=row.id,
        number=row.number,
        block=row.block,
        title=row.title,
        requirement=row.requirement,
        applies=_applies(row),
        reason=in_words(row.reason, edition),
        condition=row.condition,
        cited=cited,
        keys=row.answers,
        prerequisites=_prerequisites(row.id),
        available=_available(row.id),
        must_fail=row.applicable and row.expected == "FAIL",
        verdict=verdicts.get(row.id, ""),
    )


def _as_decided(row: PlanRow, said: Decided | None) -> PlanRow:
    """The row as the device's keys leave it; what the declaration has excluded they do not bring back."""
    if said is None or not (row.applicable or row.additional):
        return row
    return replace(
        row,
        applicable=row.applicable and said.applicable,
        additional=row.additional and said.applicable,
        reason=said.reason,
        live=(),
    )


def _applies(row: PlanRow) -> Applies:
    if row.additional:
        return Applies.BESIDES
    if not row.applicable:
        return Applies.NO
    return Applies.LIVE if row.live else Applies.YES


def excluded_cases(draft: Draft, declaration: Declaration | None) -> Mapping[str, str]:
    """Why cases of the project's version and role do not apply by their own prerequisites, by id."""
    return {each.id: each.excluded for each in fitting(project_of(draft, declaration)) if each.excluded}


def fitting_lines(draft: Draft, declaration: Declaration | None, verdicts: Mapping[str, str]) -> Iterator[PlanLine]:
    """The cases of the project's version and role, without a plan."""
    for choice in fitting(project_of(draft, declaration)):
        case = case_by_id(choice.id)
        if case is not None:
            yield PlanLine(
                id=choice.id,
                number="",
                block=text("OCPP {ocpp}", ocpp=case.ocpp),
                title=case.title,
                requirement="",
                applies=Applies.NO if choice.excluded else Applies.YES,
                reason=sentence(choice.excluded) if choice.excluded else text("Nothing speaks against it."),
                prerequisites=_prerequisites(choice.id),
                available=True,
                verdict=verdicts.get(choice.id, ""),
            )


def _available(case: str) -> bool:
    found = case_by_id(case)
    return found is not None and found.kind == "case"


def _prerequisites(case: str) -> tuple[str, ...]:
    found = case_by_id(case)
    return () if found is None else tuple(each.text for each in found.prerequisites)
