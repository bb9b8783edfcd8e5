"""Reusable and memory states of a charge point (OCTT 1.6, sections 2.26 and 2.27)."""

from __future__ import annotations

from labapp.cases.actions import FAULT_CONNECTOR, FAULT_STATION, PLUG_IN, PRESENT_ID, UNPLUG
from labapp.cases.conditions import AUTHORIZES_REMOTE_START, LOCALLY_KNOWN, NOT_YET_PREPARING
from labapp.cases.source import octt16
from labapp.cases.values import (
    ACCEPTED,
    CHARGING_PROFILE,
    CONFIGURATION_KEY,
    CONNECTION_TIMEOUT,
    CONNECTOR_ID,
    START_PROFILE,
    VALID_ID_TAG,
)
from labapp.domain.expectations import FromStep
from labapp.domain.notation import configuration, exchange, in_any_order, manual, state
from labapp.domain.testcase import ALL_AND_ZERO, CHARGE_POINT, TestCase
from labapp.ocpp.messages16 import (
    Authorize,
    ChangeAvailability,
    GetConfiguration,
    RemoteStartTransaction,
    RemoteStopTransaction,
    ReserveNow,
    SendLocalList,
    SetChargingProfile,
    StartTransaction,
    StatusNotification,
    StopTransaction,
)

GET_CONFIGURATION = TestCase(
    id="GetConfiguration_CS",
    title="GetConfiguration",
    source=octt16("Table 108"),
    sut=CHARGE_POINT,
    kind="state",
    steps=(exchange(1, GetConfiguration.req(key=[CONFIGURATION_KEY])),),
)

AUTHORIZED = TestCase(
    id="Authorized_CS",
    title="Authorized",
    source=octt16("Table 109"),
    sut=CHARGE_POINT,
    kind="state",
    steps=(
        manual(PRESENT_ID),
        in_any_order(
            exchange(1, Authorize.req(idTag=VALID_ID_TAG), Authorize.conf(idTagInfo=ACCEPTED)),
            exchange(3, StatusNotification.req(status="Preparing"), when=NOT_YET_PREPARING),
        ),
    ),
)

CHARGING = TestCase(
    id="Charging_CS",
    title="Charging",
    source=octt16("Table 110", "the table holds: the remote start comes first, not the cable"),
    sut=CHARGE_POINT,
    kind="state",
    steps=(
        exchange(1, GetConfiguration.req(key=["AuthorizeRemoteTxRequests"])),
        exchange(
            3,
            RemoteStartTransaction.req(connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG, chargingProfile=START_PROFILE),
            RemoteStartTransaction.conf(status="Accepted"),
            gate=True,
        ),
        exchange(
            5,
            Authorize.req(idTag=VALID_ID_TAG),
            Authorize.conf(idTagInfo=ACCEPTED),
            when=AUTHORIZES_REMOTE_START,
            optional_when=LOCALLY_KNOWN,
        ),
        exchange(7, StatusNotification.req(connectorId=CONNECTOR_ID, status="Preparing")),
        manual(PLUG_IN, countdown=CONNECTION_TIMEOUT),
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

SET_CONNECTOR_FAULTED = TestCase(
    id="SetConnectorFaulted_CS",
    title="SetConnectorFaulted",
    source=octt16("Table 111", "Faulted is meant where the description says Unavailable"),
    sut=CHARGE_POINT,
    kind="state",
    steps=(
        manual(FAULT_CONNECTOR),
        exchange(1, StatusNotification.req(connectorId=CONNECTOR_ID, status="Faulted")),
    ),
)

SET_CHARGE_POINT_FAULTED = TestCase(
    id="SetChargePointFaulted_CS",
    title="SetChargePointFaulted",
    source=octt16(
        "Table 112",
        "Faulted is meant where the description says Unavailable",
        "steps 1 and 2 are the ones that are repeated",
    ),
    sut=CHARGE_POINT,
    kind="state",
    steps=(
        manual(FAULT_STATION),
        exchange(1, StatusNotification.req(status="Faulted"), connectors=ALL_AND_ZERO),
    ),
)

SET_CONNECTOR_UNAVAILABLE = TestCase(
    id="SetConnectorUnavailable_CS",
    title="SetConnectorUnavailable",
    source=octt16("Table 113"),
    sut=CHARGE_POINT,
    kind="state",
    steps=(
        exchange(
            1,
            ChangeAvailability.req(type="Inoperative", connectorId=CONNECTOR_ID),
            ChangeAvailability.conf(status="Accepted"),
            gate=True,
        ),
        exchange(3, StatusNotification.req(status="Unavailable", connectorId=CONNECTOR_ID)),
    ),
)

SET_CHARGE_POINT_UNAVAILABLE = TestCase(
    id="SetChargePointUnavailable_CS",
    title="SetChargePointUnavailable",
    source=octt16("Table 114", "step 2 is ChangeAvailability.conf"),
    sut=CHARGE_POINT,
    kind="state",
    steps=(
        exchange(
            1,
            ChangeAvailability.req(type="Inoperative", connectorId=0),
            ChangeAvailability.conf(status="Accepted"),
            gate=True,
        ),
        exchange(3, StatusNotification.req(status="Unavailable"), connectors=ALL_AND_ZERO),
    ),
)

SET_CONNECTOR_OCCUPIED = TestCase(
    id="SetConnectorOccupied_CS",
    title="SetConnectorOccupied",
    source=octt16("Table 115"),
    sut=CHARGE_POINT,
    kind="state",
    steps=(
        manual(PLUG_IN),
        exchange(1, StatusNotification.req(status="Preparing", connectorId=CONNECTOR_ID)),
    ),
)

RESERVED = TestCase(
    id="Reserved_CS",
    title="Reserved",
    source=octt16("Table 116"),
    sut=CHARGE_POINT,
    kind="state",
    steps=(
        exchange(
            1,
            ReserveNow.req(connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG),
            ReserveNow.conf(status="Accepted"),
            gate=True,
        ),
        exchange(3, StatusNotification.req(status="Reserved", connectorId=CONNECTOR_ID)),
    ),
)

ID_TAG_CACHED = TestCase(
    id="IdTagCached_CS",
    title="IdTagCached",
    source=octt16("Table 117"),
    sut=CHARGE_POINT,
    kind="state",
    before=(configuration("AuthorizationCacheEnabled", "true"), state(CHARGING)),
    steps=(
        exchange(
            1,
            RemoteStopTransaction.req(transactionId=FromStep(10, "transactionId", "Charging_CS")),
            RemoteStopTransaction.conf(status="Accepted"),
            gate=True,
        ),
        in_any_order(
            exchange(
                3,
                StopTransaction.req(transactionId=FromStep(10, "transactionId", "Charging_CS")),
                StopTransaction.conf(idTagInfo=ACCEPTED),
            ),
            exchange(5, StatusNotification.req(connectorId=CONNECTOR_ID, status="Finishing")),
        ),
        manual(UNPLUG),
        exchange(7, StatusNotification.req(connectorId=CONNECTOR_ID, status="Available"), timeout="long_operation"),
    ),
)

ID_TAG_LOCAL_AUTH_LIST = TestCase(
    id="IdTagLocalAuthList_CS",
    title="IdTagLocalAuthList",
    source=octt16("Table 118"),
    sut=CHARGE_POINT,
    kind="state",
    before=(configuration("LocalAuthListEnabled", "true"),),
    steps=(
        exchange(
            1,
            SendLocalList.req(listVersion=1, localAuthorizationList=[{"idTag": VALID_ID_TAG, "idTagInfo": ACCEPTED}]),
            SendLocalList.conf(status="Accepted"),
            gate=True,
        ),
    ),
)

SET_CHARGING_PROFILE = TestCase(
    id="SetChargingProfile_CS",
    title="SetChargingProfile",
    source=octt16("Table 121"),
    sut=CHARGE_POINT,
    kind="state",
    steps=(
        exchange(
            1,
            SetChargingProfile.req(connectorId=CONNECTOR_ID, csChargingProfiles=CHARGING_PROFILE),
            SetChargingProfile.conf(status="Accepted"),
            gate=True,
        ),
    ),
)

STATES = (
    GET_CONFIGURATION,
    AUTHORIZED,
    CHARGING,
    SET_CONNECTOR_FAULTED,
    SET_CHARGE_POINT_FAULTED,
    SET_CONNECTOR_UNAVAILABLE,
    SET_CHARGE_POINT_UNAVAILABLE,
    SET_CONNECTOR_OCCUPIED,
    RESERVED,
    ID_TAG_CACHED,
    ID_TAG_LOCAL_AUTH_LIST,
    SET_CHARGING_PROFILE,
)
