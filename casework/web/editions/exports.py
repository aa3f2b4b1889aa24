"""Workflows for other programs: as BPMN for a modeller, and as a drawing that stands by itself."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

from flask import Flask
from flask_babel import Babel

from casework.engine.definition.editions import Edition
from casework.engine.definition.state_space import StateSpace
from casework.operations.history.views import Move
from casework.web.editions.bpmn import as_bpmn
from casework.web.editions.drawing import BOX, BOX_HEIGHT, Standing, draw, standing_of
from casework.web.shell.i18n import edition_text

SVG = "http://www.w3.org/2000/svg"
#: As the light theme has them: a file that leaves the house takes no style sheet with it.
INK, LINE, PAPER, END = "#1c211e", "#7b8177", "#fffefa", "#f0ede4"
PLAIN, BOLD = {"stroke": LINE}, {"stroke": INK, "stroke-width": "3"}


def exported(edition: Edition, form: str, language: str, way: Sequence[str] = ()) -> str:
    """An edition as a file of a form, "bpmn" or "svg", in a language; a drawing with a `way` from the beginning on, by its transitions.

    Raises ValueError where the form cannot tell it.
    """
    app = Flask("casework")
    Babel(app, default_locale="zh_Hans" if language == "zh" else "en")
    with app.app_context():
        return as_bpmn(edition) if form == "bpmn" else as_svg(edition, way)


def as_svg(edition: Edition, way: Sequence[str] = ()) -> str:
    """The map of an edition, with its colours in it; the states and lines of a way stand out."""
    ET.register_namespace("", SVG)
    made = draw(edition, _standing(edition, way) if way else None)
    size = {"width": str(made.width), "height": str(made.height), "viewBox": f"0 0 {made.width} {made.height}"}
    root = ET.Element(f"{{{SVG}}}svg", {**size, "font-family": "sans-serif", "font-size": "13", "fill": INK})
    _part(root, "title", {}, f"{edition_text(edition, 'title')} {edition.number}")
    _part(root, "rect", {"width": str(made.width), "height": str(made.height), "fill": PAPER})
    for line in made.ways:
        group, stroke = _part(root, "g", {}), BOLD if line.kind == "taken" else PLAIN
        _part(group, "title", {}, line.label)
        _part(group, "path", {"d": line.path, "fill": "none", **stroke})
        _part(group, "path", {"d": line.tip, "fill": stroke["stroke"]})
    for node in made.nodes:
        place = {"x": str(node.x), "y": str(node.y), "width": str(BOX), "height": str(BOX_HEIGHT), "rx": "5"}
        _part(root, "rect", {**place, "fill": END if "■" in node.sign else PAPER, **_edge(node.kind)})
        for words, y in node.lines:
            _part(root, "text", {"x": str(node.x + 10), "y": str(y)}, words)
        if node.sign:
            _part(root, "text", {"x": str(node.x + BOX - 8), "y": str(node.y + 16), "text-anchor": "end"}, node.sign)
        for words, _, y in node.exits:
            _part(root, "text", {"x": str(node.x + 2), "y": str(y), "font-size": "12"}, words)
    ET.indent(root)
    return ET.tostring(root, "unicode", xml_declaration=True) + "\n"


def _edge(kind: str) -> Mapping[str, str]:
    """Of where the way ends, and of what it passed."""
    return BOLD if kind == "here" or "been" in kind else PLAIN


def _standing(edition: Edition, way: Sequence[str]) -> Standing:
    made = StateSpace(edition).replayed(way)
    moves = [Move(from_=here.leaves, to=move.to.leaves, name=move.rule.name) for here, move in made]
    return standing_of(edition, moves[-1].to, moves, live=True)


def _part(parent: ET.Element, tag: str, attributes: Mapping[str, str], words: str = "") -> ET.Element:
    part = ET.SubElement(parent, f"{{{SVG}}}{tag}", dict(attributes))
    part.text = words or None
    return part


__all__ = ["as_svg", "exported"]
