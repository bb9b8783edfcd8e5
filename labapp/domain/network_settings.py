"""What to measure of the network: the settings read from the `[network]` table of a project."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from labapp.domain.errors import InputError, InputErrors
from labapp.domain.measurement import (
    BANDWIDTH_LIMIT,
    CSQ_MAX,
    LATENCY_LIMIT,
    NETWORK_KEYS,
    RSSI_LIMIT,
    TECHNOLOGIES,
    Bound,
    Limit,
)


@dataclass(frozen=True, slots=True)
class ModemAddress:
    """Where the modem is. kind: "serial" or "hilink". place: the port (`/dev/ttyUSB0`, `COM3`) or the URL."""

    kind: str
    place: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.place}"


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """What to measure, through what, against which limits.

    far_end: URL without a trailing slash, "" for none. interface: "" for the system's choice. technology: a key of
    TECHNOLOGIES, "" to leave the modem alone. seconds: of each bandwidth measurement.
    """

    far_end: str = ""
    interface: str = ""
    modem: ModemAddress | None = None
    technology: str = ""
    probes: int = 20
    seconds: float = 5.0
    bandwidth: Limit = BANDWIDTH_LIMIT
    latency: Limit = LATENCY_LIMIT
    loss: Limit | None = None
    rssi: Limit = RSSI_LIMIT

    @property
    def csq(self) -> Limit:
        """The limit of the signal strength as an AT+CSQ value: the lowest one whose RSSI is within it."""
        return Limit(
            Bound.AT_LEAST, float(next(csq for csq in range(CSQ_MAX + 1) if -113 + 2 * csq >= self.rssi.value))
        )


def network_settings(table: Mapping[str, Any], *, where: str = "[network]") -> NetworkSettings:
    """The settings of a `[network]` table as TOML gives it.

    Raises InputErrors naming every unknown key, wrong type, value out of range and limit laxer than the test procedure's.
    """
    return _Reader(table, where).settings()


class _Reader:
    """Reads one table and gathers its faults."""

    def __init__(self, table: Mapping[str, Any], where: str) -> None:
        self._table = table
        self._where = where
        self._faults: list[InputError] = []

    def settings(self) -> NetworkSettings:
        known = [entry.key for entry in NETWORK_KEYS]
        for key in self._table:
            if key not in known:
                self._fault(key, "no such key", f"the keys are {', '.join(known)}")
        settings = NetworkSettings(
            far_end=self._far_end(),
            interface=self._text("interface"),
            modem=self._modem(),
            technology=self._technology(),
            probes=int(self._number("probes", 20, 1, 1000, whole=True)),
            seconds=self._number("seconds", 5.0, 0.1, 60),
            bandwidth=self._limit("min_bandwidth", BANDWIDTH_LIMIT, "kB/s", 0, 1e6),
            latency=self._limit("max_latency", LATENCY_LIMIT, "ms", 0, 1e6),
            loss=Limit(Bound.AT_MOST, self._number("max_loss", 0, 0, 100)) if "max_loss" in self._table else None,
            rssi=self._limit("min_rssi", RSSI_LIMIT, "dBm", -113, -51),
        )
        if self._faults:
            raise InputErrors(self._faults)
        return settings

    def _fault(self, key: str, what: str, mend: str) -> None:
        self._faults.append(InputError(what, where=f"{self._where} {key}", mend=mend))

    def _text(self, key: str) -> str:
        value = self._table.get(key, "")
        if not isinstance(value, str) or any(not character.isprintable() for character in value):
            self._fault(key, f"{value!r} is no text", "write it in quotes, without control characters")
            return ""
        return value.strip()

    def _far_end(self) -> str:
        text = self._text("far_end")
        if text and not _is_web_address(text):
            self._fault("far_end", f"{text!r} is no URL of a far end", "give it as http://HOST:PORT")
        return text.rstrip("/")

    def _modem(self) -> ModemAddress | None:
        text = self._text("modem")
        if not text:
            return None
        kind, colon, place = text.partition(":")
        if kind == "hilink" and colon:
            address = ModemAddress("hilink", place.rstrip("/"))
        elif kind == "serial" and colon:
            address = ModemAddress("serial", place)
        elif text.startswith(("http://", "https://")):
            address = ModemAddress("hilink", text.rstrip("/"))
        else:
            address = ModemAddress("serial", text)
        if not address.place or (address.kind == "hilink" and not _is_web_address(address.place)):
            self._fault("modem", f"{text!r} names no modem", "give serial:PORT or hilink:http://ADDRESS")
        return address

    def _technology(self) -> str:
        text = self._text("technology")
        if text and text not in TECHNOLOGIES:
            self._fault(
                "technology",
                f"{text!r} is no technology",
                f"give one of {', '.join(TECHNOLOGIES)}, or leave the key out",
            )
        elif text and "modem" not in self._table:
            self._fault(
                "technology", "only a modem can be held to a technology", "name the modem, or leave the key out"
            )
        return text

    def _number(self, key: str, default: float, lowest: float, highest: float, *, whole: bool = False) -> float:
        value = self._table.get(key, default)
        wanted = f"give a {'whole ' if whole else ''}number from {lowest:g} to {highest:g}"
        is_number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
        if not is_number or not lowest <= value <= highest:
            self._fault(key, f"{value!r} is out of range" if is_number else f"{value!r} is no number", wanted)
            return default
        return float(value)

    def _limit(self, key: str, stated: Limit, unit: str, lowest: float, highest: float) -> Limit:
        value = self._number(key, stated.value, lowest, highest)
        if not stated.allows(value):
            self._fault(
                key,
                f"{value:g} {unit} is laxer than the test procedure's limit of {stated.value:g} {unit}",
                f"give {stated}, or leave the key out",
            )
        return Limit(stated.bound, value)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0 and " " not in text
    except ValueError:
        return False


def is_own_address(interface: str) -> bool:
    """Whether the interface is given as an IP address rather than by its name."""
    try:
        ipaddress.ip_address(interface)
    except ValueError:
        return False
    return True
