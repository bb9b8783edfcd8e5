"""Checking what a laboratory handed over: a bundle, a report, or the directory of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography import x509

from labapp.bench.history import history_of
from labapp.domain.errors import InputError
from labapp.engine.journal import records, split
from labapp.reports.assembly import content_of
from labapp.reports.bundle import SUFFIX
from labapp.reports.identity import load_certificates
from labapp.reports.run_directory import read_records
from labapp.reports.verification import Rejudge, VerificationResult, verify_bundle, verify_report
from labapp.services.home import labapp_home
from labapp.services.intake import refuse_unreadable
from labapp.services.judging import judge_again, judge_digest
from labapp.services.reporting import paths_of

#: Members of the run's result that come from the journal and from nothing else.
_FROM_JOURNAL = (
    "run", "ocpp", "sut", "mode", "demonstration", "started", "ended", "judge", "version",
    "cases", "resets", "amendments", "configuration",
)  # fmt: skip

#: Members that a result of an earlier version may lack, and what that means.
_ABSENT: Mapping[str, Any] = {"files": []}


def judged_again(journal: bytes, result: Mapping[str, Any]) -> list[str]:
    """What differs between a run's result and what its journal gives when it is judged again with the cases of this version.

    Raises InputError when the journal is not one that labapp wrote.
    """
    lines = tuple(records(split(journal)[0]))
    try:
        again = judge_again(lines)
        stated = history_of(lines, "the journal").result()
    except InputError:
        raise
    # Whoever signs can sign a journal of records that no labapp has written; judging them may fail in any way.
    except Exception as error:
        raise InputError(f"a record is not what labapp writes ({type(error).__name__})", where="the journal") from error
    differences = [f"{one['case']} attempt {one['attempt']}: {one['text']}" for one in again.differences]
    same_judge = result.get("judge") == judge_digest()
    # How performance is measured belongs to the judge, and another version may measure otherwise.
    names = (*_FROM_JOURNAL, "performance") if same_judge else _FROM_JOURNAL
    changed = [name for name in (*names, "files") if result.get(name, _ABSENT.get(name)) != stated[name]]
    if differences and not same_judge:
        differences[0] = f"judged by another version than the one that judged first: {differences[0]}"
    return [*differences, *(f"{name} in run.json is not what the journal gives" for name in changed)]


def verify(path: Path, trust: Path | None = None, rejudge: Rejudge | None = judged_again) -> VerificationResult:
    """Check a bundle, a report in PDF, or the bundle of a run's directory. Call it outside a running event loop.

    trust: PEM file with the certificates that the reader trusts; None for those in the folder `trust` of labapp's home.
    rejudge: how the journal of a bundle is judged again; None leaves that out.
    Raises: InputError when the file is none of these, is cut off, or the PEM file is unusable.
    """
    trusted = load_certificates(trust) if trust is not None else _store()
    if path.is_dir():
        path = _bundle_of(path)
    refuse_unreadable(path)
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        raise InputError(
            "a workbook carries no signature: its digest stands in the signed report",
            where=str(path),
            mend=f"verify the report (.pdf) or the bundle ({SUFFIX}) that it belongs to",
        )
    data = path.read_bytes()
    if suffix == ".pdf" or data.startswith(b"%PDF-"):
        return verify_report(data, trusted, str(path))
    return verify_bundle(data, trusted, rejudge, str(path))


def _bundle_of(directory: Path) -> Path:
    bundle = paths_of(directory, content_of(read_records(directory))).bundle
    if not bundle.is_file():
        raise InputError("holds no evidence bundle", where=str(directory), mend="make it first: labapp report DIR")
    return bundle


def _store() -> Sequence[x509.Certificate]:
    """The certificates that this machine's laboratory trusts."""
    return [
        certificate
        for path in sorted((labapp_home() / "trust").glob("*.pem"))
        for certificate in load_certificates(path)
    ]
