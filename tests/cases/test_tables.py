"""What the tables of the documents state, written down a second time: step, who sends it, message, field, value.

The rows of a message that only come, and the tool's own values where the tables state none, are not repeated here.
"""

from __future__ import annotations

import pytest

from labapp.cases.catalogue import ALL, CATALOGUE
from labapp.cases.conditions import at_least
from labapp.domain.testcase import OfState
from labapp.ocpp.listing import Row, rows
from labapp.ocpp.versions import VERSIONS
from labapp.services.catalogue import before
from tests.engine.driver import Driver

C, S = "<connectorId>", "StatusNotification.req"
LIMITS = (("0", "8"), ("50 - x", "10"), ("200 - x", "6"), ("240 - x", "10"))
LIMITS += (("260 - x + <maxTimeDeviation>", "8"), ("300 - y + <maxTimeDeviation>", "10"))
PERIOD = "chargingSchedule.chargingSchedulePeriod"
PROFILE = "csChargingProfiles"

TABLES: dict[str, list[tuple[int, str, str, str, str]]] = {
    "GetConfiguration_CS": [(1, "tool", "GetConfiguration.req", "key[0]", "<configurationKey>")],
    "Authorized_CS": [
        (1, "sut", "Authorize.req", "idTag", "<validIdTag>"),
        (2, "tool", "Authorize.conf", "idTagInfo.status", "Accepted"),
        (3, "sut", S, "status", "Preparing"),
    ],
    "Charging_CS": [
        (1, "tool", "GetConfiguration.req", "key[0]", "AuthorizeRemoteTxRequests"),
        (3, "tool", "RemoteStartTransaction.req", "connectorId", C),
        (3, "tool", "RemoteStartTransaction.req", "idTag", "<validIdTag>"),
        (3, "tool", "RemoteStartTransaction.req", "chargingProfile", "<chargingProfile>"),
        (4, "sut", "RemoteStartTransaction.conf", "status", "Accepted"),
        (5, "sut", "Authorize.req", "idTag", "<validIdTag>"),
        (6, "tool", "Authorize.conf", "idTagInfo.status", "Accepted"),
        (7, "sut", S, "connectorId", C),
        (7, "sut", S, "status", "Preparing"),
        (9, "sut", "StartTransaction.req", "connectorId", C),
        (9, "sut", "StartTransaction.req", "idTag", "<validIdTag>"),
        (10, "tool", "StartTransaction.conf", "idTagInfo.status", "Accepted"),
        (11, "sut", S, "connectorId", C),
        (11, "sut", S, "status", "Charging"),
    ],
    "IdTagCached_CS": [
        (1, "tool", "RemoteStopTransaction.req", "transactionId", "= step Charging_CS:10 transactionId"),
        (2, "sut", "RemoteStopTransaction.conf", "status", "Accepted"),
        (3, "sut", "StopTransaction.req", "transactionId", "= step Charging_CS:10 transactionId"),
        (4, "tool", "StopTransaction.conf", "idTagInfo.status", "Accepted"),
        (5, "sut", S, "connectorId", C),
        (5, "sut", S, "status", "Finishing"),
        (7, "sut", S, "connectorId", C),
        (7, "sut", S, "status", "Available"),
    ],
    "IdTagLocalAuthList_CS": [
        (1, "tool", "SendLocalList.req", "listVersion", "1"),
        (1, "tool", "SendLocalList.req", "localAuthorizationList[0].idTag", "<validIdTag>"),
        (1, "tool", "SendLocalList.req", "localAuthorizationList[0].idTagInfo.status", "Accepted"),
        (2, "sut", "SendLocalList.conf", "status", "Accepted"),
    ],
    "SetChargingProfile_CS": [
        (1, "tool", "SetChargingProfile.req", "connectorId", C),
        (1, "tool", "SetChargingProfile.req", PROFILE, "<chargingProfile>"),
        (2, "sut", "SetChargingProfile.conf", "status", "Accepted"),
    ],
    "TC_001_CS": [
        (2, "tool", "BootNotification.conf", "status", "Rejected"),
        (3, "sut", "BootNotification.req", "", "= step 2 interval after step 2"),
        (4, "tool", "BootNotification.conf", "status", "Accepted"),
        (4, "tool", "BootNotification.conf", "interval", "<heartbeatInterval>"),
        (5, "sut", S, "status", "Available"),
        (7, "sut", "Heartbeat.req", "", "= step 4 interval"),
    ],
    "TC_003_CS": [
        (1, "sut", S, "status", "Preparing"),
        (4, "tool", "Authorize.conf", "idTagInfo.status", "Accepted"),
        (6, "tool", "StartTransaction.conf", "idTagInfo.status", "Accepted"),
        (7, "sut", S, "status", "Charging"),
    ],
    "TC_013_CS": [
        (1, "tool", "ChangeAvailability.req", "connectorId", C),
        (1, "tool", "ChangeAvailability.req", "type", "Inoperative"),
        (2, "sut", "ChangeAvailability.conf", "status", "Accepted"),
        (3, "sut", S, "connectorId", C),
        (3, "sut", S, "status", "Unavailable"),
        (5, "tool", "Reset.req", "type", "Hard"),
        (6, "sut", "Reset.conf", "status", "Accepted"),
        (8, "tool", "BootNotification.conf", "status", "Accepted"),
        (9, "sut", S, "connectorId", C),
        (9, "sut", S, "status", "Unavailable"),
        (9, "sut", S, "status", "Available"),
        (11, "tool", "ChangeAvailability.req", "connectorId", C),
        (11, "tool", "ChangeAvailability.req", "type", "Operative"),
        (12, "sut", "ChangeAvailability.conf", "status", "Accepted"),
        (13, "sut", S, "connectorId", C),
        (13, "sut", S, "status", "Available"),
    ],
    "TC_023_4_CS": [
        (2, "tool", "Authorize.conf", "idTagInfo.status", "Invalid"),
        (3, "sut", S, "status", "Preparing"),
        (3, "sut", "StartTransaction.req", "", "<omitted>"),
    ],
    "TC_061_1_CS": [
        (1, "sut", S, "status", "Preparing"),
        (3, "sut", S, "status", "Available"),
        (4, "tool", "Authorize.conf", "idTagInfo.status", "Accepted"),
        (6, "sut", "ClearCache.conf", "status", "Accepted"),
        (7, "sut", S, "status", "Preparing"),
        (8, "tool", "Authorize.conf", "idTagInfo.status", "Accepted"),
    ],
    "TC_032_2_CS": [
        (2, "tool", "BootNotification.conf", "status", "Accepted"),
        (3, "sut", S, "connectorId", C),
        (3, "sut", S, "status", "Preparing|Finishing|Charging"),
        (3, "sut", S, "status", "Available"),
        (5, "sut", "StopTransaction.req", "reason", "Local|<omitted>"),
        (5, "sut", "StopTransaction.req", "reason", "PowerLoss"),
        (7, "sut", S, "status", "Preparing|Finishing"),
    ],
    "TC_037_1_CS": [
        (2, "tool", "StartTransaction.conf", "idTagInfo.status", "Accepted"),
        (3, "sut", S, "status", "Charging"),
    ],
    "TC_066_CS": [
        (1, "tool", "GetCompositeSchedule.req", "connectorId", C),
        (1, "tool", "GetCompositeSchedule.req", "duration", "400"),
        (1, "tool", "GetCompositeSchedule.req", "chargingRateUnit", "<chargingRateUnit>"),
        (2, "sut", "GetCompositeSchedule.conf", "status", "Accepted"),
        (2, "sut", "GetCompositeSchedule.conf", "connectorId", C),
        (2, "sut", "GetCompositeSchedule.conf", "chargingSchedule.duration", "400"),
        (2, "sut", "GetCompositeSchedule.conf", "chargingSchedule.chargingRateUnit", "<chargingRateUnit>"),
        (2, "sut", "GetCompositeSchedule.conf", "scheduleStart", "<requestTime> +/- <maxTimeDeviation>"),
        *(
            (2, "sut", "GetCompositeSchedule.conf", f"{PERIOD}[{index}].{field}", value)
            for index, limit in enumerate(LIMITS)
            for field, value in zip(("startPeriod", "limit"), limit, strict=True)
        ),
    ],
    "TC_070_CS": [
        (1, "sut", "MeterValues.req", "", "<meterValueSampleInterval>"),
        (1, "sut", "MeterValues.req", "meterValue[].sampledValue[].context", "Sample.Periodic"),
        (1, "sut", "MeterValues.req", "meterValue[].sampledValue[].format", "Raw|<omitted>"),
        (1, "sut", "MeterValues.req", "meterValue[].sampledValue[].measurand", "<meterValuesSampledData>"),
        (1, "sut", "MeterValues.req", "meterValue[].sampledValue[].location", "<not EV>"),
    ],
    "Booted_CSMS": [
        (1, "tool", "BootNotification.req", "chargePointVendor", "<vendorName>"),
        (1, "tool", "BootNotification.req", "chargePointModel", "<model>"),
        (2, "sut", "BootNotification.conf", "status", "Accepted"),
        (3, "tool", S, "status", "Available"),
    ],
    "Authorized_CSMS": [
        (1, "tool", "Authorize.req", "idTag", "<validIdTag>"),
        (2, "sut", "Authorize.conf", "idTagInfo.status", "Accepted"),
    ],
    "Charging_CSMS": [
        (1, "tool", S, "status", "Preparing"),
        (1, "tool", S, "connectorId", C),
        (3, "tool", "StartTransaction.req", "idTag", "<validIdTag>"),
        (3, "tool", "StartTransaction.req", "connectorId", C),
        (4, "sut", "StartTransaction.conf", "idTagInfo.status", "Accepted"),
        (5, "tool", S, "status", "Charging"),
        (5, "tool", S, "connectorId", C),
    ],
    "TC_003_CSMS": [
        (1, "tool", S, "status", "Preparing"),
        (4, "sut", "Authorize.conf", "idTagInfo.status", "Accepted"),
        (6, "sut", "StartTransaction.conf", "idTagInfo.status", "Accepted"),
        (7, "tool", S, "status", "Charging"),
    ],
    "TC_012_CSMS": [
        (2, "tool", "RemoteStopTransaction.conf", "status", "Accepted"),
        (3, "tool", "StopTransaction.req", "reason", "Remote"),
        (5, "tool", S, "status", "Finishing"),
        (7, "tool", S, "status", "Available"),
    ],
    "TC_056_CSMS": [
        (1, "sut", "SetChargingProfile.req", "connectorId", C),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.stackLevel", "<stackLevel>"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.chargingProfilePurpose", "TxDefaultProfile"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.chargingProfileKind", "Absolute"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.validFrom", "<present>"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.validTo", "<present>"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.transactionId", "<omitted>"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.recurrencyKind", "<omitted>"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.chargingSchedule.startSchedule", "<present>"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.chargingSchedule.chargingRateUnit", "<chargingRateUnit>"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.chargingSchedule.duration", "<scheduleDuration>"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.{PERIOD}[0].startPeriod", "0"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.{PERIOD}[0].limit", "6.0|6000.0"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.{PERIOD}[0].numberPhases", "<numberPhases>"),
        (1, "sut", "SetChargingProfile.req", f"{PROFILE}.{PERIOD}[0].numberPhases", "3|<omitted>"),
        (2, "tool", "SetChargingProfile.conf", "status", "Accepted"),
    ],
    "TC_085_CSMS": [
        (1, "tool", "HTTP", "Authorization", "<omitted>"),
        (2, "sut", "HTTP", "status", "<not 101>"),
        (3, "tool", "HTTP", "Authorization", "<present>"),
        (4, "sut", "HTTP", "status", "101"),
    ],
}

SN, BN, CA = "StatusNotification", "BootNotification", "ChangeAvailability"
#: Steps of each table and who takes them, in their order; of tables to which the corrections add a step there is none.
SEQUENCES: dict[str, list[tuple[int, str, str]]] = {
    "TC_001_CS": [(1, "sut", BN), (3, "sut", BN), (5, "sut", SN), (7, "sut", "Heartbeat")],
    "TC_003_CS": [(1, "sut", SN), (3, "sut", "Authorize"), (5, "sut", "StartTransaction"), (7, "sut", SN)],
    "TC_013_CS": [
        (1, "tool", CA), (3, "sut", SN), (5, "tool", "Reset"), (7, "sut", BN),
        (9, "sut", SN), (9, "sut", SN), (11, "tool", CA), (13, "sut", SN),
    ],
    "TC_019_CS": [(step, "tool", "GetConfiguration") for step in (1, 3, 5, 7)],
    "TC_032_2_CS": [
        (1, "sut", BN), (3, "sut", SN), (3, "sut", SN),
        (5, "sut", "StopTransaction"), (7, "sut", SN),
    ],
    "TC_037_1_CS": [(1, "sut", "StartTransaction"), (3, "sut", SN)],
    "TC_066_CS": [(1, "tool", "GetCompositeSchedule")],
    "TC_003_CSMS": [
        (1, "tool", SN), (3, "tool", "Authorize"), (5, "tool", "StartTransaction"), (7, "tool", SN),
    ],
    "TC_012_CSMS": [
        (1, "sut", "RemoteStopTransaction"), (3, "tool", "StopTransaction"), (5, "tool", SN), (7, "tool", SN),
    ],
    "TC_056_CSMS": [(1, "sut", "SetChargingProfile")],
}  # fmt: skip

BEFORE: dict[str, list[str]] = {
    "TC_001_CS": [],
    "TC_003_CS": [],
    "TC_013_CS": [],
    "TC_019_CS": ["configuration AuthorizationKey = <authorizationKey> (if implemented)"],
    "TC_023_4_CS": [
        "configuration MinimumStatusDuration = 10 (if implemented)",
        "configuration LocalPreAuthorize = true",
    ],
    "TC_032_2_CS": ["state Charging_CS"],
    "TC_037_1_CS": [
        "configuration LocalAuthorizeOffline = true",
        "configuration LocalAuthListEnabled = true (if implemented)",
        "configuration AuthorizationCacheEnabled = true (if implemented)",
        "configuration AllowOfflineTxForUnknownId = true (if implemented)",
        "state IdTagLocalAuthList_CS",
        "state IdTagCached_CS",
    ],
    "TC_061_1_CS": [
        "configuration AuthorizationCacheEnabled = true",
        "configuration LocalPreAuthorize = true",
        "configuration ConnectionTimeOut = <connectionTimeOut>",
        "state Authorized_CS",
    ],
    "TC_066_CS": [
        "state Charging_CS",
        "state SetChargingProfile_CS with connectorId=0, chargingProfile=<chargingProfile1>",
        "state SetChargingProfile_CS with chargingProfile=<chargingProfile2>",
        "state SetChargingProfile_CS with chargingProfile=<chargingProfile3>",
    ],
    "TC_070_CS": [
        "configuration MeterValueSampleInterval = <meterValueSampleInterval>",
        "configuration ClockAlignedDataInterval = 0",
        "state GetConfiguration_CS with configurationKey=MeterValuesSampledData",
        "state Charging_CS",
    ],
    "TC_003_CSMS": [],
    "TC_012_CSMS": ["state Charging_CSMS"],
    "TC_056_CSMS": [],
    "TC_085_CSMS": ["disconnect the tool"],
    "TC_B_22_CSMS": ["state EnergyTransferStarted_CSMS"],
    "IdTagCached_CS": ["configuration AuthorizationCacheEnabled = true", "state Charging_CS"],
    "IdTagLocalAuthList_CS": ["configuration LocalAuthListEnabled = true"],
    "Charging_CSMS": ["state Authorized_CSMS"],
}


def listed(case: str) -> list[Row]:
    return list(rows(CATALOGUE[case], VERSIONS[CATALOGUE[case].ocpp]))


@pytest.mark.parametrize("case", TABLES)
def test_the_case_states_what_its_table_states_and_nothing_else(case: str) -> None:
    stated = [
        (row.step, row.sender, row.message, row.field, row.expected)
        for row in listed(case)
        if row.field or row.mode in ("timing", "absent")
    ]
    assert sorted(stated) == sorted(TABLES[case])


def test_the_rows_of_the_2_0_1_case_that_speak_of_the_system_under_test_are_two() -> None:
    stated = [
        (row.step, row.field, row.expected) for row in listed("TC_B_22_CSMS") if row.field and row.sender == "sut"
    ]
    assert stated == [(1, "type", "Immediate"), (6, "status", "Accepted")]


@pytest.mark.parametrize("case", SEQUENCES)
def test_the_requests_come_as_the_table_puts_them(case: str) -> None:
    requests = [
        (row.step, row.sender, row.message.removesuffix(".req"))
        for row in listed(case)
        if row.message.endswith(".req") and not row.field and row.mode not in ("timing", "absent")
    ]
    assert requests == SEQUENCES[case]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_each_response_has_the_number_after_its_request(case) -> None:
    numbered = {
        (row.step, row.message.removesuffix(".req"), row.occurrence)
        for row in listed(case.id)
        if row.message.endswith(".req")
    }
    answered = {
        (row.step - 1, row.message.removesuffix(".conf"), row.occurrence)
        for row in listed(case.id)
        if row.message.endswith(".conf")
    }
    absent = {
        (row.step, row.message.removesuffix(".req"), row.occurrence) for row in listed(case.id) if row.mode == "absent"
    }
    # A further validation of a state's message speaks of a request that is answered there.
    of_states = {(item.step, item.message.action, item.occurrence) for item in case.steps if isinstance(item, OfState)}
    assert numbered - absent - of_states == answered


@pytest.mark.parametrize("case", BEFORE)
def test_the_preparation_is_that_of_the_table(case: str) -> None:
    assert before(CATALOGUE[case]) == BEFORE[case]


@pytest.mark.parametrize(
    ("case", "modes"),
    [
        ("Authorized_CS", {(3, "status"): ("conditional", "notYetPreparing")}),
        ("Charging_CS", {(5, "idTag"): ("conditional", "authorizesRemoteStart"), (7, "status"): ("mandatory", "")}),
        ("TC_061_1_CS", {(7, "status"): ("optional", ""), (3, "status"): ("mandatory", "")}),
        ("TC_032_2_CS", {(7, "status"): ("conditional", "notYetFinishing")}),
        ("TC_014_CS", {(7, ""): ("optional", ""), (9, "status"): ("conditional", "step7Came")}),
        ("TC_015_CS", {(5, "status"): ("conditional", "beforeTheBoot"), (3, "reason"): ("mandatory", "")}),
        ("TC_030_CS", {(3, "status"): ("optional", "")}),
        ("TC_040_2_CS", {(2, "errorCode"): ("conditional", "answeredWithCallError")}),
    ],
)
def test_modes_and_conditions(case: str, modes: dict[tuple[int, str], tuple[str, str]]) -> None:
    found = {(row.step, row.field): (row.mode, row.condition) for row in listed(case) if row.sender == "sut"}
    assert {key: found[key] for key in modes} == modes


def test_room_for_profiles_is_asked_for_only_where_it_is_known() -> None:
    view = Driver("TC_003_CS").interpreter.attempt
    condition = at_least("MaxChargingProfilesInstalled", 3)
    for value, holds in ((None, True), ("x", True), ("2", False), ("3", True), ("10", True)):
        if value is not None:
            view.model.configure("maxchargingprofilesinstalled", value)
        assert condition.test(view) is holds
