"""Colours hold their contrast, and both ways to a dark page lead to the same one."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

TOKENS = files("casework.web").joinpath("static", "tokens.css").read_text("utf-8")
#: Words need 4.5:1 and edges of controls 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
WORDS, EDGES = 4.5, 3.0
GROUNDS = ("paper", "sheet", "well", "field", "select", "accent-soft", "theirs-soft", "warn-soft", "danger-soft")
PAIRS = [
    *(("ink", ground, WORDS) for ground in GROUNDS),
    *(("ink-1", ground, WORDS) for ground in GROUNDS),
    *(("ink-2", ground, WORDS) for ground in GROUNDS),
    *(("ink-3", ground, WORDS) for ground in ("paper", "sheet", "well", "field", "select", "accent-soft")),
    *((ink, f"{ink}-soft", WORDS) for ink in ("accent", "theirs", "warn", "danger")),
    *((ink, ground, WORDS) for ink in ("accent", "theirs", "warn", "danger") for ground in ("paper", "sheet", "well", "field")),
    ("accent", "select", WORDS),
    ("accent-ink", "accent", WORDS),
    ("accent-ink", "accent-hover", WORDS),
    ("paper", "danger", WORDS),
    ("paper", "ink-1", WORDS),
    *((edge, ground, EDGES) for edge in ("control", "plain") for ground in ("paper", "sheet", "well")),
    ("ticked", "field", EDGES),
    ("control", "field", EDGES),
]  # fmt: skip


def block(after: str) -> dict[str, str]:
    """The tokens of the first block of rules after these words."""
    body = TOKENS[TOKENS.index(after) :].partition("{")[2].partition("}")[0]
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", body))


LIGHT = block('\n:root, [data-bs-theme="light"]')
DARK = block('@media screen {\n  [data-bs-theme="dark"]')


def light_of(colour: str) -> float:
    """The relative luminance of #rrggbb."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    low, high = sorted((light_of(one), light_of(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("front", "ground", "least"), PAIRS)
def test_a_pair_of_colours_has_its_contrast(theme: str, front: str, ground: str, least: float) -> None:
    colours = LIGHT if theme == "light" else DARK
    assert contrast(colours[front], colours[ground]) >= least


def test_contrast_is_measured_as_the_standard_does() -> None:
    assert round(contrast("#ffffff", "#000000"), 2) == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48


def test_a_dark_device_gets_the_dark_theme() -> None:
    assert block('@media screen and (prefers-color-scheme: dark) {\n  [data-bs-theme="auto"]') == DARK


def test_both_themes_name_the_same_tokens() -> None:
    assert set(LIGHT) == set(DARK)


@pytest.mark.parametrize("name", ["paper", "ink", "accent", "accent-hover"])
def test_the_numbers_for_bootstrap_are_those_of_the_token(name: str) -> None:
    for colours in (LIGHT, DARK):
        assert [int(part) for part in colours[f"{name}-rgb"].split(",")] == [
            int(colours[name][place : place + 2], 16) for place in (1, 3, 5)
        ]


def test_every_colour_that_a_style_asks_for_is_a_token() -> None:
    known = set(re.findall(r"--([\w-]+):", TOKENS))
    static = files("casework.web").joinpath("static")
    for style in static.iterdir():
        if style.name.endswith(".css") and style.name != "bootstrap.min.css":
            asked = set(re.findall(r"var\(--([\w-]+)", style.read_text("utf-8")))
            own = set(re.findall(r"--([\w-]+):", style.read_text("utf-8")))
            assert {name for name in asked - known - own if not name.startswith("bs-")} == set(), style.name
