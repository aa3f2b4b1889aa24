"""Measures how good ranked lists are on documents and queries that people judged: the product's own path in tables of its own.

The tables are temporary ones of one transaction, under the same names: whatever ends it, nothing of it stays.
"""

from __future__ import annotations

import math
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import orjson
from sqlalchemy import Connection, Engine, text

from casework.engine.case_objects.kept_records import TECHNOLOGY
from casework.json_values import JsonObject
from casework.matching.bm25 import Corpus, length_of, ranked, scorer
from casework.matching.measures import Grades, measured, ndcg
from casework.matching.query import ask
from casework.matching.terms import counts_of
from casework.matching.weights import SHIPPED, Weights, values_of
from casework.operations.core.catalogue_index import BATCH, Findable, put_in_index
from casework.operations.matching import meanings, similar_texts
from casework.operations.matching.ranking import TEXT, WORDS, gather, make_ready, place, shipped_glossary
from casework.operations.matching.similar_texts import Without
from casework.operations.matching.text_model import installed, the_model
from casework.records.database import transaction

#: What a folder holds.
DOCUMENTS, QUERIES, JUDGED = "documents.jsonl", "queries.jsonl", "qrels.tsv"
#: A grade is a whole number, which some tools write as 1.0.
_GRADE = re.compile(r"([+-]?[0-9]{1,9})(?:\.0*)?")
_TABLES = ("indexed_records", "index_terms", "index_states", "record_meanings")
#: Keeps what a document means.
_MEANS = text("""
    INSERT INTO record_meanings (record_id, programme_id, model, direction, version)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), :model, :direction, 1)
""")
#: Why texts were not compared where nobody wanted it.
NOT_ASKED = "not_asked"
#: The programme whose catalogue the documents are.
_PROGRAMME = str(UUID(int=1))


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """Documents with title and text, queries, and by query how well which documents answer it."""

    documents: Mapping[str, tuple[str, str]]
    queries: Mapping[str, str]
    judged: Mapping[str, Grades]


#: Told after each batch: what is done, how many so far, of how many.
Progress = Callable[[str, int, int], None]


def read_collection(folder: Path) -> Collection:
    """A collection from its folder. Raises ValueError where a file is missing, or is none."""
    for name in (DOCUMENTS, QUERIES, JUDGED):
        if not (folder / name).is_file():
            raise ValueError(f"{name} is wanted in the folder.")
    documents = {str(one["id"]): (_said(one, "title"), _said(one, "text")) for one in _lines(folder / DOCUMENTS)}
    queries = {str(one["id"]): _said(one, "text") for one in _lines(folder / QUERIES)}
    judged: dict[str, dict[str, int]] = {}
    for n, line in enumerate((folder / JUDGED).read_text("utf-8-sig").splitlines(), start=1):
        if not line.strip():
            continue
        cells = line.split("\t")
        whole = _GRADE.fullmatch(cells[2].strip()) if len(cells) > 2 else None
        if whole is None:
            raise ValueError(f"{JUDGED}, line {n}: query, document and grade, with tabs between, are wanted.")
        if (grade := int(whole[1])) > 0:
            judged.setdefault(cells[0], {})[cells[1]] = grade
    return Collection(documents=documents, queries=queries, judged=judged)


def _lines(path: Path) -> Iterator[JsonObject]:
    for n, line in enumerate(path.read_bytes().removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        if line.strip():
            try:
                one = orjson.loads(line)
            except orjson.JSONDecodeError:
                raise ValueError(f"{path.name}, line {n}: this is no JSON.") from None
            if not isinstance(one, dict) or "id" not in one:
                raise ValueError(f"{path.name}, line {n}: an object with an id is wanted.")
            yield one


def _said(one: JsonObject, name: str) -> str:
    return str(one.get(name) or "").replace("\x00", " ")


def judge(
    engine: Engine,
    collection: Collection,
    *,
    similar: bool = True,
    progress: Progress | None = None,
    weights: Weights = SHIPPED,
) -> JsonObject:
    """How good plain BM25 and our path are on a collection, which channels took part, and how long it took.

    `similar`: what texts mean is compared too, where the model for it is installed. `words` is our path without. By channel `without`
    says of how many queries it did not take part, and why: whoever reads the figures knows of which channels they are. `weights` order
    our lists; plain BM25 stays as the product begins.
    """
    began = time.monotonic()
    # Read before the transaction begins, which waits for nobody.
    make_ready()
    plain = measured(_plain(collection), collection.judged)
    with transaction(engine) as db:
        try:
            lists, words, missing = _ours(db, collection, progress, weights, similar=similar)
        finally:
            similar_texts.drop_held(db, _PROGRAMME)
            db.rollback()
    with_text = missing.total() < len(lists)
    return {
        "documents": len(collection.documents),
        "queries": len(collection.judged),
        "bm25": plain,
        "ours": measured(lists, collection.judged),
        "words": measured(words, collection.judged),
        "p": significance(_each(lists, collection.judged), _each(words, collection.judged)) if with_text else None,
        "channels": [WORDS, TEXT] if with_text else [WORDS],
        "weights": values_of(weights),
        "without": {TEXT: dict(sorted(missing.items()))} if missing else {},
        "seconds": round(time.monotonic() - began, 3),
    }


def significance(one: Sequence[float], other: Sequence[float], rounds: int = 10_000, seed: int = 1) -> float:
    """How often chance alone makes as large a difference of the same queries' measures: a paired randomisation test, two-sided."""
    chance = random.Random(seed)
    apart = [a - b for a, b in zip(one, other, strict=True)]
    seen, at_least = abs(math.fsum(apart)), 0
    for _ in range(rounds):
        flips = chance.getrandbits(len(apart) or 1)
        at_least += abs(sum(-d if flips >> n & 1 else d for n, d in enumerate(apart))) >= seen - 1e-12
    return (at_least + 1) / (rounds + 1)


def _each(lists: Mapping[str, Sequence[str]], judged: Mapping[str, Grades]) -> list[float]:
    return [ndcg(lists.get(query, ()), grades) for query, grades in sorted(judged.items())]


def _ours(
    db: Connection, collection: Collection, progress: Progress | None, weights: Weights, *, similar: bool
) -> tuple[dict[str, Sequence[str]], dict[str, Sequence[str]], Counter[str]]:
    """Our lists, those that words alone give, and by reason for how many queries texts were not compared."""
    # Nobody waits for it: what is computed between two statements may take as long as it takes.
    db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
    for table in _TABLES:
        db.execute(text(f"CREATE TEMPORARY TABLE {table} (LIKE public.{table} INCLUDING ALL) ON COMMIT DROP"))
    names = {str(UUID(int=n)): id for n, id in enumerate(sorted(collection.documents), start=1)}
    done = 0
    every = list(names.items())
    for some in (every[at : at + BATCH] for at in range(0, len(every), BATCH)):
        put_in_index(db, TECHNOLOGY, [_findable(id, *collection.documents[name]) for id, name in some])
        done += len(some)
        if progress is not None:
            progress("documents", done, len(names))
    for table in _TABLES:
        db.execute(text(f"ANALYZE {table}"))
    with_texts = similar and installed()
    if with_texts:
        _look_at(db, collection, names, progress)
    glossary, lists, words = shipped_glossary(), dict[str, Sequence[str]](), dict[str, Sequence[str]]()
    missing: Counter[str] = Counter()
    for n, query in enumerate(sorted(collection.judged), start=1):
        said = collection.queries.get(query, "")
        comparing = similar_texts.begin_comparing(db, _PROGRAMME, said)
        if (why := comparing().without if with_texts else Without.NOT_INSTALLED if similar else NOT_ASKED) is not None:
            missing[str(why)] += 1
        evidence = gather(db, _PROGRAMME, TECHNOLOGY, said, glossary=glossary, comparing=comparing)
        lists[query] = [names[one.id] for one in place(evidence, weights)]
        words[query] = [names[one.id] for one in place(replace(evidence, similar=None), weights)]
        if progress is not None and n % 50 == 0:
            progress("queries", n, len(collection.judged))
    return lists, words, missing


def _look_at(db: Connection, collection: Collection, names: Mapping[str, str], progress: Progress | None) -> None:
    """Keep what documents mean, as the job does for records."""
    if (model := the_model()) is None:
        return
    from casework.matching.directions import meaning_of

    db.execute(meanings.SWITCH_ON, {"programme": _PROGRAMME, "noun": TECHNOLOGY})
    db.execute(text("UPDATE index_states SET meanings = 1"))
    for n, (id, name) in enumerate(names.items(), start=1):
        if said := meanings.told(*collection.documents[name]):
            one = meaning_of(model, said)
            given = {
                "id": id,
                "programme": _PROGRAMME,
                "model": meanings.kept_as(model.version),
                "direction": one.direction,
            }
            db.execute(_MEANS, given)
        if progress is not None and n % 50 == 0:
            progress("similar text", n, len(names))


def _findable(id: str, title: str, body: str) -> Findable:
    return Findable(id=id, programme=_PROGRAMME, title=title, body=body)


def _plain(collection: Collection) -> dict[str, Sequence[str]]:
    """BM25 alone: every document is compared with the terms of the query itself."""
    counts = {id: counts_of(*said) for id, said in collection.documents.items()}
    lengths = {id: length_of(of.values()) for id, of in counts.items()}
    holding: dict[str, list[str]] = {}
    for id, of in counts.items():
        for term in of:
            holding.setdefault(term, []).append(id)
    frequencies = {term: len(ids) for term, ids in holding.items()}
    corpus = Corpus(records=len(counts), length=sum(lengths.values()), frequencies=frequencies)
    lists: dict[str, Sequence[str]] = {}
    for query in collection.judged:
        asked = [(one.term, one.weight) for one in ask(collection.queries.get(query, ""))]
        found: Iterable[str] = {id for term, _ in asked for id in holding.get(term, ())}
        score = scorer(asked, corpus)
        lists[query] = [one.id for one in ranked(score(id, counts[id], lengths[id]) for id in found)]
    return lists
