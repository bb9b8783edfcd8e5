"""Reading the payload of a device, which may hold anything at all where the schema asks for something certain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def objects(payload: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in the list under a name; what is no object is left out, and what is no list is empty."""
    elements = payload.get(name)
    return [element for element in elements if isinstance(element, Mapping)] if isinstance(elements, list) else []
