"""Files over HTTP and HTTPS, with aiohttp's client and with bare sockets."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from labapp.domain.errors import EnvironmentFault
from labapp.links.files import DUMMY_FIRMWARE, UNSUPPORTED_FILE, FileServers
from labapp.links.listener import bound_socket
from tests.links.conftest import RealClock
from tests.links.file_peers import HOST, SECRET, Told, names_in, serving, transfer, trusting_anyone

LOG = b"log of a station\n" * 5000
BOTH = pytest.mark.parametrize("protocol", ["HTTP", "HTTPS"])


async def ask(method: str, url: str, **options: Any) -> tuple[int, bytes]:
    """Status and content of the answer."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, ssl=trusting_anyone(), **options) as answer,
    ):
        return answer.status, await answer.read()


def place(servers: FileServers, folder: str, name: str = "", protocol: str = "HTTP") -> str:
    """URL of a folder with another name at its end."""
    return servers.url(protocol, folder, HOST, SECRET).rpartition("/")[0] + f"/{name}"


@BOTH
@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_what_is_uploaded_is_kept_and_told(tmp_path: Path, protocol: str, method: str) -> None:
    async with serving(tmp_path, protocol) as (servers, told):
        status, _ = await ask(method, place(servers, "uploads", "log.zip", protocol), data=LOG)
        assert status == 201
        assert await told.next() == transfer("upload", protocol, "log.zip", LOG)
        assert told.nothing()
    assert (tmp_path / "log.zip").read_bytes() == LOG


@BOTH
async def test_a_form_with_a_file_is_taken(tmp_path: Path, protocol: str) -> None:
    form = aiohttp.FormData()
    form.add_field("station", "CS-1")
    form.add_field("file", LOG, filename="log.zip", content_type="application/zip")
    async with serving(tmp_path, protocol) as (servers, told):
        status, _ = await ask("POST", servers.url(protocol, "uploads", HOST, SECRET), data=form)
        assert status == 201
        assert await told.next() == transfer("upload", protocol, "log.zip", LOG)
    assert names_in(tmp_path) == ["log.zip"]


async def test_a_form_without_a_file_is_refused(tmp_path: Path) -> None:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("station", "CS-1")
    async with serving(tmp_path, "HTTP") as (servers, told):
        status, _ = await ask("POST", servers.url("HTTP", "uploads", HOST, SECRET), data=form)
        assert (status, told.nothing()) == (400, True)


@pytest.mark.parametrize(
    ("url_ends", "headers", "file"),
    [
        ("", {}, "upload"),
        ("", {"Content-Disposition": 'attachment; filename="log 1.zip"'}, "log-1.zip"),
        ("station/log.zip", {}, "log.zip"),
    ],
)
async def test_a_body_finds_its_name(tmp_path: Path, url_ends: str, headers: dict[str, str], file: str) -> None:
    async with serving(tmp_path, "HTTP") as (servers, told):
        await ask("PUT", place(servers, "uploads", url_ends), data=b"log", headers=headers)
        assert (await told.next())["file"] == file


@BOTH
async def test_a_firmware_is_fetched_and_told(tmp_path: Path, protocol: str) -> None:
    async with serving(tmp_path, protocol) as (servers, told):
        assert await ask("GET", servers.url(protocol, "firmware", HOST, SECRET)) == (200, DUMMY_FIRMWARE)
        assert await told.next() == transfer("download", protocol, "firmware.bin", DUMMY_FIRMWARE)
        assert await ask("GET", servers.url(protocol, "unsupported", HOST, SECRET)) == (200, UNSUPPORTED_FILE)
        assert await told.next() == transfer("download", protocol, "not-a-firmware.txt", UNSUPPORTED_FILE)


@pytest.mark.parametrize(
    ("asked", "first", "end"), [("bytes=100-", 100, None), ("bytes=0-9", 0, 10), ("bytes=-5", -5, None)]
)
async def test_a_part_of_a_firmware_is_fetched(tmp_path: Path, asked: str, first: int, end: int | None) -> None:
    part = DUMMY_FIRMWARE[first:end]
    async with serving(tmp_path, "HTTP") as (servers, told):
        got = await ask("GET", servers.url("HTTP", "firmware", HOST, SECRET), headers={"Range": asked})
        assert got == (206, part)
        assert await told.next() == transfer("download", "HTTP", "firmware.bin", DUMMY_FIRMWARE, bytes=len(part))


async def test_a_range_behind_the_end_is_refused(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP") as (servers, told):
        status, _ = await ask("GET", servers.url("HTTP", "firmware", HOST, SECRET), headers={"Range": "bytes=9999999-"})
        assert (status, told.nothing()) == (416, True)


async def test_looking_at_a_firmware_is_no_transfer(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP") as (servers, told):
        assert await ask("HEAD", servers.url("HTTP", "firmware", HOST, SECRET)) == (200, b"")
        assert told.nothing()


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP") as (servers, told):
        assert (await ask("GET", place(servers, "firmware", "does_not_exist_firmware.bin")))[0] == 404
        missing = transfer(
            "download", "HTTP", "does_not_exist_firmware.bin", fault="there is no such file", complete=False, sha256=""
        )
        assert await told.next() == missing


async def test_a_wrong_secret_finds_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP") as (servers, told):
        for method, folder in (("GET", "firmware"), ("PUT", "uploads")):
            url = servers.url("HTTP", folder, HOST, "guessed")
            assert (await ask(method, url, data=b"" if method == "PUT" else None))[0] == 404
            refused = transfer("login", "HTTP", "", fault="the URL is none of this run", complete=False, sha256="")
            assert await told.next() == refused
    assert names_in(tmp_path) == []


async def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP") as (servers, told):
        url = servers.url("HTTP", "firmware", HOST, SECRET).replace("/firmware/", "/Firmware/")
        assert (await ask("GET", url))[0] == 404
        missing = transfer(
            "download", "HTTP", "Firmware/firmware.bin", fault="there is no such file", complete=False, sha256=""
        )
        assert await told.next() == missing


async def test_each_folder_has_its_methods(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP") as (servers, _):
        assert (await ask("GET", place(servers, "uploads", "log.zip")))[0] == 405
        assert (await ask("PUT", place(servers, "firmware", "mine.bin"), data=b"mine"))[0] == 405
        assert (await ask("DELETE", servers.url("HTTP", "firmware", HOST, SECRET)))[0] == 405


async def test_two_uploads_of_one_name_are_both_kept(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP") as (servers, told):
        for content in (b"first", b"second"):
            await ask("PUT", place(servers, "uploads", "log.zip"), data=content)
        assert [(await told.next())["file"] for _ in range(2)] == ["log.zip", "log-2.zip"]
    assert (tmp_path / "log.zip").read_bytes() == b"first"
    assert (tmp_path / "log-2.zip").read_bytes() == b"second"


async def raw(servers: FileServers, data: bytes) -> bytes:
    """What the server answers to bytes as they are; they ask it to close the connection."""
    reader, writer = await asyncio.open_connection(HOST, servers.ports["HTTP"])
    writer.write(data)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def break_off(servers: FileServers, data: bytes) -> None:
    """A device that dies after these bytes."""
    _, writer = await asyncio.open_connection(HOST, servers.ports["HTTP"])
    writer.write(data)
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("path", ["../../../log.zip", "%2e%2e/%2e%2e/log.zip", "..%5c..%5clog.zip", "%2fetc%2flog.zip"])
async def test_no_name_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    async with serving(kept, "HTTP") as (servers, told):
        head = f"PUT /{SECRET}/uploads/{path} HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nConnection: close\r\n\r\n"
        assert (await raw(servers, head.encode() + b"log")).startswith(b"HTTP/1.1 201 ")
        assert (await told.next())["file"] == "log.zip"
    assert names_in(tmp_path) == ["kept"]


@pytest.mark.parametrize("path", ["../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fcertificate.pem", ""])
async def test_nothing_outside_of_the_folder_is_served(tmp_path: Path, path: str) -> None:
    async with serving(tmp_path, "HTTP", "HTTPS") as (servers, _):
        head = f"GET /{SECRET}/firmware/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert (await raw(servers, head.encode())).startswith(b"HTTP/1.1 404 ")


HALF = b"half of the log"
TRUNCATED = {
    "by length": b"Content-Length: 1000\r\n\r\n" + HALF,
    "in chunks": b"Transfer-Encoding: chunked\r\n\r\nf\r\n" + HALF + b"\r\n",
}


@pytest.mark.parametrize("form", TRUNCATED)
async def test_a_device_that_dies_in_the_midst_has_not_uploaded(tmp_path: Path, form: str) -> None:
    async with serving(tmp_path, "HTTP") as (servers, told):
        head = f"PUT /{SECRET}/uploads/log.zip HTTP/1.1\r\nHost: x\r\n"
        await break_off(servers, head.encode() + TRUNCATED[form])
        half = transfer("upload", "HTTP", "log.zip", HALF, file="log.zip.incomplete")
        assert await told.next() == half | {"fault": "the connection ended before the file did", "complete": False}
    assert names_in(tmp_path) == ["log.zip.incomplete"]


async def test_a_form_that_breaks_off_is_not_complete(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP") as (servers, told):
        body = b'--B\r\nContent-Disposition: form-data; name="f"; filename="log.zip"\r\n\r\n' + HALF
        head = f"POST /{SECRET}/uploads/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B\r\n"
        await break_off(servers, head.encode() + b"Content-Length: 10000\r\n\r\n" + body)
        facts = await told.next()
    assert (facts["name"], facts["complete"]) == ("log.zip", False)
    assert facts["fault"] == "the connection ended before the file did"


async def test_a_device_that_leaves_a_download_has_not_fetched_it(tmp_path: Path) -> None:
    firmware = tmp_path / "large.bin"
    firmware.write_bytes(bytes(30_000_000))
    async with serving(tmp_path, "HTTP", firmware=firmware) as (servers, told):
        reader, writer = await asyncio.open_connection(HOST, servers.ports["HTTP"])
        writer.write(f"GET /{SECRET}/firmware/large.bin HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await reader.readexactly(1000)
        writer.transport.abort()
        facts = await told.next()
    assert facts["sha256"] == hashlib.sha256(bytes(30_000_000)).hexdigest()
    assert (facts["complete"], facts["fault"]) == (False, "the connection ended before the file did")
    assert facts["bytes"] < 30_000_000


async def test_an_upload_that_says_to_be_too_large_is_refused_at_once(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP", limit=10_000) as (servers, told):
        status, _ = await ask("PUT", place(servers, "uploads", "log.zip"), data=LOG, headers={"Expect": "100-continue"})
        assert status == 413
        facts = await told.next()
    assert (facts["complete"], facts["fault"], facts["file"]) == (False, f"{len(LOG)} bytes are too many", "")
    assert names_in(tmp_path) == []


async def test_an_upload_that_turns_out_too_large_is_cut_off(tmp_path: Path) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(1000)

    async with serving(tmp_path, "HTTP", limit=10_000) as (servers, told):
        status, _ = await ask("PUT", place(servers, "uploads", "log.zip"), data=pieces())
        assert status == 413
        facts = await told.next()
    assert (facts["complete"], facts["fault"]) == (False, "it is larger than 10000 bytes")


async def test_a_folder_that_is_gone_is_told(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    async with serving(kept, "HTTP") as (servers, told):
        kept.rmdir()
        assert (await ask("PUT", place(servers, "uploads", "log.zip"), data=b"log"))[0] == 507
        assert (await told.next())["fault"] == "No such file or directory"


async def test_files_of_the_laboratory_are_served(tmp_path: Path) -> None:
    own = tmp_path / "vendor-2.0.bin"
    own.write_bytes(b"a firmware of the vendor")
    async with serving(tmp_path, "HTTP", firmware=own) as (servers, _):
        url = servers.url("HTTP", "firmware", HOST, SECRET)
        assert url.endswith("/firmware/vendor-2.0.bin")
        assert await ask("GET", url) == (200, b"a firmware of the vendor")


async def test_the_certificate_names_the_host(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTPS") as (servers, _):
        context = trusting_anyone()
        _, writer = await asyncio.open_connection(HOST, servers.ports["HTTPS"], ssl=context)
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        await writer.wait_closed()
        from cryptography import x509

        names = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.SubjectAlternativeName)
        assert HOST in [str(each) for each in names.value.get_values_for_type(x509.IPAddress)]


@pytest.mark.parametrize("protocol", ["HTTPS", "FTPS"])
async def test_a_file_without_a_certificate_is_said_to_be_none(tmp_path: Path, protocol: str) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate\n")
    servers = FileServers(HOST, tmp_path, Told(), SECRET, RealClock(), certificate=wrong)
    with pytest.raises(EnvironmentFault) as raised:
        await servers.start([protocol])
    assert str(raised.value) == (
        f"{wrong}: key and certificate cannot be used - name a PEM file with both, without a password"
    )


@pytest.mark.parametrize("protocol", ["HTTP", "FTP"])
async def test_a_port_in_use_is_the_surroundings_fault(tmp_path: Path, protocol: str) -> None:
    with bound_socket(HOST, 0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        servers = FileServers(HOST, tmp_path, Told(), SECRET, RealClock(), ports=[port])
        with pytest.raises(EnvironmentFault, match=f"^{HOST}:{port}: the port is in use"):
            await servers.start([protocol])


async def test_a_firmware_that_is_missing_is_the_surroundings_fault(tmp_path: Path) -> None:
    missing = tmp_path / "missing.bin"
    servers = FileServers(HOST, tmp_path, Told(), SECRET, RealClock(), firmware=missing)
    with pytest.raises(EnvironmentFault) as raised:
        await servers.start(["HTTP"])
    assert str(raised.value) == (
        f"{missing}: a file to serve cannot be prepared: No such file or directory - grant access, or free the disc"
    )


async def test_a_server_that_has_ended_frees_its_port(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP", "HTTPS") as (servers, _):
        ports = dict(servers.ports)
        _, idle = await asyncio.open_connection(HOST, ports["HTTP"])
    for port in ports.values():
        with bound_socket(HOST, port) as again:
            again.listen()
    idle.close()


async def test_a_range_that_is_none_gets_the_whole_file(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP") as (servers, _):
        got = await ask("GET", servers.url("HTTP", "firmware", HOST, SECRET), headers={"Range": "pages=1"})
        assert got == (200, DUMMY_FIRMWARE)


async def test_a_form_that_is_none_is_refused_and_told(tmp_path: Path) -> None:
    async with serving(tmp_path, "HTTP") as (servers, told):
        headers = {"Content-Type": "multipart/form-data; boundary=B"}
        status, _ = await ask("POST", place(servers, "uploads", "log.zip"), data=b"no form\r\n" * 9, headers=headers)
        assert status == 400
        facts = await told.next()
    assert (facts["name"], facts["file"], facts["fault"]) == ("log.zip", "", "the form cannot be read")


async def test_a_download_under_way_ends_with_the_server(tmp_path: Path) -> None:
    firmware = tmp_path / "large.bin"
    firmware.write_bytes(bytes(30_000_000))
    async with serving(tmp_path, "HTTP", firmware=firmware) as (servers, told):
        reader, writer = await asyncio.open_connection(HOST, servers.ports["HTTP"])
        writer.write(f"GET /{SECRET}/firmware/large.bin HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await reader.readexactly(1000)
    facts = await told.next()
    assert (facts["complete"], facts["fault"]) == (False, "the connection ended before the file did")
    writer.close()
