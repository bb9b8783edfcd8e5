"""Making a report in a process of its own: drawing takes seconds of computing, in which a window could not be painted."""

from __future__ import annotations

import subprocess
from pathlib import Path

from labapp.domain.errors import EnvironmentFault, LabappError
from labapp.services.bench_launch import program
from labapp.services.report_documents import raise_version


class ReportRefused(LabappError):
    """The report was not made, for the reason that was given. The exit status is the other process's."""

    def __init__(self, text: str, mend: str, exit_status: int) -> None:
        super().__init__(text, mend=mend)
        self.exit_status = exit_status


def make_report_apart(directory: Path) -> None:
    """Make report, workbook and bundle of a run, as `make_report` does.

    Raises: ReportRefused when it cannot be made; EnvironmentFault when the process cannot be started.
    """
    try:
        ended = subprocess.run(
            [*program(), "report", str(directory)], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except OSError as error:
        raise EnvironmentFault(
            f"the process that makes it cannot be started: {error.strerror}",
            where="the report",
            mend="install labapp again",
        ) from error
    if ended.returncode:
        said = ended.stderr.decode(errors="replace").strip().removeprefix("labapp: ")
        text, _, mend = said.rpartition(" - ")
        raise ReportRefused(text or said or "the report could not be made", mend if text else "", ended.returncode)


def make_next_version_apart(directory: Path) -> None:
    """Raise the version of a report that persons have signed, and make it; the old one stays where it is.

    Raises: as `raise_version` and `make_report_apart`.
    """
    raise_version(directory)
    make_report_apart(directory)
