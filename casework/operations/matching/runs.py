"""Match runs: what was asked of which state of the catalogue, what was on the list and why, kept so that it can be made again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.countries import HERE
from casework.engine.case_objects.kept_records import TECHNOLOGY
from casework.engine.case_objects.need_figures import words_of_figures
from casework.engine.case_objects.record_use import DRAFT
from casework.engine.case_objects.technology_details import countries_of, in_force, lacked, licence_to_be_had
from casework.errors import NotAllowed, NotFound, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import digest, instant
from casework.matching.codes import shared_codes
from casework.matching.filters import wants_licence
from casework.matching.weights import values_of
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.outcomes import DEPLOYED
from casework.operations.catalogue.service import plain_value, read_seen
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import TODAY
from casework.operations.core.organisations import STANDING, has_expired
from casework.operations.core.register_entries import note_entries
from casework.operations.matching.candidates import CANDIDATES
from casework.operations.matching.conflicts import conflicts_of
from casework.operations.matching.idle_records import count_idle
from casework.operations.matching.listed_texts import read_listed
from casework.operations.matching.listing import folded_of, insist_sound, kept, list_of, standing_of, weights_in
from casework.operations.matching.ranking import TEXT, WORDS, gather, read_glossary, read_weights
from casework.operations.matching.run_decisions import decided_on, with_names
from casework.operations.matching.similar_texts import Without, begin_comparing
from casework.operations.matching.twin_groups import documented_of, groups_among
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.permissions.work import in_the_programme
from casework.records.access_sql import shows_need
from casework.records.event_log import lock_log
from casework.records.row_security import whole

#: What the log of a programme says was done.
MATCH_RUN = "match_run"
#: So many candidates stand on a list where nobody says how many, and at most.
LISTED, MOST = 20, 100
#: So many candidates that moved are named of a replay that differs.
MOST_TOLD = 10
_OWNER_EXPIRED = has_expired("t.owner_id")
#: What of technologies of a programme filters ask and lists show. The day is asked for once, and not by each of them: a calendar is long.
_FACTS = text(f"""
    SELECT t.id::text, t.title, t.readiness_low, t.readiness_high, t.owner_id::text AS owner,
        {_OWNER_EXPIRED} AS owner_expired, {DEPLOYED} AS verified, t.licences, nullif(t.standards, '[]') AS standards,
        nullif(t.restrictions, '[]') AS restrictions,
        (SELECT {TODAY}::text FROM programmes p WHERE p.id = CAST(:programme AS uuid)) AS today,
        t.developed_in, t.deployed_in
    FROM technologies t WHERE t.id = ANY(CAST(:ids AS uuid[]))
""")
#: The codes of technologies that have any.
_CODES = text("SELECT t.id::text, t.ipc FROM technologies t WHERE t.id = ANY(CAST(:ids AS uuid[])) AND t.ipc <> '{}'")
#: What technologies cost whose cost is known in a currency.
_COSTS = text("""
    SELECT t.id::text, t.cost FROM technologies t
    WHERE t.id = ANY(CAST(:ids AS uuid[])) AND t.cost_currency = :currency AND t.cost IS NOT NULL
""")
#: Which organisations stand in the places of some.
_IN_THEIR_PLACES = text(
    f"SELECT g.id::text, o.id::text AS stands FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[])) ORDER BY g.id"
)
#: Writes a run down.
_KEEP = text("""
    INSERT INTO match_runs (id, programme_id, need_id, made_by, made_at, said, most, evidence, list, digest, asks)
    VALUES (:id, :programme, :need, :by, casework_now(), :said, :most, :evidence, :list, :digest, CAST(:asks AS jsonb))
""")
#: A run, with the version that the catalogue has by now.
_RUN = text(f"""
    SELECT r.id::text, r.programme_id::text AS programme, r.need_id::text AS need, r.made_at, r.said, r.most, r.evidence, r.list, r.digest,
        (SELECT s.version FROM index_states s WHERE s.programme_id = r.programme_id AND s.noun = 'technology') AS version_now
    FROM match_runs r JOIN needs n ON n.id = r.need_id WHERE r.id = CAST(:id AS uuid) AND {shows_need("n")}
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchRun:
    """A run as it was, and what was decided on its candidates since."""

    id: str
    need: str
    made_at: str
    #: What was asked.
    said: str
    #: The versions of the catalogue's index and of the glossary that it was made of; of an old run a digest of that.
    catalogue: int
    glossary: str
    #: By which version of the programme's weights it was ordered, and what they were.
    weights: JsonObject
    #: What took part; the model that compared what texts mean, or why none did.
    channels: list[str]
    model: str | None
    without: str | None
    #: Of the evidence and the list.
    digest: str
    #: How many candidates were compared, and whether others that say less of what is asked were left out.
    compared: int
    cut: bool
    filters: list[JsonObject]
    candidates: list[JsonObject]
    decisions: list[JsonObject]


@dataclass(frozen=True, kw_only=True, slots=True)
class Replay:
    """Whether a run made again gives the same list, and what differs."""

    equal: bool
    #: The version of the catalogue then and now: a run is made again of what it has kept, whatever has changed since.
    catalogue: int
    catalogue_now: int
    differences: list[str]


def start_run(
    db: Connection,
    actor: Actor,
    need: str,
    *,
    said: str | None = None,
    wanted: JsonMapping | None = None,
    relaxed: Mapping[str, str] | None = None,
    most: int = LISTED,
    request: Request,
) -> Done:
    """Search the catalogue for a need, and keep what was found and why.

    `said` is what is asked in the place of what the need says; `relaxed` the filters that are left out, each with the reason.
    """
    row = read_seen(db, actor, "need", need)
    programme = str(row.programme_id)
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    if row.status == DRAFT:
        raise Refused(reasons.catalogue.DRAFT_FINDS_NOTHING)
    relaxed = dict(relaxed or {})
    insist_sound(wanted or {}, relaxed)
    asked = (said or "").strip() or _said_by(row)
    # A model that is loaded first takes a while, for which nobody waits.
    comparing = begin_comparing(db, programme, asked)
    # Nobody writes a record meanwhile: version, candidates and facts are of one moment.
    with whole(db):
        lock_log(db, programme)
    evidence = gather(db, programme, TECHNOLOGY, asked, glossary=read_glossary(db, programme), comparing=comparing)
    similar = comparing()
    facts = facts_of(db, programme, [one.id for one in evidence.candidates])
    if row.owner_id is not None:
        note_conflicts(db, actor, row, facts)
    asks = wanted_by(row, _standing(db, wanted or {}))
    told = kept(evidence, facts, asks, relaxed, similar, weights=read_weights(db, programme))
    told["idle"] = count_idle(db, programme, evidence)
    if twins := groups_among(db, programme, list(facts)):
        told["twins"] = twins
        if "same" in twins:
            told["documented"] = documented_of(db, {id for pair in twins["same"] for id in pair})
    if row.ipc:
        told["codes"] = _codes_of(db, row.ipc, [one.id for one in evidence.candidates])
    if row.budget is not None and row.budget_currency is not None:
        told["costs"] = _costs_of(db, row, [one.id for one in evidence.candidates])
    stand = standing_of(told)
    listed = stand.first(most)
    texts = read_listed(db, similar, [*listed, *stand.behind(listed)])
    told["fields"] = texts.fields({one["id"]: one["counts"] for one in told["candidates"]})
    if evidence.similar is not None:
        told["similar"]["pairs"] = texts.closest_pairs(similar, listed)
    found = list_of(told, most, stand)
    evidence_kept, list_kept = orjson.dumps(told).decode(), orjson.dumps(found).decode()
    run = {
        "id": str(uuid_utils.uuid7()),
        "programme": programme,
        "need": need,
        "by": actor.person,
        "said": asked,
        "most": most,
        "evidence": evidence_kept,
        "list": list_kept,
        "digest": _digest(evidence_kept, list_kept),
        "asks": orjson.dumps({"wanted": asks, "relaxed": sorted(relaxed)}).decode(),
    }
    db.execute(_KEEP, run)
    note_entries(db, "match_runs", programme, [str(run["id"])], kind=MATCH_RUN, by=by.person, role=by.role)
    answer = {
        "id": run["id"],
        "need": need,
        "catalogue": evidence.version,
        "glossary": evidence.glossary,
        "weights": weights_told(told),
        **_channels(told),
        "digest": run["digest"],
    }
    return finish(db, actor, request, Done({**answer, **found}, 201))


def _said_by(need: Any) -> str:
    """What a need asks: what it is called, what it wants, and the words of its figures."""
    told = (need.title, need.title_zh, need.function, need.problem, need.target)
    return " ".join(filter(None, (*told, words_of_figures(need.figures))))


def _channels(told: JsonMapping) -> JsonObject:
    """What took part in a list, why similar texts did not, and how many were compared."""
    compared = len(told["candidates"])
    many = {"compared": compared, "cut": compared >= CANDIDATES}
    if "similar" in told:
        return {"channels": [WORDS, TEXT], "model": told["similar"]["model"], "without": None, **many}
    return {"channels": [WORDS], "model": None, "without": told.get("without", Without.NOT_SWITCHED_ON), **many}


def weights_told(told: JsonMapping) -> JsonObject:
    """By which version of the programme's weights a list was ordered, and what they were."""
    weights = weights_in(told)
    return {"version": weights.version, "values": values_of(weights)}


def wanted_by(need: Any, given: JsonMapping) -> JsonObject:
    """What filters ask: what is said now, else what the need says."""
    low, high = need.readiness_low, need.readiness_high
    said: JsonObject = {"readiness": None if low is None and high is None else [low or 1, high or 9], "territory": HERE}
    if need.owner_id is not None:
        # Of a need that is nobody's on record nobody can be told to have an interest in it.
        said["conflict"] = True
    if wants_licence(need.wanted_form):
        said["licence"] = True
    if need.country is not None:
        said |= {"countries": [need.country], "territory": need.country}
    if need.required_standards:
        said["standards"] = list(need.required_standards)
    # What is not asked now leaves out nothing that the need asks: that takes a reason.
    told = {name: value for name, value in given.items() if value not in (None, False)}
    if need.country is not None:
        told.pop("countries", None)
    if need.required_standards and told.get("standards"):
        told["standards"] = list(dict.fromkeys([*said["standards"], *told["standards"]]))
    return said | told


def _standing(db: Connection, wanted: JsonMapping) -> JsonMapping:
    """What is asked, with the organisations that are left out as those that stand in their places now."""
    if not wanted.get("excluded"):
        return wanted
    stand = {row.id: row.stands for row in db.execute(_IN_THEIR_PLACES, {"ids": list(wanted["excluded"])})}
    return {**wanted, "excluded": list(dict.fromkeys(stand.get(id, id) for id in wanted["excluded"]))}


def facts_of(db: Connection, programme: str, ids: Sequence[str]) -> dict[str, JsonObject]:
    """By technology what is known of it that filters ask and lists show."""
    return {row.id: _facts(row) for row in db.execute(_FACTS, {"programme": programme, "ids": list(ids)}).all()}


def _facts(row: Any) -> JsonObject:
    """What is known of a technology: what nobody has said, as hardly anybody does, is left out, and so kept with no run."""
    facts: JsonObject = {
        "title": row.title,
        "readiness": [row.readiness_low, row.readiness_high],
        "countries": sorted({*row.developed_in, *row.deployed_in}),
        "owner": row.owner,
    }
    for name, places in (("developed_in", row.developed_in), ("deployed_in", row.deployed_in)):
        if places:
            facts[name] = list(places)
    if row.owner_expired:
        facts["owner_expired"] = True
    if row.verified:
        facts["verified"] = row.verified
    if row.licences:
        facts["licence"] = licence_to_be_had(row.licences)
    if row.standards:
        facts["standards"] = in_force(row.standards, row.today)
        if missing := lacked(row.standards):
            facts["lacked"] = missing
    if row.restrictions:
        facts["restrictions"] = [[one["kind"], countries_of(one)] for one in row.restrictions]
    return facts


def note_conflicts(db: Connection, actor: Actor, need: Any, facts: Mapping[str, JsonObject]) -> None:
    """Say of technologies what is known to stand between their owners and the need's."""
    owners = {one["owner"] for one in facts.values() if one["owner"] is not None}
    if not owners:
        return
    told = conflicts_of(db, str(need.programme_id), actor.person, str(need.owner_id), owners)
    for one in facts.values():
        if (conflict := told.get(one["owner"])) is not None:
            one["conflict"] = conflict.value


def _codes_of(db: Connection, wanted: Sequence[str], ids: Sequence[str]) -> JsonObject:
    """The codes of a need, and by candidate those of one that has any in common with it."""
    said = {row.id: row.ipc for row in db.execute(_CODES, {"ids": list(ids)}) if shared_codes(wanted, row.ipc)}
    return {"wanted": list(wanted), "said": said}


def _costs_of(db: Connection, need: Any, ids: Sequence[str]) -> JsonObject:
    """The budget of a need, and by candidate what it costs where that is known in the same currency."""
    rows = db.execute(_COSTS, {"ids": list(ids), "currency": need.budget_currency})
    said = {row.id: plain_value(row.cost) for row in rows}
    return {"budget": plain_value(need.budget), "currency": need.budget_currency, "said": said}


def _digest(evidence: str, found: str) -> str:
    return digest([evidence, found])


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """A run as it is kept; where words were erased, a mark stands in their place, and all else that was found is left."""

    id: str
    programme: str
    need: str
    made_at: str
    said: str
    most: int
    evidence: JsonMapping
    found: JsonMapping
    digest: str
    #: Whether evidence and list are what they were.
    whole: bool
    version_now: int


def read_run(db: Connection, actor: Actor, run: str) -> Kept:
    """A run. Raises NotFound for whoever does not see it."""
    row = db.execute(_RUN, {"id": run, "closed_of": sorted(closed_of(actor))}).one_or_none()
    if row is None or row.programme not in reach(actor).all_of:
        raise NotFound("match")
    return Kept(
        id=row.id,
        programme=row.programme,
        need=row.need,
        made_at=instant(row.made_at),
        said=row.said,
        most=row.most,
        evidence=_opened(row.evidence) or _NO_EVIDENCE,
        found=_opened(row.list) or _NO_LIST,
        digest=row.digest,
        whole=row.digest == _digest(row.evidence, row.list),
        version_now=row.version_now or 0,
    )


def _opened(written: str) -> JsonObject | None:
    opened: JsonObject | None = orjson.loads(written) if written.startswith("{") else None
    return opened


_NO_LIST: JsonMapping = {"filters": [], "candidates": []}
_NO_EVIDENCE: JsonMapping = {
    "version": 0, "glossary": "", "asked": [], "corpus": {"records": 0, "length": 0, "frequencies": {}}, "candidates": [],
    "wanted": {}, "relaxed": {},
}  # fmt: skip


def show_run(db: Connection, actor: Actor, run: str) -> MatchRun:
    """A run as it was, with what was decided since. Raises NotFound."""
    row = read_run(db, actor, run)
    return MatchRun(
        id=row.id,
        need=row.need,
        made_at=row.made_at,
        said=row.said,
        catalogue=row.evidence["version"],
        glossary=row.evidence["glossary"],
        weights=weights_told(row.evidence),
        **_channels(row.evidence),
        digest=row.digest,
        filters=row.found["filters"],
        candidates=row.found["candidates"],
        decisions=with_names(db, read_decisions(db, row)),
    )


def read_decisions(db: Connection, run: Kept) -> list[JsonObject]:
    """What was decided on the candidates of a run, and by whose id."""
    listed = [id for one in run.found["candidates"] for id in (one["technology"], *twins_of(one))]
    return decided_on(db, run.need, listed)


def twins_of(listed: JsonMapping) -> dict[str, str]:
    """What stands behind a candidate of a list as it may be the same: titles by id, in their order."""
    return {twin["technology"]: twin["title"] for twin in listed["explanation"].get("twins", ())}


def find_listed(run: Kept, technology: str) -> JsonMapping | None:
    """A candidate of a run as it was listed, or as it stands behind another one, with the rank of that; None where it is neither."""
    for one in run.found["candidates"]:
        if one["technology"] == technology:
            return dict(one)
        if technology in twins_of(one):
            return folded_of(run.evidence, technology)
    return None


def replay_run(db: Connection, actor: Actor, run: str) -> Replay:
    """Make the list of a run again of what it has kept, and compare both byte by byte. Raises NotFound."""
    row = read_run(db, actor, run)
    differences = [SENTENCES[what].format(", ".join(moved)) for what, moved in differences_of(row)]
    return Replay(
        equal=not differences,
        catalogue=row.evidence["version"],
        catalogue_now=row.version_now,
        differences=differences,
    )


def replayed(db: Connection, actor: Actor, run: str, request: Request) -> Done:
    """The same as an answer to a request; nothing is done."""
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    return finish(db, actor, request, Done(asdict(replay_run(db, actor, run))))


MOVED, OTHERWISE, CHANGED = "moved", "otherwise", "changed"
#: What differs in a run that is made again.
SENTENCES: Mapping[str, str] = {
    MOVED: "Another order or other candidates: {}.",
    OTHERWISE: "The same candidates in the same order, with other scores, filters or explanations.",
    CHANGED: "What was kept is not what the run had kept: words were erased, or somebody changed it.",
}


def differences_of(run: Kept) -> list[tuple[str, list[str]]]:
    """What differs between the list of a run and what its evidence gives, with candidates that moved; none where both are one."""
    before, after = run.found, list_of(run.evidence, run.most)
    differences: list[tuple[str, list[str]]] = []
    if orjson.dumps(before) != orjson.dumps(after):
        names = [[one["technology"] for one in found["candidates"]] for found in (before, after)]
        moved = sorted(set(names[0]) ^ set(names[1])) or [a for a, b in zip(*names, strict=True) if a != b]
        differences.append((MOVED, moved[:MOST_TOLD]) if moved else (OTHERWISE, []))
    return differences if run.whole else [*differences, (CHANGED, [])]
