"""Measures how good ranked lists are on documents and queries that people judged: the product's own path in tables of its own.

The tables are temporary ones of one transaction, under the same names: whatever ends it, nothing of it stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import orjson
from sqlalchemy import Connection, Engine, text

from casework.engine.case_objects.kept_records import TECHNOLOGY
from casework.json_values import JsonObject
from casework.matching.bm25 import Corpus, length_of, ranked, score
from casework.matching.measures import Grades, measured
from casework.matching.query import ask
from casework.matching.terms import counts_of
from casework.operations.core.catalogue_index import BATCH, Findable, put_in_index
from casework.operations.matching.ranking import WORDS, gather, make_ready, rank, shipped_glossary
from casework.records.database import transaction

#: What a folder holds.
DOCUMENTS, QUERIES, JUDGED = "documents.jsonl", "queries.jsonl", "qrels.tsv"
_TABLES = ("indexed_records", "index_terms", "index_states")
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
        if len(cells) < 3 or not cells[2].strip().lstrip("-").isdigit():
            raise ValueError(f"{JUDGED}, line {n}: query, document and grade, with tabs between, are wanted.")
        if (grade := int(cells[2])) > 0:
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


def judge(engine: Engine, collection: Collection, *, progress: Progress | None = None) -> JsonObject:
    """How good plain BM25 and our path are on a collection, which channels took part, and how long it took."""
    began = time.monotonic()
    # Read before the transaction begins, which waits for nobody.
    make_ready()
    plain = measured(_plain(collection), collection.judged)
    with transaction(engine) as db:
        lists = _ours(db, collection, progress)
        db.rollback()
    return {
        "documents": len(collection.documents),
        "queries": len(collection.judged),
        "bm25": plain,
        "ours": measured(lists, collection.judged),
        "channels": [WORDS],
        "seconds": round(time.monotonic() - began, 3),
    }


def _ours(db: Connection, collection: Collection, progress: Progress | None) -> dict[str, Sequence[str]]:
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
    glossary, lists = shipped_glossary(), dict[str, Sequence[str]]()
    for n, query in enumerate(sorted(collection.judged), start=1):
        evidence = gather(db, _PROGRAMME, TECHNOLOGY, collection.queries.get(query, ""), glossary=glossary)
        lists[query] = [names[one.id] for one in rank(evidence)]
        if progress is not None and n % 50 == 0:
            progress("queries", n, len(collection.judged))
    return lists


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
        lists[query] = [one.id for one in ranked(score(id, asked, counts[id], lengths[id], corpus) for id in found)]
    return lists
