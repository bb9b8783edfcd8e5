"""The static listing is committed: a changed case shows in its diff."""

from pathlib import Path

import pytest

from labapp.cases.catalogue import ALL, CATALOGUE
from labapp.ocpp.listing import rows
from labapp.ocpp.versions import VERSIONS
from labapp.services.catalogue import listing

COMMITTED = Path(__file__).parents[2] / "docs" / "cases.txt"


def test_the_committed_listing_is_that_of_the_cases() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == listing(ALL), "make it anew: labapp cases > docs/cases.txt"


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_row_ids_are_unique(case) -> None:
    ids = [row.id for row in rows(case, VERSIONS[case.ocpp])]
    assert len(ids) == len(set(ids))


def test_ids_are_unique() -> None:
    assert len(CATALOGUE) == len(ALL) + 1  # the idle attempt is no entry of the listing
