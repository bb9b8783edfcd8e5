"""The tables of a central system, from boot to configuration keys, as the case document has them: message by message."""

from __future__ import annotations

import pytest

from labapp.cases.catalogue import CATALOGUE, ready_state
from labapp.domain.testcase import UseState
from labapp.ocpp.listing import rows, steps
from labapp.ocpp.versions import VERSIONS
from labapp.services.catalogue import before

Rows = list[tuple[int, str, str, str, str]]

CHANGE, READ, REMOTE = "ChangeConfiguration", "GetConfiguration", "RemoteStartTransaction"
CHARGING, AUTHORIZED = ["state Charging_CSMS"], ["state Authorized_CSMS"]


def status(step: int, text: str) -> Rows:
    """What the tool reports of a connector."""
    return [(step, "tool", "StatusNotification.req", "status", text)]


def info(step: int, action: str, text: str = "Accepted") -> Rows:
    """What the central system says of a card."""
    return [(step, "sut", f"{action}.conf", "idTagInfo.status", text)]


def stop(step: int, reason: str) -> Rows:
    """Why the tool ends the transaction."""
    return [(step, "tool", "StopTransaction.req", "reason", reason)]


def answered(step: int, action: str, text: str) -> Rows:
    """How the tool answers a request."""
    return [(step, "tool", f"{action}.conf", "status", text)]


def booted(step: int) -> Rows:
    """The boot is accepted."""
    return [(step, "sut", "BootNotification.conf", "status", "Accepted")]


def reset(kind: str) -> Rows:
    """A reset, and the boot behind it."""
    return [
        (1, "sut", "Reset.req", "type", kind),
        *answered(2, "Reset", "Accepted"),
        *booted(4),
        *status(5, "Available"),
    ]


READ_ONLY = """GetConfigurationMaxKeys NumberOfConnectors SupportedFeatureProfiles LocalAuthListMaxLength SendLocalListMaxLength
ChargeProfileMaxStackLevel ChargingScheduleAllowedChargingRateUnit ChargingScheduleMaxPeriods MaxChargingProfilesInstalled"""
WRITABLE = """ClockAlignedDataInterval ConnectionTimeOut ConnectorPhaseRotation HeartbeatInterval LocalAuthorizeOffline
LocalPreAuthorize MeterValuesAlignedData MeterValuesSampledData MeterValueSampleInterval ResetRetries
StopTransactionOnEVSideDisconnect StopTransactionOnInvalidId StopTxnAlignedData StopTxnSampledData TransactionMessageAttempts
TransactionMessageRetryInterval UnlockConnectorOnEVSideDisconnect LocalAuthListEnabled"""
ACCESSIBLE = {
    **dict.fromkeys(READ_ONLY.split(), "true"),
    **dict.fromkeys(WRITABLE.split(), "false"),
    "AuthorizeRemoteTxRequests": "true|false",
}

TABLES: dict[str, Rows] = {
    "TC_001": [
        *booted(2),
        *status(3, "Available"),
        *[(5, "tool", "Heartbeat.req", "", "= step 2 interval")] * 2,
    ],
    "TC_004_1": [],
    "TC_004_2": [*status(1, "Preparing"), *status(3, "Available")],
    "TC_005_1": [
        *status(1, "SuspendedEV"),
        *stop(3, "EVDisconnected"),
        *status(5, "Finishing"),
        *status(7, "Available"),
    ],
    "TC_007": [*status(1, "Preparing"), *info(4, "StartTransaction"), *status(5, "Charging")],
    "TC_061": answered(2, "ClearCache", "Accepted"),
    "TC_010": [
        *status(1, "Preparing"),
        *answered(4, REMOTE, "Accepted"),
        *info(6, "Authorize"),
        *info(8, "StartTransaction"),
        *status(9, "Charging"),
    ],
    "TC_011_1": [
        *answered(2, REMOTE, "Accepted"),
        *info(4, "Authorize"),
        *status(5, "Preparing"),
        *info(8, "StartTransaction"),
        *status(9, "Charging"),
    ],
    "TC_011_2": [
        *answered(2, REMOTE, "Accepted"),
        *info(4, "Authorize"),
        *status(5, "Preparing"),
        *status(7, "Available"),
    ],
    "TC_013": reset("Hard"),
    "TC_014": reset("Soft"),
    "TC_017_1": answered(2, "UnlockConnector", "Unlocked"),
    "TC_017_2": answered(2, "UnlockConnector", "NotSupported"),
    "TC_018_1": [
        *answered(2, "UnlockConnector", "Unlocked"),
        *status(3, "Finishing"),
        *stop(5, "UnlockCommand"),
        *status(7, "Available"),
    ],
    "TC_019_1": [
        (1, "sut", "GetConfiguration.req", "key", "<empty>"),
        *(
            (2, "tool", "GetConfiguration.conf", f"configurationKey[key={key}].readonly", readonly)
            for key, readonly in ACCESSIBLE.items()
        ),
    ],
    "TC_019_2": [
        (1, "sut", "GetConfiguration.req", "key[]", "SupportedFeatureProfiles"),
        (2, "tool", "GetConfiguration.conf", "unknownKey", "<empty>"),
        (2, "tool", "GetConfiguration.conf", "configurationKey[].key", "SupportedFeatureProfiles"),
    ],
    "TC_021": [
        (1, "sut", "ChangeConfiguration.req", "key", "MeterValueSampleInterval"),
        (1, "sut", "ChangeConfiguration.req", "value", "60"),
        *answered(2, CHANGE, "Accepted"),
    ],
    "TC_023_1": info(2, "Authorize", "Invalid"),
    "TC_023_2": info(2, "Authorize", "Expired"),
    "TC_023_3": info(2, "Authorize", "Blocked"),
    "TC_024": [
        *status(1, "Preparing"),
        (3, "tool", "StatusNotification.req", "errorCode", "ConnectorLockFailure"),
        *status(3, "Faulted"),
    ],
    "TC_026": answered(2, REMOTE, "Rejected"),
    "TC_028": answered(2, "RemoteStopTransaction", "Rejected"),
    "TC_030": answered(2, "UnlockConnector", "UnlockFailed"),
    "TC_031": answered(2, "UnlockConnector", "NotSupported"),
    "TC_032_1": [
        *booted(2),
        (3, "tool", "StatusNotification.req", "connectorId", "<connectorId>"),
        *status(3, "Finishing"),
        *status(3, "Available"),
        *stop(5, "PowerLoss"),
    ],
    "TC_037_1": [*info(2, "StartTransaction"), *status(3, "Charging")],
    "TC_037_3": [
        *info(2, "StartTransaction", "Invalid"),
        *status(3, "Charging"),
        *stop(5, "DeAuthorized"),
        *status(7, "Finishing"),
    ],
    "TC_039": [*info(2, "StartTransaction"), *stop(3, "Local|<omitted>")],
    "TC_040_1": answered(2, CHANGE, "NotSupported"),
    "TC_040_2": [
        (1, "sut", "ChangeConfiguration.req", "key", "MeterValueSampleInterval"),
        *answered(2, CHANGE, "Rejected"),
    ],
}

BEFORE = {
    "TC_001": ["disconnect the tool", "connect the tool"],
    **dict.fromkeys(("TC_004_2", "TC_024"), AUTHORIZED),
    **dict.fromkeys(("TC_005_1", "TC_018_1", "TC_028", "TC_032_1"), CHARGING),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_case_states_what_its_table_states_and_nothing_else(name: str) -> None:
    case = CATALOGUE[f"{name}_CSMS"]
    found = [row for row in rows(case, VERSIONS["1.6"]) if row.field or row.mode == "timing"]
    assert sorted((row.step, row.sender, row.message, row.field, row.expected) for row in found) == sorted(TABLES[name])
    assert {row.mode for row in found} <= {"mandatory", "timing"}


@pytest.mark.parametrize("name", TABLES)
def test_the_preparation_is_that_of_the_table(name: str) -> None:
    assert before(CATALOGUE[f"{name}_CSMS"]) == BEFORE.get(name, [])


@pytest.mark.parametrize("name", TABLES)
def test_the_case_begins_booted_unless_it_brings_the_boot_about_itself(name: str) -> None:
    ready = ready_state(CATALOGUE[f"{name}_CSMS"])
    assert (ready.state.id if ready else None) == (None if name == "TC_001" else "Booted_CSMS")


def test_identification_first_is_the_state_charging_and_no_more() -> None:
    case = CATALOGUE["TC_004_1_CSMS"]
    assert [item.state.id for item in case.steps if isinstance(item, UseState)] == ["Charging_CSMS"]
    assert [line["step"] for line in steps(case, VERSIONS["1.6"])] == [1]
