"""The edge of a link, where secrets stop: what comes in is masked, what goes out gets its secrets only here.

Source: the record of a session holds no secret, so neither an event nor a fact of a link may.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Masker = Callable[[str], tuple[str, tuple[Mapping[str, Any], ...]]]
"""Text of the device -> the same text with its secrets masked, and one entry for each mask."""

Unmask = Callable[[str], str]
"""Text of the tool with placeholders -> the text with the secrets themselves.

A link takes two of them, as a secret within the JSON text of a frame is escaped and a password is not.
"""

SENSITIVE_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})


def nothing_masked(text: str) -> tuple[str, tuple[Mapping[str, Any], ...]]:
    """The masker of a link without secrets."""
    return text, ()


def nothing_hidden(text: str) -> str:
    """The unmask of a link without secrets."""
    return text


def shown(data: bytes) -> str:
    """Bytes of the wire as text that any encoding can carry: UTF-8, each byte that is none as `\\xNN`.

    ASCII in it stays readable, so that a known secret is found and masked among broken bytes too.
    """
    return data.decode("utf-8", "backslashreplace")


def shown_headers(headers: Sequence[tuple[str, str]]) -> list[list[str]]:
    """HTTP headers as [name, value] pairs, in the order of the wire, the values that carry credentials withheld."""
    return [[name, "withheld" if name.lower() in SENSITIVE_HEADERS else value] for name, value in headers]


def masked_facts(value: Any, masker: Masker) -> Any:
    """A JSON value with every text in it masked."""
    if isinstance(value, str):
        return masker(value)[0]
    if isinstance(value, Mapping):
        return {key: masked_facts(item, masker) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked_facts(item, masker) for item in value]
    return value
