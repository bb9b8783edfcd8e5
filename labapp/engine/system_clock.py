"""The clocks of this machine."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from labapp.domain.stamps import Stamp


class SystemClock:
    """Both clocks of this process, as the engine's `Clock` wants them."""

    def now(self) -> Stamp:
        """The present moment."""
        return Stamp(datetime.now(UTC), time.monotonic_ns())
