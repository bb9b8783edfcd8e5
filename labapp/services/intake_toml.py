"""PICS files in TOML: one table per form, one key per question."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labapp.domain.errors import InputError
from labapp.domain.pics import Answer, Kind, Question, Questionnaire
from labapp.services.intake_raw import RawAnswers, unknown_key

#: The table that says which edition of the forms is answered.
HEADER = "pics"
_LARGEST_FILE = 1_000_000


def read_table(path: Path) -> dict[str, Any]:
    """The whole TOML file.

    Raises: InputError when it is too large or no TOML.
    """
    if path.stat().st_size > _LARGEST_FILE:
        raise InputError(
            f"is larger than {_LARGEST_FILE} bytes, too large for a TOML file of answers",
            where=path.name,
            mend="start from `labapp pics new`",
        )
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text (byte {error.start})", where=path.name, mend="save it as UTF-8") from None
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a value is too large or too deep"
        raise InputError(f"is no TOML: {reason}", where=path.name, mend="correct the line that is named") from None


def edition_of(table: Mapping[str, Any], path: Path) -> str | None:
    """The edition of the forms that the file names, None when it names none.

    Raises: InputError when the header is not a table with a text under `edition`.
    """
    header = table.get(HEADER)
    if header is None:
        return None
    if not isinstance(header, dict) or not isinstance(header.get("edition"), str) or len(header) > 1:
        raise InputError(
            "holds something other than the edition of the forms",
            where=f"{path.name}: [{HEADER}]",
            mend='write edition = "1.1.4" alone',
        )
    return str(header["edition"])


def raw_answers(table: Mapping[str, Any], questions: Questionnaire) -> RawAnswers:
    """The values as they stand in the file, by key, and the faults of its shape."""
    raw = RawAnswers(places={question.key: question.key for question in questions})
    names = [form.name for form in questions.forms]
    for name, part in table.items():
        if name == HEADER:
            continue
        if name not in names:
            raw.faults.append(unknown_key(name, f"[{name}]" if isinstance(part, dict) else name, names))
        elif not isinstance(part, dict):
            raw.faults.append(InputError("is no table", where=name, mend=f"write [{name}] and its answers below it"))
        else:
            _form_answers(raw, name, part, questions)
    return raw


def pics_toml(answers: Mapping[str, Answer], questions: Questionnaire) -> str:
    """A PICS file in TOML with every question of the edition; questions without an answer stand as empty texts."""
    lines = [f"[{HEADER}]", f"edition = {_literal(questions.edition)}"]
    for form in questions.forms:
        lines += ["", f"# {form.title}", f"# {form.source}"]
        lines += [f"# {form.note}"] if form.note else []
        lines.append(f"[{form.name}]")
        for question in form.questions:
            lines += [f"# {question.help}", f"# {asked_as(question)}"]
            lines.append(f"{question.name} = {_literal(answers.get(question.key, ''))}")
    return "\n".join(lines) + "\n"


def asked_as(question: Question) -> str:
    """What an answer looks like and who must give it, as one short line."""
    forms = {
        Kind.YES_NO: "Yes / No",
        Kind.CHOICE: " / ".join(question.choices),
        Kind.INTEGER: "whole number",
        Kind.NUMBER: "number",
        Kind.TEXT: "text",
        Kind.LIST: f"any of: {', '.join(question.choices)}" if question.choices else "list",
        Kind.TOPOLOGY: "[[1],[2]]",
    }
    text = forms[question.kind] + (f" ({question.unit})" if question.unit else "")
    if len(question.sut) == 1:
        text += "; Charging Station only" if question.sut == ("cs",) else "; CSMS only"
    if question.required:
        text += "; required" if question.required == question.sut else "; required of a Charging Station"
    return text


def _form_answers(raw: RawAnswers, form: str, part: Mapping[str, Any], questions: Questionnaire) -> None:
    known = {name: each.key for each in questions if each.form == form for name in (each.name, *each.also)}
    for name, value in part.items():
        place = f"{form}.{name}"
        if name not in known:
            raw.faults.append(unknown_key(place, place, list(known.values())))
        elif known[name] in raw.values:
            raw.faults.append(
                InputError(f"answers {known[name]} a second time", where=place, mend="remove one of the two")
            )
        else:
            raw.values[known[name]] = value
            raw.places[known[name]] = place


def _literal(answer: Answer) -> str:
    if isinstance(answer, tuple):
        return "[" + ", ".join(_literal(item) for item in answer) + "]"
    if isinstance(answer, str):
        return json.dumps(answer, ensure_ascii=False)
    return repr(answer)
