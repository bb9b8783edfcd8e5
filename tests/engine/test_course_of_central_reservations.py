"""Reservations of a central system, run by hand: the tool plays the charge point."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.central import charges, connected, says_status
from tests.engine.driver import Driver

DUT = {"features": ["Core", "Reservation"]}


def reserving(case: str, **setup: Any) -> Driver:
    return connected(case, **{**setup, "dut": {**DUT, **setup.get("dut", {})}})


def reserves(driver: Driver, *, after: float = 120, **fields: Any) -> dict[str, Any]:
    """The central system sends ReserveNow with an expiry so many seconds from now."""
    stated = {"connectorId": 1, "idTag": "VALID-1", "reservationId": 41, "expiryDate": driver.time(after)}
    return driver.says("ReserveNow", {**stated, **fields})


# TC_046, TC_053 -------------------------------------------------------------------------------------------------------


def test_the_transaction_is_started_on_the_reservation() -> None:
    driver = reserving("TC_046_CSMS")
    assert driver.prompt.args["fields"] == {"connectorId": 1, "idTag": "VALID-1", "expiryDate": driver.time(120)}
    assert reserves(driver) == {"status": "Accepted"}
    assert says_status(driver) == "Reserved"
    driver.answers({"idTagInfo": {"status": "Accepted"}}, to="Authorize")
    assert says_status(driver) == "Preparing"
    assert (driver.asked[0], driver.asked[1]["reservationId"]) == ("StartTransaction", 41)
    driver.answers({"transactionId": 7, "idTagInfo": {"status": "Accepted"}})
    assert says_status(driver) == "Charging"
    assert driver.verdict == "PASS"
    assert driver.row("5/StartTransaction.req/1/reservationId") == "passed"


def test_charging_names_no_reservation_where_there_is_none() -> None:
    driver = connected("TC_012_CSMS")
    driver.answers({"idTagInfo": {"status": "Accepted"}}, to="Authorize")
    driver.answers(to="StatusNotification")
    assert driver.asked[0] == "StartTransaction"
    assert "reservationId" not in driver.asked[1]


def test_the_second_card_of_the_group_uses_the_reservation_of_another_connector() -> None:
    driver = reserving("TC_053_CSMS", dut={"connectors": 2})
    assert driver.prompt.args["fields"]["parentIdTag"] == "GROUP-1"
    reserves(driver, connectorId=2, parentIdTag="GROUP-1")
    assert (driver.asked[1]["status"], driver.asked[1]["connectorId"]) == ("Reserved", 2)
    driver.answers(to="StatusNotification")
    assert driver.asked == ["Authorize", {"idTag": "VALID-2"}]
    charges(driver)
    assert driver.asked[0] == "StopTransaction", "the tool ends what it has begun, on that connector too"
    driver.answers(to="StopTransaction")
    assert (driver.asked[1]["status"], driver.asked[1]["connectorId"]) == ("Available", 2)
    assert driver.verdict == "PASS"


def test_a_reservation_without_the_parent_leaves_the_scenario() -> None:
    driver = reserving("TC_053_CSMS")
    assert reserves(driver) == {"status": "Rejected"}
    driver.confirms("request_differs", "device")
    assert driver.texts == ["Step 1: ReserveNow.req had parentIdTag <omitted>, <present> was due."]


def test_only_the_reservation_that_was_asked_for_is_the_one_to_cancel() -> None:
    driver = reserving("TC_051_CSMS")
    assert reserves(driver, connectorId=0, reservationId=4) == {"status": "Rejected"}
    assert reserves(driver, reservationId=5) == {"status": "Accepted"}
    assert says_status(driver) == "Reserved"
    assert driver.says("CancelReservation", reservationId=5) == {"status": "Accepted"}
    assert says_status(driver) == "Available"
    assert (driver.verdict, driver.texts) == ("PASS", [])


@pytest.mark.parametrize("case", ["TC_051_CSMS", "TC_053_CSMS"])
def test_a_reservation_of_the_whole_station_is_not_one_of_a_connector(case: str) -> None:
    driver = reserving(case)
    reserves(driver, connectorId=0, parentIdTag="GROUP-1")
    driver.confirms("request_differs", "device")
    assert driver.texts == ["Step 1: ReserveNow.req had connectorId 0, <not 0> was due."]


def test_a_reservation_of_a_connector_is_not_one_of_the_station() -> None:
    driver = reserving("TC_049_CSMS")
    reserves(driver)
    driver.confirms("request_differs", "device")
    assert driver.texts == ["Step 1: ReserveNow.req had connectorId 1, 0 was due."]


# TC_047 ---------------------------------------------------------------------------------------------------------------


def test_a_reservation_that_is_not_used_is_over_at_its_expiry() -> None:
    driver = reserving("TC_047_CSMS")
    assert reserves(driver) == {"status": "Accepted"}
    assert says_status(driver) == "Reserved"
    driver.passes(119)
    assert driver.sent[-1][2] == "StatusNotification"
    assert driver.sent[-1][3]["status"] == "Reserved"
    driver.passes(1)
    assert says_status(driver) == "Available"
    assert driver.verdict == "PASS"


@pytest.mark.parametrize(
    ("waited", "after"),
    [(0, 60.5), (0, 179), (300, -179), (300, 120), (300, -120)],
    ids=["whole minutes down", "whole minutes up", "as proposed long ago", "counted from the request", "proposed then"],
)
def test_an_expiry_that_a_person_may_have_entered_passes(waited: float, after: float) -> None:
    driver = reserving("TC_047_CSMS")
    driver.passes(waited)
    assert reserves(driver, after=after) == {"status": "Accepted"}
    assert driver.findings == []


@pytest.mark.parametrize(("waited", "after"), [(0, 59), (0, 181), (300, 181), (300, -241)])
def test_an_expiry_that_nobody_was_asked_for_is_asked_about_and_judged(waited: float, after: float) -> None:
    driver = reserving("TC_047_CSMS")
    driver.passes(waited)
    expiry = driver.time(after)
    assert reserves(driver, after=after) == {"status": "Rejected"}
    driver.confirms("request_differs", "device")
    (finding,) = driver.findings
    assert (finding["step"], finding["field"], finding["received"]) == (1, "expiryDate", expiry)


def test_the_wrong_expiry_names_the_moments_that_were_due() -> None:
    driver = reserving("TC_047_CSMS")
    reserves(driver, after=3600)
    driver.confirms("request_differs", "device")
    assert driver.texts == [
        "Step 1: ReserveNow.req had expiryDate 2025-01-01T13:00:00.000Z, "
        "2025-01-01T12:01:00.000Z to 2025-01-01T12:03:00.000Z (<now + reservationOffset>) was due."
    ]


# TC_048 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "status"), [("TC_048_1_CSMS", "Faulted"), ("TC_048_4_CSMS", "Rejected")], ids=["faulted", "rejected"]
)
def test_a_reservation_that_is_refused_ends_the_case(case: str, status: str) -> None:
    driver = reserving(case)
    assert reserves(driver) == {"status": status}
    assert (driver.verdict, driver.all_prompts[1:]) == ("PASS", []), "there is nothing to withdraw"


def test_an_occupied_connector_is_refused() -> None:
    driver = reserving("TC_048_2_CSMS")
    assert says_status(driver) == "Preparing"
    assert reserves(driver) == {"status": "Occupied"}
    assert driver.verdict == "PASS"


def test_an_unavailable_connector_is_refused_and_given_back_after_the_case() -> None:
    driver = reserving("TC_048_3_CSMS")
    assert driver.prompt.args == {"message": "ChangeAvailability", "fields": {"connectorId": 1, "type": "Inoperative"}}
    assert driver.says("ChangeAvailability", connectorId=1, type="Inoperative") == {"status": "Accepted"}
    assert says_status(driver) == "Unavailable"
    assert reserves(driver) == {"status": "Unavailable"}
    assert says_status(driver) == "Available"
    assert driver.prompt.args == {"message": "ChangeAvailability", "fields": {"connectorId": 1, "type": "Operative"}}
    driver.says("ChangeAvailability", connectorId=1, type="Operative")
    assert driver.verdict == "PASS"


# TC_051, TC_052 -------------------------------------------------------------------------------------------------------


def test_the_reservation_that_was_made_is_cancelled() -> None:
    driver = reserving("TC_051_CSMS")
    reserves(driver)
    assert says_status(driver) == "Reserved"
    assert driver.prompt.args["fields"] == {"reservationId": 41}
    assert driver.says("CancelReservation", reservationId=41) == {"status": "Accepted"}
    assert says_status(driver) == "Available"
    assert driver.verdict == "PASS"


def test_another_reservation_is_not_the_one_to_cancel() -> None:
    driver = reserving("TC_051_CSMS")
    reserves(driver)
    says_status(driver)
    driver.says("CancelReservation", reservationId=42)
    driver.confirms("request_differs", "device")
    assert driver.findings[0]["text"] == (
        "Step 5: CancelReservation.req had reservationId 42, 41 (= step 1 reservationId) was due."
    )


@pytest.mark.parametrize(
    ("case", "asked", "reported"), [("TC_052_CSMS", 2, 2), ("TC_052_CSMS", 0, 1), ("TC_049_CSMS", 0, 1)]
)
def test_what_is_reserved_is_a_connector_of_the_station(case: str, asked: int, reported: int) -> None:
    driver = reserving(case, dut={"connectors": 2})
    assert reserves(driver, connectorId=asked) == {"status": "Accepted"}
    assert (driver.asked[1]["status"], driver.asked[1]["connectorId"]) == ("Reserved", reported)


def test_a_cancellation_that_is_rejected_may_name_any_reservation() -> None:
    driver = reserving("TC_052_CSMS")
    reserves(driver, connectorId=0, idTag="OTHER")
    assert says_status(driver) == "Reserved"
    assert driver.says("CancelReservation", reservationId=9) == {"status": "Rejected"}
    assert (driver.findings, says_status(driver)) == ([], "Available")
    assert driver.prompt.args == {"message": "CancelReservation", "fields": {"reservationId": 41}}
    assert driver.says("CancelReservation", reservationId=41) == {"status": "Accepted"}
    assert driver.verdict == "PASS"
