"""The self-test of the judge that gave a report's verdicts, as the run's records state it."""

from __future__ import annotations

from dataclasses import dataclass

from labapp.domain.errors import InputError
from labapp.domain.run_files import SELFTEST
from labapp.reports.records import Given, Records


@dataclass(frozen=True, slots=True)
class MutantLine:
    """The mutants of one kind in one case. killed: the judge gave exactly the verdict that the rules give, at that step."""

    kind: str
    made: int
    killed: int


@dataclass(frozen=True, slots=True)
class SelfTestCase:
    """One case. variants: of the conformant runs; passed: those that gave PASS; equivalent: mutants that no judge could tell."""

    id: str
    variants: tuple[str, ...]
    passed: int
    mutants: tuple[MutantLine, ...]
    not_applied: int
    equivalent: int

    @property
    def made(self) -> int:
        """The mutants of every kind."""
        return sum(line.made for line in self.mutants)

    @property
    def killed(self) -> int:
        """Those that were killed."""
        return sum(line.killed for line in self.mutants)


@dataclass(frozen=True, slots=True)
class SelfTest:
    """A whole self-test. seconds: by the wall clock."""

    version: str
    started: str
    seconds: int
    cases: tuple[SelfTestCase, ...]


def self_test_of(records: Records, judge: str) -> SelfTest | None:
    """The self-test among the records, None when there is none. judge: digest of the judge that gave the verdicts.

    Raises InputError when it is of another judge, or not what labapp writes.
    """
    value = records.json_of(SELFTEST)
    if value is None:
        return None
    test = Given.of(value, SELFTEST)
    if test.text("judge") != judge:
        raise InputError(
            "is the self-test of another judge than the one of this run",
            where=SELFTEST,
            mend="take it away, and make the report again",
        )
    cases = tuple(_case(row) for row in test.rows("cases"))
    return SelfTest(test.text("version"), test.text("started"), test.integer("seconds") or 0, cases)


def _case(row: Given) -> SelfTestCase:
    conformant, mutants = row.table("conformant").members, row.table("mutants")
    return SelfTestCase(
        id=row.text("id"),
        variants=tuple(conformant),
        passed=sum(verdict == "PASS" for verdict in conformant.values()),
        mutants=tuple(_mutants(kind, mutants.table(kind)) for kind in mutants.members),
        not_applied=row.integer("not_applied") or 0,
        equivalent=row.integer("equivalent") or 0,
    )


def _mutants(kind: str, counts: Given) -> MutantLine:
    return MutantLine(kind, counts.integer("made") or 0, counts.integer("killed") or 0)
