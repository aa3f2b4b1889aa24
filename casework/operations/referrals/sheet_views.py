"""The case sheet of a referral as it is handed out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casework.engine.state.impact_values import VerifiedValue
from casework.engine.state.right_values import Amount
from casework.operations.core.programme_lists import Called
from casework.operations.core.views import Names


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetFigure:
    """A figure of a record, by the name of its field."""

    name: str
    value: str
    unit: str | None
    #: Somebody of the office stands for it; else it is what the source says.
    confirmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetParty:
    """A party of the case."""

    side: str
    name: str
    name_zh: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetTarget:
    """A row of the need's figures: what is now, and what is wanted. Numbers are decimals."""

    parameter: str
    unit: str | None = None
    now: str | None = None
    #: A code of `engine.case_objects.need_figures`.
    comparison: str | None = None
    target: str | None = None
    condition: str | None = None
    confirmed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetNeed:
    """What the case is to meet."""

    title: Names
    sector: str | None
    problem: str | None
    figures: list[SheetFigure]
    targets: list[SheetTarget]


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetSite:
    """Where it is to stand."""

    district: str | None
    #: Of the need owner.
    address: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetStatement:
    """What an assessor has stated of the technology."""

    number: str
    #: verified or verified_with_limits.
    verdict: str
    issued_on: str
    valid_until: str
    values: list[VerifiedValue]


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetTechnology:
    """With what the need is to be met."""

    title: Names
    description: str | None
    developed_in: list[str]
    #: Where it runs already.
    deployed_in: list[str]
    benefits: list[str]
    website: str | None
    readiness_text: str | None
    ip_text: str | None
    figures: list[SheetFigure]
    statements: list[SheetStatement]


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetOwner:
    """An owner of a right, with the share in per cent where it is known."""

    name: str
    name_zh: str | None
    share: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetBurden:
    """What lies on a right; whose it is is told of a pledge alone, which stands in a register, and for how much of those of no case
    and of the service itself; of what another provider's track of the case has laid on it neither."""

    kind: str
    licence: str | None
    holder: str | None
    since: str | None
    until: str | None
    amount: Amount | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetRight:
    """A right that the case is about."""

    kind: str
    office: str | None
    application_number: str | None
    number: str | None
    #: As the register says it.
    owner: str | None
    owners: list[SheetOwner]
    status: str | None
    filed_on: str | None
    granted_on: str | None
    expires_on: str | None
    fee_paid_to: str | None
    checked_on: str | None
    confirmed: bool
    #: Whether nobody follows its record any more.
    expired: bool
    burdens: list[SheetBurden]


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetEffect:
    """A record of the effect: a baseline, or a value after it."""

    measure: str
    #: What the programme's list calls it.
    called: str
    called_zh: str | None
    indicator: str
    unit: str
    #: baseline, claimed, measured or verified.
    level: str
    value: str
    from_on: str
    to_on: str
    method: str | None
    uncertainty: str | None
    factor: str | None
    factor_source: str | None
    conditions: str | None
    #: Of the verifier's statement.
    number: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetAnswer:
    """What a form of the case was filled in with."""

    name: str
    label: str
    #: By which form of which edition it was asked.
    edition: str
    form: str
    value: Any
    #: What the programme's list calls what was chosen from it, or the organisation that was named.
    called: str | None = None
    called_zh: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WithheldPart:
    """What its provider does not read for want of a consent; told to the office alone."""

    part: str
    #: The parties whose consent is missing.
    parties: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseSheet:
    """What the provider of a referral reads of the case."""

    referral: str
    #: What is asked for.
    service: str
    #: None for a sealed one.
    case: str | None
    title: str | None
    parties: list[SheetParty]
    question: str | None
    #: Its provider reads it now.
    open: bool
    #: Whoever reads it here is of the provider.
    ours: bool
    need: SheetNeed | None
    site: SheetSite | None
    technology: SheetTechnology | None
    rights: list[SheetRight]
    effect: list[SheetEffect]
    #: What the need owner means to spend.
    budget: list[SheetFigure]
    claim: list[SheetAnswer]
    amounts: list[SheetAnswer]
    dispute: list[SheetAnswer]
    #: What the programme calls sector, district, wanted form and benefits: by field, and by what stands there.
    called: Called
    withheld: list[WithheldPart]
