"""One deviation a line: the station that does it, and the verdict, the reason and the step that the documents give."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.acceptance import faults as f
from tests.acceptance.station import Payload, Sent, Station

STATUS = "StatusNotification"
START = "StartTransaction"
STOP = "StopTransaction"
METER = "MeterValues"


@dataclass(frozen=True)
class Fault:
    """One deviation. step: of the finding or the reviewed notification; None where the station passes."""

    name: str
    case: str
    make: Callable[[], Station]
    verdict: str
    reason: str
    step: int | str | None = None


def passes(name: str, case: str, make: Callable[[], Station]) -> Fault:
    return Fault(name, case, make, "PASS", "")


def fails(name: str, case: str, step: int | str, reason: str, make: Callable[[], Station]) -> Fault:
    return Fault(name, case, make, "FAIL", reason, step)


def asks(fault: f.Requests) -> Callable[[], Station]:
    return lambda: Station(requests=fault)


def replies(fault: f.Answers) -> Callable[[], Station]:
    return lambda: Station(answers=fault)


def result(message_id: str, answer: Payload) -> str:
    return json.dumps([3, message_id, answer])


def each_value(**new: Any) -> f.Requests:
    """Meter values in which every sampled value has these members."""

    def make(payload: Payload) -> list[Sent]:
        for value in payload["meterValue"]:
            value["sampledValue"] = [each | new for each in value["sampledValue"]]
        return [(METER, payload)]

    return f.instead(METER, make)


def first_value_only(payload: Payload) -> list[Sent]:
    for value in payload["meterValue"]:
        del value["sampledValue"][1:]
    return [(METER, payload)]


def state_of_charge(payload: Payload) -> list[Sent]:
    for value in payload["meterValue"]:
        value["sampledValue"].append(
            {"value": "40", "measurand": "SoC", "location": "EV", "context": "Sample.Periodic"}
        )
    return [(METER, payload)]


def entry(answer: Payload, key: str) -> Payload:
    return next((each for each in answer["configurationKey"] if each["key"] == key), {})


def without_key(answer: Payload) -> None:
    if len(answer["configurationKey"]) > 10:
        answer["configurationKey"].remove(entry(answer, "ResetRetries"))


def writable_profiles(answer: Payload) -> None:
    if len(answer["configurationKey"]) > 10:
        entry(answer, "SupportedFeatureProfiles")["readonly"] = False


def without_core(answer: Payload) -> None:
    entry(answer, "SupportedFeatureProfiles")["value"] = "SmartCharging"


def half_of_the_keys(answer: Payload) -> None:
    if len(answer["configurationKey"]) == 10:
        del answer["configurationKey"][5:]


def more_than_asked(answer: Payload) -> None:
    if len(answer["configurationKey"]) == 10:
        answer["configurationKey"].append({"key": "VendorKey", "value": "1", "readonly": True})


def unknown_key(answer: Payload) -> None:
    answer["unknownKey"] = ["SupportedFeatureProfiles"]


def periods(answer: Payload) -> list[Payload]:
    listed: list[Payload] = answer["chargingSchedule"]["chargingSchedulePeriod"]
    return listed


def too_high(answer: Payload) -> None:
    periods(answer)[2]["limit"] = 16.0


def too_late(answer: Payload) -> None:
    periods(answer)[1]["startPeriod"] += 20


def in_watts(answer: Payload) -> None:
    answer["chargingSchedule"]["chargingRateUnit"] = "W"


def in_pieces(answer: Payload) -> None:
    first = periods(answer)[1]
    periods(answer).insert(2, first | {"startPeriod": first["startPeriod"] + 30})


def begun_long_ago(answer: Payload) -> None:
    answer["scheduleStart"] = "2020-01-01T00:00:00Z"


FAULTS = [
    fails("boot repeated too early", "TC_001_CS", 3, "validation", lambda: Station(retry=-60.0)),
    fails("boot repeated too late", "TC_001_CS", 3, "validation", lambda: Station(retry=2.7)),
    fails("no heartbeat", "TC_001_CS", 7, "missing", lambda: Station(heartbeats=False)),
    fails(
        "unavailable after boot",
        "TC_001_CS",
        5,
        "review",
        asks(f.since(2, "BootNotification", f.with_fields(STATUS, {"status": "Unavailable"}, connectorId=1))),
    ),
    fails("station as a whole not reported", "TC_001_CS", 5, "review", asks(f.without(STATUS, connectorId=0))),
    fails(
        "transaction before authorization",
        "TC_003_CS",
        3,
        "out_of_scenario",
        asks(
            f.before(
                "Authorize",
                (START, {"connectorId": 1, "idTag": "CARD-1", "meterStart": 0, "timestamp": "2026-01-01T00:00:00Z"}),
            )
        ),
    ),
    fails("no authorization", "TC_003_CS", 3, "out_of_scenario", asks(f.without("Authorize"))),
    fails("no transaction", "TC_003_CS", 5, "missing", asks(f.without(START))),
    passes("charging before its transaction", "TC_003_CS", asks(f.swapped(START, STATUS, status="Charging"))),
    fails("Preparing missing", "TC_003_CS", 1, "review", asks(f.without(STATUS, status="Preparing"))),
    fails("Charging missing", "TC_003_CS", 7, "review", asks(f.without(STATUS, status="Charging"))),
    passes(
        "SuspendedEV before the transaction",
        "TC_003_CS",
        asks(f.before(START, (STATUS, {"connectorId": 1, "status": "SuspendedEV", "errorCode": "NoError"}))),
    ),
    fails("Preparing twice", "TC_003_CS", 3, "review", asks(f.twice(STATUS, status="Preparing"))),
    passes(
        "the station as a whole reports an error",
        "TC_003_CS",
        asks(f.before(START, (STATUS, {"connectorId": 0, "status": "Faulted", "errorCode": "HighTemperature"}))),
    ),
    Fault(
        "the station as a whole reports nothing",
        "TC_003_CS",
        asks(f.before(START, (STATUS, {"connectorId": 0, "status": "Unavailable", "errorCode": "NoError"}))),
        "INCONCLUSIVE",
        "review",
    ),
    fails(
        "unexpected status",
        "TC_003_CS",
        5,
        "review",
        asks(f.before(START, (STATUS, {"connectorId": 1, "status": "Reserved", "errorCode": "NoError"}))),
    ),
    fails("against the schema", "TC_003_CS", 5, "schema", asks(f.with_fields(START, {"meterStart": "0"}))),
    fails(
        "against the schema, a card too long",
        "TC_003_CS",
        3,
        "schema",
        asks(f.with_fields("Authorize", {"idTag": "X" * 21})),
    ),
    fails("malformed JSON", "TC_003_CS", 3, "schema", asks(f.before("Authorize", '[2, "broken", "Authorize", {'))),
    fails("unknown action", "TC_003_CS", 3, "schema", asks(f.before("Authorize", '[2, "odd", "Frobnicate", {}]'))),
    passes(
        "data transfer of the vendor", "TC_003_CS", asks(f.before("Authorize", ("DataTransfer", {"vendorId": "x"})))
    ),
    fails(
        "availability refused",
        "TC_013_CS",
        2,
        "validation",
        replies(f.answered_with("ChangeAvailability", {"status": "Rejected"})),
    ),
    fails("reset refused", "TC_013_CS", 6, "validation", replies(f.answered_with("Reset", {"status": "Rejected"}))),
    fails(
        "available after the reset",
        "TC_013_CS",
        9,
        "review",
        asks(f.since(2, "BootNotification", f.with_fields(STATUS, {"status": "Available"}, status="Unavailable"))),
    ),
    fails(
        "answer to a wrong id",
        "TC_013_CS",
        2,
        "schema",
        replies(f.answered("ChangeAvailability", lambda message_id, answer: [result("nobody", answer)])),
    ),
    fails(
        "two answers",
        "TC_013_CS",
        2,
        "schema",
        replies(f.answered("ChangeAvailability", lambda message_id, answer: [result(message_id, answer)] * 2)),
    ),
    fails(
        "late answer",
        "TC_013_CS",
        2,
        "missing",
        replies(f.answered("ChangeAvailability", lambda message_id, answer: [4.0, result(message_id, answer)])),
    ),
    fails(
        "CALLERROR instead of an answer",
        "TC_013_CS",
        2,
        "validation",
        replies(
            f.answered(
                "ChangeAvailability", lambda message_id, answer: [json.dumps([4, message_id, "InternalError", "", {}])]
            )
        ),
    ),
    fails("key missing", "TC_019_CS", 4, "validation", replies(f.answered_by("GetConfiguration", without_key))),
    fails("key writable", "TC_019_CS", 4, "validation", replies(f.answered_by("GetConfiguration", writable_profiles))),
    fails("Core missing", "TC_019_CS", 2, "validation", replies(f.answered_by("GetConfiguration", without_core))),
    fails(
        "unknownKey not empty", "TC_019_CS", 2, "validation", replies(f.answered_by("GetConfiguration", unknown_key))
    ),
    fails("keys left out", "TC_019_CS", 8, "validation", replies(f.answered_by("GetConfiguration", half_of_the_keys))),
    passes("more keys than asked for", "TC_019_CS", replies(f.answered_by("GetConfiguration", more_than_asked))),
    fails("started for an invalid card", "TC_023_4_CS", 3, "out_of_scenario", lambda: Station(starts_for_anyone=True)),
    fails(
        "wrong reason",
        "TC_032_2_CS",
        5,
        "validation",
        asks(f.with_fields(STOP, {"reason": "Reboot"}, reason="PowerLoss")),
    ),
    passes(
        "Unavailable first",
        "TC_032_2_CS",
        asks(
            f.before(
                STATUS,
                (STATUS, {"connectorId": 1, "status": "Unavailable", "errorCode": "NoError"}),
                status="Finishing",
            )
        ),
    ),
    passes("resumed", "TC_032_2_CS", lambda: Station(resumes=True)),
    fails(
        "resumed, wrong reason",
        "TC_032_2_CS",
        5,
        "validation",
        lambda: Station(resumes=True, requests=f.with_fields(STOP, {"reason": "PowerLoss"}, reason="Local")),
    ),
    fails("transaction not ended", "TC_032_2_CS", 5, "missing", asks(f.without(STOP, reason="PowerLoss"))),
    fails("lost offline", "TC_037_1_CS", 1, "missing", lambda: Station(forgets_offline=True)),
    passes(
        "Charging missing after being offline",
        "TC_037_1_CS",
        asks(f.since(2, START, f.without(STATUS, status="Charging"))),
    ),
    fails("cache not cleared", "TC_061_1_CS", 7, "missing", lambda: Station(keeps_cache=True)),
    fails(
        "clearing refused",
        "TC_061_1_CS",
        6,
        "validation",
        replies(f.answered_with("ClearCache", {"status": "Rejected"})),
    ),
    passes("authorization ends by time", "TC_061_1_CS", lambda: Station(second_swipe=False)),
    passes(
        "authorization asked for on the second swipe",
        "TC_061_1_CS",
        asks(f.before(STATUS, ("Authorize", {"idTag": "CARD-1"}), status="Available", connectorId=1)),
    ),
    fails("limit too high", "TC_066_CS", 2, "validation", replies(f.answered_by("GetCompositeSchedule", too_high))),
    fails("period too late", "TC_066_CS", 2, "validation", replies(f.answered_by("GetCompositeSchedule", too_late))),
    fails("schedule in W", "TC_066_CS", 2, "validation", replies(f.answered_by("GetCompositeSchedule", in_watts))),
    fails(
        "schedule begun long ago",
        "TC_066_CS",
        2,
        "validation",
        replies(f.answered_by("GetCompositeSchedule", begun_long_ago)),
    ),
    passes("equal periods not joined", "TC_066_CS", replies(f.answered_by("GetCompositeSchedule", in_pieces))),
    fails(
        "schedule refused",
        "TC_066_CS",
        2,
        "validation",
        replies(f.answered_with("GetCompositeSchedule", {"status": "Rejected"})),
    ),
    fails(
        "profile refused",
        "TC_066_CS",
        "SetChargingProfile_CS:2",
        "in_preparation",
        replies(f.answered_with("SetChargingProfile", {"status": "Rejected"})),
    ),
    fails("a value is left out", "TC_070_CS", 1, "validation", asks(f.only(2, METER, f.without(METER)))),
    fails("measurand missing", "TC_070_CS", 1, "validation", asks(f.instead(METER, first_value_only))),
    fails("wrong context", "TC_070_CS", 1, "validation", asks(each_value(context="Sample.Clock"))),
    fails("measured in the vehicle", "TC_070_CS", 1, "validation", asks(each_value(location="EV"))),
    fails("signed format", "TC_070_CS", 1, "validation", asks(each_value(format="SignedData"))),
    passes("state of charge of the vehicle", "TC_070_CS", asks(f.instead(METER, state_of_charge))),
    fails(
        "remote start refused in the preparation",
        "TC_032_2_CS",
        "Charging_CS:4",
        "in_preparation",
        replies(f.answered_with("RemoteStartTransaction", {"status": "Rejected"})),
    ),
]
