"""Vendors' cells as they arrive, in their normal form or refused with the remedy."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.errors import InputError
from labapp.domain.pics import Kind, Question
from labapp.domain.pics_answers import normalise, topology


def question(kind: Kind, **details: Any) -> Question:
    return Question(form="general", name="q", label="Q", kind=kind, sut=("cs",), **details)


YES_NO = question(Kind.YES_NO)
SUBTYPE = question(Kind.CHOICE, choices=("N.A.", "Mode 1/2-only Charging Station"), aliases={"none": "N.A."})
COUNT = question(Kind.INTEGER, minimum=1)
SECONDS = question(Kind.NUMBER, unit="s", minimum=0)
TEXT = question(Kind.TEXT)
PROTOCOLS = question(Kind.LIST, choices=("http", "https", "ftp", "ftps"))
FREE_LIST = question(Kind.LIST)
EVSES = question(Kind.TOPOLOGY)


@pytest.mark.parametrize(
    ("asked", "raw", "answer"),
    [
        (YES_NO, "yes ", "Yes"),
        (YES_NO, "Y", "Yes"),
        (YES_NO, True, "Yes"),
        (YES_NO, 1, "Yes"),
        (YES_NO, 1.0, "Yes"),
        (YES_NO, "NO", "No"),
        (YES_NO, False, "No"),
        (YES_NO, 0, "No"),
        (YES_NO, None, None),
        (YES_NO, "  ", None),
        (YES_NO, "n/a", None),
        (YES_NO, "yes\u00a0", "Yes"),
        (SUBTYPE, "n.a.", "N.A."),
        (SUBTYPE, "None", "N.A."),
        (SUBTYPE, "mode 1/2-only  charging station", "Mode 1/2-only Charging Station"),
        (COUNT, 5.0, 5),
        (COUNT, " 5 ", 5),
        (COUNT, "5.0", 5),
        (COUNT, "-", None),
        (SECONDS, 0.25, 0.25),
        (SECONDS, "1.5", 1.5),
        (SECONDS, 2, 2),
        (TEXT, "  ACME  B.V. ", "ACME B.V."),
        (TEXT, 5, "5"),
        (PROTOCOLS, "{HTTP, ftp}", ("http", "ftp")),
        (PROTOCOLS, "http and https", ("http", "https")),
        (PROTOCOLS, ["FTP", "ftp"], ("ftp",)),
        (PROTOCOLS, [], None),
        (PROTOCOLS, ",", None),
        (FREE_LIST, "a; b", ("a", "b")),
        (EVSES, "[[1], [2]]", "[[1],[2]]"),
        (EVSES, [[1, 2]], "[[1,2]]"),
    ],
)
def test_a_usable_answer_gets_its_normal_form(asked: Question, raw: Any, answer: Any) -> None:
    assert normalise(asked, raw, "general!C5") == answer


@pytest.mark.parametrize(
    ("asked", "raw", "message"),
    [
        (YES_NO, "maybe", 'general!C5: is "maybe" where Yes or No is asked - answer Yes or No'),
        (YES_NO, 2, "general!C5: is 2 where Yes or No is asked - answer Yes or No"),
        (YES_NO, ["Yes"], "general!C5: is ['Yes'] where Yes or No is asked - answer Yes or No"),
        (
            SUBTYPE,
            "Mode 3",
            'general!C5: is "Mode 3", which is none of the choices - answer with one of: N.A., Mode 1/2-only Charging Station',
        ),
        (COUNT, "5 s", 'general!C5: is "5 s" where a whole number is asked - write the digits alone, without a unit'),
        (COUNT, "5,0", 'general!C5: is "5,0" where a whole number is asked - write the digits alone, without a unit'),
        (COUNT, 1.5, "general!C5: is 1.5 where a whole number is asked - write the digits alone, without a unit"),
        (COUNT, True, "general!C5: is true where a whole number is asked - write the digits alone, without a unit"),
        (COUNT, 0, "general!C5: is 0, below the least value 1 - correct the number"),
        (
            SECONDS,
            float("nan"),
            "general!C5: is nan where a number of s is asked - write the digits alone, without a unit",
        ),
        (
            SECONDS,
            float("inf"),
            "general!C5: is inf where a number of s is asked - write the digits alone, without a unit",
        ),
        (
            TEXT,
            1.1,
            "general!C5: holds the number 1.1 where a text is asked - "
            "write it as a text, so that no digit is lost (1.10 is not 1.1)",
        ),
        (TEXT, True, "general!C5: is true where a text is asked - answer with a text"),
        (TEXT, "a\x07b", "general!C5: holds characters that cannot be printed - type the answer again"),
        (TEXT, "x" * 1001, "general!C5: is 1001 characters long - shorten the answer to at most 1000 characters"),
        (
            PROTOCOLS,
            "http, gopher",
            'general!C5: is "gopher", which is none of the choices - answer with one of: http, https, ftp, ftps',
        ),
        (
            EVSES,
            "[[1],[3]]",
            'general!C5: is "[[1],[3]]" where the connectors of each EVSE are asked - '
            "write one bracket per EVSE with its connector numbers, counted from 1: [[1],[2]]",
        ),
        (
            EVSES,
            "two",
            'general!C5: is "two" where the connectors of each EVSE are asked - '
            "write one bracket per EVSE with its connector numbers, counted from 1: [[1],[2]]",
        ),
    ],
)
def test_an_unusable_answer_is_refused_with_its_place_and_remedy(asked: Question, raw: Any, message: str) -> None:
    with pytest.raises(InputError) as caught:
        normalise(asked, raw, "general!C5")
    assert str(caught.value) == message


@pytest.mark.parametrize("raw", ["[]", "[[]]", "[[true]]", "[[1],[1]]", "[1]", "[[0]]", 3, "[" * 900])
def test_a_topology_counts_every_connector_once(raw: Any) -> None:
    with pytest.raises(InputError, match="where the connectors of each EVSE are asked"):
        normalise(EVSES, raw, "here")


def test_a_topology_is_read_back() -> None:
    assert topology("[[1,2],[3]]") == ((1, 2), (3,))


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)


@given(asked=st.sampled_from([YES_NO, SUBTYPE, COUNT, SECONDS, TEXT, PROTOCOLS, FREE_LIST, EVSES]), raw=_ANYTHING)
def test_whatever_stands_in_a_cell_is_an_answer_or_a_named_fault(asked: Question, raw: Any) -> None:
    try:
        answer = normalise(asked, raw, "here")
    except InputError as refused:
        fault = refused
    else:
        again = list(answer) if isinstance(answer, tuple) else answer
        assert normalise(asked, again, "here") == answer
        assert json.dumps(answer)
        return
    assert fault.where == "here"
    assert fault.mend
