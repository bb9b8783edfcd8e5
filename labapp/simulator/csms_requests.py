"""The requests that a simulated OCPP 1.6 central system can send, each with its own choice of fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from labapp.domain.stamps import utc_text


def default_fields(
    action: str, *, now: datetime, id_tag: str, connector_id: int, transaction_id: int | None
) -> dict[str, Any] | None:
    """The payload of the request as the central system would choose it; None for an action that it cannot send.

    transaction_id: the latest running transaction of the station, if there is one.
    """
    connector = {"connectorId": connector_id}
    location = "ftp://127.0.0.1/labapp/"
    table: Mapping[str, dict[str, Any]] = {
        "CancelReservation": {"reservationId": 1},
        "ChangeAvailability": {**connector, "type": "Operative"},
        "ChangeConfiguration": {"key": "MeterValueSampleInterval", "value": "60"},
        "ClearCache": {},
        "ClearChargingProfile": {},
        "DataTransfer": {"vendorId": "labapp"},
        "GetCompositeSchedule": {**connector, "duration": 300},
        "GetConfiguration": {},
        "GetDiagnostics": {"location": location},
        "GetLocalListVersion": {},
        "RemoteStartTransaction": {**connector, "idTag": id_tag},
        "RemoteStopTransaction": {"transactionId": transaction_id if transaction_id is not None else 0},
        "ReserveNow": {
            **connector,
            "expiryDate": utc_text(now + timedelta(hours=1)),
            "idTag": id_tag,
            "reservationId": 1,
        },
        "Reset": {"type": "Hard"},
        "SendLocalList": {
            "listVersion": 1,
            "updateType": "Full",
            "localAuthorizationList": [{"idTag": id_tag, "idTagInfo": {"status": "Accepted"}}],
        },
        "SetChargingProfile": {**connector, "csChargingProfiles": charging_profile("TxDefaultProfile", now)},
        "TriggerMessage": {"requestedMessage": "StatusNotification", **connector},
        "UnlockConnector": connector,
        "UpdateFirmware": {"location": location + "firmware.bin", "retrieveDate": utc_text(now)},
    }
    return table.get(action)


def charging_profile(purpose: str, now: datetime) -> dict[str, Any]:
    """A charging profile that holds from now on for a day."""
    return {
        "chargingProfileId": 1,
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
