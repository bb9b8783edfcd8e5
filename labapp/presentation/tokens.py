"""The colours of the window, as tokens in one place: light, dark and high contrast.

Text tokens reach a contrast of 4.5:1 on every surface that they stand on (WCAG 2.2, success criterion 1.4.3); a test measures it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as "#rrggbb".

    window: behind everything; surface: of cards, tables and fields; raised: of rail, strips and headers; selected: of the row or
    stage that is chosen. text, muted: on all of these. accent: the one thing to do next, also as text; on_accent: text on it.
    line: between areas; edge: round fields, 3:1 on surfaces; focus: round what has the keyboard. The verdicts are text colours.
    prompt: surface of the prompt; on_prompt: text on it; marked: surface behind an offending part of a frame.
    """

    window: str
    surface: str
    raised: str
    selected: str
    text: str
    muted: str
    accent: str
    on_accent: str
    line: str
    edge: str
    focus: str
    prompt: str
    on_prompt: str
    marked: str
    verdict_pass: str
    verdict_fail: str
    verdict_inconclusive: str
    verdict_error: str
    verdict_none: str


LIGHT = Tokens(
    window="#eef1f4",
    surface="#ffffff",
    raised="#f6f8fa",
    selected="#dbe9f6",
    text="#17212b",
    muted="#4d5a68",
    accent="#0b5a9c",
    on_accent="#ffffff",
    line="#cfd6dd",
    edge="#74808d",
    focus="#0b5a9c",
    prompt="#0f3f6b",
    on_prompt="#ffffff",
    marked="#ffe3c2",
    verdict_pass="#14652f",
    verdict_fail="#a8161f",
    verdict_inconclusive="#7a4a00",
    verdict_error="#6a2c91",
    verdict_none="#4d5a68",
)

DARK = Tokens(
    window="#14191f",
    surface="#1c232b",
    raised="#19202a",
    selected="#22405c",
    text="#e8edf2",
    muted="#a9b6c3",
    accent="#74b9f2",
    on_accent="#0a1a28",
    line="#33404d",
    edge="#8394a5",
    focus="#8cc8fa",
    prompt="#123a5f",
    on_prompt="#ffffff",
    marked="#5a3a12",
    verdict_pass="#6fd08c",
    verdict_fail="#ff8f8f",
    verdict_inconclusive="#f0b95a",
    verdict_error="#cfa4f5",
    verdict_none="#a9b6c3",
)

HIGH_CONTRAST = Tokens(
    window="#000000",
    surface="#000000",
    raised="#000000",
    selected="#003a66",
    text="#ffffff",
    muted="#e0e0e0",
    accent="#ffd500",
    on_accent="#000000",
    line="#ffffff",
    edge="#ffffff",
    focus="#ffd500",
    prompt="#000000",
    on_prompt="#ffffff",
    marked="#5a3a00",
    verdict_pass="#5dff8f",
    verdict_fail="#ff9d9d",
    verdict_inconclusive="#ffc861",
    verdict_error="#dcb6ff",
    verdict_none="#e0e0e0",
)

THEMES = {"light": LIGHT, "dark": DARK, "high contrast": HIGH_CONTRAST}

SURFACES = ("window", "surface", "raised", "selected")
TEXTS = (
    "text",
    "muted",
    "accent",
    "verdict_pass",
    "verdict_fail",
    "verdict_inconclusive",
    "verdict_error",
    "verdict_none",
)


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def names() -> tuple[str, ...]:
    """Every token."""
    return tuple(each.name for each in fields(Tokens))
