"""Two editions on one map: what came, what went and what is otherwise, each with a sign of its own beside its colour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from flask_babel import gettext

from casework.engine.definition.differences import Change, Kind
from casework.engine.definition.edition_schema import WrittenRules
from casework.engine.definition.editions import Edition, TransitionRule, ancestors
from casework.web.editions.difference_words import KINDS
from casework.web.editions.drawing import Drawing, Map, Standing, lay_out
from casework.web.shell.i18n import edition_text, listed


def draw_differences(earlier: Edition, later: Edition, changes: Iterable[Change]) -> Drawing:
    """The later edition with what it has no more, marked by what became of each state and way."""
    return lay_out(_Marked(earlier, later, changes))


class _Marked(Map):
    WAYS: ClassVar[tuple[tuple[str, str], ...]] = (
        *((kind, f"{sign} ") for kind, (sign, _) in KINDS.items()),
        ("", "→ "),
    )

    def __init__(self, earlier: Edition, later: Edition, changes: Iterable[Change]) -> None:
        self.earlier = earlier
        self.marks: dict[str, Kind] = {}
        deeds: set[str] = set()
        for change in changes:
            if change.thing == "state":
                self.marks[change.name] = change.kind
            elif change.thing == "transition":
                deeds.add(change.name)
            elif change.thing == "text" and change.name.startswith("states."):
                self.marks.setdefault(change.name.split(".items.")[0].removeprefix("states."), "changed")
        super().__init__(_both(earlier, later), Standing())
        before, after = set(_ways(earlier)), set(_ways(later))
        names: dict[tuple[str, str], set[str]] = {}
        for source, target, name in before ^ after:
            names.setdefault((source, target), set()).add(name)
        had, has = ({way[:2] for way in ways} for ways in (before, after))
        self.way_marks: dict[tuple[str, str], str] = {
            way: "added"
            if way not in had
            else "removed"
            if way not in has
            else "changed"
            if names.get(way) or deeds.intersection(rule.name for rule in rules)
            else ""
            for way, rules in self.ways.items()
        }

    def label(self, path: str) -> str:
        return edition_text(self.earlier if self.marks.get(path) == "removed" else self.edition, f"states.{path}")

    def kind(self, path: str) -> str:
        mark = self.marks.get(path)
        return f"is-{mark}" if mark else super().kind(path)

    def signs(self, path: str) -> tuple[str, str]:
        sign, words = super().signs(path)
        if mark := self.marks.get(path):
            return KINDS[mark][0] + sign, listed([gettext(KINDS[mark][1]), *filter(None, [words])])
        return sign, words

    def way_kind(self, source: str, target: str) -> str:
        return self.way_marks.get((source, target), "")


def _ways(edition: Edition) -> Iterable[tuple[str, str, str]]:
    """From which state to which one a transition leads, as on the map."""
    for rule in edition.transitions:
        for source in _within(edition, rule):
            for target in () if rule.target.startswith("=") else edition.entered(rule.target):
                yield source, target, rule.name


def _within(edition: Edition, rule: TransitionRule) -> list[str]:
    return [path for path in edition.states if set(ancestors(path)) & set(rule.sources)]


def _both(earlier: Edition, later: Edition) -> Edition:
    """An edition to be drawn: the later one with the states and ways that only the earlier one has. Nothing moves by it."""
    rules: dict[str, Any] = dict(later.rules)
    gone = [path for path in earlier.rules["order"] if path not in later.states]
    order = list(later.rules["order"])
    for path in gone:
        # After what came before it, so that it stands where it stood.
        before = earlier.rules["order"][: earlier.rules["order"].index(path)]
        order.insert(next((order.index(one) + 1 for one in reversed(before) if one in order), 0), path)
    rules["order"] = order
    rules["states"] = {**{path: earlier.rules["states"][path] for path in gone}, **later.rules["states"]}
    rules["transitions"] = [
        *later.rules["transitions"],
        *(way for way in earlier.rules["transitions"] if way not in later.rules["transitions"]),
    ]
    return Edition(cast(WrittenRules, rules), {**earlier.texts, **later.texts}, "")


__all__ = ["draw_differences"]
