"""The reservation cases of a charge point, run by hand: who may use a reservation, and what the technician's pace may not decide."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.driver import Driver

ID = 735_732_800
TWO_ON_ONE_EVSE = {"connectors": 2, "evses": [[1, 2]]}


def reserved(case: str, **setup: Any) -> Driver:
    """A case up to the moment when the connector is Reserved."""
    driver = Driver(case, **setup)
    assert driver.asked[0] == "ReserveNow"
    assert driver.asked[1]["reservationId"] == ID
    driver.answers("Accepted", to="ReserveNow")
    driver.status("Reserved")
    return driver


def begins(driver: Driver, id_tag: str = "VALID-1", **fields: Any) -> None:
    """The device begins the transaction."""
    content = {"connectorId": 1, "idTag": id_tag, "meterStart": 0, "timestamp": driver.time()}
    driver.says("StartTransaction", {**content, **fields})


def other_card_refused(**setup: Any) -> Driver:
    """TC_046_1 up to the moment when the right card is asked for."""
    driver = reserved("TC_046_1_CS", **setup)
    driver.confirms("present_id")
    driver.passes(10)
    assert driver.prompt.args == {"connector": 1, "id_tag": "VALID-1"}
    return driver


def remote(driver: Driver, value: str = "false") -> None:
    """The state Charging up to its plug."""
    driver.configured("AuthorizeRemoteTxRequests", value)
    driver.answers("Accepted", to="RemoteStartTransaction")


# TC_046_1 -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asks", [True, False])
@pytest.mark.parametrize("charging_first", [True, False])
def test_the_reservation_is_used_by_its_card(asks: bool, charging_first: bool) -> None:
    driver = other_card_refused()
    if asks:
        driver.says("Authorize", idTag="VALID-1")
    driver.status("Preparing")
    driver.confirms("plug_in")
    if charging_first:
        driver.status("Charging")
    begins(driver, reservationId=ID)
    if not charging_first:
        driver.status("Charging")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])
    assert driver.row("5/Authorize.req/1//absent") == "passed"
    assert driver.row("6/Authorize.req/1/idTag") == ("passed" if asks else "not_exercised")


def test_asking_about_the_other_card_fails() -> None:
    driver = reserved("TC_046_1_CS")
    driver.says("Authorize", idTag="VALID-2")
    assert driver.texts == ["Step 5: Authorize.req was sent, though it must not come here."]
    assert driver.result["reason_code"] == "out_of_scenario"


@pytest.mark.parametrize(
    ("whose", "verdict", "texts"),
    [
        ("device", "FAIL", ["Step 5: Authorize.req was sent, though it must not come here."]),
        ("card", "INCONCLUSIVE", []),
    ],
)
def test_the_wrong_card_is_asked_about_before_it_is_judged(whose: str, verdict: str, texts: list[str]) -> None:
    driver = reserved("TC_046_1_CS")
    asked = driver.prompt
    driver.says("Authorize", idTag="VALID-1")
    driver.status("Preparing")
    question = next(prompt for prompt in driver.prompts.values() if prompt.id != asked.id)
    assert question.text == ("The card VALID-2 was to be presented; the device reports VALID-1. Whose mistake is it?")
    driver.answer(question, whose)
    assert (driver.verdict, driver.texts[:1]) == (verdict, texts)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, f"Step 10: StartTransaction.req had reservationId <omitted>, {ID} (= step 1 reservationId) was due."),
        (
            {"reservationId": ID + 1},
            f"Step 10: StartTransaction.req had reservationId {ID + 1}, {ID} (= step 1 reservationId) was due.",
        ),
    ],
)
def test_the_transaction_names_the_reservation(fields: dict[str, int], text: str) -> None:
    driver = other_card_refused()
    driver.status("Preparing")
    driver.confirms("plug_in")
    begins(driver, **fields)
    driver.status("Charging")
    assert (driver.verdict, driver.texts) == ("FAIL", [text])


def test_a_technician_who_is_slow_makes_no_device_fail() -> None:
    driver = reserved("TC_046_1_CS")
    assert driver.prompt.countdown == {"name": "reservationOffset", "seconds": 114}
    driver.passes(113)
    assert driver.prompt.action == "present_id"
    driver.passes(2)
    assert (driver.verdict, driver.texts, driver.result["reason_code"]) == ("INCONCLUSIVE", [], "operator")
    assert [observation["text"] for observation in driver.result["observations"]] == [
        "reservationOffset: 120 s were nearly over before step 10 had come, and the device may have given up"
    ]


def test_what_comes_behind_the_expiry_is_not_judged() -> None:
    driver = reserved("TC_046_1_CS")
    driver.seconds = 121
    driver.status("Available")
    assert (driver.verdict, driver.texts, driver.result["reviews"]) == ("INCONCLUSIVE", [], [])


def test_a_reservation_that_ends_long_before_its_expiry_is_the_devices_fault() -> None:
    driver = reserved("TC_046_1_CS")
    driver.passes(20)
    driver.status("Available")
    driver.confirms("present_id")
    driver.passes(10)
    driver.status("Preparing")
    driver.confirms("plug_in")
    begins(driver, reservationId=ID)
    driver.status("Charging")
    assert driver.texts == ["Step 5: StatusNotification Available of connector 1 was unexpected (D2.g)."]


def test_an_answer_that_crosses_the_expiry_is_not_judged() -> None:
    driver = reserved("TC_046_2_CS", values={"reservation_offset": 30})
    driver.passes(20)
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.seconds = 28
    driver.answers("Rejected", to="RemoteStartTransaction")
    assert (driver.verdict, driver.texts) == ("INCONCLUSIVE", [])


def test_once_the_reservation_is_used_its_expiry_means_nothing() -> None:
    driver = other_card_refused()
    driver.status("Preparing")
    driver.confirms("plug_in")
    driver.passes(20)
    begins(driver, reservationId=ID)
    driver.passes(29)
    assert driver.interpreter.attempt.lapse is None
    driver.status("Charging")
    assert driver.verdict == "PASS"


@pytest.mark.parametrize("status", ["Available", "Reserved"])
def test_a_cable_that_comes_too_late_makes_no_device_fail(status: str) -> None:
    driver = other_card_refused()
    driver.status("Preparing")
    assert driver.prompt.countdown == {"name": "connectionTimeOut", "seconds": 60}
    driver.passes(60)
    driver.status(status)
    assert (driver.verdict, driver.texts, driver.result["reviews"]) == ("INCONCLUSIVE", [], [])


# TC_046_2 and TC_049 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", ["TC_046_2_CS", "TC_049_CS"])
@pytest.mark.parametrize(("value", "asks"), [("true", True), ("true", False), ("false", True), ("false", False)])
def test_authorize_may_come_or_not_in_the_remote_start_of_a_reservation(case: str, value: str, asks: bool) -> None:
    driver = reserved(case)
    assert driver.sent[-1][2] == "GetConfiguration"
    remote(driver, value)
    if asks:
        driver.says("Authorize", idTag="VALID-1")
    driver.status("Preparing")
    driver.confirms("plug_in")
    begins(driver, reservationId=ID)
    driver.status("Charging")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_what_the_case_asks_of_the_states_transaction_has_the_cases_step() -> None:
    driver = reserved("TC_046_2_CS")
    remote(driver)
    driver.status("Preparing")
    driver.confirms("plug_in")
    begins(driver)
    driver.status("Charging")
    assert driver.texts == [
        f"Step 5: StartTransaction.req had reservationId <omitted>, {ID} (= step 1 reservationId) was due."
    ]
    assert driver.result["reason_code"] == "validation"


@pytest.mark.parametrize("status", ["Available", "Reserved"])
def test_a_remote_start_that_timed_out_is_not_tried_again_on_a_reservation(status: str) -> None:
    driver = reserved("TC_046_2_CS")
    remote(driver)
    driver.status("Preparing")
    driver.passes(60)
    driver.status(status)
    assert (driver.verdict, driver.texts, driver.result["reviews"]) == ("INCONCLUSIVE", [], [])
    assert [frame[2] for frame in driver.sent if frame[0] == 2].count("RemoteStartTransaction") == 1


def test_the_countdown_is_that_of_what_ends_first() -> None:
    driver = reserved("TC_046_2_CS", values={"reservation_offset": 50})
    driver.passes(20)
    remote(driver)
    driver.status("Preparing")
    assert driver.prompt.countdown == {"name": "reservationOffset", "seconds": 27}


def test_the_other_connector_of_the_evse_follows_the_reservation() -> None:
    driver = Driver("TC_046_2_CS", dut=TWO_ON_ONE_EVSE)
    driver.answers("Accepted", to="ReserveNow")
    driver.status("Reserved")
    driver.status("Unavailable", 2)
    remote(driver)
    driver.status("Preparing")
    driver.confirms("plug_in")
    begins(driver, reservationId=ID)
    driver.status("Charging")
    assert (driver.verdict, driver.rules) == ("PASS", ["D2.b"])


def test_connector_zero_is_never_reserved() -> None:
    driver = Driver("TC_049_CS")
    assert driver.asked[1]["connectorId"] == 0
    driver.answers("Accepted", to="ReserveNow")
    driver.status("Reserved", 0)
    driver.passes(30)
    remote(driver)
    driver.status("Preparing")
    driver.confirms("plug_in")
    begins(driver, reservationId=ID)
    driver.status("Charging")
    assert driver.verdict == "FAIL"
    assert driver.texts[-1] == "Step 3: StatusNotification Reserved of connector 1 did not come (D1)."


# TC_047 ---------------------------------------------------------------------------------------------------------------


def test_an_expired_reservation_lets_another_card_charge() -> None:
    driver = reserved("TC_047_CS")
    assert driver.sent[0][3]["expiryDate"] == "2025-01-01T12:02:00.000Z"
    driver.passes(119)
    driver.status("Available")
    driver.passes(1)
    remote(driver)
    driver.status("Preparing")
    driver.confirms("plug_in")
    begins(driver, "VALID-2")
    driver.status("Charging")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])


def test_a_reservation_that_does_not_expire_fails() -> None:
    driver = reserved("TC_047_CS")
    driver.passes(150)
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.answers("Rejected", to="RemoteStartTransaction")
    assert driver.texts == [
        "Step Charging_CS:4: RemoteStartTransaction.conf had status Rejected, Accepted was due.",
        "Step 5: StatusNotification Available of connector 1 did not come (D1).",
    ]


def test_available_ahead_of_reserved_is_no_expiry() -> None:
    driver = Driver("TC_047_CS")
    driver.answers("Accepted", to="ReserveNow")
    driver.status("Available")
    driver.status("Reserved")
    driver.passes(120)
    assert driver.interpreter.attempt.status_of_row["TC_047_CS/5/StatusNotification.req/1/"] == "not_exercised"


# Refusals -------------------------------------------------------------------------------------------------------------


def test_each_connector_is_occupied_before_the_station_is_reserved() -> None:
    driver = Driver("TC_050_2_CS", dut={"connectors": 2, "evses": [[1], [2]]})
    for connector in (1, 2):
        assert (driver.prompt.action, driver.prompt.args) == ("plug_in", {"connector": connector})
        driver.status("Preparing", connector)
    driver.answers("Unavailable", to="ReserveNow")
    assert driver.texts == ["Step 2: ReserveNow.conf had status Unavailable, Occupied was due."]


@pytest.mark.parametrize("case", ["TC_048_4_CS", "TC_050_4_CS"])
def test_a_callerror_is_not_the_rejection_that_the_table_prints(case: str) -> None:
    driver = Driver(case)
    driver.refuses("NotImplemented")
    assert driver.texts == [
        "Step 2: ReserveNow.req was answered with CALLERROR NotImplemented, ReserveNow.conf was due."
    ]


# TC_051 and TC_052 ----------------------------------------------------------------------------------------------------


def test_a_cancelled_reservation_is_in_no_transaction() -> None:
    driver = reserved("TC_051_CS")
    assert driver.asked == ["CancelReservation", {"reservationId": ID}]
    driver.answers("Accepted")
    driver.status("Available")
    remote(driver)
    driver.status("Preparing")
    driver.confirms("plug_in")
    begins(driver, "VALID-2", reservationId=ID)
    driver.status("Charging")
    assert driver.texts == [f"Step 5: StartTransaction.req had reservationId {ID}, <omitted> was due."]


def test_another_reservation_is_asked_to_be_cancelled_and_must_be_refused() -> None:
    driver = reserved("TC_052_CS")
    assert driver.asked[0] == "CancelReservation"
    assert driver.asked[1]["reservationId"] not in (ID, None)
    driver.answers("Accepted")
    assert driver.texts == ["Step 2: CancelReservation.conf had status Accepted, Rejected was due."]


# TC_053 ---------------------------------------------------------------------------------------------------------------


def test_another_card_of_the_group_uses_the_reservation() -> None:
    driver = reserved("TC_053_1_CS")
    assert driver.sent[0][3]["parentIdTag"] == "GROUP-1"
    assert driver.prompt.args == {"connector": 1, "id_tag": "VALID-2"}
    assert driver.says("Authorize", idTag="VALID-2") == {"idTagInfo": {"status": "Accepted", "parentIdTag": "GROUP-1"}}
    driver.status("Preparing")
    driver.status("Preparing")
    assert driver.prompt.action == "plug_in"
    driver.confirms()
    driver.status("Charging")
    begins(driver, "VALID-2", reservationId=ID + 1)
    assert driver.texts[0] == (
        f"Step 7: StartTransaction.req had reservationId {ID + 1}, {ID} (= step 1 reservationId) was due."
    )


def test_the_station_is_made_to_ask_whose_card_it_is() -> None:
    driver = Driver("TC_053_2_CS")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    assert driver.asked == ["ChangeConfiguration", {"key": "AuthorizeRemoteTxRequests", "value": "true"}]
    driver.answers("Accepted")
    driver.configured("AuthorizeRemoteTxRequests", "true")
    driver.answers("Accepted", to="ReserveNow")
    driver.status("Reserved")
    remote(driver, "true")
    driver.says("Authorize", idTag="VALID-2")
    driver.status("Preparing")
    driver.confirms("plug_in")
    begins(driver, "VALID-2", reservationId=driver.sent[3][3]["reservationId"])
    driver.status("Charging")
    assert (driver.verdict, driver.result["reviews"]) == ("PASS", [])
