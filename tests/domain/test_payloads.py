"""Reading lists of objects from payloads that may hold anything."""

from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.payloads import objects


def test_only_objects_are_given() -> None:
    assert objects({"list": [{"a": 1}, 2, "x", {}, None]}, "list") == [{"a": 1}, {}]


@given(st.none() | st.integers() | st.text() | st.dictionaries(st.text(), st.integers()))
def test_what_is_no_list_is_empty(value: object) -> None:
    assert objects({"list": value}, "list") == []
    assert objects({}, "list") == []
