"""A report that another process refuses to make; the page of the window has one made."""

from __future__ import annotations

from pathlib import Path

import pytest

from labapp.services import report_launch
from labapp.services.report_launch import ReportRefused, make_report_apart


def test_the_reason_of_a_refusal_comes_back(tmp_path: Path) -> None:
    with pytest.raises(ReportRefused) as refused:
        make_report_apart(tmp_path)
    assert str(refused.value) == f"{tmp_path}: holds no run.json - name the directory of a run that has ended"
    assert (refused.value.mend, refused.value.exit_status) == ("name the directory of a run that has ended", 2)


def test_a_process_that_says_nothing_is_told_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_launch, "program", lambda: ["false"])
    with pytest.raises(ReportRefused) as refused:
        make_report_apart(tmp_path)
    assert (str(refused.value), refused.value.exit_status) == ("the report could not be made", 1)
