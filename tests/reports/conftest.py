"""One short run with its sealed report, made once for all tests of the room."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labapp import __version__
from labapp.reports.assembly import content_of
from labapp.reports.bundle import Documents, document_name, seal_bundle
from labapp.reports.content import Content, Issue, Report
from labapp.reports.identity import Identity, demonstration_identity
from labapp.reports.pdf import draw_report
from labapp.reports.pdf_signing import seal_pdf
from labapp.reports.records import Records
from labapp.reports.run_directory import read_records
from labapp.reports.template import Template, load_template
from labapp.reports.xlsx import build_workbook
from tests.reports.sample import make_run_directory


@dataclass(frozen=True)
class Sealed:
    """A report and its bundle, with what they were made from."""

    records: Records
    report: Report
    documents: Documents
    identity: Identity
    bundle: bytes


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return demonstration_identity(tmp_path_factory.mktemp("identity"), datetime.now(UTC))


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Records:
    return read_records(make_run_directory(tmp_path_factory.mktemp("sample") / "run", short=True))


@pytest.fixture(scope="session")
def content(records: Records) -> Content:
    return content_of(records)


@pytest.fixture(scope="session")
def template() -> Template:
    return load_template()


def issue_of(identity: Identity, *, demonstration: bool = True) -> Issue:
    """An issue by an identity, without a workbook."""
    return Issue(
        __version__, "2026-11-21T08:00:00Z", "certification", identity.subject, demonstration, "report.xlsx", ""
    )


def seal(records: Records, identity: Identity, template: Template) -> Sealed:
    """Everything that is made of a run's records."""
    content = content_of(records)
    issue = issue_of(identity)
    workbook = build_workbook(Report(content, issue), template)
    report = Report(content, replace(issue, workbook_sha256=hashlib.sha256(workbook).hexdigest()))
    documents = Documents(document_name(content), seal_pdf(draw_report(report, template), report, identity), workbook)
    bundle = seal_bundle(records, report, documents, identity, datetime.now(UTC))
    return Sealed(records, report, documents, identity, bundle)


@pytest.fixture(scope="session")
def sealed(tmp_path_factory: pytest.TempPathFactory, identity: Identity, template: Template) -> Sealed:
    folder = tmp_path_factory.mktemp("sealed") / "run"
    return seal(read_records(make_run_directory(folder, compact=True)), identity, template)


@pytest.fixture
def run_directory(tmp_path: Path) -> Path:
    return make_run_directory(tmp_path / "run", short=True)
