"""Files over FTP and FTPS (explicit TLS); each call blocks until its transfer has ended."""

from __future__ import annotations

import ftplib
import io
import posixpath
import urllib.parse
from collections.abc import Callable
from typing import TypeVar

from labapp.simulator.transfer_connections import TIMEOUT, trusting_context

_PORT = 21

_T = TypeVar("_T")


def get(parts: urllib.parse.SplitResult) -> bytes:
    """The content of the file at a URL. Raises OSError when it cannot be had."""
    return _transferred(parts, _retrieve)


def put(parts: urllib.parse.SplitResult, content: bytes, name: str) -> None:
    """Store a file of that name in the folder at a URL. Raises OSError when it is not taken."""
    _transferred(parts, lambda ftp, path: _store(ftp, path, name, content))


def _transferred(parts: urllib.parse.SplitResult, transfer: Callable[[ftplib.FTP, str], _T]) -> _T:
    url = parts.geturl()
    try:
        with ftplib.FTP_TLS(context=trusting_context()) if parts.scheme == "ftps" else ftplib.FTP() as ftp:
            ftp.connect(parts.hostname or "", parts.port or _PORT, TIMEOUT)
            ftp.login(urllib.parse.unquote(parts.username or ""), urllib.parse.unquote(parts.password or ""))
            if isinstance(ftp, ftplib.FTP_TLS):
                ftp.prot_p()
            return transfer(ftp, urllib.parse.unquote(parts.path).lstrip("/"))
    except (ftplib.Error, EOFError, ValueError) as fault:
        raise OSError(f"{url}: {fault}") from fault


def _retrieve(ftp: ftplib.FTP, path: str) -> bytes:
    content = io.BytesIO()
    ftp.retrbinary(f"RETR {path}", content.write)
    return content.getvalue()


def _store(ftp: ftplib.FTP, path: str, name: str, content: bytes) -> None:
    ftp.storbinary(f"STOR {posixpath.join(path, name)}", io.BytesIO(content))
