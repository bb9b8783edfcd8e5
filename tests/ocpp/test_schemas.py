from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.ocpp.frames import Call, CallResult, parse_frame
from labapp.ocpp.json_text import json_text
from labapp.ocpp.schemas import Kind, SchemaFinding, actions, check, dotted, schema
from tests.data.captures import recordings
from tests.ocpp.json_values import JSON_VALUES

VERSIONS = ("1.6", "2.0.1")
MESSAGES: list[tuple[str, str, Kind]] = [
    (version, action, kind) for version in VERSIONS for action in sorted(actions(version)) for kind in ("req", "conf")
]

START = {"connectorId": 1, "idTag": "CARD", "meterStart": 0, "timestamp": "2026-11-21T12:00:00Z"}
PERIODS = [{"startPeriod": 0, "limit": Decimal("16.1")}, {"startPeriod": 60, "limit": Decimal("16.15")}]
PROFILE = {
    "chargingProfileId": 1,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": PERIODS},
}


def test_the_schemas_of_both_versions_are_found() -> None:
    assert {version: len(actions(version)) for version in VERSIONS} == {"1.6": 39, "2.0.1": 64}
    with pytest.raises(KeyError, match="NoSuchAction"):
        schema("1.6", "NoSuchAction", "req")


@pytest.mark.parametrize(
    ("action", "kind", "payload", "findings"),
    [
        ("StartTransaction", "req", START, []),
        ("Heartbeat", "req", {}, []),
        (
            "StartTransaction",
            "req",
            {"idTag": "x" * 21, "connectorId": "1", "timestamp": "yesterday", "extra": [1]},
            [
                ("connectorId", "type", "violation", 'connectorId should be an integer, but is "1"'),
                ("extra", "additionalProperties", "violation", "extra is not a field of this message"),
                (
                    "idTag",
                    "maxLength",
                    "violation",
                    f'idTag should be at most 20 characters long, but is 21 characters: "{"x" * 21}"',
                ),
                ("meterStart", "required", "violation", "meterStart is missing"),
                ("timestamp", "format", "violation", 'timestamp should be a date-time of RFC 3339, but is "yesterday"'),
            ],
        ),
        (
            "StartTransaction",
            "req",
            {**START, "timestamp": "2026-11-21T12:00:00"},
            [
                (
                    "timestamp",
                    "format",
                    "observation",
                    'timestamp should be a date-time of RFC 3339, but is "2026-11-21T12:00:00"; '
                    "it has no zone and is taken as UTC",
                ),
            ],
        ),
        ("StartTransaction", "req", {**START, "timestamp": "2026-11-21T13:00:00.123456+01:00"}, []),
        (
            "GetDiagnostics",
            "req",
            {"location": "files/upload"},
            [("location", "format", "observation", 'location should be a URI, but is "files/upload"')],
        ),
        (
            "GetDiagnostics",
            "req",
            {"location": 7},
            [("location", "type", "violation", "location should be a string, but is 7")],
        ),
        (
            "StartTransaction",
            "req",
            {**START, "meterStart": Decimal("0.0")},
            [("meterStart", "type", "violation", "meterStart should be an integer, but is 0.0")],
        ),
        (
            "SetChargingProfile",
            "req",
            {"connectorId": 1, "csChargingProfiles": PROFILE},
            [
                (
                    "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[1].limit",
                    "multipleOf",
                    "violation",
                    "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[1].limit should be a multiple of 0.1, "
                    "but is 16.15",
                ),
            ],
        ),
        (
            "MeterValues",
            "req",
            {
                "connectorId": 1,
                "meterValue": [{"timestamp": "2026-11-21T12:00:00Z", "sampledValue": [{"value": "1"}, {"value": 2}]}],
            },
            [
                (
                    "meterValue[0].sampledValue[1].value",
                    "type",
                    "violation",
                    "meterValue[0].sampledValue[1].value should be a string, but is 2",
                ),
            ],
        ),
        (
            "Reset",
            "conf",
            {"status": "Perhaps"},
            [("status", "enum", "violation", 'status should be one of Accepted, Rejected, but is "Perhaps"')],
        ),
        (
            "Reset",
            "conf",
            {"status": ["Accepted"]},
            [("status", "type", "violation", "status should be a string, but is an array")],
        ),
        (
            "NoSuchAction",
            "req",
            {"a": 1},
            [("", "action", "violation", "OCPP 1.6 has no action NoSuchAction")],
        ),
    ],
)
def test_findings_in_our_own_words(action: str, kind: Kind, payload: dict[str, Any], findings: list[Any]) -> None:
    found = check("1.6", action, kind, payload)
    assert [(finding.path, finding.keyword, finding.severity, finding.text) for finding in found] == findings


def test_lists_that_are_too_short_or_too_long_and_numbers_out_of_range() -> None:
    (short,) = check("2.0.1", "GetVariables", "req", {"getVariableData": []})
    assert short == SchemaFinding(
        "getVariableData",
        "minItems",
        "a list of at least 1",
        "a list of 0",
        "getVariableData should be a list of at least 1, but is a list of 0",
        "violation",
    )
    ocsp = {
        "hashAlgorithm": "SHA256",
        "issuerNameHash": "",
        "issuerKeyHash": "",
        "serialNumber": "",
        "responderURL": "",
    }
    authorize = {"idToken": {"idToken": "a", "type": "Central"}, "iso15118CertificateHashData": [ocsp] * 5}
    (long,) = check("2.0.1", "Authorize", "req", authorize)
    assert long.text == "iso15118CertificateHashData should be a list of at most 4, but is a list of 5"
    charge = {"evMaxCurrent": 1, "evMaxVoltage": 1, "stateOfCharge": 101, "fullSoC": -1}
    needs = {"requestedEnergyTransfer": "DC", "dcChargingParameters": charge}
    assert [
        finding.text
        for finding in check("2.0.1", "NotifyEVChargingNeeds", "req", {"evseId": 1, "chargingNeeds": needs})
    ] == [
        "chargingNeeds.dcChargingParameters.fullSoC should be at least 0, but is -1",
        "chargingNeeds.dcChargingParameters.stateOfCharge should be at most 100, but is 101",
    ]


def test_each_unknown_field_and_each_missing_one_is_named() -> None:
    found = check("1.6", "Reset", "conf", {"b": 1, "a": 2})
    assert [finding.text for finding in found] == [
        "a is not a field of this message",
        "b is not a field of this message",
        "status is missing",
    ]


def test_both_values_stand_side_by_side_and_long_ones_are_cut() -> None:
    (finding,) = check("1.6", "Reset", "req", {"type": "x" * 500})
    assert finding.expected == "one of Hard, Soft"
    assert finding.received == f'"{"x" * 78}…'


def test_a_lone_surrogate_is_judged_like_any_text() -> None:
    assert check("1.6", "Authorize", "req", {"idTag": "\ud800"}) == ()
    assert [
        finding.path for finding in check("1.6", "Authorize", "req", {"idTag": "x", "\ud800": ["\udfff", {}, 1]})
    ] == ["\ufffd"]


def test_a_path_is_written_as_people_write_it() -> None:
    assert dotted(["a", 0, "b", 11]) == "a[0].b[11]"
    assert dotted([0, "a"]) == "[0].a"
    assert dotted([]) == ""


@given(st.sampled_from(MESSAGES), st.dictionaries(st.text(), JSON_VALUES, max_size=4))
def test_no_payload_makes_it_raise(message: tuple[str, str, Kind], payload: dict[str, Any]) -> None:
    check(*message, payload)


def test_a_response_without_members_names_what_is_too_much() -> None:
    findings = check("1.6", "SecurityEventNotification", "conf", {"extra": 1, "other": 2})
    assert [(finding.path, finding.keyword, finding.text) for finding in findings] == [
        ("extra", "additionalProperties", "extra is not a field of this message"),
        ("other", "additionalProperties", "other is not a field of this message"),
    ]


# --- Cross-check with a second implementation of JSON Schema ---


def _integral(checker: Any, value: Any) -> bool:
    """Draft 6 takes 1.0 for an integer; `jsonschema` sees that of a float only."""
    return jsonschema.Draft6Validator.TYPE_CHECKER.is_type(value, "integer") or (
        isinstance(value, Decimal) and value == value.to_integral_value()
    )


DRAFT_4 = jsonschema.Draft4Validator
DRAFT_6 = jsonschema.validators.extend(
    jsonschema.Draft6Validator, type_checker=jsonschema.Draft6Validator.TYPE_CHECKER.redefine("integer", _integral)
)


def independent(version: str, action: str, kind: Kind, payload: Any) -> set[tuple[str, str]]:
    """Path and keyword of every error that the `jsonschema` library finds, numbers being Decimal, formats apart."""
    text = json.dumps(schema(version, action, kind))
    judge = json.loads(text, parse_float=Decimal)
    validator = DRAFT_4 if "draft-04" in judge["$schema"] else DRAFT_6
    found = set()
    for error in validator(judge).iter_errors(payload):
        path = list(error.absolute_path)
        if error.validator == "required":
            found |= {
                (dotted([*path, name]), "required") for name in error.validator_value if name not in error.instance
            }
        elif error.validator == "additionalProperties":
            names = set(error.instance) - set(error.schema.get("properties", ()))
            found |= {(dotted([*path, name]), "additionalProperties") for name in names}
        else:
            found.add((dotted(path), str(error.validator)))
    mistyped = {path for path, keyword in found if keyword == "type"}
    return {(path, keyword) for path, keyword in found if keyword == "type" or path not in mistyped}


def ours(version: str, action: str, kind: Kind, payload: Any) -> set[tuple[str, str]]:
    return {
        (finding.path, finding.keyword)
        for finding in check(version, action, kind, payload)
        if finding.keyword != "format"
    }


NUMBERS = st.integers(-(10**12), 10**12) | st.decimals(-1000, 1000, places=2) | st.decimals(-1000, 1000, places=1)
MOMENTS = st.datetimes().map(lambda moment: moment.isoformat() + "Z")
ODD = NUMBERS | st.booleans() | st.none() | st.text(max_size=60) | st.just([]) | st.just({})


def values(part: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that mostly fit a part of a schema, and sometimes do not."""
    if "$ref" in part:
        return values(root["definitions"][part["$ref"].rpartition("/")[2]], root)
    if "enum" in part:
        fitting: st.SearchStrategy[Any] = st.sampled_from(part["enum"])
    elif part.get("type") == "object":
        fitting = objects(part, root)
    elif part.get("type") == "array":
        fitting = st.lists(values(part["items"], root), max_size=3)
    elif part.get("type") == "string":
        fitting = MOMENTS if part.get("format") == "date-time" else st.text(max_size=min(part.get("maxLength", 9), 60))
    else:
        fitting = st.booleans() if part.get("type") == "boolean" else NUMBERS
    return st.integers(0, 15).flatmap(lambda dice: fitting if dice else ODD)


def objects(part: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    properties = part.get("properties", {})
    chosen = st.sets(st.sampled_from(sorted(properties))) if properties else st.just(set())
    required = set(part.get("required", ()))

    def build(optional: set[str]) -> st.SearchStrategy[dict[str, Any]]:
        present = {name: values(properties[name], root) for name in sorted(optional | required) if name in properties}
        extra = st.dictionaries(st.sampled_from(["extra", "other"]), ODD, max_size=2)
        return st.tuples(st.fixed_dictionaries(present), extra, st.integers(0, 9)).map(
            lambda drawn: {**drawn[0], **({} if drawn[2] else drawn[1])}
        )

    return chosen.flatmap(build)


@given(st.sampled_from(MESSAGES), st.data())
def test_a_second_implementation_finds_the_same(message: tuple[str, str, Kind], data: st.DataObject) -> None:
    judge = schema(*message)
    payload = data.draw(objects(judge, judge))
    assert ours(*message, payload) == independent(*message, payload)


@pytest.mark.parametrize("limit", [Decimal(tenths) / 10 for tenths in range(0, 1000, 7)])
def test_tenths_are_multiples_of_a_tenth(limit: Decimal) -> None:
    period = {"startPeriod": 0, "limit": limit}
    profile = {**PROFILE, "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]}}
    payload = json.loads(json_text({"connectorId": 1, "csChargingProfiles": profile}), parse_float=Decimal)
    assert ours("1.6", "SetChargingProfile", "req", payload) == set()
    assert independent("1.6", "SetChargingProfile", "req", payload) == set()


# --- Recorded traffic ---


def recorded_messages(name: str) -> list[tuple[str, str, Kind, Any]]:
    """Direction, action, kind and payload of every CALL and CALLRESULT; each CALLRESULT answers a CALL of the other side."""
    asked: dict[tuple[str, str], str] = {}
    messages: list[tuple[str, str, Kind, Any]] = []
    for line in recordings.read(name):
        frame = parse_frame(line.text, recordings.version(name)) if line.is_frame else None
        if isinstance(frame, Call):
            asked[line.direction, frame.unique_id] = frame.action
            messages.append((line.direction, frame.action, "req", frame.payload))
        elif isinstance(frame, CallResult):
            other = "->".join(reversed(line.direction.split("->")))
            messages.append((line.direction, asked[other, frame.unique_id], "conf", frame.payload))
    return messages


PROBED = {
    ("CP->CS", "NoSuchAction.req", "", "action", "NoSuchAction"): 1,
    ("CP->CS", "StatusNotification.req", "errorCode", "enum", '"Nope"'): 1,
    ("CP->CS", "StatusNotification.req", "errorCode", "required", "missing"): 1,
    ("CP->CS", "StatusNotification.req", "status", "required", "missing"): 1,
}
RECORDED_FINDINGS: dict[str, dict[tuple[str, ...], int]] = {
    "csms_c_station_probe": {finding: 2 * count for finding, count in PROBED.items()},
    "csms_d_station_probe": PROBED,
    "csms_d_station_probe_201": {},
    "csms_e_station_probe": {},
    "csms_f_station_probe": PROBED,
    "station_a_csms_probe": {("CS->CP", "NoSuchAction.req", "", "action", "NoSuchAction"): 1},
    "station_b_csms_probe": {
        ("CP->CS", "ExtendedTriggerMessage.conf", "status", "enum", '"NotSupported"'): 2,
        ("CP->CS", "NoSuchAction.conf", "", "action", "NoSuchAction"): 1,
        ("CS->CP", "ChangeAvailability.req", "connectorId", "type", '"one"'): 1,
        ("CS->CP", "ChangeAvailability.req", "type", "required", "missing"): 1,
        ("CS->CP", "NoSuchAction.req", "", "action", "NoSuchAction"): 1,
    },
    "station_b_with_csms_c": {},
}


@pytest.mark.parametrize("name", recordings.NAMES)
def test_the_findings_of_recorded_traffic(name: str) -> None:
    found = Counter(
        (direction, f"{action}.{kind}", finding.path, finding.keyword, finding.received)
        for direction, action, kind, payload in recorded_messages(name)
        for finding in check(recordings.version(name), action, kind, payload)
    )
    assert found == RECORDED_FINDINGS[name]


@pytest.mark.parametrize("name", recordings.NAMES)
def test_a_second_implementation_finds_the_same_in_recorded_traffic(name: str) -> None:
    version = recordings.version(name)
    known = [message for message in recorded_messages(name) if message[1] in actions(version)]
    for _, action, kind, payload in known:
        assert ours(version, action, kind, payload) == independent(version, action, kind, payload)
    assert known
