"""`labapp report`, `labapp sign` and `labapp verify` on a real run of the simulator."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from labapp.__main__ import main
from labapp.reports.canonical_zip import read_zip
from labapp.services.reporting import write_files
from labapp.services.verifying import judged_again

PROJECT = """
[project]
sut = "cs"
[connection]
listen = "127.0.0.1:0"
identity = "CS-1"
[values]
valid_id_tag = "TAG-1"
[run]
quiet_window = 0.3
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the directory of a run, `run`, and labapp's home."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "project.toml").write_text(PROJECT, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABAPP_HOME", str(folder / "home"))
        out = str(folder / "run")
        assert (
            main(["run", str(folder / "project.toml"), "--case", "TC_003_CS", "--operator", "auto", "--out", out]) == 0
        )
        assert main(["report", out]) == 0
    return folder


@pytest.fixture
def run(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(finished, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("LABAPP_HOME", str(tmp_path / "home"))
    return tmp_path / "run"


def bundle_of(run: Path) -> Path:
    (bundle,) = run.glob("*.labevidence")
    return bundle


def test_a_run_becomes_evidence_that_holds(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(run), "--json"]) == 0
    paths = json.loads(capsys.readouterr().out)
    assert sorted(paths) == ["bundle", "pdf", "xlsx"]
    assert all(Path(path).is_file() for path in paths.values())
    assert main(["verify", paths["bundle"], "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["intact"], result["trusted"], result["demonstration"]) == (True, False, True)
    assert result["checks"][-1] == {
        "name": "verdicts", "ok": True, "detail": "the journal, judged again, gives every verdict of the report",
    }  # fmt: skip
    assert [check["name"] for check in result["checks"] if not check["ok"]] == []


def test_trust_decides_the_exit_status_when_it_is_asked_for(run: Path, tmp_path: Path) -> None:
    bundle, authority = str(bundle_of(run)), str(tmp_path / "home" / "identity" / "demonstration-ca.pem")
    assert main(["verify", bundle]) == 0
    assert main(["verify", bundle, "--trust", authority]) == 0
    assert main(["verify", bundle, "--trust", str(tmp_path / "home" / "identity" / "demonstration.pem")]) == 0
    from_elsewhere = tmp_path / "elsewhere"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABAPP_HOME", str(from_elsewhere))
        assert main(["report", str(run)]) == 0
    assert main(["verify", bundle, "--trust", authority]) == 1


def test_a_person_reads_what_was_checked(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(run)]) == 0
    out, err = capsys.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert lines[0].startswith("✓ container ")
    assert lines[-3:] == [
        "intact, not trusted",
        "signer: CN=labapp demonstration laboratory,OU=DEMONSTRATION - not valid for certification",
        "DEMONSTRATION - not valid for certification",
    ]


def test_a_changed_bundle_fails_and_a_cut_one_is_refused(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = bundle_of(run)
    data = bundle.read_bytes()
    write_files({bundle: data.replace(b"TC_003_CS", b"TC_004_CS", 1)})
    assert main(["verify", str(bundle), "--json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert (result["intact"], result["trusted"], [check["name"] for check in result["checks"]]) == (
        False,
        False,
        ["container"],
    )
    write_files({bundle: data[:-100]})
    assert main(["verify", str(bundle)]) == 2
    assert (
        capsys.readouterr().err
        == f"labapp: {bundle}: is cut off: the end of the bundle is missing - get the file again\n"
    )


def test_a_result_that_the_journal_does_not_give_is_found_out(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = (run / "run.json").read_text(encoding="utf-8")
    (run / "run.json").write_text(result.replace('"PASS"', '"FAIL"'), encoding="utf-8")
    assert main(["report", str(run)]) == 0
    assert main(["verify", str(run), "--json"]) == 1
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert [check for check in checks if not check["ok"]] == [
        {"name": "verdicts", "ok": False, "detail": "cases in run.json is not what the journal gives; resets in run.json is not what the "
         "journal gives"},
    ]  # fmt: skip


def test_judging_again_names_what_differs(run: Path) -> None:
    files = read_zip(bundle_of(run).read_bytes())
    result = json.loads(files["run.json"])
    assert judged_again(files["journal.jsonl"], result) == []
    assert judged_again(files["journal.jsonl"], {**result, "ocpp": "2.0.1"}) == [
        "ocpp in run.json is not what the journal gives"
    ]
    assert judged_again(files["journal.jsonl"], {**result, "files": [{"file": "log.zip"}]}) == [
        "files in run.json is not what the journal gives"
    ]
    # Runs of earlier versions know no files.
    assert judged_again(files["journal.jsonl"], {key: result[key] for key in result if key != "files"}) == []
    assert result["performance"]
    assert judged_again(files["journal.jsonl"], {**result, "performance": []}) == [
        "performance in run.json is not what the journal gives"
    ]
    assert judged_again(files["journal.jsonl"], {**result, "judge": "d1", "performance": []}) == [
        "judge in run.json is not what the journal gives"
    ]


def test_the_three_roles_sign(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for role in ("tested", "checked", "authorised"):
        assert main(["sign", str(run), "--role", role]) == 0
        assert main(["report", str(run), "--seal"]) == 0
    capsys.readouterr()
    assert main(["sign", str(run), "--role", "checked"]) == 2
    assert (
        capsys.readouterr().err
        == "labapp: the report: is signed as 'checked' already - make the report again to sign anew\n"
    )
    assert main(["verify", str(run)]) == 0
    assert main(["verify", str(next((run / "report").glob("*.pdf")))]) == 0


def test_what_is_no_run_is_unusable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert (
        capsys.readouterr().err
        == f"labapp: {tmp_path}: holds no run.json - name the directory of a run that has ended\n"
    )
    assert main(["report", str(tmp_path), "--template", "none"]) == 2
