"""What guards read of the records is said in words: no name of a fact stands on a page as the code has it."""

from __future__ import annotations

import ast
import inspect

import pytest
from flask import Flask

from casework.operations.core import external_facts
from casework.web.shell.values import Values

#: What no page tells of a fact, and what is given to the statements.
_UNTOLD = frozenset({"id", "case", "here", "ids", "log", "main", "programme", "taken"})
_DICTIONARIES = [node for node in ast.walk(ast.parse(inspect.getsource(external_facts))) if isinstance(node, ast.Dict)]
_CONSTANTS = (key for dictionary in _DICTIONARIES for key in dictionary.keys if isinstance(key, ast.Constant))
NAMES = sorted({str(key.value) for key in _CONSTANTS} - _UNTOLD | {"abroad", "providers"})


@pytest.mark.parametrize("name", NAMES)
def test_a_fact_has_words(app: Flask, name: str) -> None:
    with app.test_request_context():
        english = Values().label(name)
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        assert Values().label(name) != english
