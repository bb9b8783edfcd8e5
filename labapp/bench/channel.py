"""The operator channel: one JSON object a message, each with its `type` and the `run` that it belongs to.

Operators (a window, a terminal, a script) attach to a bench over a WebSocket on loopback; `labapp run --operator jsonl` bridges
the same messages to standard input and output, one a line. `CHANNEL_SCHEMA` describes every message of both directions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from labapp import __version__
from labapp.domain.actions import published_schemas
from labapp.domain.errors import InputError
from labapp.domain.stamps import utc_text
from labapp.ocpp.json_text import has_half_character

#: Version of the channel, in `hello`.
PROTOCOL = 1
#: WebSocket close code to an operator for whom more waits than he reads ("try again later").
LET_GO = 1013
#: Commands of an operator; `labapp.engine.campaign` says what each does.
COMMANDS = ("pause", "resume", "extend", "skip", "abort", "repeat", "stop")
#: Characters of the longest message that a bench takes.
MAX_MESSAGE = 256 * 1024

Message = dict[str, Any]


# What the tool tells --------------------------------------------------------------------------------------------------


def hello(
    run: str, cases: Iterable[str], results: Iterable[Mapping[str, Any]] = (), *, paused: bool = False
) -> Message:
    """The first message. cases: ids of what is planned, in order; results: of attempts of earlier benches of the run."""
    return {
        "type": "hello",
        "run": run,
        "protocol": PROTOCOL,
        "tool": f"labapp {__version__}",
        "actions": published_schemas(),
        "cases": list(cases),
        "results": list(results),
        "paused": paused,
    }


def ready(run: str, facts: Mapping[str, Any]) -> Message:
    """The link is open: the device may be started. facts: `identity`, and `listen` or `url`."""
    return {"type": "ready", "run": run, **facts}


def told(kind: str, run: str, content: Mapping[str, Any]) -> Message:
    """A message of the kinds whose content is given: case, step, frame, prompt, prompt_closed, command."""
    return {"type": kind, "run": run, **content}


def plan(run: str, decision: Mapping[str, Any]) -> Message:
    """The device's keys were read: the rows of the plan that they have decided. decision: as the record `plan_decided` has it."""
    return {"type": "plan", "run": run, "cases": list(decision["rows"])}


def link(run: str, identity: str, content: Mapping[str, Any]) -> Message:
    """The connection of the device came up, went down, or was refused. content: as in the journal."""
    facts = content.get("facts", {})
    detail = content.get("reason") or facts.get("detail", "")
    told = {"type": "link", "run": run, "event": content["event"], "identity": identity, "detail": str(detail)}
    return {**told, "came": str(facts.get("identity", "")), **_moment(content)}


def frame(run: str, content: Mapping[str, Any]) -> Message:
    """A frame of the device or of the tool. content: seq, dir, text, and its stamp `at`."""
    shown = {name: content[name] for name in ("seq", "dir", "text")}
    return {"type": "frame", "run": run, **shown, **_moment(content)}


def attempt_result(result: Mapping[str, Any]) -> dict[str, Any]:
    """The result of an attempt as operators are told it: without the rows that were validated, which are many."""
    return {name: value for name, value in result.items() if name != "validations"}


def _moment(content: Mapping[str, Any]) -> dict[str, str]:
    return {"at": utc_text(content["at"].utc)} if "at" in content else {}


def ignored(run: str, prompt: str) -> Message:
    """An answer came to a prompt that is closed already."""
    return {"type": "ignored", "run": run, "id": prompt}


def error(run: str, text: str) -> Message:
    """A message of the operator cannot be taken; nothing else has happened."""
    return {"type": "error", "run": run, "text": text}


def summary(run: str, result: Mapping[str, Any]) -> Message:
    """The last message of a run. result: as `run --json` writes it."""
    return {**result, "type": "summary", "run": run}


# What an operator says ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """A message of an operator that could be read. content: its members, of the right types; run: "" when it names none."""

    type: str
    run: str
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """The members of a message. optional: with the value that stands in for one that is left out."""

    required: Mapping[str, type]
    optional: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


_FORMS: Mapping[str, _Form] = {
    "answer": _Form({"id": str, "outcome": str}, {"items": {}, "reason": ""}),
    "command": _Form({"name": str}),
    "hello": _Form({}, {"frames": False}),
    "amend": _Form({"case": str, "cause": str, "reason": str, "who": str}),
}

_NAMES = {str: "text", bool: "true or false", dict: "an object"}


def parse(text: str) -> Said:
    """A message of an operator. Raises InputError that says what is wrong with it."""
    if len(text) > MAX_MESSAGE:
        raise InputError(f"the message has {len(text)} characters, {MAX_MESSAGE} are read")
    try:
        value = json.loads(text)
        halved = has_half_character(value)
    except (ValueError, RecursionError) as fault:
        raise InputError(f"the message is no JSON: {fault}") from None
    if halved:
        raise InputError("the message holds one half of a surrogate pair, which is no character")
    if not isinstance(value, dict):
        raise InputError("the message is no JSON object")
    form = _FORMS.get(value["type"]) if isinstance(value.get("type"), str) else None
    if form is None:
        raise InputError(f"type {_shown(value.get('type'))} is none of {', '.join(_FORMS)}")
    if value["type"] == "answer" and "outcome" not in value and value.get("items"):
        value["outcome"] = ""
    content = {name: _member(value, name, kind) for name, kind in form.required.items()}
    for name, default in form.optional.items():
        content[name] = _member(value, name, type(default)) if value.get(name) is not None else default
    for name, decision in content.get("items", {}).items():
        if not isinstance(decision, str):
            raise InputError(f"items.{name} is {_shown(decision)} and must be text")
    if value["type"] == "command" and content["name"] not in COMMANDS:
        raise InputError(f"command {_shown(content['name'])} is none of {', '.join(COMMANDS)}")
    return Said(value["type"], _member(value, "run", str) if "run" in value else "", content)


def _member(value: Mapping[str, Any], name: str, kind: type) -> Any:
    if name not in value:
        raise InputError(f"{value['type']} lacks {name}")
    if not isinstance(value[name], kind):
        raise InputError(f"{name} is {_shown(value[name])} and must be {_NAMES[kind]}")
    return value[name]


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:59]}…"


# The schema -----------------------------------------------------------------------------------------------------------

_TEXT = {"type": "string"}
_COUNT = {"type": "integer", "minimum": 0}
_OBJECT = {"type": "object"}


def _message(kind: str, required: Mapping[str, Any], optional: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {
        "title": kind,
        "type": "object",
        "properties": {"type": {"const": kind}, "run": _TEXT, **required, **(optional or {})},
        "required": ["type", "run", *required],
    }


def _said(kind: str, required: Mapping[str, Any], optional: Mapping[str, Any]) -> dict[str, Any]:
    """A message of an operator may leave the run out while it is attached to one only."""
    schema = _message(kind, required, optional)
    return {**schema, "required": [name for name in schema["required"] if name != "run"]}


def _each(required: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {"type": "object", "properties": dict(required), "required": list(required)},
    }


_DECISION = {"enum": ["accept", "reject", "retest"]}
_CHOICES = _each({"id": _TEXT, "text": _TEXT, "default": {"type": "boolean"}})
_ITEMS = _each(
    {
        "id": _TEXT,
        "kind": {"enum": ["missing", "unexpected", "duplicate"]},
        "seq": {"type": ["integer", "null"]},
        "connector": _COUNT,
        "status": _TEXT,
        "error_code": _TEXT,
        "info": _TEXT,
        "rule": _TEXT,
        "advice": {"enum": ["accept", "reject", "retest", None]},
    }
)
_TIMELINE = _each(
    {
        "connector": _COUNT,
        "status": _TEXT,
        "at": _TEXT,
        "seq": {"type": ["integer", "null"]},
        "state": {"enum": ["met", "tolerated", "missing", "unexpected", "duplicate"]},
        "item": _TEXT,
    }
)
_ACTIONS = _each({"name": _TEXT, "help": _TEXT, "sut": {"enum": ["cs", "csms", "any"]}, "arguments": {"type": "array"}})

#: JSON Schema of the messages, by direction.
CHANNEL_SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Operator channel of labapp",
    "oneOf": [{"$ref": "#/$defs/tool"}, {"$ref": "#/$defs/operator"}],
    "$defs": {
        "tool": {
            "oneOf": [
                _message(
                    "hello",
                    {"protocol": {"const": PROTOCOL}, "tool": _TEXT, "actions": _ACTIONS},
                    {
                        "cases": {"type": "array", "items": _TEXT},
                        "results": {"type": "array", "items": _OBJECT},
                        "paused": {"type": "boolean"},
                    },
                ),
                {
                    **_message("ready", {"identity": _TEXT}, {"listen": _TEXT, "url": _TEXT}),
                    "oneOf": [{"required": ["listen"]}, {"required": ["url"]}],
                },
                _message(
                    "plan",
                    {"cases": _each({"id": _TEXT, "applicable": {"type": "boolean"}, "reason": _TEXT})},
                    {"at": _TEXT},
                ),
                _message(
                    "link",
                    {"event": {"enum": ["up", "down", "refused"]}, "identity": _TEXT},
                    {"detail": _TEXT, "came": _TEXT, "at": _TEXT},
                ),
                _message(
                    "case",
                    {
                        "event": {"enum": ["started", "ended", "amended"]},
                        "id": _TEXT,
                        "attempt": {"type": "integer", "minimum": 1},
                        "verdict": {"enum": ["", "PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_APPLICABLE", "NOT_RUN"]},
                    },
                    {"at": _TEXT, "result": _OBJECT},
                ),
                _message(
                    "step",
                    {
                        "scope": _TEXT,
                        "step": {"type": ["integer", "string"]},
                        "message": _TEXT,
                        "state": {
                            "enum": ["waiting", "met", "missing", "skipped", "failed", "sent", "finding", "observation"]
                        },
                        "detail": _TEXT,
                    },
                    {"at": _TEXT, "until": _TEXT, "frame": {"type": ["integer", "null"]}, "field": _TEXT},
                ),
                _message("frame", {"seq": _COUNT, "dir": {"enum": ["in", "out"]}, "text": _TEXT}, {"at": _TEXT}),
                _message(
                    "prompt",
                    {
                        "id": _TEXT,
                        "kind": {"enum": ["action", "question", "review"]},
                        "action": _TEXT,
                        "args": _OBJECT,
                        "text": _TEXT,
                        "choices": _CHOICES,
                        "items": _ITEMS,
                    },
                    {"countdown": _OBJECT, "timeline": _TIMELINE, "at": _TEXT},
                ),
                _message("prompt_closed", {"id": _TEXT, "by": {"enum": ["wire", "operator", "tool"]}}, {"at": _TEXT}),
                _message("command", {"name": {"enum": list(COMMANDS)}, "by": _TEXT}, {"at": _TEXT}),
                _message("ignored", {"id": _TEXT}),
                _message("error", {"text": _TEXT}),
                _message("summary", {"cases": {"type": "array", "items": _OBJECT}}),
            ]
        },
        "operator": {
            "oneOf": [
                {
                    **_said(
                        "answer",
                        {"id": _TEXT},
                        {
                            "outcome": _TEXT,
                            "items": {"type": "object", "additionalProperties": _DECISION},
                            "reason": _TEXT,
                        },
                    ),
                    "anyOf": [
                        {"required": ["outcome"]},
                        {"required": ["items"], "properties": {"items": {"minProperties": 1}}},
                    ],
                },
                _said("command", {"name": {"enum": list(COMMANDS)}}, {}),
                _said("hello", {}, {"frames": {"type": "boolean"}}),
                _said("amend", {"case": _TEXT, "cause": {"enum": ["lab", "tool"]}, "reason": _TEXT, "who": _TEXT}, {}),
            ]
        },
    },
}
