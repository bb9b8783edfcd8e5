from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from labapp.ocpp.frames import Malformed, parse_frame
from labapp.ocpp.json_text import json_text
from labapp.ocpp.masking import Masker, secret_placeholder
from tests.data.captures import recordings

SECRET = "S3cret-Passw0rd/16"
KEY = b"session"
MASKER = Masker({"authorization_key": SECRET, "pin": "12"}, KEY)

SECRETS = st.text(min_size=4, max_size=20)


def summary(masks: tuple[Mapping[str, Any], ...]) -> list[tuple[Any, ...]]:
    return [(mask["path"], mask["length"], mask["form"], mask["name"]) for mask in masks]


def configuration(value: str, key: str = "AuthorizationKey") -> str:
    return f'[2,"a","ChangeConfiguration",{{"key":"{key}","value":{value}}}]'


@pytest.mark.parametrize(
    ("text", "masked", "masks"),
    [
        (
            configuration(f'"{SECRET}"'),
            configuration(f'"{"*" * 18}"'),
            [("value", 18, "plain", "authorization_key")],
        ),
        (
            configuration('"S3cret-Passw0rd\\/16"'),
            configuration(f'"{"*" * 19}"'),
            [("value", 18, "plain", "authorization_key")],
        ),
        (
            configuration(f'"{SECRET.encode().hex().upper()}"'),
            configuration(f'"{"*" * 36}"'),
            [("value", 36, "hex", "authorization_key")],
        ),
        (configuration('"unknown"'), configuration('"*******"'), [("value", 7, "plain", "")]),
        (
            configuration('"unknown"', "authorizationkey"),
            configuration('"*******"', "authorizationkey"),
            [("value", 7, "plain", "")],
        ),
        (configuration('"12"'), configuration('"**"'), [("value", 2, "plain", "pin")]),
        (configuration("-12.5"), configuration("99999"), [("value", 5, "number", "")]),
        (configuration("12"), configuration("99"), [("value", 2, "number", "pin")]),
        (configuration("null"), configuration("null"), []),
        (configuration('""'), configuration('""'), []),
        (
            configuration('["abc",{"x":"def"}]'),
            configuration('["***",{"x":"***"}]'),
            [("value[0]", 3, "plain", ""), ("value[1].x", 3, "plain", "")],
        ),
        (configuration('"12"', "Other"), configuration('"12"', "Other"), []),
        (
            '[3,"a",{"configurationKey":[{"key":"X","readonly":true,"value":"12"},'
            '{"value":"abc","readonly":false,"key":"AuthorizationKey"}]}]',
            '[3,"a",{"configurationKey":[{"key":"X","readonly":true,"value":"12"},'
            '{"value":"***","readonly":false,"key":"AuthorizationKey"}]}]',
            [("configurationKey[1].value", 3, "plain", "")],
        ),
        (
            f'[2,"a","DataTransfer",{{"vendorId":"x","data":"pre {SECRET} post"}}]',
            f'[2,"a","DataTransfer",{{"vendorId":"x","data":"pre {"*" * 18} post"}}]',
            [("data", 18, "plain", "authorization_key")],
        ),
        (
            '[2,"a","DataTransfer",{"data":"{\\"key\\":\\"AuthorizationKey\\",\\"value\\":\\"abc\\"}"}]',
            '[2,"a","DataTransfer",{"data":"{\\"key\\":\\"AuthorizationKey\\",\\"value\\":\\"***\\"}"}]',
            [("data", 3, "plain", "")],
        ),
        (
            f'[4,"a","GenericError","{SECRET}",{{"{SECRET}":1}}]',
            f'[4,"a","GenericError","{"*" * 18}",{{"{"*" * 18}":1}}]',
            [
                ("errorDescription", 18, "plain", "authorization_key"),
                (f"errorDetails.{'*' * 18}", 18, "plain", "authorization_key"),
            ],
        ),
        (
            '[2,"a","SetVariables",{"setVariableData":[{"attributeValue":"abc","component":{"name":"SecurityCtrlr"},'
            '"variable":{"name":"BasicAuthPassword"}}]}]',
            '[2,"a","SetVariables",{"setVariableData":[{"attributeValue":"***","component":{"name":"SecurityCtrlr"},'
            '"variable":{"name":"BasicAuthPassword"}}]}]',
            [("setVariableData[0].attributeValue", 3, "plain", "")],
        ),
        (
            '[2,"a","NotifyReport",{"reportData":[{"variable":{"name":"BasicAuthPassword"},'
            '"variableAttribute":[{"type":"Actual","value":"abc"}]}]}]',
            '[2,"a","NotifyReport",{"reportData":[{"variable":{"name":"BasicAuthPassword"},'
            '"variableAttribute":[{"type":"Actual","value":"***"}]}]}]',
            [("reportData[0].variableAttribute[0].value", 3, "plain", "")],
        ),
        (
            '[2,"a","SetNetworkProfile",{"connectionData":{"apn":{"apn":"x","apnPassword":"abc","simPin":1234},'
            '"vpn":{"server":"s","password":"def","key":"ghi"}}}]',
            '[2,"a","SetNetworkProfile",{"connectionData":{"apn":{"apn":"x","apnPassword":"***","simPin":9999},'
            '"vpn":{"server":"s","password":"***","key":"***"}}}]',
            [
                ("connectionData.apn.apnPassword", 3, "plain", ""),
                ("connectionData.apn.simPin", 4, "number", ""),
                ("connectionData.vpn.password", 3, "plain", ""),
                ("connectionData.vpn.key", 3, "plain", ""),
            ],
        ),
        (
            "[3,'a',{'configurationKey':[{'key':'AuthorizationKey','value':'abc','readonly':false",
            "[3,'a',{'configurationKey':[{'key':'AuthorizationKey','value':'***','readonly':false",
            [(None, 3, "plain", "")],
        ),
        (
            '{"key":"AuthorizationKey","value":"unclosed secret',
            '{"key":"AuthorizationKey","value":"***************',
            [(None, 15, "plain", "")],
        ),
        ("AuthorizationKey = abc;x", "AuthorizationKey = ***;x", [(None, 3, "plain", "")]),
        (f"garbage {SECRET}", f"garbage {'*' * 18}", [(None, 18, "plain", "authorization_key")]),
        (
            f"garbage {SECRET.encode().hex()}",
            f"garbage {'*' * 36}",
            [(None, 36, "hex", "authorization_key")],
        ),
        (f'"{SECRET}"', f'"{"*" * 18}"', [("", 18, "plain", "authorization_key")]),
        ("[2]", "[2]", []),
        ("", "", []),
    ],
)
def test_secrets_are_masked(text: str, masked: str, masks: list[Any]) -> None:
    found, entries = MASKER.mask_frame(text)
    assert (found, summary(entries)) == (masked, masks)


FORMS = {
    "hex": SECRET.encode().hex(),
    "base64": base64.b64encode(SECRET.encode()).decode(),
    "percent": quote(SECRET, safe=""),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "place",
    [
        '[2,"a","DataTransfer",{{"data":"x{}y"}}]',
        "not json {} at all",
        configuration('"{}"').replace('{"', '{{"').replace("}]", "}}]"),
    ],
)
def test_every_form_is_found_and_its_digest_is_that_of_the_secret(form: str, place: str) -> None:
    text = place.format(FORMS[form])
    masked, (mask,) = MASKER.mask_frame(text)
    assert FORMS[form].rstrip("=") not in masked
    assert (mask["form"], mask["name"], mask["digest"]) == (form, "authorization_key", MASKER.digest(SECRET))


def test_a_secret_that_is_hexadecimal_is_found_in_either_case_and_as_the_text_that_it_encodes() -> None:
    secret = SECRET.encode().hex()
    masker = Masker({"k": secret}, KEY)
    for written, form in ((secret.upper(), "plain"), (SECRET, "text of hex")):
        masked, (mask,) = masker.mask_frame(f'[2,"a","DataTransfer",{{"data":"{written}"}}]')
        assert written not in masked
        assert (mask["form"], mask["digest"]) == (form, masker.digest(secret))


def test_base64_is_known_with_its_padding_and_without() -> None:
    masker = Masker({"k": "hunter2"}, KEY)
    for written in ("aHVudGVyMg==", "aHVudGVyMg"):
        masked, (mask,) = masker.mask_frame(configuration(f'"{written}"'))
        assert masked == configuration(f'"{"*" * len(written)}"')
        assert (mask["form"], mask["digest"]) == ("base64", masker.digest("hunter2"))


def test_a_secret_with_a_backslash_is_found_as_it_is_and_escaped() -> None:
    masker = Masker({"k": r"ab\ncd"}, KEY)
    for text in (r"no json: ab\ncd", r"no json: ab\\ncd", r'["ab\\ncd"]', r'["ab\\\\ncd"]'):
        assert "cd" not in masker.mask_frame(text)[0]


def test_equality_is_judged_by_digest_within_one_session_only() -> None:
    (mask,) = MASKER.mask_frame(configuration('"unknown"'))[1]
    assert mask["digest"] == MASKER.digest("unknown") != MASKER.digest("Unknown")
    assert Masker({}, b"other").digest("unknown") != MASKER.digest("unknown")
    assert len(MASKER.digest("unknown")) == 64


def test_a_mask_is_json_and_says_where_it_stands() -> None:
    text = configuration('"unknown"')
    (mask,) = MASKER.mask_frame(text)[1]
    assert text[mask["at"] :].startswith("unknown")
    assert json.loads(json_text(mask)) == mask


def test_a_long_number_that_holds_a_known_secret_is_masked() -> None:
    masker = Masker({"k": "1234567890123456"}, KEY)
    masked, masks = masker.mask_frame('[3,"a",{"x":91234567890123456,"y":1234}]')
    assert masked == '[3,"a",{"x":99999999999999999,"y":1234}]'
    assert summary(masks) == [("x", 17, "number", "")]
    (mask,) = masker.mask_frame("[1234567890123456]")[1]
    assert (mask["name"], mask["digest"]) == ("k", masker.digest("1234567890123456"))


def test_a_secret_of_mask_characters_is_masked_by_another_one() -> None:
    masker = Masker({"k": "****", "n": "999"}, KEY)
    assert masker.mask_frame(configuration('"****"'))[0] == configuration('"####"')
    assert masker.mask_frame(configuration("999"))[0] == configuration("888")


def test_without_secrets_only_the_places_of_secrets_are_masked() -> None:
    masker = Masker({"empty": ""}, KEY)
    assert masker.mask_frame('[2,"a","Heartbeat",{}]') == ('[2,"a","Heartbeat",{}]', ())
    assert masker.mask_frame(configuration('"x"'))[0] == configuration('"*"')


def test_the_representation_shows_names_only() -> None:
    assert repr(MASKER) == "Masker(authorization_key, pin)"


@given(SECRETS, st.text(), st.text(), st.booleans())
def test_no_string_of_a_frame_keeps_a_known_secret(secret: str, before: str, after: str, ascii_only: bool) -> None:
    text = json_text([2, "a", "DataTransfer", {"data": before + secret + after}], ascii_only=ascii_only)
    assume(secret not in "DataTransfer")
    masker = Masker({"k": secret}, KEY)
    masked, masks = masker.mask_frame(text)
    assert len(masked) == len(text)
    frame = parse_frame(masked)
    assert not isinstance(frame, Malformed)
    assert secret not in json.loads(masked)[3]["data"]
    assert masker.digest(secret) in {mask["digest"] for mask in masks}


@given(SECRETS, st.text(), st.text(), st.booleans())
def test_no_text_that_is_not_json_keeps_a_known_secret(secret: str, before: str, after: str, upper: bool) -> None:
    octets = secret.encode().hex()
    text = f"{{ {before}{secret}{after} {octets.upper() if upper else octets}"
    masked, _ = Masker({"k": secret}, KEY).mask_frame(text)
    assert len(masked) == len(text)
    assert secret not in masked
    assert octets not in masked.lower()


@given(st.text(min_size=1), st.booleans())
def test_the_value_of_an_authorization_key_is_never_kept(value: str, ascii_only: bool) -> None:
    text = json_text(
        [2, "a", "ChangeConfiguration", {"key": "AuthorizationKey", "value": value}], ascii_only=ascii_only
    )
    masked, (mask,) = Masker({}, KEY).mask_frame(text)
    assert set(json.loads(masked)[3]["value"]) == {"*"}
    assert (mask["length"], mask["digest"]) == (len(value), MASKER.digest(value))


@given(st.text() | st.text(alphabet='[]{},:"\\2 AuthorizationKeyvalue='))
def test_no_text_makes_it_raise_and_every_text_keeps_its_length(text: str) -> None:
    assert len(MASKER.mask_frame(text)[0]) == len(text)
    assert len(MASKER.mask_frame(f"AuthorizationKey {text}")[0]) == len(text) + 17


@pytest.mark.parametrize("name", recordings.NAMES)
def test_recorded_traffic_stays_as_it_is_where_it_holds_no_secret(name: str) -> None:
    changed = [line.text for line in recordings.read(name) if MASKER.mask_frame(line.text)[0] != line.text]
    assert [text for text in changed if "AuthorizationKey" not in text] == []


# --- Placeholders ---


@given(st.text(min_size=1))
def test_a_placeholder_is_replaced_by_the_secret_at_the_edge(secret: str) -> None:
    masker = Masker({"new_key": secret}, KEY)
    text = json_text(
        [2, "a", "ChangeConfiguration", {"key": "AuthorizationKey", "value": secret_placeholder("new_key")}]
    )
    assert json.loads(masker.reveal(text))[3]["value"] == secret
    assert masker.reveal_value(secret_placeholder("new_key")) == secret


def test_a_placeholder_can_ask_for_hexadecimal() -> None:
    assert secret_placeholder("pin") == "{{secret:pin}}"
    assert MASKER.reveal(f'"{secret_placeholder("pin", hexadecimal=True)}"') == '"3132"'


def test_a_placeholder_for_a_secret_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError, match="other"):
        MASKER.reveal(secret_placeholder("other"))
    with pytest.raises(ValueError, match=r"^a secret's name has letters, digits and _.- only, not 'a b'$"):
        Masker({"a b": "x"}, KEY)


def test_a_device_cannot_have_a_secret_sent_back_to_it() -> None:
    text = f'[2,"{secret_placeholder("pin")}","Heartbeat",{{}}]'
    masked, masks = MASKER.mask_frame(text)
    assert MASKER.reveal(masked) == masked == f'[2,"{"*" * 14}","Heartbeat",{{}}]'
    assert summary(masks) == [("uniqueId", 14, "placeholder", "")]
    assert MASKER.reveal(MASKER.mask_frame(f"broken {text[:-1]}")[0]).count("12") == 0
