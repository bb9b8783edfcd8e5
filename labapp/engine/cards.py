"""A card of the lab other than the one that the operator was asked to present."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.view import Seen

#: Keys of [values] that hold the cards of the lab.
CARDS = ("valid_id_tag", "valid_id_tag_2", "invalid_id_tag", "expired_id_tag", "blocked_id_tag")
_REQUESTS = frozenset({"Authorize", "StartTransaction"})


@dataclass(slots=True)
class Cards:
    """Which card was asked for by the last prompt ("" when none), and messages that carry another one of the lab's.

    Whose mistake that is, is asked once, before these messages are judged. in_doubt: what judges each of them; reviewed: how
    many items the review had before the first. settled: it has been asked.
    """

    asked_for: str = ""
    reported: str = ""
    in_doubt: list[Callable[[], object]] = field(default_factory=list)
    reviewed: int = 0
    settled: bool = False

    def doubts(self, seen: Seen, values: Mapping[str, Any], judge: Callable[[], object], reviewed: int) -> bool:
        """Whether the message carries another card of the lab; it is then judged only when the operator has spoken."""
        tag = self.other(seen)
        known = {str(values[key]).lower() for key in CARDS if values.get(key)}
        if self.settled or tag.lower() not in known:
            return False
        self.reported = tag
        self.reviewed = self.reviewed if self.in_doubt else reviewed
        self.in_doubt.append(judge)
        return True

    def other(self, seen: Seen) -> str:
        """The card that the message carries in place of the one that was asked for; "" when it is this one, or none was."""
        tag = str(seen.payload.get("idTag", ""))
        if not self.asked_for or seen.message.removesuffix(".req") not in _REQUESTS:
            return ""
        return tag if tag.lower() != self.asked_for.lower() else ""
