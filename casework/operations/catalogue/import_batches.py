"""Rows of a file in batches, and the columns that they may have."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from pydantic import BaseModel
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.case_objects.kept_records import FIELDS
from casework.engine.case_objects.record_use import DRAFT
from casework.engine.roles import Role
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.catalogue_text import is_placeholder
from casework.operations.catalogue.import_reader import Row
from casework.operations.catalogue.import_schemas import MODELS, SIDES, Need, Record, Technology
from casework.permissions.actors import Actor
from casework.records.database import transaction
from casework.records.event_log import lock_log
from casework.records.field_encryption import texts_in

#: Records that are written in one transaction, and so many characters of them, but for a last row that has more: others wait for it.
BATCH, MOST_SAID = 500, 500_000
#: Columns of a table that an import fills, with what stands there when nothing was told.
COLUMNS: Mapping[str, JsonMapping] = {
    **{kind: {name: none for name, none in FIELDS[noun].items() if name != "status"} for noun, kind in SIDES.items()},
    "past_projects": dict.fromkeys(
        ("title", "title_zh", "need_owner", "technology_owner", "district", "started_on", "ended_on", "outcome", "contract_value",
         "contract_currency", "effect")
    ),
    "matches": dict.fromkeys(("need_id", "technology_id", "proposed_on", "proposed_by", "score", "rationale")),
}  # fmt: skip


@contextmanager
def at_hand(file: BinaryIO, dry_run: bool) -> Iterator[BinaryIO]:
    """The file itself; a copy of one that can be read once only, since its encoding is looked for first, and of a dry run, for the one
    transaction must not wait for a file that comes slowly."""
    if not dry_run and file.seekable():
        yield file
        return
    with TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        yield copy


def rows_together(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows of a file as they are written in one transaction."""
    some: list[Row] = []
    said = 0
    for row in rows:
        some.append(row)
        said += sum(map(len, texts_in(row.raw)))
        if len(some) >= BATCH or said >= MOST_SAID:
            yield some
            some, said = [], 0
    if some:
        yield some


@contextmanager
def in_batches(
    engine: Engine, programme: str, dry_run: bool, *, apart: bool = False
) -> Iterator[Callable[[], AbstractContextManager[Connection]]]:
    """A transaction for each batch. Of a dry run one for all of them, in which everything is done and then taken back:
    what an earlier batch brings decides about a later one, and what the database refuses is refused. Where its batches are taken back
    `apart`, nobody waits for it longer than for one of them."""
    if not dry_run:
        with ThreadPoolExecutor(1, "casework-import") as beside:
            batches = _Batches(engine, beside)
            yield batches.begin
            batches.wait()
        return
    if apart:
        yield lambda: _taken_back(engine)
        return
    with transaction(engine) as db:
        # Rows are really written: without its turn it would meet an import halfway, and each could wait for the other.
        lock_log(db, programme)
        yield lambda: nullcontext(db)
        db.rollback()


@contextmanager
def _taken_back(engine: Engine) -> Iterator[Connection]:
    with transaction(engine) as db:
        yield db
        db.rollback()


class _Batches:
    """Transactions one after the other, each ended by a thread: the server may be at work yet on what was sent of it, while whoever
    imports checks the next rows. It is ended at once, and waits for none of them."""

    def __init__(self, engine: Engine, beside: Executor) -> None:
        self.engine, self.beside = engine, beside
        self.ending: Future[None] | None = None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """The next one, after the one before has ended. Raises what that was refused for."""
        self.wait()
        with ExitStack() as stack:
            yield stack.enter_context(transaction(self.engine))
            rest = stack.pop_all()
        self.ending = self.beside.submit(rest.close)

    def wait(self) -> None:
        """Until the last one has ended. Raises what it was refused for."""
        ending, self.ending = self.ending, None
        if ending is not None:
            ending.result()


@dataclass(frozen=True, slots=True)
class Item:
    """A checked record, with the row that it came in."""

    row: int
    source: str
    external_id: str
    record: Record
    sides: JsonMapping = field(default_factory=dict)
    #: What the file has of it.
    raw: JsonMapping = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.external_id


def kind_of(record: Record) -> str:
    return "needs" if isinstance(record, Need) else "technologies"


def digest_of(*parts: str) -> bytes:
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).digest()


def json_of(value: Any) -> Any:
    """What JSON has no form for, as our tables read it."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    return value


#: Columns of a table that a record has as they are.
_SAID_IN: Mapping[str, tuple[str, ...]] = {
    kind: tuple(name for name in COLUMNS[kind] if name in MODELS[kind].model_fields) for kind in SIDES.values()
}


def columns_of(item: Item) -> JsonObject:
    """Column by column what a need or technology says; nothing of what it leaves out."""
    record = item.record
    kind = kind_of(record)
    columns: JsonObject = {name: getattr(record, name) for name in _SAID_IN[kind]}
    if isinstance(record, Need | Technology):
        columns["readiness_text"] = record.readiness
    if isinstance(record, Technology) and record.verification is not None:
        columns["verification"] = record.verification.model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in columns.items() if value is not None}


def begun_as(item: Item) -> JsonObject:
    """How a record begins that is new: a need that the file has as a draft. How one stands that is known no file says."""
    record = item.record
    return {"status": DRAFT} if isinstance(record, Need) and record.status == DRAFT else {}


#: Texts that people write; catalogues hold some that stand for one.
_WRITTEN = ("title", "title_zh", "description", "problem", "target", "advantage", "cost_compared", "ip_text", "rationale", "effect",
    "function", "baseline", "process", "tried", "site", "constraints", "contact")  # fmt: skip


#: Those that a record has.
_WRITTEN_IN: Mapping[type[BaseModel], tuple[str, ...]] = {
    model: tuple(name for name in _WRITTEN if name in model.model_fields) for model in MODELS.values()
}


def placeholders_in(record: Record) -> list[str]:
    """The fields of a record that hold a text which nobody has written yet."""
    told = ((name, getattr(record, name)) for name in _WRITTEN_IN[type(record)])
    return [name for name, words in told if words and is_placeholder(words)]


def programme_of(db: Connection, code: str, actor: Actor | None) -> str:
    """The programme with a code, where the actor may import. Raises NotFound and NotAllowed."""
    programme = db.execute(text("SELECT id FROM programmes WHERE code = :code"), {"code": code}).scalar_one_or_none()
    if programme is None or (actor is not None and programme not in {m.programme for m in actor.memberships}):
        raise NotFound("programme")
    if actor is not None and not actor.in_programme(programme, (Role.OFFICER, Role.SUPERVISOR)):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.OFFICER, Role.SUPERVISOR)))
    if actor is not None and "import" not in actor.scopes:
        raise NotAllowed(why=reasons.requests.SCOPE_MISSING(scope="import"))
    return str(programme)
