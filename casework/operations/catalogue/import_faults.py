"""What is wrong with a row of an import, as reasons: what its checks raise, and how their findings are told by column."""

from __future__ import annotations

from pydantic import ValidationError

from casework import reasons
from casework.reasons import Text, Why

#: Pairs of a column and what is wrong with it.
Faults = list[tuple[str, Why]]


class Wrong(ValueError):
    """Why a value is refused. A check of a whole row names the column."""

    def __init__(self, why: Why, column: str = "") -> None:
        super().__init__(str(why))
        self.why, self.column = why, column


def told_faults(bad: ValidationError) -> Faults:
    """What is wrong with a row, once for each column."""
    faults: dict[str, Why] = {}
    for error in bad.errors():
        name = ".".join(str(part) for part in error["loc"]) or "row"
        wrong = error.get("ctx", {}).get("error")
        if isinstance(wrong, Wrong):
            why = wrong.why
            if wrong.column:
                name = wrong.column if name == "row" else f"{name}.{wrong.column}"
        else:
            why = _WHY.get(error["type"]) or Text("", error["msg"].removeprefix("Value error, "))
        faults.setdefault(name, why)
    return list(faults.items())


_WHY = {
    "missing": reasons.imports.MISSING,
    "extra_forbidden": reasons.fields.NOT_KNOWN_HERE,
    "list_type": reasons.fields.LIST,
    "model_type": reasons.imports.MUST_BE_OBJECT,
    "model_attributes_type": reasons.imports.MUST_BE_OBJECT,
    "dict_type": reasons.imports.MUST_BE_OBJECT,
}
