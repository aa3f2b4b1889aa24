"""Workflows for other programs: as BPMN for a modeller, and as a drawing that stands by itself."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping

from flask import Flask
from flask_babel import Babel

from casework.engine.definition.editions import Edition
from casework.web.editions.bpmn import as_bpmn
from casework.web.editions.drawing import BOX, BOX_HEIGHT, draw
from casework.web.shell.i18n import edition_text

SVG = "http://www.w3.org/2000/svg"
#: As the light theme has them: a file that leaves the house takes no style sheet with it.
INK, LINE, PAPER, END = "#1c211e", "#7b8177", "#fffefa", "#f0ede4"


def exported(edition: Edition, form: str, language: str) -> str:
    """An edition as a file of a form, "bpmn" or "svg", in a language. Raises ValueError where the form cannot tell it."""
    app = Flask("casework")
    Babel(app, default_locale="zh_Hans" if language == "zh" else "en")
    with app.app_context():
        return as_bpmn(edition) if form == "bpmn" else as_svg(edition)


def as_svg(edition: Edition) -> str:
    """The map of an edition, with its colours in it."""
    ET.register_namespace("", SVG)
    made = draw(edition)
    size = {"width": str(made.width), "height": str(made.height), "viewBox": f"0 0 {made.width} {made.height}"}
    root = ET.Element(f"{{{SVG}}}svg", {**size, "font-family": "sans-serif", "font-size": "13", "fill": INK})
    _part(root, "title", {}, f"{edition_text(edition, 'title')} {edition.number}")
    _part(root, "rect", {"width": str(made.width), "height": str(made.height), "fill": PAPER})
    for way in made.ways:
        group = _part(root, "g", {})
        _part(group, "title", {}, way.label)
        _part(group, "path", {"d": way.path, "fill": "none", "stroke": LINE})
        _part(group, "path", {"d": way.tip, "fill": LINE})
    for node in made.nodes:
        place = {"x": str(node.x), "y": str(node.y), "width": str(BOX), "height": str(BOX_HEIGHT), "rx": "5"}
        _part(root, "rect", {**place, "fill": END if node.sign else PAPER, "stroke": LINE})
        for words, y in node.lines:
            _part(root, "text", {"x": str(node.x + 10), "y": str(y)}, words)
        if node.sign:
            _part(root, "text", {"x": str(node.x + 130), "y": str(node.y + 16)}, node.sign)
        for words, _, y in node.exits:
            _part(root, "text", {"x": str(node.x + 2), "y": str(y), "font-size": "12"}, words)
    ET.indent(root)
    return ET.tostring(root, "unicode", xml_declaration=True) + "\n"


def _part(parent: ET.Element, tag: str, attributes: Mapping[str, str], words: str = "") -> ET.Element:
    part = ET.SubElement(parent, f"{{{SVG}}}{tag}", dict(attributes))
    part.text = words or None
    return part


__all__ = ["as_svg", "exported"]
