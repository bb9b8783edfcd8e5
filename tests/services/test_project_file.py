"""Reading PROJECT.toml: defaults, and every fault with its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labapp.domain.errors import InputError, InputErrors
from labapp.domain.project import Project
from labapp.domain.project_keys import as_tables
from labapp.domain.settings import Secret
from labapp.services.project_file import read_project
from labapp.services.projects import project_toml

HEAD = '[project]\nsut = "cs"\n'
CONNECTION = '[connection]\nidentity = "CP1"\n'
MINIMAL = HEAD + CONNECTION

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "PROJECT.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def faults(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_project(path)
    assert caught.value.exit_status == 2
    return str(caught.value).split("\n")


def test_a_minimal_project_has_every_default(write: Write) -> None:
    path = write(MINIMAL)
    project = read_project(path)
    assert project == Project(
        sut="cs",
        name="PROJECT",
        folder=path.parent,
        connection=type(project.connection)(identity="CP1"),
        network_table=project.network_table,
        stated=frozenset({"project.sut", "connection.identity"}),
    )
    assert project.connection.listen == "127.0.0.1:9000"
    assert (project.run.reset, project.run.review, project.run.cut) == ("ocpp", "ask", "refuse")
    assert (project.timeouts.message, project.timeouts.reboot) == (30.0, 900.0)
    assert project.network_table["probes"] == 20


def test_every_table_is_read(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABAPP_TEST_PASSWORD", "s3cret")
    path = write("""
[project]
ocpp = "1.6"
sut = "csms"
name = "Backend"
lab = "Lab"
tester = "T"
[connection]
url = "ws://127.0.0.1:8080/ocpp"
identity = "CP1"
security_profile = 1
password = "env:LABAPP_TEST_PASSWORD"
[dut]
connectors = 3
features = ["Core", "Reservation"]
milliseconds = true
[values]
connector_id = 2
valid_id_tag = "CARD"
[values.signatures]
firmware = "aGk="
signing_certificate = "signer.pem"
[timeouts]
message = 5
operator = 0
[run]
reset = "off"
quiet_window = 0.5
[network]
far_end = "http://192.0.2.1:9100"
[report]
received = 2025-11-30
equipment = ["EVSE tester 7"]
pre_test = "charges a vehicle"
deviations = ["no EV emulator", "mobile network only"]
incidents = ["power cut, day 1"]
certificate = "laboratory.p12"
certificate_password = "env:LABAPP_TEST_PASSWORD"
[driver.plug_in]
command = ["plug.sh", "{connector}"]
[driver.present_id]
url = "http://127.0.0.1:1234/card"
headers = { Accept = "text/plain" }
body = '{"tag": "{id_tag}"}'
""")
    (path.parent / "signer.pem").write_text("PEM", encoding="utf-8")
    (path.parent / "laboratory.p12").write_bytes(b"PKCS#12")
    project = read_project(path)
    assert (project.sut, project.name, project.lab, project.tester) == ("csms", "Backend", "Lab", "T")
    assert project.connection.password is not None
    assert project.connection.password.reveal() == "s3cret"
    assert project.dut.evses == ((1,), (2,), (3,))
    assert project.dut.local_list is False
    assert (project.values.connector_id, project.values.valid_id_tag) == (2, "CARD")
    assert project.values.signatures.signing_certificate == path.parent / "signer.pem"
    assert (project.timeouts.message, project.timeouts.operator) == (5.0, 0.0)
    assert (project.run.reset, project.run.quiet_window) == ("off", 0.5)
    assert project.network.far_end == "http://192.0.2.1:9100"
    assert (project.report.received, project.report.equipment) == (date(2025, 11, 30), ("EVSE tester 7",))
    assert project.report.pre_test == "charges a vehicle"
    assert project.report.deviations == ("no EV emulator", "mobile network only")
    assert project.report.incidents == ("power cut, day 1",)
    assert project.report.certificate == path.parent / "laboratory.p12"
    assert project.report.certificate_password == Secret("env:LABAPP_TEST_PASSWORD", "s3cret")
    used = as_tables(project)["report"]
    assert used["certificate"] == str(path.parent / "laboratory.p12")
    assert (used["certificate_password"], used["incidents"]) == ("env:LABAPP_TEST_PASSWORD", ["power cut, day 1"])
    assert project.driver["plug_in"].command == ("plug.sh", "{connector}")
    assert project.driver["present_id"].headers == {"Accept": "text/plain"}
    assert "s3cret" not in repr(project)


def test_connectors_follow_from_the_evses(write: Write) -> None:
    dut = read_project(write(MINIMAL + "[dut]\nevses = [[1, 2], [3]]\n")).dut
    assert (dut.connectors, dut.local_list) == (3, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ['[project] sut: is missing - write sut = "cs" for a charging station, "csms" for a central system',
              "[connection] identity: is missing - write the identity of the charge point"]),
        (MINIMAL + "[rum]\nreset = 1\n", ["[rum]: there is no such table - did you mean [run]?"]),
        ("reset = 1\n" + MINIMAL, ["reset: stands in no table - write it below [run]"]),
        ("colour = 1\n" + MINIMAL, ["colour: stands in no table - the tables are project, connection, dut, values, timeouts, "
                                    "run, network, report, driver"]),
        ("run = 1\n" + MINIMAL, ["run: is no table - write [run] and its keys below it"]),
        (MINIMAL + '[run]\nreste = "ocpp"\n', ["[run] reste: there is no such key - did you mean reset?"]),
        (MINIMAL + "[run]\nmessage = 3\n", ["[run] message: there is no such key - it belongs to [timeouts]"]),
        (MINIMAL + "[run]\nzzz = 3\n", ["[run] zzz: there is no such key - use one of reset, review, quiet_window, cut, additional"]),
        (MINIMAL + '[run]\nreset = "never"\n', ['[run] reset: "never" is no choice - use "ocpp", "always", "manual", "off"']),
        (MINIMAL + "[timeouts]\nmessage = 0\n", ["[timeouts] message: 0.0 is out of bounds - write at least 0.1 seconds"]),
        (MINIMAL + "[values]\nconnector_id = 2\n",
         ["[values] connector_id: the device has no connector 2 - use 1 to 1, or state [dut] connectors"]),
        (MINIMAL + "[values]\nsignatures = 1\n",
         ["[values] signatures: is no table - write [values.signatures] and its keys below it"]),
        (MINIMAL + "[dut]\nevses = [[1, 1]]\n",
         ["[dut] evses: does not name each of the 2 connectors once - write a list for each EVSE, as [[1, 2], [3]]"]),
        (MINIMAL + "[dut]\nevses = [[1], []]\n", ["[dut] evses: is not [[1]] - write a list for each EVSE, as [[1, 2], [3]]"]),
        (MINIMAL + "[network]\nprobes = 0\n", ["[network] probes: 0 is out of range - give a whole number from 1 to 1000"]),
        (MINIMAL + '[driver.plugin]\nurl = "http://a"\n', ["[driver.plugin]: there is no such action - did you mean [driver.plug_in]?"]),
        (MINIMAL + "[driver]\nplug_in = 1\n", ["[driver] plug_in: is no table - write [driver.plug_in] and its keys below it"]),
        (MINIMAL + "[driver.unplug]\n", ["[driver.unplug] command: needs a command or a url, and not both - keep one of the two"]),
        (MINIMAL + '[driver.plug_in]\nurl = "ftp://a"\n',
         ['[driver.plug_in] url: "ftp://a" is no URL of an HTTP call - write it as "http://HOST:PORT/PATH"']),
        (MINIMAL + '[driver.plug_in]\nurl = "http://a/{conector}"\n',
         ["[driver.plug_in] url: {conector} is no argument of plug_in - use {connector}"]),
        (MINIMAL + '[driver.power_cycle]\ncommand = ["a", "{x}"]\n',
         ["[driver.power_cycle] command: {x} is no argument of power_cycle - the action has no argument"]),
        (HEAD + '[connection]\nidentity = "a/b"\n',
         ['[connection] identity: "a/b" cannot stand in the URL as it is - write letters, digits and signs that need no escape in a URL']),
        (MINIMAL + 'listen = "9000"\n', ['[connection] listen: "9000" is no address - write it as "127.0.0.1:9000"']),
        (MINIMAL + 'listen = "127.0.0.1:99999"\n',
         ['[connection] listen: "127.0.0.1:99999" is no address - write it as "127.0.0.1:9000"']),
        (MINIMAL + "security_profile = 1\n",
         ['[connection] password: is missing, and security profile 1 needs it - write password = "env:NAME" or "keyring:SERVICE/USER"']),
        (MINIMAL + "security_profile = 2\n",
         ["[connection] security_profile: security profile 2 needs TLS, which this version of labapp does not offer - use 0 or 1"]),
        (MINIMAL + "security_profile = 3\n",
         ["[connection] security_profile: security profile 3 needs TLS, which this version of labapp does not offer - use 0 or 1"]),
        (MINIMAL + 'password = "hunter2"\n',
         ["[connection] password: names no secret, and a secret itself never stands in the file - "
          'write "env:NAME" or "keyring:SERVICE/USER"']),
        (MINIMAL + 'security_profile = 1\npassword = "env:LABAPP_TEST_NOT_SET"\n',
         ["[connection] password: the environment variable LABAPP_TEST_NOT_SET is not set - "
          "set LABAPP_TEST_NOT_SET before labapp is started"]),
        ('[project]\nsut = "csms"\n' + CONNECTION, ['[connection] url: is missing - write it as "ws://HOST:PORT/PATH"']),
        ('[project]\nsut = "csms"\n' + CONNECTION + 'url = "http://a"\n',
         ['[connection] url: "http://a" is no WebSocket URL - write it as "ws://HOST:PORT/PATH"']),
        ('[project]\nsut = "csms"\n' + CONNECTION + 'url = "ws://a:x"\n',
         ['[connection] url: "ws://a:x" is no WebSocket URL - write it as "ws://HOST:PORT/PATH"']),
        ('[project]\nsut = "csms"\n' + CONNECTION + 'url = "wss://a"\n',
         ["[connection] url: wss needs TLS, which this version of labapp does not offer - use ws://"]),
        ('[project]\nsut = "cs"\nocpp = "2.0.1"\n' + CONNECTION,
         ['[project] ocpp: there are no cases for charging stations in 2.0.1 - write ocpp = "1.6"']),
        (HEAD + 'mode = "certification"\n' + CONNECTION + '[run]\nreset = "off"\n',
         ["[project] pics: is missing, and certification needs it - name the vendor's declaration: `labapp pics new` writes an empty one",
          '[run] reset: "off" is for preparation only - write "ocpp", "always" or "manual", or mode = "preparation"']),
        (MINIMAL + '[report]\ncertificate_password = "hunter2"\n',
         ["[report] certificate_password: names no secret, and a secret itself never stands in the file - "
          'write "env:NAME" or "keyring:SERVICE/USER"']),
        (MINIMAL + '[report]\ndeviations = "none"\n',
         ['[report] deviations: "none" is no list of strings - write a list as ["a", "b"]']),
        (MINIMAL + "[values]\nvalid_id_tag = 12\nheartbeat_interval = 1.5\n[dut]\ncable = 3\n",
         ["[values] valid_id_tag: 12 is no string - write text in quotes",
          "[values] heartbeat_interval: 1.5 is no integer - write a whole number",
          "[dut] cable: 3 is no string - write text in quotes"]),
    ],
)  # fmt: skip
def test_a_fault_names_its_key_and_the_way_to_mend_it(write: Write, text: str, expected: list[str]) -> None:
    assert sorted(faults(write(text))) == sorted(f"PROJECT.toml {line}" for line in expected)


def test_a_declaration_that_is_not_there_is_named(write: Write) -> None:
    path = write('[project]\nsut = "cs"\npics = "none.toml"\n' + CONNECTION)
    assert faults(path) == [
        f"PROJECT.toml [project] pics: there is no file {path.parent / 'none.toml'} - correct the name"
    ]


def test_a_firmware_is_a_url_or_a_file_of_the_project(write: Write) -> None:
    path = write(
        MINIMAL + '[values]\nfirmware_location = "station.bin"\ninvalid_firmware_location = "ftp://lab/old.bin"\n'
    )
    own = path.parent / "station.bin"
    assert faults(path) == [f"PROJECT.toml [values] firmware_location: there is no file {own} - correct the name"]
    assert "there is no file" in faults(write(MINIMAL + f'[values]\nfirmware_location = "{"x" * 500}"\n'))[0]
    write(MINIMAL + '[values]\nfirmware_location = "station.bin"\ninvalid_firmware_location = "ftp://lab/old.bin"\n')
    own.write_bytes(b"a firmware")
    project = read_project(path)
    assert project.values.firmware_location == str(own)
    assert project.values.invalid_firmware_location == "ftp://lab/old.bin"
    again = path.parent / "run" / "project.toml"
    again.parent.mkdir()
    again.write_text(project_toml(as_tables(project)), encoding="utf-8")
    assert read_project(again).values.firmware_location == str(own)


def test_a_certificate_that_is_not_there_is_named(write: Write) -> None:
    path = write(MINIMAL + '[report]\ncertificate = "none.p12"\n')
    assert faults(path) == [
        f"PROJECT.toml [report] certificate: there is no file {path.parent / 'none.p12'} - correct the name"
    ]


def test_a_report_template_that_is_not_there_is_named(write: Write) -> None:
    assert faults(write(MINIMAL + '[report]\ntemplate = "none"\n')) == [
        'PROJECT.toml [report] template: there is no report template "none" - use certification'
    ]


def test_a_folder_of_a_driver_that_is_not_there_is_named(write: Write) -> None:
    path = write(MINIMAL + '[driver.plug_in]\ncommand = ["plug"]\nfolder = "none"\n')
    assert faults(path) == [
        f"PROJECT.toml [driver.plug_in] folder: there is no folder {path.parent / 'none'} - make it, or correct the name"
    ]
    (path.parent / "none").mkdir()
    assert read_project(path).driver["plug_in"].folder == path.parent / "none"


def test_a_password_without_its_certificate_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABAPP_TEST_PASSWORD", "s3cret")
    path = write(MINIMAL + '[report]\ncertificate_password = "env:LABAPP_TEST_PASSWORD"\n')
    assert faults(path) == [
        "PROJECT.toml [report] certificate: is missing, though its password is named - "
        "name the file of the laboratory's certificate and key, or leave certificate_password out"
    ]


def test_what_is_no_toml_is_refused_with_its_line(write: Write) -> None:
    assert faults(write("[project\n")) == [
        "PROJECT.toml: is no TOML: Expected ']' at the end of a table declaration (at line 1, column 9)"
        " - correct the line that is named"
    ]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert faults(tmp_path / "PROJECT.toml") == [
        f"{tmp_path / 'PROJECT.toml'}: there is no such file - correct the name"
    ]


names = st.sampled_from(
    ["project", "connection", "dut", "values", "signatures", "timeouts", "run", "network", "report", "driver", "plug_in", "sut", "identity",
     "evses", "connectors", "features", "password", "pics", "url", "listen", "command", "body", "reset", "message", "x"]
)  # fmt: skip
scalars = (
    st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
    | st.sampled_from(["cs", "csms", "off", "certification", "env:X", "ws://a"])
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4))
tables: Any = st.dictionaries(names, st.dictionaries(names, values, max_size=6), max_size=8)


@given(tables)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_toml_is_a_project_or_refused(write: Write, content: dict[str, dict[str, Any]]) -> None:
    try:
        read_project(write(project_toml(content)))
    except InputErrors as errors:
        for fault in errors.faults:
            assert fault.where.startswith("PROJECT.toml")
            assert fault.mend
