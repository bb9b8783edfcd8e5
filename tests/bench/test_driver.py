"""Actions through commands and HTTP calls."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from labapp.bench.driver import Driver
from labapp.domain.actions import DONE, impossible
from labapp.domain.project import DriverCall

PYTHON = sys.executable


@pytest.fixture
async def served() -> AsyncIterator[tuple[str, list[tuple[str, str, str, str]]]]:
    """An HTTP server that notes method, path, a header and body; `/refused` refuses."""
    seen: list[tuple[str, str, str, str]] = []

    async def note(request: web.Request) -> web.Response:
        seen.append((request.method, request.raw_path, request.headers.get("X-Card", ""), await request.text()))
        return web.Response(status=409 if request.path == "/refused" else 200, text="the robot is busy")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", note)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    yield f"http://127.0.0.1:{port}", seen
    await runner.cleanup()


async def test_a_command_gets_the_arguments_as_its_own(tmp_path: Path) -> None:
    note = tmp_path / "note"
    script = f"import sys; open({str(note)!r}, 'w').write(repr(sys.argv[1:]))"
    driver = Driver({"present_id": DriverCall(command=(PYTHON, "-c", script, "{id_tag}", "at={connector}"))})
    outcome = await driver.act("present_id", {"connector": 1, "id_tag": "$(id); A B"})
    assert (outcome, note.read_text(encoding="utf-8")) == (DONE, "['$(id); A B', 'at=1']")


async def test_a_command_that_fails_says_why() -> None:
    call = DriverCall(command=(PYTHON, "-c", "import sys; sys.exit('the arm is stuck')"))
    assert await Driver({"plug_in": call}).act("plug_in", {}) == impossible(f"{PYTHON} ended with 1: the arm is stuck")


async def test_a_command_that_does_not_exist() -> None:
    call = DriverCall(command=("no-such-program",))
    outcome = await Driver({"plug_in": call}).act("plug_in", {})
    assert outcome == impossible("[driver.plug_in]: [Errno 2] No such file or directory: 'no-such-program'")


async def test_a_command_that_does_not_end_is_ended(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    call = DriverCall(command=(PYTHON, "-c", script), timeout=2.0)
    assert await Driver({"plug_in": call}).act("plug_in", {}) == impossible("[driver.plug_in] did not end within 2 s")
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid_file.read_text(encoding="utf-8")), 0)


async def test_an_action_that_the_project_does_not_name() -> None:
    assert await Driver({}).act("unplug", {}) == impossible("the project has no [driver.unplug]")


async def test_a_call_over_http(served: tuple[str, list[tuple[str, str, str, str]]]) -> None:
    url, seen = served
    call = DriverCall(
        url=url + "/present/{id_tag}?at={connector}", headers={"X-Card": "{id_tag}"}, body='{"tag": "{id_tag}"}'
    )
    assert await Driver({"present_id": call}).act("present_id", {"connector": 2, "id_tag": "A/B ?"}) == DONE
    assert seen == [("POST", "/present/A%2FB%20%3F?at=2", "A/B ?", '{"tag": "A/B ?"}')]


async def test_a_call_that_is_refused_says_why(served: tuple[str, list[tuple[str, str, str, str]]]) -> None:
    url, _ = served
    call = DriverCall(url=url + "/refused", method="PUT")
    assert await Driver({"plug_in": call}).act("plug_in", {}) == impossible("PUT was answered 409: the robot is busy")


async def test_a_call_that_nobody_answers() -> None:
    server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    outcome = await Driver({"plug_in": DriverCall(url=f"http://127.0.0.1:{port}/")}).act("plug_in", {})
    assert not outcome.done
    assert outcome.reason.startswith("[driver.plug_in]: Cannot connect to host")
