"""A workflow as a Petri net in PNML: a place for each state, with where one comes back to; one source, one sink.

Regions are tokens side by side. What waits for all of them takes one token of each, so that a tool that checks nets sees what the
engine does.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from casework.engine.definition.editions import Edition, ancestors
from casework.engine.definition.state_space import SAME, Marking, StateSpace

PNML = "http://www.pnml.org/version-2009/grammar/pnml"
NET = "http://www.pnml.org/version-2009/grammar/ptnet"
SOURCE, SINK = "source", "sink"


@dataclass
class Net:
    """Places, and transitions with what each takes and gives."""

    places: dict[str, str] = field(default_factory=dict)
    transitions: dict[tuple[str, tuple[str, ...], tuple[str, ...]], None] = field(default_factory=dict)


def net_of(edition: Edition) -> Net:
    """The net of an edition, as far as its tracks can come. Raises ValueError where that is too far."""
    space = StateSpace(edition)
    if not space.whole:
        raise ValueError(f"{edition.workflow} can stand in too many ways at once")
    net = Net({SOURCE: "begins", SINK: "has ended"})
    _add(net, "begin", (SOURCE,), _tokens(net, space, space.start, space.start.leaves))
    for marking, moves in space.moves.items():
        if space.ended(marking):
            _add(net, "end", _tokens(net, space, marking, marking.leaves), (SINK,))
        for move in moves:
            left = tuple(leaf for leaf in marking.leaves if move.place in ancestors(leaf))
            taken = _tokens(net, space, marking, left)
            if move.rule.target == SAME:
                _add(net, move.rule.name, taken, taken)
                continue
            kept = set(marking.leaves) - set(left)
            # What is come back to may stand there already: then nothing is given twice.
            given = tuple(leaf for leaf in move.to.leaves if leaf not in kept)
            _add(net, move.rule.name, taken, _tokens(net, space, move.to, given))
    return net


def as_pnml(edition: Edition) -> str:
    """The same as a file."""
    net = net_of(edition)
    ET.register_namespace("", PNML)
    root = ET.Element(f"{{{PNML}}}pnml")
    name = f"{edition.workflow}-{edition.number}"
    written = _part(root, "net", {"id": name, "type": NET}, edition.text("title"))
    page = _part(written, "page", {"id": "page"})
    for place, label in net.places.items():
        part = _part(page, "place", {"id": place}, label)
        if place == SOURCE:
            _text(part, "initialMarking", "1")
    for n, (label, taken, given) in enumerate(net.transitions):
        _part(page, "transition", {"id": f"t{n}"}, label)
        for place in taken:
            _part(page, "arc", {"id": f"t{n}-from-{place}", "source": place, "target": f"t{n}"})
        for place in given:
            _part(page, "arc", {"id": f"t{n}-to-{place}", "source": f"t{n}", "target": place})
    ET.indent(root)
    return ET.tostring(root, "unicode", xml_declaration=True) + "\n"


def _tokens(net: Net, space: StateSpace, marking: Marking, leaves: tuple[str, ...]) -> tuple[str, ...]:
    """The places of leaves, each with what it remembers; they are made where they are not there yet."""
    names = []
    for leaf in leaves:
        memory = space.remembered((leaf,), dict(marking.memory))
        label = leaf + "".join(f", {place} from {' and '.join(origins)}" for place, origins in memory)
        name = next((one for one, said in net.places.items() if said == label), "")
        if not name:
            name = f"p{len(net.places) - 2}"
            net.places[name] = label
        names.append(name)
    return tuple(names)


def _add(net: Net, name: str, taken: tuple[str, ...], given: tuple[str, ...]) -> None:
    net.transitions[name, taken, given] = None


def _part(parent: ET.Element, tag: str, attributes: dict[str, str], name: str = "") -> ET.Element:
    part = ET.SubElement(parent, f"{{{PNML}}}{tag}", attributes)
    if name:
        _text(part, "name", name)
    return part


def _text(parent: ET.Element, tag: str, words: str) -> None:
    ET.SubElement(ET.SubElement(parent, f"{{{PNML}}}{tag}"), f"{{{PNML}}}text").text = words


__all__ = ["Net", "as_pnml", "net_of"]
