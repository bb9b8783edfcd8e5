"""What a central system has set on the tool and not withdrawn."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.view import Seen
from labapp.ocpp.version import Request
from labapp.ocpp.withdrawals16 import withdrawals
from tests.ocpp.history import NOW, History

LATER = "2025-01-01T13:00:00Z"
CLEAR = Request("ClearChargingProfile", {})


def asked(action: str, status: str = "Accepted", **fields: Any) -> tuple[Seen, Seen]:
    return Seen(1, NOW, "sut", f"{action}.req", fields), Seen(2, NOW, "tool", f"{action}.conf", {"status": status})


def reserved(number: int, expiry: str = LATER, status: str = "Accepted") -> tuple[Seen, Seen]:
    return asked("ReserveNow", status, reservationId=number, expiryDate=expiry, connectorId=1, idTag="TAG")


def installed(number: int, purpose: str = "TxDefaultProfile", **more: Any) -> tuple[Seen, Seen]:
    content = {"chargingProfileId": number, "stackLevel": 0, "chargingProfilePurpose": purpose, **more}
    return asked("SetChargingProfile", connectorId=1, csChargingProfiles=content)


def started(reservation: int) -> Seen:
    return Seen(3, NOW, "tool", "StartTransaction.req", {"reservationId": reservation})


def cancelled(*numbers: int) -> list[Request]:
    return [Request("CancelReservation", {"reservationId": number}) for number in numbers]


def available(connector: int, kind: str, status: str = "Accepted") -> tuple[Seen, Seen]:
    return asked("ChangeAvailability", status, connectorId=connector, type=kind)


def operative(*connectors: int) -> list[Request]:
    return [Request("ChangeAvailability", {"connectorId": each, "type": "Operative"}) for each in connectors]


@pytest.mark.parametrize(
    ("view", "requests"),
    [
        (History(), []),
        (History(reserved(1), reserved(2)), cancelled(1, 2)),
        (History(reserved(1, status="Occupied")), []),
        (History(reserved(1), asked("CancelReservation", reservationId=1)), []),
        (History(reserved(1), asked("CancelReservation", "Rejected", reservationId=1)), cancelled(1)),
        (History(reserved(1), started(1)), []),
        (History(reserved(1, "2025-01-01T11:59:59Z")), []),
        (History(installed(1)), [CLEAR]),
        (History(installed(1), asked("ClearChargingProfile", id=1)), []),
        (History(installed(1), asked("ClearChargingProfile", id=2)), [CLEAR]),
        (History(installed(1), asked("ClearChargingProfile", "Unknown", id=1)), [CLEAR]),
        (History(installed(1), asked("ClearChargingProfile", connectorId=1, stackLevel=0)), []),
        (History(installed(1), asked("ClearChargingProfile", connectorId=2)), [CLEAR]),
        (History(installed(1), installed(2), asked("ClearChargingProfile")), []),
        (History(installed(1, "TxProfile")), []),
        (History(installed(1, "TxProfile"), transaction=7), [CLEAR]),
        (History(reserved(1), installed(1)), [*cancelled(1), CLEAR]),
        (History(available(2, "Inoperative"), available(1, "Inoperative")), operative(1, 2)),
        (History(available(1, "Inoperative", "Rejected")), []),
        (History(available(1, "Inoperative"), available(1, "Operative")), []),
        (History(available(1, "Inoperative"), available(0, "Inoperative"), available(1, "Operative")), operative(0)),
        (History(available(1, "Inoperative"), available(0, "Operative")), []),
        (History(available(1, "Operative"), reserved(1)), cancelled(1)),
    ],
)
def test_what_holds_is_withdrawn(view: Any, requests: list[Request]) -> None:
    assert withdrawals(view) == requests
