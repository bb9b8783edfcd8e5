"""The tables of a central system, from the local list to the subprotocols, as the case document has them: message by message."""

from __future__ import annotations

import pytest

from labapp.cases.catalogue import CATALOGUE
from labapp.ocpp.listing import rows, steps
from labapp.ocpp.versions import VERSIONS
from labapp.services.catalogue import before

Rows = list[tuple[int, str, str, str, str]]

RESERVE, LIST, TRIGGER, SET, CLEAR = (
    "ReserveNow",
    "SendLocalList",
    "TriggerMessage",
    "SetChargingProfile",
    "ClearChargingProfile",
)
CONNECTOR, CARD, LEVEL = "<connectorId>", "<validIdTag>", "<stackLevel>"
PROFILE, ABSENT, THERE = "csChargingProfiles", "<omitted>", "<present>"


def asked(step: int, action: str, **stated: str) -> Rows:
    """What the central system must send."""
    return [(step, "sut", f"{action}.req", path, expected) for path, expected in stated.items()]


def answered(step: int, action: str, status: str = "Accepted") -> Rows:
    """How the tool answers."""
    return [(step, "tool", f"{action}.conf", "status", status)]


def reported(step: int, status: str, action: str = "StatusNotification", **stated: str) -> Rows:
    """What the tool reports."""
    return [(step, "tool", f"{action}.req", path, text) for path, text in {"status": status, **stated}.items()]


def reserved(step: int, status: str, **stated: str) -> Rows:
    """A reservation and its answer."""
    return [*asked(step, RESERVE, **stated), *answered(step + 1, RESERVE, status)]


def firmware(step: int, status: str) -> Rows:
    """How an update goes."""
    return reported(step, status, "FirmwareStatusNotification")


def diagnostics(step: int, status: str) -> Rows:
    """How an upload goes."""
    return reported(step, status, "DiagnosticsStatusNotification")


def by_kind(action: str, path: str) -> Rows:
    """What a profile of each kind states."""
    schedule = f"{path}.chargingSchedule"
    present = (f"{path}.validFrom", f"{path}.validTo", f"{schedule}.startSchedule", f"{schedule}.duration")
    return [
        *((1, "sut", f"{action}.req", each, THERE) for each in present),
        (1, "sut", f"{action}.req", f"{schedule}.startSchedule", ABSENT),
        (1, "sut", f"{action}.req", f"{path}.chargingProfileKind", "Absolute|Relative"),
        (1, "sut", f"{action}.req", f"{path}.recurrencyKind", ABSENT),
        (1, "sut", f"{action}.req", f"{path}.chargingProfilePurpose", "TxProfile"),
    ]


def profile(number: int, purpose: str, connector: str, transaction: str, profile_id: str) -> Rows:
    """One of the three profiles that are cleared."""
    fields = {
        "connectorId": connector,
        f"{PROFILE}.chargingProfilePurpose": purpose,
        f"{PROFILE}.stackLevel": LEVEL,
        f"{PROFILE}.transactionId": transaction,
        f"{PROFILE}.chargingProfileId": profile_id,
    }
    return [*asked(1, SET, **fields), *answered(2, SET)]


def cleared(step: int, **stated: str) -> Rows:
    """One of the three ways to clear."""
    fields = {"id": ABSENT, "connectorId": ABSENT, "chargingProfilePurpose": ABSENT, "stackLevel": ABSENT}
    return [*asked(step, CLEAR, **{**fields, **stated}), *answered(step + 1, CLEAR)]


UPDATE = [
    *firmware(3, "Downloading"),
    *firmware(5, "Downloaded"),
    *reported(7, "Unavailable"),
    *firmware(9, "Installing"),
    *reported(13, "Available"),
]
TRANSACTION = "= step Charging_CSMS:4 transactionId"
ID = f"= step 1 {PROFILE}.chargingProfileId"
INITIAL = "= step LocalListSet_CSMS:1 listVersion"

TABLES: dict[str, Rows] = {
    "TC_042_1": [(2, "tool", "GetLocalListVersion.conf", "listVersion", "-1")],
    "TC_042_2": [(2, "tool", "GetLocalListVersion.conf", "listVersion", "0")],
    "TC_043_1": [*asked(1, LIST, updateType="Full"), *answered(2, LIST, "NotSupported")],
    "TC_043_3": [*asked(1, LIST, updateType="Full"), *answered(2, LIST, "Failed")],
    "TC_043_4": [
        *asked(1, LIST, updateType="Full", **{"localAuthorizationList[].idTagInfo": THERE}),
        *answered(2, LIST),
    ],
    "TC_043_5": [
        (2, "tool", "GetLocalListVersion.conf", "listVersion", INITIAL),
        *asked(3, LIST, updateType="Differential", listVersion=f"<greater than {INITIAL}>"),
        (3, "sut", f"{LIST}.req", "localAuthorizationList[].idTag", "<validIdTag2>"),
        (3, "sut", f"{LIST}.req", "localAuthorizationList[].idTagInfo", THERE),
        *answered(4, LIST),
    ],
    "TC_044_1": [*asked(1, "UpdateFirmware", location="<firmwareLocation>"), *UPDATE, *firmware(15, "Installed")],
    "TC_044_2": [*firmware(3, "Downloading"), *firmware(5, "DownloadFailed")],
    "TC_044_3": [*UPDATE, *firmware(15, "InstallationFailed")],
    "TC_045_1": [*diagnostics(3, "Uploading"), *diagnostics(5, "Uploaded")],
    "TC_045_2": [*diagnostics(3, "Uploading"), *diagnostics(5, "UploadFailed")],
    "TC_046": [
        *reserved(1, "Accepted", connectorId=CONNECTOR, idTag=CARD),
        *reported(3, "Reserved"),
        (5, "tool", "StartTransaction.req", "reservationId", "= step 1 reservationId"),
    ],
    "TC_047": [
        *reserved(1, "Accepted", connectorId=CONNECTOR, idTag=CARD, expiryDate="<now + reservationOffset>"),
        *reported(3, "Reserved"),
        *reported(5, "Available"),
    ],
    "TC_048_1": reserved(1, "Faulted", connectorId=CONNECTOR, idTag=CARD),
    "TC_048_2": [
        *reported(1, "Preparing", connectorId=CONNECTOR),
        *reserved(3, "Occupied", connectorId="= step 1 connectorId", idTag=CARD),
    ],
    "TC_048_3": [
        *asked(1, "ChangeAvailability", connectorId=CONNECTOR, type="Inoperative"),
        *answered(2, "ChangeAvailability"),
        *reported(3, "Unavailable", connectorId="= step 1 connectorId"),
        *reserved(5, "Unavailable", connectorId="= step 1 connectorId", idTag=CARD),
    ],
    "TC_048_4": reserved(1, "Rejected", connectorId=CONNECTOR, idTag=CARD),
    "TC_049": [*reserved(1, "Accepted", connectorId="0"), *reported(3, "Reserved")],
    "TC_051": [
        *reserved(1, "Accepted", connectorId="<not 0>"),
        *reported(3, "Reserved"),
        *asked(5, "CancelReservation", reservationId="= step 1 reservationId"),
        *answered(6, "CancelReservation"),
        *reported(7, "Available"),
    ],
    "TC_052": [*reserved(1, "Accepted"), *reported(3, "Reserved"), *answered(6, "CancelReservation", "Rejected")],
    "TC_053": [*reserved(1, "Accepted", connectorId="<not 0>", parentIdTag=THERE), *reported(3, "Reserved")],
    "TC_054": [
        *asked(1, TRIGGER, requestedMessage="MeterValues", connectorId=CONNECTOR),
        *answered(2, TRIGGER),
        *asked(5, TRIGGER, requestedMessage="Heartbeat"),
        *answered(6, TRIGGER),
        *asked(9, TRIGGER, requestedMessage="StatusNotification", connectorId=CONNECTOR),
        *answered(10, TRIGGER),
        *asked(13, TRIGGER, requestedMessage="DiagnosticsStatusNotification"),
        *answered(14, TRIGGER),
        *diagnostics(15, "Idle"),
        *asked(17, TRIGGER, requestedMessage="FirmwareStatusNotification"),
        *answered(18, TRIGGER, "Accepted|NotImplemented"),
        *firmware(19, "Idle"),
    ],
    "TC_055": [*asked(1, TRIGGER, requestedMessage="MeterValues"), *answered(2, TRIGGER, "Rejected")],
    "TC_057": [
        *asked(1, SET, connectorId=CONNECTOR, **{f"{PROFILE}.transactionId": TRANSACTION}),
        *by_kind(SET, PROFILE),
        *answered(2, SET),
    ],
    "TC_059": [
        *asked(1, "RemoteStartTransaction", idTag=CARD, connectorId=CONNECTOR),
        (1, "sut", "RemoteStartTransaction.req", "chargingProfile.transactionId", ABSENT),
        (
            1,
            "sut",
            "RemoteStartTransaction.req",
            "chargingProfile.chargingSchedule.chargingSchedulePeriod[0].startPeriod",
            "0",
        ),
        *by_kind("RemoteStartTransaction", "chargingProfile"),
        *answered(2, "RemoteStartTransaction"),
        (3, "tool", "Authorize.req", "idTag", "= step 1 idTag"),
        (4, "sut", "Authorize.conf", "idTagInfo.status", "Accepted"),
        *reported(5, "Preparing", connectorId="= step 1 connectorId"),
        (7, "tool", "StartTransaction.req", "idTag", "= step 1 idTag"),
        (7, "tool", "StartTransaction.req", "connectorId", "= step 1 connectorId"),
        (8, "sut", "StartTransaction.conf", "idTagInfo.status", "Accepted"),
        *reported(9, "Charging", connectorId="= step 1 connectorId"),
    ],
    "TC_064": [
        (1, "tool", "DataTransfer.req", "vendorId", "labapp.vendor.that.no.central.system.knows"),
        (2, "sut", "DataTransfer.conf", "status", "Rejected|UnknownMessageId|UnknownVendorId|Accepted"),
    ],
    "TC_066": [
        *asked(
            1,
            "GetCompositeSchedule",
            connectorId=CONNECTOR,
            duration="<scheduleDuration>",
            chargingRateUnit="<chargingRateUnit>",
        ),
        *answered(2, "GetCompositeSchedule"),
        (2, "tool", "GetCompositeSchedule.conf", "chargingSchedule", "<hardCodedSchedule>"),
    ],
    "TC_067": [
        *profile(1, "ChargePointMaxProfile", "0", ABSENT, THERE),
        *profile(2, "TxDefaultProfile", CONNECTOR, ABSENT, f"<not {ID}>"),
        *profile(3, "TxProfile", CONNECTOR, TRANSACTION, f"<not {ID}|{ID}>"),
        *cleared(3, id=ID),
        *cleared(5, connectorId=CONNECTOR, chargingProfilePurpose="TxDefaultProfile", stackLevel=LEVEL),
        *cleared(7),
    ],
    "TC_088": [
        (1, "tool", "HTTP", "Sec-WebSocket-Protocol", "ocpp0.1"),
        (2, "sut", "HTTP", "status", "<not 101>"),
        (3, "tool", "HTTP", "Sec-WebSocket-Protocol", "ocpp0.1,ocpp1.6"),
        (4, "sut", "HTTP", "status", "101"),
        (4, "sut", "HTTP", "Sec-WebSocket-Protocol", "ocpp1.6"),
    ],
}

BEFORE = {
    "TC_043_5": ["state LocalListSet_CSMS"],
    "TC_057": ["state Charging_CSMS"],
    "TC_067": ["state Charging_CSMS"],
    "TC_088": ["disconnect the tool"],
}
#: Feature profiles that the tables ask for; none where they ask for nothing.
PROFILES = {
    **dict.fromkeys(
        ("TC_042_1", "TC_042_2", "TC_043_1", "TC_043_3", "TC_043_4", "TC_043_5"), "LocalAuthListManagement"
    ),
    **dict.fromkeys(("TC_044_1", "TC_044_2", "TC_044_3"), "FirmwareManagement"),
    **dict.fromkeys((name for name in TABLES if "TC_046" <= name <= "TC_053"), "Reservation"),
    **dict.fromkeys(("TC_054", "TC_055"), "RemoteTrigger"),
    **dict.fromkeys(("TC_057", "TC_059", "TC_066", "TC_067"), "SmartCharging"),
}


@pytest.mark.parametrize("name", TABLES)
def test_the_case_states_what_its_table_states_and_nothing_else(name: str) -> None:
    found = [row for row in rows(CATALOGUE[f"{name}_CSMS"], VERSIONS["1.6"]) if row.field]
    assert sorted((row.step, row.sender, row.message, row.field, row.expected) for row in found) == sorted(TABLES[name])


@pytest.mark.parametrize("name", TABLES)
def test_the_preparation_is_that_of_the_table(name: str) -> None:
    assert before(CATALOGUE[f"{name}_CSMS"]) == BEFORE.get(name, [])


@pytest.mark.parametrize("name", TABLES)
def test_the_prerequisite_is_the_feature_profile_of_the_table(name: str) -> None:
    names = [condition.name for condition in CATALOGUE[f"{name}_CSMS"].prerequisites]
    assert names == ([f"supports{PROFILES[name]}"] if name in PROFILES else [])


def test_what_is_conditional_and_what_may_fail_to_come() -> None:
    found = {
        (row.id, row.mode, row.condition)
        for name in TABLES
        for row in rows(CATALOGUE[f"{name}_CSMS"], VERSIONS["1.6"])
        if row.mode != "mandatory"
    }
    asked_again = {
        ("TC_043_5_CSMS/1/GetLocalListVersion.req/1/", "optional", ""),
        ("TC_043_5_CSMS/2/GetLocalListVersion.conf/1/", "optional", ""),
        ("TC_043_5_CSMS/2/GetLocalListVersion.conf/1/listVersion", "optional", ""),
    }
    of_a_kind = {
        (f"{case}/1/{message}/1/{path}.{field}/step1{kind}", "conditional", f"step1{kind}")
        for case, message, path in (
            ("TC_057_CSMS", f"{SET}.req", PROFILE),
            ("TC_059_CSMS", "RemoteStartTransaction.req", "chargingProfile"),
        )
        for kind, field in (
            ("Absolute", "validFrom"),
            ("Absolute", "validTo"),
            ("Absolute", "chargingSchedule.startSchedule"),
            ("Absolute", "chargingSchedule.duration"),
            ("Relative", "chargingSchedule.startSchedule"),
        )
    }
    assert found == asked_again | of_a_kind


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("TC_044_1", {"step": 0, "by": "tool", "what": "download, location = step 1 location", "notes": []}),
        ("TC_044_2", {"step": 0, "by": "tool", "what": "download, location = step 1 location", "notes": ["must fail"]}),
        ("TC_045_1", {"step": 0, "by": "tool", "what": "upload, location = step 1 location", "notes": []}),
        ("TC_046", {"step": 5, "by": "tool", "what": "StartTransaction.req of step 3 of Charging_CSMS", "notes": []}),
        (
            "TC_088",
            {"step": 3, "by": "tool", "what": "HTTP upgrade", "notes": ["Sec-WebSocket-Protocol: ocpp0.1, ocpp1.6"]},
        ),
    ],
)
def test_what_the_tool_does_stands_in_the_listing(name: str, line: dict[str, object]) -> None:
    assert line in steps(CATALOGUE[f"{name}_CSMS"], VERSIONS["1.6"])


@pytest.mark.parametrize("name", ["TC_044_1", "TC_044_3"])
def test_an_update_reports_every_connector_and_connects_anew_before_its_boot(name: str) -> None:
    lines = steps(CATALOGUE[f"{name}_CSMS"], VERSIONS["1.6"])
    told = [(line["step"], line["what"], line["notes"]) for line in lines if line["by"] == "tool"]
    assert told[5:] == [
        (7, "StatusNotification.req", ["each connector"]),
        (9, "FirmwareStatusNotification.req", []),
        (0, "disconnect the tool", []),
        (0, "connect the tool", []),
        (11, "BootNotification.req", []),
        (13, "StatusNotification.req", ["each connector"]),
        (15, "FirmwareStatusNotification.req", []),
    ]
