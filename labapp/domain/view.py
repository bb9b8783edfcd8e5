"""What a pure function of a case may look at: the attempt so far, never the clock or the world."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from labapp.domain.stamps import Stamp


@dataclass(frozen=True, slots=True)
class Seen:
    """One message of the attempt. seq: the journal's number of its frame; payload: its object; sender: "sut" or "tool"."""

    seq: int
    at: Stamp
    sender: str
    message: str
    payload: Mapping[str, Any]
    masks: tuple[Mapping[str, Any], ...] = ()


class View(Protocol):
    """The attempt as a case's predicates and computed values see it."""

    @property
    def values(self) -> Mapping[str, Any]:
        """The project's values, by their keys under [values]."""

    @property
    def dut(self) -> Mapping[str, Any]:
        """Facts of the device: `connectors`, `evses`, `cable`, `features`, `cache`, `local_list`, `local_start`, `backup_power` …"""

    @property
    def now(self) -> Stamp:
        """The stamp of the last input."""

    def seen(self, step: int, state: str = "") -> Sequence[Seen]:
        """Messages that were taken for this step number, oldest first; state: of a state that ran before or inside the case."""

    def history(self, message: str = "") -> Sequence[Seen]:
        """All messages of the attempt, or those of one name (`MeterValues.req`), oldest first."""

    def status(self, connector: int) -> str:
        """Last status that the device reported for the connector, "" when it never did."""

    def configuration(self, key: str) -> str | None:
        """Last value that the device reported for a configuration key, without regard to case; None when not known."""

    def readonly(self, key: str) -> bool | None:
        """Whether the device has reported the key as read-only, without regard to case; None when not known."""

    def transaction(self) -> int | str | None:
        """Id of the transaction that runs on the configured connector, None when there is none."""

    def resumed(self, connector: int) -> bool:
        """Whether the connector has reported Charging since the last BootNotification."""

    def locally_known(self) -> bool:
        """Whether an id tag may be in the device's cache or local list, so that it need not ask."""

    def grouped(self) -> bool:
        """Whether the valid cards belong to one group in this case (`<parentIdTag>`)."""

    def files(self) -> Sequence[Mapping[str, Any]]:
        """Transfers of files between the device and the tool's own servers, oldest first; facts as `FileTransferred` has them."""

    def restored(self) -> Stamp | None:
        """When the connection stood again after the tool had cut it; None when it has not been cut and restored."""

    def prompted(self) -> Stamp | None:
        """When the operator was last asked to have the central system send a request; None when that is not known."""

    def secret(self, name: str) -> str | None:
        """Placeholder of a secret of the project, as it stands in outgoing frames; None when there is none."""
