"""A modem on a serial port, spoken to with AT commands through pyserial."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TypeVar

import serial

from labapp.domain.errors import EnvironmentFault
from labapp.domain.measurement import ModemFacts, csq_of_rssi
from labapp.network.at_answers import (
    CellSignal,
    decode_cops,
    decode_csq,
    decode_hcsq,
    decode_syscfgex,
    decode_sysinfoex,
    free_text,
    syscfgex_command,
)
from labapp.network.at_dialogue import Answer, AtDialogue, Refusal
from labapp.network.modem import CommandRefused, Signal
from labapp.network.technology import REGISTRATION_TIMEOUT, TechnologyControl, TechnologySetting

#: Seconds within which a modem answers an ordinary command, and one that makes it change its network.
ANSWER_TIMEOUT = 5.0
CHANGE_TIMEOUT = 20.0

#: Seconds of one read. pyserial sets a terminal anew with each change of its own timeout, so that one stays and the deadline is ours.
_READ_SLICE = 0.05

if sys.platform == "win32":
    _OPENING_FAULTS: tuple[type[Exception], ...] = (OSError, ValueError)
else:
    import termios

    # pyserial lets the terminal's own error pass through.
    _OPENING_FAULTS = (OSError, ValueError, termios.error)

T = TypeVar("T")


class SerialModem:
    """An AT modem on `port`. timeout: seconds for an ordinary answer; registration: seconds to register after a change.

    Raises EnvironmentFault when the port is missing, in use, or nothing on it speaks AT.
    """

    def __init__(
        self, port: str, *, timeout: float = ANSWER_TIMEOUT, registration: float = REGISTRATION_TIMEOUT
    ) -> None:
        self._address = port
        self._timeout = timeout
        self._registration = registration
        self._dialogue = AtDialogue()
        try:
            self._serial = serial.Serial(port, 115200, timeout=_READ_SLICE, write_timeout=timeout, exclusive=True)
        except _OPENING_FAULTS as error:
            raise EnvironmentFault(
                f"no modem can be opened: {_reason(error)}",
                where=port,
                mend="plug the modem in, end other programs that use it, or name its port",
            ) from error
        try:
            self.ask("AT")
        except EnvironmentFault:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the port."""
        self._serial.close()

    def ask(self, command: str, *, timeout: float | None = None) -> tuple[str, ...]:
        """The information lines with which the modem answers `command` within `timeout` seconds (the usual ones when None).

        Raises CommandRefused for an error result, EnvironmentFault when the modem is silent or hangs up.
        """
        deadline = time.monotonic() + (self._timeout if timeout is None else timeout)
        try:
            self._serial.write(self._dialogue.send(command))
            while time.monotonic() < deadline:
                for event in self._dialogue.feed(self._serial.read(self._serial.in_waiting or 1)):
                    if isinstance(event, Answer):
                        return event.lines
                    if isinstance(event, Refusal):
                        raise CommandRefused(
                            f"the modem refused {command}: {event.result}",
                            where=self._address,
                            mend="check its SIM card and firmware",
                        )
        except serial.SerialTimeoutException:
            pass
        except OSError as error:
            raise EnvironmentFault(
                f"the modem hung up during {command}",
                where=self._address,
                mend="plug the modem in again and check its cable and power",
            ) from error
        finally:
            self._dialogue.abandon()
        raise EnvironmentFault(
            f"the modem did not answer {command} within {self._timeout if timeout is None else timeout:g} s",
            where=self._address,
            mend="check that this is the modem's command port, or plug the modem in again",
        )

    def facts(self) -> ModemFacts:
        """Identity and registration; what the modem refuses to tell stays ""."""
        state = self._optional("AT^SYSINFOEX", decode_sysinfoex)
        operator = self._optional("AT+COPS?", decode_cops)
        signal = self._optional("AT^HCSQ?", decode_hcsq)
        networks = (state and state.network, signal and signal.network, operator and operator.network)
        return ModemFacts(
            kind="serial",
            address=self._address,
            manufacturer=self._optional("AT+CGMI", free_text) or "",
            model=self._optional("AT+CGMM", free_text) or "",
            revision=self._optional("AT+CGMR", free_text) or "",
            serial_number=self._optional("AT+CGSN", free_text) or "",
            operator=operator.name if operator else "",
            network=next((network for network in networks if network), ""),
        )

    def signal(self) -> Signal:
        """CSQ as AT+CSQ states it, RSSI as AT^HCSQ? does; where only one is known, the other is computed from it."""
        quality = self._decoded("AT+CSQ", decode_csq)
        cell = self._optional("AT^HCSQ?", decode_hcsq) or CellSignal("")
        rssi, rssi_note = cell.rssi, _cell_note(cell)
        if rssi is None and quality.rssi is not None:
            rssi, rssi_note = float(quality.rssi), "computed from AT+CSQ"
        if quality.csq is None and rssi is not None:
            return Signal(rssi, csq_of_rssi(rssi), rssi_note, "computed from AT^HCSQ?, AT+CSQ is unknown")
        return Signal(rssi, quality.csq, rssi_note)

    def held_to(self, technology: str) -> AbstractContextManager[None]:
        """See Modem; the setting is that of AT^SYSCFGEX."""
        control = TechnologyControl(
            self._address,
            read=lambda: self._decoded("AT^SYSCFGEX?", decode_syscfgex),
            write=self._set_technology,
            serving=self._serving,
        )
        return control.held_to(technology, self._registration)

    def _set_technology(self, setting: TechnologySetting) -> None:
        self.ask(syscfgex_command(setting), timeout=max(CHANGE_TIMEOUT, self._timeout))

    def _serving(self) -> str:
        state = self._decoded("AT^SYSINFOEX", decode_sysinfoex)
        return state.network if state.in_service else ""

    def _decoded(self, command: str, decode: Callable[[Sequence[str]], T]) -> T:
        lines = self.ask(command)
        try:
            return decode(lines)
        except ValueError as error:
            raise EnvironmentFault(
                f"the modem's answer to {command} cannot be read: {' / '.join(lines) or 'it is empty'}",
                where=self._address,
                mend="check that this is the modem's command port",
            ) from error

    def _optional(self, command: str, decode: Callable[[Sequence[str]], T]) -> T | None:
        """None when the modem does not know the command, or answers it in a form of its own."""
        try:
            return decode(self.ask(command))
        except (CommandRefused, ValueError):
            return None


def _cell_note(cell: CellSignal) -> str:
    parts = [
        f"{name} {value:g} {unit}"
        for name, value, unit in (
            ("RSRP", cell.rsrp, "dBm"),
            ("RSRQ", cell.rsrq, "dB"),
            ("SINR", cell.sinr, "dB"),
            ("RSCP", cell.rscp, "dBm"),
            ("Ec/Io", cell.ecio, "dB"),
        )
        if value is not None
    ]
    return ", ".join([cell.network, *parts]) if cell.network else ""


def _reason(error: Exception) -> str:
    """What the system says, without pyserial's wrapping."""
    number = getattr(error, "errno", None)
    if isinstance(error, FileNotFoundError) or number == 2:
        return "there is no such port"
    if isinstance(error, PermissionError) or number == 13:
        return "this user may not use the port"
    if "exclusively lock" in str(error) or number in (11, 16):
        return "another program uses the port"
    if "configure port" in str(error):
        return "this is no serial port"
    return str(error)
