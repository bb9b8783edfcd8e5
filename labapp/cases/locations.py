"""Locations of files that follow from the configured ones."""

from __future__ import annotations

from labapp.cases.values import FIRMWARE_LOCATION
from labapp.domain.view import View


def missing_file(view: View) -> str:
    """The configured location with another file name, which no server has."""
    folder, slash, name = str(view.values[FIRMWARE_LOCATION.key]).rpartition("/")
    return f"{folder}{slash}does_not_exist_{name}"
