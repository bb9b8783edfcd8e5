"""What a file server tells of one transfer, and what the servers of all protocols share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from labapp.domain.errors import EnvironmentFault
from labapp.domain.stamps import utc_text
from labapp.engine.ports import Clock
from labapp.links.file_uploads import Uploads

FIRMWARE, UNSUPPORTED, UPLOADS = "firmware", "unsupported", "uploads"
#: Folders of every server, as they stand in URLs: a firmware, one that must be refused, and what the device sends.
FOLDERS = (FIRMWARE, UNSUPPORTED, UPLOADS)

#: Name under which a device logs in, where the protocol has logins.
USER = "labapp"

ENDED_EARLY = "the connection ended before the file did"
NO_SUCH_FILE = "there is no such file"


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer, or the try at one.

    direction: "upload" from the device, "download" to it, "login" for one that was refused. name: as the device gives it.
    file: under which an upload is kept, "" otherwise. bytes: that went over. sha256: of an upload what came, of a download the
    whole file; "" where there is none. fault: why it is not complete, "" when it is. remote: "HOST:PORT". began, ended: UTC.
    """

    direction: Literal["upload", "download", "login"]
    protocol: str
    name: str
    file: str = ""
    bytes: int = 0
    sha256: str = ""
    fault: str = ""
    remote: str = ""
    began: str = ""
    ended: str = ""

    def facts(self) -> dict[str, Any]:
        """The transfer as JSON values, with `complete`."""
        return {**asdict(self), "complete": not self.fault}


Tell = Callable[[Transfer], None]
"""Takes what a server tells of a transfer; it may be called from any thread."""


@dataclass(frozen=True, slots=True)
class Share:
    """What all servers of a run serve and take.

    root: a folder with FOLDERS in it, of this run alone. uploads: where what comes is kept. secret: lets a device in. digests: SHA-256
    of the served files, by folder and name.
    """

    root: Path
    uploads: Uploads
    secret: str
    clock: Clock
    tell: Tell
    digests: Mapping[tuple[str, str], str]

    def now(self) -> str:
        """This moment as UTC text."""
        return utc_text(self.clock.now().utc)


class FileServer(Protocol):
    """A server of one protocol."""

    async def start(self) -> int:
        """Listen; returns the port. Raises EnvironmentFault when it cannot."""

    async def close(self) -> None:
        """End every transfer and free the port."""


def unusable_certificate(path: Path) -> EnvironmentFault:
    """Why TLS cannot be served."""
    mend = "name a PEM file with both, without a password"
    return EnvironmentFault("key and certificate cannot be used", where=str(path), mend=mend)
