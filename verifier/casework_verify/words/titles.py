"""What the editions that come with Casework call their states, steps and fields, in both languages. An edition of somebody else is not
among them: its codes stay as they are."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

#: By the name of the value in a sentence: how its text is called in an edition.
TITLED = {"left": "states.{}", "came": "states.{}", "taken": "transitions.{}.do"}
#: A field, and a code that it says.
FIELD, VALUE = "name", "value"
_CHOICES = "choices"


@cache
def _editions() -> dict[str, dict[str, list[str]]]:
    """By fingerprint and name of the text: English and Chinese; of a field and a code alone where all forms of the edition agree."""
    told: dict[str, dict[str, list[str]]] = json.loads(files(__package__).joinpath("titles.json").read_text("utf-8"))
    return told


def titled(name: str, value: Any, edition: Any, *, chinese: bool) -> Any:
    """What an edition calls states or a step; else their codes."""
    if isinstance(value, list | tuple):
        return [titled(name, one, edition, chinese=chinese) for one in value]
    return _text(edition, TITLED[name].format(value), chinese=chinese) or value if isinstance(value, str) else value


def field_title(field: str, edition: Any, *, chinese: bool) -> str:
    """What an edition asks by a field; else its name."""
    return _text(edition, field, chinese=chinese) or field


def choice_title(field: Any, value: Any, edition: Any, *, chinese: bool) -> Any:
    """What an edition calls an answer that was chosen; any other as it stands."""
    if isinstance(value, list):
        return [choice_title(field, one, edition, chinese=chinese) for one in value]
    return _text(edition, f"{field}.{_CHOICES}.{value}", chinese=chinese) or value if isinstance(value, str) else value


def _text(edition: Any, key: str, *, chinese: bool) -> str | None:
    told = _editions().get(edition, {}).get(key) if isinstance(edition, str) else None
    return None if told is None else told[chinese]


__all__ = ["FIELD", "TITLED", "VALUE", "choice_title", "field_title", "titled"]
