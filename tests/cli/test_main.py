"""The command line's frame: each command loads its own group only, and finds it."""

from __future__ import annotations

import argparse
import importlib

import pytest

from labapp.__main__ import GROUPS, build_parser


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
