"""ZIP files in one form, which other programs read and nothing can hide in."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.reports.canonical_zip import NotCanonical, read_zip, write_zip

FILES = {"manifest.json": b"{}", "files/ä.txt": b"x" * 60, "a": b""}
names = st.lists(st.text("abcäß.-", min_size=1).filter(lambda part: part not in (".", "..")), min_size=1, max_size=3)
contents = st.dictionaries(names.map("/".join), st.binary(max_size=200), max_size=5)


@given(contents)
def test_files_are_read_again(files: dict[str, bytes]) -> None:
    data = write_zip(files)
    assert read_zip(data) == files
    assert write_zip(dict(reversed(files.items()))) == data


@given(contents)
def test_other_programs_read_it(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(write_zip(files))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files
        assert [info.date_time for info in archive.infolist()] == [(1980, 1, 1, 0, 0, 0)] * len(files)


def test_no_bit_can_be_changed_and_no_change_is_taken_for_a_cut() -> None:
    data = write_zip(FILES)
    for position in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[position] ^= 1 << bit
            with pytest.raises(NotCanonical) as refused:
                read_zip(bytes(changed))
            assert not refused.value.truncated, (position, bit)


def test_a_file_that_was_cut_off_is_known_as_such() -> None:
    data = write_zip(FILES)
    for length in range(4, len(data)):
        with pytest.raises(NotCanonical) as refused:
            read_zip(data[:length])
        assert refused.value.truncated, length


@pytest.mark.parametrize("foreign", [b"", b"PK", b"%PDF-1.7", b"\0" * 100])
def test_what_is_no_zip_is_told_apart(foreign: bytes) -> None:
    with pytest.raises(NotCanonical, match=r"^it is no ZIP file$") as refused:
        read_zip(foreign)
    assert not refused.value.truncated


@pytest.mark.parametrize("addition", [b"\0", b"PK\x05\x06", b"more"])
def test_nothing_can_stand_before_or_after(addition: bytes) -> None:
    data = write_zip(FILES)
    for changed in (data + addition, addition + data):
        with pytest.raises(NotCanonical) as refused:
            read_zip(changed)
        assert not refused.value.truncated


def test_an_ordinary_zip_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"{}" * 50)
    with pytest.raises(NotCanonical):
        read_zip(buffer.getvalue())


@pytest.mark.parametrize("name", ["", "/a", "a/", "../a", "a/../b", "a//b", "./a", "c:a", "a\\b", "a\0b"])
def test_names_that_lead_out_of_the_archive_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="leads out of the archive"):
        write_zip({name: b""})
