"""Where a bench can be reached."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from labapp.bench.address import Address, drop_address, read_address, write_address
from labapp.bench.client import NoBench, attach

ADDRESS = Address("ws://127.0.0.1:9/r1", "a token", 4711, "r1")


def test_an_address_is_its_owners_alone(tmp_path: Path) -> None:
    write_address(tmp_path, ADDRESS)
    assert stat.S_IMODE((tmp_path / "bench.json").stat().st_mode) == 0o600
    assert read_address(tmp_path) == ADDRESS
    assert [path.name for path in tmp_path.iterdir()] == ["bench.json"]


def test_a_bench_takes_only_its_own_address_away(tmp_path: Path) -> None:
    write_address(tmp_path, ADDRESS)
    drop_address(tmp_path, 4712)
    assert read_address(tmp_path) == ADDRESS
    drop_address(tmp_path, 4711)
    assert read_address(tmp_path) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"url": "x", "token": "y", "pid": 1, "run": "r", "more": 2}'])
def test_what_is_no_address_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "bench.json").write_text(text, encoding="utf-8")
    assert read_address(tmp_path) is None


async def test_a_bench_that_has_died_cannot_be_attached_to(tmp_path: Path) -> None:
    write_address(tmp_path, ADDRESS)
    with pytest.raises(NoBench) as fault:
        await attach(tmp_path)
    mend = f"go on with: labapp run --resume {tmp_path}"
    assert str(fault.value) == f"{tmp_path}: no bench runs this directory - {mend}"
