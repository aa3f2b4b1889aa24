"""What operations hand out and what the API answers have the same fields: a schema that lacked one would leave it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from pydantic import BaseModel

from casework.api import ROUTES
from casework.api.protocol.routes import Route
from casework.operations.core.idempotency import Done
from casework.reasons.base import Reason, Template, Text


def differences(view: Any, schema: Any, where: str) -> Iterator[str]:
    """Where a view and a schema differ, field by field and as deep as they go."""
    kinds, models = list(_classes(view)), [one for one in _parts(schema) if _is_model(one)]
    if not kinds:
        return
    if not models:
        # What is free JSON there would be refused here: a frozen thing is no dictionary.
        yield f"{where}: no schema of its own"
        return
    for model in models:
        wanted = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        told = [{name.removesuffix("_"): of for name, of in kind.items()} for kind in kinds]
        needed = {field.alias or name for name, field in model.model_fields.items() if field.is_required()}
        fitting = [one for one in told if needed <= one.keys() <= wanted.keys()]
        if not fitting:
            yield f"{where}: {sorted(set().union(*told) ^ wanted.keys())}"
        for one in fitting:
            for name, of in one.items():
                yield from differences(of, wanted[name], f"{where}.{name}")


def _classes(view: Any) -> Iterator[dict[str, Any]]:
    for part in _parts(view):
        kind = get_origin(part) or part
        # A reason is said in words by the schema's `Said`.
        if isinstance(kind, type) and is_dataclass(kind) and not issubclass(kind, Done | Reason | Template | Text):
            hints, given = get_type_hints(kind), get_args(part)
            yield {
                field.name: of[given] if given and getattr(of, "__parameters__", None) else of
                for field in fields(kind)
                if (of := hints[field.name]) is not None
            }


def _parts(annotation: Any) -> Iterator[Any]:
    """The classes that an annotation names, within lists, unions and dictionaries too."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.gives_file], ids=lambda route: route.name)
def test_what_is_handed_out_and_what_is_answered_have_the_same_fields(route: Route) -> None:
    assert list(differences(get_type_hints(route.view)["return"], route.answer, route.name)) == []
