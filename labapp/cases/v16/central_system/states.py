"""Reusable states of a central system (OCTT 1.6, section 3.22)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.cases.values import ACCEPTED, CONNECTOR_ID, MODEL, RESERVATION_ID, VALID_ID_TAG, VENDOR_NAME
from labapp.domain.expectations import Literal
from labapp.domain.notation import asked, exchange, state
from labapp.domain.testcase import ALL_AND_ZERO, CENTRAL_SYSTEM, TestCase
from labapp.ocpp.messages16 import (
    Authorize,
    BootNotification,
    SendLocalList,
    StartTransaction,
    StatusNotification,
)

BOOTED = TestCase(
    id="Booted_CSMS",
    title="Booted",
    source=octt16("Table 199"),
    sut=CENTRAL_SYSTEM,
    kind="state",
    steps=(
        exchange(
            1,
            BootNotification.req(chargePointVendor=VENDOR_NAME, chargePointModel=MODEL),
            BootNotification.conf(status="Accepted"),
            gate=True,
        ),
        exchange(3, StatusNotification.req(status="Available"), connectors=ALL_AND_ZERO),
    ),
)

AUTHORIZED = TestCase(
    id="Authorized_CSMS",
    title="Authorized",
    source=octt16("Table 200"),
    sut=CENTRAL_SYSTEM,
    kind="state",
    steps=(exchange(1, Authorize.req(idTag=VALID_ID_TAG), Authorize.conf(idTagInfo=ACCEPTED)),),
)

CHARGING = TestCase(
    id="Charging_CSMS",
    title="Charging",
    source=octt16("Table 201"),
    sut=CENTRAL_SYSTEM,
    kind="state",
    before=(state(AUTHORIZED),),
    steps=(
        exchange(1, StatusNotification.req(status="Preparing", connectorId=CONNECTOR_ID)),
        exchange(
            3,
            StartTransaction.req(idTag=VALID_ID_TAG, connectorId=CONNECTOR_ID),
            StartTransaction.conf(idTagInfo=ACCEPTED),
            implied=(("reservationId", RESERVATION_ID),),
        ),
        exchange(5, StatusNotification.req(status="Charging", connectorId=CONNECTOR_ID)),
    ),
)

LOCAL_LIST_SET = TestCase(
    id="LocalListSet_CSMS",
    title="Local list set",
    source=octt16("Table 160", "the memory state has no table of its own"),
    sut=CENTRAL_SYSTEM,
    kind="state",
    steps=(
        asked(
            1,
            SendLocalList.req(updateType="Full"),
            SendLocalList.conf(status="Accepted"),
            enter=(
                ("listVersion", Literal(1)),
                ("localAuthorizationList[0].idTag", VALID_ID_TAG),
                ("localAuthorizationList[0].idTagInfo.status", Literal("Accepted")),
            ),
        ),
    ),
)

STATES = (BOOTED, AUTHORIZED, CHARGING, LOCAL_LIST_SET)
