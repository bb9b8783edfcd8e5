"""ZIP files in one canonical form: the same files always give the same bytes, and nothing can hide between them.

The form (APPNOTE 6.3): entries sorted by name, stored, each as local header and data without a gap; version 2.0, UTF-8 names
(flag bit 11), 1980-01-01 00:00, no extra fields, no comments, no data descriptors, regular files with mode 0644; no ZIP64.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")

_LOCAL_MARK, _CENTRAL_MARK, _END_MARK = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_VERSION, _FLAGS, _STORED, _TIME, _DATE = 20, 0x0800, 0, 0, 0x0021
_MADE_BY_UNIX, _REGULAR_FILE = (3 << 8) | _VERSION, 0o100644 << 16
_MOST_FILES, _MOST_BYTES = 0xFFFF, 0xFFFFFFFF


class NotCanonical(ValueError):
    """The bytes are no ZIP in the canonical form; truncated: they end before the ZIP does."""

    def __init__(self, text: str, *, truncated: bool = False) -> None:
        super().__init__(text)
        self.truncated = truncated


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """The canonical ZIP of files by name.

    Raises: ValueError for a name that leads out of the archive, and for more than the form can hold.
    """
    parts: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for name in sorted(files, key=str.encode):
        _refuse_name(name)
        data, encoded = files[name], name.encode()
        if len(data) > _MOST_BYTES or offset > _MOST_BYTES:
            raise ValueError("more than 4 GiB")
        shared = (_VERSION, _FLAGS, _STORED, _TIME, _DATE, zlib.crc32(data), len(data), len(data), len(encoded), 0)
        head = _LOCAL.pack(_LOCAL_MARK, *shared) + encoded
        directory.append(_CENTRAL.pack(_CENTRAL_MARK, _MADE_BY_UNIX, *shared, 0, 0, 0, _REGULAR_FILE, offset) + encoded)
        parts += (head, data)
        offset += len(head) + len(data)
    if len(directory) > _MOST_FILES or offset > _MOST_BYTES:
        raise ValueError("more files or bytes than the form can hold")
    index = b"".join(directory)
    count = len(directory)
    return b"".join((*parts, index, _END.pack(_END_MARK, 0, 0, count, count, len(index), offset, 0)))


def read_zip(data: bytes) -> dict[str, bytes]:
    """The files of a canonical ZIP by name.

    Raises: NotCanonical for anything that `write_zip` would not give again, byte for byte.
    """
    if not data.startswith(_LOCAL_MARK) and not _ends_whole(data):
        raise NotCanonical("it is no ZIP file")
    # A changed byte leaves the length as it was; a file that was cut off has lost its end, and with it the right length.
    whole = _ends_whole(data)
    try:
        files = _files(data)
        rebuilt = write_zip(files)
    except ValueError as error:
        raise NotCanonical(f"its entries cannot be read: {error}", truncated=not whole) from None
    if rebuilt != data:
        cut_off = not whole and (len(rebuilt) > len(data) or not files)
        raise NotCanonical("it differs from what its files give when they are packed again", truncated=cut_off)
    return files


def _files(data: bytes) -> dict[str, bytes]:
    """The entries from the first on, as long as one follows another. Raises ValueError when a name is not UTF-8."""
    files: dict[str, bytes] = {}
    position = 0
    while data.startswith(_LOCAL_MARK, position) and position + _LOCAL.size <= len(data):
        fields = _LOCAL.unpack_from(data, position)
        size, name_length = fields[8], fields[9]
        begin = position + _LOCAL.size
        position = begin + name_length + size
        files[data[begin : begin + name_length].decode()] = data[begin + name_length : position]
    return files


def _ends_whole(data: bytes) -> bool:
    """Whether the last record is there, and was written for a file of this length."""
    if len(data) < _END.size:
        return False
    mark, *_, size, offset, _ = _END.unpack_from(data, len(data) - _END.size)
    return bool(mark == _END_MARK and offset + size + _END.size == len(data))


def _refuse_name(name: str) -> None:
    parts = name.split("/")
    if not name or "\\" in name or "\0" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"the name {name!r} leads out of the archive")
