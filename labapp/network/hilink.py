"""A modem that is a router of its own (HiLink), spoken to over its HTTP API through huawei-lte-api."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from xml.parsers.expat import ExpatError

import requests
from huawei_lte_api.Client import Client
from huawei_lte_api.Connection import Connection
from huawei_lte_api.exceptions import ResponseErrorException, ResponseErrorLoginRequiredException

from labapp.domain.errors import EnvironmentFault
from labapp.domain.measurement import ModemFacts, csq_of_rssi
from labapp.network.at_answers import ACCESS_TECHNOLOGIES
from labapp.network.modem import CommandRefused, Signal
from labapp.network.technology import REGISTRATION_TIMEOUT, TechnologyControl, TechnologySetting

#: Seconds to connect to the stick and to wait for one answer.
ANSWER_TIMEOUT = 10.0

_DECIBELS = re.compile(r"(?:[<>]=?)?\s*(-?\d+(?:\.\d+)?)\s*(?:dBm?)?", re.IGNORECASE)
# What the library lets through when an answer has a form of its own.
_UNREADABLE = (ExpatError, KeyError, ValueError, TypeError, AttributeError)


def decibels(text: object) -> float | None:
    """The number of "-65dBm", "-11.0dB" or ">=-51dBm" (its bound); None for an empty or unreadable text."""
    match = _DECIBELS.fullmatch(text.strip()) if isinstance(text, str) else None
    return float(match[1]) if match else None


class HiLinkModem:
    """The HiLink stick at `url`. timeout: seconds for one answer; registration: seconds to register after a change.

    Raises EnvironmentFault when nothing answers there, or something else than a HiLink stick does.
    """

    def __init__(
        self, url: str, *, timeout: float = ANSWER_TIMEOUT, registration: float = REGISTRATION_TIMEOUT
    ) -> None:
        self._address = url
        self._registration = registration
        self._session = requests.Session()
        # The stick is on this machine: a proxy of the surroundings must not get to see the requests.
        self._session.trust_env = False
        try:
            self._client = Client(
                self._reading("session", lambda: Connection(url, timeout=timeout, requests_session=self._session))
            )
            self._signal_values()
        except EnvironmentFault:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the stick."""
        self._session.close()

    def facts(self) -> ModemFacts:
        """Identity and registration; what the stick does not tell without a login stays ""."""
        identity = self._optional(self._client.device.information)
        operator = self._optional(self._client.net.current_plmn)
        return ModemFacts(
            kind="hilink",
            address=self._address,
            manufacturer="Huawei",
            model=_text(identity, "DeviceName"),
            revision=_text(identity, "SoftwareVersion"),
            serial_number=_text(identity, "Imei") or _text(identity, "SerialNumber"),
            operator=_text(operator, "FullName") or _text(operator, "ShortName"),
            network=_network(operator) or _text(identity, "workmode").upper().replace(" ", ""),
        )

    def signal(self) -> Signal:
        """RSSI as the stick states it; the stick knows no CSQ, which is computed from it."""
        values = self._signal_values()
        rssi = decibels(values.get("rssi"))
        parts = [
            f"{name.upper()} {values[name]}" for name in ("rsrp", "rsrq", "sinr", "rscp", "ecio") if values.get(name)
        ]
        if rssi is None:
            return Signal(None, None, ", ".join(parts))
        return Signal(rssi, csq_of_rssi(rssi), ", ".join(parts), "computed from RSSI")

    def held_to(self, technology: str) -> AbstractContextManager[None]:
        """See Modem; the setting is that of `net/net-mode`."""
        control = TechnologyControl(self._address, read=self._mode, write=self._set_mode, serving=self._serving)
        return control.held_to(technology, self._registration)

    def _mode(self) -> TechnologySetting:
        values = self._reading("net/net-mode", self._client.net.net_mode)
        setting = TechnologySetting(*(_text(values, name) for name in ("NetworkMode", "NetworkBand", "LTEBand")))
        if not setting.order:
            raise self._unreadable("net/net-mode", "it names no mode")
        return setting

    def _set_mode(self, setting: TechnologySetting) -> None:
        self._reading(
            "net/net-mode", lambda: self._client.net.set_net_mode(setting.lte_band, setting.band, setting.order)
        )

    def _serving(self) -> str:
        return _network(self._optional(self._client.net.current_plmn))

    def _signal_values(self) -> Mapping[str, Any]:
        values = self._reading("device/signal", self._client.device.signal)
        if not isinstance(values, Mapping) or "rssi" not in values:
            raise self._unreadable("device/signal", "it holds no rssi")
        return values

    def _reading(self, endpoint: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except ResponseErrorLoginRequiredException as error:
            raise EnvironmentFault(
                f"the HiLink stick wants a login for {endpoint}",
                where=self._address,
                mend="switch its login off on its own page",
            ) from error
        except ResponseErrorException as error:
            raise CommandRefused(
                f"the HiLink stick refused {endpoint}: {error}",
                where=self._address,
                mend="check its SIM card and firmware",
            ) from error
        except OSError as error:
            raise EnvironmentFault(
                f"no HiLink stick answers {endpoint}",
                where=self._address,
                mend="plug the stick in and check its address",
            ) from error
        except _UNREADABLE as error:
            raise self._unreadable(endpoint, str(error) or type(error).__name__) from error

    def _unreadable(self, endpoint: str, reason: str) -> EnvironmentFault:
        return EnvironmentFault(
            f"the answer to {endpoint} is not that of a HiLink stick: {reason}",
            where=self._address,
            mend="check that this is the stick's address",
        )

    def _optional(self, read: Callable[[], Any]) -> Mapping[str, Any]:
        """What the stick tells, nothing when it refuses or answers in a form of its own."""
        try:
            values = read()
        except (ResponseErrorException, *_UNREADABLE):
            return {}
        except OSError as error:
            raise EnvironmentFault(
                "the HiLink stick answers no more", where=self._address, mend="plug the stick in again"
            ) from error
        return values if isinstance(values, Mapping) else {}


def _text(values: Mapping[str, Any], name: str) -> str:
    return str(values.get(name) or "")


def _network(operator: Mapping[str, Any]) -> str:
    """The network of `net/current-plmn`, "" while registered nowhere."""
    access = _text(operator, "Rat")
    return ACCESS_TECHNOLOGIES.get(int(access), "") if access.isdecimal() and _text(operator, "Numeric") else ""
