"""Declarations of JSON as a judge that knows no other key and turns no value into another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import is_typeddict

from casework.engine.deadlines import deadlines
from casework.engine.state import effects_schema, impact_values, register_effects, right_values
from casework.engine.state.effects_schema import Effects
from casework.engine.state.register_effects import RegisterEffects

#: Of an event in the log of a case or a mediation, and in any other log.
OF_CASES, OF_REGISTERS = "case", "register"


def strict(declared: Any, *modules: ModuleType) -> TypeAdapter[Any]:
    """What is declared, and all that these modules declare, without room for anything else."""
    for module in modules:
        for kind in [one for one in vars(module).values() if is_typeddict(one)]:
            with_config(ConfigDict(extra="forbid", strict=True))(kind)
    return TypeAdapter(declared)


def faults(judge: TypeAdapter[Any], value: object) -> list[str]:
    """What in a value is not as it is declared: where, and what the matter is."""
    try:
        judge.validate_json(json.dumps(value))
    except ValidationError as fault:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in fault.errors(include_url=False)]
    return []


_MODULES = (deadlines, effects_schema, impact_values, register_effects, right_values)
_JUDGES = {OF_CASES: strict(Effects, *_MODULES), OF_REGISTERS: strict(RegisterEffects, *_MODULES)}


def undeclared(effects: Mapping[str, Any], of: str = OF_CASES) -> list[str]:
    """What in an event's effects is not as it is declared."""
    return faults(_JUDGES[of], effects)
