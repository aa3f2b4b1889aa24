"""A workflow drawn as a map that fits a page: its states in rows from left to right, in the order of its definition.

The straight way runs along a row and on to the next one; jumps within a row are arcs above it. Other ways, and those into a
state that many lead to, are named beneath the box, so that no line crosses a box. Drawn on the server as shapes with classes;
colours are the theme's, and every mark is also a sign. A list beside the map says every way in words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from flask_babel import gettext

from casework.engine.definition.editions import Edition, TransitionRule, ancestors
from casework.engine.definition.grammar import PREVIOUS_STEP
from casework.engine.roles import Role
from casework.operations.history.views import Move
from casework.web.shell.i18n import edition_text, listed, role_name
from casework.web.shell.task_links import queue_name

#: States that this many others lead to are named beneath those, not drawn to.
HUB = 4
#: Beyond this many lines above each other nobody can follow one.
MOST_LANES = 3
#: A row: how many boxes, how wide and far apart, and what the widest map is.
COLUMNS, BOX, BETWEEN, MARGIN, WIDEST_MAP = 6, 148, 39, 4, 1128
#: Down: a box, a lane of arcs, a line of words, and the channel between two rows.
BOX_HEIGHT, LANE, LINE, CHANNEL = 46, 12, 15, 24
#: Narrow letters that fit into a box and beneath it.
IN_BOX, BENEATH = 19, 24


@dataclass(frozen=True)
class Node:
    """A state as drawn: where, what it says, and how it is marked."""

    path: str
    label: str
    #: The label as it stands in the box, with where each line stands.
    lines: tuple[tuple[str, int], ...]
    x: int
    y: int
    kind: str
    sign: str
    #: For those who do not see it: "is here now", "done".
    marked: str
    #: What is told of it, and ways that are not drawn: words, kind and where.
    exits: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True)
class Way:
    """A line between two states, with the tip of its arrow and what is done on it."""

    source: str
    target: str
    path: str
    tip: str
    kind: str
    label: str = ""


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    nodes: tuple[Node, ...]
    ways: tuple[Way, ...]


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


class Map:
    """What is drawn of an edition, and how each state and way of it is marked."""

    #: The marks of ways that are named beneath a box, with the sign before each, in this order.
    WAYS: ClassVar[tuple[tuple[str, str], ...]] = (("taken", "✓ "), ("open", "→ "), ("", "→ "))

    def __init__(self, edition: Edition, standing: Standing, told: Mapping[str, Sequence[str]] | None = None) -> None:
        self.edition = edition
        self.standing = standing
        self.told = told or {}
        self.order = list(edition.states)
        self.leaves = [path for path in self.order if edition.states[path].type in ("state", "final")]
        #: By the states that one stands in, whatever a way is written for.
        self.ways: dict[tuple[str, str], list[TransitionRule]] = {}
        into: dict[str, set[str]] = {}
        for rule in edition.transitions:
            if rule.target.startswith("="):
                continue
            for source in self.within(rule.sources):
                for target in edition.entered(rule.target):
                    self.ways.setdefault((source, target), []).append(rule)
                    into.setdefault(target, set()).add(source)
        self.hubs = {target for target, sources in into.items() if len(sources) >= HUB}
        ahead = {rule.target for rule, _ in self.ahead()}
        self.next = {
            place for target in ahead if not target.startswith("=") for place in (target, *edition.entered(target))
        }

    def within(self, places: Sequence[str]) -> list[str]:
        """The states that lie in some places, each once."""
        return [leaf for leaf in self.leaves if set(ancestors(leaf)) & set(places)]

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
                return gettext("returns to the earlier state")
        return gettext("leads to %(state)s", state=self.label(rule.target))

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
            sign, words = "✓", [gettext("done")]
        if kind == "here":
            sign, words = "●", [gettext("is here now") if self.standing.live else gettext("ended here")]
        if "ahead" in kind:
            sign, words = "→" + sign, [*words, gettext("possible next")]
        if self.edition.states[path].final and kind != "here":
            sign, words = sign + "■", [*words, gettext("an end")]
        return sign, listed(words)

    def way_kind(self, source: str, target: str) -> str:
        for rule in self.ways[source, target]:
            places = {(here, there) for here in ancestors(source) for there in ancestors(target)}
            if any((here, rule.name, there) in self.standing.taken for here, there in places):
                return "taken"
        return "open" if self.standing.live and source in self.standing.states else ""

    def who(self, rule: TransitionRule) -> str:
        if rule.automatic:
            return gettext("by itself")
        return listed(
            gettext("the clock") if role == Role.SYSTEM and rule.after else role_name(role) for role in rule.by
        )


def draw(
    edition: Edition, standing: Standing | None = None, told: Mapping[str, Sequence[str]] | None = None
) -> Drawing:
    """The edition as shapes, with a track's position where it is given; `told`: short lines beneath the boxes, by state."""
    return lay_out(Map(edition, standing or Standing(), told))


def lay_out(there: Map) -> Drawing:
    """A map as shapes."""
    rows = _rows(there)
    place = {path: (n, column) for n, row in enumerate(rows) for column, path in enumerate(row)}
    straight = [way for way in there.ways if _follows(rows, place, *way)]
    lanes = _lanes(there, place, straight)
    drawn = {*straight, *lanes}
    nodes: list[Node] = []
    channels: list[int] = []
    y = 0
    for n, row in enumerate(rows):
        used = max((lane + 1 for (source, _), lane in lanes.items() if place[source][0] == n), default=0)
        y += LANE * used + 8
        lines = 0
        for column, path in enumerate(row):
            node = _node(there, path, drawn, MARGIN + column * (BOX + BETWEEN), y)
            nodes.append(node)
            lines = max(lines, len(node.exits))
        y += BOX_HEIGHT + LINE * lines + CHANNEL
        channels.append(y - CHANNEL // 2)
    at = {node.path: node for node in nodes}
    ways = [_straight(there, at[a], at[b], channels[place[a][0]]) for a, b in straight]
    ways += [_arc(there, at[a], at[b], lane) for (a, b), lane in lanes.items()]
    columns = max(len(row) for row in rows)
    return Drawing(MARGIN + columns * (BOX + BETWEEN), y, tuple(nodes), tuple(ways))


def _rows(there: Map) -> list[list[str]]:
    """The states in rows: those of the usual way, those beside it, and the ends on rows of their own."""
    states = there.edition.states
    ends = [path for path in there.leaves if states[path].final]
    beside = [path for path in there.leaves if states[path].step == PREVIOUS_STEP]
    usual = [path for path in there.leaves if path not in ends and path not in beside]
    return [part[n : n + COLUMNS] for part in (usual + beside, ends) for n in range(0, len(part), COLUMNS)]


def _follows(rows: Sequence[Sequence[str]], place: Mapping[str, tuple[int, int]], source: str, target: str) -> bool:
    """Whether one state comes right after another: beside it, or at the beginning of the row below."""
    (row, column), (other, there) = place[source], place[target]
    if row == other:
        return there == column + 1
    return other == row + 1 and there == 0 and column == len(rows[row]) - 1


def _lanes(
    there: Map, place: Mapping[str, tuple[int, int]], straight: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], int]:
    """A lane for each arc of a row, the short ones next to the boxes, so that none runs over another."""
    spans: dict[int, list[list[tuple[int, int]]]] = {}
    lanes: dict[tuple[str, str], int] = {}
    arcs = [
        (source, target)
        for source, target in there.ways
        if source != target
        and (source, target) not in straight
        and target not in there.hubs
        and place[source][0] == place[target][0]
    ]
    for source, target in sorted(arcs, key=lambda arc: abs(place[arc[0]][1] - place[arc[1]][1])):
        row = spans.setdefault(place[source][0], [])
        low, high = sorted((place[source][1], place[target][1]))
        lane = next((n for n, kept in enumerate(row) if all(high < a or low > b for a, b in kept)), len(row))
        if lane >= MOST_LANES:
            continue
        if lane == len(row):
            row.append([])
        row[lane].append((low, high))
        lanes[source, target] = lane
    return lanes


def _node(there: Map, path: str, drawn: set[tuple[str, str]], x: int, y: int) -> Node:
    sign, marked = there.signs(path)
    label = there.label(path)
    lines = _wrap(label.split(" ") if " " in label else _pieces(label), IN_BOX - 3, "" if _wide(label) else " ")[:2]
    first = y + (27 if len(lines) == 1 else 19)
    exits = _exits(there, path, drawn)
    return Node(
        path,
        label,
        tuple((words, first + 16 * n) for n, words in enumerate(lines)),
        x,
        y,
        there.kind(path),
        sign,
        marked,
        tuple((words, kind, y + BOX_HEIGHT + LINE * (n + 1) - 2) for n, (words, kind) in enumerate(exits)),
    )


def _exits(there: Map, path: str, drawn: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is named beneath a box: what is told of it, and where the ways lead that are not drawn, those taken first."""
    lines = [(words, "told") for words in there.told.get(path, ())]
    for kind, sign in there.WAYS:
        targets = [
            there.label(target)
            for source, target in there.ways
            if source == path and (source, target) not in drawn and there.way_kind(source, target) == kind
        ]
        if targets:
            pieces = [words + ("," if n < len(targets) - 1 else "") for n, words in enumerate(targets)]
            wrapped = _wrap(pieces, BENEATH - 2, " ")
            lines += [((sign if n == 0 else "\u2003") + words, kind) for n, words in enumerate(wrapped)]
    return lines


def _wrap(pieces: Sequence[str], most: int, between: str) -> list[str]:
    """Pieces in lines of at most so many narrow letters, where one piece is not longer."""
    lines: list[str] = []
    for piece in pieces:
        if lines and _width(lines[-1] + between + piece) <= most:
            lines[-1] += between + piece
        else:
            lines.append(piece)
    return lines


def _pieces(words: str) -> list[str]:
    return list(words) if _wide(words) else [words]


def _wide(words: str) -> bool:
    return _width(words) > len(words)


def _width(words: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in words)


def _actions(there: Map, source: str, target: str) -> str:
    return listed(dict.fromkeys(there.do(rule) for rule in there.ways[source, target]))


def _straight(there: Map, here: Node, following: Node, channel: int) -> Way:
    middle, words = here.y + BOX_HEIGHT // 2, _actions(there, here.path, following.path)
    kind = there.way_kind(here.path, following.path)
    if here.y == following.y:
        path = f"M{here.x + BOX} {middle} H{following.x - 7}"
        tip = f"M{following.x} {middle} l-8 -4 v8 z"
    else:
        # Round the end of the row, through the channel below it, and down to the beginning of the next one.
        out, x = here.x + BOX + BETWEEN // 2 - 4, following.x + 20
        path = f"M{here.x + BOX} {middle} H{out} V{channel} H{x} V{following.y - 7}"
        tip = f"M{x} {following.y} l-4 -8 h8 z"
    return Way(here.path, following.path, path, tip, kind, words)


def _arc(there: Map, here: Node, end: Node, lane: int) -> Way:
    # A way leaves at the side to which it runs, and comes in at the other, so that two of them do not lie on each other.
    forward = end.x > here.x
    leaves = here.x + BOX // 2 + (18 if forward else -18) + 5 * lane
    enters = end.x + BOX // 2 + (-30 if forward else 30) + 5 * lane
    y = here.y - 10 - LANE * lane
    path = f"M{leaves} {here.y} V{y} H{enters} V{end.y - 7}"
    return Way(
        here.path,
        end.path,
        path,
        f"M{enters} {end.y} l-4 -8 h8 z",
        there.way_kind(here.path, end.path),
        _actions(there, here.path, end.path),
    )


def tell(edition: Edition, standing: Standing | None = None) -> tuple[Stop, ...]:
    """The same as the drawing, for a table: every state with every way out of it."""
    there = Map(edition, standing or Standing())
    stops = []
    for path in there.order:
        state = edition.states[path]
        exits = tuple(
            Exit(
                there.do(rule),
                there.target(rule),
                there.who(rule),
                listed(role_name(role) for role in rule.confirm_by),
                any(way[:2] == (path, rule.name) for way in there.standing.taken),
                there.standing.live and path in there.standing.states,
                tuple(edition_text(edition, f"papers.{need.kind}") for need in rule.needs),
            )
            for rule in edition.transitions
            if path in rule.sources
        )
        queue = queue_name(state.queue) if state.queue else ""
        stops.append(
            Stop(path, there.label(path), path.count("."), there.kind(path), there.signs(path)[1], queue, exits)
        )
    return tuple(stops)


__all__ = ["Drawing", "Exit", "Map", "Node", "Standing", "Stop", "Way", "draw", "lay_out", "standing_of", "tell"]
