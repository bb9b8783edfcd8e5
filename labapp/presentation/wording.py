"""Texts of the presentation, translatable: the window installs its translator, everything else reads English."""

from __future__ import annotations

from collections.abc import Callable

_translate: Callable[[str], str] = str


def install_translator(translate: Callable[[str], str]) -> None:
    """From now on texts are looked up by their English template."""
    global _translate
    _translate = translate


def text(template: str, **facts: object) -> str:
    """A text in the user's language. facts: fill the placeholders of the template, `{name}`."""
    translated = _translate(template)
    return translated.format(**facts) if facts else translated
