"""Where the tables of the cases stand."""

from __future__ import annotations

from labapp.domain.testcase import Source

#: The case document of OCPP 1.6, and its edition.
OCTT_16 = "OCTT test case document for OCPP 1.6, edition 2025-11"
#: Document 004: test procedure and test plans, which names the utilities.
PROCEDURE = "OCPP Certification Program Document 2, V1.1.4"
#: The test cases of OCPP 2.0.1.
PART_6 = "OCPP 2.0.1 Part 6 Test Cases, edition 2023-06-30"


def octt16(place: str, *corrections: str) -> Source:
    """A table of the 1.6 case document; corrections: slips of it that are put right in the case."""
    return Source(OCTT_16, place, corrections)
