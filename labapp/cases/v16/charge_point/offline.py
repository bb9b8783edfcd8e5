"""Core profile, charge point: power failure and offline behaviour (OCTT 1.6, sections 2.14 and 2.15)."""

from __future__ import annotations

from labapp.cases.actions import PLUG_IN_OFFLINE, POWER_CYCLE, PRESENT_ID_OFFLINE, PRESENT_ID_TO_STOP
from labapp.cases.conditions import (
    HAS_CACHE,
    HAS_LOCAL_LIST,
    HAS_LOCAL_START,
    NO_BACKUP_POWER,
    NOT_YET_FINISHING,
    OFFLINE_START,
    RESUMED_CHARGING,
    STOPPED_BY_POWER_LOSS,
)
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING, ID_TAG_CACHED, ID_TAG_LOCAL_AUTH_LIST
from labapp.cases.values import ACCEPTED, CONNECTOR_ID
from labapp.domain.expectations import OMITTED, Literal, When, one_of
from labapp.domain.testcase import (
    CHARGE_POINT,
    OTHERS_AND_ZERO,
    LinkOrder,
    TestCase,
    configuration,
    exchange,
    in_any_order,
    manual,
    state,
)
from labapp.ocpp.messages16 import BootNotification, StartTransaction, StatusNotification, StopTransaction

TC_032_2_CS = TestCase(
    id="TC_032_2_CS",
    title="Power failure boot charging point-configured to stop transaction(s)",
    source=octt16("Table 40", "Preparing or Finishing at step 3 is also the message of step 7"),
    sut=CHARGE_POINT,
    prerequisites=(NO_BACKUP_POWER,),
    before=(state(CHARGING),),
    steps=(
        manual(POWER_CYCLE),
        exchange(1, BootNotification.req(), BootNotification.conf(status="Accepted"), timeout="reboot"),
        in_any_order(
            exchange(
                3,
                StatusNotification.req(connectorId=CONNECTOR_ID, status=one_of("Preparing", "Finishing", "Charging")),
            ),
            exchange(3, StatusNotification.req(status="Available"), connectors=OTHERS_AND_ZERO, occurrence=2),
            manual(PRESENT_ID_TO_STOP, when=RESUMED_CHARGING),
            exchange(
                5,
                StopTransaction.req(
                    ("reason", When(RESUMED_CHARGING, one_of("Local", OMITTED))),
                    ("reason", When(STOPPED_BY_POWER_LOSS, Literal("PowerLoss"))),
                ),
            ),
            exchange(7, StatusNotification.req(status=one_of("Preparing", "Finishing")), when=NOT_YET_FINISHING),
        ),
    ),
)

TC_037_1_CS = TestCase(
    id="TC_037_1_CS",
    title="Offline Start Transaction - Valid IdTag",
    source=octt16("Table 43"),
    sut=CHARGE_POINT,
    prerequisites=(OFFLINE_START, HAS_LOCAL_START),
    before=(
        configuration("LocalAuthorizeOffline", "true"),
        configuration("LocalAuthListEnabled", "true", if_implemented=True),
        configuration("AuthorizationCacheEnabled", "true", if_implemented=True),
        configuration("AllowOfflineTxForUnknownId", "true", if_implemented=True),
        state(ID_TAG_LOCAL_AUTH_LIST, when=HAS_LOCAL_LIST),
        state(ID_TAG_CACHED, when=HAS_CACHE),
    ),
    steps=(
        LinkOrder("cut"),
        manual(PLUG_IN_OFFLINE),
        manual(PRESENT_ID_OFFLINE),
        LinkOrder("restore"),
        exchange(1, StartTransaction.req(), StartTransaction.conf(idTagInfo=ACCEPTED), timeout="reconnect"),
        exchange(3, StatusNotification.req(status="Charging")),
    ),
)

CASES = (TC_032_2_CS, TC_037_1_CS)
