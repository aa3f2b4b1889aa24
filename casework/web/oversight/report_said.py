"""The own words of a stage report in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework.operations.oversight.report_words import CHINESE, CONCLUSION, TITLE
from casework.web.shell.i18n import name_of


@dataclass(frozen=True, kw_only=True)
class SaidWords:
    title: str
    conclusion: tuple[str, ...]
    #: By figure the paragraphs that stand with it.
    figures: Mapping[str, tuple[str, ...]]


def say_words(words: Mapping[str, str]) -> SaidWords:
    """Where only one language is written, it stands in both."""
    plain = dict.fromkeys(name.removesuffix(CHINESE) for name in words)
    said = {name: _said(words, name) for name in plain}
    figures = {name: _paragraphs(one) for name, one in said.items() if name not in (TITLE, CONCLUSION)}
    return SaidWords(title=said.get(TITLE, ""), conclusion=_paragraphs(said.get(CONCLUSION, "")), figures=figures)


def _said(words: Mapping[str, str], name: str) -> str:
    english, chinese = words.get(name), words.get(name + CHINESE)
    return name_of({"name": english or chinese or "", "name_zh": chinese})


def _paragraphs(words: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in words.splitlines() if line.strip())


__all__ = ["SaidWords", "say_words"]
