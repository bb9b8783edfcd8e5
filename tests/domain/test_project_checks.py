"""What must hold between the keys of a project."""

from __future__ import annotations

import pytest

from labapp.domain.project import Connection, Project, Report
from labapp.domain.project_checks import Fault, faults_of, host_and_port
from labapp.domain.project_values import Values

STATED = frozenset({"project.sut"})


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("127.0.0.1:9000", ("127.0.0.1", 9000)),
        ("localhost:0", ("localhost", 0)),
        ("[::1]:9000", ("::1", 9000)),
        ("127.0.0.1", None),
        (":9000", None),
        ("host:", None),
        ("host:x", None),
        ("host:70000", None),
        ("me@host:1", None),
        ("a b:1", None),
        ("host:1/path", None),
        ("[::1:9000", None),
        ("", None),
    ],
)
def test_an_address_is_a_host_and_a_port(address: str, found: tuple[str, int] | None) -> None:
    assert host_and_port(address) == found


@pytest.mark.parametrize(
    ("url", "usable"),
    [
        ("ws://host", True),
        ("ws://[::1]:8080/ocpp/1.6", True),
        ("ws://", False),
        ("ws://host:0", False),
        ("ws://me@host", False),
        ("ws://host/?a=b", False),
        ("ws://host/#a", False),
        ("ws://host/a b", False),
        ("ws://[::1", False),
        ("host:8080", False),
    ],
)
def test_a_url_is_one_of_a_central_system(url: str, usable: bool) -> None:
    project = Project(sut="csms", connection=Connection(identity="CP1", url=url), stated=STATED)
    assert [fault.what for fault in faults_of(project)] == ([] if usable else [f'"{url}" is no WebSocket URL'])


@pytest.mark.parametrize(
    ("identity", "usable"), [("CP-1_a.b@c", True), ("CP:1", False), ("CPé", False), ("C P", False)]
)
def test_an_identity_stands_in_the_url_as_it_is(identity: str, usable: bool) -> None:
    project = Project(connection=Connection(identity=identity), stated=STATED)
    assert [fault.key for fault in faults_of(project)] == ([] if usable else ["identity"])


def test_an_address_to_listen_on_matters_only_where_the_tool_listens() -> None:
    connection = Connection(identity="CP1", listen="nowhere", url="ws://host")
    assert [fault.key for fault in faults_of(Project(connection=connection, stated=STATED))] == ["listen"]
    assert list(faults_of(Project(sut="csms", connection=connection, stated=STATED))) == []


@pytest.mark.parametrize(
    ("ports", "usable"),
    [
        ("", range(0)),
        ("9100-9105", range(9100, 9106)),
        (" 9100 - 9109 ", range(9100, 9110)),
        ("9100-9104", None),
        ("9100", None),
        ("9109-9100", None),
        ("0-10", None),
        ("65530-65536", None),
        ("a-b", None),
        ("-", None),
    ],
)
def test_the_ports_of_the_file_servers_are_six_or_more(ports: str, usable: range | None) -> None:
    project = Project(connection=Connection(identity="CP1", file_ports=ports), stated=STATED)
    if usable is not None:
        assert (list(faults_of(project)), project.connection.ports_for_files()) == ([], usable)
    else:
        fault = Fault("connection", "file_ports", f'"{ports}" are no ports', 'write at least 6 ports, as "9100-9109"')
        assert list(faults_of(project)) == [fault]


@pytest.mark.parametrize(
    ("host", "usable"),
    [
        ("", True),
        ("bench.lab", True),
        ("10.0.0.1", True),
        ("fe80::1", True),
        ("bench.lab:80", False),
        ("http://bench", False),
        ("me@bench", False),
        ("a b", False),
    ],
)
def test_the_host_of_the_file_servers_stands_alone(host: str, usable: bool) -> None:
    project = Project(connection=Connection(identity="CP1", file_host=host), stated=STATED)
    mend = "write a host name or an address alone, without a port"
    fault = Fault("connection", "file_host", f'"{host}" is no host', mend)
    assert list(faults_of(project)) == ([] if usable else [fault])


def test_a_place_for_logs_is_a_url() -> None:
    connection = Connection(identity="CP1")
    at_home = Project(connection=connection, values=Values(log_location="/srv/lab/logs"), stated=STATED)
    mend = "write a URL, or leave it out: the tool then takes what the station uploads"
    assert list(faults_of(at_home)) == [Fault("values", "log_location", '"/srv/lab/logs" is no URL', mend)]
    elsewhere = Project(connection=connection, values=Values(log_location="ftp://lab/logs"), stated=STATED)
    assert list(faults_of(elsewhere)) == []


@pytest.mark.parametrize("key", ["invalid_id_tag", "expired_id_tag", "blocked_id_tag"])
@pytest.mark.parametrize("accepted", ["valid_id_tag", "valid_id_tag_2"])
def test_a_card_is_not_accepted_and_refused_at_once(key: str, accepted: str) -> None:
    values = Values(**{accepted: "04a1", key: "04A1"})  # type: ignore[arg-type]
    project = Project(connection=Connection(identity="CP1"), values=values, stated=STATED)
    what = f'"04A1" is the card of {accepted}, which is accepted'
    assert list(faults_of(project)) == [Fault("values", key, what, "name another card")]


def test_cards_of_one_kind_may_be_one_card_but_none_is_empty() -> None:
    values = Values(valid_id_tag="A", valid_id_tag_2="A", invalid_id_tag="X", expired_id_tag="X", blocked_id_tag="X")
    assert list(faults_of(Project(connection=Connection(identity="CP1"), values=values, stated=STATED))) == []
    values = Values(valid_id_tag="", invalid_id_tag="")
    found = list(faults_of(Project(connection=Connection(identity="CP1"), values=values, stated=STATED)))
    assert found == [
        Fault("values", key, "is empty", "write the idTag, or leave the key out")
        for key in ("valid_id_tag", "invalid_id_tag")
    ]


@pytest.mark.parametrize(("authority", "usable"), [("https://tsa.example/tsr", True), ("tsa.example", False)])
def test_a_time_stamp_authority_is_a_url(authority: str, usable: bool) -> None:
    report = Report(timestamp_authority=authority)
    fault = Fault("report", "timestamp_authority", f'"{authority}" is no URL', "write it as http://HOST/PATH")
    found = list(faults_of(Project(connection=Connection(identity="CP1"), report=report, stated=STATED)))
    assert found == ([] if usable else [fault])
