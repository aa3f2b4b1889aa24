"""Workflows for other programs: BPMN by its own rules of structure, with a layout, and a drawing that stands by itself."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from functools import cache
from itertools import combinations

import pytest
from click.testing import CliRunner

from casework.commands.workflow import workflow
from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.graph import Graph
from casework.engine.definition.publisher import publish
from casework.web.editions.bpmn import BPMN, BPMNDI, DC, DI
from casework.web.editions.exports import SVG, exported
from tests.engine.definition.sound_toys import Sound

EDITIONS = sorted(load_library().editions.values(), key=lambda one: (one.workflow, one.number))
#: In which order the schema lets parts of an element follow each other.
ORDER = ("documentation", "incoming", "outgoing", "potentialOwner", "timerEventDefinition")
TAKEN = frozenset({"startEvent", "endEvent", "userTask", "exclusiveGateway", "boundaryEvent", "intermediateThrowEvent"})

each_edition = pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: f"{one.workflow}-{one.number}")


@cache
def _text(fingerprint: str, language: str = "en") -> str:
    return exported(load_library()[fingerprint], "bpmn", language)


def root_of(edition: Edition) -> ET.Element:
    return ET.fromstring(_text(edition.fingerprint))


def process_of(edition: Edition) -> ET.Element:
    [process] = root_of(edition).findall(f"{{{BPMN}}}process")
    return process


def nodes_of(edition: Edition) -> dict[str, ET.Element]:
    found = [one for one in process_of(edition) if one.tag != f"{{{BPMN}}}sequenceFlow"]
    return {one.attrib["id"]: one for one in found}


def flows_of(edition: Edition) -> list[tuple[str, str, str, str]]:
    """The flows: id, where from, where to, and what is done."""
    return [
        (one.attrib["id"], one.attrib["sourceRef"], one.attrib["targetRef"], one.get("name", ""))
        for one in process_of(edition).findall(f"{{{BPMN}}}sequenceFlow")
    ]


def kind(node: ET.Element) -> str:
    return node.tag.removeprefix(f"{{{BPMN}}}")


@each_edition
def test_every_name_is_used_once_and_every_reference_leads_somewhere(edition: Edition) -> None:
    ids = [one.attrib["id"] for one in root_of(edition).iter() if "id" in one.attrib]
    assert [name for name, count in Counter(ids).items() if count > 1] == []
    nodes, flows = nodes_of(edition), flows_of(edition)
    assert {kind(one) for one in nodes.values()} <= TAKEN
    assert {end for _, source, target, _ in flows for end in (source, target)} <= nodes.keys()
    for name, node in nodes.items():
        assert {one.text for one in node.findall(f"{{{BPMN}}}incoming")} == {one[0] for one in flows if one[2] == name}
        assert {one.text for one in node.findall(f"{{{BPMN}}}outgoing")} == {one[0] for one in flows if one[1] == name}
        if kind(node) == "boundaryEvent":
            assert kind(nodes[node.attrib["attachedToRef"]]) == "userTask"


@each_edition
def test_the_parts_of_a_node_follow_each_other_as_the_schema_has_them(edition: Edition) -> None:
    for node in nodes_of(edition).values():
        places = [ORDER.index(kind(part)) for part in node]
        assert places == sorted(places)


@each_edition
def test_one_start_leads_to_every_node_and_every_node_but_an_end_leads_on(edition: Edition) -> None:
    nodes, flows = nodes_of(edition), flows_of(edition)
    [start] = [name for name, one in nodes.items() if kind(one) == "startEvent"]
    seen, todo = set[str](), [start]
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += [target for _, source, target, _ in flows if source == here]
            todo += [name for name, one in nodes.items() if one.get("attachedToRef") == here]
    assert nodes.keys() - seen == set()
    assert {name for name, one in nodes.items() if not one.findall(f"{{{BPMN}}}outgoing")} == {
        name for name, one in nodes.items() if kind(one) == "endEvent"
    }


@each_edition
def test_no_task_sends_two_tokens_on(edition: Edition) -> None:
    forks = Counter(source for _, source, _, _ in flows_of(edition))
    nodes = nodes_of(edition)
    alone = {name for name, one in nodes.items() if kind(one) != "exclusiveGateway"}
    assert {name: count for name, count in forks.items() if count > 1 and name in alone} == {}


def way(edition: Edition, node: str) -> str:
    """The state that a node of the diagram belongs to."""
    nodes, own = nodes_of(edition), node.removeprefix("gate_")
    # The gateway of a clock belongs to what the clock is on.
    found = nodes[own if own in nodes else node]
    return found.get("attachedToRef", node).removeprefix("gate_").removeprefix("state_")


@each_edition
def test_it_has_the_ways_of_the_edition_and_no_others(edition: Edition) -> None:
    told = {
        (way(edition, source), target.removeprefix("state_"), do)
        for _, source, target, do in flows_of(edition)
        if do and target.startswith("state_")
    }
    graph = Graph(edition)
    wanted = {
        (source, target, edition.text(f"transitions.{rule.name}.do"))
        for rule in edition.transitions
        for source in rule.sources
        for target in ((source,) if rule.target == "=same" else graph.targets(rule, source))
    }
    assert told == wanted


@each_edition
def test_a_clock_is_a_timer_on_the_edge_of_its_task(edition: Edition) -> None:
    clocks = [source for rule in edition.transitions if rule.after is not None for source in rule.sources]
    timers = [one for one in nodes_of(edition).values() if kind(one) == "boundaryEvent"]
    assert Counter(one.attrib["attachedToRef"].removeprefix("state_") for one in timers) == Counter(clocks)


@each_edition
def test_everything_is_drawn_once_and_no_shape_covers_another(edition: Edition) -> None:
    root, nodes = root_of(edition), nodes_of(edition)
    shapes = {one.attrib["bpmnElement"]: one for one in root.iter(f"{{{BPMNDI}}}BPMNShape")}
    edges = list(root.iter(f"{{{BPMNDI}}}BPMNEdge"))
    assert shapes.keys() == nodes.keys()
    assert sorted(one.attrib["bpmnElement"] for one in edges) == sorted(one[0] for one in flows_of(edition))
    assert all(len(one.findall(f"{{{DI}}}waypoint")) >= 2 for one in edges)
    boxes = {}
    for name, shape in shapes.items():
        [bounds] = shape.findall(f"{{{DC}}}Bounds")
        x, y, width, height = (int(bounds.attrib[key]) for key in ("x", "y", "width", "height"))
        assert x >= 0
        assert y >= 0
        boxes[name] = (x, y, x + width, y + height)
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        attached = {nodes[one].get("attachedToRef"), nodes[other].get("attachedToRef")} & {one, other}
        assert attached or a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (one, other)


@each_edition
def test_the_same_edition_gives_the_same_file(edition: Edition) -> None:
    assert exported(edition, "bpmn", "en") == _text(edition.fingerprint)


def test_it_is_told_in_chinese() -> None:
    [edition] = [one for one in EDITIONS if one.workflow == "referral" and one.number == 2]
    names = [one.get("name", "") for one in ET.fromstring(_text(edition.fingerprint, "zh")).iter(f"{{{BPMN}}}userTask")]
    assert names
    assert not [name for name in names if name.isascii()]


def test_states_that_lie_in_others_are_not_told_in_bpmn() -> None:
    with pytest.raises(ValueError, match="is not told in BPMN"):
        exported(publish(Sound), "bpmn", "en")


@each_edition
def test_the_drawing_stands_by_itself(edition: Edition) -> None:
    root = ET.fromstring(exported(edition, "svg", "en"))
    assert root.tag == f"{{{SVG}}}svg"
    assert not [one for one in root.iter() if {"class", "href", "style"} & one.attrib.keys()]
    words = " ".join(one.text or "" for one in root.iter(f"{{{SVG}}}text"))
    first = edition.text(f"states.{edition.initial[0]}").split()[0]
    assert first in words


@pytest.mark.parametrize("form", ["bpmn", "svg"])
def test_the_command_prints_it(form: str) -> None:
    done = CliRunner().invoke(workflow, ["export", "referral-1", "--format", form])
    assert done.exit_code == 0
    assert ET.fromstring(done.output.split("\n", 1)[1]).attrib


@pytest.mark.parametrize("arguments", [("nothing", "bpmn", 1), ("case", "pdf", 2)])
def test_the_command_refuses_what_there_is_not(arguments: tuple[str, str, int]) -> None:
    name, form, code = arguments
    assert CliRunner().invoke(workflow, ["export", name, "--format", form]).exit_code == code


def test_the_command_prints_a_net() -> None:
    done = CliRunner().invoke(workflow, ["export", "referral-1", "--format", "pnml"])
    assert done.exit_code == 0
    assert ET.fromstring(done.output).tag.endswith("pnml")
