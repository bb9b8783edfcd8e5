"""Every OCPP 2.0.1 case of a CSMS, block by block, and the states that they need."""

from __future__ import annotations

from labapp.cases.v201.central_system import provisioning, states
from labapp.domain.testcase import TestCase

STATES: tuple[TestCase, ...] = states.STATES
CASES: tuple[TestCase, ...] = provisioning.CASES
