"""Local lists, triggered messages and data transfer of a central system, run by hand: the tool plays the charge point."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.central import connected, says_status
from tests.engine.driver import Driver

DUT = {"features": ["Core", "LocalAuthListManagement", "RemoteTrigger"]}
INFO = {"status": "Accepted"}


def listing(case: str) -> Driver:
    return connected(case, dut=DUT)


def sends(driver: Driver, kind: str, version: int, *tags: str, **info: Any) -> dict[str, Any]:
    """The central system sends a list of these cards."""
    entries = [{"idTag": tag, **(info or {"idTagInfo": INFO})} for tag in tags]
    return driver.says("SendLocalList", updateType=kind, listVersion=version, localAuthorizationList=entries)


# TC_042, TC_043_1 to 4 ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("case", "version"), [("TC_042_1_CSMS", -1), ("TC_042_2_CSMS", 0)])
def test_the_version_of_a_list_that_is_not_there(case: str, version: int) -> None:
    driver = listing(case)
    assert driver.prompt.args == {"message": "GetLocalListVersion", "fields": {}}
    assert driver.says("GetLocalListVersion") == {"listVersion": version}
    assert driver.verdict == "PASS"


@pytest.mark.parametrize(
    ("case", "status"),
    [("TC_043_1_CSMS", "NotSupported"), ("TC_043_3_CSMS", "Failed"), ("TC_043_4_CSMS", "Accepted")],
)
def test_a_whole_list_is_answered_as_the_table_says(case: str, status: str) -> None:
    driver = listing(case)
    assert driver.prompt.args["fields"] == {
        "updateType": "Full",
        "localAuthorizationList[0].idTag": "VALID-1",
        "localAuthorizationList[0].idTagInfo.status": "Accepted",
    }
    assert sends(driver, "Full", 5, "VALID-1", "ANY") == {"status": status}
    assert driver.verdict == "PASS"


def test_a_differential_list_is_not_a_whole_one() -> None:
    driver = listing("TC_043_1_CSMS")
    sends(driver, "Differential", 5, "VALID-1")
    driver.confirms("request_differs", "device")
    assert driver.texts == ["Step 1: SendLocalList.req had updateType Differential, Full was due."]


def test_every_entry_has_its_information() -> None:
    driver = listing("TC_043_4_CSMS")
    entries = [{"idTag": "VALID-1", "idTagInfo": INFO}, {"idTag": "VALID-2"}]
    driver.says("SendLocalList", updateType="Full", listVersion=1, localAuthorizationList=entries)
    driver.confirms("request_differs", "device")
    assert driver.texts == [
        "Step 1: SendLocalList.req had localAuthorizationList[1].idTagInfo <omitted>, <present> was due."
    ]


def test_a_list_without_an_entry_is_none() -> None:
    driver = listing("TC_043_4_CSMS")
    driver.says("SendLocalList", updateType="Full", listVersion=1)
    driver.confirms("request_differs", "entry")
    assert driver.prompt.action == "csms_request"
    sends(driver, "Full", 1, "VALID-1")
    assert (driver.verdict, driver.texts) == ("PASS", [])


# TC_043_5 -------------------------------------------------------------------------------------------------------------


def listed(version: int = 3) -> Driver:
    """The first list has been taken."""
    driver = listing("TC_043_5_CSMS")
    assert sends(driver, "Full", version, "VALID-1") == {"status": "Accepted"}
    return driver


def test_one_card_more_of_a_higher_version_passes() -> None:
    driver = listed()
    assert driver.prompt.args["fields"] == {
        "updateType": "Differential",
        "localAuthorizationList[0].idTag": "VALID-2",
        "localAuthorizationList[0].idTagInfo.status": "Accepted",
        "listVersion": 4,
    }
    assert sends(driver, "Differential", 10, "VALID-2") == {"status": "Accepted"}
    assert driver.verdict == "PASS"
    assert driver.row("1/GetLocalListVersion.req/1/") == "not_exercised"


def test_a_card_of_the_list_is_the_same_in_another_letter_case() -> None:
    driver = listed()
    sends(driver, "Differential", 10, "valid-2")
    assert driver.verdict == "PASS"


def test_the_version_that_the_central_system_gave_is_told_as_often_as_it_asks() -> None:
    driver = listed()
    assert driver.says("GetLocalListVersion") == {"listVersion": 3}
    assert driver.says("GetLocalListVersion") == {"listVersion": 3}
    sends(driver, "Differential", 4, "VALID-2")
    assert (driver.verdict, driver.row("1/GetLocalListVersion.req/1/")) == ("PASS", "passed")


@pytest.mark.parametrize(
    ("version", "tags", "text"),
    [
        (3, ("VALID-2",), "listVersion 3, <greater than 3> (<greater than = step LocalListSet_CSMS:1 listVersion>)"),
        (4, ("VALID-1",), "localAuthorizationList[0].idTag VALID-1, VALID-2 (<validIdTag2>)"),
        (4, ("VALID-2", "VALID-1"), "localAuthorizationList[1].idTag VALID-1, VALID-2 (<validIdTag2>)"),
    ],
    ids=["version", "another card", "one card too many"],
)
def test_a_difference_that_is_none(version: int, tags: tuple[str, ...], text: str) -> None:
    driver = listed()
    sends(driver, "Differential", version, *tags)
    driver.confirms("request_differs", "device")
    assert driver.texts == [f"Step 3: SendLocalList.req had {text} was due."]


def test_the_first_list_once_more_is_not_the_difference() -> None:
    driver = listed()
    assert sends(driver, "Full", 3, "VALID-1") == {"status": "Accepted"}
    assert driver.prompt.action == "csms_request", "it goes on waiting"
    sends(driver, "Differential", 4, "VALID-2")
    assert driver.verdict == "PASS"


def test_a_first_list_that_is_not_whole_fails_in_preparation() -> None:
    driver = listing("TC_043_5_CSMS")
    sends(driver, "Differential", 3, "VALID-1")
    driver.confirms("request_differs", "device")
    assert driver.texts == ["Step LocalListSet_CSMS:1: SendLocalList.req had updateType Differential, Full was due."]
    assert driver.result["reason_code"] == "in_preparation"


# TC_054, TC_055 -------------------------------------------------------------------------------------------------------


def test_what_is_triggered_is_sent() -> None:
    driver = listing("TC_054_CSMS")
    assert driver.says("TriggerMessage", requestedMessage="MeterValues", connectorId=1) == {"status": "Accepted"}
    action, payload = driver.asked
    assert (action, payload["connectorId"]) == ("MeterValues", 1)
    assert payload["meterValue"][0]["sampledValue"] == [{"value": "0", "context": "Trigger"}]
    driver.answers()
    driver.says("TriggerMessage", requestedMessage="Heartbeat")
    driver.answers({"currentTime": driver.time()}, to="Heartbeat")
    driver.says("TriggerMessage", requestedMessage="StatusNotification", connectorId=1)
    assert says_status(driver) == "Available"
    for message in ("DiagnosticsStatusNotification", "FirmwareStatusNotification"):
        assert driver.says("TriggerMessage", requestedMessage=message) == {"status": "Accepted"}
        assert driver.asked == [message, {"status": "Idle"}]
        driver.answers()
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_trigger_for_no_connector_is_not_what_was_asked_for() -> None:
    driver = listing("TC_054_CSMS")
    assert driver.says("TriggerMessage", requestedMessage="MeterValues") == {"status": "Rejected"}
    driver.confirms("request_differs", "device")
    assert driver.texts == ["Step 1: TriggerMessage.req had connectorId <omitted>, 1 (<connectorId>) was due."]


def test_the_operator_may_take_his_time_and_the_tool_goes_on_beating() -> None:
    driver = listing("TC_054_CSMS")
    driver.passes(301)
    assert driver.asked[0] == "Heartbeat"
    driver.answers({"currentTime": driver.time()})
    assert driver.prompt.args["fields"]["requestedMessage"] == "MeterValues"


def test_a_trigger_is_rejected_for_any_connector() -> None:
    driver = listing("TC_055_CSMS")
    assert driver.says("TriggerMessage", requestedMessage="MeterValues", connectorId=9) == {"status": "Rejected"}
    assert driver.verdict == "PASS"


# TC_064 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Rejected", "UnknownMessageId", "UnknownVendorId"])
def test_a_message_of_an_unknown_vendor_is_not_taken(status: str) -> None:
    driver = listing("TC_064_CSMS")
    assert driver.asked == ["DataTransfer", {"vendorId": "labapp.vendor.that.no.central.system.knows"}]
    driver.answers(status)
    assert (driver.verdict, driver.result["observations"]) == ("PASS", [])


def test_one_that_is_taken_all_the_same_passes_with_a_warning() -> None:
    driver = listing("TC_064_CSMS")
    driver.answers("Accepted", to="DataTransfer")
    assert driver.verdict == "PASS"
    assert [each["text"] for each in driver.result["observations"]] == [
        "Warning to the vendor: the central system accepts a DataTransfer of a vendor that it cannot know."
    ]
