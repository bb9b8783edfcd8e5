"""Actions without hands: the command or HTTP call that a project names for each of them under `[driver]`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp

from labapp.domain.actions import DONE, Outcome, impossible
from labapp.domain.project import DriverCall, fill_template

#: Characters of an answer or of an error that a reason quotes.
_QUOTED = 200


class Driver:
    """Performs actions through the calls of a project."""

    def __init__(self, calls: Mapping[str, DriverCall]) -> None:
        self._calls = calls

    async def act(self, action: str, args: Mapping[str, Any]) -> Outcome:
        """Perform an action; done when the command ends with 0, or the response has a status below 400."""
        call = self._calls.get(action)
        if call is None:
            return impossible(f"the project has no [driver.{action}]")
        try:
            async with asyncio.timeout(call.timeout):
                return await (_run(call, args) if call.command else _request(call, args))
        except TimeoutError:
            return impossible(f"[driver.{action}] did not end within {call.timeout:g} s")
        except (OSError, aiohttp.ClientError, ValueError) as error:
            return impossible(f"[driver.{action}]: {error}"[:_QUOTED])


async def _run(call: DriverCall, args: Mapping[str, Any]) -> Outcome:
    command = [fill_template(part, args) for part in call.command]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, errors = await process.communicate()
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode == 0:
        return DONE
    said = errors.decode(errors="replace").strip()[-_QUOTED:]
    return impossible(f"{command[0]} ended with {process.returncode}{f': {said}' if said else ''}")


async def _request(call: DriverCall, args: Mapping[str, Any]) -> Outcome:
    # In a URL an argument is one component; in a body it is what the template makes of it.
    in_url = {name: quote(fill_template("{value}", {"value": value}), safe="") for name, value in args.items()}
    headers = {name: fill_template(value, args) for name, value in call.headers.items()}
    body = fill_template(call.body, args) if call.body else None
    async with (
        aiohttp.ClientSession() as session,
        session.request(call.method, fill_template(call.url, in_url), headers=headers, data=body) as response,
    ):
        if response.ok:
            return DONE
        said = (await response.text(errors="replace")).strip()[:_QUOTED]
        return impossible(f"{call.method} was answered {response.status}{f': {said}' if said else ''}")
