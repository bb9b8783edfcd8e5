"""The one table of requests that are tolerated anywhere in a scenario: answered, recorded, never out of scenario.

It speaks only of requests that no step of the case waits for. Everything that is not in it is out of scenario, except
StatusNotifications of a charge point, which go to their own review.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from labapp.domain.testcase import CENTRAL_SYSTEM, CHARGE_POINT
from labapp.ocpp.initiators import INITIATORS

#: `always`; `repeat`: only the same request again while an earlier one is unanswered; `after_link_loss`: only on the first
#: connection after a link loss that the tool itself caused.
When = Literal["always", "repeat", "after_link_loss"]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """One row. reason: why, as shown beside the frame. again: an unanswered one may be sent again, whenever else it may come."""

    action: str
    when: When
    reason: str
    again: bool = False


_SIGN_OF_LIFE = "a sign of life may come at any time"
_METER_VALUES = "meter values may come in any context"
_VENDOR = "vendor-specific messages may come at any time and are answered UnknownVendorId"
_NOTIFICATION = "a notification of security, log, diagnostics or firmware that no step waits for"
_REPEAT = "an unanswered transaction message is sent again"
_AFTER_LOSS = "the link was lost on purpose"
_OWN_ACCORD = "a central system may send requests of its own accord; they are answered"


def _always(reason: str, *actions: str) -> tuple[Tolerance, ...]:
    return tuple(Tolerance(action, "always", reason) for action in actions)


def _own_accord(version: str) -> tuple[Tolerance, ...]:
    mine = sorted(action for action, initiator in INITIATORS[version].items() if initiator == CENTRAL_SYSTEM)
    return (*_always(_OWN_ACCORD, *mine), *_always(_VENDOR, "DataTransfer"))


#: (version, role of the sender) -> its rows.
TOLERATED: Mapping[tuple[str, str], tuple[Tolerance, ...]] = {
    ("1.6", CHARGE_POINT): (
        *_always(_SIGN_OF_LIFE, "Heartbeat"),
        Tolerance("MeterValues", "always", _METER_VALUES, again=True),
        *_always(_VENDOR, "DataTransfer"),
        *_always(
            _NOTIFICATION,
            "DiagnosticsStatusNotification",
            "FirmwareStatusNotification",
            "LogStatusNotification",
            "SecurityEventNotification",
            "SignedFirmwareStatusNotification",
        ),
        Tolerance("StartTransaction", "repeat", _REPEAT),
        Tolerance("StopTransaction", "repeat", _REPEAT),
        Tolerance("StatusNotification", "after_link_loss", _AFTER_LOSS),
        Tolerance("BootNotification", "after_link_loss", _AFTER_LOSS),
    ),
    ("1.6", CENTRAL_SYSTEM): _own_accord("1.6"),
    ("2.0.1", CHARGE_POINT): (
        *_always(_SIGN_OF_LIFE, "Heartbeat"),
        *_always(_METER_VALUES, "MeterValues"),
        *_always(_VENDOR, "DataTransfer"),
        *_always(
            _NOTIFICATION,
            "FirmwareStatusNotification",
            "LogStatusNotification",
            "PublishFirmwareStatusNotification",
            "SecurityEventNotification",
        ),
        Tolerance("TransactionEvent", "repeat", _REPEAT),
        Tolerance("NotifyEvent", "after_link_loss", _AFTER_LOSS),
        Tolerance("StatusNotification", "after_link_loss", _AFTER_LOSS),
        Tolerance("BootNotification", "after_link_loss", _AFTER_LOSS),
    ),
    ("2.0.1", CENTRAL_SYSTEM): _own_accord("2.0.1"),
}


def tolerance(version: str, role: str, action: str) -> Tolerance | None:
    """The row that speaks of a request of this role ("charge_point" or "central_system"), None when there is none."""
    return next((row for row in TOLERATED[version, role] if row.action == action), None)


def repeats(version: str, role: str, action: str) -> bool:
    """Whether a request of this role is sent again when it was not answered."""
    row = tolerance(version, role, action)
    return row is not None and (row.when == "repeat" or row.again)


def tolerated_reason(version: str, role: str, action: str) -> str:
    """Why a request of this role that no step waits for is tolerated always and anywhere; "" when it is not."""
    row = tolerance(version, role, action)
    return row.reason if row and row.when == "always" else ""
