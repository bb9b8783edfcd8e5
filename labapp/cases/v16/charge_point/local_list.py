"""Local authorization list, charge point (OCTT 1.6, section 2.18)."""

from __future__ import annotations

from labapp.cases.actions import FAIL_LOCAL_LIST, PLUG_IN, PRESENT_ID
from labapp.cases.conditions import (
    HAS_LOCAL_START,
    LIST_CAN_BE_OFF,
    feature,
    lacks,
    not_fixed_to_false,
)
from labapp.cases.source import octt16
from labapp.cases.values import (
    ACCEPTED,
    CONNECTION_TIMEOUT,
    CONNECTOR_ID,
    TRANSACTION_DURATION,
    VALID_ID_TAG,
)
from labapp.domain.expectations import OMITTED
from labapp.domain.notation import absent, configuration, exchange, in_any_order, manual
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.ocpp.messages16 import (
    Authorize,
    GetLocalListVersion,
    RemoteStartTransaction,
    SendLocalList,
    StartTransaction,
    StatusNotification,
)

_PROFILE = feature("LocalAuthListManagement")
_ENABLED = configuration("LocalAuthListEnabled", "true")
_VALID = [{"idTag": VALID_ID_TAG, "idTagInfo": ACCEPTED}]

TC_042_1_CS = TestCase(
    id="TC_042_1_CS",
    title="Get Local List Version (not supported)",
    source=octt16("Table 51"),
    sut=CHARGE_POINT,
    prerequisites=(LIST_CAN_BE_OFF,),
    before=(configuration("LocalAuthListEnabled", "false", if_implemented=True),),
    steps=(exchange(1, GetLocalListVersion.req(), GetLocalListVersion.conf(listVersion=-1), errors=("NotSupported",)),),
)

TC_042_2_CS = TestCase(
    id="TC_042_2_CS",
    title="Get Local List Version (empty)",
    source=octt16("Table 52"),
    sut=CHARGE_POINT,
    prerequisites=(_PROFILE,),
    before=(_ENABLED,),
    steps=(
        exchange(
            1,
            SendLocalList.req(listVersion=1, localAuthorizationList=OMITTED, updateType="Full"),
            SendLocalList.conf(status="Accepted"),
        ),
        exchange(3, GetLocalListVersion.req(), GetLocalListVersion.conf(listVersion=0)),
    ),
)

TC_043_CS = TestCase(
    id="TC_043_CS",
    title="Send Local Authorization List",
    source=octt16("Table 53"),
    sut=CHARGE_POINT,
    prerequisites=(_PROFILE,),
    before=(_ENABLED,),
    steps=(
        exchange(
            1,
            SendLocalList.req(updateType="Full"),
            SendLocalList.conf(status="Accepted"),
        ),
        exchange(3, SendLocalList.req(updateType="Differential"), SendLocalList.conf(status="Accepted")),
    ),
)

TC_043_1_CS = TestCase(
    id="TC_043_1_CS",
    title="Send Local Authorization List - NotSupported",
    source=octt16("Table 54"),
    sut=CHARGE_POINT,
    prerequisites=(lacks("LocalAuthListManagement"),),
    steps=(
        exchange(
            1,
            SendLocalList.req(updateType="Full"),
            SendLocalList.conf(status="NotSupported"),
            errors=("NotSupported",),
        ),
    ),
)

TC_043_2_CS = TestCase(
    id="TC_043_2_CS",
    title="Send Local Authorization List - VersionMismatch",
    source=octt16("Table 55"),
    sut=CHARGE_POINT,
    prerequisites=(_PROFILE,),
    before=(_ENABLED,),
    steps=(
        exchange(
            1,
            SendLocalList.req(updateType="Full", listVersion=2),
            SendLocalList.conf(status="Accepted"),
        ),
        exchange(3, GetLocalListVersion.req(), GetLocalListVersion.conf(listVersion=2)),
        exchange(
            5,
            SendLocalList.req(updateType="Differential", listVersion=5),
            SendLocalList.conf(status="Accepted"),
        ),
        exchange(7, GetLocalListVersion.req(), GetLocalListVersion.conf(listVersion=5)),
        exchange(
            9,
            SendLocalList.req(updateType="Differential", listVersion=4),
            SendLocalList.conf(status="VersionMismatch"),
        ),
        exchange(11, GetLocalListVersion.req(), GetLocalListVersion.conf(listVersion=5)),
    ),
)

TC_043_3_CS = TestCase(
    id="TC_043_3_CS",
    title="Send Local Authorization List - Failed",
    source=octt16("Table 56"),
    sut=CHARGE_POINT,
    prerequisites=(_PROFILE,),
    before=(_ENABLED, manual(FAIL_LOCAL_LIST)),
    steps=(
        exchange(
            1,
            SendLocalList.req(updateType="Full", listVersion=2),
            SendLocalList.conf(status="Failed"),
        ),
    ),
)

TC_008_1_CS = TestCase(
    id="TC_008_1_CS",
    title="Regular Start Charging Session – Id in Local Authorization List",
    source=octt16("Table 57", "steps 7 and 9 are the ones that may be reversed"),
    sut=CHARGE_POINT,
    prerequisites=(_PROFILE, HAS_LOCAL_START),
    before=(
        configuration("LocalPreAuthorize", "true"),
        configuration("AuthorizationCacheEnabled", "false", if_implemented=True),
        _ENABLED,
    ),
    steps=(
        exchange(1, GetLocalListVersion.req()),
        exchange(
            3,
            SendLocalList.req(updateType="Full", localAuthorizationList=_VALID),
            SendLocalList.conf(status="Accepted"),
            gate=True,
        ),
        manual(PRESENT_ID),
        exchange(5, StatusNotification.req(status="Preparing")),
        manual(PLUG_IN, countdown=CONNECTION_TIMEOUT),
        in_any_order(
            exchange(7, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED)),
            exchange(9, StatusNotification.req(status="Charging")),
        ),
    ),
)

TC_008_2_CS = TestCase(
    id="TC_008_2_CS",
    title="Remote Start Charging Session – Id in Local Authorization List",
    source=octt16("Table 58"),
    sut=CHARGE_POINT,
    prerequisites=(_PROFILE, not_fixed_to_false("AuthorizeRemoteTxRequests")),
    before=(
        configuration("LocalPreAuthorize", "true"),
        configuration("AuthorizationCacheEnabled", "false", if_implemented=True),
        _ENABLED,
        configuration("AuthorizeRemoteTxRequests", "true"),
    ),
    steps=(
        exchange(1, GetLocalListVersion.req()),
        exchange(
            3,
            SendLocalList.req(updateType="Full", localAuthorizationList=_VALID),
            SendLocalList.conf(status="Accepted"),
            gate=True,
        ),
        exchange(
            5,
            RemoteStartTransaction.req(connectorId=CONNECTOR_ID, idTag=VALID_ID_TAG),
            RemoteStartTransaction.conf(status="Accepted"),
            gate=True,
        ),
        absent(6, Authorize.req(), TRANSACTION_DURATION),
        exchange(7, StatusNotification.req(status="Preparing")),
        manual(PLUG_IN, countdown=CONNECTION_TIMEOUT),
        in_any_order(
            exchange(9, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED)),
            exchange(11, StatusNotification.req(status="Charging")),
        ),
    ),
)

CASES = (
    TC_042_1_CS,
    TC_042_2_CS,
    TC_043_CS,
    TC_043_1_CS,
    TC_043_2_CS,
    TC_043_3_CS,
    TC_008_1_CS,
    TC_008_2_CS,
)
