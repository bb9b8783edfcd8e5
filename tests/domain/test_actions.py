"""The table of actions and the check of their arguments."""

from __future__ import annotations

import json
from typing import Any

import pytest

from labapp.domain.actions import ACTIONS, DONE, Outcome, checked_arguments, impossible, published_schemas
from labapp.domain.errors import InputError

NAMES = (
    "plug_in plug_in_halfway unplug unplug_ev_side present_id power_cycle power_off power_on cut_network restore_network "
    "set_fault clear_fault set_connector_lock_failure start_button stop_button ev_suspend fail_local_list csms_request inspect"
)


def test_the_names_are_those_of_the_operator_channel() -> None:
    assert " ".join(ACTIONS) == NAMES


def test_the_published_schemas_are_json_and_name_every_argument() -> None:
    schemas = json.loads(json.dumps(published_schemas()))
    assert [each["name"] for each in schemas] == NAMES.split()
    present = next(each for each in schemas if each["name"] == "present_id")
    assert [(each["name"], each["type"], each["required"]) for each in present["arguments"]] == [
        ("connector", "integer", True),
        ("id_tag", "string", True),
    ]
    assert all(each["help"] and all(argument["help"] for argument in each["arguments"]) for each in schemas)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("plug_in", {"connector": 2}),
        ("unplug", {}),
        ("power_cycle", {}),
        ("csms_request", {"message": "Reset", "fields": {"type": "Hard"}}),
    ],
)
def test_arguments_that_fit(name: str, args: dict[str, Any]) -> None:
    assert checked_arguments(name, args) == args


@pytest.mark.parametrize(
    ("name", "args", "text"),
    [
        ("plug_in", {}, "plug_in: argument 'connector' is missing - give number of the connector, from 1"),
        ("plug_in", {"connector": "1"}, "plug_in: argument 'connector' is '1' - give an integer"),
        ("plug_in", {"connector": True}, "plug_in: argument 'connector' is True - give an integer"),
        (
            "present_id",
            {"connector": 1, "id_tag": 5},
            "present_id: argument 'id_tag' is 5 - give a string",
        ),
        ("csms_request", {"message": "X", "fields": []}, "csms_request: argument 'fields' is [] - give an object"),
        ("power_on", {"x": 1}, "power_on: unknown argument 'x' - it takes no argument"),
        ("plug_in", {"plug": 1}, "plug_in: unknown argument 'plug' - it takes connector"),
        ("dance", {}, f"unknown action 'dance' - use one of {', '.join(NAMES.split())}"),
    ],
)
def test_arguments_that_do_not(name: str, args: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_arguments(name, args)
    assert str(caught.value) == text


def test_outcomes() -> None:
    assert Outcome(True) == DONE
    assert impossible("why") == Outcome(False, "why")
