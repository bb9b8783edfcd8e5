"""How a script waits: it yields a deadline in monotonic nanoseconds, or None, and is resumed with every input."""

from __future__ import annotations

from collections.abc import Generator

Waiting = Generator[int | None, None, None]


class StateExpired(Exception):
    """The device gave up, during a prompt, what the prompt's action belongs to."""
