"""A Huawei E3372h in stick mode as it answers AT commands: its model, its variants, and what real ones do wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from labapp.domain.errors import InputError


@dataclass(frozen=True, slots=True)
class ModemVariant:
    """One state in which a stick can be found.

    csq: 0 to 31, 99 for unknown. network: the best one at this place, "NOSERVICE" for none. echo: repeats commands.
    quotes: writes the network in ^HCSQ within quotes.
    """

    description: str
    csq: int = 22
    network: str = "LTE"
    echo: bool = True
    quotes: bool = True


#: Every variant by name; the first is the ordinary one.
MODEM_VARIANTS: Mapping[str, ModemVariant] = MappingProxyType(
    {
        "stick": ModemVariant("on 4G with a good signal"),
        "wcdma": ModemVariant("where there is no 4G, on 3G", network="WCDMA"),
        "gsm": ModemVariant("where there is only 2G", network="GSM"),
        "no_service": ModemVariant("where no network is", csq=99, network="NOSERVICE"),
        "csq_unknown": ModemVariant("on 4G, but the signal is not measured", csq=99),
        "at_limit": ModemVariant("with a signal of exactly -81 dBm", csq=16),
        "weak": ModemVariant("with a signal of -83 dBm, one step below the limit", csq=15),
        "echo_off": ModemVariant("that does not repeat commands", echo=False),
        "unquoted": ModemVariant("with a firmware that leaves out the quotes in ^HCSQ", quotes=False),
    }
)

#: Every defect by name, with what it does.
MODEM_DEFECTS: Mapping[str, str] = MappingProxyType(
    {
        "silent": "answers nothing",
        "hangs_up": "vanishes in the middle of its answer to AT+CSQ",
        "garbage": "answers with noise only",
        "noise": "sends a line of noise before each answer",
        "bursts": "sends unsolicited reports before, within and after each answer",
        "refuses_change": "refuses to change its technology",
        "never_registers": "finds no network after a change of technology",
        "keeps_technology": "says OK to a second change of technology and stays where it is",
    }
)

#: Networks by the code of ^SYSCFGEX that admits them, best first.
_ADMITTED = {"00": ("LTE", "WCDMA", "GSM"), "01": ("GSM",), "02": ("WCDMA",), "03": ("LTE",)}
_SYSTEM_MODE = {"GSM": 1, "WCDMA": 3, "LTE": 6}
_ACCESS_TECHNOLOGY = {"GSM": 0, "WCDMA": 2, "LTE": 7}
_SETTING = re.compile(r'AT\^SYSCFGEX="(0[0-3])",([0-9A-F]+),(\d),(\d),([0-9A-F]+),,', re.IGNORECASE)
_NOISE = b"\x00\xfe\x7f)\x91~\xc3"

#: Identity commands with their answers. The IMEI is one of the test range that no real device bears.
_IDENTITY = {
    "ATI": ("Manufacturer: huawei", "Model: E3372", "Revision: 21.200.07.00.00", "IMEI: 001012345678909", "+GCAP: +CGSM,+DS,+ES"),
    "AT+CGMI": ("huawei",),
    "AT+CGMM": ("E3372",),
    "AT+CGMR": ("21.200.07.00.00",),
    "AT+CGSN": ("001012345678909",),
}  # fmt: skip


class ModemModel:
    """The stick without its port: bytes of the computer in, bytes of the stick out. Not for several threads.

    Raises InputError for a variant or defect that is not in the tables above.
    """

    def __init__(self, variant: str = "stick", defects: Iterable[str] = ()) -> None:
        self._defects = frozenset(defects)
        if variant not in MODEM_VARIANTS:
            raise InputError(f"no modem variant {variant!r}", mend=f"give one of {', '.join(MODEM_VARIANTS)}")
        if unknown := sorted(self._defects - set(MODEM_DEFECTS)):
            raise InputError(f"no modem defect {unknown[0]!r}", mend=f"give one of {', '.join(MODEM_DEFECTS)}")
        state = MODEM_VARIANTS[variant]
        self._csq = state.csq
        self._place = state.network
        self._echo = state.echo
        self._quotes = state.quotes
        self._setting = ["00", "3FFFFFFF", "1", "2", "7FFFFFFFFFFFFFFF"]
        self._changes = 0
        self._looks_until_registered = 0
        self._received = ""
        #: Whether the stick has vanished: what `receive` returned is the last that it sent.
        self.hung_up = False

    def set_csq(self, csq: int) -> None:
        """Change the signal. Raises ValueError for a value that AT+CSQ does not know."""
        if csq not in (*range(32), 99):
            raise ValueError(f"csq is {csq}, but it is 0 to 31, or 99 for unknown")
        self._csq = csq

    def set_network(self, network: str) -> None:
        """Change the best network at this place. Raises ValueError for an unknown one."""
        if network not in (*_SYSTEM_MODE, "NOSERVICE"):
            raise ValueError(f"network is {network!r}, but it is one of {', '.join(_SYSTEM_MODE)}, NOSERVICE")
        self._place = network

    def fall_silent(self) -> None:
        """Answer nothing from now on."""
        self._defects |= {"silent"}

    def receive(self, data: bytes) -> bytes:
        """What the stick sends when it gets `data`; a command ends with CR."""
        *commands, self._received = (self._received + data.decode("latin-1").replace("\n", "")).split("\r")
        if "silent" in self._defects:
            return b""
        sent = b""
        for command in commands:
            if command.strip() and not self.hung_up:
                sent += self._respond(command.strip())
        return sent

    def unsolicited(self) -> bytes:
        """A burst of reports that nobody asked for."""
        reports = (f"^RSSI:{self._csq}", f"^HCSQ:{self._cell()}", "RING", "+CREG: 1")
        return b"".join(_line(report) for report in reports)

    def _respond(self, command: str) -> bytes:
        if "garbage" in self._defects:
            return _NOISE * 8 + b"\r\n" + _NOISE
        echo = command.encode("latin-1") + b"\r" if self._echo else b""
        if "noise" in self._defects:
            echo = _NOISE + b"\r\n" + echo
        if command.upper() == "AT+CSQ" and "hangs_up" in self._defects:
            self.hung_up = True
            return echo + b"\r\n+CS"
        lines = self._answer(command)
        burst = self.unsolicited() if "bursts" in self._defects else b""
        return burst + echo + burst + b"".join(_line(line) + burst for line in lines)

    def _answer(self, command: str) -> tuple[str, ...]:
        name = command.upper()
        if name in _IDENTITY:
            return (*_IDENTITY[name], "OK")
        if name in ("ATE0", "ATE1"):
            self._echo = name == "ATE1"
            return ("OK",)
        if name.startswith("AT^SYSCFGEX="):
            return (self._change_technology(command),)
        if name == "AT":
            return ("OK",)
        report = self._report(name)
        return (report, "OK") if report else ("COMMAND NOT SUPPORT",)

    def _report(self, name: str) -> str:
        match name:
            case "AT+CSQ":
                return f"+CSQ: {self._csq},99"
            case "AT^HCSQ?":
                return f"^HCSQ:{self._cell()}"
            case "AT^SYSINFOEX":
                return f"^SYSINFOEX:{self._service()}"
            case "AT+COPS?":
                network = self._network()
                return f'+COPS: 0,0,"Demonstration, mobile",{_ACCESS_TECHNOLOGY[network]}' if network else "+COPS: 0"
            case "AT^SYSCFGEX?":
                order, *rest = self._setting
                return f'^SYSCFGEX:"{order}",{",".join(rest)}'
        return ""

    def _network(self) -> str:
        """The network that serves the stick, "" for none: the place's best or one below it, as far as the setting admits it."""
        known = tuple(_SYSTEM_MODE)
        here = known[: known.index(self._place) + 1] if self._place in known else ()
        if self._looks_until_registered:
            return ""
        return next((network for network in _ADMITTED[self._setting[0]] if network in here), "")

    def _cell(self) -> str:
        network = self._network()
        name = f'"{network or "NOSERVICE"}"' if self._quotes else network or "NOSERVICE"
        if not network:
            return name
        step = 255 if self._csq == 99 else -113 + 2 * self._csq + 121
        return {
            "LTE": f"{name},{step},40,120,22",
            "WCDMA": f"{name},{step},{min(step, 96)},50",
            "GSM": f"{name},{step}",
        }[network]

    def _service(self) -> str:
        if self._looks_until_registered and "never_registers" not in self._defects:
            self._looks_until_registered -= 1
            return '0,0,0,1,,0,"NO SERVICE",0,"NO SERVICE"'
        network = self._network()
        if not network:
            return '0,0,0,1,,0,"NO SERVICE",0,"NO SERVICE"'
        return f'2,3,0,1,,{_SYSTEM_MODE[network]},"{network}",{_SYSTEM_MODE[network]},"{network}"'

    def _change_technology(self, command: str) -> str:
        setting = _SETTING.fullmatch(command)
        if not setting or "refuses_change" in self._defects:
            return "ERROR"
        self._changes += 1
        if self._changes == 1 or "keeps_technology" not in self._defects:
            self._setting = list(setting.groups())
            self._looks_until_registered = 1
        return "OK"


def _line(text: str) -> bytes:
    return b"\r\n" + text.encode("latin-1") + b"\r\n"
