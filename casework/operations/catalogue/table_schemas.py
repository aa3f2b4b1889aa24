"""What a row of a table of rights or of organisations may hold, checked and cleaned as the rows of any import.

One row says one thing: a right with what lies on it, an organisation with a contact or an owner. A further row of the same one adds
another of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator

from casework import reasons
from casework.engine.case_objects.organisations import KINDS as KINDS_OF_ORGANISATIONS
from casework.engine.case_objects.organisations import LANGUAGES, OWNER_KINDS, SIZES
from casework.engine.case_objects.outside_burdens import KINDS as KINDS_OF_BURDENS
from casework.engine.case_objects.outside_burdens import LICENCES, secured_fault
from casework.engine.definition.amounts import decimals_of
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.import_cells import (
    Amount,
    Country,
    Currency,
    Day,
    Name,
    Several,
    Short,
    YesNo,
    one_of,
)
from casework.operations.catalogue.import_faults import Faults, Wrong, told_faults
from casework.operations.catalogue.import_schemas import RightSaid, said

Table = Literal["rights", "organisations"]
#: Columns that a CSV file must have; of several with a bar between them, one.
NEEDED: Mapping[Table, tuple[str, ...]] = {"rights": ("kind",), "organisations": ("name",)}
#: Of the organisation itself, and of a contact or an owner: by its column what the record calls it.
OF_ORGANISATION = (
    "name", "name_zh", "kind", "country", "register_number", "address", "size", "state_owned", "language",
)  # fmt: skip
OF_CONTACT, OF_OWNER = ("name", "role", "email", "telephone", "language"), ("name", "kind", "country", "share")


def _capitals(codes: list[str] | None) -> list[str] | None:
    return codes and list(dict.fromkeys(code.upper() for code in codes))


def _small(codes: list[str] | None) -> list[str] | None:
    return codes and list(dict.fromkeys(code.casefold() for code in codes))


def _owners(value: object) -> list[tuple[str, str | None]]:
    """Names with their shares: “Heat Works 60%; City University 40%”."""
    if not isinstance(value, str):
        raise Wrong(reasons.imports.OWNERS_TEXT)
    owners = []
    for part in value.replace("；", ";").split(";"):
        words = " ".join(part.split())
        name, _, share = words.rpartition(" ")
        # Without a percent sign the last word belongs to the name.
        if not words.endswith(("%", "％")):
            name, share = words, ""
        if words:
            owners.append((name.strip(), share.rstrip("%％") or None))
    if any(not name or len(name) > 300 for name, _ in owners) or len(owners) > 50:
        raise Wrong(reasons.imports.OWNERS_MOST)
    return owners


class _Row(BaseModel):
    # What a row holds beyond these fields is left out; the report names it.
    model_config = ConfigDict(extra="ignore")

    source: Short | None = None


class RightRow(RightSaid, _Row):
    owners: Annotated[list[tuple[str, str | None]], BeforeValidator(_owners)] | None = None
    technologies: Several | None = None
    encumbrance: Annotated[str, one_of(KINDS_OF_BURDENS)] | None = None
    holder: Name | None = None
    encumbrance_number: Short | None = None
    begins_on: Day | None = None
    ends_on: Day | None = None
    amount: Amount | None = None
    amount_currency: Currency | None = None
    licence: Annotated[str, one_of(LICENCES)] | None = None
    territories: Annotated[Several | None, AfterValidator(_capitals)] = None
    uses: Annotated[Several | None, AfterValidator(_small)] = None
    sublicence: YesNo | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not (self.number or self.application_number or self.technologies or self.owners):
            raise Wrong(reasons.imports.NUMBER_OR_OWNERS, "number")
        if (self.amount is None) != (self.amount_currency is None):
            missing = "amount_currency" if self.amount_currency is None else "amount"
            raise Wrong(reasons.imports.AMOUNT_NEEDS_CURRENCY, missing)
        if (money := self._money()) is not None and (why := secured_fault(money)) is not None:
            raise Wrong(why, "amount")
        of_burden = (
            "holder",
            "encumbrance_number",
            "begins_on",
            "ends_on",
            "amount",
            "licence",
            "territories",
            "uses",
            "sublicence",
        )
        if self.encumbrance is None and (stray := next((name for name in of_burden if getattr(self, name)), None)):
            raise Wrong(reasons.imports.SAYS_OF_BURDEN(column=stray), "encumbrance")
        return self

    def burden(self) -> JsonObject:
        """What it says of an encumbrance, as a record of one names it; its holder is told by name."""
        return {
            "kind": self.encumbrance,
            "from": self.begins_on and self.begins_on.isoformat(),
            "until": self.ends_on and self.ends_on.isoformat(),
            "licence": self.licence,
            "territories": self.territories or [],
            "fields": self.uses or [],
            "sublicence": self.sublicence,
            "amount": self._money(),
        }

    def _money(self) -> JsonObject | None:
        """What is secured, as it was typed, with the decimals that its currency has."""
        if self.amount is None or self.amount_currency is None:
            return None
        whole = self.amount.quantize(Decimal(1).scaleb(-decimals_of(self.amount_currency)))
        return {"amount": format(whole if whole == self.amount else self.amount, "f"), "currency": self.amount_currency}


class OrganisationRow(_Row):
    name: Name
    name_zh: Name | None = None
    kind: Annotated[str, one_of(KINDS_OF_ORGANISATIONS)] | None = None
    country: Country | None = None
    register_number: Short | None = None
    address: Short | None = None
    size: Annotated[str, one_of(SIZES)] | None = None
    state_owned: YesNo | None = None
    language: Annotated[str, one_of(LANGUAGES)] | None = None
    contact_name: Name | None = None
    contact_role: Short | None = None
    contact_email: Short | None = None
    contact_telephone: Short | None = None
    contact_language: Annotated[str, one_of(LANGUAGES)] | None = None
    owner_name: Name | None = None
    owner_kind: Annotated[str, one_of(OWNER_KINDS)] | None = None
    owner_country: Country | None = None
    owner_share: Short | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        for what, names in (("contact", OF_CONTACT), ("owner", OF_OWNER)):
            if self.row_of(what, names) and getattr(self, f"{what}_name") is None:
                raise Wrong(reasons.imports.NAME_OF_ROW(what=what), f"{what}_name")
        return self

    def row_of(self, what: str, names: tuple[str, ...]) -> JsonObject:
        """What it says of a contact or an owner."""
        told = {name: getattr(self, f"{what}_{name}") for name in names}
        if share := told.get("share"):
            told["share"] = str(share).rstrip("%％ ")
        return {name: value for name, value in told.items() if value is not None}


ROWS: Mapping[Table, type[RightRow] | type[OrganisationRow]] = {"rights": RightRow, "organisations": OrganisationRow}


def parse_row(
    table: Table, values: JsonMapping, *, semicolons: bool = False
) -> tuple[RightRow | OrganisationRow | None, Faults]:
    """The row, or everything that is wrong with it: pairs of a column and a reason."""
    try:
        return ROWS[table].model_validate(said(values), context={"semicolons": semicolons}), []
    except ValidationError as bad:
        return None, told_faults(bad)
