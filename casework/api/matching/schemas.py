"""The schemas of match runs."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, FilterName, Id, Line, SomeWords, Words
from casework.api.protocol.schemas import Named
from casework.operations.matching.runs import LISTED, MOST


class Filters(Body):
    """What a record must be; one that does not say it stays, and is marked."""

    readiness: Annotated[
        tuple[Annotated[int, Field(ge=1, le=9)], Annotated[int, Field(ge=1, le=9)]] | None,
        Field(description="From and to; null: as the need says"),
    ] = None
    countries: Annotated[
        list[Line],
        Field(
            max_length=50,
            description="A need that names its `country` asks for that one instead, unless `relaxed` says why not",
        ),
    ] = []
    excluded: Annotated[list[Id], Field(max_length=50, description="Organisations whose records are left out")] = []
    licence: Annotated[
        bool,
        Field(
            description="A licence is to be had; asked all the same of a need whose `wanted_form` is licence, unless `relaxed` says why not"
        ),
    ] = False
    standards: Annotated[
        list[Line],
        Field(max_length=20, description="Beside the `required_standards` of the need, unless `relaxed` says why not"),
    ] = []
    territory: Annotated[
        str | None,
        Field(
            pattern="^[A-Z]{2}$",
            description="Where it is to be used, and no legal restriction may bar it; null: the need's `country`, or the programme's",
        ),
    ] = None


class NewRun(Body):
    said: Annotated[Words | None, Field(description="What is asked in the place of what the need says")] = None
    filters: Filters = Filters()
    relaxed: Annotated[
        dict[FilterName, SomeWords], Field(description="Filters that are left out, each with the reason")
    ] = {}
    most: Annotated[int, Field(ge=1, le=MOST, description="How many candidates are listed")] = LISTED


class FilterShown(Answer):
    name: Annotated[
        str,
        Field(
            description="As it is asked for; `status` counts what would be a candidate and has expired or was withdrawn"
        ),
    ]
    removed: int
    unknown: int


class PartShown(Answer):
    kind: Annotated[
        str,
        Field(
            description="`word`, `translation`, `similar`: the texts mean much of the same, `deployed`: a bonus for an effect that was"
            " verified at a site, or `codes` of the patent classification in common, the `cost` beside the budget and the"
            " `countries`, which give nothing of the score"
        ),
    ]
    text: Annotated[
        str,
        Field(
            description="A word of the need, and what it is in the other language; of `similar` a sentence of it; of a bonus at how many"
            " sites; codes with commas between; an amount with its currency; countries where it was deployed, with commas between"
        ),
    ]
    source: Annotated[
        str,
        Field(
            description="Who says so: the dictionary, a version of the glossary or, as `bonus`, of the weights, or the model"
        ),
    ]
    title: Annotated[bool, Field(description="Whether it stands in the title")]
    share: Annotated[float, Field(description="What it gives of the score")]
    closest: Annotated[
        str | None,
        Field(
            description="Of `similar` the record's sentence that means most of the same; of `countries` where developed"
        ),
    ] = None
    fields: Annotated[
        list[str] | None,
        Field(
            description="Of a word the fields of the record that say it, as it was when the run was made: `title`, `title_zh`, `problem`,"
            " `advantage`, `description`, `benefits`; null of other parts, and in a run from before it was kept"
        ),
    ] = None


Compared: TypeAlias = list[int] | list[str] | bool


class VerdictShown(Answer):
    name: str
    verdict: Annotated[str, Field(description="`passed`, `partly`: with more than was asked for besides, or `unknown`")]
    says: Annotated[
        Compared | None,
        Field(
            description="What the record said when the run was made: readiness from and to, countries, whether a licence is to be had,"
            " standards, or legal restrictions, each as its kind and its countries with blanks between; null where it did not say, of"
            " other filters and in a run from before it was kept"
        ),
    ] = None
    wanted: Annotated[Compared | None, Field(description="What was wanted of it, in the same form")] = None


class TwinShown(Answer):
    technology: str
    title: str
    score: Annotated[float, Field(description="What it would have stood by on its own")]


class ExplanationShown(Answer):
    parts: list[PartShown]
    filters: list[VerdictShown]
    ranks: Annotated[dict[str, int], Field(description="By channel, before the filters")]
    twins: Annotated[
        list[TwinShown] | None,
        Field(description="Records that may be the same, by when the run was made: it stands for them, the best first"),
    ] = None


class CandidateShown(Answer):
    rank: int
    technology: str
    title: str
    score: Annotated[float, Field(description="The sum of the shares of its parts")]
    explanation: ExplanationShown


class WeightsOfRun(Answer):
    version: Annotated[int, Field(description="Of the programme's weights; 1 is what the product begins with")]
    values: Annotated[dict[str, str], Field(description="What each was, as decimals: a replay uses these")]


class RunMade(Answer):
    id: str
    need: str
    catalogue: Annotated[int, Field(description="The version of the catalogue's index")]
    glossary: Annotated[
        str,
        Field(description="The version of the programme's glossary; of a run from before these were counted, a digest"),
    ]
    channels: Annotated[
        list[str], Field(description="What took part: `words`, and `text`, which compares what texts mean")
    ]
    model: Annotated[str | None, Field(description="Which model compared them")] = None
    without: Annotated[
        str | None, Field(description="Why none did: `not_switched_on`, `not_installed`, `not_made` or `language`")
    ] = None
    weights: WeightsOfRun
    digest: str
    compared: Annotated[int, Field(description="How many candidates were compared")] = 0
    cut: Annotated[
        bool,
        Field(
            description="As many were compared as are at most, 300: others may say less of what is asked; narrow what is asked to see them"
        ),
    ] = False
    filters: list[FilterShown]
    candidates: list[CandidateShown]


class DecisionShown(Answer):
    technology: str
    match: str
    case: str | None = None
    code: str | None = None
    reason: str | None = None
    decision: Annotated[
        str, Field(description="`accept`, `shortlist`, `refuse`, or `open`: it is a match, and nobody decided")
    ]
    by: Annotated[Named | None, Field(description="Who decided; null of what is open")] = None
    at: Annotated[str | None, Field(description="When, which may be before the run was made")] = None


class RunShown(RunMade):
    made_at: str
    said: str
    decisions: list[DecisionShown]


class Replayed(Answer):
    equal: bool
    catalogue: int
    catalogue_now: Annotated[int, Field(description="What has changed since makes no difference to the run")]
    differences: list[str]


class NewDecision(Body):
    technology: Id
    decision: Literal["accept", "shortlist", "take_off", "refuse"]
    code: Annotated[Line | None, Field(description="Of a refusal: why, as the list `match_refusals` has it")] = None
    reason: Words | None = None
    relaxed: Annotated[
        dict[FilterName, SomeWords],
        Field(
            description="Of what is accepted: filters that remove it by now, each with the reason why it is accepted all the same"
        ),
    ] = {}
    follows_from: Annotated[
        Line | None,
        Field(
            description="Of what is accepted: the number of an earlier case that you see, of which this is a further site"
        ),
    ] = None


class Decided(Answer):
    run: str
    technology: str
    decision: str
    match: str
    case: Annotated[str | None, Field(description="The number of the case that was opened")] = None
