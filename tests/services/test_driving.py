"""Which actions of a run nobody would perform."""

from __future__ import annotations

from dataclasses import replace

from labapp.domain.driver_call import DriverCall
from labapp.domain.project import Project
from labapp.services.driving import unserved_actions

CALL = DriverCall(url="http://robot")


def test_what_the_cases_ask_for_and_no_call_performs_is_named() -> None:
    project = replace(Project(), driver={"present_id": CALL, "cut_network": CALL})
    assert unserved_actions(project, ["TC_003_CS", "TC_001_CS", "no such case"]) == ("plug_in", "unplug", "power_cycle")
    assert unserved_actions(project, ["TC_013_CS"]) == ()


def test_a_call_for_every_action_performs_all() -> None:
    assert unserved_actions(replace(Project(), driver={"default": CALL}), ["TC_003_CS"]) == ()
