"""What the station does with the requests of the FirmwareManagement profile (OCPP 1.6 edition 2, sections 5.9 and 5.19)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpp.v16 import call_result

from labapp.simulator.device import Device
from labapp.simulator.firmware import OWN_RETRIES, OWN_RETRY_INTERVAL, UpdateOrder
from labapp.simulator.reservations import moment_of
from labapp.simulator.session import Route


class FileRequests:
    """The routes of UpdateFirmware.req and GetDiagnostics.req."""

    def __init__(self, device: Device) -> None:
        self._device = device
        self._name = ""

    def routes(self) -> Mapping[str, Route]:
        """What the station does with each."""
        return {
            "GetDiagnostics": Route(self._get_diagnostics, self._after_get_diagnostics),
            "UpdateFirmware": Route(self._update_firmware, self._after_update_firmware),
        }

    def _get_diagnostics(self, **_: Any) -> call_result.GetDiagnostics:
        self._name = self._device.diagnostics.file_name()
        return call_result.GetDiagnostics(file_name=self._name)

    def _after_get_diagnostics(self, location: str, **fields: Any) -> None:
        self._device.diagnostics.order(location, self._name, *_patience(fields))

    def _update_firmware(self, retrieve_date: str, **_: Any) -> call_result.UpdateFirmware:
        moment_of(retrieve_date)
        return call_result.UpdateFirmware()

    def _after_update_firmware(self, location: str, retrieve_date: str, **fields: Any) -> None:
        self._device.firmware.order(UpdateOrder(location, moment_of(retrieve_date), *_patience(fields)))


def _patience(fields: Mapping[str, Any]) -> tuple[int, int]:
    """Tries after the first, and seconds between two. What is not given is the station's own choice."""
    retries, interval = fields.get("retries"), fields.get("retry_interval")
    return (
        max(0, retries) if retries is not None else OWN_RETRIES,
        max(0, interval) if interval is not None else OWN_RETRY_INTERVAL,
    )
