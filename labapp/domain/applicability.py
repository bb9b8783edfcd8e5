"""Which cases apply to a device that has connected, and within which limits: the second stage of planning.

The first stage rests on the declaration alone (`plan.py`). This one rests on what the device itself reports: its configuration keys,
against the live conditions of the plan and the cases' own prerequisites.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.device import DeviceModel
from labapp.domain.expectations import Condition
from labapp.domain.pics import shown
from labapp.domain.plan import excluded_by_keys
from labapp.domain.plan_conditions import LIVE_CONDITIONS, KeyReading
from labapp.domain.stamps import Stamp
from labapp.domain.testcase import CHARGE_POINT, TestCase
from labapp.domain.view import Seen

_STACK_LEVEL_KEY = "ChargeProfileMaxStackLevel"
_RATE_UNIT_KEY = "ChargingScheduleAllowedChargingRateUnit"

#: Keys whose values bound values of the project.
BOUNDING_KEYS = (_STACK_LEVEL_KEY, _RATE_UNIT_KEY)

_RATE_UNITS = {"current": "A", "power": "W"}


@dataclass(slots=True)
class BetweenCases:
    """What a prerequisite may look at before its case runs: values, facts, and the device model; no message.

    asked: the configuration keys that were looked at, in their order.
    """

    values: Mapping[str, Any]
    dut: Mapping[str, Any]
    model: DeviceModel = field(default_factory=DeviceModel)
    asked: dict[str, None] = field(default_factory=dict)

    @property
    def now(self) -> Stamp:
        """There is no moment."""
        raise LookupError("no prerequisite depends on the time")

    def seen(self, step: int, state: str = "") -> Sequence[Seen]:
        """Nothing has come."""
        return ()

    def history(self, message: str = "") -> Sequence[Seen]:
        """Nothing has come."""
        return ()

    def status(self, connector: int) -> str:
        """Last reported status."""
        return self.model.statuses.get(connector, "")

    def configuration(self, key: str) -> str | None:
        """Last known value of a configuration key."""
        self.asked[key] = None
        return self.model.value(key)

    def readonly(self, key: str) -> bool | None:
        """Whether the device has reported the key as read-only."""
        self.asked[key] = None
        return self.model.readonly(key)

    def transaction(self) -> int | str | None:
        """No transaction is the case's."""
        return None

    def resumed(self, connector: int) -> bool:
        """Nothing has been interrupted."""
        return False

    def locally_known(self) -> bool:
        """No card is known."""
        return False

    def grouped(self) -> bool:
        """No card has been presented."""
        return False

    def files(self) -> Sequence[Mapping[str, Any]]:
        """Nothing has been transferred."""
        return ()

    def restored(self) -> Stamp | None:
        """The connection has not been cut."""
        return None

    def prompted(self) -> Stamp | None:
        """Nobody has been asked."""
        return None

    def secret(self, name: str) -> str | None:
        """No frame is written."""
        return None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A planned case that the device may still exclude. live: open conditions of the plan, names in LIVE_CONDITIONS."""

    case: TestCase
    live: tuple[str, ...] = ()


def unmet(case: TestCase, view: BetweenCases) -> str:
    """Which prerequisites of a case do not hold, with the keys that say so; "" when all hold.

    What keys of a charging station decide is left open until they have been read; a central system has none.
    """
    ask = case.sut == CHARGE_POINT
    return "; ".join(filter(None, (_unmet(condition, view, device_decides=ask) for condition in case.prerequisites)))


def _unmet(condition: Condition, view: BetweenCases, *, device_decides: bool) -> str:
    view.asked.clear()
    if condition.test(view):
        return ""
    known = [key.lower() in view.model.configuration or view.model.known_absent(key) for key in view.asked]
    if device_decides and not all(known):
        return ""
    cited = [text for key in view.asked if (text := _cited(view.model, key))]
    why = f", since the device reports {' and '.join(cited)}" if cited else ""
    return f"the case presupposes that {condition.text}, which is not so{why}"


def _cited(model: DeviceModel, key: str) -> str:
    entry = model.configuration.get(key.lower())
    if entry is None:
        return f"no key {key}" if model.known_absent(key) else ""
    access = {True: " (read-only)", False: " (read-write)", None: ""}[entry[2]]
    return f"{entry[0]} = {shown(entry[1] or '')}{access}"


def exclusions(candidates: Iterable[Candidate], view: BetweenCases) -> dict[str, str]:
    """By id: why a case does not apply to the device, for each that does not."""
    readings, unread = readings_of(view.model, (name for each in candidates for name in each.live))
    found = {
        each.case.id: excluded_by_keys(each.live, readings, unread) or unmet(each.case, view) for each in candidates
    }
    return {case: reason for case, reason in found.items() if reason}


def readings_of(model: DeviceModel, live: Iterable[str]) -> tuple[dict[str, KeyReading], frozenset[str]]:
    """What is known of the keys of live conditions: the readings, and the keys of which nothing is known.

    A key that is in neither is one that the device does not know.
    """
    readings: dict[str, KeyReading] = {}
    unread: set[str] = set()
    for key in {LIVE_CONDITIONS[name].key for name in live}:
        entry = model.configuration.get(key.lower())
        if entry is not None:
            readings[key] = KeyReading(entry[1], readonly=bool(entry[2]))
        elif not model.known_absent(key):
            unread.add(key)
    return readings, frozenset(unread)


def needed_keys(candidates: Iterable[Candidate], view: BetweenCases) -> tuple[str, ...]:
    """The configuration keys on which the candidates depend, and those that bound values, by name."""
    needed = set(BOUNDING_KEYS)
    for each in candidates:
        needed.update(LIVE_CONDITIONS[name].key for name in each.live)
        for condition in each.case.prerequisites:
            view.asked.clear()
            condition.test(view)
            needed.update(view.asked)
    return tuple(sorted(needed))


@dataclass(frozen=True, slots=True)
class Bound:
    """A value that lies outside what the device reports. value: the nearest one inside."""

    key: str
    value: Any
    text: str


def bounds(values: Mapping[str, Any], model: DeviceModel) -> tuple[Bound, ...]:
    """The values under [values] that the device's keys do not allow."""
    found = []
    highest = (model.value(_STACK_LEVEL_KEY) or "").strip()
    level = values.get("stack_level")
    if highest.isdecimal() and isinstance(level, int) and level > int(highest):
        found.append(_bound("stack_level", level, int(highest), _cited(model, _STACK_LEVEL_KEY)))
    listed = (model.value(_RATE_UNIT_KEY) or "").lower().split(",")
    allowed = [_RATE_UNITS[unit.strip()] for unit in listed if unit.strip() in _RATE_UNITS]
    unit = values.get("charging_rate_unit")
    if allowed and unit is not None and unit not in allowed:
        found.append(_bound("charging_rate_unit", unit, allowed[0], _cited(model, _RATE_UNIT_KEY)))
    return tuple(found)


def _bound(key: str, value: Any, inside: Any, cited: str) -> Bound:
    return Bound(key, inside, f"[values] {key} = {shown(value)} is outside what the device reports, {cited}")
