"""What must hold between the keys of a project."""

from __future__ import annotations

import pytest

from labapp.domain.project import Connection, Project
from labapp.domain.project_checks import faults_of, host_and_port

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
