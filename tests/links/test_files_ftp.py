"""Files over FTP and FTPS, with Python's own client."""

from __future__ import annotations

import asyncio
import ftplib
import socket
from pathlib import Path

import pytest

from labapp.links.files import DUMMY_FIRMWARE, UNSUPPORTED_FILE
from labapp.links.listener import bound_socket
from tests.links.file_peers import HOST, SECRET, connected, fetched, names_in, over_ftp, serving, stored, transfer

LOG = b"log of a station\n" * 5000
KINDS = [("FTP", "FTP"), ("FTPS", "FTPS"), ("TLS at once", "FTPS")]


@pytest.mark.parametrize(("kind", "protocol"), KINDS)
async def test_what_is_uploaded_is_kept_and_told(tmp_path: Path, kind: str, protocol: str) -> None:
    async with serving(tmp_path, protocol) as (servers, told):
        answer = await over_ftp(kind, servers.ports[protocol], lambda client: stored(client, "/uploads/log.zip", LOG))
        assert answer == "226 Transfer complete."
        assert await told.next() == transfer("upload", protocol, "log.zip", LOG)
        assert told.nothing()
    assert (tmp_path / "log.zip").read_bytes() == LOG


@pytest.mark.parametrize(("kind", "protocol"), KINDS)
async def test_a_firmware_is_fetched_and_told(tmp_path: Path, kind: str, protocol: str) -> None:
    async with serving(tmp_path, protocol) as (servers, told):
        port = servers.ports[protocol]
        assert await over_ftp(kind, port, lambda client: fetched(client, "/firmware/firmware.bin")) == DUMMY_FIRMWARE
        assert await told.next() == transfer("download", protocol, "firmware.bin", DUMMY_FIRMWARE)
        got = await over_ftp(kind, port, lambda client: fetched(client, "/unsupported/not-a-firmware.txt"))
        assert got == UNSUPPORTED_FILE
        assert await told.next() == transfer("download", protocol, "not-a-firmware.txt", UNSUPPORTED_FILE)


async def test_a_download_may_be_resumed(tmp_path: Path) -> None:
    async with serving(tmp_path, "FTP") as (servers, told):
        got = await over_ftp("FTP", servers.ports["FTP"], lambda client: fetched(client, "firmware/firmware.bin", 100))
        assert got == DUMMY_FIRMWARE[100:]
        whole = transfer("download", "FTP", "firmware.bin", DUMMY_FIRMWARE, bytes=len(DUMMY_FIRMWARE) - 100)
        assert await told.next() == whole


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with serving(tmp_path, "FTP") as (servers, told):
        with pytest.raises(ftplib.error_perm, match="550"):
            await over_ftp("FTP", servers.ports["FTP"], lambda client: fetched(client, "firmware/does_not_exist_x.bin"))
        missing = transfer(
            "download", "FTP", "does_not_exist_x.bin", fault="there is no such file", complete=False, sha256=""
        )
        assert await told.next() == missing


async def test_a_wrong_password_is_refused_and_told(tmp_path: Path) -> None:
    async with serving(tmp_path, "FTP") as (servers, told):
        with pytest.raises(ftplib.error_perm, match="530"):
            await over_ftp("FTP", servers.ports["FTP"], ftplib.FTP.pwd, password="guessed")
        refused = transfer("login", "FTP", "", fault="wrong user or password", complete=False, sha256="")
        assert await told.next() == refused


async def test_ftps_takes_no_password_in_plain_text(tmp_path: Path) -> None:
    async with serving(tmp_path, "FTPS") as (servers, _):
        with pytest.raises(ftplib.error_perm, match="550 SSL/TLS required on the control channel"):
            await over_ftp("FTP", servers.ports["FTPS"], ftplib.FTP.pwd)


async def test_two_uploads_of_one_name_are_both_kept(tmp_path: Path) -> None:
    async with serving(tmp_path, "FTP") as (servers, told):
        for content in (b"first", b"second"):
            await over_ftp(
                "FTP", servers.ports["FTP"], lambda client, content=content: stored(client, "uploads/log.zip", content)
            )
        assert (await told.next())["file"] == "log.zip"
        assert (await told.next())["file"] == "log-2.zip"
    assert (tmp_path / "log.zip").read_bytes() == b"first"
    assert (tmp_path / "log-2.zip").read_bytes() == b"second"


@pytest.mark.parametrize("name", ["../../../log.zip", "/uploads/../../../log.zip", "/log.zip", "..\\..\\log.zip"])
async def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    async with serving(kept, "FTP") as (servers, told):
        await over_ftp("FTP", servers.ports["FTP"], lambda client: stored(client, name, b"log"))
        assert (await told.next())["file"] == "log.zip"
    assert names_in(tmp_path) == ["kept"]
    assert names_in(kept) == ["log.zip"]


async def test_nothing_outside_of_the_folder_is_served(tmp_path: Path) -> None:
    async with serving(tmp_path, "FTP") as (servers, _):
        with pytest.raises(ftplib.error_perm, match="550"):
            await over_ftp("FTP", servers.ports["FTP"], lambda client: fetched(client, "../../../../etc/passwd"))


@pytest.mark.parametrize("name", ["/firmware/firmware.bin", "/unsupported/mine.bin"])
async def test_what_is_served_cannot_be_changed(tmp_path: Path, name: str) -> None:
    async with serving(tmp_path, "FTP") as (servers, _):
        with pytest.raises(ftplib.error_perm, match="550 Not enough privileges"):
            await over_ftp("FTP", servers.ports["FTP"], lambda client: stored(client, name, b"mine"))
        with pytest.raises(ftplib.error_perm, match="550 Not enough privileges"):
            await over_ftp("FTP", servers.ports["FTP"], lambda client: client.delete("/firmware/firmware.bin"))


async def test_a_device_that_names_only_the_folder_is_not_refused(tmp_path: Path) -> None:
    async with serving(tmp_path, "FTP") as (servers, told):
        await over_ftp("FTP", servers.ports["FTP"], lambda client: stored(client, "/uploads/", b"log"))
        assert await told.next() == transfer("upload", "FTP", "uploads", b"log", file="upload")


async def test_a_device_may_look_at_its_upload_rename_and_delete_it(tmp_path: Path) -> None:
    def careful(client: ftplib.FTP) -> tuple[int | None, list[str]]:
        client.cwd("uploads")
        client.mkd("station")
        client.cwd("station")
        stored(client, "log.part", LOG)
        size = client.size("log.part")
        client.rename("log.part", "log.zip")
        listed = client.nlst()
        client.delete("log.zip")
        return size, listed

    async with serving(tmp_path, "FTP") as (servers, told):
        assert await over_ftp("FTP", servers.ports["FTP"], careful) == (len(LOG), ["log.zip"])
        assert await told.next() == transfer("upload", "FTP", "log.part", LOG)
    assert (tmp_path / "log.part").read_bytes() == LOG


async def test_a_device_that_dies_in_the_midst_has_not_uploaded(tmp_path: Path) -> None:
    def dying(port: int) -> None:
        client = connected("FTP", port)
        client.login("labapp", SECRET)
        client.voidcmd("TYPE I")
        data = client.transfercmd("STOR uploads/log.zip")
        data.sendall(b"half of the log")
        # The answer comes when the server has read what came before.
        client.putcmd("NOOP")
        client.getmultiline()
        # The kernel closes what a dead process had open, the control connection first.
        client.close()
        data.close()

    async with serving(tmp_path, "FTP") as (servers, told):
        await asyncio.to_thread(dying, servers.ports["FTP"])
        half = transfer("upload", "FTP", "log.zip", b"half of the log", file="log.zip.incomplete")
        assert await told.next() == half | {"fault": "the connection ended before the file did", "complete": False}
    assert names_in(tmp_path) == ["log.zip.incomplete"]


async def test_an_upload_that_is_aborted_is_not_complete(tmp_path: Path) -> None:
    def aborting(client: ftplib.FTP) -> None:
        data = client.transfercmd("STOR uploads/log.zip")
        data.sendall(b"half")
        client.putcmd("NOOP")
        client.getmultiline()
        client.abort()
        data.close()

    async with serving(tmp_path, "FTP") as (servers, told):
        await over_ftp("FTP", servers.ports["FTP"], aborting)
        facts = await told.next()
    assert (facts["complete"], facts["fault"]) == (False, "the connection ended before the file did")


async def test_an_upload_without_data_leaves_nothing(tmp_path: Path) -> None:
    def promising(port: int) -> None:
        client = connected("FTP", port)
        client.login("labapp", SECRET)
        client.makepasv()
        client.sendcmd("STOR uploads/log.zip")
        client.close()

    async with serving(tmp_path, "FTP") as (servers, told):
        await asyncio.to_thread(promising, servers.ports["FTP"])
        facts = await told.next()
    assert (facts["complete"], facts["file"], facts["bytes"]) == (False, "", 0)
    assert names_in(tmp_path) == []


async def test_an_upload_cannot_be_resumed(tmp_path: Path) -> None:
    def resuming(client: ftplib.FTP) -> None:
        client.voidcmd("TYPE I")
        client.transfercmd("STOR uploads/log.zip", rest=3)

    async with serving(tmp_path, "FTP") as (servers, told):
        with pytest.raises(ftplib.error_perm, match="550 an upload cannot be resumed"):
            await over_ftp("FTP", servers.ports["FTP"], resuming)
        assert told.nothing()


async def test_an_upload_that_is_too_large_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path, "FTP", limit=10_000) as (servers, told):
        with pytest.raises((ftplib.error_temp, OSError)):
            await over_ftp("FTP", servers.ports["FTP"], lambda client: stored(client, "uploads/log.zip", LOG))
        facts = await told.next()
    assert (facts["complete"], facts["fault"]) == (False, "it is larger than 10000 bytes")
    assert facts["bytes"] <= 10_000


async def test_passive_ports_are_those_that_are_named(tmp_path: Path) -> None:
    with socket.socket() as first, socket.socket() as second:
        for each in (first, second):
            each.bind((HOST, 0))
        ports = [each.getsockname()[1] for each in (first, second)]
    async with serving(tmp_path, "FTP", ports=ports) as (servers, _):
        assert servers.ports["FTP"] == ports[0]
        assert (await over_ftp("FTP", ports[0], ftplib.FTP.makepasv))[1] == ports[1]


async def test_a_server_that_has_ended_frees_its_port(tmp_path: Path) -> None:
    async with serving(tmp_path, "FTP", "FTPS") as (servers, told):
        ports = dict(servers.ports)
        lingering = await asyncio.to_thread(connected, "FTP", ports["FTP"])
    assert servers.ports == {}
    assert lingering.sock.recv(1) == b""
    lingering.close()
    for port in ports.values():
        with bound_socket(HOST, port) as again:
            again.listen()
    assert told.nothing()


async def test_an_upload_without_a_name_gets_one(tmp_path: Path) -> None:
    def storing(client: ftplib.FTP) -> None:
        client.voidcmd("TYPE I")
        data = client.transfercmd("STOU")
        data.sendall(b"log")
        data.close()
        client.voidresp()

    async with serving(tmp_path, "FTP") as (servers, told):
        await over_ftp("FTP", servers.ports["FTP"], storing)
        assert await told.next() == transfer("upload", "FTP", "upload", b"log", file="ftpd")


async def test_a_folder_that_is_gone_refuses_an_upload(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    async with serving(kept, "FTP") as (servers, told):
        kept.rmdir()
        with pytest.raises(ftplib.error_perm, match="550 No such file or directory"):
            await over_ftp("FTP", servers.ports["FTP"], lambda client: stored(client, "uploads/log.zip", b"log"))
        assert told.nothing()


async def test_a_folder_that_goes_away_is_told(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()

    def robbed(client: ftplib.FTP) -> None:
        data = client.transfercmd("STOR uploads/log.zip")
        data.sendall(b"log")
        (kept / "log.zip.incomplete").unlink()
        kept.rmdir()
        data.close()
        client.voidresp()

    async with serving(kept, "FTP") as (servers, told):
        await over_ftp("FTP", servers.ports["FTP"], robbed)
        facts = await told.next()
    assert (facts["fault"], facts["file"], facts["complete"]) == ("No such file or directory", "", False)


async def test_ftps_serves_whoever_speaks_first_or_leaves_at_once(tmp_path: Path) -> None:
    def hasty(port: int) -> bytes:
        socket.create_connection((HOST, port)).close()
        with socket.create_connection((HOST, port), timeout=10) as eager, eager.makefile("rb") as lines:
            eager.sendall(b"USER labapp\r\n")
            return lines.readline() + lines.readline()

    async with serving(tmp_path, "FTPS") as (servers, _):
        answer = await asyncio.to_thread(hasty, servers.ports["FTPS"])
        assert answer == b"220 labapp\r\n550 SSL/TLS required on the control channel.\r\n"


@pytest.mark.parametrize("kind", ["TLS at once", "FTPS"])
async def test_data_stays_protected_after_another_login(tmp_path: Path, kind: str) -> None:
    def again(client: ftplib.FTP) -> str:
        client.sendcmd("USER labapp")
        client.sendcmd(f"PASS {SECRET}")
        if kind == "FTPS":
            assert isinstance(client, ftplib.FTP_TLS)
            client.prot_p()
        return stored(client, "uploads/log.zip", b"log")

    async with serving(tmp_path, "FTPS") as (servers, told):
        assert await over_ftp(kind, servers.ports["FTPS"], again) == "226 Transfer complete."
        assert await told.next() == transfer("upload", "FTPS", "log.zip", b"log")


async def test_an_upload_under_way_ends_with_the_server(tmp_path: Path) -> None:
    def begun(port: int) -> tuple[ftplib.FTP, socket.socket]:
        client = connected("FTP", port)
        client.login("labapp", SECRET)
        data = client.transfercmd("STOR uploads/log.zip")
        data.sendall(b"half")
        client.putcmd("NOOP")
        client.getmultiline()
        return client, data

    async with serving(tmp_path, "FTP") as (servers, told):
        client, data = await asyncio.to_thread(begun, servers.ports["FTP"])
    facts = await told.next()
    assert (facts["file"], facts["bytes"], facts["complete"]) == ("log.zip.incomplete", 4, False)
    data.close()
    client.close()
