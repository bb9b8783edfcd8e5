"""The mutants of a course, of every kind."""

from __future__ import annotations

from labapp.selftest.course import Course
from labapp.selftest.mutants import Derived
from labapp.selftest.mutants_of_fields import changes
from labapp.selftest.mutants_of_form import malformations
from labapp.selftest.mutants_of_insertion import inserts
from labapp.selftest.mutants_of_order import drops, duplicates, swaps
from labapp.selftest.mutants_of_time import shifts


def derive(course: Course) -> Derived:
    """Every mutant of a course: of the case's own steps and of those of its states. The same course gives the same mutants."""
    for kind in (changes, malformations, drops, swaps, duplicates, inserts, shifts):
        yield from kind(course)
