"""What a row of an import may hold: needs, technologies with their rights, and matches, each cell checked and cleaned.

An empty cell, or one such as "N/A", says nothing, so it changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, ValidationInfo, model_validator

from casework import reasons
from casework.engine.case_objects.ip_rights import FIELDS
from casework.engine.case_objects.kept_records import PUBLICATIONS
from casework.engine.case_objects.record_use import BEGINS
from casework.engine.case_objects.right_days import impossible
from casework.engine.case_objects.right_kinds import KINDS, out_of_place
from casework.engine.case_objects.technology_details import VERDICTS
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.catalogue_text import says_nothing
from casework.operations.catalogue.import_cells import (
    LAST_DAY,
    Amount,
    Benefits,
    Codes,
    Country,
    Currency,
    Day,
    Key,
    Level,
    Name,
    Places,
    Required,
    Score,
    Several,
    Short,
    Text,
    Title,
    Web,
    one_of,
    today_told,
)
from casework.operations.catalogue.import_faults import Faults, Wrong, told_faults
from casework.operations.catalogue.import_figures import Figures, Licences, Restrictions, Sites, Standards
from casework.operations.catalogue.import_reader import column_name
from casework.operations.catalogue.outcome_names import read_outcome
from casework.operations.core.record_log import Kept

Kind = Literal["needs", "technologies", "matches", "past_projects"]

#: Columns that a CSV file must have; of several names with a bar between them, one.
REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    "needs": ("external_id", "title|title_en|function"),
    "technologies": ("external_id", "title|title_en"),
    "matches": ("external_id", "need", "technology"),
    "past_projects": ("external_id", "title|title_en", "ended_on", "outcome"),
}

_SCALE = re.compile(r"(?:TRL\s*)([0-9]+)(?:\s*(?:-|–|—|to|/)\s*(?:TRL\s*)?([0-9]+))?", re.IGNORECASE)
_ONLY_SCALE = re.compile(r"([0-9]+)(?:\s*(?:-|–|—|to|/)\s*([0-9]+))?")


def _verdict(value: Any) -> str:
    if value not in VERDICTS:
        raise Wrong(reasons.imports.VERDICT)
    return str(value)


class _Row(BaseModel):
    # What a row holds beyond these fields is left out; the report names it.
    model_config = ConfigDict(extra="ignore")

    external_id: Key
    source: Key | None = None


class _Ranked(_Row):
    #: In words, such as "Prototype (TRL 5-6)": kept as told, and as numbers where it has any.
    readiness: Short | None = None
    readiness_low: Level | None = None
    readiness_high: Level | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        low, high = self.readiness_low, self.readiness_high
        if low is not None and high is not None and low > high:
            raise Wrong(reasons.imports.LOW_ABOVE_HIGH, "readiness_low")
        return self

    @model_validator(mode="after")
    def _told_as_text(self) -> Self:
        words = self.readiness
        if words is None or self.readiness_low is not None or self.readiness_high is not None:
            return self
        scale = _ONLY_SCALE.fullmatch(words) or _SCALE.search(words)
        if scale is None:
            return self
        low, high = int(scale[1]), int(scale[2] or scale[1])
        if not 1 <= low <= high <= 9:
            raise Wrong(reasons.imports.FROM_1_TO_9, "readiness")
        self.readiness_low, self.readiness_high = low, high
        return self


class Need(_Ranked):
    title: Title
    title_zh: Title | None = None
    owner: Name | None = None
    owner_country: Country | None = None
    sector: Short | None = None
    district: Short | None = None
    problem: Text | None = None
    target: Text | None = None
    figures: Figures | None = None
    ipc: Codes | None = None
    budget: Amount | None = None
    budget_currency: Currency | None = None
    wanted_form: Short | None = None
    wanted_by: Day | None = None
    country: Country | None = None
    required_standards: Required | None = None
    publication: Annotated[str, one_of(PUBLICATIONS)] | None = None
    status: Annotated[str, one_of(BEGINS)] | None = None
    valid_until: Day | None = None
    function: Text | None = None
    baseline: Text | None = None
    process: Text | None = None
    tried: Text | None = None
    site: Short | None = None
    constraints: Text | None = None
    contact: Short | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if self.budget is not None and self.budget_currency is None:
            raise Wrong(reasons.imports.MISSING_BESIDE_BUDGET, "budget_currency")
        return self


class RightSaid(BaseModel):
    """What a file says of a right itself: its kind and what its record has, and nothing that a right of its kind does not have."""

    kind: Annotated[str, one_of(KINDS)]
    office: Short | None = None
    application_number: Short | None = None
    number: Short | None = None
    owner: Name | None = None
    filed_on: Day | None = None
    granted_on: Day | None = None
    status: Short | None = None
    expires_on: Day | None = None
    fee_paid_to: Day | None = None
    family: Short | None = None
    twin: Short | None = None
    checked_on: Day | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> Self:
        statuses = KINDS[self.kind].statuses
        if strange := out_of_place(self.kind, self.model_dump(include=set(FIELDS) - {"checked_on"})):
            raise Wrong(reasons.imports.NONE_OF_KIND(kind=self.kind), strange[0])
        if self.status is not None and self.status not in statuses:
            raise Wrong(reasons.imports.ONE_OF(codes=", ".join(statuses)), "status")
        return self


class Right(RightSaid):
    """One of a technology, in its row."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="after")
    def _possible(self, info: ValidationInfo) -> Self:
        """It says no day that cannot be."""
        for name, wrong in impossible(self.model_dump(mode="json"), today_told(info)).items():
            raise Wrong(wrong, name)
        return self


def _in_one_cell(value: Any) -> Any:
    """A statement in one cell of a table: number | verdict | valid_until."""
    plain = value.replace("｜", "|") if isinstance(value, str) else ""
    if "|" not in plain:
        return value
    cells = [" ".join(cell.split()) for cell in plain.split("|")]
    names = tuple(Verification.model_fields)
    if len(cells) > len(names):
        raise Wrong(reasons.imports.FIGURE_CELLS(most=len(names), names=" | ".join(names)))
    return {name: cell for name, cell in zip(names, cells, strict=False) if cell}


class Verification(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: Short
    verdict: Annotated[str, BeforeValidator(_verdict)]
    valid_until: Day | None = None


#: So many rights a row names at most.
MOST_RIGHTS = 100


def _few(value: Any) -> Any:
    if isinstance(value, list) and len(value) > MOST_RIGHTS:
        raise Wrong(reasons.imports.TOO_MANY_RIGHTS(most=MOST_RIGHTS))
    return value


class Technology(_Ranked):
    title: Title
    title_zh: Title | None = None
    owner: Name | None = None
    owner_country: Country | None = None
    description: Text | None = None
    developed_in: Places | None = None
    deployed_in: Places | None = None
    benefits: Benefits | None = None
    problem: Text | None = None
    advantage: Text | None = None
    cost_compared: Text | None = None
    cost: Amount | None = None
    cost_currency: Currency | None = None
    ipc: Codes | None = None
    green_topics: Several | None = None
    sdgs: Codes | None = None
    reference_sites: Sites | None = None
    licences: Licences | None = None
    standards: Standards | None = None
    restrictions: Restrictions | None = None
    published_on: Day | None = None
    last_confirmed_on: Day | None = None
    website: Web | None = None
    ip_text: Text | None = None
    publication: Annotated[str, one_of(PUBLICATIONS)] | None = None
    verification: Annotated[Verification, BeforeValidator(_in_one_cell)] | None = None
    rights: Annotated[list[Right], BeforeValidator(_few)] | None = None
    languages: Several | None = None
    contact: Short | None = None
    source_page: Web | None = None
    acronym: Short | None = None
    partner_countries: Places | None = None
    total_cost: Amount | None = None
    total_cost_currency: Currency | None = None
    start_date: Day | None = None
    end_date: Day | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if self.cost is not None and self.cost_currency is None:
            raise Wrong(reasons.imports.MISSING_BESIDE_COST, "cost_currency")
        return self


class Match(_Row):
    need_source: Key | None = None
    technology_source: Key | None = None
    proposed_on: Day | None = None
    proposed_by: Short | None = None
    score: Score | None = None
    rationale: Text | None = None

    @model_validator(mode="after")
    def _happened(self, info: ValidationInfo) -> Self:
        if self.proposed_on is not None and self.proposed_on.isoformat() > today_told(info):
            raise Wrong(reasons.fields.NOT_IN_FUTURE, "proposed_on")
        return self


class PastProject(_Row):
    """A project that was closed before the programme kept its cases here: told by whoever has its file, verified by nobody here."""

    title: Title
    title_zh: Title | None = None
    need_owner: Name | None = None
    technology_owner: Name | None = None
    district: Short | None = None
    started_on: Day | None = None
    ended_on: Day
    outcome: Annotated[str, BeforeValidator(read_outcome)]
    contract_value: Amount | None = None
    contract_currency: Currency | None = None
    effect: Text | None = None

    @model_validator(mode="after")
    def _fits(self, info: ValidationInfo) -> Self:
        if self.ended_on.isoformat() > today_told(info):
            raise Wrong(reasons.fields.NOT_IN_FUTURE, "ended_on")
        if self.started_on is not None and self.started_on > self.ended_on:
            raise Wrong(reasons.imports.BEFORE_START, "ended_on")
        if (self.contract_value is None) != (self.contract_currency is None):
            missing = "contract_currency" if self.contract_currency is None else "contract_value"
            raise Wrong(reasons.imports.VALUE_NEEDS_CURRENCY, missing)
        return self


Record = Need | Technology | Match | PastProject
MODELS: Mapping[Kind, type[Need] | type[Technology] | type[Match] | type[PastProject]] = {
    "needs": Need, "technologies": Technology, "matches": Match, "past_projects": PastProject,
}  # fmt: skip
#: What a match says of its two sides: an external id, or the whole record.
SIDES: Mapping[Kept, Kind] = {"need": "needs", "technology": "technologies"}


#: Columns with codes of countries and offices: `NA` is one.
_OF_PLACES = ("country", "countries", "_in", "office", "territories")


def said(values: JsonMapping, kind: str = "") -> JsonObject:
    """Without the cells that say nothing, and under our names."""
    cells = {
        name: value
        for name, value in values.items()
        if value is not None
        and value != []
        and not (isinstance(value, str) and says_nothing(value, place=name.endswith(_OF_PLACES)))
    }
    # What is wanted is what a need is called, unless it has a name beside.
    for name in ("title_en", "function"):
        if name in cells and "title" not in cells and (name == "title_en" or kind == "needs"):
            cells["title"] = cells.pop(name)
    return cells


def known_columns(kind: Kind) -> set[str]:
    return set(MODELS[kind].model_fields) | {"title_en"} | (set(SIDES) if kind == "matches" else set())


def read(
    kind: Kind, values: JsonMapping, today: str = LAST_DAY, *, semicolons: bool = False
) -> tuple[Record | None, Faults]:
    """The record as it can be on that day, or everything that is wrong with it: pairs of a field and a reason."""
    try:
        context = {"today": today, "semicolons": semicolons}
        return MODELS[kind].model_validate(said(values, kind), context=context), []
    except ValidationError as bad:
        return None, told_faults(bad)


def parse_sides(values: JsonMapping, today: str = LAST_DAY) -> tuple[JsonObject, Faults]:
    """What a match says of its need and technology: a whole record, or the key of a known one."""
    sides: JsonObject = {}
    faults: Faults = []
    for side, kind in SIDES.items():
        given, source = values.get(side), values.get(f"{side}_source")
        if isinstance(given, Mapping):
            nested = {column_name(str(name)): value for name, value in given.items()}
            if source and "source" not in nested:
                nested["source"] = source
            record, wrong = read(kind, nested, today)
            faults += [(side if name == "row" else f"{side}.{name}", told) for name, told in wrong]
        else:
            # The key of a known one is checked as a key of its own would be.
            record, wrong = read("matches", {"external_id": given, "source": source})
            faults += [(side if name == "external_id" else f"{side}_{name}", told) for name, told in wrong]
        sides[side] = record
    return sides, faults
