"""The command line's frame: each command loads its own group only, and finds it."""

from __future__ import annotations

import argparse
import importlib
import io
import sys

import pytest

from labapp.__main__ import GROUPS, build_parser, main
from labapp.domain.errors import EnvironmentFault
from labapp.gui.screen import refuse_no_screen


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_registers_the_commands_that_it_is_listed_with(group: str) -> None:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    importlib.import_module(f"labapp.cli.{group}").add_commands(commands)
    assert tuple(commands.choices) == GROUPS[group]


def test_the_help_lists_every_command() -> None:
    text = build_parser().format_help()
    assert all(f"    {name}" in text for names in GROUPS.values() for name in names)


def test_a_command_is_parsed_without_the_other_groups(capsys: pytest.CaptureFixture[str]) -> None:
    assert build_parser("version").parse_args(["version"]).command == "version"
    with pytest.raises(SystemExit):
        build_parser("version").parse_args(["measure"])
    assert "invalid choice: 'measure'" in capsys.readouterr().err


def test_without_a_command_the_window_is_shown_and_says_when_there_is_no_screen(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert main([]) == 3
    assert capsys.readouterr().err == (
        "labapp: the window: there is no screen (neither DISPLAY nor WAYLAND_DISPLAY is set) - "
        "start it in a desktop session; without a screen, `labapp run` does the same at the terminal\n"
    )


@pytest.mark.parametrize(
    ("environment", "platform"),
    [
        ({"DISPLAY": ":0"}, "linux"),
        ({"WAYLAND_DISPLAY": "w"}, "linux"),
        ({"QT_QPA_PLATFORM": "x"}, "linux"),
        ({}, "win32"),
    ],
)
def test_where_there_is_a_screen(environment: dict[str, str], platform: str) -> None:
    refuse_no_screen(environment, platform)
    with pytest.raises(EnvironmentFault):
        refuse_no_screen({}, "linux")


def test_where_qt_is_missing_the_message_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setitem(sys.modules, "labapp.gui.app", None)
    assert main(["window"]) == 3
    assert "Qt cannot be loaded" in (said := capsys.readouterr().err)
    assert said.endswith("run `make gui`, which installs what it needs\n")


def test_an_output_that_lacks_a_character_shows_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii", write_through=True))
    assert main(["cases", "--sut", "cs"]) == 0
    assert b"Unlock Connector" in written.getvalue()


def test_bytes_that_are_no_text_reach_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    source = io.TextIOWrapper(io.BytesIO(b"\xffa\xc3\xa9\n"), encoding="ascii")
    monkeypatch.setattr(sys, "stdin", source)
    assert main(["version"]) == 0
    assert source.readline() == "\udcffaé\n"
    assert main(["version"]) == 0
