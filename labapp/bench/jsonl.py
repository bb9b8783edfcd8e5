"""The operator as a script: the channel's messages on standard output, its answers on standard input, one a line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import threading
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from labapp.bench.channel import MAX_MESSAGE, Message, error
from labapp.bench.client import Attachment, OperatorLeft


async def operate(attachment: Attachment, source: Iterable[str], out: TextIO) -> Message | None:
    """Bridge the channel up to the summary, which is returned; None when the bench has gone without one.

    A bench may stay behind it. At the end of the source open and later prompts count as impossible. Raises OperatorLeft when
    nobody reads any more.
    """
    bridge = _Bridge(attachment, out)
    talking = asyncio.create_task(bridge.talk(source))
    try:
        async for text in attachment.lines():
            bridge.show(text)
            message: Message = json.loads(text)
            if message["type"] == "summary":
                return message
            await bridge.follow(message)
    except BrokenPipeError:
        # What is left in the buffer must not fail once more when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())
        raise OperatorLeft from None
    finally:
        talking.cancel()
    return None


class _Bridge:
    def __init__(self, attachment: Attachment, out: TextIO) -> None:
        self._attachment = attachment
        self._out = out
        self._open: dict[str, Message] = {}
        self._ended = False

    def show(self, text: str) -> None:
        """One line out, at once."""
        self._out.write(text + "\n")
        self._out.flush()

    async def follow(self, message: Message) -> None:
        """Know which prompts are open."""
        if message["type"] == "prompt":
            self._open[message["id"]] = message
            if self._ended:
                await self._give_up(message)
        elif message["type"] == "prompt_closed":
            self._open.pop(message["id"], None)

    async def talk(self, source: Iterable[str]) -> None:
        """Pass on each line, as it is: the bench says what is wrong with one."""
        lines = lines_of(source)
        while (line := await lines.get()) is not None:
            if not _is_text(line):
                self._refuse("the message is not UTF-8")
            elif len(line) > MAX_MESSAGE:
                self._refuse(f"the message has {len(line)} characters, {MAX_MESSAGE} are read")
            elif line.strip():
                await self._attachment.say_text(line.strip())
        self._ended = True
        for prompt in list(self._open.values()):
            await self._give_up(prompt)

    def _refuse(self, text: str) -> None:
        self.show(json.dumps(error(self._attachment.run, text)))

    async def _give_up(self, prompt: Message) -> None:
        await self._attachment.say("answer", id=prompt["id"], reason="the operator has gone", **unanswered(prompt))


def _is_text(line: str) -> bool:
    """Whether a line was UTF-8: other bytes were read as surrogates, which cannot be sent on."""
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def unanswered(prompt: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of nobody: an action is impossible, a question has its default, a review asks for a retest."""
    match prompt["kind"]:
        case "question":
            return {"outcome": default_of(prompt)}
        case "review":
            return {"outcome": "retest"}
        case _:
            return {"outcome": "impossible"}


def default_of(question: Mapping[str, Any]) -> str:
    """The choice that holds when nobody chooses."""
    choices = question["choices"]
    return str(next((choice["id"] for choice in choices if choice["default"]), choices[0]["id"]))


def lines_of(source: Iterable[str]) -> asyncio.Queue[str | None]:
    """The lines of a blocking source as they come, then None. A thread reads them: not every system can poll a pipe."""
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        # The loop may be gone before the source ends; then nobody waits for the line.
        with contextlib.suppress(RuntimeError):
            for line in source:
                loop.call_soon_threadsafe(queue.put_nowait, line)
            loop.call_soon_threadsafe(queue.put_nowait, None)

    threading.Thread(target=read, name="standard input", daemon=True).start()
    return queue
