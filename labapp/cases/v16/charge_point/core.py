"""Core profile, charge point: boot, start of a session, cache, reset, authorization (OCTT 1.6, sections 2.1 to 2.11)."""

from __future__ import annotations

from labapp.cases.actions import (
    PLUG_IN,
    POWER_CYCLE,
    PRESENT_ID,
    PRESENT_ID_AGAIN,
    PRESENT_INVALID_ID,
)
from labapp.cases.conditions import HAS_CACHE, HAS_LOCAL_START
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import AUTHORIZED
from labapp.cases.values import (
    ACCEPTED,
    CONNECTION_TIMEOUT,
    CONNECTOR_ID,
    HEARTBEAT_INTERVAL,
    INVALID,
    TRANSACTION_DURATION,
)
from labapp.domain.expectations import FromStep
from labapp.domain.testcase import (
    ALL_AND_ZERO,
    CHARGE_POINT,
    OTHERS_AND_ZERO,
    Series,
    TestCase,
    Timing,
    absent,
    configuration,
    exchange,
    in_any_order,
    manual,
    state,
)
from labapp.ocpp.messages16 import (
    Authorize,
    BootNotification,
    ChangeAvailability,
    ClearCache,
    Heartbeat,
    Reset,
    StartTransaction,
    StatusNotification,
)

TC_001_CS = TestCase(
    id="TC_001_CS",
    title="Cold Boot Charge Point",
    source=octt16("Table 1"),
    sut=CHARGE_POINT,
    steps=(
        manual(POWER_CYCLE),
        exchange(1, BootNotification.req(), BootNotification.conf(status="Rejected"), timeout="reboot"),
        exchange(
            3,
            BootNotification.req(),
            BootNotification.conf(status="Accepted", interval=HEARTBEAT_INTERVAL),
            due=Timing(since=2, seconds=FromStep(2, "interval"), tolerance="boot_retry"),
        ),
        exchange(5, StatusNotification.req(status="Available"), connectors=ALL_AND_ZERO),
        Series(
            7,
            Heartbeat.req(),
            Heartbeat.conf(),
            8,
            count=2,
            interval=FromStep(4, "interval"),
            tolerance="heartbeat",
            since=4,
        ),
    ),
)

TC_003_CS = TestCase(
    id="TC_003_CS",
    title="Regular Charging Session - Plugin First",
    source=octt16("Table 3"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_LOCAL_START,),
    steps=(
        manual(PLUG_IN),
        exchange(1, StatusNotification.req(status="Preparing")),
        manual(PRESENT_ID),
        exchange(3, Authorize.req(), Authorize.conf(idTagInfo=ACCEPTED)),
        in_any_order(
            exchange(5, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED)),
            exchange(7, StatusNotification.req(status="Charging")),
        ),
    ),
)

TC_013_CS = TestCase(
    id="TC_013_CS",
    title="Hard Reset Without transaction",
    source=octt16("Table 19"),
    sut=CHARGE_POINT,
    steps=(
        exchange(
            1,
            ChangeAvailability.req(connectorId=CONNECTOR_ID, type="Inoperative"),
            ChangeAvailability.conf(status="Accepted"),
            gate=True,
        ),
        exchange(3, StatusNotification.req(connectorId=CONNECTOR_ID, status="Unavailable")),
        exchange(5, Reset.req(type="Hard"), Reset.conf(status="Accepted"), gate=True),
        exchange(7, BootNotification.req(), BootNotification.conf(status="Accepted"), timeout="reboot"),
        in_any_order(
            exchange(9, StatusNotification.req(connectorId=CONNECTOR_ID, status="Unavailable")),
            exchange(9, StatusNotification.req(status="Available"), connectors=OTHERS_AND_ZERO, occurrence=2),
        ),
        exchange(
            11,
            ChangeAvailability.req(connectorId=CONNECTOR_ID, type="Operative"),
            ChangeAvailability.conf(status="Accepted"),
            gate=True,
        ),
        exchange(13, StatusNotification.req(connectorId=CONNECTOR_ID, status="Available")),
    ),
)

TC_023_4_CS = TestCase(
    id="TC_023_4_CS",
    title="Start local Charging Session – Authorize invalid",
    source=octt16(
        "Table 31",
        "section 1.3: a station without MinimumStatusDuration can pass all the same",
        "the absence of StartTransaction has no step of its own and is judged with step 3",
    ),
    sut=CHARGE_POINT,
    prerequisites=(HAS_LOCAL_START,),
    before=(
        configuration("MinimumStatusDuration", "10", if_implemented=True),
        configuration("LocalPreAuthorize", "true"),
    ),
    steps=(
        manual(PRESENT_INVALID_ID),
        exchange(1, Authorize.req(), Authorize.conf(idTagInfo=INVALID)),
        manual(PLUG_IN),
        exchange(3, StatusNotification.req(status="Preparing")),
        absent(3, StartTransaction.req(), TRANSACTION_DURATION),
    ),
)

TC_061_1_CS = TestCase(
    id="TC_061_1_CS",
    title="Clear Authorization Data in Authorization Cache - Local",
    source=octt16(
        "Table 13",
        "step 1 is the message of step 3 of Authorized",
        "a second Authorize before step 3 and Preparing before step 7 may come",
    ),
    sut=CHARGE_POINT,
    prerequisites=(HAS_CACHE, HAS_LOCAL_START),
    before=(
        configuration("AuthorizationCacheEnabled", "true"),
        configuration("LocalPreAuthorize", "true"),
        configuration("ConnectionTimeOut", CONNECTION_TIMEOUT),
        state(AUTHORIZED),
    ),
    steps=(
        exchange(1, StatusNotification.req(status="Preparing"), shared_with=("Authorized_CS", 3)),
        manual(PRESENT_ID_AGAIN, or_wait=CONNECTION_TIMEOUT),
        in_any_order(
            exchange(3, Authorize.req(), Authorize.conf(idTagInfo=ACCEPTED), optional=True, occurrence=1),
            exchange(3, StatusNotification.req(status="Available")),
        ),
        exchange(5, ClearCache.req(), ClearCache.conf(status="Accepted"), gate=True),
        manual(PRESENT_ID),
        in_any_order(
            exchange(7, StatusNotification.req(status="Preparing"), optional=True),
            exchange(7, Authorize.req(), Authorize.conf(idTagInfo=ACCEPTED)),
        ),
    ),
)

CASES = (TC_001_CS, TC_003_CS, TC_013_CS, TC_023_4_CS, TC_061_1_CS)
