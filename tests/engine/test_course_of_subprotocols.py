"""TC_088 of a central system run by hand: the tool offers subprotocols on the HTTP upgrade."""

from __future__ import annotations

from tests.engine.driver import Driver


def offered() -> Driver:
    driver = Driver("TC_088_CSMS")
    assert driver.orders[-1].order == "disconnect"
    driver.link_down("tool")
    assert driver.orders[-1].options == {"authorization": "configured", "subprotocols": ["ocpp0.1"]}
    return driver


def test_a_refusal_and_then_the_right_choice_pass() -> None:
    driver = offered()
    driver.refused(400)
    assert driver.orders[-1].options["subprotocols"] == ["ocpp0.1", "ocpp1.6"]
    driver.link_up(subprotocol="ocpp1.6")
    assert (driver.verdict, driver.texts) == ("PASS", [])
    assert driver.row("2/HTTP/1/status") == driver.row("4/HTTP/1/Sec-WebSocket-Protocol") == "passed"


def test_an_upgrade_without_the_header_that_is_closed_at_once_fails_and_is_told() -> None:
    driver = offered()
    driver.link_up(subprotocol=None)
    driver.link_down("device")
    assert driver.texts == [
        "Step 2: the HTTP upgrade had to be refused; status 101, Sec-WebSocket-Protocol: none; "
        "the central system then closed the connection."
    ]
    assert (driver.verdict, driver.row("2/HTTP/1/status")) == ("FAIL", "failed")
    assert driver.prompts == {}, "a connection that the central system gives up here is no surprise"


def test_an_upgrade_that_stays_open_is_closed_by_the_tool() -> None:
    driver = offered()
    driver.link_up(subprotocol="ocpp0.1")
    driver.passes(6)
    assert driver.orders[-1].order == "disconnect"
    driver.link_down("tool")
    assert driver.texts == [
        "Step 2: the HTTP upgrade had to be refused; status 101, Sec-WebSocket-Protocol: ocpp0.1; "
        "the central system then kept the connection open."
    ]


def test_an_upgrade_to_what_was_not_offered_is_no_refusal() -> None:
    driver = offered()
    driver.refused(101, reason="Switching Protocols", detail="unsupported subprotocol: ocpp1.6")
    assert driver.texts == [
        "Step 2: the HTTP upgrade had to be refused; status 101 (unsupported subprotocol: ocpp1.6)."
    ]
    assert driver.verdict == "FAIL"


def test_a_choice_that_is_not_named_fails() -> None:
    driver = offered()
    driver.refused(400)
    driver.link_up(subprotocol=None)
    driver.link_down("tool")
    assert driver.texts == ["Step 4: the header Sec-WebSocket-Protocol had to name ocpp1.6; it was <omitted>."]
    assert driver.row("4/HTTP/1/status") == "passed"
    assert driver.row("4/HTTP/1/Sec-WebSocket-Protocol") == "failed"


def test_a_refusal_of_both_fails() -> None:
    driver = offered()
    driver.refused(400)
    driver.refused(400)
    assert driver.texts == ["Step 4: the HTTP upgrade had to be accepted; status 400 (authorization)."]
    assert driver.verdict == "FAIL"


def test_no_answer_is_no_refusal() -> None:
    driver = offered()
    driver.refused(0, reason="timeout")
    assert driver.texts == ["Step 2: the HTTP upgrade had to be refused; status no answer (timeout)."]
    assert (driver.verdict, driver.row("2/HTTP/1/")) == ("FAIL", "not_exercised")


def test_a_connection_that_is_closed_in_place_of_an_answer_is_refused() -> None:
    driver = offered()
    driver.refused(0, reason="handshake")
    assert driver.orders[-1].options["subprotocols"] == ["ocpp0.1", "ocpp1.6"]
    driver.link_up(subprotocol="ocpp1.6")
    assert (driver.verdict, driver.texts) == ("PASS", [])
    assert [each["text"] for each in driver.result["observations"]] == [
        "the central system closed the connection without an HTTP answer"
    ]


def test_a_connection_that_is_closed_in_place_of_an_answer_is_no_upgrade() -> None:
    driver = offered()
    driver.refused(400)
    driver.refused(0, reason="handshake")
    assert driver.texts == ["Step 4: the HTTP upgrade had to be accepted; status no answer (handshake)."]
