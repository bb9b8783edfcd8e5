"""The sentences by which a test report decides."""

from __future__ import annotations

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
NOTHING_ASKED = (
    "No statement of conformity is made: no public certification plan says which of these test cases are asked."
)
PREPARATION = "No statement of conformity is made: this run was a preparation."
SIMULATED = "No statement of conformity is made: this is a demonstration."
