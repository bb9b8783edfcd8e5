"""What was entered by a person or stands in a file, usable or not, as JSON values: the form in which it is kept."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any


def as_json(value: Any) -> Any:
    """The value as a JSON value: tuples as lists, days as text.

    Raises ValueError for what JSON does not have: moments, infinities, keys that are no text, other objects.
    """
    match value:
        case None | bool() | str() | int():
            return value
        case float() if math.isfinite(value):
            return value
        case list() | tuple():
            return [as_json(item) for item in value]
        case Mapping() if all(isinstance(key, str) for key in value):
            return {key: as_json(item) for key, item in value.items()}
        case date() if type(value) is date:
            return value.isoformat()
    raise ValueError(f"{value!r} is no JSON value")


def is_json(value: Any) -> bool:
    """Whether the value is a JSON value as it is, tuples besides."""
    try:
        return not isinstance(value, date) and as_json(value) == (list(value) if isinstance(value, tuple) else value)
    except ValueError:
        return False
