"""The reset cases of OCPP 2.0.1, row by row beside their tables (Part 6, edition 2023-06-30, pages 355 to 362)."""

from __future__ import annotations

import pytest

from labapp.cases.catalogue import CATALOGUE
from labapp.ocpp.listing import rows
from labapp.ocpp.versions import VERSIONS

#: What the central system's messages must hold: step, field, value.
JUDGED = {
    "TC_B_20_CSMS": [(4, "status", "Accepted")],
    "TC_B_21_CSMS": [(1, "type", "OnIdle"), (8, "status", "Accepted")],
    "TC_B_22_CSMS": [(1, "type", "Immediate"), (6, "status", "Accepted")],
    "TC_B_25_CSMS": [(1, "evseId", "<evseId>"), (1, "type", "OnIdle")],
    "TC_B_26_CSMS": [(1, "evseId", "<evseId>"), (1, "type", "OnIdle")],
    "TC_B_27_CSMS": [(1, "evseId", "<evseId>"), (1, "type", "Immediate")],
}
#: What the tool sends: step, message, and what the table states of it.
BOOT_AND_AVAILABLE = ("BootNotificationRequest", "StatusNotificationRequest", "NotifyEventRequest")
SENT = {
    "TC_B_20_CSMS": [(2, "ResetResponse"), *zip((3, 5, 5), BOOT_AND_AVAILABLE, strict=True)],
    "TC_B_21_CSMS": [
        (2, "ResetResponse"),
        (3, "TransactionEventRequest"),
        (5, "TransactionEventRequest"),
        *zip((7, 9, 9), BOOT_AND_AVAILABLE, strict=True),
    ],
    "TC_B_22_CSMS": [
        (2, "ResetResponse"),
        (3, "TransactionEventRequest"),
        *zip((5, 7, 7, 7, 7), (*BOOT_AND_AVAILABLE, *BOOT_AND_AVAILABLE[1:]), strict=True),
    ],
    "TC_B_25_CSMS": [(2, "ResetResponse")],
    "TC_B_26_CSMS": [(2, "ResetResponse"), (3, "TransactionEventRequest"), (5, "TransactionEventRequest")],
    "TC_B_27_CSMS": [(2, "ResetResponse"), (3, "TransactionEventRequest")],
}
#: What stands in these messages, by case and step.
STATED = {
    ("TC_B_20_CSMS", 2): {"status": "Accepted"},
    ("TC_B_20_CSMS", 3): {"reason": "RemoteReset"},
    ("TC_B_21_CSMS", 2): {"status": "Scheduled"},
    ("TC_B_21_CSMS", 3): {
        "eventType": "Updated",
        "triggerReason": "StopAuthorized",
        "transactionInfo.chargingState": "EVConnected",
        "idToken.idToken": "<validIdTag>",
        "idToken.type": "ISO14443",
    },
    ("TC_B_21_CSMS", 5): {
        "eventType": "Ended",
        "triggerReason": "EVCommunicationLost",
        "transactionInfo.chargingState": "Idle",
        "transactionInfo.stoppedReason": "EVDisconnected",
    },
    ("TC_B_21_CSMS", 7): {"reason": "ScheduledReset"},
    ("TC_B_26_CSMS", 2): {"status": "Scheduled"},
    ("TC_B_27_CSMS", 2): {"status": "Accepted"},
    ("TC_B_27_CSMS", 3): {
        "eventType": "Ended",
        "triggerReason": "ResetCommand",
        "transactionInfo.chargingState": "EVConnected",
        "transactionInfo.stoppedReason": "ImmediateReset",
    },
}
STATED |= {("TC_B_26_CSMS", step): STATED["TC_B_21_CSMS", step] for step in (3, 5)}


def listed(case: str):
    return list(rows(CATALOGUE[case], VERSIONS["2.0.1"]))


@pytest.mark.parametrize("case", JUDGED)
def test_the_table_s_validations_are_judged_and_nothing_else(case: str) -> None:
    judged = [(row.step, row.field, row.expected) for row in listed(case) if row.field and row.sender == "sut"]
    assert sorted(judged) == JUDGED[case]


@pytest.mark.parametrize("case", SENT)
def test_the_tool_sends_what_the_table_has_it_send(case: str) -> None:
    sent = [(row.step, row.message) for row in listed(case) if row.sender == "tool" and not row.field]
    assert sent == SENT[case]


@pytest.mark.parametrize(("case", "step"), STATED)
def test_the_tool_s_messages_hold_what_the_table_states(case: str, step: int) -> None:
    stated = {row.field: row.expected for row in listed(case) if row.field and row.step == step}
    assert stated == STATED[case, step]


@pytest.mark.parametrize("case", JUDGED)
def test_the_cases_with_a_transaction_begin_in_the_state_that_has_one(case: str) -> None:
    states = [item.state.id for item in CATALOGUE[case].before]
    assert states == (["EnergyTransferStarted_CSMS"] if case not in ("TC_B_20_CSMS", "TC_B_25_CSMS") else [])


@pytest.mark.parametrize("case", JUDGED)
def test_each_case_names_the_page_that_it_stands_on(case: str) -> None:
    assert CATALOGUE[case].source.text.startswith(
        "OCPP 2.0.1 Part 6 Test Cases, edition 2023-06-30, functional block B, page 3"
    )
