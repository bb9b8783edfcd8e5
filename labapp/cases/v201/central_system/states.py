"""Reusable states of a CSMS in OCPP 2.0.1."""

from __future__ import annotations

from labapp.cases.source import PART_6
from labapp.cases.v201.values import AVAILABILITY, EVSE_ID
from labapp.cases.values import ACCEPTED, MODEL, VALID_ID_TAG, VENDOR_NAME
from labapp.domain.notation import exchange
from labapp.domain.testcase import ALL_CONNECTORS, CENTRAL_SYSTEM, Source, TestCase
from labapp.ocpp.messages201 import Authorize, BootNotification, NotifyEvent, StatusNotification, TransactionEvent

_OWN = "the state is not in the public material: its steps are those that the transaction needs"

BOOTED = TestCase(
    id="Booted_201_CSMS",
    title="Booted",
    source=Source(PART_6, "functional block B", (_OWN,)),
    sut=CENTRAL_SYSTEM,
    ocpp="2.0.1",
    kind="state",
    steps=(
        exchange(
            1,
            BootNotification.req(chargingStation={"vendorName": VENDOR_NAME, "model": MODEL}, reason="PowerUp"),
            BootNotification.conf(status="Accepted"),
            gate=True,
        ),
        exchange(3, StatusNotification.req(connectorStatus="Available"), connectors=ALL_CONNECTORS),
    ),
)

ENERGY_TRANSFER_STARTED = TestCase(
    id="EnergyTransferStarted_CSMS",
    title="EnergyTransferStarted",
    source=Source(PART_6, "reusable state named by TC_B_22_CSMS", (_OWN,)),
    sut=CENTRAL_SYSTEM,
    ocpp="2.0.1",
    kind="state",
    steps=(
        exchange(1, StatusNotification.req(evseId=EVSE_ID, connectorStatus="Occupied")),
        exchange(3, NotifyEvent.req(("eventData[0].actualValue", "Occupied"), *AVAILABILITY)),
        exchange(5, Authorize.req(idToken={"idToken": VALID_ID_TAG}), Authorize.conf(idTokenInfo=ACCEPTED)),
        exchange(
            7,
            TransactionEvent.req(
                eventType="Started", triggerReason="Authorized", transactionInfo={"chargingState": "EVConnected"}
            ),
        ),
        exchange(
            9,
            TransactionEvent.req(
                eventType="Updated",
                triggerReason="ChargingStateChanged",
                transactionInfo={"chargingState": "Charging"},
            ),
        ),
    ),
)

STATES = (BOOTED, ENERGY_TRANSFER_STARTED)
