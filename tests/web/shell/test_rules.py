"""Addresses are written as by the library's own rules, and their rules compiled when the first is written."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import AnyConverter, Map, Rule

from casework.web.shell.rules import LateRule

SAMPLES: dict[str, Any] = {
    "uuid": "0192f0a2-0000-7000-8000-000000000000",
    "int": 7,
    "path": "a b/c",
    "default": "三 & d",
}


def test_every_address_is_written_as_the_library_writes_it(app: Flask) -> None:
    adapter = app.url_map.bind("casework.example")
    written = 0
    for rule in list(app.url_map.iter_rules()):
        # What a rule takes for granted is not in its address.
        given = dict(rule.defaults or {})
        values = given | {name: _sample(rule, name) for name in rule.arguments - given.keys()}
        plain = Map([Rule(rule.rule, endpoint=rule.endpoint, methods=rule.methods, defaults=given or None)]).bind(
            "casework.example"
        )
        for more in ({}, {"unknown": "& more"}):
            assert adapter.build(rule.endpoint, {**values, **more}) == plain.build(rule.endpoint, {**values, **more})
            written += 1
    assert written > 800
    assert any(isinstance(rule, LateRule) for rule in app.url_map.iter_rules())


def test_a_rule_is_compiled_when_the_first_address_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[bool] = []
    compile_builder = Rule._compile_builder

    def counted(rule: Rule, append_unknown: bool = True) -> Any:
        compiled.append(append_unknown)
        return compile_builder(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", counted)
    adapter = Map([LateRule("/cases/<number>", endpoint="case")]).bind("casework.example")
    assert adapter.match("/cases/BJ-1") == ("case", {"number": "BJ-1"})
    assert compiled == []
    assert [adapter.build("case", {"number": number}) for number in ("BJ-1", "BJ-2")] == ["/cases/BJ-1", "/cases/BJ-2"]
    assert len(compiled) == 1


def test_a_number_that_the_database_cannot_hold_leads_nowhere(app: Flask) -> None:
    adapter = app.url_map.bind("casework.example")
    numbered = [
        rule for rule in app.url_map.iter_rules() if "int" in {kind_of(rule, name) for name in rule._converters}
    ]
    assert len(numbered) >= 8
    for rule in numbered:
        numbers = [name for name in rule.arguments if kind_of(rule, name) == "int"]
        for value in (2**31 - 1, 2**31, 2**63, 10**40):
            values = {name: value if name in numbers else _sample(rule, name) for name in rule.arguments}
            method = next(iter((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            address = adapter.build(rule.endpoint, values, method=method)
            if value < 2**31:
                assert adapter.match(address, method=method)[0] == rule.endpoint
            else:
                with pytest.raises((NotFound, MethodNotAllowed)):
                    adapter.match(address, method=method)


def kind_of(rule: Rule, name: str) -> str | None:
    converter = type(rule._converters[name]).__name__.lower()
    return next((kind for kind in SAMPLES if kind in converter), None)


def _sample(rule: Rule, name: str) -> Any:
    if isinstance(one := rule._converters[name], AnyConverter):
        return min(one.items)
    return SAMPLES[kind_of(rule, name) or "default"]
