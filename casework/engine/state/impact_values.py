"""What the effect of a technology is said in: as an event says it of a case, and a verified claim of a technology."""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

#: What was there before, and how well what came after is known.
BASELINE, CLAIMED, MEASURED, VERIFIED = "baseline", "claimed", "measured", "verified"
#: The lowest first.
LEVELS = (CLAIMED, MEASURED, VERIFIED)
#: Of these more is better; of every other indicator less.
MORE_IS_BETTER = frozenset({"yield"})

GivenImpact = TypedDict(
    "GivenImpact",
    {
        #: The code by which forms ask for it: of an indicator, a substance, in a unit.
        "measure": str,
        "indicator": str,
        "unit": str,
        "level": str,
        #: A decimal number as a string, over a period whose days both count.
        "value": str,
        "from": str,
        "to": str,
        "method": NotRequired[str | None],
        #: In percent, either way.
        "uncertainty": NotRequired[str | None],
        #: By what a reading was multiplied to come to the value, such as tonnes of CO2 for a MWh.
        "factor": NotRequired[str | None],
        #: Where the factor comes from, and in which version.
        "factor_source": NotRequired[str | None],
        #: Under which it was so: load, output, season.
        "conditions": NotRequired[str | None],
        #: The baseline that it is compared with.
        "baseline": NotRequired[str | None],
        "evidence": NotRequired[list[str]],
        #: Who has verified it, and the number of the statement.
        "by": NotRequired[str | None],
        "number": NotRequired[str | None],
        #: Records that this one takes the place of.
        "replaces": NotRequired[list[str]],
    },
)


class VerifiedValue(TypedDict):
    """One parameter of a claim that an assessor has verified."""

    parameter: str
    value: str
    unit: str
    conditions: NotRequired[str]


class GivenStatement(TypedDict):
    """What an assessor has stated of the case's technology."""

    technology: str | None
    number: str
    verdict: str
    issued_on: str
    valid_until: str
    values: list[VerifiedValue]
    #: Statements that this one takes the place of: one that was renewed.
    replaces: NotRequired[list[str]]
