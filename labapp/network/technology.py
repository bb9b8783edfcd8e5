"""Holding a modem to one technology while something is measured, and giving its own setting back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from labapp.domain.errors import EnvironmentFault
from labapp.domain.measurement import TECHNOLOGIES
from labapp.network.modem import CommandRefused

#: What a modem held to a technology must report as the network that serves it; `auto` is content with any.
SERVING_NETWORKS = {"2G": ("GSM",), "3G": ("WCDMA", "TD-SCDMA"), "4G": ("LTE",)}

#: Seconds within which a modem registers after a change of technology, and between two looks.
REGISTRATION_TIMEOUT = 90.0
REGISTRATION_POLL = 0.5


@dataclass(frozen=True, slots=True)
class TechnologySetting:
    """A modem's own setting. order: "00" automatic, "01" 2G, "02" 3G, "03" 4G; the rest as the modem wrote it, "" for none."""

    order: str
    band: str
    lte_band: str
    roaming: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class TechnologyControl:
    """How one modem's technology is read and set. serving: the network that serves the modem fully, "" for none."""

    address: str
    read: Callable[[], TechnologySetting]
    write: Callable[[TechnologySetting], None]
    serving: Callable[[], str]

    @contextmanager
    def held_to(self, technology: str, registration: float) -> Iterator[None]:
        """Hold the modem to a key of TECHNOLOGIES inside the block, entered once it is registered there.

        registration: seconds it may take. Afterwards, also after an error, the setting that was read before is written
        back and read again. Raises EnvironmentFault when the modem does not register, or the setting is not restored.
        """
        before = self.read()
        wanted = replace(before, order=TECHNOLOGIES[technology])
        touched = wanted != before
        try:
            if touched:
                try:
                    self.write(wanted)
                except CommandRefused:
                    touched = False
                    raise
            self._wait_registered(technology, registration)
            yield
        except BaseException as error:
            if touched:
                self._restore(before, error)
            raise
        if touched:
            self._restore(before, None)

    def _restore(self, before: TechnologySetting, cause: BaseException | None) -> None:
        try:
            self.write(before)
            # Read again: a late answer to an earlier command could have passed for the answer to this one.
            if self.read() == before:
                return
        except EnvironmentFault as fault:
            cause = cause or fault
        reason = f"{cause.what}; " if isinstance(cause, EnvironmentFault) else ""
        raise EnvironmentFault(
            f"{reason}the modem's technology setting was not restored",
            where=self.address,
            mend=f"set it back to {before.order} by hand",
        ) from cause

    def _wait_registered(self, technology: str, registration: float) -> None:
        deadline = time.monotonic() + registration
        networks = SERVING_NETWORKS.get(technology, ())
        while True:
            network = self.serving()
            if network and (not networks or network in networks):
                return
            if time.monotonic() >= deadline:
                raise EnvironmentFault(
                    f"the modem did not register on {technology} within {registration:g} s, "
                    f"it is served by {network or 'no network'}",
                    where=self.address,
                    mend="check SIM card, antenna and coverage, or measure another technology",
                )
            time.sleep(REGISTRATION_POLL)
