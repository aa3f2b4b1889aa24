"""Reads XML of strangers: elements, attributes and text alone, of a set size, each with its line.

A document type is refused where it begins, and with it every entity and every file that it might name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from casework import reasons
from casework.engine.decision_tables.tables import TableFault

#: A file has so many bytes and so many elements at most, and so many of them one within the other.
MOST_BYTES, MOST_ELEMENTS, DEEPEST = 2_000_000, 40_000, 30


@dataclass
class Node:
    """An element: `space` and `name`; attributes by their names, those of another namespace as `space name`."""

    space: str
    name: str
    line: int
    attributes: Mapping[str, str]
    children: list[Node] = field(default_factory=list)
    text: str = ""

    def all(self, name: str) -> list[Node]:
        """Its parts of this name, in its own namespace."""
        return [child for child in self.children if (child.space, child.name) == (self.space, name)]


def parse_xml(data: bytes) -> Node:
    """The root of a file. Raises TableFault."""
    if len(data) > MOST_BYTES:
        raise TableFault({"dmn": reasons.decision_tables.TOO_LARGE})
    parser = expat.ParserCreate(namespace_separator=" ")
    reader = _Reader(parser)
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as fault:
        if isinstance(fault, TableFault):
            raise
        line = getattr(fault, "lineno", 1)
        raise TableFault({"dmn": reasons.decision_tables.NOT_XML(line=line)}) from fault
    return reader.root.children[0]


class _Reader:
    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser, self.count = parser, 0
        self.root = Node("", "", 0, {})
        self.open, self.said = [self.root], [list[str]()]
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = lambda text: self.said[-1].append(text)

    def doctype(self, *_: object) -> None:
        raise TableFault({"dmn": reasons.decision_tables.DOCTYPE(line=self.parser.CurrentLineNumber)})

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open) > DEEPEST:
            raise TableFault({"dmn": reasons.decision_tables.TOO_LARGE})
        space, _, local = name.rpartition(" ")
        node = Node(space, local, self.parser.CurrentLineNumber, attributes)
        self.open[-1].children.append(node)
        self.open.append(node)
        self.said.append([])

    def end(self, _: str) -> None:
        self.open.pop().text = "".join(self.said.pop())


__all__ = ["Node", "parse_xml"]
