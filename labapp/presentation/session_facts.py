"""What the catalogue and the plan say of a case, as the session shows it: title, block, expected steps, what a technician needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from labapp.presentation.wording import text
from labapp.services.catalogue import ManualAct, case_by_id, manual_acts
from labapp.services.catalogue import case_as_json as entry_of
from labapp.services.planning import block_of


@dataclass(frozen=True, slots=True)
class ExpectedStep:
    """One line of a case before anything has happened.

    step: number of the document, 0 for an act of the operator. by: "sut", "tool", "operator" or "check". what: the message as on
    the wire, or the act. stated: what its fields must be, in short. group: number of the any-order group that it is in, 0 for none.
    """

    step: int
    by: str
    what: str
    stated: str = ""
    group: int = 0
    notes: tuple[str, ...] = ()

    @property
    def may_be_missing(self) -> bool:
        """Whether the case goes on without it."""
        return any(note == "optional" or note.startswith(("when ", "must not")) for note in self.notes)


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """A case of the catalogue.

    needs: what the technician must have at hand, each once, in the order of use. shown_acts: names of the acts whose prompts
    always close by themselves when the device reports.
    """

    id: str
    title: str = ""
    block: str = ""
    source: str = ""
    before: tuple[str, ...] = ()
    steps: tuple[ExpectedStep, ...] = ()
    needs: tuple[str, ...] = ()
    shown_acts: frozenset[str] = frozenset()


@cache
def case_facts(case: str) -> CaseFacts:
    """The facts of a case by its id; only the id of a case that this installation does not know."""
    found = case_by_id(case)
    if found is None:
        return CaseFacts(case, block=block_of(case))
    entry, acts = entry_of(found), manual_acts(found)
    return CaseFacts(
        case,
        entry["title"],
        block_of(case) or text("OCPP {version}", version=entry["ocpp"]),
        entry["source"],
        tuple(entry["before"]),
        tuple(_expected_steps(entry["steps"], _stated(entry["validations"]))),
        tuple(dict.fromkeys(_needs(acts))),
        frozenset(act.name for act in acts) - {act.name for act in acts if not act.shown},
    )


# What a step states ---------------------------------------------------------------------------------------------------

#: Fields that tell one message from another of the same name.
_TELLING = ("status", "connectorId", "key", "value", "type", "requestedMessage", "idTagInfo.status", "authorization")


def _stated(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[int, str], str]:
    """Telling fields of each message, by step and message; a message that stands for several connectors states nothing of them."""
    found: dict[tuple[int, str], dict[str, list[str]]] = {}
    for row in rows:
        if row["field"] in _TELLING:
            fields = found.setdefault((row["step"], row["message"]), {})
            fields.setdefault(row["field"], []).append(str(row["expected"]))
    return {place: _in_short(fields) for place, fields in found.items()}


def _in_short(fields: Mapping[str, list[str]]) -> str:
    shown = []
    for name in _TELLING:
        values = list(dict.fromkeys(fields.get(name, ())))
        if len(values) == 1 and not values[0].startswith(("<", "=")):
            value = values[0].replace("|", text(" or "))
            shown.append(text("connector {number}", number=value) if name == "connectorId" else value)
    return ", ".join(shown)


def _expected_steps(
    lines: Iterable[Mapping[str, Any]], stated: Mapping[tuple[int, str], str]
) -> Iterator[ExpectedStep]:
    group, inside = 0, False
    requested_by = ""
    for line in lines:
        notes = tuple(str(note) for note in line["notes"])
        free = "any order" in notes
        if free and not inside:
            group += 1
        inside = free
        what = str(line["what"])
        if _is_answer(what):
            # The tool's own answers follow of themselves; those of the device are judged and shown.
            if requested_by == "sut":
                continue
        elif line["by"] in ("sut", "tool"):
            requested_by = line["by"]
        yield ExpectedStep(
            line["step"],
            line["by"],
            act_of(what) if line["by"] == "operator" else what,
            stated.get((line["step"], what), ""),
            group if free else 0,
            tuple(note for note in notes if note != "any order"),
        )


def _is_answer(message: str) -> bool:
    return message.endswith((".conf", "Response"))


def act_of(name: str) -> str:
    """An act of the operator in words."""
    return text("present the card") if name == "present_id" else name.replace("_", " ")


# What the technician needs --------------------------------------------------------------------------------------------


def _needs(acts: Iterable[ManualAct]) -> Iterator[str]:
    for act in acts:
        name = act.name
        if name.startswith(("plug", "unplug")):
            yield text("cable")
        elif name == "present_id":
            yield _card(act.arguments.get("id_tag", ""))
        elif name.startswith("power"):
            yield text("mains switch")
        elif name.endswith("_network"):
            yield text("network plug")
        elif name.endswith("_button"):
            yield text("button of the station")
        elif name == "ev_suspend":
            yield text("vehicle")
        elif name == "csms_request":
            yield text("console of the central system")
        elif name == "inspect":
            yield text("eyes")
        else:
            yield act_of(name)


def _card(tag: str) -> str:
    known = {
        "validIdTag": text("valid card"),
        "validIdTag2": text("second valid card"),
        "invalidIdTag": text("invalid card"),
        "expiredIdTag": text("expired card"),
        "blockedIdTag": text("blocked card"),
        "parentIdTag": text("card of the group"),
    }
    return known.get(tag.strip("<>"), text("card"))
