"""The network page: a measurement is made, stopped, fails and is kept; the settings are judged in place."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from labapp.domain.draft import Draft
from labapp.domain.measurement import measurement_to_json
from labapp.gui.desk import Desk
from labapp.gui.pages.network import NetworkPage
from labapp.presentation.stages import State
from labapp.services.measuring import far_end_here
from labapp.services.workspace import Workspace
from tests.presentation.test_network import NOW, measured


@pytest.fixture
def desk(tmp_path: Path, loop: object) -> Iterator[Desk]:
    made = Desk(Workspace(str(tmp_path / "lab.sqlite3")))
    draft = made.workspace.create("a project")
    made.draft = replace(draft, tables={**draft.tables, "network": {"seconds": 0.1, "probes": 2}})
    yield made
    made.flush()
    made.tasks.close()


@pytest.fixture
def page(desk: Desk, qtbot: QtBot) -> NetworkPage:
    made = NetworkPage(desk)
    qtbot.addWidget(made)
    made.resize(1166, 688)
    with qtbot.waitExposed(made):
        made.show()
    return made


def draft_of(desk: Desk) -> Draft:
    assert desk.draft is not None
    return desk.draft


def far_end(page: NetworkPage) -> QLineEdit:
    found = page.rows.made["network.far_end"].entry
    assert isinstance(found, QLineEdit)
    return found


def values(page: NetworkPage) -> dict[str, str]:
    assert page.network is not None
    return {figure.name: figure.value for card in page.network.cards for figure in card.figures}


def test_measured_by_keyboard_against_a_far_end_and_kept(page: NetworkPage, desk: Desk, qtbot: QtBot) -> None:
    page.begin()
    assert page.focusWidget() is far_end(page)
    assert not page.measure_button.isEnabled()
    assert page.duration.text() == "Name a far end, a modem, or both."
    with far_end_here() as url:
        qtbot.keyClicks(far_end(page), url)
        assert page.measure_button.isEnabled()
        page.begin()
        with qtbot.waitSignal(page.ended):
            qtbot.keyClick(page.measure_button, Qt.Key.Key_Space)
            assert page.status().state is State.IN_WORK
            assert page.stop_button.isVisible()
            assert page.focusWidget() is page.stop_button
    assert values(page)["bandwidth_download"] != ""
    assert page.focusWidget() is page.measure_button
    assert page.status().state is State.DONE
    kept = desk.workspace.measurements(draft_of(desk).id)
    assert [each.content["target"] for each in kept] == [url]


def test_the_page_can_be_tried_with_a_far_end_on_this_machine(page: NetworkPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.ended):
        qtbot.mouseClick(page.try_button, Qt.MouseButton.LeftButton)
    assert page.headline.text().endswith("to a far end on this machine, which says nothing of a network")
    assert page.figure_cards[0].views[0].accessibleName().startswith("Download, ")
    assert page.strip.accessibleDescription().endswith("within the limit")


def test_a_far_end_that_is_not_there_is_told_in_place(page: NetworkPage, desk: Desk, qtbot: QtBot) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # not listening: it refuses
        qtbot.keyClicks(far_end(page), f"http://127.0.0.1:{bound.getsockname()[1]}")
        with qtbot.waitSignal(page.ended):
            qtbot.mouseClick(page.measure_button, Qt.MouseButton.LeftButton)
        assert page.notice.text == (
            f"{far_end(page).text()}: the far end cannot be reached: Connection refused\n"
            "Run `labapp measure serve` there, check the address and the firewalls in between"
        )
    assert page.status().missing == ("the far end cannot be reached: Connection refused",)
    assert desk.workspace.measurements(draft_of(desk).id) == ()
    # Other settings, another matter.
    far_end(page).clear()
    qtbot.keyClicks(far_end(page), "x")
    assert page.notice.text == ""
    assert page.rows.made["network.far_end"].problem == "▲ 'x' is no URL of a far end; give it as http://HOST:PORT"


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of a far end that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_measurement_is_stopped(page: NetworkPage, silent: str, qtbot: QtBot) -> None:
    qtbot.keyClicks(far_end(page), silent)
    page.measure()
    with qtbot.waitSignal(page.ended):
        qtbot.keyClick(page.stop_button, Qt.Key.Key_Space)
    assert page.notice.text == "The measurement was stopped; nothing is kept of it."
    assert page.history == ()
    assert page.status().state is State.TO_DO


def test_a_window_that_goes_does_not_wait_for_the_measurement(page: NetworkPage, silent: str, qtbot: QtBot) -> None:
    qtbot.keyClicks(far_end(page), silent)
    page.measure()
    with qtbot.waitSignal(page.ended):
        page.hide()
    assert not page.measuring


def test_earlier_measurements_are_chosen_with_the_arrows(page: NetworkPage, desk: Desk, qtbot: QtBot) -> None:
    for found in (measured(download=4), measured(download=900)):
        desk.workspace.keep_measurement(draft_of(desk).id, measurement_to_json(found))
    other = desk.workspace.create("another project")
    desk.draft = other
    desk.draft_changed.emit()
    desk.draft = desk.workspace.open(1)
    desk.draft_changed.emit()
    qtbot.waitUntil(lambda: len(page.history) == 2)
    assert values(page)["bandwidth_download"] == "900"
    page.strip.setFocus()
    qtbot.keyClick(page.strip, Qt.Key.Key_Left)
    assert values(page)["bandwidth_download"] == "4"
    assert page.strip.accessibleDescription() == f"{NOW.astimezone():%Y-%m-%d %H:%M}: outside the limit"
    qtbot.keyClick(page.strip, Qt.Key.Key_Left)
    assert values(page)["bandwidth_download"] == "4"
    qtbot.keyClick(page.strip, Qt.Key.Key_End)
    assert values(page)["bandwidth_download"] == "900"
    assert not page.strip.grab().isNull()


def test_without_a_project_the_page_says_what_it_is_for(desk: Desk, qtbot: QtBot) -> None:
    desk.draft = None
    page = NetworkPage(desk)
    qtbot.addWidget(page)
    page.show()
    assert page.empty.isVisible()
    assert page.status().state is State.TO_DO
    page.begin()
    page.search()
