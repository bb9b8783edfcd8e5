"""Core profile, charge point: authorization cache (OCTT 1.6, section 2.4)."""

from __future__ import annotations

from labapp.cases.actions import PLUG_IN, PRESENT_ID, PRESENT_ID_AGAIN
from labapp.cases.conditions import HAS_CACHE, HAS_LOCAL_START, not_fixed_to_false
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import AUTHORIZED, CHARGING, ID_TAG_CACHED
from labapp.cases.values import ACCEPTED, CONNECTION_TIMEOUT, CONNECTOR_ID, TRANSACTION_DURATION, VALID_ID_TAG
from labapp.domain.notation import absent, configuration, exchange, in_any_order, manual, state
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.ocpp.messages16 import (
    Authorize,
    ClearCache,
    RemoteStartTransaction,
    StartTransaction,
    StatusNotification,
)

TC_007_1_CS = TestCase(
    id="TC_007_1_CS",
    title="Regular Start Charging Session – Cached Id",
    source=octt16("Table 11", "the steps that may be reversed are 3 and 5"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_CACHE, HAS_LOCAL_START),
    before=(
        configuration("AuthorizationCacheEnabled", "true"),
        configuration("LocalPreAuthorize", "true"),
        state(ID_TAG_CACHED),
    ),
    steps=(
        manual(PRESENT_ID),
        exchange(1, StatusNotification.req(status="Preparing")),
        manual(PLUG_IN, countdown=CONNECTION_TIMEOUT),
        in_any_order(
            exchange(3, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED)),
            exchange(5, StatusNotification.req(status="Charging")),
        ),
    ),
)

TC_007_2_CS = TestCase(
    id="TC_007_2_CS",
    title="Remote Start Charging Session - Cached Id",
    source=octt16("Table 12"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_CACHE, not_fixed_to_false("AuthorizeRemoteTxRequests")),
    before=(
        configuration("AuthorizationCacheEnabled", "true"),
        configuration("LocalPreAuthorize", "true"),
        configuration("AuthorizeRemoteTxRequests", "true"),
        state(ID_TAG_CACHED),
    ),
    steps=(
        exchange(
            1,
            RemoteStartTransaction.req(connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG),
            RemoteStartTransaction.conf(status="Accepted"),
            gate=True,
        ),
        absent(2, Authorize.req(), TRANSACTION_DURATION),
        exchange(3, StatusNotification.req(status="Preparing")),
        manual(PLUG_IN, countdown=CONNECTION_TIMEOUT),
        in_any_order(
            exchange(5, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED)),
            exchange(7, StatusNotification.req(status="Charging")),
        ),
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

TC_061_2_CS = TestCase(
    id="TC_061_2_CS",
    title="Clear Authorization Data in Authorization Cache - Remote",
    source=octt16("Table 14"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_CACHE, not_fixed_to_false("AuthorizeRemoteTxRequests")),
    before=(
        configuration("AuthorizationCacheEnabled", "true"),
        configuration("LocalPreAuthorize", "true"),
        configuration("AuthorizeRemoteTxRequests", "true"),
        state(ID_TAG_CACHED),
    ),
    steps=(
        exchange(1, ClearCache.req(), ClearCache.conf(status="Accepted"), gate=True),
        # The card is no longer known to the station: here it must ask about it, which shows that the cache is empty.
        state(CHARGING, step=3),
    ),
)

CASES = (TC_007_1_CS, TC_007_2_CS, TC_061_1_CS, TC_061_2_CS)
