"""Performance parameters from small journals."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from labapp.domain.stamps import Stamp
from labapp.engine.journal import GENESIS, Record
from labapp.engine.performance import measured

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ACCEPTED = {"status": "Accepted"}


class Tale:
    """A journal that is written second by second."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.tell(0, "run_started", {"ocpp": "1.6"})
        self.tell(0, "attempt_started", {"case": "TC_003_CS"})

    def tell(self, at: float, kind: str, content: dict[str, Any]) -> None:
        stamp = Stamp(BEGIN + timedelta(seconds=at), int(at * 1e9))
        self.records.append(Record(len(self.records) + 1, stamp, "r1", kind, content, GENESIS))

    def frame(self, at: float, direction: str, *elements: Any) -> None:
        self.tell(at, "frame", {"dir": direction, "text": json.dumps(elements)})

    def ask(self, at: float, identifier: str, action: str, payload: dict[str, Any] | None = None) -> None:
        self.frame(at, "out", 2, identifier, action, payload or {})

    def answer(self, at: float, identifier: str, payload: dict[str, Any] | None = None) -> None:
        self.frame(at, "in", 3, identifier, ACCEPTED if payload is None else payload)

    def report(self, at: float, action: str, payload: dict[str, Any] | None = None) -> None:
        self.frame(at, "in", 2, f"d{len(self.records)}", action, payload or {})

    def status(self, at: float, status: str, connector: int = 1) -> None:
        self.report(at, "StatusNotification", {"connectorId": connector, "status": status, "errorCode": "NoError"})

    def prompt(self, at: float, action: str = "plug_in") -> None:
        self.tell(at, "prompt", {"id": "p1", "kind": "action", "action": action})

    def closed(self, at: float, by: str = "wire") -> None:
        self.tell(at, "prompt_closed", {"id": "p1", "by": by})

    def values(self, sut: Any = "cs") -> dict[str, tuple[float, int]]:
        return {row["name"]: (row["value"], row["samples"]) for row in measured(self.records, sut)}

    def triggered(self) -> tuple[float, int] | None:
        return self.values().get("ocpp_triggered_function_timeout")


@pytest.fixture
def tale() -> Tale:
    return Tale()


def test_the_longest_answer_and_the_median_of_one_action(tale: Tale) -> None:
    for number, seconds in enumerate((0.2, 0.9, 0.3), start=1):
        tale.ask(10 * number, f"t{number}", "RemoteStartTransaction")
        tale.answer(10 * number + seconds, f"t{number}", {"status": "Rejected"})
    tale.ask(50, "t4", "GetConfiguration")
    tale.frame(51.25, "in", 4, "t4", "InternalError", "", {})
    assert measured(tale.records, "cs") == [
        {"name": "ocpp_response_timeout", "value": 1.25, "samples": 4},
        {"name": "response_time_remote_start_transaction", "value": 0.3, "samples": 3},
    ]


def test_a_central_system_has_its_own_parameters(tale: Tale) -> None:
    tale.ask(1, "t1", "Authorize", {"idTag": "CARD"})
    tale.answer(1.5, "t1", {"idTagInfo": ACCEPTED})
    tale.ask(2, "t2", "BootNotification")
    tale.answer(2.75, "t2")
    assert tale.values("csms") == {"ocpp_response_timeout": (0.75, 2), "response_time_authorize": (0.5, 1)}


def test_without_measurements_there_are_no_values(tale: Tale) -> None:
    tale.ask(1, "t1", "Reset")
    tale.frame(2, "in", "no frame")
    tale.answer(3, "another")
    assert tale.values() == tale.values("csms") == {}


@pytest.mark.parametrize("event", [("link", {"event": "down"}), ("attempt_started", {}), ("attempt_aborted", {})])
def test_an_answer_counts_on_its_connection_and_in_its_attempt_only(tale: Tale, event: tuple[str, Any]) -> None:
    tale.ask(1, "t1", "ClearCache")
    tale.tell(2, *event)
    tale.answer(3, "t1")
    assert tale.values() == {}


def reserve(tale: Tale) -> None:
    tale.ask(1, "t1", "ReserveNow", {"connectorId": 1, "reservationId": 7})
    tale.answer(2, "t1")
    tale.status(2.1, "Reserved", connector=2)
    tale.status(2.5, "Reserved")


def cancel(tale: Tale) -> None:
    tale.ask(1, "t1", "CancelReservation", {"reservationId": 7})
    tale.answer(2, "t1")
    tale.status(2.5, "Available", connector=2)


def take_out_of_service(tale: Tale) -> None:
    tale.ask(1, "t1", "ChangeAvailability", {"connectorId": 0, "type": "Inoperative"})
    tale.answer(2, "t1")
    tale.status(2.5, "Unavailable")
    tale.status(2.9, "Unavailable", connector=2)


def stop(tale: Tale) -> None:
    tale.ask(1, "t1", "RemoteStopTransaction", {"transactionId": 5})
    tale.answer(2, "t1")
    tale.report(2.2, "StopTransaction", {"transactionId": 4})
    tale.report(2.5, "StopTransaction", {"transactionId": 5})


def trigger(tale: Tale) -> None:
    tale.ask(1, "t1", "TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 2})
    tale.answer(2, "t1")
    tale.report(2.1, "Heartbeat")
    tale.report(2.2, "MeterValues", {"connectorId": 1})
    tale.report(2.5, "MeterValues", {"connectorId": 2})


def start_remotely(tale: Tale) -> None:
    tale.ask(1, "t1", "RemoteStartTransaction", {"idTag": "CARD"})
    tale.answer(2, "t1")
    tale.report(2.1, "Authorize", {"idTag": "CARD"})
    tale.status(2.2, "Preparing")
    tale.report(2.5, "StartTransaction")


@pytest.mark.parametrize("course", [reserve, cancel, take_out_of_service, stop, trigger, start_remotely])
def test_each_combination_is_counted_from_the_answer_to_what_follows(
    tale: Tale, course: Callable[[Tale], None]
) -> None:
    course(tale)
    assert tale.triggered() == (0.5, 1)


def test_the_longest_of_all_combinations_counts(tale: Tale) -> None:
    reserve(tale)
    tale.ask(3, "t2", "CancelReservation", {"reservationId": 7})
    tale.answer(4, "t2")
    tale.status(5.75, "Available")
    assert tale.triggered() == (1.75, 2)


@pytest.mark.parametrize(
    "requested", ["BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification"]
)
def test_firmware_diagnostics_and_boots_are_left_out(tale: Tale, requested: str) -> None:
    tale.ask(1, "t1", "TriggerMessage", {"requestedMessage": requested})
    tale.answer(2, "t1")
    tale.report(9, requested)
    assert tale.triggered() is None


def test_a_refusal_and_a_message_ahead_of_the_answer_are_not_counted(tale: Tale) -> None:
    tale.ask(1, "t1", "ReserveNow", {"connectorId": 1})
    tale.answer(2, "t1", {"status": "Occupied"})
    tale.status(3, "Reserved")
    tale.ask(4, "t2", "ReserveNow", {"connectorId": 1})
    tale.status(4.5, "Reserved")
    tale.answer(5, "t2")
    tale.status(9, "Reserved")
    assert tale.triggered() is None


@pytest.mark.parametrize("between", ["prompt", "boot", "link"])
def test_nothing_is_counted_over_hands_boots_and_lost_links(tale: Tale, between: str) -> None:
    def interrupt(at: float) -> None:
        match between:
            case "prompt":
                tale.prompt(at)
                tale.closed(at + 0.1)
            case "boot":
                tale.report(at, "BootNotification")
            case _:
                tale.tell(at, "link", {"event": "down"})

    tale.ask(1, "t1", "RemoteStartTransaction")
    tale.answer(2, "t1")
    interrupt(3)
    tale.report(9, "StartTransaction")
    tale.ask(10, "t2", "RemoteStopTransaction", {"transactionId": 5})
    tale.answer(11, "t2")
    interrupt(12)
    tale.report(20, "StopTransaction", {"transactionId": 5})
    assert tale.triggered() is None


def test_a_start_by_hand_is_counted_from_what_the_hands_brought_about(tale: Tale) -> None:
    tale.prompt(1)
    tale.status(5, "Preparing")
    tale.closed(5.1)
    tale.prompt(5.2, "present_id")
    tale.report(8, "Authorize", {"idTag": "CARD"})
    tale.closed(8.1)
    tale.report(8.75, "StartTransaction")
    assert tale.triggered() == (0.75, 1)


def test_a_prompt_that_is_open_still_is_no_time_of_the_device(tale: Tale) -> None:
    tale.prompt(1, "present_id")
    tale.status(2, "Preparing")
    tale.report(8, "Authorize", {"idTag": "CARD"})
    tale.closed(8.1)
    tale.report(8.5, "StartTransaction")
    assert tale.triggered() == (0.5, 1)
    tale.prompt(20)
    tale.status(21, "Preparing")
    tale.closed(30, by="operator")
    tale.report(31.5, "StartTransaction")
    assert tale.triggered() == (1.5, 2)


@pytest.mark.parametrize("ended_by", ["refused", "available", "remote"])
def test_a_start_that_did_not_come_about_is_forgotten(tale: Tale, ended_by: str) -> None:
    tale.report(1, "Authorize", {"idTag": "CARD"})
    match ended_by:
        case "refused":
            tale.frame(1.1, "out", 3, "d2", {"idTagInfo": {"status": "Blocked"}})
        case "available":
            tale.status(60, "Available")
        case _:
            tale.ask(60, "t1", "RemoteStartTransaction")
    tale.report(99, "StartTransaction")
    assert tale.triggered() is None
