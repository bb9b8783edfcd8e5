"""Who may send the request of each action.

Sources: OCPP 1.6 section 4 (operations initiated by the charge point) and section 5 (by the central system), the security
extension of 1.6 for its eleven actions; OCPP 2.0.1 Part 2, the messages of each functional block.
"""

from __future__ import annotations

from collections.abc import Mapping

from labapp.domain.testcase import CENTRAL_SYSTEM, CHARGE_POINT

#: The initiator of actions that either role may send.
BOTH = "both"

_CHARGE_POINT_16 = (
    "Authorize BootNotification DiagnosticsStatusNotification FirmwareStatusNotification Heartbeat MeterValues "
    "StartTransaction StatusNotification StopTransaction "
    # Security extension
    "LogStatusNotification SecurityEventNotification SignCertificate SignedFirmwareStatusNotification"
)

_CENTRAL_SYSTEM_16 = (
    "CancelReservation ChangeAvailability ChangeConfiguration ClearCache ClearChargingProfile GetCompositeSchedule "
    "GetConfiguration GetDiagnostics GetLocalListVersion RemoteStartTransaction RemoteStopTransaction ReserveNow Reset "
    "SendLocalList SetChargingProfile TriggerMessage UnlockConnector UpdateFirmware "
    # Security extension
    "CertificateSigned DeleteCertificate ExtendedTriggerMessage GetInstalledCertificateIds GetLog InstallCertificate "
    "SignedUpdateFirmware"
)

_CHARGING_STATION_201 = (
    "Authorize BootNotification ClearedChargingLimit FirmwareStatusNotification Get15118EVCertificate "
    "GetCertificateStatus Heartbeat LogStatusNotification MeterValues NotifyChargingLimit NotifyCustomerInformation "
    "NotifyDisplayMessages NotifyEVChargingNeeds NotifyEVChargingSchedule NotifyEvent NotifyMonitoringReport "
    "NotifyReport PublishFirmwareStatusNotification ReportChargingProfiles ReservationStatusUpdate "
    "SecurityEventNotification SignCertificate StatusNotification TransactionEvent"
)

_CSMS_201 = (
    "CancelReservation CertificateSigned ChangeAvailability ClearCache ClearChargingProfile ClearDisplayMessage "
    "ClearVariableMonitoring CostUpdated CustomerInformation DeleteCertificate GetBaseReport GetChargingProfiles "
    "GetCompositeSchedule GetDisplayMessages GetInstalledCertificateIds GetLocalListVersion GetLog "
    "GetMonitoringReport GetReport GetTransactionStatus GetVariables InstallCertificate PublishFirmware "
    "RequestStartTransaction RequestStopTransaction ReserveNow Reset SendLocalList SetChargingProfile "
    "SetDisplayMessage SetMonitoringBase SetMonitoringLevel SetNetworkProfile SetVariableMonitoring SetVariables "
    "TriggerMessage UnlockConnector UnpublishFirmware UpdateFirmware"
)


def _table(charge_point: str, central_system: str, both: str) -> Mapping[str, str]:
    return {
        **dict.fromkeys(charge_point.split(), CHARGE_POINT),
        **dict.fromkeys(central_system.split(), CENTRAL_SYSTEM),
        **dict.fromkeys(both.split(), BOTH),
    }


#: Version -> action -> "charge_point", "central_system" or "both".
INITIATORS: Mapping[str, Mapping[str, str]] = {
    "1.6": _table(_CHARGE_POINT_16, _CENTRAL_SYSTEM_16, "DataTransfer"),
    "2.0.1": _table(_CHARGING_STATION_201, _CSMS_201, "DataTransfer"),
}


def may_initiate(version: str, role: str, action: str) -> bool:
    """Whether a role ("charge_point" or "central_system") may send the request of an action; False for an unknown action."""
    return INITIATORS[version].get(action) in (role, BOTH)
