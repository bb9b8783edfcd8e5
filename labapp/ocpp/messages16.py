"""OCPP 1.6 messages as a case writes them: `StatusNotification.req(status="Preparing")`.

Names are those of the wire. Nested fields are mappings and lists; a path that no Python name can spell is given as a pair
in front: `GetConfiguration.conf(("configurationKey[key=X].readonly", PRESENT))`.
"""

from __future__ import annotations

from labapp.ocpp.action import Action


def _action(name: str) -> Action:
    return Action(name, ".req", ".conf")


Authorize = _action("Authorize")
BootNotification = _action("BootNotification")
CancelReservation = _action("CancelReservation")
ChangeAvailability = _action("ChangeAvailability")
ChangeConfiguration = _action("ChangeConfiguration")
ClearCache = _action("ClearCache")
ClearChargingProfile = _action("ClearChargingProfile")
DataTransfer = _action("DataTransfer")
DiagnosticsStatusNotification = _action("DiagnosticsStatusNotification")
FirmwareStatusNotification = _action("FirmwareStatusNotification")
GetCompositeSchedule = _action("GetCompositeSchedule")
GetConfiguration = _action("GetConfiguration")
GetDiagnostics = _action("GetDiagnostics")
GetLocalListVersion = _action("GetLocalListVersion")
Heartbeat = _action("Heartbeat")
MeterValues = _action("MeterValues")
RemoteStartTransaction = _action("RemoteStartTransaction")
RemoteStopTransaction = _action("RemoteStopTransaction")
ReserveNow = _action("ReserveNow")
Reset = _action("Reset")
SendLocalList = _action("SendLocalList")
SetChargingProfile = _action("SetChargingProfile")
StartTransaction = _action("StartTransaction")
StatusNotification = _action("StatusNotification")
StopTransaction = _action("StopTransaction")
TriggerMessage = _action("TriggerMessage")
UnlockConnector = _action("UnlockConnector")
UpdateFirmware = _action("UpdateFirmware")
