"""What the answers of an AT modem mean: signal, network, operator and technology setting.

+CSQ and +COPS are those of 3GPP TS 27.007; ^HCSQ, ^SYSINFOEX and ^SYSCFGEX those of Huawei's modems.
Every decoder takes the information lines of one answer and raises ValueError when none of them can be read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from labapp.domain.measurement import rssi_of_csq
from labapp.network.technology import TechnologySetting

#: Access technologies of +COPS by number (3GPP TS 27.007 section 7.3), in the words of ^SYSINFOEX.
ACCESS_TECHNOLOGIES = {0: "GSM", 1: "GSM", 2: "WCDMA", 3: "GSM", 4: "WCDMA", 5: "WCDMA", 6: "WCDMA", 7: "LTE"}

_UNKNOWN = 255


@dataclass(frozen=True, slots=True)
class SignalQuality:
    """The answer to AT+CSQ. csq: 0 to 31, None when the modem does not know. rssi: in dBm."""

    csq: int | None

    @property
    def rssi(self) -> int | None:
        """Signal strength in dBm."""
        return None if self.csq is None else rssi_of_csq(self.csq)


@dataclass(frozen=True, slots=True)
class CellSignal:
    """The answer to AT^HCSQ?. network: "LTE", "WCDMA", "GSM" or "NOSERVICE". rssi, rsrp, rscp in dBm; sinr, rsrq, ecio in dB."""

    network: str
    rssi: float | None = None
    rsrp: float | None = None
    sinr: float | None = None
    rsrq: float | None = None
    rscp: float | None = None
    ecio: float | None = None


@dataclass(frozen=True, slots=True)
class ServiceState:
    """The answer to AT^SYSINFOEX. in_service: the network serves the modem fully. network: as in CellSignal."""

    in_service: bool
    roaming: bool
    sim_valid: bool
    network: str
    detail: str


@dataclass(frozen=True, slots=True)
class Operator:
    """The answer to AT+COPS?. name: "" while registered nowhere. network: "" when the answer does not tell."""

    name: str
    network: str


def decode_csq(lines: Sequence[str]) -> SignalQuality:
    """`+CSQ: 16,99`: RSSI = -113 + 2n dBm for n 0 to 31; 99, and any other value, is unknown."""
    csq = int(_fields(lines, "+CSQ")[0])
    return SignalQuality(csq if rssi_of_csq(csq) is not None else None)


def decode_hcsq(lines: Sequence[str]) -> CellSignal:
    """`^HCSQ:"LTE",52,45,120,25`: lower ends of the steps that the modem reports; 255 is unknown, missing values too."""
    network, *values = _fields(lines, "^HCSQ")
    network = network.upper()
    steps = [None if not value or int(value) == _UNKNOWN else int(value) for value in values]
    steps += [None] * (4 - len(steps))
    if network == "LTE":
        return CellSignal(
            network,
            rssi=_scaled(steps[0], 1, -121),
            rsrp=_scaled(steps[1], 1, -141),
            sinr=_scaled(steps[2], 0.2, -20.2),
            rsrq=_scaled(steps[3], 0.5, -20),
        )
    if network in ("WCDMA", "TD-SCDMA"):
        return CellSignal(
            network,
            rssi=_scaled(steps[0], 1, -121),
            rscp=_scaled(steps[1], 1, -121),
            ecio=_scaled(steps[2], 0.5, -32.5),
        )
    if network == "GSM":
        return CellSignal(network, rssi=_scaled(steps[0], 1, -121))
    return CellSignal(network)


def decode_sysinfoex(lines: Sequence[str]) -> ServiceState:
    """`^SYSINFOEX:2,3,0,1,,6,"LTE",101,"LTE"`: service, domain, roaming, SIM, reserved, network by number and name, detail."""
    fields = _fields(lines, "^SYSINFOEX")
    if len(fields) < 7:
        raise ValueError(f"^SYSINFOEX with {len(fields)} fields")
    return ServiceState(
        in_service=fields[0] == "2",
        roaming=fields[2] == "1",
        sim_valid=fields[3] == "1",
        network=fields[6].upper().replace(" ", ""),
        detail=fields[8] if len(fields) > 8 else "",
    )


def decode_cops(lines: Sequence[str]) -> Operator:
    """`+COPS: 0,0,"Operator",7`: mode, format, name, access technology; only the mode while registered nowhere."""
    fields = _fields(lines, "+COPS")
    technology = fields[3] if len(fields) > 3 else ""
    return Operator(
        name=fields[2] if len(fields) > 2 else "",
        network=ACCESS_TECHNOLOGIES.get(int(technology), "") if technology else "",
    )


def decode_syscfgex(lines: Sequence[str]) -> TechnologySetting:
    """`^SYSCFGEX:"00",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF`: order, bands, roaming, service domain, LTE bands."""
    fields = _fields(lines, "^SYSCFGEX")
    if len(fields) < 5:
        raise ValueError(f"^SYSCFGEX with {len(fields)} fields")
    order, band, roaming, domain, lte_band = fields[:5]
    if not all(re.fullmatch(r"[0-9A-Fa-f]+", field) for field in fields[:5]):
        raise ValueError(f"^SYSCFGEX with fields {fields[:5]}")
    return TechnologySetting(order, band, lte_band, roaming, domain)


def syscfgex_command(setting: TechnologySetting) -> str:
    """The command that makes a setting read by `decode_syscfgex` the modem's."""
    return f'AT^SYSCFGEX="{setting.order}",{setting.band},{setting.roaming},{setting.domain},{setting.lte_band},,'


def free_text(lines: Sequence[str]) -> str:
    """The first line of an answer such as that to AT+CGMM, without the command's name where the modem repeats it; "" for none."""
    return re.sub(r"^[+^][A-Z]+:\s*", "", lines[0]).strip('" ') if lines else ""


def _fields(lines: Sequence[str], name: str) -> list[str]:
    """The fields of the last line that reports `name`: an unsolicited report of the same name may stand before the answer."""
    for line in reversed(lines):
        if line.upper().startswith(f"{name}:"):
            return [field.strip().strip('"') for field in _split(line[len(name) + 1 :])]
    raise ValueError(f"no {name} line")


def _split(text: str) -> list[str]:
    """Split at commas outside quotes: an operator's name may hold one."""
    return re.split(r',(?=(?:[^"]*"[^"]*")*[^"]*$)', text)


def _scaled(step: int | None, factor: float, offset: float) -> float | None:
    return None if step is None else round(step * factor + offset, 1)
