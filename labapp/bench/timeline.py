"""The status notifications of an attempt on a time axis, as the review shows them beside its items."""

from __future__ import annotations

from typing import Any

from labapp.domain.stamps import utc_text
from labapp.engine.attempt import Attempt


def timeline_of(attempt: Attempt) -> list[dict[str, Any]]:
    """Every notification that came or was missed, oldest first: `connector`, `status`, `at`, `seq`, `state`, `item`.

    state: "met" for one that a step expected, else the kind of its review item; "tolerated" for one that nobody asked about.
    A missing one stands where its wait was given up. item: id of its review item, "" for none.
    """
    of_frame = {line.item.seq: line for line in attempt.review_lines if line.item.situation.kind != "missing"}
    found = []
    for seen in attempt.history(attempt.version.message_name("StatusNotification", "req")):
        if seen.sender != "sut":
            continue
        line = of_frame.get(seen.seq)
        state = line.item.situation.kind if line else "met" if seen.seq in attempt.taken else "tolerated"
        connector = seen.payload.get("connectorId", 0)
        status = seen.payload.get("status", seen.payload.get("connectorStatus", ""))
        entry = {"connector": connector, "status": str(status), "at": utc_text(seen.at.utc), "seq": seen.seq}
        found.append((seen.at.mono_ns, {**entry, "state": str(state), "item": line.item.id if line else ""}))
    for line in attempt.review_lines:
        situation = line.item.situation
        if situation.kind == "missing":
            entry = {
                "connector": situation.connector,
                "status": situation.status,
                "at": utc_text(line.at.utc),
                "seq": None,
            }
            found.append((line.at.mono_ns, {**entry, "state": "missing", "item": line.item.id}))
    return [entry for _, entry in sorted(found, key=lambda each: each[0])]
