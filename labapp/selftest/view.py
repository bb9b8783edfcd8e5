"""What was known at a moment of a conformant course: the view for the conditions and checks of the case, apart from the engine's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from labapp.domain.stamps import Stamp
from labapp.domain.view import Seen
from labapp.ocpp.frames import CallResult, frame_text
from labapp.ocpp.masking import Masker
from labapp.selftest.course import Course, Said


@dataclass(frozen=True, slots=True)
class CourseView:
    """The course up to and with the message number `until` of its messages; replaced: payloads that a mutant puts in, by frame."""

    course: Course
    until: int
    replaced: Mapping[int, Mapping[str, Any]]

    @property
    def _said(self) -> Sequence[Said]:
        return self.course.said[: self.until + 1]

    def _seen(self, said: Said) -> Seen:
        payload = self.replaced.get(said.seq, said.payload)
        if not self.course.secret:
            return Seen(said.seq, said.at, said.sender, said.name, payload)
        masker = Masker({"password": self.course.secret}, b"self-test")
        _, masks = masker.mask_frame(frame_text(CallResult("", payload)))
        return Seen(said.seq, said.at, said.sender, said.name, payload, masks)

    @property
    def values(self) -> Mapping[str, Any]:
        """The values of the run."""
        return self.course.values

    @property
    def dut(self) -> Mapping[str, Any]:
        """The declared facts."""
        return self.course.dut

    @property
    def now(self) -> Stamp:
        """The stamp of the last message."""
        return self._said[-1].at

    def seen(self, step: int, state: str = "") -> Sequence[Seen]:
        """Messages of a step; the answers of the tool belong to the step behind the request's."""
        places = {p.seq: p.place for p in self.course.passages}
        found = []
        for said in self._said:
            taken = said.taken
            if said.sender == "tool" and said.kind == "conf":
                request = next((s for s in self._said if s.payload is said.request and s.seq in places), None)
                taken = (places[request.seq].stage.scope, places[request.seq].item.response_step) if request else None
            if taken == (state, step):
                found.append(self._seen(said))
        return found

    def history(self, message: str = "") -> Sequence[Seen]:
        """All messages, or those of one name."""
        return [self._seen(said) for said in self._said if not message or said.name == message]

    def status(self, connector: int) -> str:
        """Last reported status of a connector."""
        reported = [
            s.payload for s in self.history("StatusNotification.req") if s.payload.get("connectorId") == connector
        ]
        return str(reported[-1].get("status", "")) if reported else "Available"

    def configuration(self, key: str) -> str | None:
        """Last value that an answer to GetConfiguration gave."""
        found = None
        for seen in self.history("GetConfiguration.conf"):
            for entry in seen.payload.get("configurationKey") or ():
                if str(entry.get("key", "")).lower() == key.lower():
                    found = entry.get("value")
        return found

    def readonly(self, key: str) -> bool | None:
        """What the last answer to GetConfiguration that has the key said."""
        found = None
        for seen in self.history("GetConfiguration.conf"):
            for entry in seen.payload.get("configurationKey") or ():
                if str(entry.get("key", "")).lower() == key.lower():
                    found = entry.get("readonly")
        return found

    def grouped(self) -> bool:
        """Whether the valid cards belong to one group in the case."""
        return self.course.case.grouped

    def transaction(self) -> int | str | None:
        """The transaction that was started last and not stopped."""
        running: int | str | None = None
        for seen in self.history():
            if seen.message == "StartTransaction.conf":
                running = seen.payload.get("transactionId")
            elif seen.message == "StopTransaction.req":
                running = None
        return running

    def resumed(self, connector: int) -> bool:
        """Whether the connector has reported Charging since the last boot."""
        charging = False
        for seen in self.history():
            if seen.message == "BootNotification.req":
                charging = False
            elif seen.message == "StatusNotification.req" and seen.payload.get("connectorId") == connector:
                charging = charging or seen.payload.get("status") == "Charging"
        return charging

    def locally_known(self) -> bool:
        """Whether a tag has been put on the local list, or was accepted by the tool, so that the cache may hold it."""
        cached = False
        for seen in self.history():
            if seen.message == "SendLocalList.req" and seen.payload.get("localAuthorizationList"):
                return True
            info = seen.payload.get("idTagInfo")
            if seen.sender == "tool" and isinstance(info, Mapping) and info.get("status") == "Accepted":
                cached = True
            elif seen.message == "ClearCache.conf" and seen.payload.get("status") == "Accepted":
                cached = False
        return cached

    def files(self) -> Sequence[Mapping[str, Any]]:
        """No server of the tool takes part in a self-test."""
        return ()

    def restored(self) -> Stamp | None:
        """The first message over the connection that stands, where there was one before it."""
        begun = [later.at for earlier, later in pairwise(self._said) if earlier.session != later.session]
        return begun[-1] if begun else None

    def prompted(self) -> Stamp | None:
        """Not known: a course has the messages alone."""
        return None

    def secret(self, name: str) -> str | None:
        """No check looks at secrets in the open."""
        return None
