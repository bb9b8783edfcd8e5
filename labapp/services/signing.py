"""Signing a report as the one who tested, checked or authorised it, and sealing the evidence anew.

A signature changes the PDF, so the bundle that holds it is made again with the same records and sealed by the laboratory's key; it is
final after the last signature. Where that key is not at hand, the PDF alone is signed and packed later (`labapp report DIR --seal`).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from labapp.domain.errors import InputError
from labapp.reports.assembly import content_of
from labapp.reports.bundle import MANIFEST, SUFFIX, parse_manifest, records_in
from labapp.reports.canonical_zip import read_zip
from labapp.reports.identity import Identity, demonstration_identity, load_identity
from labapp.reports.pdf_signing import ROLES, add_signature
from labapp.reports.pdf_verification import BadPdf, embedded_report, verify_pdf_signatures
from labapp.reports.run_directory import read_records
from labapp.reports.verification import verify_bundle
from labapp.services.home import labapp_home
from labapp.services.reporting import (
    IDENTITY,
    laboratory_identity,
    paths_of,
    read_file,
    sealed_anew,
    time_stamp_authority,
    write_files,
)
from labapp.services.secrets import resolve_secret


def sign(path: Path, role: str, certificate: Path | None = None, password: str | None = None) -> tuple[Path, ...]:
    """Sign a report; returns the files that were written. Call it outside a running event loop.

    path: the directory of a run, an evidence bundle, or a PDF. role: one of ROLES. certificate: PKCS#12 or PEM of the person; None
    signs with the laboratory's own. password: where the key's password is, as "env:NAME" or "keyring:SERVICE/USER".
    Raises: InputError when something is unusable, the field is signed already, or what is to be signed is not intact;
    EnvironmentFault when a file cannot be written.
    """
    if role not in ROLES:
        raise InputError(f"there is no role {role!r}", where="--role", mend=f"use {', '.join(ROLES)}")
    person = None
    if certificate is not None:
        secret = resolve_secret(password).reveal().encode() if password else None
        person = load_identity(certificate, secret, datetime.now(UTC))
    if not path.exists():
        mend = "name the run's directory, an evidence bundle (.labevidence) or a PDF"
        raise InputError("there is no such file", where=str(path), mend=mend)
    if path.is_dir():
        return _sign_directory(path, role, person)
    if path.suffix == SUFFIX:
        return _sign_bundle(path, role, person)
    return _sign_pdf(path, role, person)


def _sign_directory(directory: Path, role: str, person: Identity | None) -> tuple[Path, ...]:
    records = read_records(directory)
    paths = paths_of(directory, content_of(records))
    laboratory = laboratory_identity(records)
    signed = _signed(read_file(paths.pdf), role, person or laboratory, time_stamp_authority(records))
    bundle = sealed_anew(records, signed, read_file(paths.xlsx), laboratory)
    write_files({paths.pdf: signed, paths.bundle: bundle})
    return paths.pdf, paths.bundle


def _sign_bundle(path: Path, role: str, person: Identity | None) -> tuple[Path, ...]:
    data = read_file(path)
    faults = [check.detail for check in verify_bundle(data, where=str(path)).checks if not check.ok]
    if faults:
        raise InputError(f"is not intact: {faults[0]}", where=str(path), mend="get an unchanged copy")
    files = read_zip(data)
    named = parse_manifest(files[MANIFEST])["report"]
    records = records_in(files)
    laboratory = laboratory_identity(records)
    signed = _signed(files[named["pdf"]], role, person or laboratory, time_stamp_authority(records))
    write_files({path: sealed_anew(records, signed, files[named["workbook"]], laboratory)})
    return (path,)


def _sign_pdf(path: Path, role: str, person: Identity | None) -> tuple[Path, ...]:
    data = read_file(path)
    if not data.startswith(b"%PDF-"):
        raise InputError(
            "is no report", where=str(path), mend="name the run's directory, an evidence bundle (.labevidence) or a PDF"
        )
    write_files({path: _signed(data, role, person or _demonstration_for(path, data), None)})
    return (path,)


def _demonstration_for(path: Path, pdf: bytes) -> Identity:
    """The identity for the report of a demonstration, which has none of its own."""
    with suppress(BadPdf):
        if embedded_report(pdf).issue.demonstration:
            return demonstration_identity(labapp_home() / IDENTITY, datetime.now(UTC))
    raise InputError(
        "a PDF alone does not say where the laboratory's key is",
        where=str(path),
        mend="add --certificate, or sign the run's directory",
    )


def _signed(pdf: bytes, role: str, identity: Identity, authority: str | None) -> bytes:
    """The PDF with the signature, after a look at what is being signed."""
    try:
        verify_pdf_signatures(pdf)
        report = embedded_report(pdf)
    except BadPdf as error:
        raise InputError(f"does not hold: {error}", where="the report", mend="make it again: labapp report") from error
    if identity.demonstration and not report.issue.demonstration:
        raise InputError(
            "a demonstration identity does not sign a report that is none",
            where="--certificate",
            mend="use a certificate of the person",
        )
    return add_signature(pdf, role, identity, authority)
