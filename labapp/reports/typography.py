"""Fonts, styles and text of the PDF: embedded fonts, and foreign text made printable and harmless."""

from __future__ import annotations

import unicodedata
from functools import cache
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from labapp.locator import data_path
from labapp.reports.verdicts import look

TEXT = "DejaVuSansCondensed"
BOLD = "DejaVuSansCondensed-Bold"
MONO = "DejaVuSansMono"

INK = HexColor("#1C2733")
ACCENT = HexColor("#1F3A5F")
FAINT = HexColor("#5B6773")
RULE = HexColor("#C9D1D9")
SHADE = HexColor("#EEF2F6")
ALARM = HexColor("#A61B1B")


@cache
def register_fonts() -> None:
    """Make the fonts known to reportlab, once in a process."""
    fonts = data_path("resources") / "fonts"
    for name in (TEXT, BOLD, MONO):
        pdfmetrics.registerFont(TTFont(name, str(fonts / f"{name}.ttf")))
    pdfmetrics.registerFontFamily(TEXT, normal=TEXT, bold=BOLD, italic=TEXT, boldItalic=BOLD)


def printable(text: str, font: str = TEXT) -> str:
    """Text in which every character has a glyph; one that has none, or controls, is written as its code point, never dropped."""
    register_fonts()
    glyphs = pdfmetrics.getFont(font).face.charToGlyph  # type: ignore[attr-defined]
    if all(ord(character) in glyphs and not _controls(character) for character in text):
        return text
    return "".join(
        character
        if ord(character) in glyphs and not _controls(character)
        else " "
        if character in "\t\n\r"
        else f"⟨U+{ord(character):04X}⟩"
        for character in text
    )


def _controls(character: str) -> bool:
    """Whether the character steers instead of showing: controls, and marks that turn the direction of text."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs")


def markup(text: str, font: str = TEXT) -> str:
    """Foreign text for a Paragraph: printable, and nothing in it is markup."""
    return escape(printable(text, font))


def verdict_markup(worded: str) -> str:
    """A verdict with its shape, in its colour and bold."""
    word = worded.split(" ", 1)[-1].removesuffix(" (expected)")
    return f'<font name="{BOLD}" color="#{look(word).colour}">{markup(worded)}</font>'


@cache
def style(name: str) -> ParagraphStyle:
    """A paragraph style by name. Raises KeyError."""
    register_fonts()
    base = ParagraphStyle("base", fontName=TEXT, fontSize=9, leading=12, textColor=INK, splitLongWords=1)
    return {
        "body": base,
        "cell": ParagraphStyle("cell", base, fontSize=7.5, leading=9.6),
        "digest": ParagraphStyle("digest", base, fontName=MONO, fontSize=6.6, leading=8.6),
        "number": ParagraphStyle("number", base, fontSize=7.5, leading=9.6, alignment=TA_RIGHT),
        "head": ParagraphStyle("head", base, fontName=BOLD, fontSize=7.5, leading=9.6, textColor=ACCENT),
        "head number": ParagraphStyle(
            "head number", base, fontName=BOLD, fontSize=7.5, leading=9.6, textColor=ACCENT, alignment=TA_RIGHT
        ),
        "note": ParagraphStyle("note", base, fontSize=7.5, leading=10, textColor=FAINT, spaceAfter=4),
        "title": ParagraphStyle("title", base, fontName=BOLD, fontSize=24, leading=30, textColor=ACCENT),
        "subtitle": ParagraphStyle("subtitle", base, fontSize=13, leading=17, textColor=INK, spaceAfter=10),
        "section": ParagraphStyle(
            "section", base, fontName=BOLD, fontSize=14, leading=18, textColor=ACCENT, spaceBefore=16, spaceAfter=6
        ),
        "group": ParagraphStyle(
            "group", base, fontName=BOLD, fontSize=9.5, leading=13, textColor=ACCENT, spaceBefore=8, spaceAfter=2
        ),
        "case": ParagraphStyle("case", base, fontName=BOLD, fontSize=9.5, leading=12.5, textColor=INK),
        "small": ParagraphStyle("small", base, fontSize=7.5, leading=9.8, textColor=FAINT),
        "statement": ParagraphStyle("statement", base, fontName=BOLD, fontSize=10.5, leading=14, textColor=INK),
        "alarm": ParagraphStyle("alarm", base, fontName=BOLD, fontSize=9, leading=12, textColor=ALARM),
        "end": ParagraphStyle("end", base, alignment=1, textColor=FAINT, spaceBefore=14),
        "contents": ParagraphStyle("contents", base, leading=12.5),
    }[name]
