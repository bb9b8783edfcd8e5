"""Triggered messages, central system (OCTT 1.6, section 3.18)."""

from __future__ import annotations

from labapp.cases.conditions import feature
from labapp.cases.source import octt16
from labapp.cases.values import ACCEPTED, CONNECTOR_ID
from labapp.domain.expectations import Literal, one_of
from labapp.domain.notation import asked, exchange
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase
from labapp.ocpp.messages16 import (
    DiagnosticsStatusNotification,
    FirmwareStatusNotification,
    Heartbeat,
    MeterValues,
    StatusNotification,
    TriggerMessage,
)

TC_054_CSMS = TestCase(
    id="TC_054_CSMS",
    title="Trigger Message",
    source=octt16("Table 176"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(feature("RemoteTrigger"),),
    steps=(
        asked(
            1,
            TriggerMessage.req(requestedMessage="MeterValues", connectorId=CONNECTOR_ID),
            TriggerMessage.conf(**ACCEPTED),
        ),
        exchange(3, MeterValues.req(), implied=(("meterValue[0].sampledValue[0].context", Literal("Trigger")),)),
        asked(5, TriggerMessage.req(requestedMessage="Heartbeat"), TriggerMessage.conf(**ACCEPTED)),
        exchange(7, Heartbeat.req()),
        asked(
            9,
            TriggerMessage.req(requestedMessage="StatusNotification", connectorId=CONNECTOR_ID),
            TriggerMessage.conf(**ACCEPTED),
        ),
        exchange(11, StatusNotification.req()),
        asked(
            13, TriggerMessage.req(requestedMessage="DiagnosticsStatusNotification"), TriggerMessage.conf(**ACCEPTED)
        ),
        exchange(15, DiagnosticsStatusNotification.req(status="Idle")),
        asked(
            17,
            TriggerMessage.req(requestedMessage="FirmwareStatusNotification"),
            TriggerMessage.conf(status=one_of("Accepted", "NotImplemented")),
        ),
        exchange(19, FirmwareStatusNotification.req(status="Idle")),
    ),
)

TC_055_CSMS = TestCase(
    id="TC_055_CSMS",
    title="Trigger Message - Rejected",
    source=octt16("Table 177", "requestMessage is requestedMessage"),
    sut=CENTRAL_SYSTEM,
    prerequisites=(feature("RemoteTrigger"),),
    steps=(asked(1, TriggerMessage.req(requestedMessage="MeterValues"), TriggerMessage.conf(status="Rejected")),),
)

CASES = (TC_054_CSMS, TC_055_CSMS)
