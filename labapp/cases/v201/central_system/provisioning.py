"""Functional block B, provisioning, CSMS (OCPP 2.0.1 Part 6): resets of the charging station and of one EVSE."""

from __future__ import annotations

from labapp.cases.source import PART_6
from labapp.cases.v201.central_system.states import ENERGY_TRANSFER_STARTED
from labapp.cases.v201.values import AVAILABILITY, EVSE_ID, VALID_ID_TOKEN
from labapp.domain.expectations import OMITTED, Literal
from labapp.domain.notation import asked, exchange, state
from labapp.domain.testcase import ALL_CONNECTORS, CENTRAL_SYSTEM, OTHER_CONNECTORS, Item, LinkOrder, Source, TestCase
from labapp.ocpp.messages201 import BootNotification, NotifyEvent, Reset, StatusNotification, TransactionEvent

#: Where the page could not be read to its end.
_END = "the last lines are those of the public test suite tzi-OCTT, which rests on edition 4 (2025-12-03)"


def _part6(page: int, *notes: str) -> Source:
    return Source(PART_6, f"functional block B, page {page}", notes)


def _boots(step: int, reason: str) -> tuple[Item, ...]:
    """The charging station is gone for a moment, connects again and boots."""
    return (
        LinkOrder("disconnect"),
        LinkOrder("connect"),
        exchange(step, BootNotification.req(reason=reason), BootNotification.conf(status="Accepted"), gate=True),
    )


def _all_available(step: int) -> tuple[Item, ...]:
    """Every connector is reported, in both ways that the version has."""
    return (
        exchange(step, StatusNotification.req(connectorStatus="Available"), connectors=ALL_CONNECTORS),
        exchange(
            step,
            NotifyEvent.req(("eventData[0].actualValue", "Available"), *AVAILABILITY),
            connectors=ALL_CONNECTORS,
        ),
    )


#: The transaction that a reset was scheduled behind: its user stops it, then pulls the plug.
_STOPPED_BY_USER: tuple[Item, ...] = (
    exchange(
        3,
        TransactionEvent.req(
            eventType="Updated",
            triggerReason="StopAuthorized",
            transactionInfo={"chargingState": "EVConnected"},
            idToken=VALID_ID_TOKEN,
        ),
    ),
    exchange(
        5,
        TransactionEvent.req(
            eventType="Ended",
            triggerReason="EVCommunicationLost",
            transactionInfo={"chargingState": "Idle", "stoppedReason": "EVDisconnected"},
        ),
    ),
)

TC_B_20_CSMS = TestCase(
    id="TC_B_20_CSMS",
    title="Reset Charging Station - Without ongoing transaction - OnIdle",
    source=_part6(355, "the reason of step 3 is left open: that of use case B11 is sent"),
    sut=CENTRAL_SYSTEM,
    ocpp="2.0.1",
    steps=(
        asked(1, Reset.req(), Reset.conf(status="Accepted"), enter=(("type", Literal("OnIdle")),)),
        *_boots(3, "RemoteReset"),
        *_all_available(5),
    ),
)

TC_B_21_CSMS = TestCase(
    id="TC_B_21_CSMS",
    title="Reset Charging Station - With Ongoing Transaction - OnIdle",
    source=_part6(356, _END),
    sut=CENTRAL_SYSTEM,
    ocpp="2.0.1",
    before=(state(ENERGY_TRANSFER_STARTED),),
    steps=(
        asked(1, Reset.req(type="OnIdle"), Reset.conf(status="Scheduled")),
        *_STOPPED_BY_USER,
        *_boots(7, "ScheduledReset"),
        *_all_available(9),
    ),
)

TC_B_22_CSMS = TestCase(
    id="TC_B_22_CSMS",
    title="Reset Charging Station - With Ongoing Transaction - Immediate",
    source=_part6(358),
    sut=CENTRAL_SYSTEM,
    ocpp="2.0.1",
    before=(state(ENERGY_TRANSFER_STARTED),),
    steps=(
        asked(1, Reset.req(type="Immediate"), Reset.conf(status="Accepted")),
        exchange(
            3,
            TransactionEvent.req(
                eventType="Ended",
                triggerReason="ResetCommand",
                transactionInfo={"chargingState": "EVConnected", "stoppedReason": "ImmediateReset"},
                idToken=OMITTED,
            ),
        ),
        *_boots(5, "RemoteReset"),
        exchange(7, StatusNotification.req(evseId=EVSE_ID, connectorStatus="Occupied")),
        exchange(7, NotifyEvent.req(("eventData[0].actualValue", "Occupied"), *AVAILABILITY)),
        exchange(7, StatusNotification.req(connectorStatus="Available"), connectors=OTHER_CONNECTORS, occurrence=2),
        exchange(
            7,
            NotifyEvent.req(("eventData[0].actualValue", "Available"), *AVAILABILITY),
            connectors=OTHER_CONNECTORS,
            occurrence=2,
        ),
    ),
)

TC_B_25_CSMS = TestCase(
    id="TC_B_25_CSMS",
    title="Reset EVSE - Without ongoing transaction",
    source=_part6(360),
    sut=CENTRAL_SYSTEM,
    ocpp="2.0.1",
    steps=(asked(1, Reset.req(type="OnIdle", evseId=EVSE_ID), Reset.conf(status="Accepted")),),
)

TC_B_26_CSMS = TestCase(
    id="TC_B_26_CSMS",
    title="Reset EVSE - With Ongoing Transaction - OnIdle",
    source=_part6(361, _END),
    sut=CENTRAL_SYSTEM,
    ocpp="2.0.1",
    before=(state(ENERGY_TRANSFER_STARTED),),
    steps=(
        asked(1, Reset.req(type="OnIdle", evseId=EVSE_ID), Reset.conf(status="Scheduled")),
        *_STOPPED_BY_USER,
    ),
)

TC_B_27_CSMS = TestCase(
    id="TC_B_27_CSMS",
    title="Reset EVSE - With Ongoing Transaction - Immediate",
    source=_part6(362),
    sut=CENTRAL_SYSTEM,
    ocpp="2.0.1",
    before=(state(ENERGY_TRANSFER_STARTED),),
    steps=(
        asked(1, Reset.req(type="Immediate", evseId=EVSE_ID), Reset.conf(status="Accepted")),
        exchange(
            3,
            TransactionEvent.req(
                eventType="Ended",
                triggerReason="ResetCommand",
                transactionInfo={"chargingState": "EVConnected", "stoppedReason": "ImmediateReset"},
            ),
        ),
    ),
)

CASES = (TC_B_20_CSMS, TC_B_21_CSMS, TC_B_22_CSMS, TC_B_25_CSMS, TC_B_26_CSMS, TC_B_27_CSMS)
