"""Why a case does not move, with what things are called in place of the names that programs know them by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from casework.engine.definition.editions import Edition
from casework.reasons import Reason, Why
from casework.web.shell.i18n import edition_text, say, sentences

#: Where the words of a thing stand that a reason names.
_WORDS = ("states.{}", "tasks.{}", "transitions.{}.do", "guards.{}", "milestones.{}")


def say_reasons(why: Iterable[Why], editions: Sequence[Edition]) -> str:
    return sentences(_say(one, editions) for one in why)


def _say(why: Why, editions: Sequence[Edition]) -> str:
    if isinstance(why, Reason):
        named = {
            name: say_name(value, editions) if isinstance(value, str) else value for name, value in why.values.items()
        }
        why = replace(why, values=named)
    return say(why)


def say_name(name: str, editions: Sequence[Edition]) -> str:
    """What something is called in the first of some editions that has words for it."""
    keys = [form.format(name) for form in _WORDS]
    found = (edition_text(edition, key) for edition in editions for key in keys if key in edition.texts)
    return next(found, name)


__all__ = ["say_name", "say_reasons"]
