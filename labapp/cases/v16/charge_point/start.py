"""Core profile, charge point: start of a charging session at the station (OCTT 1.6, section 2.2)."""

from __future__ import annotations

from labapp.cases.actions import PLUG_IN, PRESENT_ID
from labapp.cases.conditions import GIVEN_UP_EARLY, HAS_LOCAL_START
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import AUTHORIZED
from labapp.cases.values import ACCEPTED, CONNECTION_TIMEOUT, METER_VALUE_INTERVAL
from labapp.domain.notation import configuration, exchange, in_any_order, manual, state
from labapp.domain.testcase import CHARGE_POINT, Remark, TestCase
from labapp.ocpp.messages16 import Authorize, StartTransaction, StatusNotification

#: No validation of the tables, but the vendor should know.
GIVEN_UP = "the connector was given up before the configured ConnectionTimeOut was over"

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

TC_004_1_CS = TestCase(
    id="TC_004_1_CS",
    title="Regular Charging Session – Identification First",
    source=octt16("Table 4"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_LOCAL_START,),
    before=(configuration("MeterValueSampleInterval", METER_VALUE_INTERVAL),),
    steps=(
        state(AUTHORIZED, step=1),
        manual(PLUG_IN, countdown=CONNECTION_TIMEOUT),
        in_any_order(
            exchange(3, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED)),
            exchange(5, StatusNotification.req(status="Charging")),
        ),
    ),
)

TC_004_2_CS = TestCase(
    id="TC_004_2_CS",
    title="Regular Charging Session – Identification First - ConnectionTimeOut",
    source=octt16("Table 5"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_LOCAL_START,),
    before=(configuration("ConnectionTimeOut", CONNECTION_TIMEOUT),),
    steps=(
        state(AUTHORIZED, step=1),
        exchange(2, StatusNotification.req(status="Available"), timeout="connection_timeout"),
        Remark(2, "StatusNotification.req", GIVEN_UP, GIVEN_UP_EARLY),
    ),
)

CASES = (TC_003_CS, TC_004_1_CS, TC_004_2_CS)
