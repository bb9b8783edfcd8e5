"""The attempt whose verdict counts."""

from __future__ import annotations

import pytest

from labapp.domain.standing import Ran, standing_attempt

ABORTED = Ran(1, "INCONCLUSIVE", "aborted")


@pytest.mark.parametrize(
    ("attempts", "amended", "standing"),
    [
        ([], (), None),
        ([ABORTED], (), None),
        ([Ran(1, "PASS", "")], (), 1),
        ([Ran(1, "PASS", ""), Ran(2, "PASS", "")], (), 2),
        ([Ran(1, "PASS", ""), Ran(2, "INCONCLUSIVE", "aborted")], (), 1),
        ([Ran(1, "INCONCLUSIVE", "operator"), Ran(2, "PASS", "")], (), 2),
        ([Ran(1, "FAIL", "validation"), Ran(2, "PASS", "")], (), 1),
        ([Ran(1, "FAIL", "validation"), Ran(2, "PASS", "")], (1,), 2),
        ([Ran(1, "FAIL", "validation")], (1,), 1),
        ([Ran(1, "FAIL", "missing"), Ran(2, "FAIL", "validation"), Ran(3, "PASS", "")], (2,), 1),
        ([Ran(1, "FAIL", "missing"), Ran(2, "FAIL", "validation"), Ran(3, "PASS", "")], (1, 2), 3),
    ],
)
def test_a_fail_stands_until_it_is_amended(attempts: list[Ran], amended: tuple[int, ...], standing: int | None) -> None:
    found = standing_attempt(attempts, amended)
    assert (found.attempt if found else None) == standing
