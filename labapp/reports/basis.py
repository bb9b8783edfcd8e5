"""The documents that a test report rests on, and the sentences by which it decides; for each version of OCPP."""

from __future__ import annotations

#: Editions by OCPP version. Source: OCPP Certification Program Document 2, V1.1.4, section 7.2.1; for 2.0.1 the edition of the case.
EDITIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "1.6": (
        ("Specification", "OCPP 1.6 edition 2 (2017-09-28)"),
        ("Errata", "OCPP 1.6 errata sheet v4.0 (2019-10-23)"),
        ("Security extension", "Improved security for OCPP 1.6-J, edition 3 (2022-02-17)"),
        ("Test case document", "OCTT test case document for OCPP 1.6, edition 2025-11"),
        ("Test procedure and plan", "OCPP Certification Program Document 2, V1.1.4 (2024-01-30)"),
    ),
    "2.0.1": (
        ("Specification", "OCPP 2.0.1"),
        ("Test case document", "OCPP 2.0.1 Part 6, test cases (2023-06-30)"),
    ),
}

DECISION_RULE = (
    "A case passes when every mandatory validation of its table is satisfied, or waived by a named rule of the StatusNotification review, "
    "and the review is accepted. Values are compared as received; an interval is in order when it deviates by no more than the stated "
    "tolerance. No further allowance is made for measurement uncertainty (simple acceptance)."
)

SCOPE_STATEMENT = (
    "The results relate only to the items tested, as received and in the stated versions. "
    "This report may be copied only as a whole; certificates are awarded by the Open Charge Alliance, not by the laboratory."
)

CONFORMS = "All mandatory and applicable conditional test cases of the plan are in order: the tested item conforms to the test plan."
DOES_NOT_CONFORM = (
    "The tested item does not conform to the test plan: {failed} of {asked} mandatory and applicable conditional test cases "
    "failed."
)
UNDECIDED = "No statement of conformity yet: {undecided} of {asked} mandatory and applicable conditional test cases are not decided."
NO_PLAN = "No statement of conformity is made: no declaration (PICS) was given, so there is no plan to conform to."
PREPARATION = "No statement of conformity is made: this run was a preparation."
SIMULATED = "No statement of conformity is made: this is a demonstration."
