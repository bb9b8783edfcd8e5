"""Actions without hands: the command or HTTP call that a project names for each of them under `[driver]`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import aiohttp

from labapp.domain.actions import DONE, Outcome, impossible
from labapp.domain.driver_call import DEFAULT, DriverCall, arguments_of
from labapp.domain.errors import EnvironmentFault
from labapp.domain.templates import as_text, as_url

#: Characters of an answer or of an error that a reason quotes.
_QUOTED = 200
#: Characters of an answer that are read.
_READ = 64 * 1024


class Driver:
    """Performs actions through the calls of a project."""

    def __init__(self, calls: Mapping[str, DriverCall]) -> None:
        self._calls = calls

    def check(self) -> None:
        """Refuse commands that cannot be run on this machine. Raises EnvironmentFault, which names the first of them."""
        for action, call in self._calls.items():
            if call.command and _program(call) is None:
                raise EnvironmentFault(
                    f"there is no program {call.command[0]}",
                    where=f"[driver.{action}] command",
                    mend="install it, or write its path, relative to the folder in which the command runs",
                )

    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Perform an action: done, or impossible with the reason, which never holds the call's secret."""
        table = action if action in self._calls else DEFAULT
        call = self._calls.get(table)
        if call is None:
            return impossible(f"the project has no [driver.{action}] and no [driver.{DEFAULT}]")
        secret = call.secret.reveal() if call.secret is not None else ""
        given = arguments_of(action, args, secret)
        try:
            async with asyncio.timeout(call.timeout):
                return await (_run(call, given) if call.command else _request(call, given))
        except TimeoutError:
            return impossible(f"[driver.{table}] did not end within {call.timeout:g} s")
        except (OSError, aiohttp.ClientError, ValueError) as error:
            return impossible(f"[driver.{table}]: {_masked(str(error) or type(error).__name__, given)[:_QUOTED]}")


def _program(call: DriverCall) -> str | None:
    """The whole path of a command's program, None when there is none. One that names a folder is sought below that of the call."""
    name = call.command[0]
    if os.path.dirname(name):
        path = (call.folder or Path()) / name
        return str(path.absolute()) if path.is_file() and os.access(path, os.X_OK) else None
    return shutil.which(name)


async def _run(call: DriverCall, given: Mapping[str, Any]) -> Outcome:
    program = _program(call)
    if program is None:
        return impossible(f"there is no program {call.command[0]}")
    arguments = [as_text(part, given) for part in call.command[1:]]
    environment = {name: as_text(value, given) for name, value in call.environment.items()}
    process = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        cwd=call.folder,
        env={**os.environ, **environment},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            _kill(process)
            await process.wait()
    code = process.returncode or 0
    if call.is_done(code):
        return DONE
    said = _masked(errors.decode(errors="replace").strip(), given)[-_QUOTED:]
    return _impossible(call, code, f"{call.command[0]} ended with {code}", said)


def _kill(process: asyncio.subprocess.Process) -> None:
    """End a command with all that it has started."""
    with contextlib.suppress(ProcessLookupError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


async def _request(call: DriverCall, given: Mapping[str, Any]) -> Outcome:
    async with (
        aiohttp.ClientSession() as session,
        session.request(
            call.method,
            as_url(call.url, given),
            headers=dict(_headers(call, given)),
            data=call.body_for(given).encode() if call.body else None,
            # A call that is sent elsewhere was not made: the other place may want other values.
            allow_redirects=False,
        ) as response,
    ):
        if call.is_done(response.status):
            return DONE
        answer = (await response.content.read(_READ)).decode(errors="replace").strip()
        said = _masked(_reason_in(answer), given)[:_QUOTED]
        return _impossible(call, response.status, f"{call.method} was answered {response.status}", said)


def _headers(call: DriverCall, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if call.body and not call.header_of_content:
        yield "Content-Type", "application/json" if call.form_of_body == "json" else "text/plain; charset=utf-8"
    for name, value in call.headers.items():
        yield name, as_text(value, given)


def _reason_in(said: str) -> str:
    """What an answer says: the `reason` of a JSON object, or its text."""
    try:
        answer = json.loads(said)
    except (ValueError, RecursionError):
        answer = None
    reason = answer.get("reason") if isinstance(answer, Mapping) else None
    return reason if isinstance(reason, str) else said


def _impossible(call: DriverCall, code: int, happened: str, said: str) -> Outcome:
    stated = call.reasons.get(str(code))
    said = said if stated is None else stated
    return impossible(f"{happened}{f': {said}' if said else ''}")


def _masked(text: str, given: Mapping[str, Any]) -> str:
    """A text without the call's secret."""
    return text.replace(given["secret"], "***") if given["secret"] else text
