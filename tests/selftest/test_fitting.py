"""In which surroundings a case is run: its prerequisites, by the facts and the configuration keys of the simulated station."""

from __future__ import annotations

import pytest

from labapp.cases.catalogue import CATALOGUE
from labapp.selftest.runner import fits
from labapp.selftest.settings import STANDARD, Setting

#: Case, variant of the station, and why the case does not apply to it.
UNFIT = [
    ("TC_005_1_CS", "fixed_cable", "the cable is fixed"),
    ("TC_005_1_CS", "mode12", "charging modes 1 and 2 only"),
    ("TC_005_1_CS", "ev_disconnect_fixed_false", "StopTransactionOnEVSideDisconnect can only be false"),
    ("TC_005_2_CS", "ev_disconnect_fixed_false", "StopTransactionOnEVSideDisconnect can only be false"),
    ("TC_005_3_CS", "ev_disconnect_fixed_false", "StopTransactionOnEVSideDisconnect cannot be written"),
    ("TC_005_3_CS", "ev_disconnect_fixed_true", "StopTransactionOnEVSideDisconnect cannot be written"),
    ("TC_005_3_CS", "ev_disconnect_absent", "StopTransactionOnEVSideDisconnect is not implemented"),
    ("TC_007_2_CS", "authorize_remote_fixed_false", "AuthorizeRemoteTxRequests can only be false"),
    ("TC_061_2_CS", "no_cache", "there is no cache"),
    ("TC_068_CS", "button_only", "there is no reader"),
]
FIT = [
    ("TC_005_1_CS", "ev_disconnect_absent", "StopTransactionOnEVSideDisconnect is optional"),
    ("TC_005_2_CS", "fixed_cable", "UnlockConnectorOnEVSideDisconnect can only be false, which it is to be"),
    ("TC_005_2_CS", "mode12", "the case is meant for it"),
    ("TC_007_2_CS", "authorize_remote_fixed_true", "it can only be true, which it is to be"),
]


@pytest.mark.parametrize(("case", "variant", "why"), UNFIT)
def test_a_case_does_not_fit(case: str, variant: str, why: str) -> None:
    assert not fits(CATALOGUE[case], Setting(variant, (variant,))), why


@pytest.mark.parametrize(("case", "variant", "why"), FIT)
def test_a_case_fits(case: str, variant: str, why: str) -> None:
    assert fits(CATALOGUE[case], Setting(variant, (variant,))), why


@pytest.mark.parametrize("case", sorted({case for case, _, _ in (*UNFIT, *FIT)}))
def test_the_standard_station_fits(case: str) -> None:
    assert fits(CATALOGUE[case], STANDARD)
