"""How long the list for one need takes, with filters, twins and explanation, kept as a run; the search box; and proposals.

The yardstick sends by hand the one statement that names the candidates: what it finds must be found by anybody. Where the model of
similar texts is installed, the lists are made with it as well: it looks at some records, and the others are given the directions of
these, so that as many are compared as there are.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine

from benchmarks.catalogue import TERMS, bring_in, catalogue, find_twins, written
from benchmarks.figures import Figure, Scale, ms, percentile, timed
from benchmarks.world import World, request
from casework.commands.serve import settle_memory
from casework.matching.dictionary import cc_cedict
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.kept_records import create_record
from casework.operations.catalogue.views import Technology
from casework.operations.matching.listed_records import list_found
from casework.operations.matching.meanings import embed, switch_on
from casework.operations.matching.proposals import propose_matches
from casework.operations.matching.ranking import TEXT, WORDS
from casework.operations.matching.runs import replay_run, start_run
from casework.operations.matching.text_model import installed
from casework.permissions.actors import Actor
from casework.records.database import transaction

#: So many of the rarest words of a need name its candidates.
_NAMING = 12
#: What such a need asks of each candidate: all that a need can say.
_ASKED = {"readiness", "country", "conflict", "licence", "standard", "restriction"}
#: So many open needs wait for technologies.
_NEEDS = 5_000
_BY_HAND = """
    SELECT r.record_id, r.counts FROM indexed_records r
    WHERE r.programme_id = %s AND r.noun = 'technology' AND r.terms @@ to_tsquery('simple', %s) LIMIT 300
"""


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    content = catalogue(scale.records)
    with written(content) as file:
        bring_in(world, file)
    find_twins(world)
    engine = world.engine()
    with world.superuser() as plain:
        plain.execute("ANALYZE")
    cc_cedict().warm()
    # As a server does before it takes the first request: else a list now and then waits until all that stays is looked through.
    settle_memory()
    chance = random.Random(2)
    rows = content.decode().splitlines()[1:]
    officer = world.actor(engine, world.officer)
    needs, said = [], []
    with transaction(engine) as db:
        owner = db.exec_driver_sql("SELECT id::text FROM organisations ORDER BY id LIMIT 1").scalar_one()
        asks = {"owner_id": owner, "readiness_low": 5, "readiness_high": 9, "country": "CN", "wanted_form": "Licence"}
        asks |= {"required_standards": ["ISO 14001"], "publication": "public"}
        for n, row in enumerate(chance.sample(rows, min(len(rows), scale.views))):
            words = chance.sample(row.split(",")[4].split(), 30)
            fields = {"title": " ".join(words[:6]), "problem": " ".join(words[6:])} if n % 2 else _in_chinese(chance)
            given: dict[str, Any] = {"programme": world.programme, "source": "bench", "fields": fields | asks}
            made = create_record(db, officer, "need", confirmed=True, request=request(), **given)
            needs.append(str(made.answer["id"]))
            said += [words] if n % 2 else []

    runs: list[Mapping[str, Any]] = []

    def a_list(need: str) -> None:
        with transaction(engine) as db:
            runs.append(start_run(db, officer, need, request=request()).answer)

    with world.unbound() as hands:
        rarest = [_rarest(hands, world.programme, words) for words in said]

        def by_hand(terms: str) -> None:
            hands.execute(_BY_HAND, (world.programme, terms)).fetchall()

        hand = _times(by_hand, rarest, scale)
    lists = _times(a_list, needs, scale)
    asked = {one["name"] for one in runs[-1]["filters"]}
    assert asked >= _ASKED, asked
    chinese = percentile([took for n, took in enumerate(lists) if n % len(needs) % 2 == 0], 50)
    detail = f"of Chinese needs {ms(chinese)}"
    yield from _figures(f"list for a need of {scale.records:,}, with its filters", lists, (60, None, 150), detail)
    ratio = percentile(lists, 50) / percentile(hand, 50)
    yield Figure("list / its candidates by hand", ratio, "times", detail=f"by hand {ms(percentile(hand, 50))}")
    yield from _lists(engine, officer, runs[-len(needs) :])

    def a_look(words: str) -> None:
        with transaction(engine) as db:
            list_found(db, officer, Technology, said=words, limit=50)

    searched = _times(a_look, [*(" ".join(words[:2]) for words in said), "热泵", "储能"], scale)
    yield from _figures(f"search among {scale.records:,}", searched, (None, None, 100))
    yield from _proposals(world, engine, officer, scale)
    if installed():
        _look_at_some(world, engine, scale)
        both = _times(a_list, needs, scale)
        assert runs[-1]["channels"] == [WORDS, TEXT], runs[-1]
        more = ms(percentile(both, 50) - percentile(lists, 50))
        yield from _figures("the same with similar texts", both, (100, None, 190), f"{more} more at the median")
    engine.dispose()


def _in_chinese(chance: random.Random) -> dict[str, str]:
    """What a need says in Chinese: some of the words that technologies say in English, among others that the dictionary knows."""
    said = [term for term, _ in chance.sample(TERMS, 6)]
    title = f"{said[0]}与{said[1]}系统改造"
    return {
        "title": title,
        "problem": f"现有{said[2]}设备效率偏低，需要{said[3]}、{said[4]}和{said[5]}技术，减少能源消耗和污染物排放。",
    }


#: Gives the records that the model has not looked at the directions of those that it has, one after the other.
_AS_THOSE = """
    INSERT INTO record_meanings (record_id, programme_id, model, direction, version)
    SELECT t.id, t.programme_id, m.model, m.direction, m.version FROM (
        SELECT id, programme_id, row_number() OVER (ORDER BY id) AS n FROM technologies
        WHERE NOT EXISTS (SELECT FROM record_meanings x WHERE x.record_id = technologies.id)
    ) t JOIN (
        SELECT *, row_number() OVER (ORDER BY record_id) - 1 AS n, count(*) OVER () AS every FROM record_meanings
        WHERE direction IS NOT NULL
    ) m ON m.n = t.n % m.every
"""


def _look_at_some(world: World, engine: Engine, scale: Scale) -> None:
    switch_on(engine, world.programme)
    embed(engine, world.programme, most=scale.embedded)
    with world.superuser() as plain:
        plain.execute(_AS_THOSE)
        plain.execute("ANALYZE record_meanings")


def _lists(engine: Engine, officer: Actor, made: Sequence[Mapping[str, Any]]) -> Iterator[Figure]:
    """Of some lists how many are the same when they are made again, and of all candidates how many scores are the sum of their shares."""
    with transaction(engine) as db:
        same = [replay_run(db, officer, str(one["id"])).equal for one in made]
    listed = [one for run in made for one in run["candidates"]]
    sums = [abs(sum(part["share"] for part in one["explanation"]["parts"]) - one["score"]) <= 1e-6 for one in listed]
    behind = sum(len(one["explanation"].get("twins", ())) for one in listed)
    yield Figure("lists made again that are the same", sum(same) / len(same), "of 1", 1, detail=f"of {len(same)}")
    detail = f"of {len(listed):,} candidates, behind which stand {behind:,} twins"
    yield Figure("scores that are the sum of their shares", sum(sums) / len(sums), "of 1", 1, detail=detail)


def _proposals(world: World, engine: Engine, officer: Actor, scale: Scale) -> Iterator[Figure]:
    """New technologies, one after the other, each put against the open needs and what fits kept."""
    waiting = _needs(_NEEDS)
    report = import_records(engine, "needs", io.BytesIO(waiting), programme="BENCH", source="bench", name="n.csv")
    assert (report.created, report.faults) == (_NEEDS, []), report.faults[:3]
    with world.superuser() as plain:
        plain.execute("DELETE FROM pending_searches")
        plain.execute("ANALYZE")
    rows = list(csv.DictReader(io.StringIO(catalogue(scale.views * 2, seed=3).decode())))[::2]
    times = []
    for n, row in enumerate(rows):
        fields = {"title": row["title"], "description": row["description"]}
        with transaction(engine) as db:
            create_record(
                db,
                officer,
                "technology",
                confirmed=True,
                request=request(),
                programme=world.programme,
                source="bench",
                fields=fields,
            )
        taken = timed(lambda _: propose_matches(engine, world.programme, lambda *told: None), n)
        times += [taken] if n >= min(5, len(rows) // 2) else []
    yield from _figures(f"a new technology against {_NEEDS:,} needs", times, (None, None, 150))


def _needs(count: int) -> bytes:
    """A table of needs that say a third of what a technology says."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(
        (
            "external_id",
            "title",
            "problem",
            "publication",
            "status",
            "owner",
            "readiness",
            "country",
            "required_standards",
        )
        + ("wanted_form",)
    )
    for row in csv.DictReader(io.StringIO(catalogue(count, seed=4).decode())):
        problem = " ".join(row["description"].split()[:30])
        asks = (row["owner"], "TRL 4-9", "CN", "ISO 14001", "Licence")
        table.writerow(("n" + row["external_id"], row["title"], problem, "public", "published", *asks))
    return written.getvalue().encode()


def _rarest(db: Any, programme: str, words: list[str]) -> str:
    statement = (
        "SELECT term FROM index_terms WHERE programme_id = %s AND noun = 'technology' AND term = ANY(%s)"
        " ORDER BY records, term LIMIT %s"
    )
    found = [row[0] for row in db.execute(statement, (programme, words, _NAMING))]
    return " | ".join(found) or "none"


def _times(act: Callable[[Any], None], given: list[Any], scale: Scale) -> list[float]:
    """The times of each, after a round that does not count."""
    for one in given[:5]:
        act(one)
    return [timed(act, one) for _ in range(scale.repetitions) for one in given]


def _figures(name: str, times: list[float], aims: tuple[float | None, ...], detail: str = "") -> Iterator[Figure]:
    for percent, aim in zip((50, 95, 99), aims, strict=True):
        yield Figure(f"{name}, p{percent}", percentile(times, percent) * 1000, "ms", aim, most=True, detail=detail)
