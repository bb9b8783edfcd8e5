"""Secrets are taken out of frames at the edge of the link, before anything else sees, stores or judges the text.

The text keeps its length: each written character of a secret becomes one mask character. Beside the text stands, for each
secret, where it was, how long and in which form it was, and a keyed digest (HMAC-SHA-256), so that equality can be judged
without the secret. Two kinds of secrets are found:

* known secrets, wherever they stand in a text, frame or not: as they are, in hexadecimal of either case, in Base64, escaped
  for a URL or for JSON, and, when the secret itself is hexadecimal, as the text it encodes. Secrets of fewer than four
  characters would be found everywhere by chance and are only masked where secrets belong;
* whatever stands where OCPP puts a secret, known or not: the value of AuthorizationKey (1.6) and BasicAuthPassword (2.0.1),
  and the passwords, keys and PINs of a network connection profile (2.0.1).

Frames that the tool sends carry placeholders instead of secrets; only the edge of the link puts the secret in.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from labapp.ocpp.frames import CALL, CALL_ERROR, CALL_RESULT
from labapp.ocpp.json_spans import Span, characters, spans
from labapp.ocpp.json_text import NotJson, read_json
from labapp.ocpp.schemas import dotted

#: Shortest text that is searched for everywhere.
MIN_SEARCHED = 4
#: Shortest secret of digits that is searched for in numbers.
MIN_SEARCHED_NUMBER = 8

Form = Literal["plain", "hex", "text of hex", "base64", "base64url", "percent", "json", "number", "placeholder"]

_SECRET_KEYS = frozenset({"authorizationkey", "basicauthpassword"})
_VALUE_NAMES = frozenset({"value", "attributevalue", "actualvalue"})
_SECRET_NAMES = frozenset({"apnpassword", "simpin"})
_VPN_SECRET_NAMES = frozenset({"password", "key"})
#: Without one of these words in it, in lower case, a frame has no place where OCPP puts a secret.
_NAMES_OF_PLACES = (*_SECRET_KEYS, *_SECRET_NAMES, "vpn")

_ELEMENTS = {
    CALL: ("messageTypeId", "uniqueId", "action", ""),
    CALL_RESULT: ("messageTypeId", "uniqueId", ""),
    CALL_ERROR: ("messageTypeId", "uniqueId", "errorCode", "errorDescription", "errorDetails"),
}

_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_PLACEHOLDER = re.compile(r"\{\{secret:(?P<name>[A-Za-z0-9_.-]+)(?P<hex>:hex)?\}\}")
_HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2}){4,}")
_SECRET_KEY_MENTIONED = re.compile("|".join(_SECRET_KEYS), re.IGNORECASE)
#: In a text of any notation, what follows the name of a secret's value: quoted to the same quote, or bare.
_VALUE_IN_TEXT = re.compile(
    rf"(?<![A-Za-z])(?:{'|'.join(sorted(_VALUE_NAMES | _SECRET_KEYS))})\\*+[\"']?\s*+[:=]\s*+\\*+"
    r"(?:(?P<quote>[\"'])(?P<quoted>(?:(?!\\{0,4}(?P=quote)).)*+)|(?P<bare>[^\s\"',;\]}\\]++))",
    re.IGNORECASE | re.DOTALL,
)


def secret_placeholder(name: str, *, hexadecimal: bool = False) -> str:
    """What stands for the secret of this name in a frame that the tool is about to send; hexadecimal: its bytes in hexadecimal."""
    return f"{{{{secret:{name}{':hex' if hexadecimal else ''}}}}}"


@dataclass(frozen=True, slots=True)
class _Needle:
    """One way in which a known secret may be written."""

    name: str
    form: Form
    text: str
    any_case: bool


@dataclass(frozen=True, slots=True)
class _Hit:
    """A secret in a text. start, end: where it is written; length: its characters once escapes are resolved; path: None outside JSON."""

    start: int
    end: int
    length: int
    path: str | None
    form: Form
    name: str
    digest: str


class Masker:
    """Masks the secrets of one session. It holds them in memory and never shows them."""

    def __init__(self, secrets: Mapping[str, str], key: bytes) -> None:
        """secrets: name -> value, empty values ignored. key: of the digests, known to this session alone.

        Raises: ValueError for a name that a placeholder cannot hold.
        """
        for name in secrets:
            if not _NAME.fullmatch(name):
                raise ValueError(f"a secret's name has letters, digits and _.- only, not {name!r}")
        self._key = key
        self._secrets = {name: value for name, value in secrets.items() if value}
        self._needles = _needles(self._secrets)
        searched = [needle for needle in self._needles if len(needle.text) >= MIN_SEARCHED]
        searched = [needle for needle in searched if len(self._secrets[needle.name]) >= MIN_SEARCHED]
        self._searched = {f"n{index}": needle for index, needle in enumerate(searched)}
        self._search = re.compile(
            "|".join(_pattern(group, needle) for group, needle in self._searched.items()) or "(?!)"
        )
        values = self._secrets.values()
        self._mark = next((mark for mark in "*#-" if not any(mark in value for value in values)), "*")

    def __repr__(self) -> str:
        return f"Masker({', '.join(self._secrets)})"

    def digest(self, value: str) -> str:
        """The keyed digest of a value, in hexadecimal: equal for equal values, within one session."""
        return hmac.new(self._key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def mask_frame(self, text: str) -> tuple[str, tuple[Mapping[str, Any], ...]]:
        """The text of the same length without its secrets, and one entry for each of them in the text's order.

        Entry: `path` (as in findings, from the payload; null where the text is not JSON), `at` (first character in the text),
        `length` (characters, escapes resolved), `form`, `name` (of a known secret, else ""), `digest` (of the known secret
        whatever the form, else of what stood there). A number stays a number. No text makes it raise.
        """
        if self._innocent(text):
            return text, ()
        if isinstance(read_json(text), NotJson):
            hits = [*self._in_text(text, 0, len(text), None), *self._known(text, range(len(text) + 1), None)]
        else:
            hits = list(self._in_json(text))
        return self._masked(text, hits)

    def _innocent(self, text: str) -> bool:
        """Whether the text plainly holds no secret and no place for one, so that it need not be taken apart.

        Only for plain text: an escape or a letter outside ASCII can write a secret, or a name, in another way.
        """
        if not text.isascii() or "\\" in text or "{{" in text or self._search.search(text):
            return False
        lower = text.lower()
        return not any(name in lower for name in _NAMES_OF_PLACES)

    def reveal(self, text: str) -> str:
        """A frame to send, its placeholders replaced by the secrets, escaped for JSON. Raises KeyError for an unknown name."""
        return _PLACEHOLDER.sub(lambda found: json.dumps(self._placed(found))[1:-1], text)

    def reveal_value(self, text: str) -> str:
        """A value, its placeholders replaced by the secrets as they are. Raises KeyError for an unknown name."""
        return _PLACEHOLDER.sub(self._placed, text)

    def _placed(self, found: re.Match[str]) -> str:
        secret = self._secrets[found["name"]]
        return secret.encode("utf-8", "surrogatepass").hex() if found["hex"] else secret

    def _masked(self, text: str, hits: list[_Hit]) -> tuple[str, tuple[Mapping[str, Any], ...]]:
        masked = list(text)
        masks: list[Mapping[str, Any]] = []
        reached = 0
        for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
            mark = self._digit(hit.length) if hit.form == "number" else self._mark
            masked[hit.start : hit.end] = mark * (hit.end - hit.start)
            if hit.end > reached:
                masks.append(
                    {
                        "path": hit.path,
                        "at": hit.start,
                        "length": hit.length,
                        "form": hit.form,
                        "name": hit.name,
                        "digest": hit.digest,
                    }
                )
                reached = hit.end
        return "".join(masked), tuple(masks)

    def _digit(self, length: int) -> str:
        return next((digit for digit in "987654321" if digit * length not in self._secrets.values()), "9")

    def _in_json(self, text: str) -> Iterator[_Hit]:
        root = spans(text)
        bearing = {span.start for span in _bearing(text, root)}
        for span, path in _leaves(text, root, self._shown_name):
            if span.kind == "bare":
                yield from self._in_number(text, span, path, span.start in bearing)
            elif span.start in bearing:
                yield from self._whole(text, span, path)
            else:
                yield from self._in_text(text, span.start + 1, span.end - 1, path)

    def _shown_name(self, name: str) -> str:
        """A member's name as a path may show it."""
        return self._search.sub(lambda found: self._mark * len(found[0]), name)

    def _whole(self, text: str, span: Span, path: str) -> Iterator[_Hit]:
        """A string that stands where a secret belongs."""
        value = span.text(text)
        if value:
            known = next((needle for needle in self._needles if _same(needle, value)), None)
            yield self._hit(span.start + 1, span.end - 1, value, path, known)

    def _in_number(self, text: str, span: Span, path: str, bearing: bool) -> Iterator[_Hit]:
        written = span.text(text)
        long = (secret for secret in self._secrets.values() if len(secret) >= MIN_SEARCHED_NUMBER)
        if written[0] in "-0123456789" and (bearing or any(secret in written for secret in long)):
            name = next((name for name, secret in self._secrets.items() if secret == written), "")
            yield _Hit(span.start, span.end, len(written), path, "number", name, self.digest(written))

    def _in_text(self, text: str, start: int, end: int, path: str | None) -> Iterator[_Hit]:
        """Secrets in a string token, or in a text that is not JSON."""
        value, places = characters(text, start, end)
        yield from self._known(value, places, path)
        if _SECRET_KEY_MENTIONED.search(value):
            for found in _VALUE_IN_TEXT.finditer(value):
                group = "bare" if found["quoted"] is None else "quoted"
                if found[group]:
                    known = next((needle for needle in self._needles if _same(needle, found[group])), None)
                    yield self._hit(places[found.start(group)], places[found.end(group)], found[group], path, known)

    def _known(self, value: str, places: Sequence[int], path: str | None) -> Iterator[_Hit]:
        for found in self._search.finditer(value):
            needle = self._searched[found.lastgroup or ""]
            yield self._hit(places[found.start()], places[found.end()], found[0], path, needle)
        for found in _PLACEHOLDER.finditer(value):
            hit = self._hit(places[found.start()], places[found.end()], found[0], path, None)
            yield _Hit(hit.start, hit.end, hit.length, path, "placeholder", "", hit.digest)

    def _hit(self, start: int, end: int, value: str, path: str | None, known: _Needle | None) -> _Hit:
        if known is None:
            return _Hit(start, end, len(value), path, "plain", "", self.digest(value))
        return _Hit(start, end, len(value), path, known.form, known.name, self.digest(self._secrets[known.name]))


def _needles(secrets: Mapping[str, str]) -> list[_Needle]:
    """Every way to write every secret, longest first, so that the longest match wins."""
    needles: dict[str, _Needle] = {}
    for name, secret in secrets.items():
        octets = secret.encode("utf-8", "surrogatepass")
        is_hex = bool(_HEXADECIMAL.fullmatch(secret))
        forms: list[tuple[Form, str, bool]] = [
            ("plain", secret, is_hex),
            ("hex", octets.hex(), True),
            ("base64", base64.b64encode(octets).decode().rstrip("="), False),
            ("base64url", base64.urlsafe_b64encode(octets).decode().rstrip("="), False),
            ("percent", quote(octets, safe=""), False),
            ("json", json.dumps(secret)[1:-1], False),
            ("json", json.dumps(secret, ensure_ascii=False)[1:-1], False),
            ("text of hex", _text_of_hex(secret) if is_hex else "", False),
        ]
        for form, text, any_case in forms:
            if text:
                needles.setdefault(text, _Needle(name, form, text, any_case))
    return sorted(needles.values(), key=lambda needle: -len(needle.text))


def _text_of_hex(secret: str) -> str:
    try:
        return bytes.fromhex(secret).decode()
    except UnicodeDecodeError:
        return ""


def _pattern(group: str, needle: _Needle) -> str:
    escaped = re.escape(needle.text)
    return f"(?P<{group}>{f'(?i:{escaped})' if needle.any_case else escaped})"


def _same(needle: _Needle, value: str) -> bool:
    if needle.form in ("base64", "base64url"):
        value = value.rstrip("=")
    return needle.text.lower() == value.lower() if needle.any_case else needle.text == value


def _leaves(text: str, root: Span, shown: Callable[[str], str]) -> Iterator[tuple[Span, str]]:
    """Every string and bare value with its path, member names (with the path of their value) included.

    shown: gives a member's name as the path may show it.
    """
    names: tuple[str, ...] = ()
    if root.kind == "array" and root.items:
        head = root.items[0].text(text) if root.items[0].kind == "bare" else ""
        names = _ELEMENTS.get(int(head), ()) if head in ("2", "3", "4") else ()
    todo: list[tuple[Span, list[str | int]]] = []
    if root.kind == "array":
        for index, item in enumerate(root.items):
            named = index < len(names)
            todo.append((item, [names[index]] if named and names[index] else [] if named else [index]))
    else:
        todo.append((root, []))
    while todo:
        span, path = todo.pop()
        for name, value in span.members:
            inner = [*path, shown(name.text(text))]
            yield name, dotted(inner)
            todo.append((value, inner))
        todo.extend((item, [*path, index]) for index, item in enumerate(span.items))
        if span.kind in ("string", "bare"):
            yield span, dotted(path)


def _bearing(text: str, span: Span) -> Iterator[Span]:
    """The strings and bare values that stand where OCPP puts a secret. Names compare without case: careless devices exist."""
    members = [(name.text(text).lower(), value) for name, value in span.members]
    is_secret = any(_names_secret(text, name, value) for name, value in members)
    for name, value in members:
        if name in _SECRET_NAMES or (is_secret and name in _VALUE_NAMES):
            yield from _all_leaves(value)
        elif name == "vpn":
            for inner_name, inner in value.members:
                if inner_name.text(text).lower() in _VPN_SECRET_NAMES:
                    yield from _all_leaves(inner)
        elif is_secret and name == "variableattribute":
            for attribute in value.items:
                for inner_name, inner in attribute.members:
                    if inner_name.text(text).lower() in _VALUE_NAMES:
                        yield from _all_leaves(inner)
        yield from _bearing(text, value)
    for item in span.items:
        yield from _bearing(text, item)


def _names_secret(text: str, name: str, value: Span) -> bool:
    """Whether this member says that the object speaks of a secret: `"key": "AuthorizationKey"`, `"variable": {"name": …}`."""
    if name == "key" and value.kind == "string":
        return value.text(text).strip().lower() in _SECRET_KEYS
    if name == "variable":
        return any(_is_secret_key(text, inner_name, inner) for inner_name, inner in value.members)
    return False


def _is_secret_key(text: str, name: Span, value: Span) -> bool:
    named = name.text(text).lower() == "name" and value.kind == "string"
    return named and value.text(text).strip().lower() in _SECRET_KEYS


def _all_leaves(span: Span) -> Iterator[Span]:
    if span.kind in ("string", "bare"):
        yield span
    for _, value in span.members:
        yield from _all_leaves(value)
    for item in span.items:
        yield from _all_leaves(item)
