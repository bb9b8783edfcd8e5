"""The entry of a run's result, and what a frame's form has to do with it."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.cases.catalogue import ALL
from labapp.engine.rejudge import Rejudged
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.ocpp.listing import rows
from labapp.ocpp.versions import VERSIONS
from labapp.selftest.arena import MemoryJournal, fight
from labapp.selftest.peers import bout
from labapp.selftest.runner import home
from labapp.services.judging import judge_again
from tests.engine.driver import Driver

CASES = [case for case in ALL if case.kind == "case"]
FIELDS = ["step", "message", "field", "expected", "received", "clause", "text", "frame", "reason_code", "hint"]


def session(**first: Any) -> Driver:
    """TC_003 with fields of its StartTransaction."""
    driver = Driver("TC_003_CS")
    driver.status("Preparing")
    driver.says("Authorize", idTag="VALID-1")
    content = {"connectorId": 1, "idTag": "VALID-1", "meterStart": 0, "timestamp": driver.time(), **first}
    driver.says("StartTransaction", content)
    driver.status("Charging")
    return driver


def fought(case: Any, **options: Any) -> tuple[dict[str, Any], MemoryJournal, Rejudged]:
    setting = home(case)

    async def run() -> tuple[dict[str, Any], MemoryJournal]:
        return await fight(bout(case, virtual_clock(), setting, **options))

    result, journal = run_virtual(run())
    return result, journal, judge_again(journal.records)


def test_a_result_has_every_member_that_is_promised() -> None:
    result = session().result
    assert {
        "id": "TC_003_CS",
        "attempt": 1,
        "verdict": "PASS",
        "tool_result": "PASS",
        "review_result": "NONE",
        "reason_code": "",
        "expected": False,
        "started": "2025-01-01T12:00:00.000Z",
        "ended": "2025-01-01T12:00:00.000Z",
        "findings": [],
        "reviews": [],
    }.items() <= result.items()


def test_a_finding_names_the_frame_and_the_clause() -> None:
    driver = Driver("TC_013_CS")
    frame = driver.answers("Rejected")
    finding = driver.result["findings"][0]
    assert list(finding) == FIELDS
    assert finding["frame"] == frame
    assert finding["clause"] == "OCTT test case document for OCPP 1.6, edition 2025-11, Table 19"
    assert (finding["step"], finding["field"], finding["expected"], finding["received"]) == (
        2,
        "status",
        "Accepted",
        "Rejected",
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_conformant_device_passes_every_mandatory_row_and_judging_again_says_the_same(case: Any) -> None:
    result, _, again = fought(case)
    status = {row["id"]: row["status"] for row in result["validations"]}
    listed = rows(case, VERSIONS[case.ocpp])
    assert (result["verdict"], result["findings"]) == ("PASS", [])
    assert list(status) == [row.id for row in listed]
    mandatory = [row.id for row in listed if row.mode in ("mandatory", "timing", "absent")]
    assert [identifier for identifier in mandatory if status[identifier] != "passed"] == []
    assert (again.same, again.differences) == (True, [])


@pytest.mark.parametrize(
    ("timestamp", "verdict"),
    [
        ("2025-01-01T12:00:00", "PASS"),
        ("2025-01-01T12:00:00.123456Z", "PASS"),
        ("2025-01-01T14:00:00+02:00", "PASS"),
        ("yesterday", "FAIL"),
        (1735732800, "FAIL"),
    ],
)
def test_a_timestamp_that_can_be_read_is_no_violation(timestamp: Any, verdict: str) -> None:
    driver = session(timestamp=timestamp)
    assert driver.verdict == verdict
    if verdict == "FAIL":
        assert driver.result["findings"][0]["field"] == "timestamp"
    if timestamp == "2025-01-01T12:00:00":
        assert any("timestamp" in line["text"] for line in driver.result["observations"])


def test_a_schema_violation_names_its_path_and_the_scenario_goes_on() -> None:
    driver = session(meterStart="0", extra=1)
    assert (driver.verdict, driver.result["reason_code"]) == ("FAIL", "schema")
    assert {finding["field"] for finding in driver.result["findings"]} == {"meterStart", "extra"}
    assert driver.row("7/StatusNotification.req/1/status") == "passed"


def test_a_wrong_field_is_recorded_and_the_scenario_goes_on() -> None:
    driver = Driver("TC_032_2_CS")
    driver.configured("AuthorizeRemoteTxRequests", "false")
    driver.answers("Accepted")
    driver.status("Preparing")
    driver.starts(connector=2)
    driver.status("Charging")
    assert driver.findings[0]["field"] == "connectorId"
    assert driver.prompt.action == "power_cycle"
