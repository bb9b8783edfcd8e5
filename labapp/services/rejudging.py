"""Judging again what a path leads to: a run's directory, an evidence bundle, or a journal."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.run_files import JOURNAL
from labapp.engine.journal import Record, records, split
from labapp.engine.journal_file import read_journal
from labapp.engine.rejudge import Rejudged
from labapp.reports.canonical_zip import NotCanonical, read_zip
from labapp.services.judging import judge_again


def rejudge_path(path: Path) -> Rejudged:
    """Judge again. Raises InputError for what holds no intact journal, EnvironmentFault for what cannot be read."""
    found = iter(_records(path))
    first = next(found, None)
    if first is None:
        raise InputError("holds no record", where=str(path), mend="give the journal of a run that has begun")
    return judge_again(chain((first,), found))


def _records(path: Path) -> Iterable[Record]:
    if path.is_dir():
        if not (path / JOURNAL).is_file():
            raise InputError(f"there is no {JOURNAL}", where=str(path), mend="give the directory of a run")
        return read_journal(path / JOURNAL)
    if not path.exists():
        raise InputError("there is no such file", where=str(path), mend="give a run's directory, a bundle or a journal")
    if path.suffix == ".labevidence":
        return _of_bundle(path)
    return read_journal(path)


def _of_bundle(path: Path) -> Iterable[Record]:
    try:
        data = read_zip(path.read_bytes())[JOURNAL]
    except (NotCanonical, KeyError) as error:
        raise InputError(
            "it is no evidence bundle, or it is damaged", where=str(path), mend="get it once more"
        ) from error
    except OSError as error:
        raise EnvironmentFault(f"it cannot be read: {error.strerror}", where=str(path)) from error
    return records(split(data)[0], f"{path}, {JOURNAL}")
