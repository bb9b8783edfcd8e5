"""The versions of OCPP that labapp speaks."""

from __future__ import annotations

from collections.abc import Mapping

from labapp.ocpp.version import Version
from labapp.ocpp.version16 import Version16
from labapp.ocpp.version201 import Version201

VERSIONS: Mapping[str, Version] = {"1.6": Version16(), "2.0.1": Version201()}
