"""What the window's benchmarks share: a bench that only talks, and the window attached to it, each in a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from raw_device import beside
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from labapp.bench import channel
from labapp.bench.address import Address, write_address
from labapp.domain.run_files import JOURNAL, PROJECT

RUN = "talking"
CASE = "TC_003_CS"
#: Seconds between two batches of frames; a station's frames do not come evenly either.
BATCH = 0.005
#: Seconds between two prompts, and for which one is open.
PROMPT_EVERY, PROMPT_OPEN = 0.5, 0.4

_FRAMES = (
    '[2,"m{0}","MeterValues",{{"connectorId":1,"transactionId":7,"meterValue":[{{"timestamp":"2027-01-15T08:00:00.000Z",'
    '"sampledValue":[{{"value":"{0}","context":"Sample.Periodic","measurand":"Energy.Active.Import.Register","unit":"Wh"}},'
    '{{"value":"16.0","context":"Sample.Periodic","measurand":"Current.Import","phase":"L1","unit":"A"}}]}}]}}]',
    '[3,"m{0}",{{}}]',
    '[2,"s{0}","StatusNotification",{{"connectorId":2,"errorCode":"NoError","status":"Charging",'
    '"timestamp":"2027-01-15T08:00:00.000Z"}}]',
    '[3,"s{0}",{{}}]',
)


def talk(told: Connection, directory: Path, rate: int, seconds: float, prompts: bool) -> None:
    """Be the bench of a run: greet, and once an operator says `command`, tell `rate` frames a second and end with the summary."""

    async def attend(connection: ServerConnection) -> None:
        async def tell(message: channel.Message) -> None:
            await connection.send(json.dumps(message, ensure_ascii=False))

        await tell(channel.hello(RUN, [CASE]))
        await tell(channel.ready(RUN, {"identity": "CS-1", "listen": "127.0.0.1:9000"}))
        await tell(_told("link", event="up", identity="CS-1", detail=""))
        await tell(_told("case", event="started", id=CASE, attempt=1, verdict=""))
        try:
            async for text in connection:
                if json.loads(text)["type"] == "command":
                    await _pour(tell, rate, seconds, prompts)
                    await tell(channel.summary(RUN, {"cases": []}))
        except ConnectionClosed:
            pass

    async def run() -> None:
        async with serve(attend, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            write_address(directory, Address(f"ws://127.0.0.1:{port}/{RUN}", "token", os.getpid(), RUN))
            told.send("ready")
            await asyncio.Future()

    asyncio.run(run())


async def _pour(tell: Any, rate: int, seconds: float, prompts: bool) -> None:
    """Frames in batches, and prompts that carry the monotonic clock of their asking in nanoseconds."""
    begin = time.monotonic()
    sent, asked, is_open = 0, 0, False
    while (now := time.monotonic() - begin) < seconds:
        due = int(now * rate)
        while sent < due:
            text = _FRAMES[sent % len(_FRAMES)].format(sent // 2)
            stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            await tell(_told("frame", seq=sent, dir=("in", "out")[sent % 2], text=text, at=stamp))
            sent += 1
        if prompts and not is_open and now >= asked * PROMPT_EVERY:
            asked, is_open = asked + 1, True
            await tell(_prompt(asked))
        elif is_open and now >= (asked - 1) * PROMPT_EVERY + PROMPT_OPEN:
            is_open = False
            await tell(_told("prompt_closed", id=f"p{asked}", by="wire"))
        await asyncio.sleep(BATCH)


def _prompt(number: int) -> channel.Message:
    content = {"kind": "action", "action": "plug_in", "args": {"connector": 1}, "choices": [], "items": []}
    text = f"Plug the cable into connector 1, both sides. {time.monotonic_ns()}"
    return channel.told("prompt", RUN, {"id": f"p{number}", **content, "text": text})


def _told(message: str, **content: Any) -> channel.Message:
    return channel.told(message, RUN, content)


@contextmanager
def talking_bench(home: Path, rate: int, seconds: float, *, prompts: bool) -> Iterator[Path]:
    """A bench that talks; yields the directory of its run."""
    directory = home / "runs" / RUN
    directory.mkdir(parents=True)
    for name in (PROJECT, JOURNAL):
        (directory / name).write_text("", encoding="utf-8")
    with ExitStack() as running:
        running.enter_context(beside(talk, directory, rate, seconds, prompts)).recv()
        yield directory


def attached_window(told: Connection, home: Path, directory: Path, idle: float) -> None:
    """The window as `labapp window DIR` opens it, at the bench of a run, without a screen.

    Tells {"idle": …} after `idle` seconds of silence, then has the bench talk, and tells {"load": …} once the summary has come.
    Each has: gaps, milliseconds between two ticks of a timer of `TICK` ms; resident, MB at the beginning and the end; cpu, seconds
    used and seconds of wall; prompts, milliseconds from the asking to the picture; frames, how many came.
    """
    os.environ.update(QT_QPA_PLATFORM="offscreen", LABAPP_HOME=str(home), QT_LOGGING_RULES="default.warning=false")
    from window_watch import Watch

    from labapp.gui.app import run_window

    watch = Watch(told.send, idle)
    run_window(directory)
    watch.close()
