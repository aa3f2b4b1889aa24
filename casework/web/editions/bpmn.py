"""A workflow as BPMN 2.0, with the layout of the map, for a modeller elsewhere.

A state is a user task, an end an end event, a clock a timer on the edge of its task; where several ways lead out, an exclusive
gateway stands behind the task. What BPMN has no word for, such as conditions in our own words and second persons, is documentation.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field

from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.graph import Graph
from casework.web.editions.difference_words import say_limit
from casework.web.editions.drawing import BOX, BOX_HEIGHT, draw
from casework.web.shell.i18n import edition_text, role_name
from casework.web.shell.task_links import queue_name

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DI = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
#: How much wider and taller the map is drawn, so that gateways and timers have room, and where it begins.
WIDER, TALLER, LEFT, TOP = 1.5, 1.8, 120, 40
#: Of a gateway, of an event, and how far a gateway stands behind its task.
GATE, EVENT, BEHIND = 40, 36, 40


@dataclass(frozen=True)
class _Box:
    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> tuple[int, int]:
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass
class _Node:
    """A node of the diagram: its element, where it stands, and the flows that come and go."""

    id: str
    kind: str
    name: str
    box: _Box
    comes: list[str] = field(default_factory=list)
    goes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Flow:
    id: str
    source: str
    target: str
    name: str
    said: tuple[str, ...] = ()


def as_bpmn(edition: Edition) -> str:
    """The file. Raises ValueError where states lie in each other, for which BPMN's nodes have other rules."""
    if nested := [path for path, state in edition.states.items() if state.type in ("stage", "parallel")]:
        raise ValueError(f"{edition.workflow} has states that lie in {nested[0]}: it is not told in BPMN")
    return _Diagram(edition).text()


class _Diagram:
    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.graph = Graph(edition)
        self.nodes: dict[str, _Node] = {}
        self.flows: list[_Flow] = []
        self.timers: dict[str, tuple[str, TransitionRule]] = {}
        self._states()
        first = self._node("start", "startEvent", "", self._start())
        self._flow(first, f"state_{edition.initial[0]}", "", ())
        for path in edition.states:
            self._ways(path)

    def _states(self) -> None:
        for drawn in draw(self.edition).nodes:
            x, y = LEFT + round(drawn.x * WIDER), TOP + round(drawn.y * TALLER)
            if self.edition.states[drawn.path].final:
                middle = _Box(x, y, BOX, BOX_HEIGHT).middle
                box = _Box(middle[0] - EVENT // 2, middle[1] - EVENT // 2, EVENT, EVENT)
                self._node(f"state_{drawn.path}", "endEvent", drawn.label, box)
            else:
                self._node(f"state_{drawn.path}", "userTask", drawn.label, _Box(x, y, BOX, BOX_HEIGHT))

    def _start(self) -> _Box:
        box = self.nodes[f"state_{self.edition.initial[0]}"].box
        return _Box(box.x - EVENT - BEHIND, box.y + (box.height - EVENT) // 2, EVENT, EVENT)

    def _node(self, id: str, kind: str, name: str, box: _Box) -> str:
        self.nodes[id] = _Node(id, kind, name, box)
        return id

    def _flow(self, source: str, target: str, name: str, said: tuple[str, ...]) -> None:
        flow = _Flow(f"flow_{len(self.flows) + 1}", source, target, name, said)
        self.flows.append(flow)
        self.nodes[source].goes.append(flow.id)
        self.nodes[target].comes.append(flow.id)

    def _ways(self, path: str) -> None:
        """The ways out of a state: by the clock from the edge of its task, the others from behind it."""
        here = f"state_{path}"
        rules = [rule for rule in self.edition.transitions if path in rule.sources]
        ways = [(rule, target) for rule in rules if rule.after is None for target in self._targets(rule, path)]
        source = here
        if len(ways) > 1 or (ways and self.nodes[here].kind == "endEvent"):
            box = self.nodes[here].box
            source = f"gate_{path}"
            y = box.middle[1] - GATE // 2
            self._node(source, "exclusiveGateway", "", _Box(box.x + box.width + BEHIND, y, GATE, GATE))
            self._leave(here, source)
        for rule, target in ways:
            self._flow(source, f"state_{target}", self._do(rule), tuple(self._said(rule)))
        for n, rule in enumerate(one for one in rules if one.after is not None):
            self._timer(path, n, rule)

    def _leave(self, here: str, gate: str) -> None:
        """From a state to its gateway; one that is reopened is no end to BPMN, and becomes what is thrown on the way."""
        if self.nodes[here].kind == "endEvent":
            self.nodes[here].kind = "intermediateThrowEvent"
            box = self.nodes[here].box
            end = f"end_{here.removeprefix('state_')}"
            self._node(end, "endEvent", self.nodes[here].name, _Box(box.x, box.y + 2 * EVENT, EVENT, EVENT))
            self._flow(here, gate, "", ())
            self._flow(gate, end, "", ())
        else:
            self._flow(here, gate, "", ())

    def _timer(self, path: str, n: int, rule: TransitionRule) -> None:
        box = self.nodes[f"state_{path}"].box
        id = f"timer_{path}_{n + 1}"
        x = box.x + 8 + n * (EVENT + 8)
        self._node(
            id, "boundaryEvent", say_limit(rule.after or {}), _Box(x, box.y + box.height - EVENT // 2, EVENT, EVENT)
        )
        self.timers[id] = (f"state_{path}", rule)
        source, targets = id, self._targets(rule, path)
        if len(targets) > 1:
            # Back to where it was: the case knows where that is, the diagram names each.
            below = box.y + box.height + EVENT // 2 + 8
            source = self._node(f"gate_{id}", "exclusiveGateway", "", _Box(x, below, GATE, GATE))
            self._flow(id, source, "", ())
        for target in targets:
            self._flow(source, f"state_{target}", self._do(rule), tuple(self._said(rule)))

    def _targets(self, rule: TransitionRule, path: str) -> tuple[str, ...]:
        return (path,) if rule.target == "=same" else self.graph.targets(rule, path)

    def _do(self, rule: TransitionRule) -> str:
        return edition_text(self.edition, f"transitions.{rule.name}.do")

    def _said(self, rule: TransitionRule) -> Iterator[str]:
        yield rule.name
        if rule.by_people:
            yield ", ".join(role_name(role) for role in rule.by_people)
        if rule.confirm_by:
            yield "2: " + ", ".join(role_name(role) for role in rule.confirm_by)
        yield from (edition_text(self.edition, f"rules.{guard}") for guard in rule.guards)

    # --- the file ---

    def text(self) -> str:
        for prefix, space in (("bpmn", BPMN), ("bpmndi", BPMNDI), ("dc", DC), ("di", DI), ("xsi", XSI)):
            ET.register_namespace(prefix, space)
        name = edition_text(self.edition, "title")
        space = f"urn:casework:workflow:{self.edition.workflow}:{self.edition.fingerprint}"
        root = ET.Element(f"{{{BPMN}}}definitions", {"id": "definitions", "targetNamespace": space})
        process = _below(root, "process", id="process", name=name, isExecutable="false")
        for node in self.nodes.values():
            self._write(process, node)
        for flow in self.flows:
            named = {"name": flow.name} if flow.name else {}
            made = _below(process, "sequenceFlow", id=flow.id, sourceRef=flow.source, targetRef=flow.target, **named)
            for words in flow.said:
                _below(made, "documentation").text = words
        diagram = ET.SubElement(root, f"{{{BPMNDI}}}BPMNDiagram", {"id": "diagram"})
        plane = ET.SubElement(diagram, f"{{{BPMNDI}}}BPMNPlane", {"id": "plane", "bpmnElement": "process"})
        for node in self.nodes.values():
            shape = ET.SubElement(plane, f"{{{BPMNDI}}}BPMNShape", {"id": f"shape_{node.id}", "bpmnElement": node.id})
            box = node.box
            sides = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
            ET.SubElement(shape, f"{{{DC}}}Bounds", {key: str(value) for key, value in sides.items()})
        for flow in self.flows:
            edge = ET.SubElement(plane, f"{{{BPMNDI}}}BPMNEdge", {"id": f"edge_{flow.id}", "bpmnElement": flow.id})
            for x, y in _line(self.nodes[flow.source].box, self.nodes[flow.target].box):
                ET.SubElement(edge, f"{{{DI}}}waypoint", {"x": str(x), "y": str(y)})
        ET.indent(root)
        return ET.tostring(root, "unicode", xml_declaration=True) + "\n"

    def _write(self, process: ET.Element, node: _Node) -> None:
        more = {"name": node.name} if node.name else {}
        if node.id in self.timers:
            more |= {"attachedToRef": self.timers[node.id][0], "cancelActivity": "true"}
        made = _below(process, node.kind, id=node.id, **more)
        for flow in node.comes:
            _below(made, "incoming").text = flow
        for flow in node.goes:
            _below(made, "outgoing").text = flow
        if node.kind == "userTask":
            queue = self.edition.states[node.id.removeprefix("state_")].queue
            owner = _below(made, "potentialOwner", name=queue_name(queue or ""))
            expression = _below(_below(owner, "resourceAssignmentExpression"), "formalExpression")
            expression.text = queue
        if node.id in self.timers:
            timer = _below(made, "timerEventDefinition", id=f"when_{node.id}")
            _below(timer, "timeDuration", **{f"{{{XSI}}}type": "bpmn:tFormalExpression"}).text = node.name


def _below(parent: ET.Element, tag: str, /, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{BPMN}}}{tag}", attributes)


def _line(source: _Box, target: _Box) -> list[tuple[int, int]]:
    """Straight on to what stands to the right in the same row; else below the row and in from there."""
    (x, y), (to_x, to_y) = source.middle, target.middle
    if abs(y - to_y) <= 1 and target.x >= source.x + source.width:
        return [(source.x + source.width, y), (target.x, to_y)]
    channel = max(source.y + source.height, target.y + target.height if abs(y - to_y) < BOX_HEIGHT else 0) + EVENT
    end = target.y if target.y > channel else target.y + target.height
    return [(x, source.y + source.height), (x, channel), (to_x, channel), (to_x, end)]


__all__ = ["as_bpmn"]
