"""What goes into the catalogue beside the words marked in the code: the messages of errors, and why one is refused."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from typing import IO, Any

Found = tuple[int, str, str, list[str]]

#: Classes whose constant words reach a reader through `i18n.say`.
REFUSALS = frozenset({
    "InvalidForm", "NotAllowed", "NotFound", "Refused", "WrongState", "Unreadable", "WrongPasskey", "UploadRefused", "_Wrong",
    "reason",
})  # fmt: skip


def extract_errors(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """The docstrings of the classes of `errors.py`, and the words that stand in for missing ones."""
    tree = ast.parse(file.read())
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and (words := ast.get_docstring(node)):
            yield node.lineno, "", " ".join(inspect.cleandoc(words).split()), []
            for inner in ast.walk(node):
                if isinstance(inner, ast.FunctionDef):
                    for default in inner.args.defaults:
                        if isinstance(default, ast.Constant) and isinstance(default.value, str):
                            yield default.lineno, "", default.value, []


def extract_refusals(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """The constant words with which an operation refuses."""
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            for words in (one for argument in given for one in _constants(argument)):
                yield words.lineno, "", str(words.value), []


def _constants(node: ast.AST) -> Iterator[ast.Constant]:
    match node:
        case ast.Constant(value=str()):
            yield node
        case ast.Dict(values=values):
            # Its keys are names of fields.
            for value in values:
                yield from _constants(value)
        case ast.IfExp(body=body, orelse=orelse):
            yield from _constants(body)
            yield from _constants(orelse)
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            for part in parts:
                yield from _constants(part)
        case ast.Call(func=ast.Attribute(attr="fromkeys"), args=[_, value]):
            yield from _constants(value)
