"""The report as it lies on the disc: its pages, its signatures, and how it stands to the records of its run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from labapp.domain.errors import InputError
from labapp.domain.run_files import JOURNAL, PROJECT, RESULT
from labapp.reports.assembly import content_of
from labapp.reports.bundle import MANIFEST, parse_manifest
from labapp.reports.canonical_zip import NotCanonical, read_zip
from labapp.reports.content import Content, Report
from labapp.reports.pdf_signing import ROLES, signature_fields
from labapp.reports.pdf_verification import BadPdf, embedded_report, verify_pdf_signatures
from labapp.reports.records import Given
from labapp.reports.run_directory import read_records
from labapp.reports.verification import VerificationResult
from labapp.services.home import kept_self_test
from labapp.services.intake import refuse_unreadable
from labapp.services.reporting import (
    ReportPaths,
    paths_of,
    read_file,
    report_options,
    write_files,
)
from labapp.services.verifying import verify


@dataclass(frozen=True, slots=True)
class Seen:
    """A signature that holds. field: "laboratory" or a role; subject: of the certificate."""

    field: str
    subject: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """What there is of a run's report. content: that its records give now.

    ended: the run has ended. made: there is a PDF; fault: why it does not hold, "" when it does. current: it is of these records.
    marked: as a demonstration. persons: somebody has signed besides the laboratory. certificate: of the laboratory, "" when the
    project names none. self_test: of the judge, kept or in the report. declared: there are PICS.
    """

    directory: Path
    content: Content
    paths: ReportPaths
    ended: bool
    made: bool = False
    fault: str = ""
    current: bool = False
    marked: bool = False
    issued: str = ""
    signatures: tuple[Seen, ...] = ()
    persons: bool = False
    certificate: str = ""
    self_test: bool = False
    declared: bool = False


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that was verified. pdf: its report, b"" when none can be read in it."""

    path: Path
    result: VerificationResult
    pdf: bytes
    signatures: tuple[Seen, ...]


def report_files(directory: Path) -> ReportFiles:
    """What there is of the report of a run. Call it outside a running event loop.

    Raises: InputError when it is no directory of a run that has begun; EnvironmentFault when a file cannot be read.
    """
    if not (directory / JOURNAL).is_file() or not (directory / RESULT).is_file():
        raise InputError("holds no run", where=str(directory), mend="choose the directory of a run")
    records = read_records(directory)
    content = content_of(records)
    paths = paths_of(directory, content)
    run = Given.of(records.json_of(RESULT), RESULT)
    pdf = read_file(paths.pdf) if paths.pdf.is_file() else b""
    signatures, report, fault = _read(pdf) if pdf else ((), None, "")
    judge = run.text("judge")
    return ReportFiles(
        directory=directory,
        content=content,
        paths=paths,
        ended=bool(run.text("ended")),
        made=bool(pdf),
        fault=fault,
        current=report is not None and report.content == content,
        marked=report is not None and report.issue.demonstration,
        issued=report.issue.issued if report is not None else "",
        signatures=signatures,
        persons=_signed_by_persons(pdf) if pdf else False,
        certificate=str(report_options(records).get("certificate") or ""),
        self_test=content.self_test is not None or (judge.isalnum() and kept_self_test(judge).is_file()),
        declared=bool(content.pics),
    )


def examine(path: Path) -> Examined:
    """Verify a bundle or a report, and take out its pages. Call it outside a running event loop. Raises as `verify`."""
    result = verify(path)
    pdf = pdf_in(path)
    return Examined(path, result, pdf, _read(pdf)[0] if pdf else ())


def pdf_in(path: Path) -> bytes:
    """The report in a PDF or an evidence bundle; b"" when there is none that can be taken out.

    Raises: InputError when the file is not there, EnvironmentFault when it cannot be read.
    """
    refuse_unreadable(path)
    data = read_file(path)
    if data.startswith(b"%PDF-"):
        return data
    try:
        files = read_zip(data)
        return files[str(parse_manifest(files[MANIFEST])["report"]["pdf"])]
    except (NotCanonical, ValueError, KeyError, TypeError, InputError):
        return b""


def raise_version(directory: Path) -> None:
    """Raise the version of a run's report, which names the one that it replaces: what is made next leaves that one where it is.

    Raises: InputError when the project of the run is not laid out as labapp writes it; EnvironmentFault when it cannot be written.
    """
    content = content_of(read_records(directory))
    path = directory / PROJECT
    text = read_file(path).decode("utf-8")
    stated = {"version": content.version + 1, "replaces": f"{content.number}, version {content.version}"}
    write_files({path: _with_report_keys(text, stated).encode("utf-8")})


def _read(pdf: bytes) -> tuple[tuple[Seen, ...], Report | None, str]:
    try:
        signatures = tuple(Seen(one.field, one.subject, one.at) for one in verify_pdf_signatures(pdf))
        return signatures, embedded_report(pdf), ""
    except BadPdf as error:
        return (), None, str(error)


def _signed_by_persons(pdf: bytes) -> bool:
    """Whether a role's field is signed, also where the signature no longer holds."""
    try:
        return any(done for role, done in signature_fields(pdf).items() if role in ROLES)
    except InputError:
        return False


def _with_report_keys(text: str, stated: Mapping[str, Any]) -> str:
    """The text of a project with other values in its table [report]; every other line stays as it is."""
    lines = text.splitlines()
    starts = [index for index, line in enumerate(lines) if re.match(r"\s*\[\s*report\s*\]", line)]
    new = [f"version = {stated['version']}", f"replaces = {_quoted(str(stated['replaces']))}"]
    if starts:
        begin = starts[0] + 1
        end = next((i for i in range(begin, len(lines)) if re.match(r"\s*\[", lines[i])), len(lines))
        kept = [line for line in lines[begin:end] if not re.match(r"\s*(version|replaces)\s*=", line)]
        lines = [*lines[:begin], *new, *kept, *lines[end:]]
    else:
        lines += ["", "[report]", *new]
    changed = "\n".join(lines) + "\n"
    before, after = tomllib.loads(text), tomllib.loads(changed)
    if after != {**before, "report": {**before.get("report", {}), **stated}}:
        raise InputError(
            "the version cannot be raised",
            where=f"{PROJECT} [report]",
            mend="raise version and state replaces in this file, and make the report again",
        )
    return changed


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
