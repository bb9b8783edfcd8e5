"""Carrying out the order to move a file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from labapp.engine.codec import decode_input, encode_input, encode_output
from labapp.engine.events import FileOrder, FileTransferred
from labapp.engine.journal import Record
from labapp.engine.moving import move
from labapp.engine.system_clock import SystemClock
from labapp.simulator.transfers import MemoryTransfers

URL = "http://files.test/in"


async def moved(order: FileOrder, transfers: MemoryTransfers) -> Mapping[str, Any]:
    told: list[FileTransferred] = []
    await move(order, transfers, SystemClock(), told.append)
    (event,) = told
    assert event.facts["began"] <= event.facts["ended"]
    return event.facts


async def test_a_file_is_fetched() -> None:
    facts = await moved(FileOrder(3, "download", URL), MemoryTransfers({URL: b"firmware"}))
    assert (facts["order"], facts["url"], facts["bytes"], facts["complete"], facts["fault"]) == (3, URL, 8, True, "")
    assert facts["sha256"] == hashlib.sha256(b"firmware").hexdigest()


async def test_a_file_is_put_under_its_name() -> None:
    transfers = MemoryTransfers(places=(URL,))
    facts = await moved(FileOrder(1, "upload", URL, "a.log", "text\n"), transfers)
    assert transfers.uploaded == {(URL, "a.log"): b"text\n"}
    assert (facts["name"], facts["bytes"], facts["complete"]) == ("a.log", 5, True)


async def test_what_fails_says_why() -> None:
    facts = await moved(FileOrder(1, "download", URL), MemoryTransfers())
    assert (facts["complete"], facts["fault"], facts["bytes"], facts["sha256"]) == (False, URL, 0, "")


async def test_a_fault_without_words_is_called_by_its_name() -> None:
    class Refusing(MemoryTransfers):
        async def upload(self, url: str, content: bytes, name: str) -> None:
            raise ConnectionResetError

    facts = await moved(FileOrder(1, "upload", URL, "a.log", "text"), Refusing())
    assert (facts["complete"], facts["fault"]) == (False, "ConnectionResetError")


def test_order_and_outcome_stand_in_the_journal() -> None:
    kind, content = encode_output(FileOrder(2, "upload", URL, "a.log", "text")) or ("", {})
    assert kind == "file_order"
    assert content == {"number": 2, "direction": "upload", "url": URL, "name": "a.log", "content": "text"}
    event = FileTransferred(SystemClock().now(), {"order": 2, "complete": True})
    recorded = Record(5, event.at, "run", *encode_input(event), "")
    assert decode_input(recorded) == event
