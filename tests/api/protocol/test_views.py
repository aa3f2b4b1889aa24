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
    """Where a view and a schema differ, field by field and as deep as they go.

    Of several views each must fit a schema, and of several schemas each a view.
    """
    views, models = list(_classes(view)), [_Model(part) for part in _parts(schema) if _is_model(part)]
    if not views:
        return
    if not models:
        # What is free JSON there would be refused here: a frozen thing is no dictionary.
        yield f"{where}: no schema of its own"
        return
    for fields_of in views:
        if not any(model.fits(fields_of) for model in models):
            yield f"{where}: {min((sorted(fields_of.keys() ^ model.fields.keys()) for model in models), key=len)}"
    for model in models:
        fitting = [fields_of for fields_of in views if model.fits(fields_of)]
        if not fitting:
            yield f"{where}: nothing gives what {model.name} says"
        for fields_of in fitting:
            for name, of in fields_of.items():
                yield from differences(of, model.fields[name], f"{where}.{name}")


class _Model:
    """What a schema says: its fields by the names that the answer has."""

    def __init__(self, model: type[BaseModel]) -> None:
        told = [(field.alias or name, field) for name, field in model.model_fields.items()]
        self.name = model.__name__
        self.fields = {name: field.annotation for name, field in told}
        self.needed = {name for name, field in told if field.is_required()}

    def fits(self, view: dict[str, Any]) -> bool:
        return self.needed <= view.keys() <= self.fields.keys()


def _classes(view: Any) -> Iterator[dict[str, Any]]:
    """The fields of each view that an annotation names, with their annotations."""
    for part in _parts(view):
        kind = get_origin(part) or part
        # A reason is said in words by the schema's `Said`.
        if _is_view(kind) and not issubclass(kind, Done | Reason | Template | Text):
            hints, given = get_type_hints(kind), get_args(part)
            yield {
                field.name.removesuffix("_"): of[given] if given and getattr(of, "__parameters__", None) else of
                for field in fields(kind)
                if (of := hints[field.name]) is not None
            }


def _parts(annotation: Any) -> Iterator[Any]:
    """The classes that an annotation names, within lists, unions and dictionaries too; what a view is of is its field's."""
    yield annotation
    for part in () if _is_view(get_origin(annotation)) else get_args(annotation):
        yield from _parts(part)


def _is_view(kind: Any) -> bool:
    return isinstance(kind, type) and is_dataclass(kind)


def _is_model(part: Any) -> bool:
    return isinstance(part, type) and issubclass(part, BaseModel)


@pytest.mark.parametrize("route", [route for route in ROUTES if not route.gives_file], ids=lambda route: route.name)
def test_what_is_handed_out_and_what_is_answered_have_the_same_fields(route: Route) -> None:
    assert list(differences(get_type_hints(route.view)["return"], route.answer, route.name)) == []
