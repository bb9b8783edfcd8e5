"""What a charge point must refuse, run by hand (TC_021, TC_023_5, TC_026 to TC_028, TC_040)."""

from __future__ import annotations

import pytest

from tests.engine.driver import Driver, charging


def set_interval(value: str = "30") -> Driver:
    """TC_021 up to step 2, from a value that the key had before."""
    driver = Driver("TC_021_CS")
    driver.configured("MeterValueSampleInterval", value)
    return driver


def test_the_interval_is_set_and_read() -> None:
    driver = set_interval()
    assert driver.asked == ["ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "10"}]
    driver.answers("Accepted")
    driver.configured("MeterValueSampleInterval", "10")
    assert driver.asked == ["ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "30"}]
    assert driver.verdict == "PASS"


def test_a_device_that_has_the_value_already_is_given_another_first() -> None:
    driver = set_interval("10")
    driver.configured("MeterValueSampleInterval", "10")
    assert driver.asked == ["ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "20"}]


@pytest.mark.parametrize("value", ["10", "010", "10.0", " 10"])
def test_the_value_that_is_read_compares_as_a_number(value: str) -> None:
    driver = set_interval()
    driver.answers("Accepted")
    driver.configured("MeterValueSampleInterval", value)
    assert driver.verdict == "PASS"


def test_a_value_that_is_accepted_and_not_taken_fails() -> None:
    driver = set_interval()
    driver.answers("Accepted")
    driver.configured("MeterValueSampleInterval", "30")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 4: GetConfiguration.conf had configurationKey[0].value 30, 10 (<meterValueSampleInterval>) was due."
    ]


# TC_023_5 -------------------------------------------------------------------------------------------------------------


def invalid_remote_start() -> Driver:
    """TC_023_5 up to its first prompt."""
    driver = Driver("TC_023_5_CS")
    driver.configured("MinimumStatusDuration", "10")
    driver.configured("LocalPreAuthorize", "true")
    driver.configured("AuthorizeRemoteTxRequests", "true")
    assert driver.asked == ["RemoteStartTransaction", {"connectorId": 1, "idTag": "INVALID-1"}]
    driver.answers("Accepted")
    assert driver.says("Authorize", idTag="INVALID-1") == {"idTagInfo": {"status": "Invalid"}}
    return driver


def test_a_refused_remote_start_begins_no_transaction() -> None:
    driver = invalid_remote_start()
    assert driver.prompt.action == "plug_in"
    driver.status("Preparing")
    driver.passes(9.9)
    assert driver.ended is None
    assert driver.verdict == "PASS"


@pytest.mark.parametrize("after", [0, 9.5])
def test_a_transaction_on_a_refused_card_fails(after: float) -> None:
    driver = invalid_remote_start()
    driver.status("Preparing")
    driver.passes(after)
    driver.starts("INVALID-1")
    assert driver.verdict == "FAIL"
    assert driver.texts == ["Step 5: StartTransaction.req was sent, though it must not come here."]


# TC_026, TC_027, TC_028 -----------------------------------------------------------------------------------------------


def while_charging(case: str) -> Driver:
    driver = Driver(case)
    if case == "TC_026_CS":
        driver.configured("LocalPreAuthorize", "false")
    charging(driver)
    return driver


@pytest.mark.parametrize(("status", "verdict"), [("Rejected", "PASS"), ("Accepted", "FAIL")])
def test_a_remote_start_on_a_busy_connector(status: str, verdict: str) -> None:
    driver = while_charging("TC_026_CS")
    assert driver.asked == ["RemoteStartTransaction", {"connectorId": 1, "idTag": "VALID-1"}]
    driver.answers(status)
    assert driver.verdict == verdict


def test_a_remote_start_on_a_busy_connector_that_is_accepted_is_a_finding() -> None:
    driver = while_charging("TC_026_CS")
    driver.answers("Accepted")
    assert driver.texts == ["Step 2: RemoteStartTransaction.conf had status Accepted, Rejected was due."]


def test_the_unknown_transaction_is_none_that_was_given() -> None:
    driver = while_charging("TC_028_CS")
    assert driver.asked == ["RemoteStopTransaction", {"transactionId": 7002}]
    driver.answers("Rejected")
    assert driver.verdict == "PASS"


def test_an_unknown_transaction_that_is_stopped_fails() -> None:
    driver = while_charging("TC_028_CS")
    driver.answers("Accepted")
    assert driver.texts == ["Step 2: RemoteStopTransaction.conf had status Accepted, Rejected was due."]


@pytest.mark.parametrize("code", ["PropertyConstraintViolation", "FormationViolation", "InternalError"])
def test_a_remote_start_of_connector_zero_may_be_met_with_any_error(code: str) -> None:
    driver = Driver("TC_027_CS")
    assert driver.asked == ["RemoteStartTransaction", {"connectorId": 0, "idTag": "VALID-1"}]
    driver.refuses(code)
    assert driver.verdict == "PASS"


@pytest.mark.parametrize(("status", "verdict"), [("Rejected", "PASS"), ("Accepted", "FAIL")])
def test_a_remote_start_of_connector_zero_is_rejected(status: str, verdict: str) -> None:
    driver = Driver("TC_027_CS")
    driver.answers(status)
    assert driver.verdict == verdict


# TC_040 ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "verdict"), [("NotSupported", "PASS"), ("Rejected", "FAIL"), ("Accepted", "FAIL")])
def test_an_unknown_key_is_not_supported(status: str, verdict: str) -> None:
    driver = Driver("TC_040_1_CS")
    assert driver.asked == ["ChangeConfiguration", {"key": "Testing", "value": "true"}]
    driver.answers(status)
    assert driver.verdict == verdict


def test_a_value_that_cannot_be_is_rejected() -> None:
    driver = Driver("TC_040_2_CS")
    assert driver.asked == ["ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": "-1"}]
    driver.answers("Rejected")
    assert driver.verdict == "PASS"
    assert driver.row("2/CALLERROR/1/errorCode") == "not_exercised"


def test_a_value_that_cannot_be_may_violate_the_property() -> None:
    driver = Driver("TC_040_2_CS")
    driver.refuses("PropertyConstraintViolation")
    assert driver.verdict == "PASS"
    assert driver.row("2/CALLERROR/1/errorCode") == "passed"


def test_another_error_for_a_value_that_cannot_be_fails() -> None:
    driver = Driver("TC_040_2_CS")
    driver.refuses("FormationViolation")
    assert driver.verdict == "FAIL"
    assert driver.texts == [
        "Step 2: ChangeConfiguration.req was answered with CALLERROR FormationViolation, ChangeConfiguration.conf or "
        "CALLERROR PropertyConstraintViolation was due."
    ]
