"""Why an attempt has its verdict, and what is known from the field."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.reasons import HINTS, hint_for, reason_of


def finding(**fields: Any) -> dict[str, Any]:
    content = {"step": 1, "message": "", "field": "", "expected": "", "received": "", "clause": "Doc, Table 9"}
    return {**content, "text": "It was so.", "frame": 7, "reason_code": "validation", **fields}


def result(**fields: Any) -> dict[str, Any]:
    return {"verdict": "FAIL", "findings": [], "reviews": [], "text": "", **fields}


@pytest.mark.parametrize(
    ("case", "entry", "hint"),
    [
        ("TC_013_CS", {"text": "There was a boot that the scenario does not ask for."}, "double_reboot"),
        ("TC_011_2_CS", {"kind": "missing", "status": "Available"}, "connection_timeout"),
        (
            "TC_044_3_CS",
            finding(
                message="FirmwareStatusNotification.req",
                field="status",
                expected="InstallationFailed",
                received="DownloadFailed",
            ),
            "download_failed",
        ),
        ("TC_044_1_CS", finding(message="FirmwareStatusNotification.req", step=13), "never_installed"),
        ("TC_054_CS", finding(message="TriggerMessage.conf", field="status", step=2), "meter_trigger"),
        ("TC_069_CS", finding(message="Authorize.req"), "unauthorized_card"),
        ("TC_001_CS", finding(message="Heartbeat.req", step=7), "heartbeat_drift"),
        ("TC_003_CS", {"kind": "duplicate", "status": "Charging"}, "duplicate_status"),
        ("TC_036_CS", finding(message="MeterValues.req"), "lost_meter_values"),
        ("TC_012_CS", finding(message="StopTransaction.req", field="transactionId"), "transaction_id"),
        ("TC_026_CS", finding(message="RemoteStartTransaction.conf", field="status"), "busy_connector"),
        ("TC_027_CS", finding(message="RemoteStartTransaction.conf", field="status"), "connector_zero"),
        ("TC_003_CS", {"kind": "unexpected", "connector": 0, "status": "Preparing"}, "connector_zero"),
        ("TC_003_CS", finding(text="the error code Oops does not exist in this version"), "error_code"),
        ("TC_070_CS", finding(field="meterValue[0].timestamp", reason_code="schema"), "timestamps"),
        ("TC_019_CS", finding(message="GetConfiguration.conf", step=8), "max_keys"),
        ("TC_019_CS", finding(field="configurationKey[key=AuthorizationKey].value", step=4), "readable_key"),
        ("TC_003_CS", finding(text="An answer came to the message id x, which the tool did not use."), "reply_id"),
        ("TC_003_CS", finding(text="The tool's Reset was answered after its timeout."), "late_reply"),
        ("TC_003_CS", finding(text="The tool's Reset was answered a second time."), "two_answers"),
    ],
)
def test_a_fault_known_from_the_field_is_named(case: str, entry: dict[str, Any], hint: str) -> None:
    assert hint_for(case, entry) == {known.name: known.text for known in HINTS}[hint]


@pytest.mark.parametrize(
    ("case", "entry"),
    [
        ("TC_012_CS", finding(message="RemoteStartTransaction.conf", field="status")),
        ("TC_003_CS", {"kind": "missing", "status": "Available"}),
        ("TC_019_CS", finding(message="GetConfiguration.conf", step=4)),
        ("TC_003_CS", {"kind": "unexpected", "connector": 1, "status": "Preparing"}),
        ("TC_044_3_CS", finding(message="FirmwareStatusNotification.req", field="status", received="Downloaded")),
    ],
)
def test_nothing_is_said_of_what_is_not_known(case: str, entry: dict[str, Any]) -> None:
    assert hint_for(case, entry) == ""


def test_a_reason_says_what_came_what_was_due_and_which_clause() -> None:
    text = "Step 4: Reset.conf had status Rejected, Accepted was due."
    assert (
        reason_of(result(findings=[finding(text=text, clause="Doc, Table 9; a slip")]), "")
        == "Step 4: Reset.conf had status Rejected, Accepted was due (Doc, Table 9)."
    )


def test_the_reason_of_a_rejected_review_names_the_rule() -> None:
    line = {"kind": "missing", "status": "Finishing", "connector": 1, "step": 5, "decision": "reject", "rule": "D1"}
    reviewed = result(findings=[finding(reason_code="review")], reviews=[{**line, "decision": "accept"}, line])
    assert (
        reason_of(reviewed, "Doc, Table 9")
        == "Step 5: StatusNotification Finishing of connector 1 did not come; rejected by rule D1 (Doc, Table 9)."
    )


def test_what_did_not_run_has_the_words_of_its_end_and_a_pass_has_none() -> None:
    assert reason_of(result(verdict="NOT_RUN", text="the run was stopped before this case"), "") == (
        "the run was stopped before this case"
    )
    assert reason_of(result(verdict="PASS", text="ended"), "") == ""
