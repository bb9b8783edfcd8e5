"""Actions through commands and HTTP calls."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from labapp.bench.driver import Driver
from labapp.domain.actions import ACTIONS, DONE, impossible
from labapp.domain.driver_call import DEFAULT, DriverCall
from labapp.domain.errors import EnvironmentFault
from labapp.domain.settings import Secret
from tests.bench.harness import gone

PYTHON = sys.executable
SECRET = Secret("env:ROBOT", "s3cret")
#: Arguments of an action by their types.
SAMPLES: dict[str, Any] = {"integer": 1, "string": 'A "B"', "object": {"type": "Hard"}}


@dataclass
class Served:
    """An HTTP server that notes each request and answers it as it is told."""

    url: str = ""
    status: int = 200
    answer: str = "the robot is busy"
    location: str = ""
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def note(self, request: web.Request) -> web.Response:
        self.seen.append((request.method, request.raw_path, await request.text()))
        self.headers = dict(request.headers)
        await self.ready.wait()
        headers = {"Location": self.location} if self.location else {}
        return web.Response(status=self.status, text=self.answer, headers=headers)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    server = Served()
    server.ready.set()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", server.note)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield server
    await runner.cleanup()


def noting(path: Path, what: str) -> tuple[str, ...]:
    """A command that writes the value of a Python expression to a file."""
    return (PYTHON, "-c", f"import json, os, sys; open({str(path)!r}, 'w').write(json.dumps({what}))")


# Commands -------------------------------------------------------------------------------------------------------------


async def test_a_command_gets_the_arguments_as_its_own(tmp_path: Path) -> None:
    note = tmp_path / "note"
    driver = Driver({"present_id": DriverCall(command=(*noting(note, "sys.argv[1:]"), "{id_tag}", "at={connector}"))})
    outcome = await driver.act("present_id", {"connector": 1, "id_tag": "$(id); A B"})
    assert (outcome, json.loads(note.read_text(encoding="utf-8"))) == (DONE, ["$(id); A B", "at=1"])


async def test_a_command_has_its_folder_and_its_environment(tmp_path: Path) -> None:
    call = DriverCall(
        command=noting(Path("note"), "[os.environ['TOKEN'], os.environ['WHAT'], sys.argv[1:], 'PATH' in os.environ]"),
        folder=tmp_path,
        environment={"TOKEN": "{secret}", "WHAT": "{action} {args}"},
        secret=SECRET,
    )
    assert await Driver({"plug_in": call}).act("plug_in", {"connector": 2}) == DONE
    noted = json.loads((tmp_path / "note").read_text(encoding="utf-8"))
    assert noted == ["s3cret", 'plug_in {"connector": 2}', [], True]


async def test_a_program_is_found_below_the_folder_of_the_call(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "press"
    script.write_text("#!/bin/sh\nexit 0\n", encoding="utf-8")
    driver = Driver({"start_button": DriverCall(command=("bin/press",), folder=tmp_path)})
    with pytest.raises(EnvironmentFault) as fault:
        driver.check()
    assert str(fault.value) == (
        "[driver.start_button] command: there is no program bin/press - install it, or write its path, relative to the folder "
        "in which the command runs"
    )
    assert await driver.act("start_button", {}) == impossible("there is no program bin/press")
    script.chmod(0o755)
    driver.check()
    assert await driver.act("start_button", {}) == DONE


async def test_a_program_that_does_not_exist() -> None:
    driver = Driver({"plug_in": DriverCall(command=("no-such-program",)), "unplug": DriverCall(url="http://a")})
    with pytest.raises(EnvironmentFault, match="there is no program no-such-program"):
        driver.check()
    assert await driver.act("plug_in", {}) == impossible("there is no program no-such-program")


async def test_a_command_that_fails_says_why() -> None:
    call = DriverCall(command=(PYTHON, "-c", "import sys; sys.exit('the arm is stuck')"))
    assert await Driver({"plug_in": call}).act("plug_in", {}) == impossible(f"{PYTHON} ended with 1: the arm is stuck")


async def test_exit_codes_mean_what_the_project_says() -> None:
    def ending(code: int) -> Driver:
        command = (PYTHON, "-c", f"import sys; print('noise', file=sys.stderr); sys.exit({code})")
        return Driver({"plug_in": DriverCall(command=command, done=(0, 3), reasons={"4": "there is no vehicle"})})

    assert await ending(3).act("plug_in", {}) == DONE
    assert await ending(4).act("plug_in", {}) == impossible(f"{PYTHON} ended with 4: there is no vehicle")
    assert await ending(5).act("plug_in", {}) == impossible(f"{PYTHON} ended with 5: noise")


async def test_a_reason_never_holds_the_secret() -> None:
    script = "import os, sys; sys.exit('cannot log in with ' + os.environ['TOKEN'] + '.' * 195)"
    call = DriverCall(command=(PYTHON, "-c", script), environment={"TOKEN": "{secret}"}, secret=SECRET)
    outcome = await Driver({"plug_in": call}).act("plug_in", {})
    assert outcome.reason.startswith(f"{PYTHON} ended with 1: h ***...")
    assert not any(part in outcome.reason for part in ("s3cret", "3cret", "cret"))


async def test_a_command_that_does_not_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    child = "import time; time.sleep(60)"
    script = (
        "import os, subprocess, sys, time\n"
        f"other = subprocess.Popen([sys.executable, '-c', {child!r}])\n"
        f"open({str(pids)!r}, 'w').write(' '.join(map(str, (os.getpid(), other.pid))))\n"
        "time.sleep(60)\n"
    )
    call = DriverCall(command=(PYTHON, "-c", script), timeout=3.0)
    assert await Driver({"plug_in": call}).act("plug_in", {}) == impossible("[driver.plug_in] did not end within 3 s")
    own, other = map(int, pids.read_text(encoding="utf-8").split())
    with pytest.raises(ProcessLookupError):
        os.kill(own, 0)
    await gone(other)


# HTTP calls -----------------------------------------------------------------------------------------------------------


async def test_a_call_over_http(served: Served) -> None:
    call = DriverCall(
        url=served.url + "/present/{id_tag}?at={connector}",
        headers={"X-Card": "{id_tag}", "Authorization": "Bearer {secret}"},
        body='{"tag": "{id_tag}", "at": {connector}}',
        secret=SECRET,
    )
    assert await Driver({"present_id": call}).act("present_id", {"connector": 2, "id_tag": 'A/B "?"'}) == DONE
    assert served.seen == [("POST", "/present/A%2FB%20%22%3F%22?at=2", '{"tag": "A/B \\"?\\"", "at": 2}')]
    assert [served.headers[name] for name in ("X-Card", "Authorization", "Content-Type")] == [
        'A/B "?"',
        "Bearer s3cret",
        "application/json",
    ]


async def test_a_nested_field_is_reached_by_its_path(served: Served) -> None:
    call = DriverCall(url=served.url, body='{"level": {fields.csChargingProfiles.stackLevel}, "all": {fields}}')
    fields = {"csChargingProfiles": {"stackLevel": 3}}
    assert await Driver({"csms_request": call}).act("csms_request", {"message": "X", "fields": fields}) == DONE
    assert json.loads(served.seen[0][2]) == {"level": 3, "all": fields}


async def test_one_call_can_serve_every_action(served: Served) -> None:
    driver = Driver({DEFAULT: DriverCall(url=served.url + "/{action}", body="{args}")})
    for action in ACTIONS.values():
        args = {each.name: SAMPLES[each.type] for each in action.arguments}
        assert await driver.act(action.name, args) == DONE
        method, path, body = served.seen[-1]
        assert (method, path, json.loads(body)) == ("POST", f"/{action.name}", args)
    assert len(served.seen) == len(ACTIONS)


async def test_a_call_of_its_own_comes_before_the_default(served: Served) -> None:
    driver = Driver({DEFAULT: DriverCall(url=served.url + "/any"), "unplug": DriverCall(url=served.url + "/unplug")})
    await driver.act("unplug", {})
    await driver.act("plug_in", {"connector": 1})
    assert [path for _, path, _ in served.seen] == ["/unplug", "/any"]


@pytest.mark.parametrize(
    ("status", "answer", "reason"),
    [
        (409, "the robot is busy", "PUT was answered 409: the robot is busy"),
        (409, '{"reason": "no vehicle", "code": 7}', "PUT was answered 409: no vehicle"),
        (409, '{"code": 7}', 'PUT was answered 409: {"code": 7}'),
        (503, "", "PUT was answered 503"),
        (404, "the token s3cret is unknown", "PUT was answered 404: the token *** is unknown"),
        (423, "noise", "PUT was answered 423: somebody else has the bench"),
    ],
)
async def test_a_call_that_is_refused_says_why(served: Served, status: int, answer: str, reason: str) -> None:
    served.status, served.answer = status, answer
    call = DriverCall(
        url=served.url,
        method="PUT",
        headers={"X": "{secret}"},
        secret=SECRET,
        reasons={"423": "somebody else has the bench"},
    )
    assert await Driver({"plug_in": call}).act("plug_in", {}) == impossible(reason)


async def test_a_call_that_is_sent_elsewhere_was_not_made(served: Served) -> None:
    served.status, served.answer, served.location = 302, "", "/elsewhere"
    outcome = await Driver({"plug_in": DriverCall(url=served.url + "/here")}).act("plug_in", {})
    assert outcome == impossible("POST was answered 302")
    assert [path for _, path, _ in served.seen] == ["/here"]


async def test_a_value_that_would_add_a_header_is_refused(served: Served) -> None:
    call = DriverCall(url=served.url, headers={"X-Card": "{id_tag}"})
    outcome = await Driver({"present_id": call}).act("present_id", {"connector": 1, "id_tag": "A\r\nX-Other: 1"})
    assert (outcome.done, served.seen) == (False, [])
    assert outcome.reason.startswith("[driver.present_id]: ")


async def test_a_call_that_nobody_answers() -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    outcome = await Driver({"plug_in": DriverCall(url=f"http://127.0.0.1:{port}/")}).act("plug_in", {})
    assert not outcome.done
    assert outcome.reason.startswith("[driver.plug_in]: Cannot connect to host")


async def test_an_answer_that_does_not_come_in_time(served: Served) -> None:
    served.ready.clear()
    outcome = await Driver({DEFAULT: DriverCall(url=served.url, timeout=0.2)}).act("plug_in", {})
    assert outcome == impossible("[driver.default] did not end within 0.2 s")
    served.ready.set()


async def test_an_action_that_the_project_does_not_name() -> None:
    assert await Driver({}).act("unplug", {}) == impossible(
        "the project has no [driver.unplug] and no [driver.default]"
    )
