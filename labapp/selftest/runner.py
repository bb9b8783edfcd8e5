"""The self-test of one case: its conformant runs in every setting that fits, and its mutants; all in virtual time."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from labapp.domain.applicability import BetweenCases, Candidate, needed_keys, unmet
from labapp.domain.device import DeviceModel
from labapp.domain.testcase import CHARGE_POINT, Exchange, TestCase
from labapp.engine.campaign import Givens, unrun
from labapp.engine.ports import Clock, Link
from labapp.engine.virtual_clock import run_virtual, virtual_clock
from labapp.ocpp.versions import VERSIONS
from labapp.selftest.arena import MemoryJournal, fight
from labapp.selftest.course import Course, read_course
from labapp.selftest.defects import as_due, defects_of, setting_of
from labapp.selftest.derivation import derive
from labapp.selftest.masked import MaskedLink
from labapp.selftest.mutants import Equivalent, Mutant
from labapp.selftest.mutator import Mutator, Tampering, Trace
from labapp.selftest.peers import bout, station_of
from labapp.selftest.settings import STANDARD, Setting, settings
from labapp.selftest.trial import Seen, is_killed, seen_of
from labapp.simulator.configuration import Configuration


@dataclass(frozen=True, slots=True)
class Conformant:
    """A conformant run. result: as the engine gave it."""

    case: str
    setting: str
    result: Mapping[str, Any]
    journal: MemoryJournal

    @property
    def verdict(self) -> str:
        """The engine's verdict; anything but PASS is a fault of the tool or of the simulator."""
        return str(self.result["verdict"])


@dataclass(frozen=True, slots=True)
class Trial:
    """A mutant that was run.

    usual: rules that the conformant run needed already. fault: what the tool itself failed with, "" when it did not.
    """

    id: str
    case: str
    setting: str
    mutant: Mutant
    seen: Seen
    trace: Trace
    journal: MemoryJournal
    usual: frozenset[tuple[str, int | str]]
    fault: str = ""

    @property
    def killed(self) -> bool:
        """Whether the engine gave exactly the verdict that the rules give."""
        return not self.fault and is_killed(self.mutant, self.seen, self.trace, self.usual)


@dataclass(frozen=True, slots=True)
class Defective:
    """A run against a peer with a defect of its own."""

    case: str
    defect: str
    result: Mapping[str, Any]
    journal: MemoryJournal
    as_due: bool


@dataclass(slots=True)
class CaseReport:
    """Everything about one case. equivalent: (id, rule) of deviations that no judge could tell, or that cannot be made."""

    case: str
    conformant: list[Conformant] = field(default_factory=list)
    trials: list[Trial] = field(default_factory=list)
    equivalent: list[tuple[str, str]] = field(default_factory=list)
    defective: list[Defective] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Run:
    """One run in virtual time. fault: what the tool itself failed with, "" when it did not; the result is then an ERROR."""

    givens: Givens
    result: Mapping[str, Any]
    journal: MemoryJournal
    trace: Trace
    fault: str = ""


def run_once(
    case: TestCase,
    setting: Setting,
    tampering: Tampering | None = None,
    defects: tuple[str, ...] = (),
    then: TestCase | None = None,
) -> Run:
    """Run a case, with something done to the frames, or by the peer, or nothing. A tool that breaks is reported, not raised.

    then: a case that is run behind it, whose result is given instead.
    """
    try:
        return run_virtual(_run_once(case, setting, tampering, defects, then))
    except Exception as error:
        result = unrun(case.id, 1, "ERROR", "environment", "", "")
        return Run(Givens({}, {}, {}, {}), result, MemoryJournal(), Trace(), f"{type(error).__name__}: {error}")


async def _run_once(
    case: TestCase, setting: Setting, tampering: Tampering | None, defects: tuple[str, ...], then: TestCase | None
) -> Run:
    clock: Clock = virtual_clock()
    made = bout(case, clock, setting, defects=defects)
    trace = Trace()

    def wrap(link: Link) -> Link:
        if tampering is not None:
            link = Mutator(link, tampering, clock, VERSIONS[case.ocpp].name, trace)
        return MaskedLink(link, {"password": setting.password}) if setting.password else link

    result, journal = await fight(dataclasses.replace(made, wrap=wrap, then=then))
    return Run(made.givens, result, journal, trace)


def home(case: TestCase) -> Setting:
    """The first setting that fits a case."""
    return next(setting for setting in settings(case) if fits(case, setting))


def fits(case: TestCase, setting: Setting) -> bool:
    """Whether the prerequisites of the case hold in a setting."""
    return run_virtual(_fits(case, setting))


async def _fits(case: TestCase, setting: Setting) -> bool:
    given = bout(case, virtual_clock(), setting).givens
    view = BetweenCases(given.values, given.dut)
    if case.sut == CHARGE_POINT:
        _tell_keys(view.model, setting, needed_keys([Candidate(case)], view))
    return not unmet(case, view)


def _tell_keys(model: DeviceModel, setting: Setting, needed: Iterable[str]) -> None:
    """What the simulated station of a setting tells of its configuration keys."""
    known, unknown = Configuration(station_of(setting)).read(list(needed))
    for entry in known:
        model.configure(entry["key"], entry.get("value"), entry["readonly"])
    for key in unknown:
        model.note_absent(key)


def run_case(
    case: TestCase, chosen: Iterable[Setting] | None = None, *, spared: Container[str] = frozenset()
) -> CaseReport:
    """Conformant runs and mutants of one case in all settings that fit it, and its runs against defective peers.

    chosen: the settings to be tried, all of them when it is None. spared: ids of states whose rows are not broken here.
    """
    report = CaseReport(case.id)
    reached: set[str] = set()
    unreached: dict[str, tuple[str, str]] = {}
    for setting in settings(case) if chosen is None else chosen:
        if not fits(case, setting):
            continue
        run = run_once(case, setting)
        report.conformant.append(Conformant(case.id, setting.name, run.result, run.journal))
        if run.result["verdict"] != "PASS":
            continue
        givens = run.givens
        course = read_course(case, run.journal.records, givens.values, givens.dut, givens.timeouts, setting.password)
        found = [m for m in derive(course) if m.validation.partition("/")[0] not in spared]
        thorough = setting.thorough and (setting is STANDARD or per_connector(course))
        wanted = [m for m in found if thorough or m.validation not in reached]
        for name, mutant in named(case, setting, wanted):
            if isinstance(mutant, Mutant):
                report.trials.append(_try(name, case, setting, mutant, seen_of(run.result).rules))
            else:
                unreached.setdefault(mutant.validation + mutant.kind + mutant.what, (name, mutant.rule))
        reached |= {m.validation for m in found if isinstance(m, Mutant)}
    for key, (name, rule) in unreached.items():
        if not (rule.startswith("conditional") and any(key.startswith(f"{row}change") for row in reached)):
            report.equivalent.append((name, rule))
    usual = home(case)
    for defect in defects_of(case):
        special = setting_of(defect)
        setting = special if special is not STANDARD and fits(case, special) else usual
        run = run_once(case, setting, None, (defect,))
        report.defective.append(Defective(case.id, defect, run.result, run.journal, as_due(case, defect, run.result)))
    return report


def per_connector(course: Course) -> bool:
    """Whether the tables of the course have steps for each connector, so that a second one makes a difference."""
    return any(isinstance(place.item, Exchange) and place.item.connectors for place in course.places)


def named(
    case: TestCase, setting: Setting, mutants: Sequence[Mutant | Equivalent]
) -> Iterator[tuple[str, Mutant | Equivalent]]:
    """Each mutant with its id: CASE[@SETTING]:KIND:ROW#NUMBER, the number among those of its kind and row."""
    counts: dict[str, int] = {}
    place = case.id if setting.name == "standard" else f"{case.id}@{setting.name}"
    for mutant in mutants:
        name = f"{place}:{mutant.kind}:{mutant.validation}"
        counts[name] = counts.get(name, 0) + 1
        yield f"{name}#{counts[name]}", mutant


def _try(name: str, case: TestCase, setting: Setting, mutant: Mutant, usual: frozenset[tuple[str, int | str]]) -> Trial:
    run = run_once(case, setting, mutant.tampering)
    seen = seen_of(run.result, run.journal.records)
    return Trial(name, case.id, setting.name, mutant, seen, run.trace, run.journal, usual, run.fault)
