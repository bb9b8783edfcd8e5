"""A charging station of the tests' own, over raw websockets: it knows OCPP 1.6 and nothing of labapp."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.acceptance.configuration import configuration

Payload = dict[str, Any]
#: What goes onto the wire: a request, a frame as text, or a pause in seconds.
Sent = tuple[str, Payload] | str | float
#: Gives the answer to a request, and what the station does after it.
Handler = Callable[["Station", Payload], tuple[Payload, Coroutine[Any, Any, None] | None]]
RETRY_PAUSE = 0.05


def now() -> str:
    """The present moment as OCPP writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def honest_requests(action: str, payload: Payload) -> list[Sent]:
    """Every request is sent as it is."""
    return [(action, payload)]


def honest_answers(message_id: str, action: str, answer: Payload) -> list[Sent]:
    """Every request is answered once, by its id. action: of the request."""
    return [json.dumps([3, message_id, answer])]


@dataclass
class Transaction:
    """A transaction of a connector. id: None until the central system has given it."""

    id_tag: str
    id: int | None = None
    meter: asyncio.Task[None] | None = None


@dataclass
class Connector:
    """What is known of one connector. shown: the status last reported over this link."""

    number: int
    plugged: bool = False
    operative: bool = True
    authorized: str | None = None
    finishing: bool = False
    transaction: Transaction | None = None
    shown: str | None = None
    waiting: asyncio.Task[None] | None = None
    due: asyncio.Task[None] | None = None

    @property
    def status(self) -> str:
        """Status of the connector, as OCPP 1.6 names it."""
        if self.transaction:
            return "Charging"
        if not self.operative:
            return "Unavailable"
        if self.plugged:
            return "Finishing" if self.finishing else "Preparing"
        return "Preparing" if self.authorized else "Available"


@dataclass
class Station:
    """A conformant station; requests, answers and the switches below make it deviate.

    authorizes_remote: AuthorizeRemoteTxRequests is true and writable, true and read-only, or false and read-only;
    retry: seconds that the wait after a refused boot differs from what was asked; second_swipe: whether the same card
    takes an authorization back; resumes: a transaction goes on after a power failure.
    """

    connectors: int = 1
    minimum_status_duration: bool = False
    authorizes_remote: Literal["RW", "R", "no"] = "RW"
    requests: Callable[[str, Payload], list[Sent]] = honest_requests
    answers: Callable[[str, str, Payload], list[Sent]] = honest_answers
    retry: float = 0.0
    heartbeats: bool = True
    second_swipe: bool = True
    resumes: bool = False
    keeps_cache: bool = False
    starts_for_anyone: bool = False
    forgets_offline: bool = False
    broken_reader: bool = False
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    keys: dict[str, tuple[str, bool]] = field(init=False)

    def __post_init__(self) -> None:
        self.keys = configuration(self.connectors, self.authorizes_remote, self.minimum_status_duration)
        self.plugs = {number: Connector(number) for number in range(1, self.connectors + 1)}
        self.cache: dict[str, Payload] = {}
        self.local_list: dict[str, Payload] = {}
        self.list_version = 0
        self.profiles: list[tuple[int, Payload]] = []
        self.url = ""
        self.socket: ClientConnection | None = None
        self.accepted = False
        self.log: list[str] = []
        self._ids = itertools.count(1)
        self._open: dict[str, asyncio.Future[Payload]] = {}
        self._turn = asyncio.Lock()
        self._queue: deque[tuple[str, Payload, Transaction]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._life: asyncio.Task[None] | None = None

    # Power and link

    def power_on(self, url: str = "") -> None:
        """Start, and stay connected until the power goes."""
        self.url = url or self.url
        self._life = asyncio.create_task(self._live())

    async def power_off(self) -> None:
        """Lose the power: memory of statuses and authorizations goes, that of transactions stays."""
        self.accepted = False
        tasks = [task for task in (self._life, *self._tasks) if task and task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.socket:
            await self.socket.close()
        self.socket = None
        self._turn = asyncio.Lock()
        for plug in self.plugs.values():
            plug.shown = plug.authorized = None
            plug.finishing = plug.plugged and (plug.finishing or plug.transaction is not None)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[None]:
        """Do something besides, until the power goes."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _live(self) -> None:
        booted = False
        while True:
            try:
                async with connect(self.url, subprotocols=[Subprotocol("ocpp1.6")], ping_interval=None) as self.socket:
                    reader = asyncio.create_task(self._read(self.socket))
                    try:
                        talk = self._after_link() if booted else self._boot()
                        await asyncio.wait_for(talk, None)
                        booted = True
                        await reader
                    finally:
                        reader.cancel()
            except (OSError, WebSocketException, TimeoutError):
                pass
            self.socket = None
            for waiting in self._open.values():
                waiting.cancel()
            await asyncio.sleep(RETRY_PAUSE)

    async def _read(self, socket: ClientConnection) -> None:
        async for text in socket:
            self.log.append(f"< {text!s}")
            frame = json.loads(text)
            if frame[0] == 2:
                self.spawn(self._answer(frame[1], frame[2], frame[3]))
            elif (waiting := self._open.pop(frame[1], None)) and not waiting.done():
                waiting.set_result(frame[2] if frame[0] == 3 else {})

    async def _boot(self) -> None:
        about = {"chargePointVendor": "Acceptance", "chargePointModel": "Post"}
        while (answer := await self.request("BootNotification", about)) is not None:
            if answer.get("status") == "Accepted":
                self.keys["HeartbeatInterval"] = (str(answer["interval"]), False)
                break
            await asyncio.sleep(max(0.0, answer.get("interval", 1) + self.retry))
        if answer is None:
            raise OSError("the link was lost")
        self.accepted = True
        await self.notify(0)
        stopped = [plug for plug in self.plugs.values() if plug.transaction and not self.resumes]
        ended = [plug.transaction for plug in stopped if plug.transaction]
        for plug in stopped:
            plug.transaction = None
        for plug in self.plugs.values():
            await self.notify(plug.number)
        for transaction in ended:
            await self._transaction_message("StopTransaction", self._stop(transaction, "PowerLoss"), transaction)
        for plug in self.plugs.values():
            if plug.transaction:
                plug.transaction.meter = self.spawn(self._measure(plug.number, plug.transaction))
        await self._drain()
        if self.heartbeats:
            self.spawn(self._beat())

    async def _after_link(self) -> None:
        await self._drain()
        for plug in self.plugs.values():
            if plug.shown != plug.status:
                await self.notify(plug.number)

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(int(self.keys["HeartbeatInterval"][0]))
            await self.request("Heartbeat", {})

    # Messages

    async def send(self, item: Sent) -> None:
        """Put one thing onto the wire."""
        if isinstance(item, float):
            await asyncio.sleep(item)
        elif isinstance(item, str):
            self.log.append(f"> {item}")
            if self.socket:
                await self.socket.send(item)

    async def request(self, action: str, payload: Payload) -> Payload | None:
        """The answer of the central system; {} for a CALLERROR or a request that was not sent, None without a link."""
        given: Payload | None = {} if self.socket else None
        for item in self.requests(action, payload):
            if isinstance(item, tuple):
                answer = await self._call(*item)
                if item[0] == action:
                    given = answer
            else:
                await self.send(item)
        return given

    async def _call(self, action: str, payload: Payload) -> Payload | None:
        async with self._turn:
            if self.socket is None:
                return None
            message_id = f"s{next(self._ids)}"
            waiting = self._open[message_id] = asyncio.get_running_loop().create_future()
            try:
                await self.send(json.dumps([2, message_id, action, payload]))
                return await asyncio.wait_for(waiting, 10)
            except (TimeoutError, WebSocketException):
                return None
            except asyncio.CancelledError:
                if waiting.cancelled() and self.socket is None:
                    return None
                raise
            finally:
                self._open.pop(message_id, None)

    async def notify(self, connector: int) -> None:
        """Report the status of a connector; 0: the station as a whole."""
        status = self.plugs[connector].status if connector else "Available"
        body = {"connectorId": connector, "status": status, "errorCode": "NoError", "timestamp": now()}
        if not self.accepted:
            return
        plug = self.plugs.get(connector, Connector(0))
        before, plug.shown = plug.shown, status
        if await self.request("StatusNotification", body) is None:
            plug.shown = before

    async def changed(self, connector: int) -> None:
        """Report a status that may have changed, once it has lasted MinimumStatusDuration."""
        plug = self.plugs[connector]
        if plug.due:
            plug.due.cancel()
            plug.due = None
        wait = int(self.keys.get("MinimumStatusDuration", ("0", False))[0])
        if plug.status == plug.shown:
            return
        if not wait:
            await self.notify(connector)
            return

        async def later() -> None:
            await asyncio.sleep(wait)
            await self.notify(connector)

        plug.due = self.spawn(later())

    async def _transaction_message(self, action: str, payload: Payload, transaction: Transaction) -> None:
        if not (self.socket is None and self.forgets_offline):
            self._queue.append((action, payload, transaction))
        await self._drain()

    async def _drain(self) -> None:
        while self._queue and self.socket:
            action, payload, transaction = self._queue.popleft()
            if "transactionId" in payload:
                payload["transactionId"] = transaction.id or 0
            answer = await self.request(action, payload)
            if answer is None:
                self._queue.appendleft((action, payload, transaction))
                return
            if action == "StartTransaction":
                transaction.id = answer.get("transactionId", 0)
                self.cache[transaction.id_tag] = answer.get("idTagInfo", {"status": "Accepted"})

    # Charging

    async def authorizes(self, id_tag: str, ask: bool = False) -> bool:
        """Whether the card may charge: by list and cache where configuration allows, else by the central system. ask: in any case."""
        listed = self.local_list.get(id_tag) if self.flag("LocalAuthListEnabled") else None
        cached = self.cache.get(id_tag) if self.flag("AuthorizationCacheEnabled") else None
        known = listed or cached
        if known and known["status"] == "Accepted" and not ask:
            if self.socket and self.flag("LocalPreAuthorize"):
                return True
            if not self.socket and self.flag("LocalAuthorizeOffline"):
                return True
        if self.socket is None:
            return not known and self.flag("AllowOfflineTxForUnknownId")
        info = ((await self.request("Authorize", {"idTag": id_tag})) or {}).get("idTagInfo", {"status": "Accepted"})
        self.cache[id_tag] = info
        return bool(info["status"] == "Accepted")

    def flag(self, key: str) -> bool:
        """Value of a boolean key."""
        return self.keys[key][0].lower() == "true"

    async def authorized(self, connector: int, id_tag: str) -> None:
        """Go on after an authorization: start, or wait for the cable."""
        plug = self.plugs[connector]
        plug.authorized = id_tag
        if plug.plugged:
            await self.start(plug)
            return
        plug.waiting = self.spawn(self._give_up(plug))
        await self.changed(connector)

    async def _give_up(self, plug: Connector) -> None:
        await asyncio.sleep(int(self.keys["ConnectionTimeOut"][0]))
        plug.authorized = None
        await self.changed(plug.number)

    async def start(self, plug: Connector) -> None:
        """Start a transaction for the authorized card."""
        assert plug.authorized
        if plug.waiting:
            plug.waiting.cancel()
        transaction = plug.transaction = Transaction(plug.authorized)
        plug.authorized = None
        body = {"connectorId": plug.number, "idTag": transaction.id_tag, "meterStart": 0, "timestamp": now()}
        transaction.meter = self.spawn(self._measure(plug.number, transaction))
        await self._transaction_message("StartTransaction", body, transaction)
        await self.changed(plug.number)

    def _stop(self, transaction: Transaction, reason: str) -> Payload:
        return {"transactionId": 0, "meterStop": 100, "timestamp": now(), "reason": reason, "idTag": transaction.id_tag}

    async def stop(self, plug: Connector, reason: str) -> None:
        """End the transaction of the connector."""
        transaction = plug.transaction
        assert transaction
        if transaction.meter:
            transaction.meter.cancel()
        plug.transaction, plug.finishing = None, plug.plugged
        self.profiles = [each for each in self.profiles if each[1]["chargingProfilePurpose"] != "TxProfile"]
        body = self._stop(transaction, reason)
        if reason != "Local":
            del body["idTag"]
        await self._transaction_message("StopTransaction", body, transaction)
        await self.changed(plug.number)

    async def _measure(self, connector: int, transaction: Transaction) -> None:
        loop = asyncio.get_running_loop()
        due, energy = loop.time(), 0
        while interval := int(self.keys["MeterValueSampleInterval"][0]):
            due += interval
            await asyncio.sleep(due - loop.time())
            energy += 5
            names = [name for name in self.keys["MeterValuesSampledData"][0].split(",") if name]
            values = [{"value": str(energy), "measurand": name, "context": "Sample.Periodic"} for name in names]
            body = {
                "connectorId": connector,
                "transactionId": 0,
                "meterValue": [{"timestamp": now(), "sampledValue": values}],
            }
            await self._transaction_message("MeterValues", body, transaction)

    # Requests of the central system

    async def _answer(self, message_id: str, action: str, payload: Payload) -> None:
        handler = self.handlers.get(action)
        if handler is None:
            await self.send(json.dumps([4, message_id, "NotImplemented", "", {}]))
            return
        answer, after = handler(self, payload)
        try:
            for item in self.answers(message_id, action, answer):
                await self.send(item)
            if after:
                with contextlib.suppress(WebSocketException):
                    await after
        finally:
            if after:
                # The power may go before it has begun.
                after.close()
