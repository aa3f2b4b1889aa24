"""A workflow drawn as a line map: its states below one another, the straight way down, jumps as arcs at the left.

Ways into a state that many others lead to are written beside each state rather than drawn, so that no lines cross in a
tangle. Drawn on the server as shapes with classes; colours are the theme's, and every mark is also a sign.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask_babel import gettext

from casework.engine.definition.editions import Edition, TransitionRule, ancestors
from casework.engine.roles import Role
from casework.operations.history.views import Move
from casework.web.shell.i18n import edition_text, role_name

#: States that this many others lead to are named beside those, not drawn to.
HUB = 4
#: Beyond this many lines side by side nobody can follow one.
MOST_LANES = 5
BOX, BOX_HEIGHT, GAP, LANE, INDENT = 230, 34, 30, 16, 18
#: Columns of text beside a box, counted in narrow letters.
WIDEST, LINE = 50, 17


@dataclass(frozen=True)
class Node:
    """A state as drawn: where, what it says, and how it is marked."""

    path: str
    label: str
    x: int
    y: int
    width: int
    kind: str
    sign: str
    #: For those who do not see it: "is here now", "was passed".
    marked: str
    exits: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True)
class Way:
    """A line between two states, with the tip of its arrow."""

    path: str
    tip: str
    kind: str
    label: str = ""
    x: int = 0
    y: int = 0


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    nodes: tuple[Node, ...]
    ways: tuple[Way, ...]
    frames: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True)
class Exit:
    """A way out of a state, for the same map as a table."""

    do: str
    to: str
    who: str
    confirm: str
    taken: bool
    open: bool
    #: Papers that must be on file before it.
    papers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stop:
    """A state, for the same map as a table."""

    path: str
    label: str
    depth: int
    kind: str
    marked: str
    worked_by: str
    exits: tuple[Exit, ...]


@dataclass(frozen=True)
class Standing:
    """Where a track stands, and the moves that it has made. Of an edition by itself there is none."""

    states: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
    #: (state left, transition, state entered).
    taken: frozenset[tuple[str, str, str]] = frozenset()
    live: bool = False


def standing_of(edition: Edition, states: Sequence[str], moves: Sequence[Move], *, live: bool) -> Standing:
    """Read the moves of a track: every part of a state that was left or entered was passed."""
    passed, taken = set(), set()
    for leaf in (*edition.initial, *states):
        passed |= set(ancestors(leaf))
    for move in moves:
        left = [leaf for leaf in move.from_ if leaf not in move.to] or move.from_
        entered = [leaf for leaf in move.to if leaf not in move.from_] or move.to
        for leaf in (*move.from_, *move.to):
            passed |= set(ancestors(leaf))
        taken |= {
            (here, move.name, there)
            for leaf in left
            for here in ancestors(leaf)
            for other in entered
            for there in ancestors(other)
        }
    here = {place for leaf in states for place in ancestors(leaf)}
    return Standing(frozenset(here), frozenset(passed), frozenset(taken), live)


class _Map:
    def __init__(self, edition: Edition, standing: Standing) -> None:
        self.edition = edition
        self.standing = standing
        self.order = list(edition.states)
        self.row = {path: n for n, path in enumerate(self.order)}
        self.ways: dict[tuple[str, str], list[TransitionRule]] = {}
        into: dict[str, set[str]] = {}
        for rule in edition.transitions:
            if rule.target.startswith("="):
                continue
            for source in rule.sources:
                self.ways.setdefault((source, rule.target), []).append(rule)
                into.setdefault(rule.target, set()).add(source)
        self.hubs = {target for target, sources in into.items() if len(sources) >= HUB}
        ahead = {rule.target for rule, _ in self.ahead()}
        self.next = {
            place for target in ahead if not target.startswith("=") for place in (target, *edition.entered(target))
        }

    def ahead(self) -> Iterator[tuple[TransitionRule, str]]:
        if not self.standing.live:
            return
        leaves = tuple(
            path
            for path in self.order
            if path in self.standing.states and self.edition.states[path].type in ("state", "final")
        )
        yield from self.edition.leaving(leaves)

    # --- words ---

    def label(self, path: str) -> str:
        return edition_text(self.edition, f"states.{path}")

    def do(self, rule: TransitionRule) -> str:
        return edition_text(self.edition, f"transitions.{rule.name}.do")

    def target(self, rule: TransitionRule) -> str:
        match rule.target:
            case "=same":
                return gettext("stays here")
            case "=previous":
                return gettext("back to where it was")
        return self.label(rule.target)

    def kind(self, path: str) -> str:
        if path in self.standing.states:
            return "here"
        if path in self.next:
            return "ahead been" if path in self.standing.passed else "ahead"
        if path in self.standing.passed:
            return "been"
        return "end" if self.edition.states[path].final else ""

    def signs(self, path: str) -> tuple[str, str]:
        kind = self.kind(path)
        sign, words = "", []
        if "been" in kind:
            sign, words = "✓", [gettext("was passed")]
        if kind == "here":
            sign, words = "●", [gettext("is here now") if self.standing.live else gettext("ended here")]
        if "ahead" in kind:
            sign, words = "→" + sign, [*words, gettext("possible next")]
        if not sign and self.edition.states[path].final:
            sign, words = "■", [gettext("an end")]
        return sign, ", ".join(words)

    def way_kind(self, source: str, target: str) -> str:
        rules = self.ways[source, target]
        if any((source, rule.name, target) in self.standing.taken for rule in rules):
            return "taken"
        return "open" if self.standing.live and source in self.standing.states else ""

    def who(self, rule: TransitionRule) -> str:
        if rule.automatic:
            return gettext("by itself")
        return ", ".join(
            gettext("the clock") if role == Role.SYSTEM and rule.after else role_name(role) for role in rule.by
        )


def draw(edition: Edition, standing: Standing | None = None) -> Drawing:
    """The edition as shapes, with a track's position where it is given."""
    there = _Map(edition, standing or Standing())
    straight, arcs = _split(there)
    lanes = _lanes(there, arcs)
    if max(lanes.values(), default=0) >= MOST_LANES:
        # Ways to an end are the first to be only written.
        final = [arc for arc in arcs if edition.states[arc[1]].final and there.way_kind(*arc) != "taken"]
        arcs = [arc for arc in arcs if arc not in final]
        lanes = _lanes(there, arcs)
    left = 14 + LANE * (max(lanes.values(), default=-1) + 1)
    nodes, tops, y, widest = [], {}, 10, 0
    for path in there.order:
        depth = path.count(".")
        exits = _exits(there, path, straight, arcs)
        x, width = left + depth * INDENT, BOX - depth * INDENT
        tops[path] = y
        sign, marked = there.signs(path)
        placed = tuple((words, kind, y + 14 + n * LINE) for n, (words, kind) in enumerate(exits))
        widest = max([widest, *(_width(words) for words, _ in exits)])
        nodes.append(Node(path, there.label(path), x, y, width, there.kind(path), sign, marked, placed))
        y += max(BOX_HEIGHT, len(exits) * LINE + 4) + GAP
    at = {node.path: node for node in nodes}
    ways = [*_straight_ways(there, at, straight), *_arc_ways(there, at, arcs, lanes, left)]
    frames = tuple(_frame(at, path) for path in there.order if there.edition.states[path].type in ("stage", "parallel"))
    return Drawing(left + BOX + 24 + int(widest * 7.2) + 8, y - GAP + 12, tuple(nodes), tuple(ways), frames)


def _split(there: _Map) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Ways straight down to the next state, and those drawn as arcs; the others are only written."""
    straight, arcs = [], []
    for source, target in there.ways:
        if there.row[target] == there.row[source] + 1:
            straight.append((source, target))
        elif source != target and target not in there.hubs and not target.startswith(source + "."):
            arcs.append((source, target))
    return straight, arcs


def _lanes(there: _Map, arcs: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """A lane for each arc, the short ones next to the boxes, so that none runs over another."""
    spans: list[list[tuple[int, int]]] = []
    lanes = {}
    for source, target in sorted(arcs, key=lambda arc: (abs(there.row[arc[0]] - there.row[arc[1]]), there.row[arc[0]])):
        low, high = sorted((there.row[source], there.row[target]))
        lane = next((n for n, kept in enumerate(spans) if all(high <= a or low >= b for a, b in kept)), len(spans))
        if lane == len(spans):
            spans.append([])
        spans[lane].append((low, high))
        lanes[source, target] = lane
    return lanes


def _exits(
    there: _Map, path: str, straight: Sequence[tuple[str, str]], arcs: Sequence[tuple[str, str]]
) -> list[tuple[str, str]]:
    """What is written beside a box: ways out by where they lead to, as lines with their kind."""
    leading: dict[str, list[TransitionRule]] = {}
    for rule in there.edition.transitions:
        if path in rule.sources and (path, rule.target) not in straight:
            leading.setdefault(rule.target, []).append(rule)
    lines: list[tuple[str, str]] = []
    for target, rules in leading.items():
        actions = list(dict.fromkeys(there.do(rule) for rule in rules))
        if target.startswith("="):
            kind, arrow = (
                ("open" if there.standing.live and path in there.standing.states else ""),
                "↺" if target == "=same" else "↩",
            )
        else:
            kind = there.way_kind(path, target)
            arrow = "✓ " if kind == "taken" else ""
            arrow += (
                "↺"
                if target == path
                else ("↑" if there.row[target] < there.row[path] else "↓")
                if (path, target) in arcs
                else "→"
            )
        lines += [(words, kind) for words in _wrap(f"{arrow} {there.target(rules[0])}: ", actions)]
    return lines


def _wrap(head: str, actions: Sequence[str]) -> list[str]:
    lines, line = [], head
    for n, action in enumerate(actions):
        piece = action + (", " if n < len(actions) - 1 else "")
        if _width(line + piece) > WIDEST and line.strip() not in ("", head.strip()):
            lines.append(line.rstrip())
            line = "    "
        line += piece
    return [*lines, line.rstrip()]


def _width(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def _straight_ways(there: _Map, at: Mapping[str, Node], straight: Sequence[tuple[str, str]]) -> Iterator[Way]:
    for source, target in straight:
        here, below = at[source], at[target]
        x, top, bottom = below.x + 24, here.y + BOX_HEIGHT, below.y
        actions = ", ".join(dict.fromkeys(there.do(rule) for rule in there.ways[source, target]))
        tip = f"M{x} {bottom} l-4 -8 h8 z"
        yield Way(f"M{x} {top} V{bottom - 6}", tip, there.way_kind(source, target), actions, x + 12, bottom - 10)


def _arc_ways(
    there: _Map,
    at: Mapping[str, Node],
    arcs: Sequence[tuple[str, str]],
    lanes: Mapping[tuple[str, str], int],
    left: int,
) -> Iterator[Way]:
    for source, target in arcs:
        here, end = at[source], at[target]
        x = left - 12 - LANE * lanes[source, target]
        begin, stop = here.y + BOX_HEIGHT - 9, end.y + 11
        turn = 6 if stop > begin else -6
        path = f"M{here.x} {begin} H{x + 6} Q{x} {begin} {x} {begin + turn} V{stop - turn} Q{x} {stop} {x + 6} {stop} H{end.x - 6}"
        yield Way(path, f"M{end.x} {stop} l-8 -4 v8 z", there.way_kind(source, target))


def _frame(at: Mapping[str, Node], path: str) -> tuple[int, int, int, int]:
    inside = [node for node in at.values() if node.path.startswith(path + ".")]
    last = inside[-1] if inside else at[path]
    here = at[path]
    return here.x - 5, here.y - 5, BOX + 10, last.y + BOX_HEIGHT - here.y + 10


def tell(edition: Edition, standing: Standing | None = None) -> tuple[Stop, ...]:
    """The same as the drawing, for a table: every state with every way out of it."""
    there = _Map(edition, standing or Standing())
    stops = []
    for path in there.order:
        state = edition.states[path]
        exits = tuple(
            Exit(
                there.do(rule),
                there.target(rule),
                there.who(rule),
                ", ".join(role_name(role) for role in rule.confirm_by),
                any(way[:2] == (path, rule.name) for way in there.standing.taken),
                there.standing.live and path in there.standing.states,
                tuple(edition_text(edition, f"papers.{need.kind}") for need in rule.needs),
            )
            for rule in edition.transitions
            if path in rule.sources
        )
        queue = role_name(state.queue) if state.queue else ""
        stops.append(
            Stop(path, there.label(path), path.count("."), there.kind(path), there.signs(path)[1], queue, exits)
        )
    return tuple(stops)


__all__ = ["Drawing", "Exit", "Node", "Standing", "Stop", "Way", "draw", "standing_of", "tell"]
