"""The device model: what frames say of a device, carried from case to case."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.device import DeviceModel, Transaction


def test_a_boot_forgets_that_charging_was_resumed() -> None:
    model = DeviceModel()
    model.report(1, "Charging")
    assert model.resumed == {1}
    model.booted()
    assert (model.resumed, model.boots, model.statuses) == (set(), 1, {1: "Charging"})


def test_keys_compare_without_case_and_keep_what_was_known_of_their_accessibility() -> None:
    model = DeviceModel()
    assert (model.value("HeartbeatInterval"), model.readonly("HeartbeatInterval")) == (None, None)
    model.configure("HeartbeatInterval", "60", readonly=True)
    model.configure("heartbeatinterval", "30")
    assert (model.value("HEARTBEATINTERVAL"), model.readonly("HeartbeatInterval")) == ("30", True)


def test_a_key_that_is_absent_is_absent_without_regard_to_case() -> None:
    model = DeviceModel()
    model.note_absent("MinimumStatusDuration")
    assert model.known_absent("minimumstatusduration")
    assert not model.known_absent("HeartbeatInterval")


def test_a_connector_has_one_transaction() -> None:
    model = DeviceModel()
    model.start(Transaction(None, 1, "A"))
    model.start(Transaction(7, 1, "A"))
    model.start(Transaction(8, 2, "B"))
    assert (model.on(1), model.on(2), model.on(3)) == (Transaction(7, 1, "A"), Transaction(8, 2, "B"), None)


@pytest.mark.parametrize(("stopped", "left"), [(7, [None, 8]), (99, [7, 8]), (8, [7, None])])
def test_an_unknown_id_stops_the_transaction_whose_id_is_unknown(stopped: int, left: list[int | None]) -> None:
    model = DeviceModel()
    for connector, number in enumerate((7, None, 8), start=1):
        model.start(Transaction(number, connector, "A"))
    model.stop(stopped)
    assert [transaction.id for transaction in model.transactions] == left


def test_an_unknown_id_stops_nothing_where_it_is_not_plain_which() -> None:
    model = DeviceModel()
    model.start(Transaction(None, 1, "A"))
    model.start(Transaction(None, 2, "A"))
    model.stop(99)
    assert len(model.transactions) == 2


def test_a_device_that_has_just_come_may_hold_what_it_is_declared_to_have() -> None:
    model = DeviceModel.unknown({})
    assert (model.cached, model.list_entries, model.profiles) == (True, 1, 1)
    model = DeviceModel.unknown({"cache": False, "local_list": False, "features": ["Core"]})
    assert (model.cached, model.list_entries, model.profiles) == (False, 0, 0)
    model = DeviceModel.unknown({"features": ["Core", "SmartCharging"]})
    assert (model.list_entries, model.profiles) == (0, 1)


def test_what_was_taken_back_is_no_longer_there() -> None:
    model = DeviceModel(reservations=[1], inoperative=[1], profiles=2, list_entries=3, cached=True)
    model.tidied()
    assert model == DeviceModel()


@given(
    statuses=st.dictionaries(st.integers(0, 9), st.text(max_size=4)),
    ids=st.lists(st.none() | st.integers() | st.text(max_size=3), max_size=3),
    keys=st.dictionaries(st.text("abC", min_size=1, max_size=3), st.none() | st.text(max_size=3)),
)
def test_a_snapshot_is_json_and_gives_the_model_again(
    statuses: dict[int, str], ids: list[int | str | None], keys: dict[str, str | None]
) -> None:
    model = DeviceModel(statuses=dict(statuses), reservations=[3], profiles=1, boots=2, accepted=True)
    for connector, identifier in enumerate(ids):
        model.start(Transaction(identifier, connector, "tag"))
    for key, value in keys.items():
        model.configure(key, value, readonly=False)
        model.note_absent(key)
    assert DeviceModel.from_snapshot(json.loads(json.dumps(model.snapshot()))) == model
