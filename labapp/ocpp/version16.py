"""OCPP 1.6 as the engine uses it: selectors, swaps, conformant requests and responses of the tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from labapp.domain.device import DeviceModel
from labapp.domain.expectations import Literal as LiteralValue
from labapp.domain.view import View
from labapp.ocpp import tool_configuration16
from labapp.ocpp.completion import merge, stamp
from labapp.ocpp.initiators import may_initiate
from labapp.ocpp.observe16 import observe
from labapp.ocpp.schemas import actions
from labapp.ocpp.timed16 import PERFORMANCE_16
from labapp.ocpp.tolerated import tolerated_reason
from labapp.ocpp.version import Request, StatusReport
from labapp.ocpp.withdrawals16 import drift, tidy, withdrawals

_ACCEPTED = {"status": "Accepted"}
_ACCEPTED_TAG = {"idTagInfo": {"status": "Accepted"}}


class Version16:
    """OCPP 1.6 edition 2 with the security extension, over JSON."""

    name = "1.6"
    performance = PERFORMANCE_16
    #: Source: OCPP Certification Program Document 2, V1.1.4, section 7.2.1.
    documents: tuple[tuple[str, str], ...] = (
        ("Specification", "OCPP 1.6 edition 2 (2017-09-28)"),
        ("Errata", "OCPP 1.6 errata sheet v4.0 (2019-10-23)"),
        ("Security extension", "Improved security for OCPP 1.6-J, edition 3 (2022-02-17)"),
        ("Test case document", "OCTT test case document for OCPP 1.6, edition 2025-11"),
        ("Test procedure and plan", "OCPP Certification Program Document 2, V1.1.4 (2024-01-30)"),
    )
    subprotocol = "ocpp1.6"
    disruptive = frozenset({"Reset"})
    status_duration_key = "MinimumStatusDuration"
    credential_key = "AuthorizationKey"
    stores = frozenset({"AuthorizationCacheEnabled", "LocalAuthListEnabled"})
    #: The CiString members that a case may state (1.6 section 7): identifiers of cards and of keys, and what is told of a status.
    cistrings = frozenset({"idTag", "parentIdTag", "key", "unknownKey", "info"})

    def message_name(self, action: str, kind: str) -> str:
        """`Action.req` or `Action.conf`."""
        return f"{action}.{kind}"

    def known(self, action: str) -> bool:
        """Whether 1.6 or its security extension has this action."""
        return action in actions(self.name)

    def may_send(self, role: str, action: str) -> bool:
        """Whether the role may initiate the action (1.6 sections 4 and 5)."""
        return may_initiate(self.name, role, action)

    def tolerated(self, role: str, action: str) -> str:
        """Reason of the one table of tolerated messages."""
        return tolerated_reason(self.name, role, action)

    def selectors(self, action: str) -> Sequence[str]:
        """Fields that tell one expected message from another of the same action."""
        return _SELECTORS.get(action, ())

    def implied(self, action: str, view: View, payload: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """A case that names no connector speaks of the configured one, and of its transaction where the message names one."""
        connector = {"connectorId": view.values["connector_id"]}
        if action == "MeterValues":
            named = payload is not None and "transactionId" in payload and view.transaction() is not None
            return {"transactionId": view.transaction()} if named else connector
        return connector if action == "StatusNotification" else {}

    def defaults(self, action: str) -> Mapping[str, Any]:
        """Defaults of SampledValue (1.6 section 7.43)."""
        if action != "MeterValues":
            return {}
        return {
            "meterValue[].sampledValue[].context": "Sample.Periodic",
            "meterValue[].sampledValue[].format": "Raw",
            "meterValue[].sampledValue[].measurand": "Energy.Active.Import.Register",
            "meterValue[].sampledValue[].location": "Outlet",
        }

    def status(self, action: str, payload: Mapping[str, Any]) -> StatusReport | None:
        """The parts of a StatusNotification.req that the review compares."""
        if action != "StatusNotification":
            return None
        connector = payload.get("connectorId")
        return StatusReport(
            connector if isinstance(connector, int) and not isinstance(connector, bool) else -1,
            str(payload.get("status", "")),
            str(payload.get("errorCode", "")),
            str(payload.get("info", "") or ""),
        )

    def swaps(self, status: str) -> str:
        """Charging and StartTransaction, Finishing and StopTransaction may come in either order (003 section 1.2)."""
        return {"Charging": "StartTransaction", "Finishing": "StopTransaction"}.get(status, "")

    def request(
        self, action: str, stated: Mapping[str, Any], view: View, connector: int | None = None
    ) -> dict[str, Any]:
        """The tool's request with every required field of the schema."""
        base = _REQUESTS[action](view) if action in _REQUESTS else {}
        if "chargingProfile" in stated:
            base = {**base, "chargingProfile": _charging_profile(view)}
        merged = merge(base, stated)
        if action == "ChangeConfiguration":
            # On the wire every value is text.
            merged["value"] = LiteralValue(merged.get("value", "")).text
        return merged if connector is None else {**merged, "connectorId": connector}

    def response(
        self, action: str, request: Mapping[str, Any], stated: Mapping[str, Any], view: View, fresh: int
    ) -> dict[str, Any]:
        """The tool's response with every required field of the schema; what it will not do it rejects."""
        base = _RESPONSES[action](view, request, fresh) if action in _RESPONSES else {}
        if action == "GetCompositeSchedule" and "chargingSchedule" in stated:
            base = {**base, "connectorId": request.get("connectorId"), "scheduleStart": stamp(view)}
        return merge(base, stated)

    def observe(
        self, model: DeviceModel, action: str, request: Mapping[str, Any], response: Mapping[str, Any] | None
    ) -> None:
        """Bring the device model up to date."""
        observe(model, action, request, response)

    def read_configuration(self, keys: Sequence[str]) -> Request:
        """GetConfiguration for these keys; all keys when there is none."""
        return Request("GetConfiguration", {"key": list(keys)} if keys else {})

    def write_configuration(self, key: str, value: str) -> Request:
        """ChangeConfiguration."""
        return Request("ChangeConfiguration", {"key": key, "value": value})

    def written(self, response: Mapping[str, Any]) -> Literal["accepted", "reboot", "unsupported", "refused"]:
        """Status of ChangeConfiguration.conf."""
        status = str(response.get("status"))
        known: dict[str, Literal["accepted", "reboot", "unsupported"]] = {
            "Accepted": "accepted",
            "RebootRequired": "reboot",
            "NotSupported": "unsupported",
        }
        return known.get(status, "refused")

    def end_transaction(self, transaction: int | str) -> Request:
        """RemoteStopTransaction."""
        return Request("RemoteStopTransaction", {"transactionId": transaction})

    def reset(self) -> Request:
        """Reset, type Hard."""
        return Request("Reset", {"type": "Hard"})

    def ask_status(self, connector: int) -> Request:
        """TriggerMessage for a StatusNotification."""
        return Request("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": connector})

    def unlock(self, connector: int) -> Request:
        """UnlockConnector."""
        return Request("UnlockConnector", {"connectorId": connector})

    def tidy(self, model: DeviceModel) -> Sequence[Request]:
        """What 003 section 1.3 asks to be absent between cases."""
        return tidy(model)

    def drift(self, action: str, response: Mapping[str, Any]) -> str:
        """By the status of the response, and by the version of the local list that it tells."""
        return drift(action, response)

    def withdrawals(self, view: View) -> Sequence[Request]:
        """CancelReservation for each reservation that holds, ClearChargingProfile, ChangeAvailability for what is out of use."""
        return withdrawals(view)

    def finish(self, view: View) -> Sequence[Request]:
        """StopTransaction for each that runs, and Available for each connector that was reported otherwise."""
        stops = [{"transactionId": number, "reason": "Local"} for number in _running(view)]
        configured = int(view.values["connector_id"])
        everyone = sorted({configured, *range(1, int(view.dut.get("connectors", 1)) + 1)})
        free = [{"connectorId": number} for number in everyone if view.status(number) not in ("", "Available")]
        return [
            *(Request("StopTransaction", self.request("StopTransaction", stated, view)) for stated in stops),
            *(Request("StatusNotification", self.request("StatusNotification", stated, view)) for stated in free),
        ]


def _running(view: View) -> list[int | str]:
    """Ids of the transactions that the tool as charge point has begun and not ended: that of its connector, and any other."""
    running: list[int | str] = [] if view.transaction() is None else [view.transaction() or 0]
    for seen in view.history():
        number = seen.payload.get("transactionId")
        if seen.message == "StartTransaction.conf" and isinstance(number, int) and number not in running:
            running.append(number)
        elif seen.message == "StopTransaction.req" and number in running:
            running.remove(number)
    return running


def _charging_profile(view: View) -> dict[str, Any]:
    """A profile of one limit, 6 A or 6000 W, that has begun for a station whose clock is a max time deviation behind."""
    unit = view.values["charging_rate_unit"]
    return {
        "chargingProfileId": 1,
        "stackLevel": view.values["stack_level"],
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "startSchedule": stamp(view, after=-float(view.values["max_time_deviation"])),
            "chargingRateUnit": unit,
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.0 if unit == "A" else 6000.0}],
        },
    }


_SELECTORS: dict[str, tuple[str, ...]] = {
    "StatusNotification": ("connectorId", "status"),
    "MeterValues": ("meterValue[].sampledValue[].context", "transactionId", "connectorId"),
    "FirmwareStatusNotification": ("status",),
    "DiagnosticsStatusNotification": ("status",),
    "SignedFirmwareStatusNotification": ("status",),
    "LogStatusNotification": ("status",),
}


def _number_of_now(view: View) -> int:
    return int(view.now.utc.timestamp()) % 1_000_000_000


_REQUESTS: dict[str, Callable[[View], dict[str, Any]]] = {
    "BootNotification": lambda view: {
        "chargePointVendor": view.values["vendor_name"],
        "chargePointModel": view.values["model"],
    },
    "StatusNotification": lambda view: {
        "connectorId": view.values["connector_id"],
        "errorCode": "NoError",
        "status": "Available",
    },
    "Authorize": lambda view: {"idTag": view.values["valid_id_tag"]},
    "StartTransaction": lambda view: {
        "connectorId": view.values["connector_id"],
        "idTag": view.values["valid_id_tag"],
        "meterStart": 0,
        "timestamp": stamp(view),
    },
    "StopTransaction": lambda view: {
        "transactionId": view.transaction() or 0,
        "meterStop": 100,
        "timestamp": stamp(view),
    },
    "SendLocalList": lambda view: _next_list(view),
    "DataTransfer": lambda view: {"vendorId": view.values["vendor_name"]},
    "RemoteStartTransaction": lambda view: {
        "connectorId": view.values["connector_id"],
        "idTag": view.values["valid_id_tag"],
    },
    "RemoteStopTransaction": lambda view: {"transactionId": view.transaction() or 0},
    "UnlockConnector": lambda view: {"connectorId": view.values["connector_id"]},
    "ReserveNow": lambda view: {
        "connectorId": view.values["connector_id"],
        "expiryDate": stamp(view, after=float(view.values["reservation_offset"])),
        "idTag": view.values["valid_id_tag"],
        # Any number will do that no reservation before it had: seconds of the clock, within 32 bits.
        "reservationId": _number_of_now(view),
    },
    # Far from the numbers that its reservations have.
    "CancelReservation": lambda view: {"reservationId": (_number_of_now(view) + 500_000_000) % 1_000_000_000},
    "SetChargingProfile": lambda view: {
        "connectorId": view.values["connector_id"],
        "csChargingProfiles": _charging_profile(view),
    },
    "MeterValues": lambda view: {
        "connectorId": view.values["connector_id"],
        "meterValue": [{"timestamp": stamp(view), "sampledValue": [{"value": "0"}]}],
    },
    "UpdateFirmware": lambda view: {"retrieveDate": stamp(view)},
}

_Response = Callable[[View, Mapping[str, Any], int], dict[str, Any]]


def _next_list(view: View) -> dict[str, Any]:
    """A list with one card, of the version behind those that were sent or reported: one without a card would be empty, of version 0."""
    told = (*view.history("SendLocalList.req"), *view.history("GetLocalListVersion.conf"))
    versions = [seen.payload.get("listVersion") for seen in told]
    card = {"idTag": view.values.get("valid_id_tag") or "LISTED", "idTagInfo": {"status": "Accepted"}}
    return {
        "listVersion": max([0, *(version for version in versions if isinstance(version, int))]) + 1,
        "updateType": "Full",
        "localAuthorizationList": [card],
    }


def _kept_list(view: View) -> int:
    """The version of the list that the tool as charge point has taken last, 0 when there is none."""
    version, offered = 0, 0
    for seen in view.history():
        if seen.message == "SendLocalList.req":
            number = seen.payload.get("listVersion")
            offered = number if isinstance(number, int) else 0
        elif seen.message == "SendLocalList.conf" and seen.payload.get("status") == "Accepted":
            version = offered
    return version


def _same(content: Mapping[str, Any]) -> _Response:
    return lambda view, request, fresh: dict(content)


_REJECTED = _same({"status": "Rejected"})


def _tag_info(view: View, request: Mapping[str, Any]) -> dict[str, Any]:
    """An accepted card; in a case about a group, the valid cards name the group that they belong to."""
    info = {"status": "Accepted"}
    cards = {str(view.values.get(key, "")).lower() for key in ("valid_id_tag", "valid_id_tag_2")}
    if view.grouped() and str(request.get("idTag", "")).lower() in cards:
        info["parentIdTag"] = view.values["parent_id_tag"]
    return {"idTagInfo": info}


_RESPONSES: dict[str, _Response] = {
    # The tool as central system.
    "BootNotification": lambda view, request, fresh: {
        "status": "Accepted",
        "currentTime": stamp(view),
        "interval": view.values["heartbeat_interval"],
    },
    "Heartbeat": lambda view, request, fresh: {"currentTime": stamp(view)},
    "Authorize": lambda view, request, fresh: _tag_info(view, request),
    "StartTransaction": lambda view, request, fresh: {"transactionId": fresh, **_tag_info(view, request)},
    "StopTransaction": lambda view, request, fresh: dict(_ACCEPTED_TAG) if "idTag" in request else {},
    "DataTransfer": _same({"status": "UnknownVendorId"}),
    "SignCertificate": _REJECTED,
    # The tool as charge point: requests that the CSMS makes on its own are answered, and refused where the tool would have to act.
    "CancelReservation": _REJECTED,
    "CertificateSigned": _REJECTED,
    "ChangeAvailability": _same(_ACCEPTED),
    "ChangeConfiguration": lambda view, request, fresh: {
        "status": tool_configuration16.written(str(request.get("key", "")))
    },
    "ClearCache": _same(_ACCEPTED),
    "ClearChargingProfile": _same({"status": "Unknown"}),
    "DeleteCertificate": _same({"status": "NotFound"}),
    "ExtendedTriggerMessage": _REJECTED,
    "GetCompositeSchedule": _REJECTED,
    "GetConfiguration": lambda view, request, fresh: tool_configuration16.read(view, request.get("key")),
    "GetDiagnostics": _same({"fileName": "labapp-diagnostics.log"}),
    "GetInstalledCertificateIds": _same({"status": "NotFound"}),
    "GetLocalListVersion": lambda view, request, fresh: {"listVersion": _kept_list(view)},
    "GetLog": _REJECTED,
    "InstallCertificate": _REJECTED,
    "RemoteStartTransaction": _REJECTED,
    "RemoteStopTransaction": _REJECTED,
    "ReserveNow": _REJECTED,
    "Reset": _REJECTED,
    "SendLocalList": _same(_ACCEPTED),
    "SetChargingProfile": _REJECTED,
    "SignedUpdateFirmware": _REJECTED,
    "TriggerMessage": _REJECTED,
    "UnlockConnector": _same({"status": "NotSupported"}),
}
