"""Intake of a vendor's declaration (PICS): read and judge a file, write an empty or a filled-in form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labapp.domain.entered import is_json
from labapp.domain.errors import InputError, InputErrors
from labapp.domain.pics import SUT_OF_DUT, Answer, Declaration, Question, Questionnaire, in_form_order, plain
from labapp.domain.pics_answers import normalise
from labapp.domain.pics_contradictions import contradictions
from labapp.locator import data_path
from labapp.services import intake_toml
from labapp.services.intake_raw import RawAnswers, unknown_key
from labapp.services.intake_sheet import answer_cell
from labapp.services.pics_forms import editions, questionnaire

_SUFFIXES = (".xlsx", ".toml")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a PICS file says and what is wrong with it. sut: "cs", "csms", or None when the file does not tell.

    answers: the usable ones, normalised; unanswered: keys of the other questions that are put to this SUT;
    faults: all of them, each with its cell or key.
    """

    file: str
    edition: str
    sut: str | None
    answers: Mapping[str, Answer]
    unanswered: tuple[str, ...]
    faults: tuple[InputError, ...]

    @property
    def declaration(self) -> Declaration:
        """The declaration of a file without faults.

        Raises: InputErrors naming every fault.
        """
        if self.faults:
            raise InputErrors(list(self.faults))
        return Declaration(self.edition, self.answers)

    def as_json(self) -> dict[str, Any]:
        """The result as `labapp pics check --json` prints it."""
        return {
            "file": self.file,
            "edition": self.edition,
            "sut": self.sut,
            "answers": plain(self.answers),
            "unanswered": list(self.unanswered),
            "faults": [{"where": fault.where, "what": fault.what, "mend": fault.mend} for fault in self.faults],
        }


def inspect_pics(path: Path) -> Inspection:
    """The answers and every fault of a PICS file, .xlsx or .toml; never raises for what the file holds."""
    questions = questionnaire()
    try:
        questions, raw = _read(path)
    except InputError as fault:
        return Inspection(str(path), questions.edition, None, {}, (), (fault,))
    return _judged(str(path), questions, raw)


def judge_answers(raw: Mapping[str, Any], edition: str = "") -> Inspection:
    """The usable ones among answers as they were entered, and every fault; places of faults are the keys of the questions.

    raw: by key, in any form that a file may hold. edition: of the forms, "" for the current one. Never raises for what is entered.
    """
    try:
        questions = _edition(edition or None, Path("the declaration"))
    except InputError as fault:
        return Inspection("", edition, None, {}, (), (fault,))
    known = {question.key: question.key for question in questions}
    entered = {key: list(value) if isinstance(value, tuple) else value for key, value in raw.items() if key in known}
    strangers = [unknown_key(key, key, list(known)) for key in raw if key not in known]
    return _judged("", questions, RawAnswers(entered, known, strangers))


def entered_answers(path: Path) -> tuple[str, dict[str, Any]]:
    """The edition that a PICS file answers, and its answers as they were entered, usable or not, as JSON values.

    Raises: InputError and InputErrors for a file that is no form, and for what no answer can be, such as a date; never for an
    answer that the window can show for mending.
    """
    questions, raw = _read(path)
    faults = list(raw.faults)
    for question in questions:
        value = raw.values.get(question.key)
        if not is_json(value):
            place = raw.places[question.key]
            try:
                normalise(question, value, place)
            except InputError as fault:
                faults.append(_about(question.key, place, fault.what, fault.mend))
    if faults:
        raise InputErrors([_in_file(path, fault) for fault in faults])
    answers = {key: value for key, value in raw.values.items() if value is not None and value != ""}
    return questions.edition, answers


def read_pics(path: Path) -> Declaration:
    """The declaration in a PICS file, .xlsx or .toml.

    Raises: InputErrors with every fault at once, each naming the file and its cell or key.
    """
    inspection = inspect_pics(path)
    if inspection.faults:
        raise InputErrors([_in_file(path, fault) for fault in inspection.faults])
    return inspection.declaration


def new_pics(path: Path, sut: str | None = None) -> None:
    """Write an empty form, .xlsx or .toml; sut: "cs" or "csms" to have `general.dut` answered already.

    Raises: InputError when the file exists or its ending is neither.
    """
    dut = {role: name for name, role in SUT_OF_DUT.items()}
    answers: dict[str, Answer] = {"general.dut": dut[sut]} if sut else {}
    _write(path, questionnaire(), answers)


def write_pics_workbook(path: Path, declaration: Declaration) -> None:
    """Write a declaration as a filled-in workbook. Raises: InputError when the file exists or does not end in .xlsx."""
    _refuse_suffix(path, ".xlsx")
    _write(path, questionnaire(declaration.edition), declaration.answers)


def write_pics_toml(path: Path, declaration: Declaration) -> None:
    """Write a declaration as TOML. Raises: InputError when the file exists or does not end in .toml."""
    _refuse_suffix(path, ".toml")
    _write(path, questionnaire(declaration.edition), declaration.answers)


def demonstration_pics() -> Declaration:
    """The declaration of the simulated charging station of the demonstration."""
    return read_pics(data_path("resources") / "demo" / "pics.toml")


def keys_as_json(questions: Questionnaire) -> list[dict[str, Any]]:
    """Every question as JSON values, with the sheet and cell of its answer in a new workbook."""
    return [
        {
            "key": question.key,
            "form": form.name,
            "sheet": form.name,
            "cell": answer_cell(form, question),
            "label": question.label,
            "section": question.section,
            "type": question.kind.value,
            "unit": question.unit,
            "minimum": question.minimum,
            "choices": ["Yes", "No"] if question.kind == "yes/no" else list(question.choices),
            "sut": list(question.sut),
            "required": list(question.required),
            "help": question.help,
        }
        for form in questions.forms
        for question in form.questions
    ]


def refuse_unreadable(path: Path) -> None:
    """Refuse a path that is no file that can be read.

    Raises: InputError.
    """
    try:
        if path.is_dir():
            raise InputError("is a directory", where=str(path), mend="name the file in it")
        there = path.is_file()
        if there:
            path.open("rb").close()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise InputError(
            f"cannot be opened ({reason})", where=str(path), mend="correct the name, or grant read access to the file"
        ) from None
    if not there:
        raise InputError("there is no such file", where=str(path), mend="correct the name")


def _read(path: Path) -> tuple[Questionnaire, RawAnswers]:
    refuse_unreadable(path)
    suffix = _suffix(path)
    if suffix == ".toml":
        table = intake_toml.read_table(path)
        questions = _edition(intake_toml.edition_of(table, path), path)
        return questions, intake_toml.raw_answers(table, questions)
    # What reads workbooks takes long to import, and most projects need none.
    from labapp.services import intake_workbook

    workbook = intake_workbook.open_workbook(path)
    questions = _edition(intake_workbook.edition_of(workbook), path)
    return questions, intake_workbook.raw_answers(workbook, questions)


def _edition(named: str | None, path: Path) -> Questionnaire:
    if named is None:
        return questionnaire()
    if named not in editions():
        raise InputError(
            f'answers edition "{named}" of the forms, which is not known here',
            where=path.name,
            mend=f"use one of: {', '.join(editions())}",
        )
    return questionnaire(named)


def _judged(file: str, questions: Questionnaire, raw: RawAnswers) -> Inspection:
    faults = list(raw.faults)
    answers: dict[str, Answer] = {}
    for question in questions:
        if question.key in raw.values:
            place = raw.places[question.key]
            try:
                answer = normalise(question, raw.values[question.key], place)
            except InputError as fault:
                faults.append(_about(question.key, place, fault.what, fault.mend))
                raw.places.pop(question.key)
            else:
                if answer is not None:
                    answers[question.key] = answer
    sut = SUT_OF_DUT.get(str(answers.get("general.dut")))
    faults += [
        _about(question.key, raw.places[question.key], "is not answered", f"answer with: {_asked(question)}")
        for question in questions
        if question.key in raw.places and question.key not in answers and _required(question, sut)
    ]
    declaration = Declaration(questions.edition, answers)
    faults += [
        _about(each.key, raw.places[each.key], each.what, each.mend) for each in contradictions(declaration, questions)
    ]
    unanswered = tuple(each.key for each in questions if each.key not in answers and (sut is None or sut in each.sut))
    return Inspection(file, questions.edition, sut, in_form_order(answers, questions), unanswered, tuple(faults))


def _about(key: str, place: str, what: str, mend: str) -> InputError:
    """A fault of one answer; a cell does not tell which question it answers, so the key is named beside it."""
    return InputError(what if place == key else f"{key} {what}", where=place, mend=mend)


def _required(question: Question, sut: str | None) -> bool:
    return sut in question.required if sut else set(question.required) == set(SUT_OF_DUT.values())


def _asked(question: Question) -> str:
    return intake_toml.asked_as(question).split(";")[0]


def _in_file(path: Path, fault: InputError) -> InputError:
    where = fault.where if path.name in fault.where else f"{path.name}: {fault.where}"
    return InputError(fault.what, where=where, mend=fault.mend)


def _write(path: Path, questions: Questionnaire, answers: Mapping[str, Answer]) -> None:
    suffix = _suffix(path)
    if path.exists():
        raise InputError("the file exists already", where=str(path), mend="choose another name")
    if not path.parent.is_dir():
        raise InputError("there is no such directory", where=str(path.parent), mend="create it, or choose another")
    if suffix == ".toml":
        path.write_text(intake_toml.pics_toml(answers, questions), encoding="utf-8")
    else:
        from labapp.services.pics_workbook import form_workbook

        form_workbook(questions, answers).save(path)


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise InputError(
            f'ends in "{path.suffix}", and a PICS file is .xlsx or .toml', where=path.name, mend="choose one of the two"
        )
    return suffix


def _refuse_suffix(path: Path, wanted: str) -> None:
    if _suffix(path) != wanted:
        raise InputError(f"does not end in {wanted}", where=path.name, mend=f"name it {path.stem}{wanted}")
