"""`labapp project`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from labapp.__main__ import main

MINIMAL = '[project]\nsut = "cs"\n[connection]\nidentity = "CP1"\n'


def test_keys_are_listed_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", "keys", "--json"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    row = next(row for row in json.loads(out) if (row["table"], row["key"]) == ("run", "reset"))
    assert row == {
        "table": "run",
        "key": "reset",
        "type": "string",
        "unit": "",
        "default": "ocpp",
        "choices": ["ocpp", "always", "manual", "off"],
        "required_when": "",
        "help": "how the idle state is reached before a case: shown over OCPP, else Reset; always Reset; by hand; not at all",
    }


def test_keys_are_listed_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["project", "keys"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "\n[timeouts]\nconnect: for the first connection of the device (number in seconds; default 120.0)\n" in err
    assert "\nidentity: identity of the charge point in the URL (string; required)\n" in err
    assert '\npics: declaration of the vendor, .xlsx or .toml (path; required when mode = "certification")\n' in err
    assert (
        '\ncable: socket for a loose cable, or a cable fixed to the station (string; one of socket, fixed; default "socket")\n'
        in err
    )


def test_a_project_without_faults_is_shown_as_it_would_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "PROJECT.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    assert main(["project", "check", str(path), "--json"]) == 0
    tables = json.loads(capsys.readouterr().out)
    assert tables["project"] == {"sut": "cs", "ocpp": "1.6", "mode": "preparation", "name": "PROJECT"}
    assert tables["timeouts"]["reboot"] == 900.0
    assert "password" not in tables["connection"]
    assert main(["project", "check", str(path)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith('[project]\nsut = "cs"\n')
    assert err.endswith(f"{path}: no fault; above, the project as it would be used\n")


def test_a_secret_is_shown_by_its_origin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABAPP_TEST_PASSWORD", "hunter2")
    path = tmp_path / "PROJECT.toml"
    path.write_text(MINIMAL + 'security_profile = 1\npassword = "env:LABAPP_TEST_PASSWORD"\n', encoding="utf-8")
    assert main(["project", "check", str(path), "--json"]) == 0
    out, err = capsys.readouterr()
    assert json.loads(out)["connection"]["password"] == "env:LABAPP_TEST_PASSWORD"
    assert "hunter2" not in out + err


def test_every_fault_is_one_line_and_the_status_is_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "PROJECT.toml"
    path.write_text(MINIMAL + '[run]\nreset = "never"\nreviw = "ask"\n', encoding="utf-8")
    assert main(["project", "check", str(path)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines() == [
        'labapp: PROJECT.toml [run] reset: "never" is no choice - use "ocpp", "always", "manual", "off"',
        "PROJECT.toml [run] reviw: there is no such key - did you mean review?",
    ]
