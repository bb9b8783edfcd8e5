"""Reading and setting configuration keys, central system (OCTT 1.6, sections 3.7 and 3.13)."""

from __future__ import annotations

from labapp.cases.source import octt16
from labapp.domain.expectations import EMPTY, Expected, Literal, one_of
from labapp.domain.notation import asked
from labapp.domain.testcase import CENTRAL_SYSTEM, TestCase
from labapp.ocpp.messages16 import ChangeConfiguration, GetConfiguration

_READ = Literal(True)
_WRITE = Literal(False)
_EITHER = one_of(True, False)

#: The accessibility of each key of the table.
ACCESSIBILITY: tuple[tuple[str, Expected], ...] = (
    ("AuthorizeRemoteTxRequests", _EITHER),
    ("ClockAlignedDataInterval", _WRITE),
    ("ConnectionTimeOut", _WRITE),
    ("ConnectorPhaseRotation", _WRITE),
    ("GetConfigurationMaxKeys", _READ),
    ("HeartbeatInterval", _WRITE),
    ("LocalAuthorizeOffline", _WRITE),
    ("LocalPreAuthorize", _WRITE),
    ("MeterValuesAlignedData", _WRITE),
    ("MeterValuesSampledData", _WRITE),
    ("MeterValueSampleInterval", _WRITE),
    ("NumberOfConnectors", _READ),
    ("ResetRetries", _WRITE),
    ("StopTransactionOnEVSideDisconnect", _WRITE),
    ("StopTransactionOnInvalidId", _WRITE),
    ("StopTxnAlignedData", _WRITE),
    ("StopTxnSampledData", _WRITE),
    ("SupportedFeatureProfiles", _READ),
    ("TransactionMessageAttempts", _WRITE),
    ("TransactionMessageRetryInterval", _WRITE),
    ("UnlockConnectorOnEVSideDisconnect", _WRITE),
    ("LocalAuthListEnabled", _WRITE),
    ("LocalAuthListMaxLength", _READ),
    ("SendLocalListMaxLength", _READ),
    ("ChargeProfileMaxStackLevel", _READ),
    ("ChargingScheduleAllowedChargingRateUnit", _READ),
    ("ChargingScheduleMaxPeriods", _READ),
    ("MaxChargingProfilesInstalled", _READ),
)

TC_019_1_CSMS = TestCase(
    id="TC_019_1_CSMS",
    title="Retrieve all configuration keys",
    source=octt16("Table 138"),
    sut=CENTRAL_SYSTEM,
    steps=(
        asked(
            1,
            GetConfiguration.req(key=EMPTY),
            GetConfiguration.conf(
                *((f"configurationKey[key={key}].readonly", readonly) for key, readonly in ACCESSIBILITY)
            ),
        ),
    ),
)

TC_019_2_CSMS = TestCase(
    id="TC_019_2_CSMS",
    title="Retrieve specific configuration key",
    source=octt16("Table 139"),
    sut=CENTRAL_SYSTEM,
    steps=(
        asked(
            1,
            GetConfiguration.req(("key[]", "SupportedFeatureProfiles")),
            GetConfiguration.conf(("configurationKey[].key", "SupportedFeatureProfiles"), unknownKey=EMPTY),
        ),
    ),
)

TC_021_CSMS = TestCase(
    id="TC_021_CSMS",
    title="Change/set Configuration",
    source=octt16("Table 140"),
    sut=CENTRAL_SYSTEM,
    steps=(
        asked(
            1,
            ChangeConfiguration.req(key="MeterValueSampleInterval", value="60"),
            ChangeConfiguration.conf(status="Accepted"),
        ),
    ),
)

TC_040_1_CSMS = TestCase(
    id="TC_040_1_CSMS",
    title="Configuration keys - NotSupported",
    source=octt16("Table 153"),
    sut=CENTRAL_SYSTEM,
    steps=(
        asked(
            1,
            ChangeConfiguration.req(),
            ChangeConfiguration.conf(status="NotSupported"),
            enter=(("key", Literal("UnknownKey")), ("value", Literal("1"))),
        ),
    ),
)

TC_040_2_CSMS = TestCase(
    id="TC_040_2_CSMS",
    title="Configuration Keys - Invalid value",
    source=octt16("Table 154"),
    sut=CENTRAL_SYSTEM,
    steps=(
        asked(
            1,
            ChangeConfiguration.req(key="MeterValueSampleInterval"),
            ChangeConfiguration.conf(status="Rejected"),
            enter=(("value", Literal("-1")),),
        ),
    ),
)

CASES = (TC_019_1_CSMS, TC_019_2_CSMS, TC_021_CSMS, TC_040_1_CSMS, TC_040_2_CSMS)
