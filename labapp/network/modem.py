"""What the lab asks of a modem, whichever way it is connected."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from labapp.domain.errors import EnvironmentFault
from labapp.domain.measurement import ModemFacts


class CommandRefused(EnvironmentFault):
    """The modem understood a command and refused it: nothing was changed."""


@dataclass(frozen=True, slots=True)
class Signal:
    """The signal at one moment. rssi: dBm; csq: 0 to 31; None when the modem does not know.

    The notes say how a value came about where the modem did not state it in this form, or what else it stated.
    """

    rssi: float | None
    csq: int | None
    rssi_note: str = ""
    csq_note: str = ""


class Modem(Protocol):
    """One modem, open. Every call raises EnvironmentFault, naming the modem and the command, when it does not answer."""

    def facts(self) -> ModemFacts:
        """Which modem it is and where it is registered."""

    def signal(self) -> Signal:
        """The signal now."""

    def held_to(self, technology: str) -> AbstractContextManager[None]:
        """Hold the modem to a key of TECHNOLOGIES inside the block, once it is registered there; afterwards, also after an
        error, it gets back the setting that was read before.
        """

    def close(self) -> None:
        """Let go of the modem."""
