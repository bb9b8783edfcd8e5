"""Making the report of a run: PDF and workbook into `report/`, and the evidence bundle beside them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labapp import __version__
from labapp.domain.errors import EnvironmentFault, InputError
from labapp.domain.run_files import PROJECT, RESULT, SELFTEST
from labapp.domain.stamps import utc_text
from labapp.reports.assembly import content_of
from labapp.reports.bundle import SUFFIX, Documents, document_name, seal_bundle
from labapp.reports.content import Content, Issue, Report
from labapp.reports.identity import Identity, demonstration_identity, load_identity
from labapp.reports.pdf import draw_report
from labapp.reports.pdf_signing import ROLES, seal_pdf, signature_fields
from labapp.reports.pdf_verification import BadPdf, embedded_report, verify_pdf_signatures
from labapp.reports.records import Given, Records
from labapp.reports.run_directory import read_records
from labapp.reports.template import STANDARD, load_template
from labapp.reports.xlsx import build_workbook
from labapp.services.home import kept_self_test, labapp_home
from labapp.services.secrets import resolve_secret

IDENTITY = "identity"


@dataclass(frozen=True, slots=True)
class ReportPaths:
    """The files of a report."""

    pdf: Path
    xlsx: Path
    bundle: Path

    def as_json(self) -> dict[str, str]:
        """The paths as text."""
        return {"pdf": str(self.pdf), "xlsx": str(self.xlsx), "bundle": str(self.bundle)}


def make_report(run_directory: Path, template: str | None = None) -> ReportPaths:
    """Make report, workbook and evidence bundle of a run; those of the same version that nobody has signed are replaced.

    template: by name; None for the one that the project names. The self-test of the run's judge, when this machine keeps one, becomes a
    record of the run. Signs with the laboratory's certificate (`[report] certificate`), or
    with the demonstration identity, and then everything is marked as a demonstration. Call it outside a running event loop.
    Raises: InputError when the directory or the certificate is unusable, or the report is signed by a person already;
    EnvironmentFault when something cannot be written or a time stamp authority does not answer.
    """
    records = _with_self_test(read_records(run_directory))
    content = content_of(records)
    options = report_options(records)
    paths = paths_of(run_directory, content)
    _refuse_signed(paths.pdf)
    layout = load_template(template or str(options.get("template") or STANDARD))
    identity = laboratory_identity(records)
    issue = Issue(
        maker=__version__,
        issued=utc_text(datetime.now(UTC), milliseconds=False),
        template=layout.name,
        signer=identity.subject,
        demonstration=content.demonstration or identity.demonstration,
        workbook=paths.xlsx.name,
        workbook_sha256="",
    )
    # The workbook cannot state its own digest; the signed PDF does.
    workbook = build_workbook(Report(content, issue), layout)
    report = Report(content, replace(issue, workbook_sha256=hashlib.sha256(workbook).hexdigest()))
    pdf = seal_pdf(draw_report(report, layout), report, identity, time_stamp_authority(records))
    documents = Documents(document_name(content), pdf, workbook)
    bundle = seal_bundle(records, report, documents, identity, datetime.now(UTC))
    self_test = {run_directory / SELFTEST: records.named[SELFTEST]} if SELFTEST in records.named else {}
    write_files({**self_test, paths.xlsx: workbook, paths.pdf: pdf, paths.bundle: bundle})
    return paths


def reseal(run_directory: Path) -> ReportPaths:
    """Pack the documents of a run as they are, with signatures that were added since, into a new bundle.

    Raises: InputError when there is no report, its signatures do not hold, or it is not of these records; EnvironmentFault when
    the bundle cannot be written.
    """
    records = read_records(run_directory)
    content = content_of(records)
    paths = paths_of(run_directory, content)
    pdf, workbook = read_file(paths.pdf), read_file(paths.xlsx)
    write_files({paths.bundle: sealed_anew(records, pdf, workbook, laboratory_identity(records))})
    return paths


def sealed_anew(records: Records, pdf: bytes, workbook: bytes, identity: Identity) -> bytes:
    """The bundle of a report as it is signed now. Raises InputError when the report does not hold or is not of these records."""
    content = content_of(records)
    try:
        signatures = verify_pdf_signatures(pdf)
        report = embedded_report(pdf)
    except BadPdf as error:
        raise InputError(f"does not hold: {error}", where="the report", mend="make it again: labapp report") from error
    if report.content != content:
        raise InputError(
            "is not of these records: they have changed since", where="the report", mend="make it again: labapp report"
        )
    if signatures[0].certificate != identity.certificate:
        raise InputError(
            f"was certified by {signatures[0].subject}, and the key at hand is another one of {identity.subject}",
            where="the report",
            mend="seal it where the laboratory's key is",
        )
    return seal_bundle(records, report, Documents(document_name(content), pdf, workbook), identity, datetime.now(UTC))


def paths_of(run_directory: Path, content: Content) -> ReportPaths:
    """Where the files of a report lie."""
    documents = Documents(document_name(content), b"", b"")
    bundle = run_directory / f"{documents.name}{SUFFIX}"
    return ReportPaths(run_directory / documents.pdf_path, run_directory / documents.workbook_path, bundle)


def report_options(records: Records) -> dict[str, Any]:
    """The table `[report]` of the project as used."""
    options = records.toml_of(PROJECT).get("report", {})
    return options if isinstance(options, dict) else {}


def time_stamp_authority(records: Records) -> str | None:
    """The URL of the time stamp authority, None when the project names none."""
    return report_options(records).get("timestamp_authority") or None


def laboratory_identity(records: Records) -> Identity:
    """The identity of the project's laboratory; the demonstration identity when the project names no certificate.

    Raises: InputError when the certificate is unusable; EnvironmentFault when the demonstration identity cannot be made.
    """
    options, now = report_options(records), datetime.now(UTC)
    certificate = options.get("certificate")
    if not certificate:
        return demonstration_identity(labapp_home() / IDENTITY, now)
    origin = options.get("certificate_password")
    password = resolve_secret(str(origin)).reveal().encode() if origin else None
    return load_identity(Path(str(certificate)), password, now)


def read_file(path: Path) -> bytes:
    """The bytes of a file that a report made. Raises InputError when it is not there, EnvironmentFault when it cannot be read."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError("is missing", where=str(path), mend="make the report first: labapp report DIR") from None
    except OSError as error:
        raise EnvironmentFault(
            f"cannot be read: {error.strerror}", where=str(path), mend="grant read access"
        ) from error


def write_files(files: dict[Path, bytes]) -> None:
    """Write each file beside its place and move it there, so that no reader sees half of one. Raises EnvironmentFault."""
    for path, data in files.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                os.chmod(name, 0o644)
                os.replace(name, path)
            except BaseException:
                os.unlink(name)
                raise
        except OSError as error:
            raise EnvironmentFault(
                f"cannot be written: {error.strerror}",
                where=str(path),
                mend="free the disc or choose a folder that can be written",
            ) from error


def _with_self_test(records: Records) -> Records:
    """The records with the self-test of the judge that gave the verdicts, as this machine keeps it; else as they are."""
    judge = Given.of(records.json_of(RESULT), RESULT).text("judge")
    kept = kept_self_test(judge)
    if not judge.isalnum() or not kept.is_file():
        return records
    return replace(records, named={**records.named, SELFTEST: read_file(kept)})


def _refuse_signed(pdf: Path) -> None:
    if not pdf.exists():
        return
    signed = [role for role, done in signature_fields(read_file(pdf)).items() if done and role in ROLES]
    if signed:
        raise InputError(
            f"is signed already ({', '.join(signed)})",
            where=str(pdf),
            mend="raise [report] version in the project.toml of the run, and name what it replaces",
        )
