"""The list that evidence adds up to: candidates in their order, filters with their counts, and why each stands where it does.

Evidence is JSON, as a run keeps it: so a list that is made again of what was kept is the same list, whatever the catalogue says by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from casework import reasons
from casework.engine.case_objects.countries import is_country
from casework.engine.case_objects.technology_details import standard_key
from casework.errors import InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.matching.bm25 import Corpus
from casework.matching.bonus import bonus_of
from casework.matching.codes import shared_codes
from casework.matching.conflicts import is_conflict
from casework.matching.explanation import Kind, Part, parts_of
from casework.matching.filters import (
    ALWAYS,
    FILTERS,
    STATUS,
    Facts,
    Filtered,
    Restriction,
    Verdict,
    Wanted,
    counted,
    judged,
    stays,
    stricter,
)
from casework.matching.folding import best_documented, fold
from casework.matching.query import Asked
from casework.matching.weights import SHIPPED, Weights, values_of, weights_of
from casework.operations.matching.candidates import Candidate
from casework.operations.matching.ranking import Evidence, Placed, place
from casework.operations.matching.similar_texts import Similar

#: So many digits of a share are kept: what another machine computes is the same list.
_DIGITS = 9
#: By filter what of a candidate it compares, and with what of what is wanted. Whose a technology is and what stands between owners
#: are kept with the evidence alone: names are told to whoever has a reason to know them.
_COMPARED: Mapping[str, tuple[str, str]] = {
    "readiness": ("readiness", "readiness"),
    "country": ("countries", "countries"),
    "licence": ("licence", "licence"),
    "standard": ("standards", "standards"),
    "restriction": ("restrictions", "territory"),
}


def insist_sound(wanted: JsonMapping, relaxed: Mapping[str, str]) -> None:
    """Raises InvalidForm where a filter is left out without a reason, or asks for what no record can be."""
    if any(name not in FILTERS or name in ALWAYS or not why.strip() for name, why in relaxed.items()):
        raise InvalidForm(fields={"relaxed": reasons.fields.REQUIRED})
    if (place := wanted.get("territory")) is not None and not is_country(place):
        raise InvalidForm(fields={"filters.territory": reasons.fields.NO_COUNTRY})
    if (ends := wanted.get("readiness")) is not None and ends[0] > ends[1]:
        raise InvalidForm(fields={"filters.readiness": reasons.catalogue.READINESS_ORDER})


def kept(
    evidence: Evidence,
    facts: Mapping[str, JsonMapping],
    wanted: JsonMapping,
    relaxed: Mapping[str, str],
    similar: Similar,
    *,
    weights: Weights = SHIPPED,
) -> JsonObject:
    """Evidence as a run keeps it, with what of each candidate filters ask and pages show."""
    told = {
        "version": evidence.version,
        "glossary": evidence.glossary,
        "asked": [asdict(one) for one in evidence.asked],
        "corpus": asdict(evidence.corpus),
        "candidates": [
            {"id": one.id, "length": one.length, "counts": dict(one.counts), **facts[one.id]}
            for one in evidence.candidates
            if one.id in facts
        ],
        "wanted": dict(wanted),
        "relaxed": dict(relaxed),
        "weights": {"version": weights.version, "values": values_of(weights)},
        # Whether there is a bonus, and by which version of the weights.
        "bonus": weights.version,
        "partly": True,
        "compared": True,
        "lacking": True,
    }
    if evidence.similar is None:
        return told | {"without": similar.without}
    compared = {"model": similar.model, "records": similar.records, "ranks": dict(evidence.similar)}
    return told | {"similar": compared | {"silent": list(evidence.silent)}}


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Which candidates stay, in their order, with what was said of them all."""

    asked: Sequence[Asked]
    #: By candidate what evidence says of it, and what each filter does.
    said: Mapping[str, JsonMapping]
    verdicts: Mapping[str, Mapping[str, Verdict]]
    #: Those that stay, the best first, each with its bonus; of twins the best one, or of those that tell the same the best documented.
    placed: Sequence[tuple[Placed, float]]
    #: By the best one of twins the others, in their order.
    folded: Mapping[str, Sequence[tuple[Placed, float]]]

    def first(self, most: int) -> list[str]:
        """The ids of the first so many."""
        return [one.id for one, _ in self.placed[:most]]

    def behind(self, ids: Iterable[str]) -> list[str]:
        """The ids of those for which these stand."""
        return [one.id for id in ids for one, _ in self.folded.get(id, ())]


def standing_of(told: JsonMapping) -> Standing:
    """Which candidates of kept evidence stay, in their order."""
    evidence = Evidence(
        version=told["version"],
        glossary=told["glossary"],
        asked=[Asked(**one) for one in told["asked"]],
        corpus=Corpus(**told["corpus"]),
        candidates=[Candidate(id=one["id"], length=one["length"], counts=one["counts"]) for one in told["candidates"]],
        similar=told["similar"]["ranks"] if "similar" in told else None,
        # A list that was kept before these were told apart stays as it was.
        silent=told.get("similar", {}).get("silent", ()),
    )
    said = {one["id"]: one for one in told["candidates"]}
    wanted = _asked(told["wanted"])
    verdicts = {id: judged(wanted, _facts(told, one), told["relaxed"]) for id, one in said.items()}
    weights = weights_in(told)
    placed = [
        (one, _bonus(told, said[one.id], one, weights)) for one in place(evidence, weights) if stays(verdicts[one.id])
    ]
    placed.sort(key=lambda each: (-(each[0].score + each[1]), each[0].id))
    # A run from before twins counted once has none.
    twins = told.get("twins", {})
    by_id = {one.id: (one, gained) for one, gained in placed}
    ids = fold(list(by_id), twins.get("groups", ()), twins.get("apart", ()))
    # In a run from before that was kept the best one stands.
    stands = best_documented(ids, twins.get("same", ()), told.get("documented", {}))
    folded = {
        stands.get(lead, lead): [by_id[id] for id in (lead, *others) if id != stands.get(lead, lead)]
        for lead, others in ids.items()
    }
    behind = {id for others in ids.values() for id in others}
    leads = [by_id[stands.get(one.id, one.id)] for one, _ in placed if one.id not in behind]
    return Standing(asked=evidence.asked, said=said, verdicts=verdicts, placed=leads, folded=folded)


def list_of(told: JsonMapping, most: int, stand: Standing | None = None) -> JsonObject:
    """The list that kept evidence adds up to: the first so many that stay, each with its explanation.

    `stand` is their order, where it is known already.
    """
    stand = stand or standing_of(told)
    candidates = []
    for n, each in enumerate(stand.placed[:most], start=1):
        shown = _shown(told, stand, n, each)
        if twins := stand.folded.get(each[0].id):
            shown["explanation"]["twins"] = [_twin(stand, *twin) for twin in twins]
        candidates.append(shown)
    filters = [asdict(one) for one in [*counted(stand.verdicts.values()), *_idle(told)]]
    return {"filters": filters, "candidates": candidates}


def folded_of(told: JsonMapping, id: str) -> JsonObject | None:
    """A twin of one on a list as that would be shown, with the rank of the one that stands for it; None where it stands behind none."""
    stand = standing_of(told)
    for n, (lead, _) in enumerate(stand.placed, start=1):
        for each in stand.folded.get(lead.id, ()):
            if each[0].id == id:
                return _shown(told, stand, n, each)
    return None


def _twin(stand: Standing, one: Placed, gained: float) -> JsonObject:
    return {"technology": one.id, "title": stand.said[one.id]["title"], "score": round(one.score + gained, _DIGITS)}


def _shown(told: JsonMapping, stand: Standing, n: int, each: tuple[Placed, float]) -> JsonObject:
    """A candidate with why it stands where it stands."""
    one, gained = each
    said = stand.said[one.id]
    # A run from before that was kept says of a word no more than whether it stands in the title.
    fields = told.get("fields", {}).get(one.id, {})
    parts = [_part(part) for part in [*parts_of(one.words, stand.asked, said["counts"], fields), *_similar(told, one)]]
    if gained:
        parts.append(_part(_deployed(told, said, gained)))
    parts += map(_part, [*_codes(told, one.id), *_cost(told, one.id), *_places(said)])
    return {
        "rank": n,
        "technology": one.id,
        "title": said["title"],
        "score": round(one.score + gained, _DIGITS),
        "explanation": {
            "parts": parts,
            "filters": [
                {"name": name, "verdict": _verdict(told, verdict), **_compared(told, name, said)}
                for name, verdict in stand.verdicts[one.id].items()
            ],
            "ranks": dict(one.ranks),
        },
    }


def _idle(told: JsonMapping) -> list[Filtered]:
    """How many technologies that are not in use would be candidates; a run from before that was counted does not say."""
    return [Filtered(name=STATUS, removed=told["idle"], unknown=0)] if "idle" in told else []


def _verdict(told: JsonMapping, verdict: Verdict) -> str:
    """What a filter says; a run from before it was told apart what passes in part says that it passes."""
    return (Verdict.PASSED if verdict is Verdict.PARTLY and not told.get("partly") else verdict).value


def _compared(told: JsonMapping, name: str, said: JsonMapping) -> JsonObject:
    """What a record said when the run was made, and what was wanted of it; of a run from before that was kept nothing."""
    if not told.get("compared") or name not in _COMPARED:
        return {}
    of_record, of_wanted = _COMPARED[name]
    says, wanted = said.get(of_record), told["wanted"][of_wanted]
    if name == "readiness":
        says = _known(said["readiness"])
    if name == "restriction":
        says, wanted = [" ".join([kind, *places]) for kind, places in says or ()], [wanted]
    return {"says": None if says == [] else says, "wanted": wanted}


def _known(readiness: Sequence[int | None]) -> list[int] | None:
    """A range of readiness of which one end may be known alone."""
    known = [level for level in readiness if level is not None]
    return [known[0], known[-1]] if known else None


def weights_in(told: JsonMapping) -> Weights:
    """The weights that kept evidence was ordered by; before they had versions they were those of the first."""
    kept = told.get("weights")
    return SHIPPED if kept is None else weights_of(kept["version"], kept["values"])


def _bonus(told: JsonMapping, said: JsonMapping, one: Placed, weights: Weights) -> float:
    """What a candidate gains; nothing in a run that was made before there was a bonus."""
    if told.get("bonus") is None:
        return 0.0
    return bonus_of(one.score, verified=said.get("verified", 0), share=weights.verified)


def _deployed(told: JsonMapping, said: JsonMapping, share: float) -> Part:
    """The bonus as a part of an explanation, with at how many sites the effect is verified."""
    source = f"bonus {told['bonus']}"
    return Part(kind=Kind.DEPLOYED, text=str(said["verified"]), source=source, title=False, share=share)


#: A record that is asked now says all that one says today.
_AS_NOW: JsonMapping = {"lacking": True}


def judge_one(wanted: JsonMapping, facts: JsonMapping) -> dict[str, Verdict]:
    """What each filter that is asked for says of one record, as `kept` evidence has both."""
    return judged(_asked(wanted), _facts(_AS_NOW, facts))


def judge_now(says: JsonMapping, chosen: JsonMapping, facts: JsonMapping) -> dict[str, Verdict]:
    """What the filters say of a record by what a need says now, and by what was chosen beside it for a list; the stricter one counts.

    A run keeps what the need said then beside what was chosen, and an officer may have chosen to look further: neither answers for what
    the need says now, and whose it is.
    """
    asked: list[JsonMapping] = [{**says, **chosen, "conflict": says.get("conflict", False)}, says]
    return stricter([judge_one(wanted, facts) for wanted in asked])


def failed_of(told: JsonMapping) -> dict[str, list[str]]:
    """By candidate the filters that its record fails, those included that an officer left out."""
    wanted = _asked(told["wanted"])
    verdicts = {one["id"]: judged(wanted, _facts(told, one)) for one in told["candidates"]}
    failed = {
        id: [name for name, verdict in said.items() if verdict is Verdict.REMOVED] for id, said in verdicts.items()
    }
    return {id: names for id, names in failed.items() if names}


def _similar(told: JsonMapping, one: Placed) -> list[Part]:
    """That the texts mean much of the same, with the sentences by which that is seen."""
    if not one.text:
        return []
    said, closest = told["similar"].get("pairs", {}).get(one.id, ("", ""))
    source = told["similar"]["model"]
    return [Part(kind=Kind.SIMILAR, text=said, source=source, title=False, share=one.text, closest=closest)]


def _codes(told: JsonMapping, id: str) -> list[Part]:
    """The codes that need and technology have in common; a run of a need without any has nothing of them."""
    codes = told.get("codes", {})
    shared = shared_codes(codes.get("wanted", ()), codes.get("said", {}).get(id, ()))
    return [Part(kind=Kind.CODES, text=", ".join(shared), source="IPC", title=False, share=0.0)] if shared else []


def _cost(told: JsonMapping, id: str) -> list[Part]:
    """What a technology costs beside the budget, where both are known in one currency."""
    costs = told.get("costs", {})
    if (cost := costs.get("said", {}).get(id)) is None:
        return []
    texts = {"text": f"{cost} {costs['currency']}", "closest": f"{costs['budget']} {costs['currency']}"}
    return [Part(kind=Kind.COST, source="", title=False, share=0.0, **texts)]


def _places(said: JsonMapping) -> list[Part]:
    """Where a technology was deployed and developed, where either is known; a run from before they were kept apart does not say."""
    deployed, developed = (", ".join(said.get(name, ())) for name in ("deployed_in", "developed_in"))
    if not deployed and not developed:
        return []
    return [Part(kind=Kind.COUNTRIES, text=deployed, closest=developed, source="", title=False, share=0.0)]


def _part(part: Part) -> JsonObject:
    shown = {
        "kind": part.kind.value,
        "text": part.text,
        "source": part.source,
        "title": part.title,
        "share": round(part.share, _DIGITS),
    }
    if part.closest:
        shown["closest"] = part.closest
    return shown | {"fields": list(part.fields)} if part.fields else shown


def _facts(told: JsonMapping, one: JsonMapping) -> Facts:
    known: Any = _known(one["readiness"])
    return Facts(
        readiness=known,
        countries=one["countries"],
        owner=one["owner"],
        owner_expired=one.get("owner_expired", False),
        conflict=is_conflict(one.get("conflict")),
        # A run of before these were on record knows of none.
        licence=one.get("licence"),
        standards=one.get("standards", ()),
        lacked=one.get("lacked", ()) if told.get("lacking") else None,
        restrictions=[Restriction(*each) for each in one.get("restrictions", ())],
    )


def _asked(wanted: JsonMapping) -> Wanted:
    """What filters ask; standards by the names by which they are compared."""
    return Wanted(**{**wanted, "standards": [standard_key(name) for name in wanted.get("standards", ())]})


__all__ = [
    "Verdict",
    "failed_of",
    "folded_of",
    "insist_sound",
    "judge_now",
    "judge_one",
    "kept",
    "list_of",
    "standing_of",
    "weights_in",
]
