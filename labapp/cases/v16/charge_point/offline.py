"""Core profile, charge point: offline behaviour (OCTT 1.6, section 2.15)."""

from __future__ import annotations

from labapp.cases.actions import (
    PLUG_IN_OFFLINE,
    PRESENT_ID_OFFLINE,
    PRESENT_ID_TO_STOP_OFFLINE,
    PRESENT_INVALID_ID_OFFLINE,
    UNPLUG_OFFLINE,
)
from labapp.cases.conditions import (
    HAS_CACHE,
    HAS_LOCAL_LIST,
    HAS_LOCAL_START,
    HAS_LOCAL_STOP,
    HAS_READER,
    OFFLINE_START,
)
from labapp.cases.queued_values import caught_up, first_in_time
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING, ID_TAG_CACHED, ID_TAG_LOCAL_AUTH_LIST
from labapp.cases.values import (
    ACCEPTED,
    INVALID,
    INVALID_ID_TAG,
    METER_VALUE_INTERVAL,
    TRANSACTION_DURATION,
    times,
)
from labapp.domain.expectations import OMITTED, one_of
from labapp.domain.notation import check, configuration, exchange, in_any_order, manual, state
from labapp.domain.testcase import CHARGE_POINT, Item, LinkOrder, Series, TestCase, Wait
from labapp.ocpp.messages16 import MeterValues, StartTransaction, StatusNotification, StopTransaction

_CUT = LinkOrder("cut")
_RESTORE = LinkOrder("restore")

#: StartTransaction.req of the state Charging, and the step at which it reports that energy flows.
_START, _FLOWING = (CHARGING.id, 9), 11

_STARTS_OFFLINE = (
    configuration("LocalAuthorizeOffline", "true"),
    configuration("LocalAuthListEnabled", "true", if_implemented=True),
    configuration("AuthorizationCacheEnabled", "true", if_implemented=True),
    configuration("AllowOfflineTxForUnknownId", "true", if_implemented=True),
)
_VALID_KNOWN = (state(ID_TAG_LOCAL_AUTH_LIST, when=HAS_LOCAL_LIST), state(ID_TAG_CACHED, when=HAS_CACHE))
#: The card is accepted while it is listed and cached, and is Invalid only in the case itself.
_INVALID_KNOWN = (
    ID_TAG_LOCAL_AUTH_LIST.with_(when=HAS_LOCAL_LIST, validIdTag=INVALID_ID_TAG),
    ID_TAG_CACHED.with_(when=HAS_CACHE, validIdTag=INVALID_ID_TAG),
)
_START_OF_INVALID: tuple[Item, ...] = (
    _CUT,
    manual(PLUG_IN_OFFLINE),
    manual(PRESENT_INVALID_ID_OFFLINE),
    _RESTORE,
    exchange(1, StartTransaction.req(), StartTransaction.conf(idTagInfo=INVALID), timeout="reconnect"),
    exchange(3, StatusNotification.req(status="Charging")),
)

TC_036_CS = TestCase(
    id="TC_036_CS",
    title="Connection Loss During Transaction",
    source=octt16("Table 42"),
    sut=CHARGE_POINT,
    before=(configuration("MeterValueSampleInterval", METER_VALUE_INTERVAL), state(CHARGING)),
    steps=(
        _CUT,
        Wait(times(3, METER_VALUE_INTERVAL), "the station samples its meter while it is offline"),
        _RESTORE,
        Series(
            1,
            MeterValues.req(
                ("meterValue[].sampledValue[].context", one_of("Sample.Periodic", OMITTED)),
                ("meterValue[].sampledValue[].format", one_of("Raw", OMITTED)),
            ),
            MeterValues.conf(),
            2,
            count=1,
            interval=METER_VALUE_INTERVAL,
            tolerance="sample_interval",
            clock="meter",
            since=9,
            state=CHARGING.id,
            reach_back=True,
            until=caught_up(1, _START, METER_VALUE_INTERVAL),
            timeout="reconnect",
        ),
        check(
            1,
            "no value is lost before the first one that came",
            first_in_time(1, _START, _FLOWING, METER_VALUE_INTERVAL),
            message="MeterValues.req",
            path="meterValue[].timestamp",
            expected="<withinMeterValueSampleInterval>",
        ),
    ),
)

TC_037_1_CS = TestCase(
    id="TC_037_1_CS",
    title="Offline Start Transaction - Valid IdTag",
    source=octt16("Table 43"),
    sut=CHARGE_POINT,
    prerequisites=(OFFLINE_START, HAS_LOCAL_START),
    before=(*_STARTS_OFFLINE, *_VALID_KNOWN),
    steps=(
        _CUT,
        manual(PLUG_IN_OFFLINE),
        manual(PRESENT_ID_OFFLINE),
        _RESTORE,
        exchange(1, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED), timeout="reconnect"),
        exchange(3, StatusNotification.req(status="Charging")),
    ),
)

TC_037_2_CS = TestCase(
    id="TC_037_2_CS",
    title="Offline Start Transaction - Invalid IdTag - StopTransactionOnInvalidId = false",
    source=octt16("Table 44"),
    sut=CHARGE_POINT,
    prerequisites=(OFFLINE_START, HAS_LOCAL_START, HAS_READER),
    before=(
        *_STARTS_OFFLINE,
        configuration("StopTransactionOnInvalidId", "false"),
        configuration("MaxEnergyOnInvalidId", "0", if_implemented=True),
        *_INVALID_KNOWN,
    ),
    steps=(*_START_OF_INVALID, exchange(5, StatusNotification.req(status="SuspendedEVSE"))),
)

TC_037_3_CS = TestCase(
    id="TC_037_3_CS",
    title="Offline Start Transaction - Invalid IdTag - StopTransactionOnInvalidId = true",
    source=octt16("Table 45"),
    sut=CHARGE_POINT,
    prerequisites=(OFFLINE_START, HAS_LOCAL_START, HAS_READER),
    before=(
        *_STARTS_OFFLINE,
        configuration("StopTransactionOnInvalidId", "true"),
        configuration("MaxEnergyOnInvalidId", "0", if_implemented=True),
        *_INVALID_KNOWN,
    ),
    steps=(
        *_START_OF_INVALID,
        exchange(5, StopTransaction.req(reason="DeAuthorized")),
        exchange(7, StatusNotification.req(status="Finishing")),
    ),
)

TC_038_CS = TestCase(
    id="TC_038_CS",
    title="Offline Stop Transaction",
    source=octt16("Table 46"),
    sut=CHARGE_POINT,
    prerequisites=(HAS_LOCAL_STOP,),
    before=(state(CHARGING),),
    steps=(
        _CUT,
        Wait(TRANSACTION_DURATION, "the transaction goes on while the station is offline"),
        manual(PRESENT_ID_TO_STOP_OFFLINE),
        _RESTORE,
        in_any_order(
            exchange(1, StopTransaction.req(reason=one_of("Local", OMITTED)), timeout="reconnect"),
            exchange(3, StatusNotification.req(status="Finishing")),
        ),
    ),
)

TC_039_CS = TestCase(
    id="TC_039_CS",
    title="Offline Transaction",
    source=octt16("Table 47"),
    sut=CHARGE_POINT,
    prerequisites=(OFFLINE_START, HAS_LOCAL_START, HAS_LOCAL_STOP),
    before=(*_STARTS_OFFLINE, *_VALID_KNOWN),
    steps=(
        _CUT,
        manual(PLUG_IN_OFFLINE),
        manual(PRESENT_ID_OFFLINE),
        Wait(TRANSACTION_DURATION, "the transaction runs while the station is offline"),
        manual(PRESENT_ID_TO_STOP_OFFLINE),
        manual(UNPLUG_OFFLINE),
        _RESTORE,
        exchange(1, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED), timeout="reconnect"),
        exchange(3, StopTransaction.req(reason=one_of("Local", OMITTED))),
    ),
)

CASES = (TC_036_CS, TC_037_1_CS, TC_037_2_CS, TC_037_3_CS, TC_038_CS, TC_039_CS)
