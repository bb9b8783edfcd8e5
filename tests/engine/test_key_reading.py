"""000_KEYS: what a charging station is asked before the first case, and what is known of its keys afterwards."""

from __future__ import annotations

from typing import Any

from tests.engine.driver import TIMEOUTS, Driver

NEEDED = ("AuthorizeRemoteTxRequests", "ReserveConnectorZeroSupported")


def entry(key: str, value: str | None, *, readonly: bool = False) -> dict[str, Any]:
    return {"key": key, "readonly": readonly} | ({} if value is None else {"value": value})


def reading(**options: Any) -> Driver:
    driver = Driver("000_KEYS", options={"keys": list(NEEDED), **options})
    driver.boots()
    return driver


def test_all_keys_are_asked_for_at_once_and_kept_with_value_and_accessibility() -> None:
    driver = reading()
    assert driver.asked == ["GetConfiguration", {}]
    told = [
        entry("authorizeRemoteTxRequests", "false", readonly=True),
        entry("ReserveConnectorZeroSupported", "true", readonly=True),
        entry("VendorKey", None),
    ]
    driver.answers(configurationKey=told)
    assert driver.ended is not None
    assert (driver.ended["verdict"], driver.ended["findings"]) == ("PASS", [])
    model = driver.interpreter.attempt.model
    assert (model.value("AuthorizeRemoteTxRequests"), model.readonly("AuthorizeRemoteTxRequests")) == ("false", True)
    assert (model.value("VendorKey"), model.readonly("VendorKey")) == (None, False)


def test_a_station_that_limits_its_answer_is_asked_for_what_is_needed() -> None:
    driver = reading()
    driver.answers(configurationKey=[entry("AuthorizeRemoteTxRequests", "true")])
    assert driver.asked == ["GetConfiguration", {"key": ["ReserveConnectorZeroSupported"]}]
    driver.answers(configurationKey=[], unknownKey=["ReserveConnectorZeroSupported"])
    assert driver.ended is not None
    assert driver.ended["verdict"] == "PASS"
    model = driver.interpreter.attempt.model
    assert model.known_absent("ReserveConnectorZeroSupported")
    assert not model.known_absent("AuthorizeRemoteTxRequests")


def test_no_more_keys_are_asked_for_than_the_station_takes() -> None:
    driver = reading(keys=["A", "B", "C"])
    driver.answers(configurationKey=[entry("GetConfigurationMaxKeys", "2", readonly=True)])
    assert driver.asked == ["GetConfiguration", {"key": ["A", "B"]}]
    driver.answers(configurationKey=[entry("A", "1")], unknownKey=["B"])
    assert driver.asked == ["GetConfiguration", {"key": ["C"]}]
    driver.refuses("InternalError")
    model = driver.interpreter.attempt.model
    assert driver.ended is not None
    assert driver.ended["verdict"] == "PASS"
    assert [model.known_absent(key) for key in "ABC"] == [False, True, False]
    assert driver.ended["observations"][-1]["text"] == "GetConfiguration: CALLERROR InternalError"


def test_a_station_that_will_not_tell_all_is_asked_for_what_is_needed() -> None:
    driver = reading()
    driver.refuses("OccurenceConstraintViolation")
    assert driver.asked == ["GetConfiguration", {"key": list(NEEDED)}]
    driver.answers(configurationKey=[entry(key, "true") for key in NEEDED])
    assert driver.ended is not None
    assert driver.ended["verdict"] == "PASS"


def test_a_station_that_tells_nothing_fails_and_nothing_is_known_of_its_keys() -> None:
    driver = reading()
    driver.refuses()
    driver.refuses()
    assert driver.ended is not None
    assert (driver.ended["verdict"], driver.ended["reason_code"]) == ("FAIL", "validation")
    assert driver.ended["text"] == "the device does not tell its configuration keys"
    assert driver.interpreter.attempt.model.absent_keys == set()


def test_a_boot_is_waited_for_but_not_for_ever() -> None:
    driver = Driver("000_KEYS", options={"keys": []})
    assert driver.sent == []
    driver.passes(TIMEOUTS["message"] / 6)
    assert driver.asked == ["GetConfiguration", {}]


def test_without_a_connection_nothing_is_asked() -> None:
    driver = Driver("000_KEYS", connected=False)
    assert driver.ended is not None
    assert (driver.ended["verdict"], driver.ended["reason_code"]) == ("FAIL", "device_lost")
    assert driver.sent == []
