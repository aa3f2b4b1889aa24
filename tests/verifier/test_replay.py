"""Whether each event was allowed: what the replay says is said in both languages, and no file makes it fall over."""

from __future__ import annotations

import ast
import re

import pytest

from casework_verify.replay import replay
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
