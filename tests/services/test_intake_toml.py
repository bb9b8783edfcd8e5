"""TOML files of answers: shape, keys and editions."""

from __future__ import annotations

from pathlib import Path

import pytest

from labapp.services.intake import inspect_pics


def faults(tmp_path: Path, text: str | bytes) -> list[str]:
    """The faults of a file with this text that are not about missing answers."""
    path = tmp_path / "pics.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [str(fault) for fault in inspect_pics(path).faults if "not answered" not in fault.what]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[general]\nfixed_cabel = 'No'",
            "general.fixed_cabel: no question has the key general.fixed_cabel - "
            "write general.fixed_cable, or remove it",
        ),
        (
            "[general]\nzzz = 1",
            "general.zzz: no question has the key general.zzz - remove it; `labapp pics keys` lists every key",
        ),
        ("[profile]\ncore = 'Yes'", "[profile]: no question has the key profile - write profiles, or remove it"),
        ("zzz = 5", "zzz: no question has the key zzz - remove it; `labapp pics keys` lists every key"),
        ("general = 5", "general: is no table - write [general] and its answers below it"),
        (
            "[pics]\nedition = '9.9'",
            'pics.toml: answers edition "9.9" of the forms, which is not known here - use one of: 1.1.4',
        ),
        (
            "[pics]\nedition = 1",
            'pics.toml: [pics]: holds something other than the edition of the forms - write edition = "1.1.4" alone',
        ),
        (
            "pics = 5",
            'pics.toml: [pics]: holds something other than the edition of the forms - write edition = "1.1.4" alone',
        ),
        (
            "[general]\nvendor_name = 2024-01-30",
            "general.vendor_name: is 2024-01-30 where a text is asked - answer with a text",
        ),
        (
            "[general]\na = 1\na = 2",
            "pics.toml: is no TOML: Cannot overwrite a value (at end of document) - correct the line that is named",
        ),
        (
            "[general",
            "pics.toml: is no TOML: Expected ']' at the end of a table declaration (at end of document) - "
            "correct the line that is named",
        ),
        (b"[general]\nvendor_name = '\xff'", "pics.toml: is not UTF-8 text (byte 25) - save it as UTF-8"),
        (
            "a = " + "9" * 5000,
            "pics.toml: is no TOML: a value is too large or too deep - correct the line that is named",
        ),
        (
            "a = " + "[" * 5000,
            "pics.toml: is no TOML: a value is too large or too deep - correct the line that is named",
        ),
        (
            "#" * 1_000_001,
            "pics.toml: is larger than 1000000 bytes, too large for a TOML file of answers - "
            "start from `labapp pics new`",
        ),
    ],
)
def test_a_fault_of_the_file_is_named_with_its_remedy(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert faults(tmp_path, text) == [message]


def test_a_row_name_that_can_be_read_in_two_ways_is_accepted_in_both(tmp_path: Path) -> None:
    text = "[general]\nsockets_connectors = 'single'\n[profiles]\nlocal_authorization_list_management = 'Yes'"

    assert faults(tmp_path, text) == []
    answers = inspect_pics(tmp_path / "pics.toml").answers
    assert answers == {"general.socket_connector": "single", "profiles.local_auth_list_management": "Yes"}


def test_a_question_is_answered_under_one_name_only(tmp_path: Path) -> None:
    text = "[general]\nsocket_connector = 'single'\nsockets_connectors = 'multiple'"

    assert faults(tmp_path, text) == [
        "general.sockets_connectors: answers general.socket_connector a second time - remove one of the two"
    ]


def test_an_editor_that_marks_its_utf_8_does_no_harm(tmp_path: Path) -> None:
    assert faults(tmp_path, b"\xef\xbb\xbf[general]\nvendor_name = 'ACME'") == []
