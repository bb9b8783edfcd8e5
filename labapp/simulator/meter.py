"""The energy meter of a connector, and what it gives as sampled values (OCPP 1.6 edition 2, sections 7.32 to 7.43)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from labapp.domain.stamps import utc_text

#: Volts between phase and neutral.
VOLTAGE = 230

_UNITS = {
    "Energy.Active.Import.Register": "Wh",
    "Power.Active.Import": "W",
    "Current.Import": "A",
    "Voltage": "V",
}


class Meter:
    """A register that counts while power flows, kept through reboots. Power in W, energy in Wh."""

    def __init__(self, reading: int) -> None:
        self._energy = float(reading)
        self._power = 0.0
        self._since: datetime | None = None

    def draw(self, power: float, moment: datetime) -> None:
        """From that moment on draw the power; 0 when nothing flows."""
        self._count(moment)
        self._power = power

    @property
    def power(self) -> float:
        """What is drawn at present, in W."""
        return self._power

    def energy(self, moment: datetime) -> int:
        """The register at that moment, in whole Wh."""
        self._count(moment)
        return int(self._energy)

    def sampled_values(self, measurands: Iterable[str], context: str, moment: datetime) -> list[dict[str, Any]]:
        """One `sampledValue` for each measurand."""
        values = {
            "Energy.Active.Import.Register": str(self.energy(moment)),
            "Power.Active.Import": f"{self._power:.0f}",
            "Current.Import": f"{self._power / VOLTAGE:.1f}",
            "Voltage": str(VOLTAGE),
        }
        return [
            {"value": values[name], "context": context, "measurand": name, "unit": _UNITS[name]} for name in measurands
        ]

    def _count(self, moment: datetime) -> None:
        if self._since is not None and moment > self._since:
            self._energy += self._power * (moment - self._since).total_seconds() / 3600
        self._since = moment


def meter_value(values: list[dict[str, Any]], moment: datetime) -> dict[str, Any]:
    """One `meterValue` with the time of its sampling."""
    return {"timestamp": utc_text(moment), "sampled_value": values}
