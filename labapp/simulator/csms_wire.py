"""How the frames of a simulated central system are written, and when they go out: all of it as JSON and RFC 3339 allow."""

from __future__ import annotations

import json
import re
from typing import Any

from labapp.simulator.connection import Connection, WrappedConnection
from labapp.simulator.csms_settings import CsmsConfig

_MILLISECONDS = re.compile(r'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.\d+Z"')


class WritingConnection(WrappedConnection):
    """A connection whose frames are written, and whose answers are held, as a central system does it."""

    def __init__(self, connection: Connection, config: CsmsConfig) -> None:
        super().__init__(connection)
        self._config = config

    async def send(self, text: str, /) -> None:
        """Send the frame; an answer after the central system's delay."""
        text = self._written(text)
        if not (self._config.answer_delay and text.lstrip(" [\n").startswith(("3", "4"))):
            await self._connection.send(text)
            return
        self._hold(text, self._config.answer_delay)

    def _written(self, text: str) -> str:
        if not self._config.milliseconds:
            text = _MILLISECONDS.sub(r'\1Z"', text)
        if self._config.roomy_json:
            text = json.dumps(_turned(json.loads(text)), indent=2, ensure_ascii=False)
        return text


def _turned(value: Any) -> Any:
    """The value with the members of every object in the opposite order."""
    if isinstance(value, dict):
        return {name: _turned(value[name]) for name in reversed(value)}
    return [_turned(item) for item in value] if isinstance(value, list) else value


def written_frames(connection: Connection, config: CsmsConfig) -> Connection:
    """The connection as the central system writes to it; the same when it writes as usual."""
    usual = config.milliseconds and not config.roomy_json and not config.answer_delay
    return connection if usual else WritingConnection(connection, config)
