"""What the report page shows of a session, and of a file that is checked."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from labapp.domain.errors import InputError
from labapp.presentation.report import (
    SIGN,
    Act,
    Standing,
    choices_of,
    pages_text,
    report_fault,
    report_view,
    verdicts_text,
)
from labapp.presentation.report_checks import CheckLine, check_lines, check_title, signature_lines, subject_text
from labapp.presentation.report_signing import SignForm
from labapp.presentation.report_standing import lacks_of
from labapp.presentation.stages import Stage, StageStatus, State
from labapp.reports.pdf_signing import ROLES
from labapp.services.report_documents import (
    ReportFiles,
    Seen,
    examine,
    pdf_in,
    raise_version,
    report_files,
)
from labapp.services.reporting import make_report
from labapp.services.signing import sign
from labapp.storage.entries import SessionEntry
from tests.reports.sample import PROJECT, make_run_directory

AT = datetime(2026, 11, 21, 8, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a report that a demonstration identity has made."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABAPP_HOME", str(folder / "home"))
        make_report(make_run_directory(folder / "run", compact=True))
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, with the same home."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path / "home"))
    return tmp_path / "run"


@pytest.fixture(scope="module")
def files(made: Path) -> ReportFiles:
    return report_files(made / "run")


def signed_by(files: ReportFiles, *roles: str) -> ReportFiles:
    """The same report with persons' signatures."""
    return replace(
        files,
        signatures=(*files.signatures, *(Seen(role, "CN=A. de Vries,O=ETH", AT) for role in roles)),
        persons=bool(roles),
    )


def lacks(files: ReportFiles) -> dict[str, str]:
    return {lack.title: lack.detail for lack in lacks_of(files)}


def test_without_a_session_the_page_says_what_it_is_for() -> None:
    view = report_view(None)
    assert (view.standing, view.headline, view.offers) == (Standing.NO_SESSION, "No session yet", {})
    assert view.status == StageStatus(State.TO_DO, ("no session yet",))


def test_a_made_report_is_to_be_signed(files: ReportFiles) -> None:
    view = report_view(files)
    assert (view.standing, view.headline) == (Standing.MADE, "The report is made")
    assert view.advice == "Still to be signed: Tested by, Checked by, Authorised by."
    assert [act for act, offer in view.offers.items() if offer.next] == [Act.SIGN_TESTED]
    assert all(offer.possible for offer in view.offers.values())
    assert view.verdicts == "✓ 2 PASS   ✗ 3 FAIL   ! 1 ERROR   · 1 NOT RUN"
    assert [(role.title, role.who, role.signed, role.sign is not None) for role in view.roles] == [
        ("For the laboratory", "labapp demonstration laboratory", True, False),
        ("Tested by", "not signed", False, True),
        ("Checked by", "not signed", False, True),
        ("Authorised by", "not signed", False, True),
    ]
    assert view.status.state is State.IN_WORK
    assert view.status.missing[:2] == ("not signed: tested by", "not signed: checked by")


def test_before_there_is_a_report_it_is_to_be_made(files: ReportFiles, tmp_path: Path) -> None:
    bare = replace(files, made=False, current=False, signatures=(), paths=replace(files.paths, xlsx=tmp_path / "x"))
    view = report_view(bare)
    assert (view.standing, view.headline) == (Standing.ENDED, "No report yet")
    assert [act for act, offer in view.offers.items() if offer.next] == [Act.MAKE]
    assert {act: offer.why for act, offer in view.offers.items() if offer.why} == dict.fromkeys(
        (Act.VERIFY, Act.OPEN_PDF, Act.OPEN_WORKBOOK, *SIGN.values()), "there is no report yet"
    )
    assert view.status == StageStatus(State.TO_DO, ("report not made",))
    interrupted = report_view(replace(bare, ended=False))
    assert (interrupted.headline, interrupted.tone) == ("The session was interrupted", "warning")


def test_while_the_session_runs_nothing_is_made_or_signed(files: ReportFiles) -> None:
    view = report_view(replace(files, made=False, current=False, signatures=()), running=True)
    assert view.standing is Standing.RUNNING
    assert view.offers[Act.MAKE].why == "the session is running"
    assert view.offers[Act.OPEN_FOLDER].possible
    assert view.status == StageStatus(State.TO_DO, ("the session is running",))


def test_what_is_under_way_is_waited_for(files: ReportFiles) -> None:
    view = report_view(files, busy="the report is being signed")
    assert {offer.act for offer in view.offers.values() if offer.possible} == {
        Act.OPEN_PDF, Act.OPEN_WORKBOOK, Act.OPEN_FOLDER,
    }  # fmt: skip
    assert view.offers[Act.VERIFY].why == "the report is being signed"


def test_signed_by_all_it_is_verified_and_then_done(files: ReportFiles) -> None:
    part = report_view(signed_by(files, "tested"))
    assert (part.standing, part.advice) == (Standing.SIGNED, "Still to be signed: Checked by, Authorised by.")
    assert (part.roles[1].who, part.roles[1].when, part.roles[1].sign) == ("A. de Vries", "2026-11-21 08:05 UTC", None)
    assert part.offers[Act.MAKE].why == "it is signed, and of these records"
    every = signed_by(files, *ROLES)
    view = report_view(every)
    assert view.advice == "Everybody has signed. Verify it before it is handed over."
    assert view.offers[Act.VERIFY].next
    assert "not verified" in view.status.missing
    verified = report_view(every, verified=True)
    assert verified.advice == "Everything is signed and verified. Hand over the evidence bundle."
    assert not any(offer.next for offer in verified.offers.values())


def test_a_preparation_is_done_without_what_certification_asks_for(files: ReportFiles) -> None:
    every = signed_by(replace(files, content=replace(files.content, mode="preparation")), *ROLES)
    assert report_view(every, verified=True).status == StageStatus(State.DONE)
    asked = signed_by(files, *ROLES)
    assert report_view(asked, verified=True).status.missing == (
        "Failed", "Ended with ERROR", "Not run", "Laboratory certificate", "Facts not stated",
    )  # fmt: skip


def test_what_is_missing_for_certification(files: ReportFiles) -> None:
    found = lacks(files)
    assert list(found) == [
        "Failed", "Ended with ERROR", "Not run", "Laboratory certificate", "Self-test record", "Facts not stated", "Signatures",
    ]  # fmt: skip
    assert found["Not run"] == "TC_013_CS"
    assert found["Signatures"] == "Tested by, Checked by, Authorised by"
    assert "Responsible persons: Authorised by" in found["Facts not stated"]


@pytest.mark.parametrize(
    ("content", "further", "title", "stage"),
    [
        ({"demonstration": True}, {}, "Demonstration", Stage.INTAKE),
        ({"mode": "preparation"}, {}, "Mode", Stage.SETUP),
        ({}, {"declared": False}, "PICS", Stage.INTAKE),
    ],
)
def test_what_makes_certification_impossible_leads_to_its_stage(
    files: ReportFiles, content: dict[str, Any], further: dict[str, Any], title: str, stage: Stage
) -> None:
    changed = replace(files, content=replace(files.content, **content), **further)
    lack = lacks_of(changed)[0]
    assert (lack.title, lack.stage) == (title, stage)


def test_nothing_is_missing_when_all_is_there(files: ReportFiles) -> None:
    whole = replace(files, content=replace(files.content, cases=(), missing=()), certificate="/lab.p12", self_test=True)
    assert lacks(signed_by(whole, *ROLES)) == {}


def test_many_cases_are_counted(files: ReportFiles) -> None:
    failed = [case for case in files.content.cases if case.verdict == "FAIL" and not case.expected]
    cases = tuple(replace(failed[0], id=f"TC_{number:03}_CS") for number in range(1, 8))
    found = lacks(replace(files, content=replace(files.content, cases=cases)))
    assert found["Failed"] == "TC_001_CS, TC_002_CS, TC_003_CS, TC_004_CS and 3 more"


def test_an_amendment_makes_the_report_one_of_other_records(run: Path) -> None:
    result = json.loads((run / "run.json").read_text(encoding="utf-8"))
    amendment = {
        "case": "TC_010_CS",
        "attempt": 1,
        "cause": "lab",
        "reason": "wrong card",
        "who": "M. Jansen",
        "at": "2026-11-20T09:00:00Z",
    }
    result["amendments"].append(amendment)
    (run / "run.json").write_text(json.dumps(result), encoding="utf-8")
    view = report_view(report_files(run))
    assert (view.standing, view.headline) == (Standing.OUTDATED, "The report is no longer of these records")
    assert view.offers[Act.MAKE].next
    assert view.offers[Act.MAKE].label == "Make report anew"
    assert view.status == StageStatus(State.PROBLEM, ("report no longer of these records",))
    assert "Signatures" not in lacks(report_files(run))
    make_report(run)
    assert report_view(report_files(run)).standing is Standing.MADE


def test_a_signed_report_is_replaced_by_the_next_version(run: Path) -> None:
    sign(run, "tested")
    old = report_files(run).paths.pdf
    (run / "files" / "late.txt").write_text("x", encoding="utf-8")
    view = report_view(report_files(run))
    assert (view.standing, view.renew, view.offers[Act.MAKE].label) == (Standing.OUTDATED, True, "Make version 3")
    raise_version(run)
    paths = make_report(run)
    assert old.exists()
    assert paths.pdf.name == "report-ETH-2026-0042-v3.pdf"
    found = report_files(run)
    assert report_view(found).standing is Standing.MADE
    assert found.content.fact("report", "replaces").value == "ETH-2026-0042, version 2"
    assert (run / "project.toml").read_text(encoding="utf-8").count("version =") == 1


def test_a_project_without_a_report_table_gets_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path / "home"))
    bare = PROJECT.split("[report]")[0]
    run = make_run_directory(tmp_path / "run", compact=True, project=bare)
    raise_version(run)
    assert report_files(run).paths.pdf.name == "report-r7f3a-v2.pdf"
    odd = bare + '[[report]]\nnumber = "1"\n'
    (run / "project.toml").write_text(odd, encoding="utf-8")
    with pytest.raises(InputError):
        raise_version(run)
    assert (run / "project.toml").read_text(encoding="utf-8") == odd


def test_a_report_that_was_changed_does_not_hold(run: Path) -> None:
    pdf = report_files(run).paths.pdf
    data = pdf.read_bytes()
    pdf.write_bytes(data.replace(b"/Type", b"/Typo", 1))
    view = report_view(report_files(run))
    assert (view.standing, view.tone, view.offers[Act.MAKE].next) == (Standing.BROKEN, "problem", True)
    assert view.status == StageStatus(State.PROBLEM, ("report does not hold",))


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        report_files(tmp_path)
    assert str(refused.value) == f"{tmp_path}: holds no run - choose the directory of a run"


def test_a_bundle_is_examined_with_its_pages(run: Path) -> None:
    found = report_files(run)
    examined = examine(found.paths.bundle)
    assert examined.pdf == found.paths.pdf.read_bytes()
    lines = {line.title: line for line in check_lines(examined)}
    assert lines["Report against records"].tone == "good"
    # The sample's attempts were never judged.
    assert lines["Judged again"].tone == "problem"
    assert lines["Not intact"].tone == "problem"
    assert lines["Not trusted"].detail == "Trust is asked only of what is intact."
    assert lines["Demonstration"].tone == "warning"
    assert [line.title for line in signature_lines(examined.signatures)] == ["For the laboratory"]


def test_a_report_alone_is_intact_and_perhaps_trusted(run: Path) -> None:
    pdf = report_files(run).paths.pdf
    lines = check_lines(examine(pdf))
    assert lines[0] == CheckLine("good", "Intact", "It is whole, and as it was signed.")
    assert (lines[1].tone, lines[1].title) == ("warning", "Not trusted")
    assert lines[0].spoken == "Intact: in order. It is whole, and as it was signed."
    home = run.parent / "home"
    (home / "trust").mkdir()
    shutil.copy(home / "identity" / "demonstration-ca.pem", home / "trust")
    assert check_lines(examine(pdf))[1] == CheckLine(
        "good", "Trusted", "Signed by labapp demonstration laboratory, whom this laboratory trusts."
    )


def test_a_bundle_that_cannot_be_read_has_no_pages(run: Path, tmp_path: Path) -> None:
    bundle = report_files(run).paths.bundle
    damaged = tmp_path / "damaged.labevidence"
    damaged.write_bytes(bundle.read_bytes().replace(b"manifest.json", b"manifest.jsom"))
    assert pdf_in(damaged) == b""
    with pytest.raises(InputError):
        pdf_in(tmp_path / "none.pdf")


def test_every_check_has_a_title() -> None:
    assert check_title("journal journal.jsonl") == "Journal journal.jsonl"
    assert check_title("verdicts") == "Judged again"
    assert check_title("something new") == "something new"


def test_past_sessions_are_listed_newest_first() -> None:
    def entry(day: int, state: Any, **verdicts: int) -> SessionEntry:
        started = datetime(2026, 11, day, 9, 30, tzinfo=UTC)
        return SessionEntry(
            Path(f"/runs/{day}"),
            "r",
            1,
            "1.6",
            "cs",
            "preparation",
            False,
            started,
            None,
            state,
            10,
            verdicts,
            "j",
            "0.1.0",
        )

    found = choices_of([entry(1, "ended", PASS=9, FAIL=1), entry(3, "open"), entry(2, "broken", ERROR=1)])
    assert [(each.directory.name, each.label) for each in found] == [
        ("3", "2026-11-03 09:30 UTC   not ended   no verdicts"),
        ("2", "2026-11-02 09:30 UTC   ended by a fault   ! 1 ERROR"),
        ("1", "2026-11-01 09:30 UTC   ended   ✓ 9 PASS   ✗ 1 FAIL"),
    ]


def test_why_the_bench_made_no_report_is_known() -> None:
    assert report_fault({"report": {"fault": {"text": "the disc is full", "exit_status": 3}}}) == "the disc is full"
    assert report_fault({"report": {"pdf": "x.pdf"}}) == ""
    assert report_fault({}) == ""


def test_a_session_that_has_just_begun_is_running() -> None:
    view = report_view(None, running=True)
    assert (view.standing, view.headline, view.offers) == (Standing.RUNNING, "The session is running", {})
    assert pages_text(view) == "The pages of the report stand here when the session has ended."


def test_a_form_says_what_keeps_it_from_signing(tmp_path: Path) -> None:
    key = tmp_path / "key.p12"
    key.write_bytes(b"x")
    whole = SignForm("tested", certificate=f" {key} ", password="env:KEY")
    assert (whole.problem, whole.given) == ("", (key, "env:KEY"))
    assert SignForm("tested", certificate=str(key)).given == (key, None)
    assert SignForm("tested", own=True, password="secret").given == (None, None)
    assert SignForm("tested").problem == "Choose the file with certificate and key, or sign with the laboratory's own."
    gone = replace(whole, certificate=str(tmp_path / "none"))
    assert gone.problem == "There is no such file; choose the one with certificate and key."
    assert replace(whole, password="hunter2").problem == (
        "Name where the password is, never the password itself: env:NAME or keyring:SERVICE/USER."
    )


def test_names_are_those_of_the_certificate() -> None:
    assert subject_text("CN=M. Jansen,O=ETH") == "M. Jansen"
    assert subject_text("O=ETH") == "O=ETH"
    assert verdicts_text({"PASS": 2, "NOT_APPLICABLE": 1}) == "✓ 2 PASS   – 1 NOT APPLICABLE"
