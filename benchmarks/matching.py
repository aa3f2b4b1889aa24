"""How long the list for one need takes, with filters and explanation, kept as a run; and the box of the list.

The yardstick sends by hand the one statement that names the candidates: what it finds must be found by anybody.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.catalogue import bring_in, catalogue
from benchmarks.figures import Figure, Scale, ms, percentile, timed
from benchmarks.world import World, request
from casework.matching.dictionary import cc_cedict
from casework.operations.catalogue.kept_records import create_record
from casework.operations.catalogue.service import list_records
from casework.operations.catalogue.views import Technology
from casework.operations.matching.runs import start_run
from casework.records.database import transaction

#: So many of the rarest words of a need name its candidates.
_NAMING = 12
_BY_HAND = """
    SELECT r.record_id, r.counts FROM indexed_records r
    WHERE r.programme_id = %s AND r.noun = 'technology' AND r.terms @@ to_tsquery('simple', %s) LIMIT 300
"""


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    content = catalogue(scale.records)
    bring_in(world, content)
    engine = world.engine()
    with world.superuser() as plain:
        plain.execute("ANALYZE")
    cc_cedict().warm()
    chance = random.Random(2)
    rows = content.decode().splitlines()[1:]
    officer = world.actor(engine, world.officer)
    needs, said = [], []
    with transaction(engine) as db:
        for row in chance.sample(rows, min(len(rows), scale.views)):
            words = chance.sample(row.split(",")[4].split(), 30)
            fields = {"title": " ".join(words[:6]), "problem": " ".join(words[6:])}
            given: dict[str, Any] = {"programme": world.programme, "source": "bench", "fields": fields}
            made = create_record(db, officer, "need", confirmed=True, request=request(), **given)
            needs.append(str(made.answer["id"]))
            said.append(words)

    def a_list(need: str) -> None:
        with transaction(engine) as db:
            start_run(db, officer, need, request=request())

    with world.unbound() as hands:
        rarest = [_rarest(hands, world.programme, words) for words in said]

        def by_hand(terms: str) -> None:
            hands.execute(_BY_HAND, (world.programme, terms)).fetchall()

        hand = _times(by_hand, rarest, scale)
    lists = _times(a_list, needs, scale)
    yield from _figures(f"list for a need of {scale.records:,}", lists, (60, None, 150))
    ratio = percentile(lists, 50) / percentile(hand, 50)
    yield Figure("list / its candidates by hand", ratio, "times", detail=f"by hand {ms(percentile(hand, 50))}")

    def a_look(words: str) -> None:
        with transaction(engine) as db:
            list_records(db, officer, Technology, filters={"title": words})

    searched = _times(a_look, [*(" ".join(words[:2]) for words in said), "热泵", "储能"], scale)
    yield from _figures("box of the list of technologies", searched, (None, None, 100))
    engine.dispose()


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


def _figures(name: str, times: list[float], aims: tuple[float | None, ...]) -> Iterator[Figure]:
    for percent, aim in zip((50, 95, 99), aims, strict=True):
        yield Figure(f"{name}, p{percent}", percentile(times, percent) * 1000, "ms", aim, most=True)
