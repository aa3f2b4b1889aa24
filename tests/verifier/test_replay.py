"""Whether each event was allowed: what the replay says is said in both languages, and no file makes it fall over."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from casework_verify.replay import replay
from casework_verify.replay.context import Context
from casework_verify.replay.counting import Calendar, moment
from casework_verify.replay.moves import transition_faults
from casework_verify.replay.standing import Case, Event
from casework_verify.replay.workflows import Workflow
from casework_verify.words import NOTE, WORDS, level_of
from casework_verify.words.replay import REPLAY
from tests.support.databases import ROOT

FOLDER = ROOT / "verifier" / "casework_verify" / "replay"
CODE = re.compile(r"[a-z]+(_[a-z]+)+")


def said() -> set[str]:
    """Every text of the replay that may be a code."""
    trees = [ast.parse(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.py"))]
    texts = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in texts if isinstance(text, str) and CODE.fullmatch(text)}


def codes() -> set[str]:
    """The codes that are told: what `say` gets, and what functions that judge roles and forms give."""
    found = set()
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func) == "say"
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return found


def test_every_code_that_is_told_has_words() -> None:
    assert codes() - REPLAY.keys() == set()


def test_no_words_are_there_for_nothing() -> None:
    assert REPLAY.keys() - said() == set()


def test_no_code_is_anothers() -> None:
    assert {code for code, words in REPLAY.items() if WORDS[code] is not words} == set()


def test_a_file_without_rules_and_roles_is_not_judged_and_says_so() -> None:
    (fault,) = replay([], {"index": {}})
    assert (fault.code, level_of(fault)) == ("replay_without", NOTE)


@pytest.mark.parametrize(
    "row", [{}, {"header": {}}, {"header": None}, [], None, "opened", {"header": {"seq": 1, "at": "now"}}]
)
def test_an_event_that_is_none_ends_the_replay(row: object) -> None:
    evidence = {"roles": {"events": []}, "editions": {"0" * 64: {}}}
    found = replay([row], evidence)  # type: ignore[list-item]  # what strangers write
    assert "replay_stopped" in {fault.code for fault in found}


@pytest.mark.parametrize("roles", [None, [], {}, {"events": 3}, {"events": [{}]}])
def test_roles_that_cannot_be_read_are_told_of(roles: object) -> None:
    found = replay([], {"roles": roles, "editions": {"0" * 64: {}}})
    assert "roles_unreadable" in {fault.code for fault in found}


def test_rules_under_another_digest_are_not_taken() -> None:
    found = replay([], {"roles": {"events": []}, "editions": {"0" * 64: {"workflow": "case"}}})
    assert [fault.code for fault in found] == ["edition_swapped"]


# --- the last day of a paper -------------------------------------------------------------------------------------------------

RULE = {
    "name": "go", "from": ["a"], "to": "b", "kind": "side", "by": ["officer"], "not_by": [], "confirm_by": [], "form": None,
    "guards": [], "effects": [], "reopens": False, "part": None, "needs": [{"kind": "deed", "valid": True}],
}  # fmt: skip
STATE = {"type": "state", "part": None}
RULES = {
    "workflow": "case",
    "initial": "a",
    "states": {"a": STATE, "b": STATE},
    "tasks": {},
    "forms": {},
    "transitions": [RULE],
}
SINCE = "2026-01-01T00:00:00.000000Z"
HEADER: dict[str, Any] = {
    "log": "x", "actor": "p", "role": "officer", "acting_for": None, "organisation": None, "from": [], "to": [], "because": None,
    "track": None, "edition": None,
}  # fmt: skip


def event(seq: int, at: str, kind: str, effects: dict[str, Any], **header: Any) -> Event:
    return Event(
        {
            "header": {**HEADER, "seq": seq, "at": at, "kind": kind, **header},
            "effects": effects,
            "body": {},
        }
    )


def faults_of_a_step(zone: str | None, at: str, last_day: str) -> set[str]:
    """What speaks against a step at a moment that rests on a paper with a last day, in a programme of this zone."""
    track = {
        "id": "t",
        "workflow": "case",
        "edition": "e",
        "kind": "case",
        "part": "",
        "parent": None,
        "provider": None,
        "states": ["a"],
    }
    paper = {"id": "d", "party": None, "kind": "deed", "valid_until": last_day}
    opened = event(
        1,
        "2026-01-05T00:00:00.000000Z",
        "opened",
        {
            "case": {"kind": "case", "programme": "p"},
            "tracks": [track],
            "documents": [paper],
        },
    )
    case = Case(opened)
    case.take(opened)
    written: dict[str, Any] = {"zone": zone, "slots": {"0": [["09:00", "17:00"]]}, "holidays": [], "make_up": []}
    calendars = {} if zone is None else {"c": Calendar(written)}
    context = Context({"e": Workflow("e", RULES)}, calendars, None, dict.fromkeys(calendars, moment(SINCE)))
    effects = {"transition": "go", "papers": {"deed": "d"}, "entered": True}
    fired = event(2, at, "fired", effects, **{"track": "t", "edition": "e", "from": ["a"], "to": ["b"]})
    return {code for code, _ in transition_faults(context, case, fired)}


@pytest.mark.parametrize(
    ("zone", "at", "wrong"),
    [
        ("America/New_York", "2026-03-11T00:00:00.000000Z", set()),  # 20:00 of the 10th
        ("America/New_York", "2026-03-11T04:00:00.000000Z", {"paper_expired"}),
        ("Asia/Shanghai", "2026-03-10T15:59:00.000000Z", set()),
        ("Asia/Shanghai", "2026-03-10T17:00:00.000000Z", {"paper_expired"}),  # 01:00 of the 11th
        (None, "2026-03-12T00:00:00.000000Z", set()),
    ],
)
def test_a_paper_is_valid_to_the_end_of_its_last_day_on_the_wall_of_its_programme(
    zone: str | None, at: str, wrong: set[str]
) -> None:
    assert faults_of_a_step(zone, at, "2026-03-10") == wrong
