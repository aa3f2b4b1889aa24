"""Every word that a page shows can be said in Chinese: nothing is left out of the catalogue or without a translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[3]
PO = ROOT / "casework" / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"N_": None, "_": None, "gettext": None, "ngettext": (1, 2)}
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
#: What is the same in every language.
NAMES = {"Casework", "English", "openapi", "json", "·"}


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def wanted() -> set[str]:
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        parse: Callable[[TextIO], tuple[list[tuple[str, str]], dict[str, dict[str, str]]]] = parse_mapping_cfg
        methods, options = parse(file)
    found = set()
    # The folders one by one: nothing else of the tree is looked at.
    for top in ("casework", "templates"):
        here = [(pattern.removeprefix(f"{top}/"), reader) for pattern, reader in methods if pattern.startswith(top)]
        chosen = {pattern.removeprefix(f"{top}/"): more for pattern, more in options.items()}
        for _, _, words, _, _ in extract_from_dir(str(ROOT / top), here, chosen, KEYWORDS):
            found.add(words[0] if isinstance(words, tuple) else words)
    return found - {""}


def test_nothing_is_missing_in_the_catalogue(catalogue: Catalog, wanted: set[str]) -> None:
    known = {one.id[0] if isinstance(one.id, (tuple, list)) else one.id for one in catalogue}
    assert len(wanted) > 100
    assert sorted(wanted - known) == [], "run `make strings` and translate what is new"


def test_nothing_is_left_over_in_the_catalogue(catalogue: Catalog, wanted: set[str]) -> None:
    known = {one.id[0] if isinstance(one.id, (tuple, list)) else one.id for one in catalogue if one.id}
    assert sorted(known - wanted) == [], "run `make strings`"


def test_everything_is_translated_and_nothing_is_a_guess(catalogue: Catalog) -> None:
    strings = {one.id: one.string if isinstance(one.string, tuple) else (one.string,) for one in catalogue if one.id}
    assert [id for id, words in strings.items() if not all(words)] == []
    assert [one.id for one in catalogue if one.id and one.fuzzy] == []


def test_no_per_cent_sign_is_taken_for_a_place(catalogue: Catalog) -> None:
    said = {
        str(words)
        for one in catalogue
        if one.id
        for words in (one.string if isinstance(one.string, tuple) else (one.string,))
    }
    assert [words for words in said if re.search(r"%(?!\(\w+\)[sd]|%)", words)] == [], (
        "write it out: pages put values in by %"
    )


def test_translations_have_the_same_gaps(catalogue: Catalog) -> None:
    def gaps(words: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|\{\w+\}", words))

    for one in catalogue:
        if one.id:
            ids = one.id if isinstance(one.id, (tuple, list)) else (one.id,)
            strings = one.string if isinstance(one.string, (tuple, list)) else (one.string,)
            assert all(gaps(str(words)) == gaps(str(ids[-1])) for words in strings), one.id


def bare_words(source: str) -> list[str]:
    """Words of a template that stand outside of _()."""
    plain = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    plain = re.sub(r"<(script|style)\b.*?</\1>", "", plain, flags=re.DOTALL)
    spoken = re.findall(r'\b(?:placeholder|title|alt|aria-label)="([^"{]*[A-Za-z一-鿿][^"{]*)"', plain)
    # Quotes within a tag of Jinja may hold a >, so those go first.
    plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", plain, flags=re.DOTALL)
    plain = re.sub(r"<[^>]*>", " ", plain)
    # Attributes that a macro writes into another one's tag.
    plain = re.sub(r'[a-z-]+="[^"]*"', " ", plain)
    return spoken + [word for word in re.findall(r"[A-Za-z一-鿿]{2,}", plain) if word not in NAMES]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: str(one.relative_to(ROOT)))
def test_no_template_has_bare_words(template: Path) -> None:
    assert bare_words(template.read_text("utf-8")) == []


#: Where a template puts a colon or a full stop of its own behind what it says.
_OWN_STOP = re.compile(r"(?:\}\}|endif %\}|endfor %\})(?:</[a-z]+>)?(?:: |:</|\.(?: |<|$))", re.MULTILINE)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: str(one.relative_to(ROOT)))
def test_no_template_ends_words_with_a_stop_of_one_language(template: Path) -> None:
    # The number of an item has its full stop in every language.
    source = template.read_text("utf-8").replace("{{ n + 1 }}.", "")
    assert _OWN_STOP.findall(source) == [], "labelled() has the reader's colon; a full stop stands within _()"


#: Where a template puts a space of its own behind a sentence: Chinese has none there.
_OWN_GAP = re.compile(
    r'\{\{ (?:_|n?gettext)\((?:[^{}"]|"[^"]*")*?"[^"]*[.!?]"(?:[^{}"]|"[^"]*")*?\) *\}\}'
    r"(?:\{% end\w+ %\}|</(?:a|strong|em|span|b)>)*(?:\{% if [^%]*%\})?\s+"
    r"(?:\{% if [^%]*%\})?(?:<(?:a|strong|em|span|b)\b[^>]*>)?\{\{"
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda one: str(one.relative_to(ROOT)))
def test_no_template_puts_a_space_behind_a_sentence(template: Path) -> None:
    if "mail" not in template.parent.name:
        assert _OWN_GAP.findall(template.read_text("utf-8")) == [], (
            "gap() is a space where the reader's language has one"
        )


@pytest.mark.parametrize(
    "style", sorted((ROOT / "casework" / "web" / "static").glob("*.css")), ids=lambda one: one.name
)
def test_no_style_puts_a_colon_of_one_language_behind_words(style: Path) -> None:
    rules = re.findall(r"^ *(.+?)::before \{ content: attr\([\w-]+\) \"(.+?)\"", style.read_text("utf-8"), re.MULTILINE)
    ours = {place for place, stop in rules if stop == ": "}
    assert {place.removesuffix(":lang(zh)") for place, stop in rules if stop == "："} == ours


def test_bare_words_are_found() -> None:
    assert bare_words('<p title="Hello">{{ _("Marked") }} loose <b>Casework</b></p>') == ["Hello", "loose"]


def unmarked(source: str) -> Iterator[int]:
    """Lines where flash() says words that are not marked."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "flash" and node.args:
            words = node.args[0]
            if isinstance(words, (ast.Constant, ast.JoinedStr, ast.BinOp)):
                yield node.lineno


@pytest.mark.parametrize(
    "module", sorted((ROOT / "casework" / "web").rglob("*.py")), ids=lambda one: str(one.relative_to(ROOT))
)
def test_what_a_page_says_next_is_marked(module: Path) -> None:
    assert list(unmarked(module.read_text("utf-8"))) == []
