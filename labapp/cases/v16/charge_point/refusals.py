"""Core profile, charge point: what must be refused (OCTT 1.6, sections 2.10 to 2.12 and 2.16)."""

from __future__ import annotations

from labapp.cases.actions import PLUG_IN, PRESENT_INVALID_ID
from labapp.cases.conditions import HAS_LOCAL_START, HAS_READER, not_fixed_to_false
from labapp.cases.source import octt16
from labapp.cases.v16.charge_point.states import CHARGING
from labapp.cases.values import CONNECTOR_ID, INVALID, INVALID_ID_TAG, TRANSACTION_DURATION
from labapp.domain.expectations import Computed, FromStep
from labapp.domain.notation import absent, configuration, exchange, manual, state
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.domain.view import View
from labapp.ocpp.messages16 import (
    Authorize,
    ChangeConfiguration,
    RemoteStartTransaction,
    RemoteStopTransaction,
    StartTransaction,
    StatusNotification,
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
    prerequisites=(HAS_LOCAL_START, HAS_READER),
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

TC_023_5_CS = TestCase(
    id="TC_023_5_CS",
    title="Start remote Charging Session – Authorize invalid",
    source=octt16(
        "Table 32",
        "section 1.3: a station without MinimumStatusDuration can pass all the same",
        "the absence of StartTransaction has no step of its own and is judged with step 5",
    ),
    sut=CHARGE_POINT,
    prerequisites=(not_fixed_to_false("AuthorizeRemoteTxRequests"),),
    before=(
        configuration("MinimumStatusDuration", "10", if_implemented=True),
        configuration("LocalPreAuthorize", "true"),
        configuration("AuthorizeRemoteTxRequests", "true"),
    ),
    steps=(
        exchange(
            1,
            RemoteStartTransaction.req(connectorId=CONNECTOR_ID, idTag=INVALID_ID_TAG),
            RemoteStartTransaction.conf(status="Accepted"),
            gate=True,
        ),
        exchange(3, Authorize.req(), Authorize.conf(idTagInfo=INVALID)),
        manual(PLUG_IN),
        exchange(5, StatusNotification.req(status="Preparing")),
        absent(5, StartTransaction.req(), TRANSACTION_DURATION),
    ),
)

TC_026_CS = TestCase(
    id="TC_026_CS",
    title="Remote Start Charging Session – Rejected",
    source=octt16("Table 34"),
    sut=CHARGE_POINT,
    before=(configuration("LocalPreAuthorize", "false"), state(CHARGING)),
    steps=(
        exchange(
            1,
            RemoteStartTransaction.req(connectorId=FromStep(3, "connectorId", CHARGING.id)),
            RemoteStartTransaction.conf(status="Rejected"),
        ),
    ),
)

TC_027_CS = TestCase(
    id="TC_027_CS",
    title="Remote start transaction - connector id shall not be 0",
    source=octt16("Table 35"),
    sut=CHARGE_POINT,
    steps=(
        exchange(
            1,
            RemoteStartTransaction.req(connectorId=0),
            RemoteStartTransaction.conf(status="Rejected"),
            errors=(),
        ),
    ),
)


def _unknown_transaction(view: View) -> int:
    """The tool counts upwards, so the number behind that of the running transaction was never given."""
    running = view.transaction()
    return running + 1 if isinstance(running, int) else 1


TC_028_CS = TestCase(
    id="TC_028_CS",
    title="Remote Stop Transaction - Rejected",
    source=octt16("Table 36"),
    sut=CHARGE_POINT,
    before=(state(CHARGING),),
    steps=(
        exchange(
            1,
            RemoteStopTransaction.req(transactionId=Computed("unknownTransactionId", _unknown_transaction)),
            RemoteStopTransaction.conf(status="Rejected"),
        ),
    ),
)

TC_040_1_CS = TestCase(
    id="TC_040_1_CS",
    title="Configuration key - NotSupported",
    source=octt16("Table 48"),
    sut=CHARGE_POINT,
    steps=(
        exchange(
            1,
            ChangeConfiguration.req(key="Testing", value="true"),
            ChangeConfiguration.conf(status="NotSupported"),
        ),
    ),
)

TC_040_2_CS = TestCase(
    id="TC_040_2_CS",
    title="Configuration key - Invalid value",
    source=octt16("Table 49"),
    sut=CHARGE_POINT,
    steps=(
        exchange(
            1,
            ChangeConfiguration.req(key="MeterValueSampleInterval", value="-1"),
            ChangeConfiguration.conf(status="Rejected"),
            errors=("PropertyConstraintViolation",),
        ),
    ),
)

CASES = (TC_023_4_CS, TC_023_5_CS, TC_026_CS, TC_027_CS, TC_028_CS, TC_040_1_CS, TC_040_2_CS)
