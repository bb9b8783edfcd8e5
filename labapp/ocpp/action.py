"""An OCPP action, from which a case builds the request and the response that it states."""

from __future__ import annotations

from typing import Any

from labapp.domain.expectations import Expected, as_expected
from labapp.domain.notation import flatten
from labapp.domain.testcase import Message


class Action:
    """One action of one version. The suffixes make its messages' names: `Reset.req` in 1.6, `ResetRequest` in 2.0.1."""

    def __init__(self, name: str, request_suffix: str, response_suffix: str) -> None:
        self.name = name
        self.request_suffix = request_suffix
        self.response_suffix = response_suffix

    def req(self, *pairs: tuple[str, Expected | str | int | bool], **fields: Any) -> Message:
        """The request with the stated fields."""
        return self._message("req", self.request_suffix, pairs, fields)

    def conf(self, *pairs: tuple[str, Expected | str | int | bool], **fields: Any) -> Message:
        """The response with the stated fields."""
        return self._message("conf", self.response_suffix, pairs, fields)

    def _message(self, kind: str, suffix: str, pairs: tuple[tuple[str, Any], ...], fields: dict[str, Any]) -> Message:
        stated = tuple((path, as_expected(value)) for path, value in pairs)
        return Message(self.name, kind, self.name + suffix, flatten(fields) + stated)
