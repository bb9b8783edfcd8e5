"""Every text that a widget shows goes through Qt's translation."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import labapp.gui

FILES = sorted(Path(labapp.gui.__file__).parent.rglob("*.py"))

#: Calls whose text arguments are shown to a person.
SHOWING = {
    "label",
    "button",
    "EmptyState",
    "say",
    "setText",
    "setToolTip",
    "setPlaceholderText",
    "setAccessibleName",
    "setAccessibleDescription",
    "setWindowTitle",
    "setTitle",
    "setSuffix",
    "setPrefix",
    "addTab",
    "addItem",
    "QLabel",
    "QPushButton",
    "QCheckBox",
    "QRadioButton",
    "QGroupBox",
    "QAction",
    "setStatusTip",
    "setHeaderLabels",
    "setHorizontalHeaderLabels",
}
#: Keywords of those calls that hold no words: names of looks and kinds, keys.
WORDLESS = {"look", "kind", "key", "tone"}


def bare_words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of every literal with letters that a showing call takes without translation."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in SHOWING:
            continue
        if name == "say" and not _is_notice(node):
            # The channel's `say` takes kinds of messages, not words.
            continue
        # What follows the text of an item is its data, what follows the two texts of a notice its tone.
        words = node.args[: {"addItem": 1, "say": 2}.get(name)]
        given = [*words, *(each.value for each in node.keywords if each.arg not in WORDLESS)]
        for argument in given:
            yield from _literals(argument)


def _is_notice(node: ast.Call) -> bool:
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    words = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
    return "notice" in words


def _literals(argument: ast.expr) -> Iterator[tuple[int, str]]:
    match argument:
        case ast.Constant(value=str() as text) if any(each.isalpha() for each in text):
            yield argument.lineno, text
        case ast.JoinedStr(values=parts):
            for part in parts:
                if isinstance(part, ast.Constant):
                    yield from _literals(part)
        case ast.IfExp(body=body, orelse=otherwise):
            yield from _literals(body)
            yield from _literals(otherwise)
        case ast.BinOp(left=left, right=right):
            yield from _literals(left)
            yield from _literals(right)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_shown_text_is_translated(path: Path) -> None:
    found = list(bare_words(ast.parse(path.read_text(encoding="utf-8"))))
    assert found == [], f"{path}: wrap these in self.tr()"


def test_a_bare_text_is_found() -> None:
    tree = ast.parse(
        'label("Hello", look="muted"); x.setText(f"{a} and"); button(self.tr("Go"), key="F1"); desk.say("answer")'
    )
    assert [text for _, text in bare_words(tree)] == ["Hello", " and"]
