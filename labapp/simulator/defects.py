"""What real devices do wrong, as named switches of the simulated ones; and the defects that lie in the frames alone."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from types import MappingProxyType

from labapp.simulator.connection import Connection, WrappedConnection

#: Every defect of the charging station by name, with what it does.
STATION_DEFECTS: Mapping[str, str] = MappingProxyType(
    {
        "double_reboot": "reboots once more after a Hard reset, as soon as its BootNotification was accepted",
        "ignores_boot_interval": "retries a refused BootNotification after 3 s, whatever interval it was given",
        "no_status_after_boot": "sends no StatusNotification after it booted",
        "preparing_after_reset": "reports Preparing instead of Finishing after a reset: against a recommendation only",
        "no_unavailable_before_reboot": "does not report Unavailable before a reboot, not even in the variant that does: "
        "against a recommendation only",
        "heartbeat_drift": "sends each heartbeat a fifth of the interval late",
        "duplicate_status": "sends every StatusNotification twice",
        "connector_zero_preparing": "reports Preparing for connectorId 0 when a cable is plugged in",
        "meter_gap": "leaves out every second sampled meter value",
        "wrong_meter_context": "sends sampled meter values with the context Sample.Clock",
        "loses_offline_meter_values": "forgets the meter values that it took while offline",
        "loses_offline_transaction": "forgets the transaction messages that it could not send",
        "unordered_queue": "sends the newest of the queued transaction messages first",
        "unordered_meter_values": "sends the newest of the queued meter values first",
        "burst_on_reconnect": "sends every StatusNotification of the time when it was offline once it is back",
        "wrong_stop_transaction_id": "sends a transactionId in StopTransaction.req that is one too high",
        "starts_on_invalid_id": "starts a transaction although the idTag was refused",
        "no_suspend_on_invalid_id": "goes on charging when StartTransaction.conf refuses the idTag",
        "foreign_card_stops": "stops a transaction on any card",
        "silent_foreign_card": "asks nothing about another card during a transaction, whatever its group",
        "accepts_remote_start_busy": "accepts RemoteStartTransaction.req on a connector that is in use",
        "accepts_connector_zero": "accepts RemoteStartTransaction.req for connectorId 0 as connector 1",
        "keeps_connection_timeout": "keeps ConnectionTimeOut at 60 s when a shorter one is set, and says Accepted",
        "readable_authorization_key": "tells the AuthorizationKey in GetConfiguration.conf",
        "exceeds_max_keys": "refuses a GetConfiguration.req for more than 20 keys, although GetConfigurationMaxKeys says 50",
        "missing_required_key": "does not know ResetRetries",
        "writable_number_of_connectors": "says that NumberOfConnectors may be written",
        "cache_not_cleared": "accepts ClearCache.req and keeps the cache",
        "reservation_does_not_expire": "keeps a reservation whose expiryDate has passed",
        "reservation_unnamed": "leaves the reservationId out of StartTransaction.req",
        "asks_about_unreserved_cards": "asks about cards that a connector is not reserved for",
        "cancels_any_reservation": "accepts CancelReservation.req for a reservationId that it does not know",
        "wrong_composite_schedule": "leaves ChargePointMaxProfile out of the composite schedule",
        "download_failed_for_invalid_firmware": "reports DownloadFailed for a file that came over and is no firmware",
        "no_installed": "boots with the new firmware and reports nothing of it",
        "trigger_refused_before_boot": "refuses TriggerMessage.req until its BootNotification was accepted",
        "meter_trigger_only_in_transaction": "refuses to send triggered MeterValues outside a transaction",
        "constant_data_transfer": "sends a vendor's DataTransfer.req every 5 s",
        "wrong_reply_id": "answers requests with another message id",
        "late_reply": "answers requests after 45 s",
        "two_answers": "answers every request twice",
        "unknown_error_code": "answers every request with a CALLERROR whose code does not exist",
        "no_zone_timestamps": "writes timestamps without a zone",
        "microsecond_timestamps": "writes timestamps with microseconds",
        "local_time_timestamps": "writes timestamps in the time of UTC+02:00",
        "local_time_as_utc": "writes timestamps in the time of UTC+02:00 and says that it is UTC",
    }
)

#: Every defect of the central system by name, with what it does.
CSMS_DEFECTS: Mapping[str, str] = MappingProxyType(
    {
        "accepts_without_authorization": "admits a station that shows no credentials",
        "accepts_any_subprotocol": "admits a station whatever subprotocols it offers",
        "takes_first_subprotocol": "names the first subprotocol that a station offers, even one that it does not speak",
        "names_no_subprotocol": "upgrades without the header Sec-WebSocket-Protocol",
        "closes_after_upgrade": "upgrades a station that offers no subprotocol of its own without naming one, and closes: "
        "against TC_088 only",
        "authorizes_unknown": "accepts every idTag",
        "refuses_valid": "refuses every idTag as Invalid",
        "one_refusal_for_all": "answers Invalid for expired and blocked idTags too",
        "refuses_at_start": "refuses every idTag as Invalid in StartTransaction.conf",
        "accepts_at_start": "accepts every idTag in StartTransaction.conf",
        "rejects_boot": "answers BootNotification with Rejected",
        "rejects_second_boot": "answers every BootNotification but the first with Rejected",
        "wrong_profile_purpose": "sends charging profiles with the purpose ChargePointMaxProfile",
        "wrong_profile_transaction": "names a transactionId in charging profiles that is one too high, also where there is none",
        "same_profile_id": "gives every charging profile the chargingProfileId 1",
        "recurring_profiles": "sends charging profiles that recur daily",
        "no_validity": "leaves validFrom and validTo out of charging profiles",
        "wrong_stack_level": "names a stackLevel that is one too high",
        "wrong_limit": "sends charging profiles with the limit 7.0",
        "wrong_rate_unit": "uses the other chargingRateUnit than it was asked for",
        "wrong_duration": "uses another duration than it was asked for in GetCompositeSchedule.req and SetChargingProfile.req",
        "clears_everything": "leaves the criteria out of ClearChargingProfile.req",
        "wrong_transaction_id": "names a transactionId that is one too high in RemoteStopTransaction.req",
        "wrong_reset_type": "sends the other reset type than it was asked for",
        "wrong_connector": "names a connectorId, or an evseId, that is one too high",
        "wrong_id_tag": "names another idTag in RemoteStartTransaction.req and ReserveNow.req",
        "wrong_key": "names another key in ChangeConfiguration.req and GetConfiguration.req",
        "wrong_value": "sets another value in ChangeConfiguration.req",
        "wrong_availability": "sends the other availability type than it was asked for",
        "wrong_trigger": "asks for BootNotification in every TriggerMessage.req",
        "wrong_update_type": "sends the other updateType than it was asked for",
        "list_without_info": "leaves idTagInfo out of the local authorization list",
        "same_list_version": "sends every local authorization list with listVersion 1",
        "whole_list_again": "repeats what a station has already in a Differential list",
        "wrong_location": "names another location for firmware and diagnostics",
        "wrong_reservation_id": "names a reservationId that is one too high in CancelReservation.req",
        "wrong_expiry": "reserves until the end of the century",
        "never_requests": "says that a request was sent and sends none",
        "late_request": "sends a request 300 s after it said so",
        "requests_twice": "sends every request that it is asked for twice",
        "closes_in_mid_case": "closes the connection when a connector is used or when it is asked for a request",
        "floods": "sends 100 DataTransfer.req at once after each boot and before each request that it is asked for",
        "wrong_reply_id": "answers requests with another message id",
        "late_reply": "answers requests after 45 s",
        "two_answers": "answers every request twice",
        "unknown_error_code": "answers every request with a CALLERROR whose code does not exist",
        "internal_error": "answers every request with the CALLERROR InternalError",
        "no_interval": "leaves interval out of BootNotification.conf",
        "lower_case_status": "writes every status in lower case",
        "cut_frames": "sends answers that break off",
        "no_answer_to_status": "does not answer StatusNotification.req",
    }
)

LATE = 45.0

_STATUS = re.compile(r'"status":"\w+"')
_STATUS_REQUEST = re.compile(r'\[\s*2\s*,\s*"([^"]*)"\s*,\s*"StatusNotification"')
_UTC_TEXT = re.compile(r'"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)Z"')


def _microseconds(match: re.Match[str]) -> str:
    return f'"{datetime.fromisoformat(match[1]).isoformat(timespec="microseconds")}Z"'


def _local(match: re.Match[str]) -> datetime:
    return datetime.fromisoformat(match[1] + "Z").astimezone(timezone(timedelta(hours=2)))


def _local_time(match: re.Match[str]) -> str:
    return f'"{_local(match).isoformat(timespec="milliseconds")}"'


def _local_time_as_utc(match: re.Match[str]) -> str:
    return f'"{_local(match).replace(tzinfo=None).isoformat(timespec="milliseconds")}Z"'


class DefectiveConnection(WrappedConnection):
    """A connection that spoils the frames its device sends, as the wire defects among `defects` say."""

    def __init__(self, connection: Connection, defects: frozenset[str]) -> None:
        super().__init__(connection)
        self._defects = defects
        self._unanswered: set[str] = set()

    async def send(self, text: str, /) -> None:
        """Send the frame, spoiled."""
        text = self._respelled(text)
        if not text.startswith("[3"):
            await self._connection.send(text)
            return
        reply = json.loads(text)
        if reply[1] in self._unanswered:
            return
        if "no_interval" in self._defects:
            reply[2].pop("interval", None)
        if "wrong_reply_id" in self._defects:
            reply[1] = str(uuid.UUID(int=0))
        if "unknown_error_code" in self._defects:
            reply = [4, reply[1], "SomethingWentWrong", "", {}]
        if "internal_error" in self._defects:
            reply = [4, reply[1], "InternalError", "", {}]
        answer = json.dumps(reply, separators=(",", ":"))
        if "lower_case_status" in self._defects:
            answer = _STATUS.sub(lambda match: match[0].lower(), answer)
        if "cut_frames" in self._defects:
            answer = answer[:-2]
        if "late_reply" in self._defects:
            self._hold(answer, LATE)
            return
        for _ in range(2 if "two_answers" in self._defects else 1):
            await self._connection.send(answer)

    async def recv(self) -> str:
        """The next text frame."""
        text = await self._connection.recv()
        if "no_answer_to_status" in self._defects and (match := _STATUS_REQUEST.match(text)):
            self._unanswered.add(match[1])
        return text

    def _respelled(self, text: str) -> str:
        if "no_zone_timestamps" in self._defects:
            return _UTC_TEXT.sub(r'"\1"', text)
        if "microsecond_timestamps" in self._defects:
            return _UTC_TEXT.sub(_microseconds, text)
        if "local_time_timestamps" in self._defects:
            return _UTC_TEXT.sub(_local_time, text)
        if "local_time_as_utc" in self._defects:
            return _UTC_TEXT.sub(_local_time_as_utc, text)
        return text


#: The defects that `DefectiveConnection` performs.
WIRE_DEFECTS = frozenset(
    {
        "wrong_reply_id",
        "late_reply",
        "two_answers",
        "unknown_error_code",
        "internal_error",
        "no_interval",
        "lower_case_status",
        "cut_frames",
        "no_answer_to_status",
        "no_zone_timestamps",
        "microsecond_timestamps",
        "local_time_timestamps",
        "local_time_as_utc",
    }
)


def spoiled(connection: Connection, defects: frozenset[str]) -> Connection:
    """The connection, spoiled when a wire defect is among the defects."""
    return DefectiveConnection(connection, defects) if defects & WIRE_DEFECTS else connection
