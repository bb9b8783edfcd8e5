"""Functional block B, provisioning, CSMS (OCPP 2.0.1 Part 6)."""

from __future__ import annotations

from labapp.cases.source import PART_6
from labapp.cases.v201.central_system.states import ENERGY_TRANSFER_STARTED
from labapp.cases.values import CONNECTOR_ID
from labapp.domain.expectations import OMITTED
from labapp.domain.testcase import (
    CENTRAL_SYSTEM,
    OTHER_CONNECTORS,
    LinkOrder,
    Source,
    TestCase,
    asked,
    exchange,
    state,
)
from labapp.ocpp.messages201 import BootNotification, NotifyEvent, Reset, StatusNotification, TransactionEvent

_CONNECTOR = (
    ("eventData[0].trigger", "Delta"),
    ("eventData[0].component.name", "Connector"),
    ("eventData[0].variable.name", "AvailabilityState"),
)

TC_B_22_CSMS = TestCase(
    id="TC_B_22_CSMS",
    title="Reset Charging Station - With Ongoing Transaction - Immediate",
    source=Source(PART_6, "functional block B, page 358"),
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
        LinkOrder("disconnect"),
        LinkOrder("connect"),
        exchange(5, BootNotification.req(reason="RemoteReset"), BootNotification.conf(status="Accepted")),
        exchange(7, StatusNotification.req(connectorId=CONNECTOR_ID, connectorStatus="Occupied")),
        exchange(7, NotifyEvent.req(("eventData[0].actualValue", "Occupied"), *_CONNECTOR)),
        exchange(7, StatusNotification.req(connectorStatus="Available"), connectors=OTHER_CONNECTORS, occurrence=2),
        exchange(
            7,
            NotifyEvent.req(("eventData[0].actualValue", "Available"), *_CONNECTOR),
            connectors=OTHER_CONNECTORS,
            occurrence=2,
        ),
    ),
)

CASES = (TC_B_22_CSMS,)
