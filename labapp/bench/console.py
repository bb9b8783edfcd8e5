"""The operator at a terminal: prompts are printed, answered by keys, and commands are typed with a slash before them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from labapp.bench.channel import COMMANDS, Message
from labapp.bench.client import Attachment, OperatorLeft
from labapp.bench.jsonl import default_of, lines_of

_DECISIONS = {"a": "accept", "r": "reject", "t": "retest"}
_HELP = f"commands: {', '.join('/' + name for name in COMMANDS)}"


async def operate(attachment: Attachment, source: Iterable[str], out: TextIO) -> Message | None:
    """Operate the run up to its summary, which is returned; None when the bench has gone without one.

    A bench may stay behind it. Raises OperatorLeft at the end of the source.
    """
    terminal = _Terminal(attachment, out)
    watching = asyncio.create_task(terminal.watch())
    typing = asyncio.create_task(terminal.listen(source))
    try:
        await asyncio.wait({watching, typing}, return_when=asyncio.FIRST_COMPLETED)
        if not watching.done():
            raise OperatorLeft
        return watching.result()
    finally:
        for task in (watching, typing):
            task.cancel()
        await asyncio.gather(watching, typing, return_exceptions=True)


class _Terminal:
    def __init__(self, attachment: Attachment, out: TextIO) -> None:
        self._attachment = attachment
        self._out = out
        self._open: dict[str, Message] = {}
        self._items: dict[str, str] = {}
        self._reasons: list[str] = []
        self._overridden: Mapping[str, Any] | None = None

    # What the bench tells ---------------------------------------------------------------------------------------------

    async def watch(self) -> Message | None:
        """Print what happens; returns the summary."""
        async for message in self._attachment.messages():
            self._show(message)
            if message["type"] == "summary":
                return message
        return None

    def _show(self, message: Message) -> None:
        match message["type"]:
            case "hello":
                self._print(f"{message['tool']}, run {message['run']}; {_HELP}")
            case "ready":
                at = f"connect the device to {message['listen']}" if "listen" in message else f"tests {message['url']}"
                self._print(f"ready: {at}, identity {message['identity']}")
            case "link":
                detail = f" ({message['detail']})" if message["detail"] else ""
                self._print(f"connection of {message['identity']}: {message['event']}{detail}")
            case "case":
                attempt = f", attempt {message['attempt']}" if message["attempt"] > 1 else ""
                self._print(f"{message['id']}{attempt}: {message['verdict'] or message['event']}")
            case "step" if message["state"] in ("finding", "missing", "observation"):
                self._print(f"  {message['state']}: {message['detail'] or message['message']}")
            case "prompt":
                self._open[message["id"]] = message
                if len(self._open) == 1:
                    self._ask(message)
            case "prompt_closed":
                self._closed(message)
            case "error":
                self._print(f"not taken: {message['text']}")
                self._ask_again()

    def _closed(self, message: Message) -> None:
        first = next(iter(self._open), None)
        if self._open.pop(message["id"], None) is None:
            return
        if message["by"] != "operator":
            self._print("  seen on the wire" if message["by"] == "wire" else "  no longer asked for")
        if first == message["id"]:
            self._items, self._reasons, self._overridden = {}, [], None
            self._ask_again()

    def _ask_again(self) -> None:
        if self._open:
            self._items, self._reasons, self._overridden = {}, [], None
            self._ask(next(iter(self._open.values())))

    def _ask(self, prompt: Message) -> None:
        self._print(f"> {prompt['text']}")
        if prompt["countdown"]:
            self._print(f"  within {prompt['countdown']['seconds']} s ({prompt['countdown']['name']})")
        match prompt["kind"]:
            case "action":
                self._print("  Enter: done   i: impossible")
            case "question":
                for number, choice in enumerate(prompt["choices"], start=1):
                    self._print(f"  {number}: {choice['text']}{' (Enter)' if choice['default'] else ''}")
            case _:
                self._ask_item(prompt)

    def _ask_item(self, prompt: Message) -> None:
        item = self._next_item(prompt)
        if item is None:
            return
        where = f"connector {item['connector']} {item['status']} was {item['kind']}"
        advice = f", advice: {item['advice']} (Enter)" if item["advice"] else ""
        self._print(f"  {where}, rule {item['rule']}{advice}")
        self._print("  a: accept   r: reject   t: retest")

    def _next_item(self, prompt: Message) -> Mapping[str, Any] | None:
        return next((item for item in prompt["items"] if item["id"] not in self._items), None)

    # What is typed ----------------------------------------------------------------------------------------------------

    async def listen(self, source: Iterable[str]) -> None:
        """Take lines until there are no more."""
        lines = lines_of(source)
        while (line := await lines.get()) is not None:
            await self._typed(line.strip())

    async def _typed(self, line: str) -> None:
        if line.startswith("/"):
            name = line[1:].strip()
            if name in COMMANDS:
                await self._attachment.say("command", name=name)
            else:
                self._print(_HELP)
            return
        prompt = next(iter(self._open.values()), None)
        if prompt is None:
            self._print(f"  nothing is asked for; {_HELP}")
            return
        match prompt["kind"]:
            case "action":
                await self._action(prompt, line)
            case "question":
                await self._question(prompt, line)
            case _:
                await self._review(prompt, line)

    async def _action(self, prompt: Message, line: str) -> None:
        word, _, reason = line.partition(" ")
        if word.lower() in ("", "d", "done"):
            await self._answer(prompt, outcome="done")
        elif word.lower() in ("i", "impossible"):
            await self._answer(prompt, outcome="impossible", reason=reason)
        else:
            self._print("  Enter: done   i [reason]: impossible")

    async def _question(self, prompt: Message, line: str) -> None:
        choices = [str(choice["id"]) for choice in prompt["choices"]]
        if not line:
            await self._answer(prompt, outcome=default_of(prompt))
        elif line.isdigit() and 1 <= int(line) <= len(choices):
            await self._answer(prompt, outcome=choices[int(line) - 1])
        elif line in choices:
            await self._answer(prompt, outcome=line)
        else:
            self._print(f"  a number from 1 to {len(choices)}")

    async def _review(self, prompt: Message, line: str) -> None:
        item = self._next_item(prompt)
        if self._overridden is not None:
            self._take_reason(line)
        elif item is not None:
            decision = item["advice"] if not line else _DECISIONS.get(line[0].lower())
            if decision is None:
                self._print("  a: accept   r: reject   t: retest")
                return
            self._items[item["id"]] = decision
            if item["advice"] is not None and decision != item["advice"]:
                # To depart from the advice needs a reason, which stands in the report.
                self._overridden = item
                self._print("  why not as advised?")
                return
        if self._overridden is not None:
            return
        if self._next_item(prompt) is None:
            await self._answer(prompt, outcome="", items=self._items, reason="; ".join(self._reasons))
        else:
            self._ask_item(prompt)

    def _take_reason(self, line: str) -> None:
        if not line or self._overridden is None:
            self._print("  why not as advised?")
            return
        self._reasons.append(f"{self._overridden['status']}: {line}")
        self._overridden = None

    async def _answer(self, prompt: Message, **said: Any) -> None:
        await self._attachment.say("answer", id=prompt["id"], **said)

    def _print(self, text: str) -> None:
        self._out.write(text + "\n")
        self._out.flush()
