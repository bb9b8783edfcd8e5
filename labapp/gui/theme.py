"""Colours and fonts of the window: the tokens of `labapp.presentation.tokens` as palette, stylesheet and fonts."""

from __future__ import annotations

from dataclasses import asdict
from string import Template
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from labapp.domain.errors import EnvironmentFault
from labapp.locator import data_path
from labapp.presentation.tokens import THEMES, Tokens

FAMILY = "DejaVu Sans Condensed"
MONO = "DejaVu Sans Mono"
_FILES = ("DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf", "DejaVuSansMono.ttf")

Role = Literal["small", "body", "large", "figure", "prompt", "mono"]

#: Sizes in points: three in tables and text, one for measured figures, one for prompts.
_SIZES: dict[Role, float] = {"small": 9, "body": 10.5, "large": 14, "figure": 26, "prompt": 24, "mono": 9.5}


class _Announcer(QObject):
    """Tells who paints for himself that the colours have changed."""

    changed = Signal()


announcer = _Announcer()
_current = THEMES["light"]


def current() -> Tokens:
    """The colours of now."""
    return _current


def colour(token: str) -> QColor:
    """A token as a colour."""
    return QColor(getattr(_current, token))


def font(role: Role, *, bold: bool = False) -> QFont:
    """The font of a role."""
    made = QFont(MONO if role == "mono" else FAMILY)
    made.setPointSizeF(_SIZES[role])
    made.setBold(bold)
    if role == "mono":
        made.setStyleHint(QFont.StyleHint.Monospace)
    return made


def load_fonts() -> None:
    """Make the fonts known to Qt. Raises EnvironmentFault when one is missing: Qt would draw boxes and say nothing."""
    folder = data_path("resources") / "fonts"
    for name in _FILES:
        if QFontDatabase.addApplicationFont(str(folder / name)) < 0:
            raise EnvironmentFault("the font cannot be loaded", where=str(folder / name), mend="install labapp again")
    missing = {FAMILY, MONO} - set(QFontDatabase.families())
    if missing:
        raise EnvironmentFault(f"the fonts {', '.join(sorted(missing))} are missing", mend="install labapp again")


def preferred(application: QApplication) -> str:
    """The theme that the desktop asks for."""
    return "dark" if application.styleHints().colorScheme() == Qt.ColorScheme.Dark else "light"


def apply(application: QApplication, name: str) -> None:
    """Give the application the colours of a theme, by its name in THEMES."""
    global _current
    _current = THEMES[name]
    application.setStyle("Fusion")
    application.setFont(font("body"))
    application.setPalette(_palette(_current))
    application.setStyleSheet(_stylesheet(_current, name))
    announcer.changed.emit()


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.window,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Base: tokens.surface,
        QPalette.ColorRole.AlternateBase: tokens.raised,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.Button: tokens.raised,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.Highlight: tokens.selected,
        QPalette.ColorRole.HighlightedText: tokens.text,
        QPalette.ColorRole.ToolTipBase: tokens.surface,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.PlaceholderText: tokens.muted,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.Mid: tokens.line,
    }
    for role, value in roles.items():
        palette.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.muted))
    return palette


def _stylesheet(tokens: Tokens, name: str) -> str:
    resources = data_path("resources")
    template = (resources / "window.qss").read_text(encoding="utf-8")
    tick = resources / "icons" / f"tick-{name.replace(' ', '-')}.svg"
    return Template(template).substitute(asdict(tokens), mono=MONO, tick=tick.as_posix())
