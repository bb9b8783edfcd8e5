"""What an unattended run will ask its driver for."""

from __future__ import annotations

from collections.abc import Iterable

from labapp.domain.actions import ACTIONS
from labapp.domain.driver_call import DEFAULT
from labapp.domain.project import Project
from labapp.services.catalogue import case_by_id, manual_acts


def unserved_actions(project: Project, cases: Iterable[str]) -> tuple[str, ...]:
    """The actions that the cases ask for and that no call of the project performs, in the order in which actions are published."""
    if DEFAULT in project.driver:
        return ()
    found = [case for case in map(case_by_id, cases) if case is not None]
    asked = {act.name for case in found for act in manual_acts(case)}
    if any(act.name.startswith("plug_in") for case in found for act in manual_acts(case)):
        # The cable that a case has left in is taken out before the next.
        asked.add("unplug")
    return tuple(name for name in ACTIONS if name in asked and name not in project.driver)
