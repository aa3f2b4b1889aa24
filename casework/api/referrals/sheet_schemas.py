"""The schemas of a case sheet."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from casework.api.protocol.fields import Answer
from casework.api.protocol.schemas import Names


class FigureShown(Answer):
    name: Annotated[str, Field(description="The field of the record")]
    value: str
    unit: str | None
    confirmed: Annotated[bool, Field(description="The office stands for it; else it is what the source says")]


class PartyOfSheet(Answer):
    side: Annotated[str, Field(description="need_owner or technology_owner")]
    name: str
    name_zh: str | None


class TargetShown(Answer):
    """What is now and what is wanted of one parameter."""

    parameter: str
    unit: str | None
    now: Annotated[str | None, Field(description="As decimals")]
    comparison: Annotated[str | None, Field(description="at_most, at_least, below, above or equal")]
    target: Annotated[str | None, Field(description="As decimals")]
    condition: str | None
    confirmed: Annotated[bool, Field(description="The office stands for it; else it is what the source says")]


class NeedShown(Answer):
    title: Names
    sector: str | None
    problem: str | None
    figures: list[FigureShown]
    targets: Annotated[list[TargetShown], Field(description="The figures of the need, row by row")]


class SiteShown(Answer):
    district: str | None
    address: str | None


class VerifiedShown(Answer):
    parameter: str
    value: str
    unit: str
    conditions: str | None = None


class StatementOfSheet(Answer):
    number: str
    verdict: Annotated[str, Field(description="verified or verified_with_limits")]
    issued_on: str
    valid_until: str
    values: list[VerifiedShown]


class TechnologyShown(Answer):
    title: Names
    description: str | None
    developed_in: list[str]
    deployed_in: Annotated[list[str], Field(description="Where it runs already")]
    benefits: list[str]
    website: str | None
    readiness_text: str | None
    ip_text: str | None
    figures: list[FigureShown]
    statements: Annotated[list[StatementOfSheet], Field(description="What assessors have stated, the newest first")]


class OwnerShown(Answer):
    name: str
    name_zh: str | None
    share: Annotated[str | None, Field(description="In per cent, where it is known")]


class BurdenShown(Answer):
    kind: Annotated[str, Field(description="pledge, pledge_registration, licence, assignment or transfer")]
    licence: str | None
    holder: Annotated[str | None, Field(description="Of a pledge")]
    since: str | None
    until: str | None
    amount: Annotated[
        dict[str, str] | None, Field(description="What a pledge secures, as amount and currency; not of another case's")
    ]


class RightShown(Answer):
    kind: str
    office: str | None
    application_number: str | None
    number: str | None
    owner: Annotated[str | None, Field(description="As the register says it")]
    owners: list[OwnerShown]
    status: str | None
    filed_on: str | None
    granted_on: str | None
    expires_on: str | None
    fee_paid_to: str | None
    checked_on: str | None
    confirmed: bool
    expired: Annotated[bool, Field(description="Whether its record has expired: nobody follows it any more")]
    burdens: Annotated[list[BurdenShown], Field(description="What lies on it now")]


class EffectShown(Answer):
    measure: str
    called: Annotated[str, Field(description="What the programme's list calls it")]
    called_zh: str | None
    indicator: str
    unit: str
    level: Annotated[str, Field(description="baseline, claimed, measured or verified")]
    value: str
    from_on: str
    to_on: str
    method: str | None
    uncertainty: Annotated[str | None, Field(description="In percent, either way")]
    factor: str | None
    factor_source: str | None
    conditions: str | None
    number: Annotated[str | None, Field(description="Of the verifier's statement")]


class AnswerShown(Answer):
    name: str
    label: str
    edition: str
    form: str
    value: Any
    called: Annotated[str | None, Field(description="What the programme's list calls what was chosen from it")]
    called_zh: str | None


class WithheldShown(Answer):
    part: str
    parties: Annotated[list[str], Field(description="Whose consent is missing")]


class CaseSheetShown(Answer):
    """What is not there for this service, not recorded or not consented to is null or empty."""

    referral: str
    service: str
    case: str | None
    title: str | None
    parties: list[PartyOfSheet]
    question: str | None
    open: Annotated[bool, Field(description="Its provider reads it now")]
    ours: Annotated[bool, Field(description="You are of the provider")]
    need: NeedShown | None
    site: SiteShown | None
    technology: TechnologyShown | None
    rights: list[RightShown]
    effect: list[EffectShown]
    budget: list[FigureShown]
    claim: Annotated[list[AnswerShown], Field(description="What the technology claims to do, as rows")]
    amounts: Annotated[list[AnswerShown], Field(description="Who wants how much for what")]
    dispute: list[AnswerShown]
    called: Annotated[
        dict[str, dict[str, Names]],
        Field(description="What the programme calls sector, district, wanted_form and benefits, by what stands there"),
    ]
    withheld: Annotated[list[WithheldShown], Field(description="Told to the office alone")] = []
