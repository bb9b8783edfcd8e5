"""What a variant of a simulated device is, and how those that are named are applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from labapp.domain.errors import InputError

#: The configuration of a device.
C = TypeVar("C")


@dataclass(frozen=True)
class Variant(Generic[C]):
    """A named difference from the standard device, with what it means."""

    help: str
    apply: Callable[[C], C]


def in_variants(config: C, names: Iterable[str], known: Mapping[str, Variant[C]]) -> C:
    """The configuration in the named variants, applied in order. Raises InputError for a name that is not known."""
    for name in names:
        if name not in known:
            raise InputError(f"unknown variant {name!r}", mend=f"use one of {', '.join(known)}")
        config = known[name].apply(config)
    return config
