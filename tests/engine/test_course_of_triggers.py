"""TC_054, TC_055 and TC_062, run by hand: what a station is asked to send, and what crosses it."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.device import DeviceModel
from tests.engine.driver import Driver

TRIGGERED = [{"value": "1", "context": "Trigger"}]


def asked(driver: Driver, message: str) -> None:
    """The tool asks for a message, and the station accepts."""
    assert driver.asked[0] == "TriggerMessage"
    assert driver.asked[1]["requestedMessage"] == message
    driver.answers("Accepted")


def up_to_heartbeat() -> Driver:
    """TC_054 up to the tool's call for a Heartbeat."""
    driver = Driver("TC_054_CS")
    asked(driver, "MeterValues")
    driver.meters(None, TRIGGERED)
    return driver


def up_to_diagnostics() -> Driver:
    """TC_054 up to the tool's call for a DiagnosticsStatusNotification."""
    driver = up_to_heartbeat()
    asked(driver, "Heartbeat")
    driver.says("Heartbeat")
    asked(driver, "StatusNotification")
    driver.status("Available")
    assert driver.asked == ["TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}]
    return driver


def test_all_that_is_asked_for_passes() -> None:
    driver = up_to_diagnostics()
    driver.answers("Accepted")
    driver.says("DiagnosticsStatusNotification", status="Idle")
    asked(driver, "FirmwareStatusNotification")
    driver.says("FirmwareStatusNotification", status="Idle")
    assert (driver.verdict, driver.texts, driver.rules) == ("PASS", [], [])


def test_what_is_not_implemented_is_not_waited_for() -> None:
    driver = up_to_diagnostics()
    driver.answers("NotImplemented")
    driver.answers("NotImplemented", to="TriggerMessage")
    assert (driver.verdict, driver.texts) == ("PASS", [])
    assert driver.row("15/DiagnosticsStatusNotification.req/1/status") == "not_exercised"


def test_what_is_refused_fails_and_is_not_waited_for() -> None:
    driver = up_to_diagnostics()
    driver.answers("Rejected")
    driver.answers("NotImplemented", to="TriggerMessage")
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 14: TriggerMessage.conf had status Rejected, Accepted|NotImplemented was due."]


def test_a_status_that_is_not_idle_is_a_finding_with_both() -> None:
    driver = up_to_diagnostics()
    driver.answers("Accepted")
    driver.says("DiagnosticsStatusNotification", status="Uploaded")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 15: DiagnosticsStatusNotification.req with status Idle did not come; one with Uploaded did."
    ]


def test_a_heartbeat_that_crosses_the_call_is_not_the_one_that_was_asked_for() -> None:
    driver = up_to_heartbeat()
    driver.says("Heartbeat")
    driver.answers("Accepted", to="TriggerMessage")
    assert driver.texts_so_far == []
    driver.says("Heartbeat")
    assert driver.asked[1]["requestedMessage"] == "StatusNotification"


def test_a_heartbeat_ahead_of_the_answer_alone_is_missing_behind_it() -> None:
    driver = up_to_heartbeat()
    driver.says("Heartbeat")
    driver.answers("Accepted", to="TriggerMessage")
    assert (driver.verdict, driver.texts) == ("FAIL", ["Step 7: Heartbeat.req did not come in time."])


def test_a_status_may_cross_the_answer_and_a_second_equal_one_repeats_it() -> None:
    driver = up_to_heartbeat()
    asked(driver, "Heartbeat")
    driver.says("Heartbeat")
    driver.status("Available")
    asked(driver, "StatusNotification")
    driver.answers("NotImplemented")
    driver.answers("NotImplemented")
    assert (driver.verdict, driver.rules) == ("PASS", [])
    driver = up_to_diagnostics()
    driver.status("Available")
    driver.answers("NotImplemented")
    driver.answers("NotImplemented")
    assert (driver.verdict, driver.rules) == ("FAIL", ["D3"])


@pytest.mark.parametrize(
    ("samples", "transaction", "text"),
    [
        (
            [{"value": "1"}],
            None,
            "Step 3: MeterValues.req with meterValue[].sampledValue[].context Trigger did not come; one with "
            "Sample.Periodic did.",
        ),
        (
            [*TRIGGERED, {"value": "2", "context": "Sample.Clock"}],
            None,
            "Step 3: MeterValues.req with meterValue[].sampledValue[].context Trigger did not come; one with "
            "Sample.Clock did.",
        ),
        (TRIGGERED, 5, "Step 3: MeterValues.req with transactionId <omitted> did not come; one with 5 did."),
    ],
)
def test_meter_values_of_another_context_or_of_a_transaction_are_not_the_triggered_ones(
    samples: list[Any], transaction: int | None, text: str
) -> None:
    driver = Driver("TC_054_CS")
    asked(driver, "MeterValues")
    driver.meters(transaction, samples)
    assert (driver.verdict, driver.texts) == ("FAIL", [text])


def test_meter_values_that_are_signed_fail_and_the_case_goes_on() -> None:
    driver = Driver("TC_054_CS")
    asked(driver, "MeterValues")
    driver.meters(None, [{"value": "1", "context": "Trigger", "format": "SignedData"}])
    asked(driver, "Heartbeat")
    assert driver.texts_so_far == [
        "Step 3: MeterValues.req had meterValue[0].sampledValue[0].format SignedData, Raw|<omitted> was due."
    ]


def test_clock_aligned_values_in_between_are_tolerated() -> None:
    driver = Driver("TC_054_CS")
    driver.meters(None, [{"value": "1", "context": "Sample.Clock"}])
    asked(driver, "MeterValues")
    driver.meters(None, [{"value": "1", "context": "Sample.Clock"}])
    driver.meters(None, TRIGGERED)
    assert driver.asked[1]["requestedMessage"] == "Heartbeat"


def test_a_trigger_that_is_refused_ends_the_case() -> None:
    driver = Driver("TC_054_CS")
    driver.answers("Rejected")
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 2: TriggerMessage.conf had status Rejected, Accepted was due."]


# TC_055 ---------------------------------------------------------------------------------------------------------------


def test_the_connector_that_is_asked_for_is_none_of_those_the_station_speaks_of() -> None:
    def connector(driver: Driver) -> object:
        return driver.asked[1]["connectorId"]

    assert connector(Driver("TC_055_CS")) == 2
    assert connector(Driver("TC_055_CS", dut={"connectors": 3})) == 4
    model = DeviceModel()
    model.configure("NumberOfConnectors", "2", True)
    assert connector(Driver("TC_055_CS", device=model.snapshot())) == 3


@pytest.mark.parametrize("code", [None, "PropertyConstraintViolation", "InternalError"])
def test_a_trigger_for_no_connector_may_be_refused_either_way(code: str | None) -> None:
    driver = Driver("TC_055_CS")
    driver.answers("Rejected") if code is None else driver.refuses(code)
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_what_was_refused_must_not_come_all_the_same() -> None:
    driver = Driver("TC_055_CS")
    driver.answers("Rejected")
    driver.passes(5)
    driver.meters(None, [{"value": "1", "context": "Sample.Clock"}])
    driver.meters(None, TRIGGERED)
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 2: MeterValues.req was sent, though it must not come here."]


def test_a_trigger_for_no_connector_must_not_be_accepted() -> None:
    driver = Driver("TC_055_CS")
    driver.answers("Accepted")
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 2: TriggerMessage.conf had status Accepted, Rejected was due."]


# TC_062 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["Rejected", "UnknownMessageId", "UnknownVendorId"])
def test_data_of_an_unknown_vendor_is_refused_without_a_remark(status: str) -> None:
    driver = Driver("TC_062_CS")
    assert driver.asked[0] == "DataTransfer"
    driver.answers(status)
    assert (driver.verdict, driver.result["observations"]) == ("PASS", [])


def test_a_station_that_accepts_data_of_an_unknown_vendor_passes_and_its_vendor_is_warned() -> None:
    driver = Driver("TC_062_CS")
    driver.answers("Accepted")
    assert (driver.verdict, driver.texts) == ("PASS", [])
    assert [(o["step"], o["message"], o["text"]) for o in driver.result["observations"]] == [
        (
            2,
            "DataTransfer.conf",
            "Warning to the vendor: the station accepts a DataTransfer of a vendor that it cannot know.",
        )
    ]


def test_data_transfer_with_a_callerror_fails() -> None:
    driver = Driver("TC_062_CS")
    driver.refuses("NotImplemented")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 2: DataTransfer.req was answered with CALLERROR NotImplemented, DataTransfer.conf was due."
    ]
