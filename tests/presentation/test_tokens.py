"""Every text can be read on every surface, in every theme."""

from __future__ import annotations

import pytest

from labapp.presentation.looks import LOOKS, look_of
from labapp.presentation.tokens import SURFACES, TEXTS, THEMES, contrast, names
from labapp.reports.verdicts import look as printed


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == 1
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("text", TEXTS)
def test_texts_on_surfaces(theme: str, surface: str, text: str) -> None:
    tokens = THEMES[theme]
    assert contrast(getattr(tokens, text), getattr(tokens, surface)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("text", "surface"), [("on_accent", "accent"), ("on_prompt", "prompt"), ("text", "marked"), ("muted", "marked")]
)
def test_texts_on_surfaces_of_their_own(theme: str, text: str, surface: str) -> None:
    tokens = THEMES[theme]
    assert contrast(getattr(tokens, text), getattr(tokens, surface)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("edge", ["edge", "focus"])
def test_edges_can_be_seen(theme: str, surface: str, edge: str) -> None:
    tokens = THEMES[theme]
    assert contrast(getattr(tokens, edge), getattr(tokens, surface)) >= 3


def test_every_look_has_word_shape_and_a_colour_that_is_a_token() -> None:
    shapes = [(look.word, look.shape) for look in LOOKS.values()]
    assert len(set(shapes)) == len(shapes)
    assert {look.colour for look in LOOKS.values()} <= set(names())


@pytest.mark.parametrize("verdict", ["PASS", "FAIL", "INCONCLUSIVE", "ERROR", "NOT_RUN", "NOT_APPLICABLE"])
def test_a_verdict_has_the_same_shape_in_the_window_and_in_the_report(verdict: str) -> None:
    assert look_of(verdict).shape == printed(verdict).shape
