"""Who may charge: the authorization cache, the local authorization list, and the rules that combine them.

OCPP 1.6 edition 2, sections 3.5 (local authorization and offline behaviour), 4.1 and 5.15.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ocpp.v16 import call

from labapp.simulator.configuration import MAX_LIST_LENGTH, Configuration
from labapp.simulator.runtime import Runtime
from labapp.simulator.session import RequestFailed


@dataclass(frozen=True, slots=True)
class IdTagInfo:
    """What is known of an identifier. status: an AuthorizationStatus of the wire."""

    status: str
    parent_id_tag: str | None = None
    expiry_date: datetime | None = None

    @property
    def accepted(self) -> bool:
        """Whether it may charge."""
        return self.status == "Accepted"

    def at(self, moment: datetime) -> IdTagInfo:
        """The same at that moment: Expired when its date has passed."""
        if self.accepted and self.expiry_date is not None and self.expiry_date <= moment:
            return IdTagInfo("Expired", self.parent_id_tag, self.expiry_date)
        return self


def id_tag_info(fields: Mapping[str, Any]) -> IdTagInfo:
    """An `idTagInfo` of the wire, its keys in snake_case; an expiryDate without a zone is read as UTC."""
    text = fields.get("expiry_date")
    expiry = None
    if text:
        expiry = datetime.fromisoformat(text)
        expiry = expiry if expiry.tzinfo else expiry.replace(tzinfo=UTC)
    return IdTagInfo(str(fields["status"]), fields.get("parent_id_tag"), expiry)


class LocalList:
    """The local authorization list. version 0: empty."""

    def __init__(self) -> None:
        self.version = 0
        self._entries: dict[str, IdTagInfo] = {}
        self.fails_next = False

    def find(self, id_tag: str) -> IdTagInfo | None:
        """The entry of the identifier, without case."""
        return self._entries.get(id_tag.lower())

    def update(self, version: int, update_type: str, entries: Sequence[Mapping[str, Any]]) -> str:
        """Carry out a SendLocalList.req, wholly or not at all; the status of the answer."""
        if self.fails_next:
            self.fails_next = False
            return "Failed"
        names = [str(entry["id_tag"]).lower() for entry in entries]
        if version <= 0 or len(entries) > MAX_LIST_LENGTH or len(set(names)) < len(names):
            return "Failed"
        if update_type == "Full":
            if any("id_tag_info" not in entry for entry in entries):
                return "Failed"
            changed: dict[str, IdTagInfo] = {}
        else:
            if version <= self.version:
                return "VersionMismatch"
            changed = dict(self._entries)
        for name, entry in zip(names, entries, strict=True):
            if "id_tag_info" in entry:
                changed[name] = id_tag_info(entry["id_tag_info"])
            else:
                changed.pop(name, None)
        if len(changed) > MAX_LIST_LENGTH:
            return "Failed"
        self._entries = changed
        self.version = version if changed else 0
        return "Accepted"


class Authorizer:
    """The station's authorization: cache and list, kept through reboots, and the decision for each presented identifier."""

    def __init__(self, runtime: Runtime, configuration: Configuration) -> None:
        self._runtime = runtime
        self._configuration = configuration
        self._cache: dict[str, IdTagInfo] = {}
        self.local_list = LocalList()

    @property
    def cache_enabled(self) -> bool:
        """Whether the station has a cache and uses it."""
        return self._configuration.boolean("AuthorizationCacheEnabled")

    @property
    def list_enabled(self) -> bool:
        """Whether the station has a local list and uses it."""
        return self._configuration.boolean("LocalAuthListEnabled")

    def clear_cache(self) -> bool:
        """Empty the cache; False when there is none in use."""
        if self.cache_enabled and not self._runtime.defect("cache_not_cleared"):
            self._cache.clear()
        return self.cache_enabled

    def known(self, id_tag: str) -> IdTagInfo | None:
        """What the station knows of the identifier by itself; the list goes before the cache."""
        info = self.local_list.find(id_tag) if self.list_enabled else None
        if info is None and self.cache_enabled:
            info = self._cache.get(id_tag.lower())
        return info.at(self._runtime.now()) if info else None

    def learn(self, id_tag: str, info: IdTagInfo) -> None:
        """Put what the central system said into the cache, unless the list speaks of the identifier."""
        if self.cache_enabled and not (self.list_enabled and self.local_list.find(id_tag)):
            self._cache[id_tag.lower()] = info

    async def authorize(self, id_tag: str) -> IdTagInfo:
        """Whether the identifier may charge, asking the central system where the rules want it."""
        known = self.known(id_tag)
        if self._runtime.online:
            if known is not None and known.accepted and self._configuration.boolean("LocalPreAuthorize"):
                return known
            return await self.ask(id_tag)
        return self._offline(known)

    async def ask(self, id_tag: str) -> IdTagInfo:
        """Send an Authorize.req; without an answer what the station knows by itself decides."""
        try:
            answer = await self._runtime.request(call.Authorize(id_tag=id_tag))
        except RequestFailed:
            return IdTagInfo("Invalid")
        except (ConnectionError, TimeoutError):
            return self._offline(self.known(id_tag))
        info = id_tag_info(answer.id_tag_info)
        self.learn(id_tag, info)
        return info

    def _offline(self, known: IdTagInfo | None) -> IdTagInfo:
        if known is not None:
            return known if self._configuration.boolean("LocalAuthorizeOffline") else IdTagInfo("Invalid")
        return IdTagInfo("Accepted" if self._configuration.boolean("AllowOfflineTxForUnknownId") else "Invalid")
