"""The campaign of a run on the bench: what is planned and not done, what every attempt is given, and what the keys decide."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from labapp.bench.deciding import survey_of
from labapp.bench.device_link import secrets_of
from labapp.bench.file_serving import PROTOCOLS_KEY, FileServing
from labapp.bench.history import History
from labapp.cases.catalogue import CATALOGUE, ready_state
from labapp.cases.utilities import IDLE, RESET
from labapp.domain.project import Project
from labapp.engine.campaign import Campaign, Givens, Planned
from labapp.engine.runner import Runner
from labapp.engine.transfers import SERVED


def campaign_of(
    runner: Runner,
    history: History,
    project: Project,
    directory: Path,
    files: FileServing,
    failed: Collection[str] = (),
) -> Campaign:
    """The campaign of what is planned and not done. directory: of the run; failed: cases that a bug has ended."""
    progress = history.progress()
    progress.done.update(failed)
    planned = [
        Planned(CATALOGUE[choice.id], choice.excluded, choice.expected_fail, choice.lacking)
        for choice in history.choices
    ]
    givens = givens_of(project, files)
    survey = survey_of(directory, history.choices, givens, project.stated)
    if files.served:
        survey = replace(survey, keys=(*survey.keys, PROTOCOLS_KEY))
    return Campaign(runner, planned, givens, RESET, IDLE, ready_state, progress, survey)


def givens_of(project: Project, files: FileServing) -> Givens:
    """What every attempt of the run is given. files: the file servers of the run."""
    options = {
        "review": project.run.review,
        "cut": project.run.cut,
        "quiet_window": project.run.quiet_window,
        "reset": project.run.reset,
        "operator_timeout": project.timeouts.operator or 0,
        "secrets": sorted(secrets_of(project)),
        SERVED: list(files.served),
    }
    dut = {**project.dut.facts(), "security_profile": project.connection.security_profile}
    return Givens(project.values.given(), project.timeouts.seconds(), dut, options, files.locations)
