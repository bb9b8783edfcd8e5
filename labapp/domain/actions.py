"""The actions that an operator performs on a device under test, by name, each with the schema of its arguments.

One table serves the operator channel, which publishes it, the prompts, and whatever performs the actions:
a technician's hands, a driver, a simulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from labapp.domain.errors import InputError

ArgumentType = Literal["integer", "string", "object"]

_PYTHON_TYPES: Mapping[str, type | tuple[type, ...]] = {"integer": int, "string": str, "object": Mapping}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an action. type: of the resolved JSON literal."""

    name: str
    type: ArgumentType
    help: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class Action:
    """What an operator is asked to do. sut: the kind of device it is done to, "cs", "csms" or "any"."""

    name: str
    help: str
    arguments: tuple[Argument, ...] = ()
    sut: Literal["cs", "csms", "any"] = "cs"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an action: done, or impossible with the reason."""

    done: bool
    reason: str = ""


DONE = Outcome(True)


def impossible(reason: str) -> Outcome:
    """The outcome of an action that this device or this moment does not allow."""
    return Outcome(False, reason)


_CONNECTOR = Argument("connector", "integer", "number of the connector, from 1")
_WHICH = Argument(
    "connector",
    "integer",
    "number of the connector, from 1; omitted: the one with the cable, else the first",
    required=False,
)

_TABLE = (
    Action("plug_in", "plug the cable in, at the charging station and at the vehicle", (_CONNECTOR,)),
    Action("plug_in_halfway", "push the plug into the socket so far only that it cannot be locked", (_WHICH,)),
    Action("unplug", "pull the cable out, at the vehicle first, then at the charging station", (_WHICH,)),
    Action("unplug_ev_side", "pull the cable out at the vehicle only", (_WHICH,)),
    Action(
        "present_id",
        "present an identification at the reader of the connector",
        (_CONNECTOR, Argument("id_tag", "string", "the identifier that the card carries")),
    ),
    Action("power_cycle", "take the power from the charging station and give it back"),
    Action("power_off", "take the power from the charging station"),
    Action("power_on", "give the charging station its power back"),
    Action("cut_network", "remove the connectivity between charging station and central system"),
    Action("restore_network", "restore the connectivity between charging station and central system"),
    Action(
        "set_fault",
        "bring the connector, or with 0 the whole charging station, into a faulted state",
        (
            Argument("connector", "integer", "number of the connector; 0: the charging station"),
            Argument("error_code", "string", "a StatusNotification errorCode; omitted: OtherError", required=False),
        ),
    ),
    Action(
        "clear_fault",
        "end the faulted state",
        (Argument("connector", "integer", "as for set_fault; omitted: every fault", required=False),),
    ),
    Action("set_connector_lock_failure", "see to it that the connector's lock cannot move", (_WHICH,)),
    Action("start_button", "press the start button", (_WHICH,)),
    Action("stop_button", "press the stop button", (_WHICH,)),
    Action("ev_suspend", "let the vehicle stop drawing energy while it stays connected", (_WHICH,)),
    Action("fail_local_list", "see to it that the next local authorization list cannot be stored"),
    Action(
        "csms_request",
        "let the central system send a request to the charging station",
        (
            Argument("message", "string", "the action of the request, as on the wire"),
            Argument(
                "fields",
                "object",
                "the fields that it must carry, nested or by path (csChargingProfiles.stackLevel); "
                "the others are the central system's choice; null: the field is omitted",
                required=False,
            ),
        ),
        sut="csms",
    ),
    Action(
        "inspect",
        "look at the device and say whether it is as expected",
        (
            Argument("subject", "string", "what to look at"),
            Argument("expected", "string", "what it should be like"),
        ),
        sut="any",
    ),
)

#: Every action by its name, in the order in which they are published.
ACTIONS: Mapping[str, Action] = {action.name: action for action in _TABLE}


def checked_arguments(name: str, args: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of the action, once they are known to fit its schema.

    Raises InputError for an unknown action, a missing or unknown argument, or one of the wrong type.
    """
    action = ACTIONS.get(name)
    if action is None:
        raise InputError(f"unknown action {name!r}", mend=f"use one of {', '.join(ACTIONS)}")
    known = {argument.name: argument for argument in action.arguments}
    for given in args:
        if given not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes no argument"
            raise InputError(f"unknown argument {given!r}", where=name, mend=takes)
    for argument in action.arguments:
        if argument.name not in args:
            if argument.required:
                raise InputError(f"argument {argument.name!r} is missing", where=name, mend=f"give {argument.help}")
            continue
        value = args[argument.name]
        if isinstance(value, bool) or not isinstance(value, _PYTHON_TYPES[argument.type]):
            kind = (
                "an integer" if argument.type == "integer" else f"a{'n' * (argument.type == 'object')} {argument.type}"
            )
            raise InputError(f"argument {argument.name!r} is {value!r}", where=name, mend=f"give {kind}")
    return args


def published_schemas() -> list[dict[str, Any]]:
    """The table as JSON values, as the operator channel's `hello` carries it."""
    return [
        {
            "name": action.name,
            "help": action.help,
            "sut": action.sut,
            "arguments": [
                {"name": each.name, "type": each.type, "required": each.required, "help": each.help}
                for each in action.arguments
            ],
        }
        for action in _TABLE
    ]
