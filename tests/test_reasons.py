"""The catalogue of what refusals say: its codes, its gaps and its Chinese; and that nothing else holds their words."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import casework.reasons
from casework import errors, reasons
from casework.errors import InvalidForm
from casework.reasons import Reason, Template, Text
from casework.reasons.base import CATALOGUE, from_json
from casework.reasons.terms import NOUN, NOUNS, Noun

ROOT = Path(__file__).parents[1]
PO = ROOT / "casework" / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"
SUBJECTS = [one.name for one in pkgutil.iter_modules(casework.reasons.__path__) if one.name not in ("base", "terms")]


def named() -> Iterator[tuple[str, str, Template]]:
    """Every constant of the catalogue: its subject, its name and its template."""
    for subject in SUBJECTS:
        for name, value in vars(importlib.import_module(f"casework.reasons.{subject}")).items():
            if isinstance(value, Reason | Template):
                yield subject, name, value.template if isinstance(value, Reason) else value


def test_a_code_is_its_subject_and_its_name() -> None:
    assert [
        (subject, name, one.code) for subject, name, one in named() if one.code != f"{subject}.{name.lower()}"
    ] == []


def test_every_subject_is_reached_by_its_name() -> None:
    assert set(SUBJECTS) <= set(reasons.__all__)


def test_one_wording_has_one_code() -> None:
    words = [one.words for one in CATALOGUE.values()]
    assert sorted({one for one in words if words.count(one) > 1}) == []


def test_no_code_is_given_twice() -> None:
    with pytest.raises(ValueError, match=r"fields\.required"):
        casework.reasons.base.template("fields.required", "is needed")


def test_terms_stand_in_gaps_that_there_are() -> None:
    assert [one.code for one in CATALOGUE.values() if not one.terms.keys() <= one.gaps] == []


def test_every_noun_has_words() -> None:
    assert set(NOUNS) == set(Noun.__args__) == set(NOUN.words)  # type: ignore[attr-defined]  # what a Literal lists


def test_a_reason_takes_the_values_of_its_gaps_and_no_others() -> None:
    with pytest.raises(TypeError, match=r"fields\.at_least takes \['value'\]"):
        reasons.fields.AT_LEAST(least=3)
    assert str(reasons.fields.AT_LEAST(value=3)) == "must be at least 3"


def calls() -> Iterator[tuple[str, str, set[str]]]:
    """Every template that our code fills, with where and with what: `reasons.subject.NAME(value=…)`."""
    for path in sorted((ROOT / "casework").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            # What is written small is a function that chooses between reasons.
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr.isupper():
                home = node.func.value
                if isinstance(home, ast.Attribute) and isinstance(home.value, ast.Name) and home.value.id == "reasons":
                    code = f"{home.attr}.{node.func.attr.lower()}"
                    spread = any(one.arg is None for one in node.keywords)
                    if not spread:
                        where = f"{path.relative_to(ROOT)}:{node.lineno}"
                        yield where, code, {str(one.arg) for one in node.keywords}


def test_what_our_code_fills_in_is_what_the_words_leave_open() -> None:
    found = list(calls())
    assert len(found) > 100
    assert [(where, code) for where, code, given in found if CATALOGUE[code].gaps != given] == []


def used() -> set[str]:
    """The codes of the constants that our code names."""
    found = set()
    for path in (ROOT / "casework").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.Attribute(value=ast.Attribute(value=ast.Name(id="reasons"), attr=subject), attr=name):
                    found.add(f"{subject}.{name.lower()}")
    return found


def test_nothing_in_the_catalogue_is_said_by_nobody() -> None:
    assert sorted({one.code for _, _, one in named()} - used()) == []


def test_everything_is_said_in_chinese() -> None:
    with PO.open("rb") as file:
        chinese: Mapping[str, str] = {str(one.id): str(one.string) for one in read_po(file) if one.id}
    assert [one.code for one in CATALOGUE.values() if not chinese.get(one.words)] == []
    terms = {words for one in CATALOGUE.values() for term in one.terms.values() for words in term.words.values()}
    assert [words for words in sorted(terms) if not chinese.get(words)] == []


def sentences() -> Iterator[tuple[str, str]]:
    """Words that our code gives to an error, with where."""
    kinds = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, Exception)}
    # What an operating system, a library or a setting says of itself is English, for whoever runs the installation.
    kinds -= {
        "InvalidSettings",
        "DatabaseUnavailable",
        "DatabaseNotReady",
        "RolesMissing",
        "EmbeddedServerError",
        "BackupUnusable",
    }
    kinds -= {"StoreUnavailable", "NotFound", "UnknownName", "UploadRefused", "EditionMissing"}
    for path in sorted((ROOT / "casework").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in kinds:
                for given in (*node.args, *(one.value for one in node.keywords)):
                    values = given.values if isinstance(given, ast.Dict) else [given]
                    for value in values:
                        if (
                            isinstance(value, ast.JoinedStr)
                            or isinstance(value, ast.Constant)
                            and " " in str(value.value)
                        ):
                            yield f"{path.relative_to(ROOT)}:{node.lineno}", ast.unparse(value)


def test_no_error_is_given_a_sentence() -> None:
    assert list(sentences()) == []


def test_a_reason_comes_back_from_its_json() -> None:
    papers = reasons.cases.PAPER_MISSING(paper=Text("case.papers.signed_agreement", "signed agreement"))
    error = errors.Refused(papers, Text("case.guards.green", "The light is red."))
    kept = json.loads(json.dumps(error.reason.as_json()))
    assert from_json(kept) == error.reason
    assert kept["message"] == "This cannot be done now: Not on file: signed agreement. The light is red."
    assert [one["code"] for one in kept["values"]["why"]] == ["cases.paper_missing", "case.guards.green"]


def test_of_a_reason_that_is_gone_its_words_are_left() -> None:
    gone = {"code": "tasks.there_once_was", "message": "It was Tuesday.", "values": {"day": "Tuesday"}}
    assert str(from_json(gone)) == "It was Tuesday."
    # Its gaps have changed since it was kept.
    other = errors.Refused(Text("case.guards.green", "The light is red.")).reason.as_json()
    assert str(from_json({**other, "values": {"cause": "none"}})) == other["message"]


def test_every_reason_can_be_kept_once() -> None:
    """Several rules may refuse for the same reason, which is then said once: also one with values and terms."""
    for template in CATALOGUE.values():
        same = [template(**dict.fromkeys(template.gaps, "x")) for _ in range(2)]
        assert list(dict.fromkeys(same)) == same[:1]


def test_a_field_may_be_called_as_a_part_of_a_reason_is() -> None:
    faults = InvalidForm({"code": reasons.fields.REQUIRED, "values": reasons.fields.AT_LEAST(value="3")}).reason
    assert str(from_json(json.loads(json.dumps(faults.as_json())))) == str(faults)


def test_an_error_has_the_code_of_why_it_was_raised() -> None:
    assert errors.NotAllowed(reasons.tasks.IN_QUEUE(queue="officer")).code == "tasks.in_queue"
    assert errors.NotFound("case").code == "not_found"
