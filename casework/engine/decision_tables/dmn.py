"""A decision table as DMN 1.3 writes it, and one read from DMN 1.2 to 1.5: one decision, with S-FEEL in its cells.

What DMN has no word for stands in attributes of our own, which other programs leave alone: that an input may be lacking, and that a
number is whole. What a file says beyond a table is refused by its name, and nothing of it is guessed; a drawing is passed over.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping

from casework import reasons
from casework.engine.decision_tables.conditions import ANY, Condition
from casework.engine.decision_tables.plain_xml import Node, parse_xml
from casework.engine.decision_tables.tables import (
    COLLECT,
    FIRST,
    UNIQUE,
    Input,
    Output,
    Table,
    TableFault,
    from_json,
    is_name,
)
from casework.engine.decision_tables.values import BOOLEAN, DAY, NUMBER, TEXT, WHOLE, feel
from casework.json_values import JsonObject
from casework.reasons import Reason

#: The names of the model in DMN 1.3; and those that are read.
MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
READ = (
    MODEL,
    "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "https://www.omg.org/spec/DMN/20230324/MODEL/",
)
#: The names of our own attributes.
OWN = "urn:casework:decision-table"
_TYPE_REFS: Mapping[str, str] = {TEXT: "string", NUMBER: "number", WHOLE: "number", DAY: "date", BOOLEAN: "boolean"}
#: Other tools have names of their own for numbers.
_TYPES: Mapping[str, str] = {
    **{ref: type for type, ref in _TYPE_REFS.items() if type != WHOLE},
    **dict.fromkeys(("integer", "long"), WHOLE),
    "double": NUMBER,
}
_POLICIES: Mapping[str, str] = {"UNIQUE": UNIQUE, "FIRST": FIRST, "COLLECT": COLLECT}


# --- written ---------------------------------------------------------------------------------------------------------


def to_dmn(table: Table) -> str:
    """The table as a file."""
    ET.register_namespace("", MODEL)
    ET.register_namespace("casework", OWN)
    root = ET.Element(
        _tag("definitions"),
        {"id": f"definitions_{table.name}", "name": table.title or table.name, "namespace": f"{OWN}:{table.name}"},
    )
    decision = _part(root, "decision", id=table.name, name=table.title or table.name)
    for one in table.inputs:
        required = _part(decision, "informationRequirement", id=f"requires_{one.name}")
        _part(required, "requiredInput", href=f"#input_{one.name}")
    written = _part(decision, "decisionTable", id=f"table_{table.name}", hitPolicy=table.hit_policy.upper())
    for one in table.inputs:
        _write_input(written, one)
    for out in table.outputs:
        _write_output(written, out)
    _part(written, "annotation", name="note")
    for n, rule in enumerate(table.rules, 1):
        row = _part(written, "rule", id=f"rule_{n}")
        for condition in rule.conditions:
            _text(row, "inputEntry", str(condition))
        for value in rule.outputs:
            _text(row, "outputEntry", feel(value))
        _text(row, "annotationEntry", rule.note)
    for one in table.inputs:
        data = _part(root, "inputData", id=f"input_{one.name}", name=one.name)
        _part(data, "variable", name=one.name, typeRef=_TYPE_REFS[one.type])
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _write_input(written: ET.Element, one: Input) -> None:
    column = _part(written, "input", id=f"column_{one.name}", label=one.label)
    if one.optional:
        column.set(f"{{{OWN}}}optional", "true")
    expression = _part(column, "inputExpression", typeRef=_TYPE_REFS[one.type])
    _part(expression, "text").text = one.name
    _mark_whole(column, one.type)
    _write_allowed(column, "inputValues", one.allowed)


def _write_output(written: ET.Element, one: Output) -> None:
    column = _part(
        written, "output", id=f"result_{one.name}", name=one.name, label=one.label, typeRef=_TYPE_REFS[one.type]
    )
    _mark_whole(column, one.type)
    _write_allowed(column, "outputValues", one.allowed)
    if one.default is not None:
        _text(column, "defaultOutputEntry", feel(one.default))


def _mark_whole(column: ET.Element, type: str) -> None:
    if type == WHOLE:
        column.set(f"{{{OWN}}}whole", "true")


def _write_allowed(column: ET.Element, name: str, allowed: Condition) -> None:
    if allowed != ANY:
        _text(column, name, str(allowed))


def _tag(name: str) -> str:
    return f"{{{MODEL}}}{name}"


def _part(of: ET.Element, tag: str, /, **attributes: str) -> ET.Element:
    return ET.SubElement(of, _tag(tag), {key: said for key, said in attributes.items() if said})


def _text(of: ET.Element, name: str, said: str) -> None:
    _part(_part(of, name), "text").text = said


# --- read ------------------------------------------------------------------------------------------------------------

#: What each element may have in it, and which attributes; each element also has an id, a label, a description and what other programs put
#: into `extensionElements`. What is refused says something of the table that would be lost.
_PARTS: Mapping[str, tuple[str, ...]] = {
    "definitions": ("decision", "inputData"),
    "decision": ("question", "allowedAnswers", "variable", "informationRequirement", "decisionTable"),
    "informationRequirement": ("requiredInput",),
    "requiredInput": (),
    "inputData": ("variable",),
    "variable": (),
    "question": (),
    "allowedAnswers": (),
    "decisionTable": ("input", "output", "annotation", "rule"),
    "input": ("inputExpression", "inputValues"),
    "output": ("outputValues", "defaultOutputEntry"),
    "annotation": (),
    "rule": ("inputEntry", "outputEntry", "annotationEntry"),
    **dict.fromkeys(
        ("inputExpression", "inputValues", "outputValues", "defaultOutputEntry", "inputEntry", "outputEntry"), ("text",)
    ),
    "annotationEntry": ("text",),
    "text": (),
}
_ALWAYS = ("description", "extensionElements")
_ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "definitions": ("name", "namespace", "exporter", "exporterVersion", "expressionLanguage", "typeLanguage"),
    "decision": ("name",),
    "requiredInput": ("href",),
    "inputData": ("name",),
    "variable": ("name", "typeRef"),
    "decisionTable": ("hitPolicy", "preferredOrientation", "outputLabel", "typeRef"),
    "output": ("name", "typeRef"),
    "annotation": ("name",),
    **dict.fromkeys(
        ("inputExpression", "inputValues", "outputValues", "defaultOutputEntry", "inputEntry", "outputEntry"),
        ("typeRef", "expressionLanguage"),
    ),
}
_LANGUAGE = re.compile(r"https?://www\.omg\.org/spec/DMN/[0-9]{8}/S?-?FEEL/?|feel", re.IGNORECASE)


def from_dmn(data: bytes) -> Table:
    """The table of a file. Raises TableFault, which names the elements or the rows that are wrong."""
    root = parse_xml(data)
    if root.name != "definitions" or root.space not in READ:
        raise _fault(reasons.decision_tables.NOT_DMN(line=root.line, element=root.name))
    _insist_known(root)
    decision = _the_one(root, "decision")
    return from_json(_told(decision, _the_one(decision, "decisionTable")))


def _fault(why: Reason) -> TableFault:
    return TableFault({"dmn": why})


def _insist_known(node: Node) -> None:
    """Raises TableFault where an element says something that a table here does not say."""
    for name, said in node.attributes.items():
        plain = " " not in name and name not in ("id", "label")
        if plain and (name not in _ATTRIBUTES.get(node.name, ()) or not _is_read(name, said)):
            raise _fault(
                reasons.decision_tables.ATTRIBUTE(
                    line=node.line, attribute=name[:60], value=said[:60], element=node.name
                )
            )
    for child in node.children:
        if child.space != node.space and node.name == "definitions":
            # A drawing.
            continue
        if child.space == node.space and child.name in _ALWAYS:
            continue
        if child.space != node.space or child.name not in _PARTS[node.name]:
            raise _fault(reasons.decision_tables.ELEMENT(line=child.line, element=child.name[:60]))
        _insist_known(child)


def _is_read(name: str, said: str) -> bool:
    """Whether what an attribute says is read here."""
    if name == "hitPolicy":
        return said in _POLICIES
    if name == "preferredOrientation":
        return said == "Rule-as-Row"
    return name not in ("expressionLanguage", "typeLanguage") or _LANGUAGE.fullmatch(said) is not None


def _the_one(node: Node, name: str) -> Node:
    found = node.all(name)
    if not found:
        raise _fault(reasons.decision_tables.NO_ELEMENT(line=node.line, element=node.name, lacking=name))
    if len(found) > 1:
        raise _fault(reasons.decision_tables.ONE_ELEMENT(line=found[1].line, element=node.name, several=name))
    return found[0]


def _told(decision: Node, table: Node) -> JsonObject:
    """A table of DMN as JSON has it."""
    id = re.sub(r"\W", "_", decision.attributes.get("id") or decision.attributes.get("name", ""))
    title = decision.attributes.get("name", "")
    return {
        "name": id,
        "title": title if title != id else "",
        "hit_policy": _POLICIES[table.attributes.get("hitPolicy", "UNIQUE")],
        "inputs": [_told_input(one) for one in table.all("input")],
        "outputs": [_told_output(decision, one) for one in table.all("output")],
        "rules": [_told_rule(rule) for rule in table.all("rule")],
    }


def _told_input(column: Node) -> JsonObject:
    expression = _the_one(column, "inputExpression")
    name = _words(expression).strip()
    if not is_name(name):
        raise _fault(reasons.decision_tables.NO_PLAIN_NAME(line=expression.line, said=name[:60]))
    return {
        "name": name,
        "label": _label(column),
        "type": _type(column, expression),
        "allowed": _allowed(column, "inputValues"),
        "optional": column.attributes.get(f"{OWN} optional") == "true",
    }


def _told_output(decision: Node, column: Node) -> JsonObject:
    # One output alone needs no name: it is that of the decision.
    name = column.attributes.get("name") or re.sub(r"\W", "_", decision.attributes.get("name", ""))
    default = column.all("defaultOutputEntry")
    return {
        "name": name,
        "label": _label(column),
        "type": _type(column, column),
        "allowed": _allowed(column, "outputValues"),
        "default": _words(default[0]) if default else "",
    }


def _told_rule(rule: Node) -> JsonObject:
    # Other programs write a row's note as its description.
    notes = [*(said.text for said in rule.all("description")), *(_words(note) for note in rule.all("annotationEntry"))]
    return {
        "inputs": [_words(cell) for cell in rule.all("inputEntry")],
        "outputs": [_words(cell) for cell in rule.all("outputEntry")],
        "note": "; ".join(note.strip() for note in notes if note.strip()),
    }


def _type(column: Node, typed: Node) -> str:
    ref = typed.attributes.get("typeRef")
    if ref is None:
        raise _fault(reasons.decision_tables.NO_ELEMENT(line=typed.line, element=typed.name, lacking="typeRef"))
    # With the prefix that DMN had for its own types before 1.2.
    type = _TYPES.get(ref.removeprefix("feel:"))
    if type is None:
        raise _fault(
            reasons.decision_tables.ATTRIBUTE(line=typed.line, attribute="typeRef", value=ref[:60], element=typed.name)
        )
    return WHOLE if type == NUMBER and column.attributes.get(f"{OWN} whole") == "true" else type


def _allowed(column: Node, name: str) -> str:
    found = column.all(name)
    return _words(found[0]) if found else ""


def _label(column: Node) -> str:
    return column.attributes.get("label", "")


def _words(node: Node) -> str:
    return "".join(text.text for text in node.all("text"))


__all__ = ["MODEL", "OWN", "from_dmn", "to_dmn"]
