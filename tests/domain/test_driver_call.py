"""The call of an action: what is wrong with one, word for word, and what it counts as done."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.domain.actions import ACTIONS
from labapp.domain.driver_call import DEFAULT, DriverCall, arguments_of, faults_of_call
from labapp.domain.settings import Secret

URL = "http://robot:9100/{action}"
SECRET = Secret("env:ROBOT", "s3cret")


def faults(action: str, **keys: Any) -> list[str]:
    return [f"{fault.key}: {fault.what} - {fault.mend}" for fault in faults_of_call(action, DriverCall(**keys))]


@pytest.mark.parametrize("action", [*ACTIONS, DEFAULT])
def test_every_action_can_be_called_with_all_that_it_takes(action: str) -> None:
    names = [each.name for each in ACTIONS[action].arguments] if action != DEFAULT else ["args.connector"]
    named = "".join(f', "{name}": {{{name}}}' for name in names)
    assert faults(action, url=URL, body=f'{{"action": "{{action}}", "args": {{args}}{named}}}') == []
    assert faults(action, command=("robot", "{action}", "{args}", *(f"--x={{{name}}}" for name in names))) == []


@pytest.mark.parametrize(
    ("action", "keys", "expected"),
    [
        ("plug_in", {}, ["command: needs a command or a url, and not both - keep one of the two"]),
        ("plug_in", {"command": ("a",), "url": URL}, ["command: needs a command or a url, and not both - keep one of the two"]),
        ("plug_in", {"url": "ftp://a"}, ['url: "ftp://a" is no URL of an HTTP call - write it as "http://HOST:PORT/PATH"']),
        ("plug_in", {"url": "http:///x"}, ['url: "http:///x" is no URL of an HTTP call - write it as "http://HOST:PORT/PATH"']),
        ("plug_in", {"url": "http://u:p@a/"},
         ['url: "http://u:p@a/" is no URL of an HTTP call - write it as "http://HOST:PORT/PATH"']),
        ("plug_in", {"url": URL, "method": "GET", "body": "x"},
         ["body: a GET has no body - write another method, or put the values into the url"]),
        ("plug_in", {"command": ("a",), "headers": {"A": "b"}, "body": "x"},
         ["headers: belongs to an HTTP call, and this is a command - leave it out, or give a url",
          "body: belongs to an HTTP call, and this is a command - leave it out, or give a url"]),
        ("plug_in", {"url": URL, "environment": {"A": "b"}},
         ["environment: belongs to a command, and this is an HTTP call - leave it out"]),
        ("plug_in", {"command": ("{action}.sh",)},
         ['command: the program "{action}.sh" must be a fixed one - put values after it']),
        ("plug_in", {"command": ("a",), "environment": {"1 A": "b"}},
         ['environment: "1 A" is no name of a variable - write letters, digits and _']),
        ("plug_in", {"url": URL, "headers": {"X Y": "b"}}, ['headers: "X Y" is no name of a header - write letters, digits and -']),
        ("plug_in", {"command": ("a", "{conector}")}, ["command: {conector} is no argument of plug_in - use {connector}"]),
        ("power_off", {"url": "http://a/{connector}"},
         ["url: {connector} is no argument of power_off - the action has no argument"]),
        (DEFAULT, {"url": "http://a/{connector}"},
         ["url: {connector} is no argument of default - use {action}, {args} or a member as {args.connector}"]),
        ("plug_in", {"command": ("a", "{connector.number}")},
         ["command: {connector.number}: connector has no members - write {connector}"]),
        ("plug_in", {"command": ("a", "{secret}"), "secret": SECRET},
         ["command: a secret never stands in an argument, which everybody on the machine can see - put {secret} into environment"]),
        ("plug_in", {"url": "http://a/{secret}", "secret": SECRET},
         ["url: a secret never stands in a URL - put {secret} into headers or body"]),
        ("plug_in", {"url": URL, "headers": {"X": "{secret}"}},
         ['headers: names {secret}, and the call has none - write secret = "env:NAME" or "keyring:SERVICE/USER"']),
        ("plug_in", {"url": URL, "secret": SECRET},
         ["secret: is used nowhere - put {secret} into headers or body, or leave it out"]),
        ("plug_in", {"command": ("a",), "secret": SECRET},
         ["secret: is used nowhere - put {secret} into environment, or leave it out"]),
        ("plug_in", {"command": ("a",), "done": (0, 256)}, ["done: 256 is no exit code - write 0 to 255"]),
        ("plug_in", {"url": URL, "done": (0,)}, ["done: 0 is no HTTP status - write 100 to 599"]),
        ("plug_in", {"url": URL, "reasons": {"busy": "x", "204": "y"}},
         ['reasons: "busy" is no HTTP status - write 100 to 599', "reasons: 204 means done - give reasons for the others"]),
        ("present_id", {"url": URL, "body": '{"tag": {id_tag}'},
         ['body: gives no JSON, as {"tag": "a \\"b\\" \\\\ c": Expecting \',\' delimiter: line 1 column 23 (char 22) - '
          "put texts into quotation marks and other values without, or state another Content-Type"]),
    ],
)  # fmt: skip
def test_a_misuse_says_what_and_how_to_mend_it(action: str, keys: dict[str, Any], expected: list[str]) -> None:
    assert faults(action, **keys) == expected


def test_a_secret_may_stand_in_environment_headers_and_body() -> None:
    assert faults("plug_in", command=("a",), environment={"TOKEN": "{secret}"}, secret=SECRET) == []
    assert faults("plug_in", url=URL, headers={"Authorization": "Bearer {secret}"}, secret=SECRET) == []
    assert faults("plug_in", url=URL, body='{"token": "{secret}"}', secret=SECRET) == []


@pytest.mark.parametrize(
    ("keys", "body"),
    [
        ({"body": '{"tag": {id_tag}}'}, '{"tag": "A&\\"1"}'),
        ({"body": "{args}"}, '{"id_tag": "A&\\"1", "connector": 1}'),
        ({"body": "<tag>{id_tag}</tag>"}, '<tag>A&"1</tag>'),
        ({"body": "tag={id_tag}", "headers": {"content-type": "application/x-www-form-urlencoded"}}, "tag=A%26%221"),
        ({"body": "[{id_tag}]", "headers": {"Content-Type": "text/plain"}}, '[A&"1]'),
        ({"body": "{id_tag}", "headers": {"Content-Type": "application/vnd.robot+json"}}, '"A&\\"1"'),
    ],
)
def test_values_stand_in_a_body_as_its_content_type_says(keys: dict[str, Any], body: str) -> None:
    assert DriverCall(url=URL, **keys).body_for(arguments_of("present_id", {"id_tag": 'A&"1', "connector": 1})) == body


@pytest.mark.parametrize(
    ("keys", "done", "not_done"),
    [
        ({"command": ("a",)}, [0], [1, 2, 255]),
        ({"command": ("a",), "done": (0, 3)}, [0, 3], [1]),
        ({"url": URL}, [200, 204, 299], [302, 404, 500]),
        ({"url": URL, "done": (200, 409)}, [200, 409], [204]),
    ],
)
def test_which_ends_count_as_done(keys: dict[str, Any], done: list[int], not_done: list[int]) -> None:
    call = DriverCall(**keys)
    assert all(call.is_done(code) for code in done)
    assert not any(call.is_done(code) for code in not_done)
