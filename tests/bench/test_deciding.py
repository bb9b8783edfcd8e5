"""The second stage of planning: a station tells its keys, and what they say of the cases is known everywhere."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from labapp.bench.deciding import survey_of
from labapp.bench.history import Choice
from labapp.cases.catalogue import CATALOGUE, ready_state
from labapp.cases.utilities import IDLE, RESET
from labapp.domain.errors import InputError
from labapp.domain.plan import PlanRow
from labapp.domain.run_files import PLAN
from labapp.engine.campaign import Campaign, Givens, Planned
from labapp.engine.events import Answer
from labapp.engine.journal import Record
from labapp.engine.runner import Runner
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.links.memory import Rendezvous
from labapp.links.memory_link import MemoryCentralSystemLink
from labapp.ocpp.versions import VERSIONS
from labapp.selftest.arena import MemoryJournal
from labapp.selftest.peers import IDENTITY, OPTIONS, TIMEOUTS, VALUES, station_facts
from labapp.services.judging import judge_again
from labapp.simulator.settings import StationConfig
from labapp.simulator.station import Station

CASE = "TC_001_CS"
SMART = "TC_066_CS"
EXCLUDED = (
    "Not applicable: the case is for a charging station that does not have AuthorizeRemoteTxRequests read-only with the value "
    'false, but the device reports AuthorizeRemoteTxRequests = "false" (read-only).'
)
NO_REMOTE = replace(StationConfig(identity=IDENTITY), fixed={"AuthorizeRemoteTxRequests": "false"})
REMOTE = Choice(CASE, live=("REMOTE_AUTHORIZATION_POSSIBLE",))


@dataclass
class Conducted:
    """What became of a run. told: what operators were told of the plan."""

    results: list[dict[str, Any]]
    records: list[Record]
    told: list[Mapping[str, Any]]
    campaign: Campaign

    @property
    def verdicts(self) -> list[tuple[str, str, str]]:
        return [(each["id"], each["verdict"], each["reason_code"]) for each in self.results]

    @property
    def decided(self) -> Mapping[str, Any]:
        (record,) = [each for each in self.records if each.kind == "plan_decided"]
        return record.content

    @property
    def attempts(self) -> list[str]:
        """What was attempted, in its order, without the time between."""
        return [c for each in self.records if each.kind == "attempt_started" and (c := each.content["case"]) != "IDLE"]


def conduct(
    folder: Path,
    choices: Sequence[Choice],
    config: StationConfig,
    *,
    facts: Mapping[str, Any] | None = None,
    values: Mapping[str, Any] | None = None,
    stated: frozenset[str] = frozenset(),
    command: str = "",
) -> Conducted:
    """A run of these cases against a simulated station in virtual time. command: given when the keys are asked for."""
    return run_virtual(_conduct(folder, choices, config, {**VALUES, **(values or {})}, facts or {}, stated, command))


async def _conduct(
    folder: Path,
    choices: Sequence[Choice],
    config: StationConfig,
    values: Mapping[str, Any],
    facts: Mapping[str, Any],
    stated: frozenset[str],
    command: str,
) -> Conducted:
    clock, journal = virtual_clock(), MemoryJournal()
    told: list[Mapping[str, Any]] = []
    acts: set[asyncio.Task[None]] = set()
    commanded: list[str] = []
    rendezvous = Rendezvous()
    station = Station(config, rendezvous, clock)
    givens = Givens(values, TIMEOUTS, {**station_facts(config), **facts}, OPTIONS)

    async def perform(prompt: Mapping[str, Any]) -> None:
        outcome = await station.act(prompt["action"], prompt["args"])
        if runner.interpreter is not None and runner.interpreter.open_prompts:
            said = "done" if outcome.done else "impossible"
            runner.take(Answer(clock.now(), prompt["id"], said, {}, outcome.reason, "test"))

    def happened(kind: str, content: Mapping[str, Any]) -> None:
        if kind == "plan":
            told.append(content)
        elif kind == "prompt":
            acts.add(asyncio.create_task(perform(content)))
        elif kind == "frame" and command and '"GetConfiguration",{}' in content["text"] and not commanded:
            commanded.append(command)
            asyncio.get_running_loop().call_soon(campaign.command, command, "test")

    link = MemoryCentralSystemLink(rendezvous, IDENTITY, "ocpp1.6", clock)
    runner = Runner("run", link, journal, clock, VERSIONS["1.6"], {}, happened)
    journal.append(clock.now(), "run", "run_started", {"cases": [choice.as_json() for choice in choices]})
    planned = [Planned(CATALOGUE[choice.id], choice.excluded, lacking=choice.lacking) for choice in choices]
    survey = survey_of(folder, choices, givens, stated)
    campaign = Campaign(runner, planned, givens, RESET, IDLE, ready_state, None, survey)
    await runner.open()
    running = asyncio.create_task(station.run())
    results = await campaign.run()
    station.stop()
    await running
    await link.close()
    return Conducted(results, journal.records, told, campaign)


def write_plan(folder: Path, *rows: PlanRow) -> None:
    (folder / PLAN).write_text(json.dumps([row.as_json() for row in rows]), encoding="utf-8")


def read_plan(folder: Path) -> dict[str, tuple[bool, str]]:
    rows = json.loads((folder / PLAN).read_text(encoding="utf-8"))
    return {row["id"]: (row["applicable"], row["reason"]) for row in rows}


def row(case: str, **more: Any) -> PlanRow:
    return PlanRow(case, "M", True, "Mandatory.", "", ("general.dut",), **more)


def test_what_the_project_does_not_state_keeps_a_case_from_being_run(tmp_path: Path) -> None:
    lacking = "PROJECT.toml [values] does not state parent_id_tag, which the case needs"
    run = conduct(tmp_path, [Choice("TC_069_CS", lacking=lacking), Choice("TC_013_CS")], NO_REMOTE)
    assert run.verdicts == [("TC_069_CS", "NOT_RUN", "excluded"), ("TC_013_CS", "PASS", "")]
    assert run.results[0]["text"] == lacking
    assert judge_again(run.records).same


def test_what_the_keys_exclude_is_not_run_and_says_why(tmp_path: Path) -> None:
    write_plan(tmp_path, row(CASE, live=REMOTE.live), row("TC_013_CS"))
    run = conduct(tmp_path, [REMOTE, Choice("TC_013_CS")], NO_REMOTE)
    assert run.verdicts == [(CASE, "NOT_APPLICABLE", "excluded"), ("TC_013_CS", "PASS", "")]
    assert run.results[0]["text"] == EXCLUDED
    assert read_plan(tmp_path) == {CASE: (False, EXCLUDED), "TC_013_CS": (True, "Mandatory.")}
    assert run.decided["excluded"] == {CASE: EXCLUDED}
    assert run.decided["rows"] == [{"id": CASE, "applicable": False, "reason": EXCLUDED}]
    assert run.told == [run.decided]
    again = judge_again(run.records)
    assert again.differences == []
    assert [each["verdict"] for each in again.cases] == ["NOT_APPLICABLE", "PASS"]


def test_the_keys_are_read_once_before_the_first_case(tmp_path: Path) -> None:
    run = conduct(tmp_path, [Choice(CASE), Choice("TC_013_CS")], StationConfig(identity=IDENTITY))
    assert run.attempts == ["000_KEYS", "000_RESET", CASE, "000_RESET", "TC_013_CS"]
    first = next(each for each in run.records if each.kind == "attempt_started" and each.content["case"] == "000_RESET")
    assert first.content["device"]["configuration"]["numberofconnectors"] == ["NumberOfConnectors", "1", True]
    assert "keys" not in first.content["options"]
    assert not (tmp_path / PLAN).exists()


def test_what_the_keys_allow_is_confirmed(tmp_path: Path) -> None:
    write_plan(tmp_path, row(CASE, live=REMOTE.live))
    run = conduct(tmp_path, [REMOTE], StationConfig(identity=IDENTITY))
    assert run.verdicts == [(CASE, "PASS", "")]
    confirmed = 'Mandatory; confirmed, since the device reports AuthorizeRemoteTxRequests = "true" (read-write).'
    assert read_plan(tmp_path) == {CASE: (True, confirmed)}
    assert run.decided["rows"] == [{"id": CASE, "applicable": True, "reason": confirmed}]


def test_a_case_besides_the_plan_is_decided_like_the_others(tmp_path: Path) -> None:
    besides = PlanRow(CASE, "", False, "Additional.", "", ("general.dut",), live=REMOTE.live, additional=True)
    write_plan(tmp_path, besides)
    run = conduct(tmp_path, [replace(REMOTE, additional=True)], StationConfig(identity=IDENTITY))
    (told,) = run.decided["rows"]
    assert (told["applicable"], read_plan(tmp_path)[CASE][0]) == (True, False)
    out = conduct(tmp_path, [replace(REMOTE, additional=True)], NO_REMOTE)
    assert out.verdicts == [(CASE, "NOT_APPLICABLE", "excluded")]
    assert out.decided["rows"][0]["applicable"] is False


def test_a_case_that_was_asked_for_by_name_in_preparation_is_run_all_the_same(tmp_path: Path) -> None:
    run = conduct(tmp_path, [replace(REMOTE, live=(), insisted=True)], NO_REMOTE)
    assert run.verdicts == [(CASE, "PASS", "")]
    assert run.decided["excluded"] == {}


def test_a_prerequisite_on_a_key_is_decided_by_the_device(tmp_path: Path) -> None:
    few = replace(StationConfig(identity=IDENTITY), fixed={"ChargingScheduleMaxPeriods": "2"})
    write_plan(tmp_path, row(SMART))
    run = conduct(tmp_path, [Choice(SMART)], few)
    reason = (
        "the case presupposes that ChargingScheduleMaxPeriods is at least 5, which is not so, since the device reports "
        'ChargingScheduleMaxPeriods = "2" (read-only)'
    )
    assert run.verdicts == [(SMART, "NOT_APPLICABLE", "excluded")]
    assert run.results[0]["text"] == reason
    assert read_plan(tmp_path) == {SMART: (False, f"Not applicable: {reason}.")}


def test_what_nobody_has_declared_the_device_decides(tmp_path: Path) -> None:
    plain = replace(StationConfig(identity=IDENTITY), features=("Core",))
    run = conduct(tmp_path, [Choice(SMART)], plain, facts={"features": None})
    assert run.results[0]["text"] == (
        "the case presupposes that the feature profile SmartCharging is supported, which is not so, since the device reports "
        'SupportedFeatureProfiles = "Core" (read-only)'
    )


def test_a_case_that_was_left_out_before_stays_so_in_the_plan(tmp_path: Path) -> None:
    write_plan(tmp_path, row(CASE))
    run = conduct(
        tmp_path,
        [Choice(CASE, "the case presupposes that there is a reader, which is not so"), Choice("TC_013_CS")],
        NO_REMOTE,
    )
    assert run.verdicts[0] == (CASE, "NOT_APPLICABLE", "excluded")
    assert read_plan(tmp_path) == {
        CASE: (False, "Not applicable: the case presupposes that there is a reader, which is not so.")
    }


def test_a_station_that_tells_nothing_excludes_nothing(tmp_path: Path) -> None:
    mute = replace(StationConfig(identity=IDENTITY), defects=frozenset({"unknown_error_code"}))
    write_plan(tmp_path, row(CASE, live=REMOTE.live))
    run = conduct(tmp_path, [REMOTE], mute)
    assert [each for each in run.records if each.kind == "plan_decided"] == []
    assert read_plan(tmp_path) == {CASE: (True, "Mandatory.")}


def test_values_are_moved_into_what_the_device_reports_unless_the_project_states_them(tmp_path: Path) -> None:
    limited = replace(
        StationConfig(identity=IDENTITY),
        fixed={"ChargeProfileMaxStackLevel": "3", "ChargingScheduleAllowedChargingRateUnit": "Power"},
    )
    run = conduct(
        tmp_path, [Choice("TC_013_CS")], limited, values={"stack_level": 5}, stated=frozenset({"values.stack_level"})
    )
    assert run.decided["values"] == {"charging_rate_unit": "W"}
    assert run.decided["remarks"] == [
        '[values] stack_level = 5 is outside what the device reports, ChargeProfileMaxStackLevel = "3" (read-only)',
        '[values] charging_rate_unit = "A" is outside what the device reports, '
        'ChargingScheduleAllowedChargingRateUnit = "Power" (read-only)',
    ]
    started = [each.content for each in run.records if each.kind == "attempt_started"]
    assert [each["values"]["charging_rate_unit"] for each in started if each["case"] == "TC_013_CS"] == ["W"]
    assert run.campaign.givens.values["stack_level"] == 5
    assert judge_again(run.records).differences == []


@pytest.mark.parametrize(
    ("command", "verdict", "times"),
    [("stop", "NOT_RUN", 1), ("repeat", "NOT_APPLICABLE", 2), ("skip", "NOT_APPLICABLE", 2)],
)
def test_an_operator_may_interrupt_the_reading(tmp_path: Path, command: str, verdict: str, times: int) -> None:
    run = conduct(tmp_path, [REMOTE], NO_REMOTE, command=command)
    assert run.verdicts[-1][:2] == (CASE, verdict)
    assert run.attempts.count("000_KEYS") == times
    assert CASE not in run.attempts


def changed(records: Sequence[Record], kind: str, **members: Any) -> list[Record]:
    """The journal with other members in the records of a kind."""
    return [replace(each, content={**each.content, **members}) if each.kind == kind else each for each in records]


def test_a_decision_that_does_not_follow_from_the_keys_is_a_difference(tmp_path: Path) -> None:
    run = conduct(tmp_path, [REMOTE], NO_REMOTE)
    nothing = judge_again(changed(run.records, "plan_decided", excluded={}))
    assert [each["text"] for each in nothing.differences] == [f"{CASE} was applicable and is left out ({EXCLUDED}) now"]
    moved = judge_again(changed(run.records, "plan_decided", values={"stack_level": 9}))
    assert [each["text"] for each in moved.differences] == [
        "[values] stack_level was moved to 9, which does not follow from the device's keys"
    ]
    blind = judge_again([each for each in run.records if each.content.get("case") != "000_KEYS"])
    assert "the plan was decided although the device has not told its keys" in [
        each["text"] for each in blind.differences
    ]


def test_a_case_that_was_left_out_for_no_reason_of_the_plan_is_a_difference(tmp_path: Path) -> None:
    run = conduct(tmp_path, [REMOTE], NO_REMOTE)
    (difference,) = judge_again(changed(run.records, "case_not_run", text="the moon")).differences
    assert difference["text"] == "it was left out for a reason that the plan does not give"


def test_a_plan_that_is_not_as_it_was_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / PLAN).write_text("[{}]", encoding="utf-8")
    with pytest.raises(InputError) as fault:
        conduct(tmp_path, [Choice(CASE)], StationConfig(identity=IDENTITY))
    assert str(fault.value) == f"{tmp_path / PLAN}: is not as labapp has written it - begin the run anew"
