"""What the columns of a table are called on pages, and what is said of a row, with those names in place of the file's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext

from casework import reasons
from casework.engine.definition.forms import Form
from casework.json_values import JsonMapping
from casework.operations.catalogue.table_schemas import Table
from casework.reasons.base import from_json
from casework.web.catalogue.organisation_pages import LABELS as OF_ORGANISATION
from casework.web.catalogue.organisation_row_pages import Contact, Owner
from casework.web.catalogue.right_forms import Belonging, Burden, NewRight
from casework.web.shell.i18n import N_, listed, say


def _labels(form: type[Form], **columns: str) -> dict[str, str]:
    """By column what a form calls the field that it fills."""
    texts = form.texts()
    return {column: texts[f"{name}.label"] for column, name in columns.items()}


def _before(what: str, form: type[Form], *names: str) -> dict[str, str]:
    return _labels(form, **{f"{what}_{name}": name for name in names})


#: By table and column.
_CALLED: Mapping[Table, Mapping[str, str]] = {
    "rights": {
        **{name: words for key, words in NewRight.texts().items() if (name := key.removesuffix(".label")) != key},
        **_labels(Belonging, technologies="technologies"),
        **_labels(
            Burden,
            encumbrance="kind",
            holder="holder",
            encumbrance_number="recorded_number",
            begins_on="first_day",
            ends_on="last_day",
            amount="amount",
            licence="licence",
            territories="territories",
            uses="uses",
            sublicence="sublicence",
        ),
        "amount_currency": N_("Currency"),
    },
    "organisations": {
        **OF_ORGANISATION,
        **_before("contact", Contact, "name", "role", "email", "telephone", "language"),
        **_before("owner", Owner, "name", "kind", "country", "share"),
    },
}
#: Of what is wrong with no cell.
_WHOLE: Mapping[str, str] = {"file": N_("The whole file"), "row": N_("The whole row")}
#: Reasons that name columns of which the record says something, and where; what the file itself lacks it is told as files write it.
_NAMING = {reasons.imports.KEPT_OTHERWISE.code: "names", reasons.imports.SAYS_OF_BURDEN.code: "column"}


def call_column(table: Table, column: str) -> str:
    """What a page calls a column; "" where it has no name for it."""
    words = _WHOLE.get(column) or _CALLED[table].get(column)
    return gettext(words) if words else ""


def say_rows(table: Table, told: list[JsonMapping]) -> list[tuple[int, str, str, str]]:
    """Row, what its column is called and how the file writes it, and why, in the reader's language."""
    return [
        (
            one["row"],
            call_column(table, one["field"]),
            "" if one["field"] in _WHOLE else one["field"],
            say(from_json({"code": one["code"], "message": one["reason"], "values": _named(table, one)})),
        )
        for one in told
    ]


def _named(table: Table, told: JsonMapping) -> dict[str, Any]:
    """The values of a reason: columns by their names."""
    values = dict(told["values"])
    if (gap := _NAMING.get(told["code"], "")) in values:
        values[gap] = listed(call_column(table, name) or name for name in str(values[gap]).split(", "))
    return values


__all__ = ["call_column", "say_rows"]
