"""The verifier is a package of its own: small, without the application, and it says everything in both languages."""

from __future__ import annotations

import ast
import re
import string
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casework.engine.roles import Role
from casework.engine.state import events
from casework_verify.faults import Fault
from casework_verify.words import NOTE, UNREAD, WORDS, WRONG, level_of, sentence
from casework_verify.words.names import CODES
from casework_verify.words.reasons import REASONS
from tests.support.databases import ROOT

PACKAGE = ROOT / "verifier" / "casework_verify"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAY_IMPORT = {*sys.stdlib_module_names, "cryptography", "rfc8785", "casework_verify"}
#: What reads no file and knows no case.
PURE = {
    "base64",
    "binascii",
    "hashlib",
    "json",
    "re",
    "unicodedata",
    "dataclasses",
    "collections",
    "typing",
    "__future__",
}
#: Whoever distrusts us reads this much.
MOST_LINES_OF_INTEGRITY, MOST_LINES = 400, 450


def imports_of(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, path
            names.add((node.module or "").split(".")[0])
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_it_imports_nothing_of_the_application(path: Path) -> None:
    assert imports_of(path) - MAY_IMPORT == set()


def test_the_integrity_part_is_pure_and_short() -> None:
    paths = sorted((PACKAGE / "integrity").glob("*.py"))
    assert sum(len(path.read_text("utf-8").splitlines()) for path in paths) <= MOST_LINES_OF_INTEGRITY
    for path in paths:
        assert imports_of(path) - PURE <= {"cryptography", "rfc8785", "casework_verify"}, path


def test_modules_are_short() -> None:
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}


def test_what_it_depends_on_is_in_our_own_lock_file() -> None:
    told = re.findall(r'"([a-z0-9]+)>=', (ROOT / "verifier" / "pyproject.toml").read_text("utf-8"))
    locked = (ROOT / "requirements.lock").read_text("utf-8")
    assert {one for one in told if one != "setuptools"} == {"cryptography", "rfc8785"}
    assert all(re.search(rf"^{one}==", locked, re.MULTILINE) for one in told)


@pytest.mark.parametrize("code", WORDS)
def test_a_code_has_words_in_both_languages_with_the_same_values(code: str) -> None:
    words = WORDS[code]
    assert re.search("[\u4e00-\u9fff]", words.zh)
    assert words.level in (WRONG, UNREAD, NOTE)
    english, chinese = (
        {name for _, name, _, _ in string.Formatter().parse(one) if name} for one in (words.en, words.zh)
    )
    assert english == chinese


def codes_of(path: Path) -> set[str]:
    """The codes that a module names where it makes a fault."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call) and node.args)
    named = [node for node in calls if ast.unparse(node.func).split(".")[-1] in ("Fault", "Unreadable")]
    return {str(node.args[0].value) for node in named if isinstance(node.args[0], ast.Constant)}


def test_every_code_that_is_told_has_words() -> None:
    assert {code for path in MODULES for code in codes_of(path)} - WORDS.keys() == set()


def test_a_sentence_says_where_in_one_line_and_obeys_no_stranger() -> None:
    fault = Fault("part_changed", file="a\x1b[31m\n\u202eb" + "c" * 500)
    for language in ("en", "zh"):
        said = sentence(fault, language)
        assert said.isprintable()
        assert len(said) < 300
    assert level_of(fault) == WRONG


#: What stands in a Chinese sentence as it does in an English one.
KNOWN = re.compile(r"Casework|SHA-256|casework verify|casework-verify|--key|--state")


def reasons_of(path: Path) -> set[str]:
    """Why something is refused, as a module writes it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = ast.unparse(node.func).split(".")[-1]
        told = [one.value for one in node.keywords if one.arg == "why"]
        told += node.args if name in ("BadNote", "ValueError") else []
        found |= {str(one.value) for one in told if isinstance(one, ast.Constant) and " " in str(one.value)}
    return found


def test_every_reason_is_said_in_chinese() -> None:
    assert {why for path in MODULES for why in reasons_of(path)} - REASONS.keys() == set()


WHY = [
    *REASONS, "x: line 1 column 2 (char 1)", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
    "Exceeds the limit (4300 digits) for integer string conversion", "KeyError '0'", "TypeError list indices must be integers, not str",
    "File name in directory 'a' and header b'b' differ.", "Stale file handle", "0 is missing", "0 is no number of ours", "409 Refused", "",
]  # fmt: skip


@pytest.mark.parametrize("code", sorted(code for code, words in WORDS.items() if "{why}" in words.zh))
def test_why_is_said_in_chinese_whoever_said_it(code: str) -> None:
    for why in WHY:
        said = sentence(Fault(code, {"why": why, "address": "0", "file": "0", "seq": 1}, file="0"), "zh")
        assert re.search("[A-Za-z]", KNOWN.sub("", said)) is None, said


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_sentence_ends_twice(language: str) -> None:
    for code in sorted(WORDS):
        named = {name for _, name, _, _ in string.Formatter().parse(WORDS[code].en) if name}
        said = sentence(Fault(code, {**dict.fromkeys(named, "x"), "why": "409 No."}), language)
        assert not re.search(r"[.。]{2}$", said), said


def test_a_moment_is_said_to_the_minute_with_its_zone() -> None:
    fault = Fault("attestation_night", {"at": "2026-05-03T17:30:59.123456Z"})
    assert "2026-05-03 17:30 UTC" in sentence(fault)
    assert "2026-05-04 01:30 Asia/Shanghai" in sentence(fault, "zh", ZoneInfo("Asia/Shanghai"))
    for written in ("0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z", "2026-02-31T00:00:00Z", "soon", ""):
        assert sentence(Fault("attestation_night", {"at": written}), "en", ZoneInfo("Asia/Shanghai"))


def test_values_of_json_are_said_as_people_write_them() -> None:
    value = {"b": [1, True, None], "a": {"c": "d"}}
    said = [sentence(Fault("certificate_field", {"name": "x", "value": value}, seq=1), one) for one in ("en", "zh")]
    assert said[0].endswith("a: c: d; b: 1, yes, nothing")
    assert said[1].endswith("a：c：d；b：1、是、无")


def test_each_kind_of_event_and_each_role_has_words() -> None:
    kinds = {value for name, value in vars(events).items() if name.isupper() and isinstance(value, str)}
    assert kinds - {events.SYSTEM_ACTOR, events.PARTY_ACTOR} == CODES["kind"].keys()
    assert {*Role} <= CODES["role"].keys()
    assert all(re.search("[\u4e00-\u9fff]", chinese) for codes in CODES.values() for _, chinese in codes.values())


def test_no_sentence_has_other_latin_words_in_chinese() -> None:
    wrong = {
        code: re.findall("[A-Za-z]+", KNOWN.sub("", re.sub(r"{\w+}", "", words.zh))) for code, words in WORDS.items()
    }
    assert {code: some for code, some in wrong.items() if some} == {}
