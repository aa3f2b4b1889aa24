"""Whether what was filled in fits a form: the model of its values, and the check of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, create_model

from casework import reasons
from casework.engine.definition.amounts import amount_fault
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.field_faults import reason_of
from casework.engine.definition.value_types import (
    Day,
    Id,
    Ids,
    Item,
    Key,
    Keys,
    MoneyValue,
    clean,
    decimal_text,
    holds_words,
    no_control,
    once,
)
from casework.engine.parties import PARTIES
from casework.errors import InvalidForm
from casework.json_values import Answers
from casework.reasons import Why


def _value_type(rule: WrittenField) -> Any:
    match rule["type"]:
        case "text" | "note":
            limits = Field(min_length=1 if rule["required"] else 0, max_length=rule["max"])
            return Annotated[str, BeforeValidator(clean), AfterValidator(no_control), limits]
        case "number":
            return Annotated[str, BeforeValidator(decimal_text)]
        case "money":
            return MoneyValue
        case "date":
            return Day
        case "choice":
            return Literal[tuple(rule["choices"])]
        case "many":
            choice: Any = Literal[tuple(rule["choices"])]
            return Annotated[list[choice], AfterValidator(once)]
        case "yes_no":
            return Annotated[bool, Field(strict=True)]
        case "party":
            return Literal[PARTIES]
        case "items":
            return Annotated[list[Item], Field(max_length=50)]
        case "rows":
            return _rows_type(rule)
    return _named_type(rule)


def _named_type(rule: WrittenField) -> Any:
    """What stands elsewhere, named by its id or, in a list of the programme, by its key."""
    match rule["type"]:
        case "listed":
            return Key
        case "listed_many":
            return Keys
        case "right" | "burden" | "impact" | "person" | "provider" | "owner" | "organisation":
            return Id
        case "rights" | "people" | "providers" | "panel" | "documents" | "tasks":
            return Ids
    raise ValueError(f"unknown field type {rule['type']}")


def _rows_type(rule: WrittenField) -> Any:
    row: Any = build_model(rule["name"], rule["fields"])
    return Annotated[list[Annotated[row, BeforeValidator(_answered)]], Field(max_length=rule["most"])]


def _answered(row: Any) -> Any:
    """A row without what was left empty."""
    return {name: value for name, value in row.items() if value not in (None, "")} if isinstance(row, Mapping) else row


def build_model(name: str, fields: Sequence[WrittenField]) -> type[BaseModel]:
    """The pydantic model of a form's values; serves page, API and import alike. `check` says what must be there."""
    annotated: dict[str, Any] = {rule["name"]: (_value_type(rule) | None, None) for rule in fields}
    return create_model(name, __config__=ConfigDict(extra="forbid"), **annotated)


def check(model: type[BaseModel], fields: Sequence[WrittenField], data: Answers, today: date) -> dict[str, Any]:
    """The data as it will be kept: clean, complete, canonical JSON. Raises `InvalidForm` with one reason per field."""
    values, faults = judge(model, fields, data, today)
    if faults:
        raise InvalidForm(fields=faults)
    return values


def judge(
    model: type[BaseModel], fields: Sequence[WrittenField], data: Answers, today: date
) -> tuple[dict[str, Any], dict[str, Why]]:
    """The values that are of the right type, as they will be kept, and what is wrong, by field."""
    values, faults = _clean(model, {name: value for name, value in data.items() if value is not None and value != ""})
    faulty = {name.split(".")[0] for name in faults}
    faults |= _faults([rule for rule in fields if rule["name"] not in faulty], values, today)
    return values, faults


def _faults(fields: Sequence[WrittenField], values: dict[str, Any], today: date) -> dict[str, Why]:
    """What is wrong with values that are of the right type; takes out of them what says nothing."""
    faults: dict[str, Why] = {}
    for rule in fields:
        name = rule["name"]
        value = values.get(name)
        asked = "when" not in rule or values.get(rule["when"][0]) in rule["when"][1]
        if value is None or value == []:
            if rule["required"] and asked:
                faults[name] = reasons.fields.REQUIRED
            values.pop(name, None)
        elif not asked:
            faults[name] = reasons.fields.DOES_NOT_APPLY
        elif rule["type"] == "rows":
            for n, row in enumerate(value):
                within = _faults(rule["fields"], row, today)
                faults |= {f"{name}.{n}.{column}": why for column, why in within.items()}
        elif (why := _value_fault(rule, value, today)) is not None:
            faults[name] = why
    return faults


def _clean(model: type[BaseModel], given: Answers) -> tuple[dict[str, Any], dict[str, Why]]:
    """The values that are of the right type, and what is wrong with the others."""
    faults: dict[str, Why] = {}
    try:
        return model.model_validate(given).model_dump(mode="json", exclude_none=True), faults
    except ValidationError as bad:
        for error in bad.errors():
            name = ".".join(str(part) for part in error["loc"]) or "form"
            faults.setdefault(name, reason_of(error))
    # What else is wrong is told in the same breath: nobody should have to correct a form twice.
    bad_fields = {name.split(".")[0] for name in faults}
    sound = {name: value for name, value in given.items() if name not in bad_fields}
    return model.model_validate(sound).model_dump(mode="json", exclude_none=True), faults


def _value_fault(rule: WrittenField, value: Any, today: date) -> Why | None:
    if rule["type"] == "note" and rule["required"] and not holds_words(value):
        return reasons.fields.IN_WORDS
    if rule["type"] == "number":
        return _number_fault(rule, Decimal(value))
    if rule["type"] == "money":
        return amount_fault(value)
    if rule["type"] == "date" and rule["past"] and value > today.isoformat():
        return reasons.fields.NOT_IN_FUTURE
    if rule["type"] == "date" and rule["future"] and value < today.isoformat():
        return reasons.fields.NOT_IN_PAST
    if rule["type"] == "yes_no" and rule["must"] is not None and value is not rule["must"]:
        return reasons.fields.MUST_BE_YES if rule["must"] else reasons.fields.MUST_BE_NO
    return None


def _number_fault(rule: WrittenField, number: Decimal) -> Why | None:
    if rule["whole"] and number != number.to_integral_value():
        return reasons.fields.WHOLE_NUMBER
    if rule["min"] is not None and number < Decimal(rule["min"]):
        return reasons.fields.AT_LEAST(value=rule["min"])
    if rule["max"] is not None and number > Decimal(rule["max"]):
        return reasons.fields.AT_MOST(value=rule["max"])
    return None


def split(fields: Sequence[WrittenField], values: Answers) -> tuple[dict[str, Any], dict[str, Any]]:
    """(facts for the effects, the rest for the body)."""
    facts = {rule["name"] for rule in fields if rule["fact"]}
    return (
        {name: value for name, value in values.items() if name in facts},
        {name: value for name, value in values.items() if name not in facts},
    )
