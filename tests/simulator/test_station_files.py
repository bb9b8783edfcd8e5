"""Firmware updates and diagnostics of the simulated station (OCPP 1.6 edition 2, sections 4.4, 4.5, 5.9 and 5.19)."""

from __future__ import annotations

from typing import Any

import pytest

from labapp.simulator.transfers import FIRMWARE_MAGIC, MemoryTransfers
from tests.simulator.scripted import Bench, Received, on_bench

FIRMWARE = "ftp://files/firmware"
RUBBISH = "ftp://files/rubbish"
PLACE = "ftp://files/logs"


def transfers(**failures: int) -> MemoryTransfers:
    return MemoryTransfers(
        {FIRMWARE: FIRMWARE_MAGIC, RUBBISH: b"rubbish"},
        [PLACE],
        {{"firmware": FIRMWARE, "place": PLACE}[name]: count for name, count in failures.items()},
    )


def told(request: Received) -> str:
    payload = request.payload
    if request.action.endswith("StatusNotification"):
        return " ".join(str(payload[key]) for key in ("connectorId", "status") if key in payload)
    return request.action


def story(bench: Bench) -> list[str]:
    return [told(each) for each in bench.central.received if each.id]


async def update(bench: Bench, location: str = FIRMWARE, **fields: Any) -> None:
    order = {"location": location, "retrieveDate": bench.central.now(), **fields}
    assert await bench.central.call("UpdateFirmware", order) == {}


UPDATED = ["Downloading", "Downloaded", "Installing", "BootNotification", "0 Available", "1 Available", "Installed"]


@pytest.mark.parametrize(
    ("variants", "expected"),
    [
        ((), UPDATED),
        (
            ("unavailable_for_firmware",),
            ["1 Unavailable", *UPDATED],
        ),
        (
            ("installed_before_boot",),
            [*UPDATED[:3], "Installed", *UPDATED[3:-1]],
        ),
        (
            ("unavailable_before_reboot", "unavailable_after_boot"),
            [
                *UPDATED[:3],
                "1 Unavailable",
                "BootNotification",
                "0 Available",
                "1 Unavailable",
                "Installed",
                "1 Available",
            ],
        ),
    ],
)
def test_a_firmware_is_installed(variants: tuple[str, ...], expected: list[str]) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.settle(10)
        bench.central.clear()
        await update(bench)
        await bench.settle(30)
        assert story(bench) == expected

    on_bench(scenario, variants=variants, transfers=transfers())


@pytest.mark.parametrize(
    ("variants", "expected"),
    [
        ((), ["Downloading", "Downloaded", "Installing", "InstallationFailed"]),
        (
            ("unavailable_for_firmware",),
            ["1 Unavailable", "Downloading", "Downloaded", "Installing", "InstallationFailed", "1 Available"],
        ),
        (
            ("boots_after_failed_installation",),
            [*UPDATED[:-1], "InstallationFailed"],
        ),
    ],
)
def test_what_is_no_firmware_is_not_installed(variants: tuple[str, ...], expected: list[str]) -> None:
    async def scenario(bench: Bench) -> None:
        await update(bench, RUBBISH)
        await bench.settle(30)
        assert story(bench) == expected

    on_bench(scenario, variants=variants, transfers=transfers())


def test_a_download_that_fails_leaves_everything_as_it_was() -> None:
    async def scenario(bench: Bench) -> None:
        await update(bench, "ftp://files/does_not_exist_firmware", retries=0)
        await bench.settle(5)
        assert story(bench) == ["1 Unavailable", "Downloading", "DownloadFailed", "1 Available"]
        bench.central.clear()
        await bench.charge()

    on_bench(scenario, variants=("unavailable_for_firmware",), transfers=transfers())


@pytest.mark.parametrize(("retries", "last", "seconds"), [(1, "DownloadFailed", 7), (2, "Downloaded", 14)])
def test_a_download_is_tried_again(retries: int, last: str, seconds: int) -> None:
    async def scenario(bench: Bench) -> None:
        await update(bench, retries=retries, retryInterval=7)
        await bench.settle(30)
        assert story(bench)[:2] == ["Downloading", last]
        first, second = [each.at for each in bench.central.received if each.id][:2]
        assert round(second - first) == seconds

    on_bench(scenario, transfers=transfers(firmware=2))


def test_a_firmware_is_not_fetched_before_its_date() -> None:
    async def scenario(bench: Bench) -> None:
        await update(bench, retrieveDate="2025-01-01T12:02:00Z")
        await bench.settle(100)
        assert story(bench) == []
        await bench.settle(40)
        assert story(bench) == UPDATED
        assert await bench.central.call("UpdateFirmware", {"location": FIRMWARE, "retrieveDate": "soon"}) == {
            "error": "PropertyConstraintViolation"
        }

    on_bench(scenario, transfers=transfers())


def test_an_installation_waits_for_the_end_of_every_transaction() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.charge()
        await update(bench)
        await bench.settle(20)
        assert story(bench) == ["Downloading", "Downloaded"]
        answer = await bench.central.call("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification"})
        assert answer == {"status": "Accepted"}
        await bench.act("present_id", connector=1, id_tag="TAG")
        await bench.settle(20)
        assert story(bench)[2:6] == ["Downloaded", "StopTransaction", "1 Finishing", "Installing"]
        assert story(bench)[-1] == "Installed"

    on_bench(scenario, transfers=transfers())


def test_nobody_begins_to_charge_during_an_installation() -> None:
    async def scenario(bench: Bench) -> None:
        await update(bench)
        await bench.central.expect("FirmwareStatusNotification", status="Installing")
        await bench.act("present_id", connector=1, id_tag="TAG")
        await update(bench)
        answer = await bench.central.call("RemoteStartTransaction", {"idTag": "TAG", "connectorId": 1})
        assert answer == {"status": "Rejected"}
        await bench.settle(20)
        assert story(bench) == UPDATED

    on_bench(scenario, transfers=transfers())


def test_a_later_order_takes_the_place_of_one_that_downloads() -> None:
    async def scenario(bench: Bench) -> None:
        await update(bench, "ftp://files/gone", retries=5)
        await bench.settle(5)
        await update(bench)
        await bench.settle(20)
        assert story(bench) == ["Downloading", *UPDATED]

    on_bench(scenario, transfers=transfers())


def test_a_firmware_may_need_a_reset() -> None:
    async def scenario(bench: Bench) -> None:
        await update(bench)
        await bench.settle(300)
        assert story(bench) == ["Downloading", "Downloaded", "Installing"]
        assert await bench.central.call("Reset", {"type": "Hard"}) == {"status": "Accepted"}
        await bench.settle(20)
        assert story(bench) == UPDATED

    on_bench(scenario, variants=("firmware_needs_reset",), settings={"HeartbeatInterval": "0"}, transfers=transfers(),
             answers={"BootNotification": lambda _: {"status": "Accepted", "interval": 0, "currentTime": "x"}})  # fmt: skip


@pytest.mark.parametrize(
    ("reached", "outcome"), [("Downloading", "DownloadFailed"), ("Installing", "InstallationFailed")]
)
def test_an_update_that_is_cut_off_by_a_loss_of_power_has_failed(reached: str, outcome: str) -> None:
    async def scenario(bench: Bench) -> None:
        await update(bench)
        await bench.central.expect("FirmwareStatusNotification", status=reached)
        await bench.act("power_cycle")
        await bench.settle(20)
        assert story(bench)[-4:] == ["BootNotification", "0 Available", "1 Available", outcome]

    on_bench(scenario, transfers=transfers(firmware=2))


def test_what_an_update_came_to_while_offline_is_told_later() -> None:
    async def scenario(bench: Bench) -> None:
        await update(bench, RUBBISH, retrieveDate="2025-01-01T12:01:00Z")
        await bench.act("cut_network")
        await bench.settle(100)
        await bench.act("restore_network")
        await bench.settle(20)
        assert story(bench) == ["InstallationFailed"]

    on_bench(scenario, transfers=transfers())


def test_diagnostics_are_uploaded() -> None:
    files = transfers()

    async def scenario(bench: Bench) -> None:
        answer = await bench.central.call("GetDiagnostics", {"location": PLACE})
        assert answer == {"fileName": "diagnostics-20250101T120006.txt"}
        await bench.settle()
        assert story(bench) == ["Uploading", "Uploaded"]
        content = files.uploaded[PLACE, answer["fileName"]].decode().splitlines()
        assert content[0] == "labapp SimStation SIM-0001, firmware 1.0.0"
        assert "NumberOfConnectors = 1" in content
        assert "0123456789abcdef" not in "".join(content)

    on_bench(scenario, transfers=files, settings={"AuthorizationKey": "0123456789abcdef"})


@pytest.mark.parametrize(
    ("failures", "retries", "last"),
    [(1, {"retries": 0}, "UploadFailed"), (1, {"retries": 1, "retryInterval": 5}, "Uploaded"), (2, {}, "Uploaded")],
)
def test_an_upload_that_fails_is_tried_again(failures: int, retries: dict[str, int], last: str) -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.call("GetDiagnostics", {"location": PLACE, **retries})
        await bench.settle(3)
        if retries.get("retries") != 0:
            assert story(bench) == ["Uploading"]
            await bench.central.call("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"})
            await bench.settle(30)
            assert story(bench) == ["Uploading", "Uploading", last]
        else:
            assert story(bench) == ["Uploading", last]

    on_bench(scenario, transfers=transfers(place=failures))


def test_a_later_request_takes_the_place_of_an_upload() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.call("GetDiagnostics", {"location": "ftp://files/nowhere", "retries": 9})
        await bench.settle(3)
        await bench.central.call("GetDiagnostics", {"location": PLACE})
        await bench.settle(60)
        assert story(bench) == ["Uploading", "Uploading", "Uploaded"]

    on_bench(scenario, transfers=transfers())


def test_an_upload_does_not_survive_a_boot() -> None:
    async def scenario(bench: Bench) -> None:
        await bench.central.call("GetDiagnostics", {"location": "ftp://files/nowhere", "retries": 9})
        await bench.act("power_cycle")
        await bench.settle(20)
        bench.central.clear()
        await bench.central.call("TriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"})
        await bench.central.call("TriggerMessage", {"requestedMessage": "FirmwareStatusNotification"})
        await bench.settle(60)
        assert story(bench) == ["Idle", "Idle"]

    on_bench(scenario, transfers=transfers())


def test_without_the_profile_neither_is_supported() -> None:
    async def scenario(bench: Bench) -> None:
        order = {"location": FIRMWARE, "retrieveDate": bench.central.now()}
        assert await bench.central.call("UpdateFirmware", order) == {"error": "NotSupported"}
        assert await bench.central.call("GetDiagnostics", {"location": PLACE}) == {"error": "NotSupported"}
        for message in ("DiagnosticsStatusNotification", "FirmwareStatusNotification"):
            answer = await bench.central.call("TriggerMessage", {"requestedMessage": message})
            assert answer == {"status": "NotImplemented"}

    on_bench(scenario, variants=("no_firmware_management",))
