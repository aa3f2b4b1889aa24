"""Questions about a need or a technology that are answered from a list of its programme: what is offered, and what stands there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casework.engine.case_objects.programme_lists import LISTED, Entry, Lists, find, offered
from casework.engine.definition.forms import Form
from casework.json_values import JsonObject
from casework.web.shell.forms import Texts, own_texts
from casework.web.shell.i18n import name_of
from casework.web.shell.values import record_word


def listed_form(form: type[Form], noun: str, lists: Lists, stands: Mapping[str, Any]) -> tuple[list[Any], Texts]:
    """The rules and the words of a form, with what the programme offers; what stands in the record stays possible."""
    words: dict[str, str] = {}
    rules: list[JsonObject] = []
    for written in form.rule():
        rule: JsonObject = dict(written)
        if (name := LISTED[noun].get(rule["name"])) is not None:
            keys = [entry.key for entry in offered(lists[name])]
            keys += [word for word in _words(stands.get(rule["name"])) if word not in keys]
            rule |= {"type": "many" if rule["name"] == "benefits" else "choice", "choices": keys}
            words |= {f"{rule['name']}.choices.{key}": called(lists, name, rule["name"], key) for key in keys}
        rules.append(rule)
    own = own_texts(form)
    return rules, Texts(
        lambda key: words[key] if key in words else own.get(key), lambda key: key in words or own.has(key)
    )


def called(lists: Lists, name: str, field: str, key: str) -> str:
    """What the programme calls an entry, in the reader's language; a word of another source as it is written."""
    entry: Entry | None = find(lists[name], key)
    return record_word(field, key) if entry is None else name_of({"name": entry.label, "name_zh": entry.label_zh})


def names_listed(lists: Lists, noun: str, record: object) -> dict[str, str]:
    """By what stands in a record, what the programme calls it."""
    return names_in(lists, noun, {field: getattr(record, field) for field in LISTED[noun]})


def names_in(lists: Lists, noun: str, says: Mapping[str, Any]) -> dict[str, str]:
    """The same of what a record says by field."""
    return {
        word: called(lists, name, field, word)
        for field, name in LISTED[noun].items()
        for word in _words(says.get(field))
    }


def _words(value: object) -> Iterable[str]:
    return [value] if isinstance(value, str) and value else value if isinstance(value, list | tuple) else []


__all__ = ["called", "listed_form", "names_in", "names_listed"]
