"""The set-up page: fields, checklist and the device that is waited for, driven by keyboard and mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from labapp.domain.draft import Draft
from labapp.gui.desk import Desk
from labapp.gui.pages.setup import SetupPage
from labapp.gui.pages.setup_fields import Chooser
from labapp.presentation.session import Session
from labapp.presentation.stages import Stage, State
from labapp.services.device_probe import DeviceSeen
from labapp.services.workspace import Workspace

OCPP16 = [Subprotocol("ocpp1.6")]
TABLES: dict[str, dict[str, Any]] = {
    "project": {"sut": "cs"},
    "connection": {"listen": "127.0.0.1:0", "identity": "CP-1"},
}


@pytest.fixture
def desk(tmp_path: Path, loop: object) -> Iterator[Desk]:
    made = Desk(Workspace(str(tmp_path / "lab.sqlite3")))
    yield made
    made.flush()
    made.tasks.close()


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> Iterator[SetupPage]:
    desk.draft = replace(desk.workspace.create("a project"), tables=TABLES)
    made = SetupPage(desk)
    qtbot.addWidget(made)
    made.resize(1166, 688)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.hide()
    made.probe.close()


def draft_of(desk: Desk) -> Draft:
    assert desk.draft is not None
    return desk.draft


def entry(page: SetupPage, name: str) -> QLineEdit:
    found = page.rows.made[name].entry
    assert isinstance(found, QLineEdit)
    return found


def seen(page: SetupPage, qtbot: QtBot, act: Callable[[], object], holds: Callable[[DeviceSeen], bool]) -> None:
    """Do something and wait until the page has been told of a device for which something holds."""
    with qtbot.waitSignal(page.device_seen, check_params_cb=holds):
        act()


def test_an_entry_changes_the_project_and_says_at_once_what_is_wrong(page: SetupPage, desk: Desk, qtbot: QtBot) -> None:
    page.go_to("connection.identity")
    assert page.focusWidget() is entry(page, "connection.identity")
    with qtbot.waitSignal(page.status_changed):
        qtbot.keyClicks(entry(page, "connection.identity"), "CP 1")
    assert draft_of(desk).value("connection", "identity") == "CP 1"
    assert page.rows.made["connection.identity"].problem == (
        '▲ "CP 1" cannot stand in the URL as it is; write letters, digits and signs that need no escape in a URL'
    )
    assert page.status().state is State.PROBLEM
    row = page.checklist.rows["identity"]
    assert row.button.accessibleName() == "Identity: Mend"
    qtbot.keyClick(entry(page, "connection.identity"), Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(entry(page, "connection.identity"), "CP-2")
    assert page.rows.made["connection.identity"].problem == ""
    assert page.status().state is not State.PROBLEM


def test_a_secret_itself_is_refused_and_does_not_stay(page: SetupPage, desk: Desk, qtbot: QtBot) -> None:
    before = desk.draft
    qtbot.keyClicks(entry(page, "connection.password"), "hunter2")
    assert desk.draft is before
    assert page.rows.made["connection.password"].problem == (
        '▲ names no secret, and a secret itself never stands in the file; write "env:NAME" or "keyring:SERVICE/USER"'
    )
    page.hide()
    assert entry(page, "connection.password").text() == ""


def test_a_reference_is_looked_up(page: SetupPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_TEST_KEY", "0123456789abcdef")
    chooser = page.rows.made["connection.security_profile"].entry
    assert isinstance(chooser, Chooser)
    chooser.setFocus()
    qtbot.keyClicks(chooser, "1")
    qtbot.keyClick(chooser, Qt.Key.Key_Return)
    assert page.setup is not None
    assert page.setup.check("security").says == "password is missing, and security profile 1 needs it"
    qtbot.keyClicks(entry(page, "connection.password"), "env:LAB_TEST_KEY")
    holds = "Security profile 1: env:LAB_TEST_KEY holds a password"
    qtbot.waitUntil(lambda: page.setup is not None and page.setup.check("security").says == holds)


def test_search_finds_a_key_and_enter_goes_to_it(page: SetupPage, desk: Desk, qtbot: QtBot) -> None:
    page.search()
    assert page.focusWidget() is page.finder
    qtbot.keyClicks(page.finder, "quiet_window")
    visible = [name for name, row in page.rows.made.items() if row.isVisible()]
    assert visible == ["run.quiet_window"]
    qtbot.keyClick(page.finder, Qt.Key.Key_Return)
    qtbot.keyClicks(entry(page, "run.quiet_window"), "5")
    assert draft_of(desk).value("run", "quiet_window") == 5
    page.finder.clear()
    assert page.rows.made["connection.identity"].isVisible()
    assert not page.rows.made["run.quiet_window"].isVisible()
    page.search()
    qtbot.keyClicks(page.finder, "nothing like it")
    assert [name for name, row in page.rows.made.items() if row.isVisible()] == []


def test_every_field_is_reached_by_tab_and_has_a_name(page: SetupPage, qtbot: QtBot) -> None:
    page.finder.setFocus()
    met = []
    for _ in range(60):
        focus = page.focusWidget()
        if focus in met:
            break
        met.append(focus)
        assert focus.accessibleName() or getattr(focus, "text", str)(), type(focus)
        qtbot.keyClick(focus, Qt.Key.Key_Tab)
    for row in page.rows.made.values():
        assert not row.isVisible() or row.entry in met
    for check in page.checklist.rows.values():
        assert not check.button.isVisible() or check.button in met


def test_the_device_that_comes_is_shown_live(page: SetupPage, qtbot: QtBot) -> None:
    page.begin()
    wait = page.checklist.rows["connected"].button
    seen(page, qtbot, lambda: qtbot.keyClick(wait, Qt.Key.Key_Space), lambda seen: bool(seen.place))
    assert page.findings.device is not None
    url = f"ws://{page.findings.device.place}"

    def refused() -> None:
        with pytest.raises(InvalidStatus):
            connect(f"{url}/CP-2", subprotocols=OCPP16)

    seen(page, qtbot, refused, lambda seen: seen.phase == "refused")
    assert page.setup is not None
    assert page.setup.check("connected").says == "CP-2 connected, CP-1 is expected"
    assert page.status().missing[0] == "CP-2 connected, CP-1 is expected"
    assert wait.text() == "Use CP-2"
    seen(page, qtbot, lambda: qtbot.mouseClick(wait, Qt.MouseButton.LeftButton), lambda seen: seen.phase == "waiting")
    assert page.findings.device.place
    assert draft_of(page.desk).value("connection", "identity") == "CP-2"
    url = f"ws://{page.findings.device.place}"
    with ExitStack() as stack:
        dial = lambda: stack.enter_context(connect(f"{url}/CP-2", subprotocols=OCPP16))  # noqa: E731
        seen(page, qtbot, dial, lambda seen: seen.phase == "connected")
        assert page.setup.check("connected").says == "CP-2 is connected"
        # Who leaves the page frees the port for the session.
        page.hide()
        page.probe.close()
        assert page.findings.device is None


def test_a_session_on_the_bench_takes_the_place_of_the_waiting(page: SetupPage, desk: Desk, qtbot: QtBot) -> None:
    seen(page, qtbot, page.wait_for_device, lambda seen: bool(seen.place))
    desk.session = Session()

    def told(**message: str) -> None:
        assert desk.session is not None
        desk.session.take({"run": "r", **message}, 0.0)
        desk.told.emit({"run": "r", **message})

    told(type="ready", listen="127.0.0.1:9000", identity="CP-1")
    page.probe.close()
    assert page.setup is not None
    assert page.setup.check("place").says == "The bench listens on 127.0.0.1:9000"
    assert page.setup.check("connected").says == "The bench waits for the device on 127.0.0.1:9000"
    assert not page.checklist.rows["connected"].button.isVisible()
    told(type="link", event="refused", identity="CP-1", came="CP-2", detail="the identity is not the configured one")
    assert page.setup.check("connected").says == "CP-2 connected, CP-1 is expected"
    told(type="link", event="up", identity="CP-1", came="CP-1")
    assert page.setup.check("connected").says == "CP-1 is connected to the bench"
    desk.session = None
    desk.session_changed.emit()
    assert page.setup.check("connected").says == "Not waited for yet"


def test_undoing_shows_what_stood_before(page: SetupPage, desk: Desk, qtbot: QtBot) -> None:
    before = desk.draft
    qtbot.keyClicks(entry(page, "connection.identity"), "9")
    assert draft_of(desk).value("connection", "identity") == "CP-19"
    desk.draft = before
    desk.draft_changed.emit()
    assert entry(page, "connection.identity").text() == "CP-1"


def test_limits_role_driver_and_kind_of_device(page: SetupPage, desk: Desk, qtbot: QtBot) -> None:
    qtbot.mouseClick(page.simulated, Qt.MouseButton.LeftButton)
    assert draft_of(desk).simulated
    assert page.setup is not None
    assert page.setup.check("connected").says == "The simulator starts with the session"
    chooser = page.rows.made["project.sut"].entry
    assert isinstance(chooser, Chooser)
    chooser.setFocus()
    qtbot.keyClick(chooser, Qt.Key.Key_Down)
    qtbot.keyClick(chooser, Qt.Key.Key_Return)
    assert draft_of(desk).sut == "csms"
    assert page.rows.made["connection.url"].isVisible()
    assert not page.rows.made["connection.listen"].isVisible()
    at = page.driver.findData("plug_in")
    page.driver.setCurrentIndex(at)
    page.driver.activated.emit(at)
    assert page.rows.made["driver.plug_in.command"].isVisible()
    assert page.focusWidget() is entry(page, "driver.plug_in.command")


def test_without_a_project_the_page_says_what_it_is_for(desk: Desk, qtbot: QtBot) -> None:
    page = SetupPage(desk)
    qtbot.addWidget(page)
    page.show()
    assert page.stage is Stage.SETUP
    assert page.empty.isVisible()
    assert page.status().state is State.TO_DO
    page.begin()
    page.hide()
