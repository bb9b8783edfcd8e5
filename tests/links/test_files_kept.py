"""Names and sizes of what is kept, and the URLs that devices are given."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.links.file_uploads import Kept, TooLarge, Uploads, safe_name
from labapp.links.files import DUMMY_FIRMWARE, UNSUPPORTED_FILE, address_towards
from labapp.simulator.transfers import FIRMWARE_MAGIC
from tests.links.file_peers import names_in, serving


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("log.zip", "log.zip"),
        ("/var/log/station.tar.gz", "station.tar.gz"),
        ("C:\\logs\\station 1.log", "station-1.log"),
        ("..", "upload"),
        ("", "upload"),
        ("uploads/", "uploads"),
        (".bashrc", "bashrc"),
        ("Prüfling?.log", "Pr-fling-.log"),
        ("con.txt", "upload-con.txt"),
        ("log.incomplete", "upload-log.incomplete"),
        ("x" * 200 + ".zip", "x" * 96 + ".zip"),
        ("x" * 200, "x" * 100),
    ],
)
def test_a_name_is_made_safe(asked: str, name: str) -> None:
    assert safe_name(asked) == name


@given(st.text())
def test_a_name_is_always_one_part_of_a_path(asked: str) -> None:
    name = safe_name(asked)
    assert 0 < len(name) <= 107
    assert name.isascii()
    assert not set(name) & set("/\\:\0 ")
    assert name[0] not in ".-"


def keep(uploads: Uploads, name: str, content: bytes, *, complete: bool = True) -> Kept:
    upload = uploads.begin(name)
    try:
        upload.write(content)
    except OSError:
        upload.end(False)
        raise
    return upload.end(complete)


def test_names_are_numbered_whatever_is_there(tmp_path: Path) -> None:
    (tmp_path / "log-2.zip").write_bytes(b"of an earlier bench")
    uploads = Uploads(tmp_path)
    assert [keep(uploads, "log.zip", b"log").file for _ in range(3)] == ["log.zip", "log-3.zip", "log-4.zip"]
    assert keep(uploads, "log", b"log").file == "log"
    assert keep(uploads, "log", b"log") == Kept("log-2", 3, hashlib.sha256(b"log").hexdigest())


def test_two_that_come_at_once_do_not_meet(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    first, second = uploads.begin("log.zip"), uploads.begin("log.zip")
    first.write(b"first")
    second.write(b"second")
    assert (second.end(True).file, first.end(True).file) == ("log.zip", "log-2.zip")
    assert (tmp_path / "log-2.zip").read_bytes() == b"first"


def test_what_is_not_complete_keeps_its_ending(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    assert keep(uploads, "log.zip", b"lo", complete=False).file == "log.zip.incomplete"
    assert keep(uploads, "log.zip", b"log", complete=False).file == "log-2.zip.incomplete"
    assert keep(uploads, "log.zip", b"", complete=False).file == ""
    assert names_in(tmp_path) == ["log-2.zip.incomplete", "log.zip.incomplete"]


def test_all_uploads_together_have_a_limit(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path, limit=10, together=15)
    with pytest.raises(TooLarge):
        keep(uploads, "a", bytes(11))
    keep(uploads, "b", bytes(10))
    assert (uploads.room_for(5), uploads.room_for(6)) == (True, False)
    with pytest.raises(OSError, match="too large together"):
        keep(uploads, "c", bytes(6))


async def test_urls_hold_what_lets_a_device_in(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP", "FTP") as (servers, _):
        http, ftp = servers.ports["HTTP"], servers.ports["FTP"]
        secret = "{{secret:files}}"
        assert servers.url("HTTP", "firmware", "10.0.0.1", secret) == (
            f"http://10.0.0.1:{http}/{secret}/firmware/firmware.bin"
        )
        assert servers.url("HTTP", "uploads", "::1", secret) == f"http://[::1]:{http}/{secret}/uploads/"
        assert servers.url("FTP", "unsupported", "bench.lab", secret) == (
            f"ftp://labapp:{secret}@bench.lab:{ftp}/unsupported/not-a-firmware.txt"
        )


@pytest.mark.parametrize(("remote", "own"), [("127.0.0.1:9000", "127.0.0.1"), (":9000", ""), ("no host:1", "")])
def test_the_address_towards_a_device_is_told(remote: str, own: str) -> None:
    assert address_towards(remote) == own


def test_a_simulated_station_takes_the_one_file_for_a_firmware_and_the_other_for_none() -> None:
    assert DUMMY_FIRMWARE.startswith(FIRMWARE_MAGIC)
    assert not UNSUPPORTED_FILE.startswith(FIRMWARE_MAGIC)
