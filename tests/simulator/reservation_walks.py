"""What shows the defects of a simulated station's reservations: what is looked at, what a sound station shows, and what a defective one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.simulator.scripted import Bench

_RESERVATION = {"connectorId": 1, "expiryDate": "2025-01-01T12:00:30Z", "idTag": "TAG", "reservationId": 4}


async def _through_expiry(bench: Bench) -> list[str]:
    await bench.central.call("ReserveNow", _RESERVATION)
    await bench.settle(60)
    return bench.central.story()


async def _reservation_of_the_transaction(bench: Bench) -> Any:
    await bench.central.call("ReserveNow", _RESERVATION)
    await bench.act("present_id", connector=1, id_tag="TAG")
    await bench.act("plug_in", connector=1)
    return (await bench.central.expect("StartTransaction")).payload.get("reservationId")


async def _other_card(bench: Bench) -> list[str]:
    await bench.central.call("ReserveNow", _RESERVATION)
    await bench.act("present_id", connector=1, id_tag="OTHER")
    await bench.settle()
    return bench.central.story()


async def _cancelling_another(bench: Bench) -> str:
    await bench.central.call("ReserveNow", _RESERVATION)
    return str((await bench.central.call("CancelReservation", {"reservationId": 5}))["status"])


RESERVATION_TABLE: dict[str, tuple[Callable[[Bench], Awaitable[Any]], Any, Any]] = {
    "reservation_does_not_expire": (_through_expiry, ["1 Reserved", "1 Available"], ["1 Reserved"]),
    "reservation_unnamed": (_reservation_of_the_transaction, 4, None),
    "asks_about_unreserved_cards": (_other_card, ["1 Reserved"], ["1 Reserved", "Authorize"]),
    "cancels_any_reservation": (_cancelling_another, "Rejected", "Accepted"),
}
