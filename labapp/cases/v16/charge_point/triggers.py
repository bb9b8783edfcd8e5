"""Triggered messages, charge point (OCTT 1.6, section 2.22)."""

from __future__ import annotations

from labapp.cases.conditions import answered_with, feature
from labapp.cases.source import octt16
from labapp.cases.values import ACCEPTED, CONNECTOR_ID, TRANSACTION_DURATION
from labapp.domain.expectations import OMITTED, Computed, one_of
from labapp.domain.notation import absent, exchange
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.domain.view import View
from labapp.ocpp.messages16 import (
    DiagnosticsStatusNotification,
    FirmwareStatusNotification,
    Heartbeat,
    MeterValues,
    StatusNotification,
    TriggerMessage,
)

_CONTEXT = ("meterValue[].sampledValue[].context", "Trigger")
_FORMAT = ("meterValue[].sampledValue[].format", one_of("Raw", OMITTED))
_IF_IMPLEMENTED = TriggerMessage.conf(status=one_of("Accepted", "NotImplemented"))


def _beyond(view: View) -> int:
    """The number behind that of the last connector: as the station says itself, else as it is declared."""
    told = view.configuration("NumberOfConnectors") or ""
    return 1 + (int(told) if told.strip().isdecimal() else int(view.dut["connectors"]))


TC_054_CS = TestCase(
    id="TC_054_CS",
    title="Trigger Message",
    source=octt16("Table 80"),
    sut=CHARGE_POINT,
    prerequisites=(feature("RemoteTrigger"),),
    steps=(
        exchange(
            1,
            TriggerMessage.req(requestedMessage="MeterValues", connectorId=CONNECTOR_ID),
            TriggerMessage.conf(**ACCEPTED),
            gate=True,
        ),
        exchange(3, MeterValues.req(_FORMAT, _CONTEXT, ("transactionId", OMITTED))),
        exchange(5, TriggerMessage.req(requestedMessage="Heartbeat"), TriggerMessage.conf(**ACCEPTED), gate=True),
        exchange(7, Heartbeat.req()),
        exchange(
            9,
            TriggerMessage.req(requestedMessage="StatusNotification", connectorId=CONNECTOR_ID),
            TriggerMessage.conf(**ACCEPTED),
            gate=True,
        ),
        exchange(11, StatusNotification.req()),
        exchange(13, TriggerMessage.req(requestedMessage="DiagnosticsStatusNotification"), _IF_IMPLEMENTED),
        exchange(15, DiagnosticsStatusNotification.req(status="Idle"), when=answered_with(14, "Accepted")),
        exchange(17, TriggerMessage.req(requestedMessage="FirmwareStatusNotification"), _IF_IMPLEMENTED),
        exchange(19, FirmwareStatusNotification.req(status="Idle"), when=answered_with(18, "Accepted")),
    ),
)

TC_055_CS = TestCase(
    id="TC_055_CS",
    title="Trigger Message - Rejected",
    source=octt16("Table 81", "requestMessage is requestedMessage"),
    sut=CHARGE_POINT,
    prerequisites=(feature("RemoteTrigger"),),
    steps=(
        exchange(
            1,
            TriggerMessage.req(requestedMessage="MeterValues", connectorId=Computed("numberOfConnectors + 1", _beyond)),
            TriggerMessage.conf(status="Rejected"),
            errors=(),
        ),
        absent(2, MeterValues.req(_CONTEXT), TRANSACTION_DURATION),
    ),
)

CASES = (TC_054_CS, TC_055_CS)
