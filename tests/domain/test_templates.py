"""Templates of driver calls: what stands for a value, by the place where it stands."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labapp.domain.templates import as_form, as_json, as_text, as_url, placeholders, root, value_at

ARGS: dict[str, Any] = {
    "connector": 2,
    "id_tag": 'A "B" \\ C/ä',
    "fields": {
        "type": "Hard",
        "csChargingProfiles": {"stackLevel": 1, "periods": [{"limit": 6.5}, {"limit": 8}]},
        "idTagInfo.status": "Accepted",
        "open": None,
    },
}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("connector", 2),
        ("fields.type", "Hard"),
        ("fields.csChargingProfiles.stackLevel", 1),
        ("fields.csChargingProfiles.periods[1].limit", 8),
        ("fields.idTagInfo.status", "Accepted"),
        ("fields.open", None),
        ("fields.csChargingProfiles.periods[2].limit", None),
        ("fields.type.deeper", None),
        ("fields.csChargingProfiles[0]", None),
        ("nobody", None),
    ],
)
def test_a_path_leads_into_nested_arguments(path: str, value: Any) -> None:
    assert value_at(ARGS, path) == value


def test_the_names_in_a_template() -> None:
    template = '{"a": {connector}, "b": "{fields.type}", "c": {"d": {fields.x[0].y}}, "e": {connector}}'
    assert placeholders(template) == ("connector", "fields.type", "fields.x[0].y")
    assert [root(path) for path in placeholders(template)] == ["connector", "fields", "fields"]
    assert placeholders("{} { a } {1} {a..b} {{a}}") == ("a",)


def test_in_a_text_texts_stand_as_they_are_and_other_values_as_json() -> None:
    assert as_text("{id_tag}|{connector}|{fields.csChargingProfiles.periods}|{nobody}|", ARGS) == (
        'A "B" \\ C/ä|2|[{"limit": 6.5}, {"limit": 8}]||'
    )


def test_in_a_url_a_value_is_one_component() -> None:
    url = as_url("http://bench/{id_tag}?at={connector}&tag={id_tag}", ARGS)
    assert url == "http://bench/A%20%22B%22%20%5C%20C%2F%C3%A4?at=2&tag=A%20%22B%22%20%5C%20C%2F%C3%A4"
    assert parse_qs(urlsplit(url).query)["tag"] == [ARGS["id_tag"]]


def test_in_a_form_a_value_is_one_field() -> None:
    assert as_form("tag={id_tag}&at={connector}", {"id_tag": "A&B=1 +", "connector": 2}) == "tag=A%26B%3D1+%2B&at=2"


def test_in_json_a_value_keeps_its_type_unless_it_stands_in_quotation_marks() -> None:
    body = as_json(
        '{"at": {connector}, "text": "no. {connector}: {id_tag}", "tag": {id_tag}, "fields": {fields}, "none": {nobody}}',
        ARGS,
    )
    assert json.loads(body) == {
        "at": 2,
        "text": f"no. 2: {ARGS['id_tag']}",
        "tag": ARGS["id_tag"],
        "fields": ARGS["fields"],
        "none": None,
    }
    assert as_json('"{nobody}"', ARGS) == '""'


def test_an_escaped_mark_ends_no_text() -> None:
    assert json.loads(as_json('["\\"{id_tag}\\" \\\\", {id_tag}]', ARGS)) == [f'"{ARGS["id_tag"]}" \\', ARGS["id_tag"]]


@given(st.text())
def test_no_text_breaks_out_of_its_place(text: str) -> None:
    args = {"id_tag": text}
    assert json.loads(as_json('{"a": "<{id_tag}>", "b": {id_tag}}', args)) == {"a": f"<{text}>", "b": text}
    assert parse_qs(as_form("a={id_tag}&b=1", args), keep_blank_values=True, errors="surrogatepass") == {
        "a": [text],
        "b": ["1"],
    }
    assert as_text("{id_tag}", args) == text
