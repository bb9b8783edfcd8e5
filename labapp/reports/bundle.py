"""The evidence bundle: every record of a run, its report and workbook, and a signed manifest, in one canonical ZIP.

`manifest.json` is canonical JSON: `format`, `kind`, `demonstration`, `sealed` (UTC), `signer` (subject), `judge`, `report` (number,
version, and the names of PDF and workbook), `journals` (file, records, head of the chain), `holds` (where what is found), and
`files` (name, size, SHA-256 of every other file). `manifest.p7s` is the laboratory's detached CMS signature on it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from labapp.domain.run_files import FILES, JOURNAL, PICS, PLAN, PROJECT, REPORT, RESULT, SELFTEST
from labapp.domain.stamps import utc_text
from labapp.reports.canonical_zip import write_zip
from labapp.reports.cms import sign_detached
from labapp.reports.codec import canonical_bytes
from labapp.reports.content import Content, Report
from labapp.reports.identity import Identity
from labapp.reports.journal_facts import journal_facts
from labapp.reports.records import NAMES, Records

MANIFEST = "manifest.json"
SIGNATURE = "manifest.p7s"
README = "README.txt"
SUFFIX = ".labevidence"

KIND = "labevidence"
FORMAT = 1

_HOLDS = {
    "declaration": PICS,
    "plan and reasons": PLAN,
    "project as used": PROJECT,
    "verdicts, findings, reviews, amendments": RESULT,
    "configuration keys": f"{RESULT}#/configuration",
    "network measurements": f"{RESULT}#/network",
    "journal": JOURNAL,
    "self-test of the judge": SELFTEST,
    "uploaded files": f"{FILES}/",
    "report and workbook": f"{REPORT}/",
}

_README = """\
Evidence of an OCPP conformance test.

This is an ordinary ZIP file: any ZIP program opens it. manifest.json names every file with its size and SHA-256 digest; manifest.p7s is
the laboratory's signature on it. Check all of it with

    labapp verify FILE.labevidence --trust AUTHORITY.pem

or the signature alone with

    openssl cms -verify -binary -inform DER -purpose any -in manifest.p7s -content manifest.json -CAfile AUTHORITY.pem -out manifest.checked

journal.jsonl is the record of the session, one JSON object a line. Each line holds in "prev" the SHA-256 digest of the line before, without
its line feed; the first one holds 64 zeros. manifest.json states the digest of the last line ("head") and how many lines there are.
The PDF in report/ carries its own content as the attachment content.json.
"""


@dataclass(frozen=True, slots=True)
class Documents:
    """The two documents of an issue, by name."""

    name: str
    pdf: bytes
    workbook: bytes

    @property
    def pdf_path(self) -> str:
        """Where the PDF lies, in the bundle and in the run directory."""
        return f"{REPORT}/{self.name}.pdf"

    @property
    def workbook_path(self) -> str:
        """Where the workbook lies."""
        return f"{REPORT}/{self.name}.xlsx"


def document_name(content: Content) -> str:
    """A file name from number and version of the report."""
    number = re.sub(r"[^A-Za-z0-9._-]+", "-", content.number).strip("-.")[:80]
    return f"report-{number or 'unnumbered'}-v{content.version}"


def seal_bundle(records: Records, report: Report, documents: Documents, identity: Identity, at: datetime) -> bytes:
    """The bundle, sealed by the laboratory's identity. at: aware, the time of sealing."""
    files = {
        **records.named,
        **records.files,
        README: _README.encode(),
        documents.pdf_path: documents.pdf,
        documents.workbook_path: documents.workbook,
    }
    journal = journal_facts(records.bytes_of(JOURNAL))
    manifest = canonical_bytes(
        {
            "format": FORMAT,
            "kind": KIND,
            "demonstration": report.issue.demonstration or identity.demonstration,
            "sealed": utc_text(at.astimezone(UTC), milliseconds=False),
            "signer": identity.subject,
            "judge": report.content.fact("tool", "judge").value,
            "report": {
                "number": report.content.number,
                "version": report.content.version,
                "pdf": documents.pdf_path,
                "workbook": documents.workbook_path,
            },
            "journals": [{"file": JOURNAL, "records": journal.records, "head": journal.head}],
            "holds": _HOLDS,
            "files": file_list(files),
        }
    )
    return write_zip({**files, MANIFEST: manifest, SIGNATURE: sign_detached(manifest, identity, at)})


def file_list(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Name, size and digest of each file, as the manifest lists them."""
    return [
        {"name": name, "size": len(files[name]), "sha256": hashlib.sha256(files[name]).hexdigest()}
        for name in sorted(files)
    ]


def records_in(files: Mapping[str, bytes]) -> Records:
    """The records among the files of a bundle."""
    named = {name: files[name] for name in NAMES if name in files}
    apart = {*named, README, MANIFEST, SIGNATURE}
    return Records(
        named,
        {name: data for name, data in files.items() if name not in apart and not name.startswith(f"{REPORT}/")},
    )


def parse_manifest(data: bytes) -> dict[str, Any]:
    """The manifest's members. Raises ValueError when it is not what `seal_bundle` writes."""
    manifest = json.loads(data)
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        raise ValueError("it is no manifest of a bundle")
    if manifest.get("format") != FORMAT:
        raise ValueError(f"it has format {manifest.get('format')!r}, and this labapp knows format {FORMAT}")
    if canonical_bytes(manifest) != data:
        raise ValueError("it is not in canonical form")
    return manifest
