"""One answer of a vendor, as it arrives from a cell or a TOML value, turned into its normal form or refused."""

from __future__ import annotations

import json
import re
from typing import Any

from labapp.domain.errors import InputError
from labapp.domain.pics import Answer, Kind, Question

_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})
#: Ways in which a vendor says that a question does not concern the DUT; the same as an empty cell.
_EMPTY = frozenset({"", "-", "--", "–", "—", "...", "…", "n.a.", "n.a", "n/a", "na"})

_LONGEST = 1000
_LARGEST = 2**31 - 1
_QUOTED = 60


def normalise(question: Question, raw: Any, where: str) -> Answer | None:
    """The answer in its normal form, None when the question is not answered; `where` names the cell or key in faults.

    Raises: InputError when the value is not of the question's kind or range.
    """
    if isinstance(raw, str):
        raw = _text(raw, where)
        if raw.lower() in _EMPTY and raw.lower() not in _spellings(question):
            return None
    if raw is None or (isinstance(raw, list) and not raw):
        return None
    match question.kind:
        case Kind.YES_NO:
            return _yes_no(raw, where)
        case Kind.CHOICE:
            return _choice(question, _as_text(raw, where), where)
        case Kind.INTEGER | Kind.NUMBER:
            return _number(question, raw, where)
        case Kind.TEXT:
            return _as_text(raw, where)
        case Kind.LIST:
            return _list(question, raw, where)
        case Kind.TOPOLOGY:
            return _topology(raw, where)


def topology(answer: str) -> tuple[tuple[int, ...], ...]:
    """The connectors of each EVSE from a normalised topology answer (`[[1],[2]]`)."""
    return tuple(tuple(evse) for evse in json.loads(answer))


def _text(raw: str, where: str) -> str:
    text = " ".join(raw.replace("\u00a0", " ").split())
    if not text.isprintable():
        raise InputError("holds characters that cannot be printed", where=where, mend="type the answer again")
    if len(text) > _LONGEST:
        raise InputError(
            f"is {len(text)} characters long", where=where, mend=f"shorten the answer to at most {_LONGEST} characters"
        )
    return text


def _shown(raw: Any) -> str:
    text = str(raw).lower() if isinstance(raw, bool) else str(raw)
    text = text if len(text) <= _QUOTED else text[:_QUOTED] + "…"
    return f'"{text}"' if isinstance(raw, str) else text


def _spellings(question: Question) -> dict[str, str]:
    return {choice.lower(): choice for choice in question.choices} | dict(question.aliases)


def _yes_no(raw: Any, where: str) -> str:
    word = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw).lower()
    if not isinstance(raw, str | bool | int | float) or word not in _YES | _NO:
        raise InputError(f"is {_shown(raw)} where Yes or No is asked", where=where, mend="answer Yes or No")
    return "Yes" if word in _YES else "No"


def _as_text(raw: Any, where: str) -> str:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    if isinstance(raw, float):
        raise InputError(
            f"holds the number {raw} where a text is asked",
            where=where,
            mend="write it as a text, so that no digit is lost (1.10 is not 1.1)",
        )
    raise InputError(f"is {_shown(raw)} where a text is asked", where=where, mend="answer with a text")


def _choice(question: Question, text: str, where: str) -> str:
    found = _spellings(question).get(text.lower())
    if found is None:
        raise InputError(
            f"is {_shown(text)}, which is none of the choices",
            where=where,
            mend=f"answer with one of: {', '.join(question.choices)}",
        )
    return found


def _number(question: Question, raw: Any, where: str) -> int | float:
    whole = question.kind is Kind.INTEGER
    asked = "a whole number" if whole else "a number"
    unit = f" of {question.unit}" if question.unit else ""
    fault = InputError(
        f"is {_shown(raw)} where {asked}{unit} is asked", where=where, mend="write the digits alone, without a unit"
    )
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise fault
    if isinstance(raw, str):
        if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,15})?", raw, re.ASCII):
            raise fault
        raw = float(raw)
    if raw != raw or abs(raw) > _LARGEST or (whole and not float(raw).is_integer()):
        raise fault
    if question.minimum is not None and raw < question.minimum:
        raise InputError(
            f"is {raw:g}, below the least value {question.minimum}", where=where, mend="correct the number"
        )
    return int(raw) if whole or float(raw).is_integer() else float(raw)


def _list(question: Question, raw: Any, where: str) -> tuple[str, ...] | None:
    parts = raw if isinstance(raw, list) else re.split(r"[,;/|]|\band\b", str(_as_text(raw, where)).strip("{}[]"))
    items: list[str] = []
    for part in parts:
        text = _text(_as_text(part, where), where)
        if text:
            item = _choice(question, text, where) if question.choices else text
            if item not in items:
                items.append(item)
    return tuple(items) or None


def _topology(raw: Any, where: str) -> str:
    fault = InputError(
        f"is {_shown(raw)} where the connectors of each EVSE are asked",
        where=where,
        mend="write one bracket per EVSE with its connector numbers, counted from 1: [[1],[2]]",
    )
    if isinstance(raw, str):
        try:
            raw = json.loads(raw)
        except (ValueError, RecursionError):
            raise fault from None
    if not isinstance(raw, list) or not raw or not all(isinstance(evse, list) and evse for evse in raw):
        raise fault
    connectors = [connector for evse in raw for connector in evse]
    if any(type(connector) is not int for connector in connectors):
        raise fault
    if sorted(connectors) != list(range(1, len(connectors) + 1)):
        raise fault
    return json.dumps(raw, separators=(",", ":"))
