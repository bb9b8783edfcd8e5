"""Frame text to frame and back: the RPC framework of OCPP-J.

Sources: OCPP-J 1.6 section 4 (message structure, error codes), OCPP-J 2.0.1 (Part 4) section 4. Any text is read without
an exception: as a Call, a CallResult, a CallError, or as Malformed with the reason and with whatever could still be read,
so that it can be answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from labapp.ocpp.json_text import STRING_TOKEN, NotJson, has_half_character, json_text, read_json

CALL = 2
CALL_RESULT = 3
CALL_ERROR = 4

#: Longest message id (OCPP-J 1.6 section 4.1.4).
MAX_ID_LENGTH = 36

#: Error codes of each version, with the spelling of the wire (OCPP-J 1.6 section 4.2.3, OCPP-J 2.0.1 section 4.3).
ERROR_CODES: Mapping[str, frozenset[str]] = {
    "1.6": frozenset(
        {
            "FormationViolation",
            "GenericError",
            "InternalError",
            "NotImplemented",
            "NotSupported",
            "OccurenceConstraintViolation",
            "PropertyConstraintViolation",
            "ProtocolError",
            "SecurityError",
            "TypeConstraintViolation",
        }
    ),
    "2.0.1": frozenset(
        {
            "FormatViolation",
            "GenericError",
            "InternalError",
            "MessageTypeNotSupported",
            "NotImplemented",
            "NotSupported",
            "OccurrenceConstraintViolation",
            "PropertyConstraintViolation",
            "ProtocolError",
            "RpcFrameworkError",
            "SecurityError",
            "TypeConstraintViolation",
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Defect:
    """What is wrong with a frame that could be read all the same. code: one word for programs; text: one sentence."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A request. payload: numbers with fraction or exponent are Decimal."""

    unique_id: str
    action: str
    payload: Mapping[str, Any]
    defects: tuple[Defect, ...] = ()


@dataclass(frozen=True, slots=True)
class CallResult:
    """The answer to a request. payload: numbers with fraction or exponent are Decimal."""

    unique_id: str
    payload: Mapping[str, Any]
    defects: tuple[Defect, ...] = ()


@dataclass(frozen=True, slots=True)
class CallError:
    """The refusal of a request. A description or details that are missing or of a wrong type read as empty, with a defect."""

    unique_id: str
    code: str
    description: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    defects: tuple[Defect, ...] = ()


@dataclass(frozen=True, slots=True)
class Malformed:
    """A text that is no frame. text: one sentence; message_type, unique_id, action: what could still be read, else None.

    reason: `not_json`, `too_deep`, `bad_number`, `half_character`, `not_array`, `message_type_missing`, `message_type_not_number`,
    `message_type_unknown` (a number that the specification says to ignore), `arity`, `id_not_string`, `id_too_long`,
    `action_not_string`, `payload_not_object`, `error_code_not_string`.
    """

    reason: str
    text: str
    message_type: int | None = None
    unique_id: str | None = None
    action: str | None = None


Frame = Call | CallResult | CallError

_ARITY = {CALL: 4, CALL_RESULT: 3, CALL_ERROR: 5}
_NAMES = {CALL: "CALL", CALL_RESULT: "CALLRESULT", CALL_ERROR: "CALLERROR"}
#: A text in which no half of a surrogate pair is written has none in its strings.
_HALF = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_START = re.compile(rf"\s*\[\s*(-?[0-9]{{1,9}})\s*(?:,\s*({STRING_TOKEN}))?", re.DOTALL)


def parse_frame(text: str, version: str = "1.6") -> Frame | Malformed:
    """Read one WebSocket text message; no text makes it raise. version: "1.6" or "2.0.1", for the known error codes."""
    json = read_json(text)
    if isinstance(json, NotJson):
        return _salvage(text, "too_deep" if json.too_deep else "not_json", json.text)
    elements = json.value
    if not isinstance(elements, list):
        return Malformed("not_array", f"a frame is a JSON array, not {kind_of(elements)}")
    read = _Read(elements)
    if json.refused_numbers:
        return read.malformed("bad_number", f"{json.refused_numbers[0]} is not a number that can be read")
    if _HALF.search(text) and has_half_character(elements):
        return read.malformed("half_character", "a string holds one half of a surrogate pair, which is no character")
    return _frame(read, _repeated(json.duplicate_names), ERROR_CODES[version])


def frame_text(frame: Frame) -> str:
    """The frame as compact JSON text; reading it gives the frame again, without its defects."""
    match frame:
        case Call():
            elements: list[Any] = [CALL, frame.unique_id, frame.action, frame.payload]
        case CallResult():
            elements = [CALL_RESULT, frame.unique_id, frame.payload]
        case CallError():
            elements = [CALL_ERROR, frame.unique_id, frame.code, frame.description, frame.details]
    return json_text(elements)


def refusal(malformed: Malformed, version: str = "1.6") -> CallError | None:
    """The CALLERROR that answers a malformed text, None when none is due.

    Only what was, or may have been, a CALL is answered. 1.6: nothing when the id could not be read, and nothing to an unknown
    message type number (OCPP-J 1.6 section 4.1.3). 2.0.1: id "-1" when the id could not be read (Part 4 section 4.2.3).
    """
    if malformed.message_type in (CALL_RESULT, CALL_ERROR):
        return None
    if version == "1.6":
        if malformed.message_type != CALL or malformed.unique_id is None:
            return None
        return CallError(malformed.unique_id, "FormationViolation", malformed.text)
    unique_id = "-1" if malformed.unique_id is None else malformed.unique_id
    by_reason = {"message_type_unknown": "MessageTypeNotSupported", "payload_not_object": "FormatViolation"}
    return CallError(unique_id, by_reason.get(malformed.reason, "RpcFrameworkError"), malformed.text)


def kind_of(value: Any) -> str:
    """The JSON type of a value as a person names it, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float() | Decimal():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"


@dataclass(frozen=True, slots=True)
class _Read:
    """The elements of an array that may be a frame."""

    elements: list[Any]

    def string(self, index: int) -> str | None:
        """The element when it is there and a string of whole characters."""
        value = self.elements[index] if index < len(self.elements) else None
        return value if isinstance(value, str) and not has_half_character(value) else None

    @property
    def message_type(self) -> int | None:
        value = self.elements[0] if self.elements else None
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def malformed(self, reason: str, text: str) -> Malformed:
        action = self.string(2) if self.message_type == CALL else None
        return Malformed(reason, text, self.message_type, self.string(1), action)


def _frame(read: _Read, defects: tuple[Defect, ...], codes: frozenset[str]) -> Frame | Malformed:
    elements = read.elements
    fault = _head_fault(read)
    if fault:
        return fault
    unique_id: str = elements[1]
    if read.message_type == CALL_ERROR:
        return _call_error(read, defects, codes)
    if read.message_type == CALL and not isinstance(elements[2], str):
        return read.malformed("action_not_string", f"the action is {kind_of(elements[2])}, not a string")
    if not isinstance(elements[-1], dict):
        return read.malformed("payload_not_object", f"the payload is {kind_of(elements[-1])}, not an object")
    if read.message_type == CALL:
        return Call(unique_id, elements[2], elements[3], defects)
    return CallResult(unique_id, elements[2], defects)


def _head_fault(read: _Read) -> Malformed | None:
    """The first fault of message type, number of elements and message id."""
    elements = read.elements
    if not elements:
        return read.malformed("message_type_missing", "the array is empty")
    if read.message_type is None:
        shown = elements[0] if isinstance(elements[0], Decimal) else kind_of(elements[0])
        return read.malformed("message_type_not_number", f"the message type is {shown}, not an integer")
    if read.message_type not in _ARITY:
        return read.malformed("message_type_unknown", f"the message type number {read.message_type} is not 2, 3 or 4")
    arity, name = _ARITY[read.message_type], _NAMES[read.message_type]
    least = 3 if read.message_type == CALL_ERROR else arity
    if not least <= len(elements) <= arity:
        return read.malformed("arity", f"a {name} has {arity} elements, not {len(elements)}")
    if not isinstance(elements[1], str):
        return read.malformed("id_not_string", f"the message id is {kind_of(elements[1])}, not a string")
    if len(elements[1]) > MAX_ID_LENGTH:
        return read.malformed(
            "id_too_long", f"the message id has {len(elements[1])} characters, more than {MAX_ID_LENGTH}"
        )
    return None


def _call_error(read: _Read, defects: tuple[Defect, ...], codes: frozenset[str]) -> CallError | Malformed:
    unique_id, code, *rest = read.elements[1:]
    if not isinstance(code, str):
        return read.malformed("error_code_not_string", f"the error code is {kind_of(code)}, not a string")
    found = list(defects)
    if code not in codes:
        found.append(Defect("error_code_unknown", f"the error code {code} does not exist in this version"))
    description, details = "", {}
    if not rest:
        found.append(Defect("description_missing", "the CALLERROR has no description"))
    elif isinstance(rest[0], str):
        description = rest[0]
    else:
        found.append(Defect("description_not_string", f"the description is {kind_of(rest[0])}, not a string"))
    if len(rest) < 2:
        found.append(Defect("details_missing", "the CALLERROR has no details"))
    elif isinstance(rest[1], dict):
        details = rest[1]
    else:
        found.append(Defect("details_not_object", f"the details are {kind_of(rest[1])}, not an object"))
    return CallError(unique_id, code, description, details, tuple(found))


def _repeated(names: tuple[str, ...]) -> tuple[Defect, ...]:
    return tuple(
        Defect("duplicate_name", f"an object has the name {name} more than once; the last one counts") for name in names
    )


def _salvage(text: str, reason: str, sentence: str) -> Malformed:
    """Message type and id from the beginning of a text that is not JSON as a whole."""
    start = _START.match(text)
    if not start:
        return Malformed(reason, sentence)
    identifier = read_json(start[2]) if start[2] else None
    unique_id = None if identifier is None or isinstance(identifier, NotJson) else identifier.value
    return Malformed(reason, sentence, int(start[1]), None if has_half_character(unique_id) else unique_id)
