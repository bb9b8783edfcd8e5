"""What was said between the tool and a central system, as the withdrawals look at it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from labapp.domain.stamps import Stamp
from labapp.domain.view import Seen

NOW = Stamp(datetime(2025, 1, 1, 12, 0, tzinfo=UTC), 0)


class History:
    """The view, as far as it is looked at."""

    now = NOW

    def __init__(self, *said: Any, transaction: int | str | None = None) -> None:
        self._seen = [seen for each in said for seen in (each if isinstance(each, tuple) else (each,))]
        self._transaction = transaction

    def history(self, message: str = "") -> list[Seen]:
        return [seen for seen in self._seen if message in ("", seen.message)]

    def transaction(self) -> int | str | None:
        return self._transaction
