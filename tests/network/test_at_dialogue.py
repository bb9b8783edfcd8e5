from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.network.at_dialogue import LINE_MAX, Answer, AtDialogue, AtEvent, Refusal, Unsolicited

#: A modem's whole conversation after AT+CSQ, with all that may stand between.
CONVERSATION = (
    b"\r\n^RSSI:15\r\n\xfe\x00noise AT+CSQ\r\r\n^HCSQ:\"LTE\",50,40,120,22\r\n\r\n+CSQ: 16,99\r\n\r\nRING\r\n\r\nOK\r\n"
    b"\r\n^MODE:5,7\r\n"
)  # fmt: skip


def conversed(command: str, data: bytes) -> list[AtEvent]:
    dialogue = AtDialogue()
    dialogue.send(command)
    return dialogue.feed(data)


def test_a_command_is_one_line() -> None:
    assert AtDialogue().send("AT+CSQ") == b"AT+CSQ\r"


@pytest.mark.parametrize("command", ["", "CSQ", "AT\rAT", "AT\u00fc", "\x01AT"])
def test_what_is_no_command_is_refused(command: str) -> None:
    with pytest.raises(ValueError, match="is no AT command"):
        AtDialogue().send(command)


def test_one_command_at_a_time() -> None:
    dialogue = AtDialogue()
    dialogue.send("AT")
    assert dialogue.pending == "AT"
    with pytest.raises(ValueError, match="AT still waits for its result"):
        dialogue.send("AT+CSQ")
    dialogue.feed(b"OK\r\n")
    assert dialogue.pending == ""
    dialogue.send("AT+CSQ")


def test_echo_noise_and_unsolicited_lines_are_no_answer() -> None:
    assert conversed("AT+CSQ", CONVERSATION) == [
        Unsolicited("^RSSI:15"),
        Unsolicited('^HCSQ:"LTE",50,40,120,22'),
        Unsolicited("RING"),
        Answer("AT+CSQ", ("+CSQ: 16,99",)),
        Unsolicited("^MODE:5,7"),
    ]


@given(st.lists(st.integers(0, len(CONVERSATION)), max_size=12))
def test_the_pieces_in_which_bytes_arrive_do_not_matter(cuts: list[int]) -> None:
    dialogue = AtDialogue()
    dialogue.send("AT+CSQ")
    edges = [0, *sorted(cuts), len(CONVERSATION)]
    events: list[AtEvent] = []
    for begin, end in pairwise(edges):
        events += dialogue.feed(CONVERSATION[begin:end])
    assert events == conversed("AT+CSQ", CONVERSATION)


def test_without_echo_the_answer_is_the_same() -> None:
    assert conversed("AT+CSQ", b"\r\n+CSQ: 16,99\r\n\r\nOK\r\n") == [Answer("AT+CSQ", ("+CSQ: 16,99",))]


def test_what_stood_before_the_echo_is_no_answer() -> None:
    assert conversed("AT+CGMM", b"left over\r\nAT+CGMM\r\r\nE3372\r\n\r\nOK\r\n") == [Answer("AT+CGMM", ("E3372",))]


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (b"ERROR", Refusal("AT+CSQ", "ERROR")),
        (b"+CME ERROR: 10", Refusal("AT+CSQ", "+CME ERROR: 10", "10")),
        (b"+CME ERROR: SIM not inserted", Refusal("AT+CSQ", "+CME ERROR: SIM not inserted", "SIM not inserted")),
        (b"+CMS ERROR: 500", Refusal("AT+CSQ", "+CMS ERROR: 500", "500")),
        (b"COMMAND NOT SUPPORT", Refusal("AT+CSQ", "COMMAND NOT SUPPORT")),
    ],
)
def test_final_results_that_refuse(line: bytes, refusal: Refusal) -> None:
    assert conversed("AT+CSQ", b"AT+CSQ\r\r\n" + line + b"\r\n") == [refusal]


def test_no_carrier_is_about_a_call_and_not_about_the_command() -> None:
    assert conversed("AT+CSQ", b"NO CARRIER\r\nOK\r\n") == [Unsolicited("NO CARRIER"), Answer("AT+CSQ", ())]


def test_a_report_of_the_commands_own_name_is_its_answer() -> None:
    answer = conversed("AT^HCSQ?", b'^HCSQ:"LTE",50,40,120,22\r\nOK\r\n')
    assert answer == [Answer("AT^HCSQ?", ('^HCSQ:"LTE",50,40,120,22',))]


def test_free_text_belongs_to_the_command() -> None:
    assert conversed("ATI", b"ATI\r\r\nManufacturer: huawei\r\n^RSSI:3\r\nModel: E3372\r\n\r\nOK\r\n") == [
        Unsolicited("^RSSI:3"),
        Answer("ATI", ("Manufacturer: huawei", "Model: E3372")),
    ]


def test_a_late_answer_is_nobodys() -> None:
    dialogue = AtDialogue()
    dialogue.send("AT+CSQ")
    dialogue.abandon()
    assert dialogue.feed(b"+CSQ: 16,99\r\nOK\r\n") == [Unsolicited("+CSQ: 16,99"), Unsolicited("OK")]


def test_a_part_of_a_line_does_not_join_the_next_answer() -> None:
    dialogue = AtDialogue()
    dialogue.send("AT+CSQ")
    dialogue.feed(b"+CS")
    dialogue.abandon()
    dialogue.send("AT")
    assert dialogue.feed(b"OK\r\n") == [Answer("AT", ())]


def test_noise_without_end_does_not_fill_the_memory() -> None:
    dialogue = AtDialogue()
    dialogue.send("AT")
    for _ in range(100):
        assert dialogue.feed(b"\xff" * LINE_MAX) == []
    assert dialogue.feed(b"\r\nOK\r\n") == [Answer("AT", ("\ufffd" * LINE_MAX,))]


@given(st.binary(max_size=200))
def test_any_bytes_are_readable_events(data: bytes) -> None:
    for event in conversed("AT+CSQ", data):
        assert isinstance(event, (Answer, Refusal, Unsolicited))
        lines = (
            event.lines if isinstance(event, Answer) else (event.result if isinstance(event, Refusal) else event.line,)
        )
        assert all(line.isprintable() and line for line in lines)
