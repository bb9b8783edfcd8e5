"""The command line of labapp as a person or a script meets it: processes, standard streams, exit statuses."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Message = dict[str, Any]
Reply = Message | None
OnPrompt = Callable[[Message], Awaitable[Reply] | Reply]

PATIENCE = 40.0
"""Seconds until a test gives up on a process."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished command left behind."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON value and nothing else."""
        return json.loads(self.out)

    def refused(self, status: int, *words: str) -> str:
        """One clear message on standard error that holds every word, no traceback, nothing on standard output."""
        assert self.status == status, (self.status, self.err)
        assert "Traceback" not in self.err, self.err
        assert self.out == ""
        for word in words:
            assert word in self.err, (word, self.err)
        return self.err


async def _start(*args: str | Path, cwd: Path, **env: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "labapp",
        *(str(arg) for arg in args),
        cwd=cwd,
        env={**os.environ, "HOME": str(cwd), "XDG_DATA_HOME": str(cwd / ".data"), **env},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=2**24,
    )


async def labapp(*args: str | Path, cwd: Path, stdin: str = "", **env: str) -> Outcome:
    """Run a command to its end."""
    process = await _start(*args, cwd=cwd, **env)
    try:
        async with asyncio.timeout(PATIENCE):
            out, err = await process.communicate(stdin.encode())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode is not None
    return Outcome(process.returncode, out.decode(), err.decode())


@dataclass
class Operator:
    """An operator of a run, or of a simulator, over standard input and output: one JSON object a line."""

    process: asyncio.subprocess.Process
    messages: list[Message] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    err: str = ""
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @classmethod
    async def start(cls, *args: str | Path, cwd: Path, **env: str) -> Operator:
        operator = cls(await _start(*args, cwd=cwd, **env))
        operator._tasks = [asyncio.create_task(operator._read()), asyncio.create_task(operator._read_errors())]
        return operator

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            try:
                message = json.loads(line)
                assert isinstance(message, dict)
            except (ValueError, AssertionError):
                self.stray.append(line.decode())
                continue
            self.messages.append(message)
            self._news.set()

    async def _read_errors(self) -> None:
        assert self.process.stderr is not None
        self.err = (await self.process.stderr.read()).decode()

    async def write(self, text: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(text.encode() + b"\n")
        await self.process.stdin.drain()

    async def say(self, **message: object) -> None:
        await self.write(json.dumps(message))

    async def command(self, name: str) -> None:
        await self.say(type="command", name=name)

    async def answer(self, prompt: Message, outcome: str, **more: object) -> None:
        await self.say(type="answer", id=prompt["id"], outcome=outcome, **more)

    def all(self, kind: str, **members: object) -> list[Message]:
        return [
            message
            for message in self.messages
            if message["type"] == kind and all(message.get(name) == value for name, value in members.items())
        ]

    async def wait(self, kind: str, *, count: int = 1, **members: object) -> Message:
        """The count-th message of a kind with these members, as soon as it has come."""
        try:
            async with asyncio.timeout(PATIENCE):
                while len(found := self.all(kind, **members)) < count:
                    assert not self._tasks[0].done(), (kind, members, self.messages, self.err)
                    self._news.clear()
                    waiter = asyncio.create_task(self._news.wait())
                    await asyncio.wait({waiter, self._tasks[0]}, return_when=asyncio.FIRST_COMPLETED)
                    waiter.cancel()
        except TimeoutError:
            raise AssertionError((kind, members, self.messages)) from None
        return found[count - 1]

    def end_of_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    async def end(self) -> int:
        """The exit status, once standard output is closed."""
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*self._tasks)
            status = await self.process.wait()
        assert self.stray == []
        return status

    async def work(self, on_prompt: OnPrompt) -> int:
        """Answer each prompt as `on_prompt` says until the run ends; the exit status."""
        async with asyncio.timeout(PATIENCE * 2):
            seen = 0
            while not (self._tasks[0].done() and seen == len(self.messages)):
                if seen == len(self.messages):
                    self._news.clear()
                    waiter = asyncio.create_task(self._news.wait())
                    await asyncio.wait({waiter, self._tasks[0]}, return_when=asyncio.FIRST_COMPLETED)
                    waiter.cancel()
                    continue
                message = self.messages[seen]
                seen += 1
                if message["type"] != "prompt":
                    continue
                reply = on_prompt(message)
                answer = await reply if isinstance(reply, Awaitable) else reply
                if answer is not None:
                    await self.say(type="answer", id=message["id"], **answer)
        return await self.end()

    async def kill(self) -> None:
        """End the process at once, and let go of its streams."""
        if self.process.returncode is None:
            self.process.kill()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()


def chain_of(journal: Path) -> list[str]:
    """The kinds of a journal's records, whose numbers have no gap and whose chain holds."""
    head, kinds = "0" * 64, []
    for number, line in enumerate(journal.read_bytes().splitlines(), 1):
        record = json.loads(line)
        assert (record["seq"], record["prev"]) == (number, head)
        head = hashlib.sha256(line).hexdigest()
        kinds.append(record["kind"])
    return kinds
