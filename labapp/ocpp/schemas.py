"""Payloads judged by the JSON schemas of OCPP, each finding with its JSON path and in our own words.

The schemas are those that the `ocpp` package carries: for 1.6 the 28 actions of the core document (JSON Schema draft 4)
and the 11 of its security extension (draft 6), for 2.0.1 all 64 (draft 6).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

import jsonschema_rs
from jsonschema_rs import ValidationError, ValidationErrorKind

from labapp.ocpp.frames import kind_of
from labapp.ocpp.json_text import json_text
from labapp.ocpp.timestamps import NOTES, read_timestamp

Kind = Literal["req", "conf"]
Severity = Literal["violation", "observation"]

#: The folder in which the `ocpp` package keeps the schemas of a version, and how their files' names end for request and response.
_PLACES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "1.6": ("v16", {"req": ".json", "conf": "Response.json"}),
    "2.0.1": ("v201", {"req": "Request.json", "conf": "Response.json"}),
}

_SHOWN = 80
_TYPES = {"integer": "an integer", "array": "an array", "object": "an object", "null": "null"}


@dataclass(frozen=True, slots=True)
class SchemaFinding:
    """One disagreement of a payload with its schema.

    path: dotted, from the payload (`meterValue[0].sampledValue[1].value`), "" for the payload itself; keyword: the schema's
    keyword, or `action` when the version has no such action; expected, received: what to show side by side; text: one
    sentence; severity: an observation never fails a device.
    """

    path: str
    keyword: str
    expected: str
    received: str
    text: str
    severity: Severity


def _place(version: str) -> tuple[Traversable, Mapping[str, str]]:
    """The folder of a version's schemas, and the endings of their names. The version's module takes long to import, and is not needed."""
    name, suffixes = _PLACES[version]
    return files("ocpp") / name / "schemas", suffixes


@cache
def actions(version: str) -> frozenset[str]:
    """The actions that have schemas in this version, "1.6" or "2.0.1"."""
    folder, suffixes = _place(version)
    names = {entry.name for entry in folder.iterdir()}
    return frozenset(
        action
        for action in (name.removesuffix(suffixes["req"]) for name in names if name.endswith(suffixes["req"]))
        if f"{action}{suffixes['conf']}" in names
    )


def schema(version: str, action: str, kind: Kind) -> dict[str, Any]:
    """The schema itself. Raises KeyError when the version has no such action."""
    if action not in actions(version):
        raise KeyError(action)
    folder, suffixes = _place(version)
    # Some editions of the published files begin with a byte order mark.
    text = (folder / f"{action}{suffixes[kind]}").read_text(encoding="utf-8-sig")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


@cache
def _validator(version: str, action: str, kind: Kind) -> jsonschema_rs.Validator:
    # Of a schema without members the validator would not say which member is one too many.
    judge = {"properties": {}, **schema(version, action, kind)}
    return jsonschema_rs.validator_for(judge, validate_formats=True)


def check(version: str, action: str, kind: Kind, payload: Mapping[str, Any]) -> tuple[SchemaFinding, ...]:
    """Everything in which the payload disagrees with its schema, ordered by path; no payload makes it raise.

    payload: as `parse_frame` gives it (int and Decimal, nested at most 100 levels). An action that the version does not have
    gives one finding with keyword `action`.
    """
    if action not in actions(version):
        text = f"OCPP {version} has no action {action}"
        return (SchemaFinding("", "action", f"an action of OCPP {version}", action, text, "violation"),)
    validator = _validator(version, action, kind)
    try:
        errors = list(validator.iter_errors(payload))
    except UnicodeEncodeError:  # a lone surrogate, which JSON can escape and the validator cannot take
        errors = list(validator.iter_errors(_encodable(payload)))
    findings = {(finding.path, finding.keyword): finding for error in errors for finding in _findings(error, payload)}
    # A value of a wrong type is no member of an enumeration either: said once.
    mistyped = {path for path, keyword in findings if keyword == "type"}
    return tuple(
        finding for key, finding in sorted(findings.items()) if finding.keyword == "type" or key[0] not in mistyped
    )


def _encodable(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case Mapping():
            return {_encodable(name): _encodable(item) for name, item in value.items()}
        case list():
            return [_encodable(item) for item in value]
        case _:
            return value


def _findings(error: ValidationError, payload: Mapping[str, Any]) -> Iterator[SchemaFinding]:
    at = error.instance_path
    path = dotted(at)
    match error.kind:
        case ValidationErrorKind.Required(missing):
            where = dotted([*at, missing])
            yield SchemaFinding(where, "required", "present", "missing", f"{where} is missing", "violation")
        case ValidationErrorKind.AdditionalProperties(unexpected):
            for name in unexpected:
                where = dotted([*at, name])
                text = f"{where} is not a field of this message"
                received = _shown(_at(payload, [*at, name]))
                yield SchemaFinding(where, "additionalProperties", "no such field", received, text, "violation")
        case _:
            value = _at(payload, at)
            expected, severity, remark = _judged(error.kind, value)
            received = _received(error.kind, value)
            text = f"{path or 'the payload'} should be {expected}, but is {received}{remark}"
            yield SchemaFinding(path, error.kind.name, expected, received, text, severity)


def _judged(kind: ValidationErrorKind, value: Any) -> tuple[str, Severity, str]:
    """What was expected, how heavy the disagreement weighs, and a remark to append to the sentence."""
    match kind:
        case ValidationErrorKind.Type(types):
            return " or ".join(_TYPES.get(name, f"a {name}") for name in types), "violation", ""
        case ValidationErrorKind.Enum(options):
            return f"one of {', '.join(str(option) for option in options)}", "violation", ""
        case ValidationErrorKind.MaxLength(limit):
            return f"at most {limit} characters long", "violation", ""
        case ValidationErrorKind.MultipleOf(step):
            return f"a multiple of {step}", "violation", ""
        case ValidationErrorKind.Minimum(limit):
            return f"at least {limit:g}", "violation", ""
        case ValidationErrorKind.Maximum(limit):
            return f"at most {limit:g}", "violation", ""
        case ValidationErrorKind.MinItems(limit):
            return f"a list of at least {limit}", "violation", ""
        case ValidationErrorKind.MaxItems(limit):
            return f"a list of at most {limit}", "violation", ""
        case ValidationErrorKind.Format("date-time"):
            moment, notes = read_timestamp(value)
            remark = "".join(f"; {NOTES[note]}" for note in notes)
            return "a date-time of RFC 3339", "violation" if moment is None else "observation", remark
        case ValidationErrorKind.Format("uri"):
            return "a URI", "observation", ""
        case _:
            return f"as the schema's {kind.name} says", "violation", ""


def _received(kind: ValidationErrorKind, value: Any) -> str:
    if isinstance(kind, ValidationErrorKind.MaxLength) and isinstance(value, str):
        return f"{len(value)} characters: {_shown(value)}"
    if isinstance(kind, ValidationErrorKind.MinItems | ValidationErrorKind.MaxItems) and isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(kind, ValidationErrorKind.Type) and isinstance(value, list | Mapping):
        return kind_of(value)
    return _shown(value)


def _at(payload: Any, path: list[str | int]) -> Any:
    for part in path:
        try:
            payload = payload[part]
        except (KeyError, IndexError, TypeError):  # a name that had to be made encodable first
            return None
    return payload


def _shown(value: Any) -> str:
    text = json_text(value, ascii_only=False)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def dotted(path: list[str | int]) -> str:
    """A JSON path as people write it: `chargingSchedule.chargingSchedulePeriod[0].limit`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")
