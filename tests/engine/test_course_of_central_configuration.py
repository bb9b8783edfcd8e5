"""Reading and setting configuration keys of the charge point that the tool plays, run by hand."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.cases.v16.central_system.configuration import ACCESSIBILITY
from labapp.engine.matching import satisfies
from tests.engine.central import connected


@pytest.mark.parametrize("asked", [{}, {"key": []}])
def test_all_keys_are_read_with_the_accessibility_of_the_table(asked: dict[str, Any]) -> None:
    driver = connected("TC_019_1_CSMS", dut={"connectors": 4})
    assert driver.prompt.args == {"message": "GetConfiguration", "fields": {"key": None}}
    assert driver.prompt.text == "Have the central system send GetConfiguration.\nLeave out: key."
    answer = driver.says("GetConfiguration", asked)
    told = {entry["key"]: entry for entry in answer["configurationKey"]}
    assert "unknownKey" not in answer
    assert told.keys() == {key for key, _ in ACCESSIBILITY}
    assert [key for key, due in ACCESSIBILITY if not satisfies(told[key]["readonly"], due)] == []
    assert told["NumberOfConnectors"]["value"] == "4"
    assert told["HeartbeatInterval"]["value"] == "60"
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_one_key_is_not_all_keys() -> None:
    driver = connected("TC_019_1_CSMS")
    driver.says("GetConfiguration", key=["HeartbeatInterval"])
    driver.confirms("request_differs", "device")
    assert driver.texts == ["Step 1: GetConfiguration.req had key ['HeartbeatInterval'], <empty> was due."]


def test_one_key_is_read_whatever_its_case() -> None:
    driver = connected("TC_019_2_CSMS")
    assert driver.prompt.args["fields"] == {"key[0]": "SupportedFeatureProfiles"}
    answer = driver.says("GetConfiguration", key=["supportedfeatureprofiles"])
    assert [entry["key"] for entry in answer["configurationKey"]] == ["SupportedFeatureProfiles"]
    assert not answer.get("unknownKey")
    assert (driver.verdict, driver.texts) == ("PASS", [])


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ([], "Step 1: GetConfiguration.req had key[] <omitted>, SupportedFeatureProfiles was due."),
        (
            ["SupportedFeatureProfiles", "HeartbeatInterval"],
            "Step 1: GetConfiguration.req had key[1] HeartbeatInterval, SupportedFeatureProfiles was due.",
        ),
    ],
)
def test_other_keys_than_the_one_fail(keys: list[str], text: str) -> None:
    driver = connected("TC_019_2_CSMS")
    driver.says("GetConfiguration", key=keys)
    driver.confirms("request_differs", "device")
    assert driver.texts == [text]


@pytest.mark.parametrize("keys", [7, "SupportedFeatureProfiles", {"key": "X"}])
def test_a_key_list_that_is_none_is_a_violation_and_answered(keys: Any) -> None:
    driver = connected("TC_019_1_CSMS")
    assert driver.says("GetConfiguration", {"key": keys})["configurationKey"]
    driver.confirms("request_differs", "device")
    assert driver.verdict == "FAIL"
    assert {finding["reason_code"] for finding in driver.findings} == {"schema", "validation"}


def test_a_key_is_set() -> None:
    driver = connected("TC_021_CSMS")
    assert driver.prompt.args["fields"] == {"key": "MeterValueSampleInterval", "value": "60"}
    assert driver.says("ChangeConfiguration", key="metervaluesampleinterval", value="60") == {"status": "Accepted"}
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_a_key_that_is_set_to_something_else_fails() -> None:
    driver = connected("TC_021_CSMS")
    driver.says("ChangeConfiguration", key="MeterValueSampleInterval", value="61")
    driver.confirms("request_differs", "device")
    assert driver.texts == ["Step 1: ChangeConfiguration.req had value 61, 60 was due."]


@pytest.mark.parametrize("key", ["UnknownKey", "HeartbeatInterval"])
def test_any_key_is_not_supported_where_the_table_says_so(key: str) -> None:
    driver = connected("TC_040_1_CSMS")
    assert driver.prompt.args["fields"] == {"key": "UnknownKey", "value": "1"}
    assert driver.says("ChangeConfiguration", key=key, value="5") == {"status": "NotSupported"}
    assert (driver.verdict, driver.texts) == ("PASS", [])


@pytest.mark.parametrize("value", ["-1", "sixty"])
def test_a_value_is_rejected_where_the_table_says_so(value: str) -> None:
    driver = connected("TC_040_2_CSMS")
    assert driver.prompt.args["fields"] == {"key": "MeterValueSampleInterval", "value": "-1"}
    assert driver.says("ChangeConfiguration", key="MeterValueSampleInterval", value=value) == {"status": "Rejected"}
    assert (driver.verdict, driver.texts) == ("PASS", [])


def test_another_key_than_the_one_whose_value_is_wrong_fails() -> None:
    driver = connected("TC_040_2_CSMS")
    driver.says("ChangeConfiguration", key="HeartbeatInterval", value="-1")
    driver.confirms("request_differs", "device")
    assert driver.texts == [
        "Step 1: ChangeConfiguration.req had key HeartbeatInterval, MeterValueSampleInterval was due."
    ]


def test_the_cache_is_cleared_on_request() -> None:
    driver = connected("TC_061_CSMS")
    assert driver.prompt.text == "Have the central system send ClearCache."
    assert driver.says("ClearCache") == {"status": "Accepted"}
    assert (driver.verdict, driver.texts) == ("PASS", [])
