"""The requests that a simulated OCPP 1.6 central system can send, each with its own choice of fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from labapp.domain.stamps import utc_text
from labapp.simulator.csms_ledger import Ledger
from labapp.simulator.csms_settings import CsmsConfig, Tag
from labapp.simulator.fields import overlaid

#: What a central system sends profiles for that are not for one connector.
_WHOLE_STATION = "ChargePointMaxProfile"
#: The messages that a station sends for one connector.
_OF_CONNECTOR = ("MeterValues", "StatusNotification")


def default_fields(
    action: str, fields: Mapping[str, Any], *, config: CsmsConfig, ledger: Ledger, now: datetime
) -> dict[str, Any] | None:
    """The payload of the request as the central system would choose it; None for an action that it cannot send.

    fields: what the operator enters, by path; the choice fits to it.
    """
    asked = overlaid({}, {path: value for path, value in fields.items() if "[]" not in path})
    connector = {"connectorId": config.connector_id}
    transaction = ledger.transaction if ledger.transaction is not None else 0
    table: Mapping[str, dict[str, Any]] = {
        "CancelReservation": {"reservationId": ledger.reservation or 1},
        "ChangeAvailability": {**connector, "type": "Operative"},
        "ChangeConfiguration": {"key": "MeterValueSampleInterval", "value": "60"},
        "ClearCache": {},
        "ClearChargingProfile": {},
        "DataTransfer": {"vendorId": "labapp"},
        "GetCompositeSchedule": {**connector, "duration": 300},
        "GetConfiguration": {},
        "GetDiagnostics": {"location": config.file_location},
        "GetLocalListVersion": {},
        "RemoteStartTransaction": {**connector, "idTag": config.id_tag},
        "RemoteStopTransaction": {"transactionId": transaction},
        "ReserveNow": {
            **connector,
            "expiryDate": utc_text(now + timedelta(hours=1)),
            "idTag": config.id_tag,
            "reservationId": ledger.reservation + 1,
        },
        "Reset": {"type": "Hard"},
        "TriggerMessage": {"requestedMessage": "StatusNotification"},
        "UnlockConnector": connector,
        "UpdateFirmware": {"location": config.file_location + "firmware.bin", "retrieveDate": utc_text(now)},
    }
    if action == "SendLocalList":
        return _local_list(str(asked.get("updateType", "Full")), config, ledger, now)
    if action == "SetChargingProfile":
        return _profile_setting(asked, config, ledger, now)
    payload = table.get(action)
    if payload is None:
        return None
    if action == "RemoteStartTransaction" and "chargingProfile" in asked:
        payload["chargingProfile"] = charging_profile("TxProfile", ledger.profile + 1, now)
    if action == "ReserveNow" and "parentIdTag" in asked:
        payload["parentIdTag"] = config.tag(str(asked.get("idTag", config.id_tag))).parent or "LAB-PARENT"
    if action == "TriggerMessage" and asked.get("requestedMessage", _OF_CONNECTOR[1]) in _OF_CONNECTOR:
        payload = {**payload, **connector}
    return payload


def tag_info(tag: Tag, config: CsmsConfig, now: datetime) -> dict[str, Any]:
    """What is told of an identifier, in the spelling of the wire."""
    info: dict[str, Any] = {"status": tag.status}
    if tag.parent and config.tells_parents:
        info["parentIdTag"] = tag.parent
    if config.tells_expiry:
        # One that has expired did so yesterday.
        info["expiryDate"] = utc_text(now + timedelta(days=-1 if tag.status == "Expired" else 365))
    return info


def charging_profile(purpose: str, number: int, now: datetime) -> dict[str, Any]:
    """A charging profile that holds from now on for a day. number: its chargingProfileId."""
    return {
        "chargingProfileId": number,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "validFrom": utc_text(now),
        "validTo": utc_text(now + timedelta(days=1)),
        "chargingSchedule": {
            "duration": 86400,
            "startSchedule": utc_text(now),
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0}],
        },
    }


def _profile_setting(asked: Mapping[str, Any], config: CsmsConfig, ledger: Ledger, now: datetime) -> dict[str, Any]:
    wanted = asked.get("csChargingProfiles", {})
    purpose = str(wanted.get("chargingProfilePurpose", "TxDefaultProfile"))
    profile = charging_profile(purpose, ledger.profile + 1, now)
    if purpose == "TxProfile" and ledger.transaction is not None:
        profile["transactionId"] = ledger.transaction
    connector = 0 if purpose == _WHOLE_STATION else config.connector_id
    return {"connectorId": connector, "csChargingProfiles": profile}


def _local_list(update: str, config: CsmsConfig, ledger: Ledger, now: datetime) -> dict[str, Any]:
    """A first list has the one identifier that is used; an update adds one that the station does not have yet."""
    name = config.id_tag
    if update == "Differential":
        others = [each for each in config.tags if each.lower() not in ledger.listed]
        name = next((each for each in others if config.tags[each].status == "Accepted"), name)
    return {
        "listVersion": ledger.list_version + 1,
        "updateType": update,
        "localAuthorizationList": [{"idTag": name, "idTagInfo": tag_info(config.tag(name), config, now)}],
    }
