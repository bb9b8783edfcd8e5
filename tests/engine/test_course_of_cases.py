"""The cases of a charge point, run by hand as their tables go, and with what the tables leave free."""

from __future__ import annotations

from tests.engine.driver import Driver


def regular() -> Driver:
    driver = Driver("TC_003_CS")
    driver.status("Preparing")
    driver.says("Authorize", idTag="VALID-1")
    return driver


def test_a_regular_session_passes() -> None:
    driver = regular()
    driver.starts()
    driver.status("Charging")
    assert driver.verdict == "PASS"
    assert [prompt.action for prompt in driver.all_prompts] == ["plug_in", "present_id"]
    assert list(driver.closed.values()) == ["wire", "wire"]
    assert driver.row("7/StatusNotification.req/1/status") == "passed"
