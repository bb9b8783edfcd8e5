"""Import and export of a declaration as the window offers them: what a file would change, what is wrong with it, what is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from labapp.domain.draft import Draft
from labapp.domain.errors import InputError
from labapp.domain.pics import SUT_OF_DUT, Answer, Declaration, plain
from labapp.presentation.intake import edition_of, intake_view
from labapp.presentation.intake_questions import Standing, in_words, label_of, sentence
from labapp.presentation.wording import text
from labapp.services.intake import Inspection, judge_answers, write_pics_toml, write_pics_workbook
from labapp.services.pics_forms import questionnaire

_UNANSWERED = "is not answered"


@dataclass(frozen=True, slots=True)
class FaultLine:
    """One fault of a file. where: sheet and cell, or key."""

    where: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Change:
    """An answer that an import would change. was, becomes: as text, "not answered" for none."""

    label: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class Offer:
    """What a file offers. headline, advice: what is said about it. accept: the word on the button, "" when there is nothing to take.

    at_once: it can be taken without asking, since it replaces nothing and nothing is wrong with it.
    """

    file: str
    edition: str
    answers: Mapping[str, Any]
    changes: tuple[Change, ...]
    faults: tuple[FaultLine, ...]
    headline: str
    advice: str
    accept: str
    at_once: bool

    @property
    def refused(self) -> bool:
        """Whether the file has nothing that could be taken and something is wrong with it."""
        return not self.accept and bool(self.faults)


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written. left_out: labels of the answers that were not usable."""

    path: Path
    left_out: tuple[str, ...]

    @property
    def headline(self) -> str:
        """What was done."""
        return text("Written: {path}", path=self.path)

    @property
    def advice(self) -> str:
        """What the file lacks, "" when nothing."""
        if not self.left_out:
            return ""
        return text("Left out, since the answers are not usable yet: {labels}.", labels=", ".join(self.left_out))


def offer_of(draft: Draft, inspection: Inspection) -> Offer:
    """What a file that was read offers to a draft."""
    name = Path(inspection.file).name
    faults = tuple(_line(fault, inspection.edition) for fault in inspection.faults)
    if not inspection.answers:
        headline, advice = _refusal(name, inspection)
        return Offer(name, inspection.edition, {}, (), faults, headline, advice, "", at_once=False)
    changes = _changes(draft, inspection)
    count = len(inspection.answers)
    if faults:
        headline = text(
            "{name}: {count} answers can be used, {faults}.", name=name, count=count, faults=_count(len(faults))
        )
        accept = text("Take the {count} usable answers", count=count)
    else:
        headline = text("{name}: {count} answers, nothing wrong with them.", name=name, count=count)
        accept = text("Take the {count} answers", count=count)
    if not changes:
        return Offer(
            name,
            inspection.edition,
            plain(inspection.answers),
            (),
            faults,
            headline,
            text("They are the answers that stand here already; nothing changes."),
            "",
            at_once=False,
        )
    return Offer(
        file=name,
        edition=inspection.edition,
        answers=plain(inspection.answers),
        changes=changes,
        faults=faults,
        headline=headline,
        advice=_advice(draft, changes, inspection),
        accept=accept,
        at_once=not draft.answers and not faults,
    )


def with_import(draft: Draft, offer: Offer) -> Draft:
    """The draft with the answers of the file in place of its own, and with the SUT that they declare."""
    taken = replace(draft, answers=dict(offer.answers), edition=offer.edition)
    sut = SUT_OF_DUT.get(str(offer.answers.get("general.dut")))
    return taken if sut is None or sut == draft.sut else taken.with_value("project", "sut", sut)


def taken_text(offer: Offer) -> str:
    """What is said after an import; also what the change is called in the project's history."""
    return text("{count} answers taken from {name}", count=len(offer.answers), name=offer.file)


def dropped(urls: Sequence[str]) -> Path:
    """The file among what was dropped on the page.

    Raises: InputError when it is not one file of this machine.
    """
    if len(urls) != 1:
        raise InputError(
            text("{count} things were dropped, and a declaration is one file", count=len(urls)),
            mend=text("drop the vendor's workbook alone"),
        )
    parts = urlsplit(urls[0])
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise InputError(
            text("is no file of this machine"), where=urls[0][:80], mend=text("save it here first, then drop it")
        )
    return Path(unquote(parts.path))


def export_name(draft: Draft) -> str:
    """The name that an export is given unless another is chosen."""
    plain_name = re.sub(r"[^A-Za-z0-9]+", "-", draft.name).strip("-") or "declaration"
    return f"{plain_name}-pics.xlsx"


def export(draft: Draft, path: Path) -> Exported:
    """Write the usable answers of a draft, as a workbook or as TOML by the ending; without an ending, as a workbook.

    Raises: InputError when the file exists or cannot be written.
    """
    inspection = judge_answers(draft.answers, edition_of(draft))
    declaration = Declaration(inspection.edition, inspection.answers)
    whole = path if path.suffix else path.with_name(f"{path.name}.xlsx")
    try:
        if whole.suffix.lower() == ".toml":
            write_pics_toml(whole, declaration)
        else:
            write_pics_workbook(whole, declaration)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise InputError(
            text("cannot be written ({reason})", reason=reason),
            where=str(whole),
            mend=text("choose a folder that can be written to"),
        ) from None
    return Exported(whole, _left_out(draft, declaration.answers))


# Parts ----------------------------------------------------------------------------------------------------------------


def _left_out(draft: Draft, written: Mapping[str, Answer]) -> tuple[str, ...]:
    view = intake_view(draft)
    return tuple(
        question.label
        for question in view.questions.values()
        if question.standing is Standing.FAULT and question.key not in written
    )


def _form_advice() -> str:
    return text("Import the form that the vendor has filled in, .xlsx or .toml; Export… writes one to be filled in.")


def _is_of_another_kind(fault: InputError) -> bool:
    """Whether the file is no form at all; what then helps is the right file, not a correction of this one."""
    return "labapp pics new" in fault.mend or "a PICS file is .xlsx or .toml" in fault.what


def _line(fault: InputError, edition: str) -> FaultLine:
    what, mend = (sentence(in_words(clause, edition)) for clause in (fault.what, fault.mend))
    return FaultLine(fault.where, what, mend)


def _refusal(name: str, inspection: Inspection) -> tuple[str, str]:
    places = {fault.where for fault in inspection.faults}
    if "[project]" in places:
        return (
            text("{name} is a project file, not a declaration.", name=name),
            text("Open it as a project, or import the PICS file that it names."),
        )
    if all(_UNANSWERED in fault.what for fault in inspection.faults):
        return (
            text("{name} is an empty form: it holds no answer.", name=name),
            text("Import the form that the vendor has filled in."),
        )
    if len(inspection.faults) == 1:
        fault = inspection.faults[0]
        advice = _form_advice() if _is_of_another_kind(fault) else sentence(fault.mend)
        return text("{name}: {what}.", name=name, what=fault.what), advice
    return (
        text(
            "{name} holds no answer that can be used, and {faults}.", name=name, faults=_count(len(inspection.faults))
        ),
        _form_advice(),
    )


def _changes(draft: Draft, inspection: Inspection) -> tuple[Change, ...]:
    now = judge_answers(draft.answers, edition_of(draft)).answers
    changes = []
    for question in questionnaire(inspection.edition):
        entered = draft.answers.get(question.key)
        was, becomes = now.get(question.key), inspection.answers.get(question.key)
        unreadable = was is None and entered is not None
        if was != becomes or unreadable:
            shown = str(entered) if unreadable else _shown(was)
            changes.append(Change(label_of(question), shown, _shown(becomes)))
    return tuple(changes)


def _shown(answer: Answer | None) -> str:
    if answer is None:
        return text("not answered")
    return (
        ", ".join(answer) if isinstance(answer, tuple) else f"{answer:g}" if isinstance(answer, float) else str(answer)
    )


def _advice(draft: Draft, changes: Sequence[Change], inspection: Inspection) -> str:
    replaced = sum(change.was != text("not answered") for change in changes)
    parts = [
        text("{count} of the answers that stand here change.", count=replaced)
        if replaced
        else text("No answer that stands here is replaced.")
    ]
    if inspection.sut is not None and inspection.sut != draft.sut:
        kind = text("a CSMS") if inspection.sut == "csms" else text("a charging station")
        parts.append(text("The project becomes one for {kind}.", kind=kind))
    parts.append(text("It can be undone (Ctrl+Z)."))
    return " ".join(parts)


def _count(faults: int) -> str:
    return text("one thing is wrong") if faults == 1 else text("{count} things are wrong", count=faults)
