"""Making, signing and checking the report of a run in its directory."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from labapp.domain.errors import EnvironmentFault, InputError
from labapp.reports.canonical_zip import read_zip
from labapp.reports.identity import Identity
from labapp.reports.pdf_signing import signature_fields
from labapp.reports.verification import VerificationResult
from labapp.services import verifying
from labapp.services.home import kept_self_test, labapp_home
from labapp.services.reporting import make_report, reseal
from labapp.services.signing import sign
from tests.reports.authority import Authority
from tests.reports.sample import JUDGE, PROJECT, SUMMARY, make_run_directory


def verify(path: Path, trust: Path | None = None) -> VerificationResult:
    """The check without judging again: the sample's attempts were never judged."""
    return verifying.verify(path, trust, rejudge=None)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CERTIFICATE_PASSWORD", "secret")
    return tmp_path / "home"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory with a report, signed by a demonstration identity."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABAPP_HOME", str(folder / "home"))
        make_report(make_run_directory(folder / "run", compact=True))
    return folder


@pytest.fixture
def run(made: Path, tmp_path: Path) -> Path:
    """A copy of it, with the same home."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path / "run"


def p12(path: Path, identity: Identity) -> Path:
    """A PKCS#12 file with the password "secret"."""
    encryption = BestAvailableEncryption(b"secret")
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(b"x", identity.key, identity.certificate, identity.chain, encryption)
    )
    return path


@pytest.fixture
def authority() -> Authority:
    return Authority("National authority")


def laboratory_run(tmp_path: Path, authority: Authority) -> Path:
    """A run directory of a laboratory with a certificate of its own, and the authority's certificate in trust.pem."""
    certificate = p12(tmp_path / "laboratory.p12", authority.identity("Example Test House"))
    (tmp_path / "trust.pem").write_bytes(authority.root.public_bytes(Encoding.PEM))
    lines = f'certificate = "{certificate}"\ncertificate_password = "env:CERTIFICATE_PASSWORD"\n'
    return make_run_directory(tmp_path / "lab", compact=True, project=PROJECT + lines)


def test_a_report_is_made_beside_the_records(run: Path) -> None:
    paths = sorted(path.relative_to(run).as_posix() for path in run.rglob("*report-*"))
    assert paths == [
        "report-ETH-2026-0042-v2.labevidence",
        "report/report-ETH-2026-0042-v2.pdf",
        "report/report-ETH-2026-0042-v2.xlsx",
    ]
    files = read_zip((run / paths[0]).read_bytes())
    assert sorted(files) == [
        "README.txt", "files/diagnostics.log", "journal.jsonl", "manifest.json", "manifest.p7s", "pics.toml", "plan.json", "project.toml",
        paths[1], paths[2], "run.json",
    ]  # fmt: skip
    assert all(
        files[name] == (run / name).read_bytes() for name in files if not name.startswith(("manifest", "README"))
    )
    assert not [name for name, data in files.items() if b"never-leaves-the-machine" in data]


def test_the_self_test_of_the_judge_becomes_a_record_of_the_run(run: Path) -> None:
    kept_self_test("5c20" * 16).write_text(json.dumps({**SUMMARY, "judge": "5c20" * 16}), encoding="utf-8")
    make_report(run)
    assert not (run / "selftest.json").exists()
    kept_self_test(JUDGE).write_text(json.dumps(SUMMARY), encoding="utf-8")
    paths = make_report(run)
    assert json.loads((run / "selftest.json").read_text(encoding="utf-8")) == SUMMARY
    files = read_zip(paths.bundle.read_bytes())
    assert json.loads(files["selftest.json"]) == SUMMARY
    assert verify(run).intact
    (run / "selftest.json").write_text(json.dumps({**SUMMARY, "seconds": 1}), encoding="utf-8")
    with pytest.raises(InputError) as refused:
        reseal(run)
    assert str(refused.value).startswith("the report: is not of these records")


def test_without_a_certificate_it_is_a_demonstration(run: Path, home: Path) -> None:
    result = verify(run)
    assert (result.intact, result.trusted, result.demonstration) == (True, False, True)
    assert verify(run, home / "identity" / "demonstration-ca.pem").trusted


def test_a_laboratory_signs_with_its_own_certificate(tmp_path: Path, authority: Authority, home: Path) -> None:
    paths = make_report(laboratory_run(tmp_path, authority))
    result = verify(paths.bundle, tmp_path / "trust.pem")
    assert (result.intact, result.trusted, result.demonstration) == (True, True, False)
    assert result.signer == "CN=Example Test House"
    assert not verify(paths.bundle).trusted
    (home / "trust").mkdir(parents=True)
    shutil.copy(tmp_path / "trust.pem", home / "trust")
    assert verify(paths.bundle).trusted
    assert verify(paths.pdf).trusted


def test_a_simulated_device_stays_a_demonstration(tmp_path: Path, authority: Authority) -> None:
    run = laboratory_run(tmp_path, authority)
    result = json.loads((run / "run.json").read_text(encoding="utf-8"))
    (run / "run.json").write_text(json.dumps({**result, "demonstration": True}), encoding="utf-8")
    assert verify(make_report(run).bundle).demonstration


def test_the_report_is_made_anew_until_somebody_has_signed_it(run: Path) -> None:
    paths = make_report(run)
    sign(run, "tested")
    with pytest.raises(InputError) as refused:
        make_report(run)
    assert str(refused.value) == (
        f"{paths.pdf}: is signed already (tested) - raise [report] version in the project.toml of the run, and name what it replaces"
    )
    project = (run / "project.toml").read_text(encoding="utf-8")
    (run / "project.toml").write_text(project.replace("version = 2", "version = 3"), encoding="utf-8")
    assert make_report(run).pdf.name == "report-ETH-2026-0042-v3.pdf"
    assert paths.pdf.exists()


def test_each_role_signs_and_the_bundle_is_sealed_anew(tmp_path: Path, authority: Authority) -> None:
    run = laboratory_run(tmp_path, authority)
    paths = make_report(run)
    for role in ("tested", "checked", "authorised"):
        person = p12(tmp_path / f"{role}.p12", authority.identity(f"Person {role}"))
        assert sign(run, role, person, "env:CERTIFICATE_PASSWORD") == (paths.pdf, paths.bundle)
        assert verify(run, tmp_path / "trust.pem").trusted
    assert all(signature_fields(paths.pdf.read_bytes()).values())


def test_a_bundle_can_be_signed_where_the_laboratory_has_its_key(run: Path) -> None:
    (bundle,) = run.glob("*.labevidence")
    assert sign(bundle, "checked") == (bundle,)
    assert verify(bundle).intact
    assert signature_fields(read_zip(bundle.read_bytes())["report/report-ETH-2026-0042-v2.pdf"])["checked"]


def test_a_bundle_is_not_sealed_by_another_key(run: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path / "elsewhere"))
    (bundle,) = run.glob("*.labevidence")
    with pytest.raises(InputError) as refused:
        sign(bundle, "checked")
    laboratory = "CN=labapp demonstration laboratory,OU=DEMONSTRATION - not valid for certification"
    assert str(refused.value) == (
        f"the report: was certified by {laboratory}, and the key at hand is another one of {laboratory}"
        " - seal it where the laboratory's key is"
    )


def test_a_report_that_was_signed_elsewhere_is_packed(tmp_path: Path, authority: Authority) -> None:
    run = laboratory_run(tmp_path, authority)
    paths = make_report(run)
    person = p12(tmp_path / "person.p12", authority.identity("Person"))
    assert sign(paths.pdf, "authorised", person, "env:CERTIFICATE_PASSWORD") == (paths.pdf,)
    assert reseal(run) == paths
    result = verify(run, tmp_path / "trust.pem")
    assert (result.trusted, "authorised: CN=Person" in result.checks[5].detail) == (True, True)


def test_the_report_of_a_demonstration_is_signed_alone_with_its_identity(run: Path) -> None:
    (pdf,) = (run / "report").glob("*.pdf")
    assert sign(pdf, "tested") == (pdf,)
    assert "tested: CN=labapp demonstration laboratory" in verify(pdf).checks[0].detail


def test_what_cannot_be_signed_is_refused(run: Path, tmp_path: Path, authority: Authority) -> None:
    paths = make_report(laboratory_run(tmp_path, authority))
    demonstration = tmp_path / "demonstration.pem"
    folder = run.parent / "home" / "identity"
    demonstration.write_bytes((folder / "demonstration.key").read_bytes() + (folder / "demonstration.pem").read_bytes())

    def refusal(path: Path, role: str = "tested", certificate: Path | None = None) -> str:
        with pytest.raises(InputError) as refused:
            sign(path, role, certificate)
        return str(refused.value)

    assert refusal(run, "approved") == "--role: there is no role 'approved' - use tested, checked, authorised"
    assert refusal(paths.pdf, certificate=demonstration) == (
        "--certificate: a demonstration identity does not sign a report that is none - use a certificate of the person"
    )
    assert refusal(paths.pdf) == (
        f"{paths.pdf}: a PDF alone does not say where the laboratory's key is - add --certificate, or sign the run's directory"
    )
    unnamed = "name the run's directory, an evidence bundle (.labevidence) or a PDF"
    assert refusal(tmp_path / "none") == f"{tmp_path / 'none'}: there is no such file - {unnamed}"
    assert refusal(paths.xlsx) == f"{paths.xlsx}: is no report - {unnamed}"
    damaged = tmp_path / "damaged.labevidence"
    damaged.write_bytes(paths.bundle.read_bytes().replace(b"boot ok", b"boot no", 1))
    assert refusal(damaged).startswith(f"{damaged}: is not intact: ")
    bare = make_run_directory(tmp_path / "bare", compact=True)
    missing = bare / "report" / "report-ETH-2026-0042-v2.pdf"
    assert refusal(bare) == f"{missing}: is missing - make the report first: labapp report DIR"


def test_records_that_changed_since_are_not_sealed(run: Path) -> None:
    (run / "files" / "late.txt").write_text("x")
    with pytest.raises(InputError) as refused:
        reseal(run)
    assert (
        str(refused.value)
        == "the report: is not of these records: they have changed since - make it again: labapp report"
    )
    assert verify(run).intact
    assert make_report(run)
    assert verify(run).intact


def test_what_is_no_evidence_is_refused(run: Path, tmp_path: Path) -> None:
    def refusal(path: Path) -> str:
        with pytest.raises(InputError) as refused:
            verify(path)
        return str(refused.value)

    (workbook,) = (run / "report").glob("*.xlsx")
    assert refusal(workbook) == (
        f"{workbook}: a workbook carries no signature: its digest stands in the signed report"
        " - verify the report (.pdf) or the bundle (.labevidence) that it belongs to"
    )
    bare = make_run_directory(tmp_path / "bare", compact=True)
    assert refusal(bare) == f"{bare}: holds no evidence bundle - make it first: labapp report DIR"
    assert refusal(tmp_path / "none") == f"{tmp_path / 'none'}: there is no such file - correct the name"


def test_a_journal_that_no_labapp_wrote_cannot_be_judged_again(run: Path) -> None:
    result = verifying.verify(run)
    assert [check.detail for check in result.checks if not check.ok] == [
        "the journal cannot be judged again: the journal: a record is not what labapp writes (KeyError)"
    ]


def test_a_directory_that_cannot_be_written_is_named(run: Path) -> None:
    shutil.rmtree(run / "report")
    (run / "report").write_text("in the way")
    with pytest.raises(EnvironmentFault) as refused:
        make_report(run)
    workbook = run / "report" / "report-ETH-2026-0042-v2.xlsx"
    assert (
        str(refused.value)
        == f"{workbook}: cannot be written: File exists - free the disc or choose a folder that can be written"
    )


def test_the_home_follows_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert labapp_home() == home
    monkeypatch.delenv("LABAPP_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", "/data")
    assert labapp_home() == Path("/data/labapp")
    monkeypatch.delenv("XDG_DATA_HOME")
    assert labapp_home() == Path.home() / ".local" / "share" / "labapp"
