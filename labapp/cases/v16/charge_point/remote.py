"""Core profile, charge point: remote start and stop of a charging session (OCTT 1.6, section 2.5)."""

from __future__ import annotations

from labapp.cases.actions import PLUG_IN
from labapp.cases.conditions import AUTHORIZES_REMOTE_START, GIVEN_UP_EARLY
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.start import GIVEN_UP
from labapp.cases.v16.charge_point.states import CHARGING
from labapp.cases.values import ACCEPTED, CONNECTION_TIMEOUT, CONNECTOR_ID, VALID_ID_TAG
from labapp.domain.expectations import PRESENT
from labapp.domain.notation import configuration, exchange, in_any_order, manual, state
from labapp.domain.testcase import CHARGE_POINT, Remark, TestCase
from labapp.ocpp.messages16 import (
    Authorize,
    GetConfiguration,
    RemoteStartTransaction,
    RemoteStopTransaction,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)

TC_010_CS = TestCase(
    id="TC_010_CS",
    title="Remote Start Charging Session - Cable Plugged in First",
    source=octt16("Table 15"),
    sut=CHARGE_POINT,
    steps=(
        exchange(1, GetConfiguration.req(key=["AuthorizeRemoteTxRequests"])),
        manual(PLUG_IN),
        exchange(3, StatusNotification.req(connectorId=CONNECTOR_ID, status="Preparing")),
        exchange(
            5,
            RemoteStartTransaction.req(connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG),
            RemoteStartTransaction.conf(status="Accepted"),
            gate=True,
        ),
        exchange(
            7,
            Authorize.req(idTag=VALID_ID_TAG),
            Authorize.conf(idTagInfo=ACCEPTED),
            when=AUTHORIZES_REMOTE_START,
        ),
        in_any_order(
            exchange(
                9,
                StartTransaction.req(connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG),
                StartTransaction.conf(idTagInfo=ACCEPTED),
            ),
            exchange(11, StatusNotification.req(connectorId=CONNECTOR_ID, status="Charging")),
        ),
    ),
)

#: How a remote start without a cable begins, in both cases that have one.
_STARTED_REMOTELY = (
    exchange(
        1,
        GetConfiguration.req(key=["AuthorizeRemoteTxRequests"]),
        GetConfiguration.conf(("configurationKey[key=AuthorizeRemoteTxRequests].key", PRESENT)),
    ),
    exchange(3, RemoteStartTransaction.req(), RemoteStartTransaction.conf(status="Accepted"), gate=True),
    exchange(5, Authorize.req(), Authorize.conf(idTagInfo=ACCEPTED), when=AUTHORIZES_REMOTE_START),
    exchange(7, StatusNotification.req(status="Preparing")),
)

TC_011_1_CS = TestCase(
    id="TC_011_1_CS",
    title="Remote Start Charging Session – Remote Start First",
    source=octt16("Table 16"),
    sut=CHARGE_POINT,
    steps=(
        *_STARTED_REMOTELY,
        manual(PLUG_IN, countdown=CONNECTION_TIMEOUT),
        exchange(9, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED)),
        exchange(11, StatusNotification.req(status="Charging")),
    ),
)

TC_011_2_CS = TestCase(
    id="TC_011_2_CS",
    title="Remote Start Charging Session – Time Out",
    source=octt16("Table 17"),
    sut=CHARGE_POINT,
    before=(configuration("ConnectionTimeOut", CONNECTION_TIMEOUT),),
    steps=(
        *_STARTED_REMOTELY,
        exchange(9, StatusNotification.req(status="Available"), timeout="connection_timeout"),
        Remark(9, "StatusNotification.req", GIVEN_UP, GIVEN_UP_EARLY),
    ),
)

TC_012_CS = TestCase(
    id="TC_012_CS",
    title="Remote Stop Charging Session",
    source=octt16("Table 18"),
    sut=CHARGE_POINT,
    before=(state(CHARGING),),
    steps=(
        exchange(1, RemoteStopTransaction.req(), RemoteStopTransaction.conf(status="Accepted"), gate=True),
        in_any_order(
            exchange(3, StopTransaction.req(reason="Remote")),
            exchange(5, StatusNotification.req(status="Finishing")),
        ),
    ),
)

CASES = (TC_010_CS, TC_011_1_CS, TC_011_2_CS, TC_012_CS)
