"""Imports take good rows, tell of bad ones, are done once however often, and never touch what a person confirmed."""

from __future__ import annotations

import io
import json
import re
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from casework.engine.deadlines.calendars import Calendar
from casework.errors import NotAllowed, NotFound
from casework.operations.catalogue import import_batches, importer
from casework.operations.catalogue.import_report import Report
from casework.operations.catalogue.import_schemas import Kind, read
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.kept_records import confirm_field
from casework.operations.core.idempotency import Request
from casework.operations.people.registry import grant_role, register_person, register_programme
from casework.operations.verification.service import verify_all
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import transaction
from casework.records.wire import Wire

Json = Any

NEED = "external_id,title_en,title_zh,budget,budget_currency,readiness_low,readiness_high,wanted_by\n"
TECHNOLOGY = "source,external_id,title,description,website,readiness,total_cost,total_cost_currency\n"


@pytest.fixture
def programme(engine: Engine) -> str:
    with transaction(engine) as db:
        calendar = Calendar(name="None", version=1, zone="Asia/Shanghai")
        return register_programme(db, code="BJ", name="Beijing", name_zh=None, calendar=calendar)


def _officer(engine: Engine, programme: str, role: str = "officer") -> Actor:
    with transaction(engine) as db:
        person = register_person(db, email=f"{role}@example.org", name=role)
        grant_role(db, person, role, programme=programme)
    with transaction(engine) as db:
        found = find_actor(db, person)
    assert found is not None
    return found


def _import(engine: Engine, kind: Kind, told: str | bytes, **more: Any) -> Report:
    file = io.BytesIO(told.encode() if isinstance(told, str) else told)
    return import_records(engine, kind, file, programme="BJ", **more)


def _rows(engine: Engine, query: str) -> Sequence[Any]:
    with transaction(engine) as db:
        return db.execute(text(query)).all()


def _faults(made: Report) -> list[tuple[int, str, str]]:
    return [(one.row, one.field, one.reason) for one in made.faults]


def test_a_row_becomes_a_record_whose_every_field_tells_its_source(engine: Engine, programme: str) -> None:
    made = _import(engine, "needs", "\ufeff" + NEED + 'N1,"  Low-NOx\tburner ",燃烧器,"6,000,000",cny,7,9,2026-10-15\n')
    assert (made.created, made.bad) == (1, 0)
    (row,) = _rows(engine, "SELECT * FROM needs")
    assert (row.source, row.external_id, row.title, row.title_zh) == ("BJ", "N1", "Low-NOx burner", "燃烧器")
    assert (int(row.budget), row.budget_currency, row.readiness_low) == (6_000_000, "CNY", 7)
    assert row.provenance["title"].keys() == {"source", "at"}
    assert "confirmed_by" not in json.dumps(row.provenance)


@pytest.mark.parametrize(
    ("cells", "field", "words"),
    [
        ("N1,,,,,,,", "title", "is missing"),
        (",A,,,,,,", "external_id", "is missing"),
        ("N1,A,,,,0,9,", "readiness_low", "from 1 to 9"),
        ("N1,A,,,,8,3,", "readiness_low", "above readiness_high"),
        ("N1,A,,,,1,10,", "readiness_high", "from 1 to 9"),
        ("N1,A,,,,,,2022-13-01", "wanted_by", "no day of the calendar"),
        ("N1,A,,,,,,01/02/2022", "wanted_by", "YYYY-MM-DD"),
        ("N1,A,,6000000,RMB,,,", "budget_currency", "write CNY"),
        ("N1,A,,6000000,XXQ,,,", "budget_currency", "no currency code"),
        ("N1,A,,6000000,,,,", "budget_currency", "is missing"),
        ('N1,A,,"1,50,000",CNY,,,', "budget", "after a point"),
        ("N1,A,,-1,CNY,,,", "budget", "negative"),
        ("N1,A,,1e999,CNY,,,", "budget", "write a number"),
        ("N1,A\0B,,,,,,", "title", "NUL"),
        ("N1,A,,", "row", "has 4 cells, the header has 8"),
        (f"N1,{'A' * 1001},,,,,,", "title", "1,001 characters"),
    ],
)
def test_a_bad_row_is_told_with_number_field_and_reason(
    engine: Engine, programme: str, cells: str, field: str, words: str
) -> None:
    made = _import(engine, "needs", f"{NEED}{cells}\nN2,Good,,,,,,\n")
    assert (made.created, made.bad) == (1, 1)
    ((row, name, reason),) = _faults(made)
    assert (row, name) == (2, field)
    assert words in reason


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (b"", "is empty"),
        (NEED.encode() + "N1,Żółć źródła".encode("cp1250") + b",,,,,,\n", "not UTF-8"),
        (("\ufeff" + NEED).encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04rest", "workbook"),
        (b"N1,Low-NOx burner\n", "has no column external_id, title"),
        (b"external_id;name\nN1;A\n", "has no column title"),
        (b"external_id,title,title\nN1,A,B\n", "a column twice: title"),
        (NEED.encode() + b'N1,"' + b"A" * 10_000_000 + b'",,,,,,\n', "has 10,000,000 characters"),
        (NEED.encode() + b'N1,"' + b"A\n" * 150_000 + b'",,,,,,\n', "has 300,000 characters; at most 200,000"),
        (NEED.encode() + b'N1,"open,,,,,,\n', "quotation mark"),
        (b'[{"external_id": "N1", "title": "A"}, {]', "no valid JSON"),
        (b'[{"external_id": "N1", "title": "A"} {}]', "a comma or ] is missing"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(engine: Engine, programme: str, told: bytes, words: str) -> None:
    made = _import(engine, "needs", told)
    assert made.bad >= 1
    assert words in made.faults[-1].reason


def test_a_text_that_nobody_has_written_yet_is_told_and_names_no_owner(engine: Engine, programme: str) -> None:
    made = _import(engine, "technologies", "external_id,title,owner\nT1,Lorem ipsum dolor,Technology Provider\n")
    assert (made.created, made.marked) == (1, 2)
    assert [(one.row, one.field) for one in made.marked_fields] == [(2, "title"), (2, "owner")]
    assert _rows(engine, "SELECT owner_id FROM technologies")[0].owner_id is None
    assert _rows(engine, "SELECT 1 FROM organisations") == []


def test_words_stay_as_they_are_but_for_blanks(engine: Engine, programme: str) -> None:
    text_ = '"First  line here\n\n\n\nsecond"'
    told = TECHNOLOGY + f"C,T1,=CMD|' /C calc'!A0 IN CAPITALS,{text_},https://example.org more words,TRL 5-6,1.5,EUR\n"
    made = _import(engine, "technologies", told)
    assert made.bad == 0
    (row,) = _rows(engine, "SELECT * FROM technologies")
    assert row.title == "=CMD|' /C calc'!A0 IN CAPITALS"
    assert row.description == "First line here\n\nsecond"
    assert row.website == "https://example.org"
    assert (row.readiness_text, row.readiness_low, row.readiness_high) == ("TRL 5-6", 5, 6)
    assert (str(row.total_cost), row.total_cost_currency) == ("1.5", "EUR")


@pytest.mark.parametrize("letter", ["\x07", "\x1b", "\x7f", "\x85", "\u202e", "\u202d", "\u2067"])
def test_what_readers_would_not_see_is_refused(engine: Engine, programme: str, letter: str) -> None:
    made = _import(engine, "technologies", TECHNOLOGY + f"C,T1,A,,,,,\nC,T2,Steam{letter}boiler,,,,,\n")
    assert (made.created, made.bad) == (1, 1)
    assert _faults(made)[0][:2] == (3, "title")
    assert f"U+{ord(letter):04X}" in _faults(made)[0][2]


def test_an_address_that_would_be_a_dangerous_link_is_refused(engine: Engine, programme: str) -> None:
    made = _import(engine, "technologies", TECHNOLOGY + "C,T1,A,,javascript:alert(1),,,\n")
    assert _faults(made)[0][1] == "website"


def test_the_same_key_twice_in_a_file_is_imported_once(engine: Engine, programme: str) -> None:
    made = _import(engine, "needs", NEED + "N1,A,,,,,,\nN1,B,,,,,,\n")
    assert (made.created, made.bad) == (1, 1)
    assert _faults(made)[0][:2] == (3, "external_id")


def test_a_dry_run_checks_everything_and_imports_nothing(engine: Engine, programme: str) -> None:
    made = _import(engine, "needs", NEED + "N1,A,,,,,,\nN2,,,,,,,\n", dry_run=True)
    assert (made.created, made.bad) == (1, 1)
    assert _rows(engine, "SELECT 1 FROM needs") == []
    assert _rows(engine, "SELECT 1 FROM events WHERE kind = 'imported'") == []


def test_a_second_import_changes_nothing(engine: Engine, programme: str) -> None:
    told = TECHNOLOGY + "C,T1,A,Words,,TRL 5,2.50,EUR\nC,T2,B,,,,,\n"
    _import(engine, "technologies", told)
    before = _rows(engine, "SELECT * FROM technologies ORDER BY id")
    made = _import(engine, "technologies", told)
    assert (made.created, made.updated, made.unchanged) == (0, 0, 2)
    assert _rows(engine, "SELECT * FROM technologies ORDER BY id") == before
    assert len(_rows(engine, "SELECT 1 FROM events WHERE kind = 'imported'")) == 1


def test_a_changed_row_updates_and_an_empty_cell_does_not(engine: Engine, programme: str) -> None:
    _import(engine, "needs", NEED + "N1,A,甲,100,CNY,,,\n")
    made = _import(engine, "needs", NEED + "N1,B,,,,,,\n")
    assert made.updated == 1
    (row,) = _rows(engine, "SELECT * FROM needs")
    assert (row.title, row.title_zh, int(row.budget)) == ("B", "甲", 100)


def test_a_confirmed_field_is_kept_and_told(engine: Engine, programme: str) -> None:
    _import(engine, "needs", NEED + "N1,A,甲,,,,,\n")
    (need,) = _rows(engine, "SELECT id FROM needs")
    officer = _officer(engine, programme)
    with transaction(engine) as db:
        confirm_field(db, officer, "need", need.id, field="title", request=Request("k", "d"))
    made = _import(engine, "needs", NEED + "N1,B,乙,,,,,\n")
    assert (made.kept, made.updated) == (1, 1)
    assert (made.kept_fields[0].row, made.kept_fields[0].field) == (2, "title")
    (row,) = _rows(engine, "SELECT title, title_zh, provenance FROM needs")
    assert (row.title, row.title_zh) == ("A", "乙")
    assert row.provenance["title"]["confirmed_by"] == officer.person


@pytest.mark.parametrize("lines", [False, True])
def test_a_match_may_bring_its_need_and_technology(engine: Engine, programme: str, lines: bool) -> None:
    matches = [
        {
            "external_id": f"M{n}",
            "score": 1.5,
            "rationale": "fits",
            "need": {"external_id": "N1", "title": "A"},
            "technology": {"source": "C", "external_id": f"T{n}", "title": "B"},
        }
        for n in (1, 2)
    ]
    told = "\n".join(map(json.dumps, matches)) if lines else json.dumps(matches)
    for dry_run in (True, False):
        made = _import(engine, "matches", told, dry_run=dry_run)
        assert (made.created, made.nested, made.bad) == (2, 3, 0)
    assert _import(engine, "matches", told).unchanged == 2
    assert len(_rows(engine, "SELECT 1 FROM matches m JOIN needs n ON n.id = m.need_id")) == 2


def test_a_match_may_refer_to_known_records_only(engine: Engine, programme: str) -> None:
    _import(engine, "needs", NEED + "N1,A,,,,,,\n")
    _import(engine, "technologies", TECHNOLOGY + "C,T1,A,,,,,\n")
    head = "external_id,need,technology_source,technology,proposed_on,score\n"
    made = _import(engine, "matches", head + "M1,N1,C,T1,2026-01-05,73.59\nM2,N1,C,T9,,\nM3,N1,C,T1,,\nM4,,C,T1,,\n")
    assert made.created == 1
    assert sorted(_faults(made)) == [
        (3, "technology", "is not known: T9 of C. Import it first"),
        (4, "need and technology", "are matched already, as M1"),
        (5, "need", "is missing"),
    ]


def test_nested_faults_name_their_place(engine: Engine, programme: str) -> None:
    match = {"external_id": "M1", "need": {"external_id": "N1"}, "technology": {"external_id": "T", "title": 5.5}}
    made = _import(engine, "matches", json.dumps([match]))
    assert _faults(made) == [(1, "need.title", "is missing")]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ('{"external_id": "N1", "title": "A", "title": "B"}', "names a field twice"),
        ('{"external_id": "N1", "title": "\\ud800"}', "half of a character"),
        ('{"external_id": "N1", "title": "\\u0073ealed:1:x:eA=="}', "cannot be stored"),
        ('{"external_id": "N1", "title": ["A"]}', "must be a text"),
        ('{"external_id": "N1", "title": "A", "budget": NaN}', "no number"),
        ('{"external_id": "N1", "title": "A"', "not one JSON object"),
        ('{"external_id": "N1", "title": ' + "[" * 100_000 + "}", "nested too deeply"),
    ],
)
def test_hostile_json_is_one_bad_row(engine: Engine, programme: str, told: str, words: str) -> None:
    made = _import(engine, "needs", told + '\n{"external_id": "N2", "title": "Good"}\n')
    assert (made.created, made.bad) == (1, 1)
    assert words in made.faults[0].reason


def test_columns_that_nobody_knows_are_named(engine: Engine, programme: str) -> None:
    assert _import(engine, "needs", "external_id,title,colour\nN1,A,red\n").left_out == {"colour"}


def test_an_import_is_an_event_of_the_programme(engine: Engine, programme: str) -> None:
    officer = _officer(engine, programme)
    _import(engine, "needs", NEED + "N1,A,,,,,,\n", name="needs.csv", actor=officer)
    (event,) = _rows(engine, "SELECT log_id, actor_id, effects FROM events WHERE kind = 'imported'")
    assert (event.log_id, event.actor_id, event.effects["created"]) == (programme, officer.person, 1)
    assert "needs.csv" not in json.dumps(event.effects)


def test_only_officers_and_supervisors_of_the_programme_import(engine: Engine, programme: str) -> None:
    with pytest.raises(NotAllowed):
        _import(engine, "needs", NEED, actor=_officer(engine, programme, "auditor"))
    with pytest.raises(NotFound):
        import_records(engine, "needs", io.BytesIO(b""), programme="SH")


class _Generated(io.RawIOBase):
    """A file that is made while it is read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks, self.left = chunks, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.left:
            self.left = next(self.chunks, b"")
        n = min(len(buffer), len(self.left))
        buffer[:n], self.left = self.left[:n], self.left[n:]
        return n


@pytest.mark.slow
def test_a_long_file_needs_no_more_memory_than_a_short_one(engine: Engine, programme: str) -> None:
    def chunks(count: int) -> Iterator[bytes]:
        yield b"external_id,title,problem\n"
        for n in range(count):
            # Words that stand in each row: the index keeps by so many words as there may be, not by rows.
            yield f"G{n},Title {n % 10},{'words ' * 200}\n".encode()

    def peak(count: int) -> int:
        tracemalloc.start()
        file = io.BufferedReader(_Generated(chunks(count)))
        made = import_records(engine, "needs", file, programme="BJ", dry_run=True)
        assert made.created == count
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    # 3 MB of words are more here, and 2,500 digests of keys, which are kept; the sets that hold those do not double between the two.
    assert peak(8_000) < peak(5_500) + 1_000_000


def test_an_import_waits_for_nothing_that_it_writes_of_its_records(
    engine: Engine, programme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of that is sent ahead, as texts that are ready; what is sent and waited for reads, or is told of the whole batch."""
    monkeypatch.setattr(import_batches, "BATCH", 10)
    waited, ahead = list[str](), list[str]()

    @event.listens_for(engine, "before_cursor_execute")
    def note(_: Any, __: Any, statement: str, *more: Any) -> None:
        waited.append(statement)

    send = Wire.ahead

    def noted(wire: Wire, statement: str, values: Sequence[str | None] = ()) -> None:
        ahead.append(statement)
        send(wire, statement, values)

    monkeypatch.setattr(Wire, "ahead", noted)
    told = TECHNOLOGY + "".join(f"S,T{n},Heat pump {n},For dairies,,TRL 5,,\n" for n in range(20))
    assert _import(engine, "technologies", told).created == 20

    def written(statements: list[str]) -> list[str]:
        return [table for statement in statements for table in re.findall(r"INSERT INTO (\w+)", statement)]

    each = [
        "logs",
        "events",
        "technologies",
        "indexed_records",
        "index_terms",
        "index_states",
        "twin_marks",
        "pending_searches",
    ]
    assert written(ahead) == ["source_rows", *each] * 2
    # Sources, and what the programme's log is told of them and of each batch.
    assert set(written(waited)) == {"sources", "events"}


def test_no_transaction_waits_while_rows_are_checked_nor_for_many_long_ones(
    engine: Engine, programme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_batches, "MOST_SAID", 3_000)
    open_now, open_then = list[Connection](), list[int]()

    @contextmanager
    def counted(engine: Engine) -> Iterator[Connection]:
        with transaction(engine) as db:
            open_now.append(db)
            yield db
            open_now.pop()

    def watched(*given: Any, **more: Any) -> Any:
        # That of the rows before may be at its end: it comes to it by itself.
        until = time.monotonic() + 10
        while open_now and time.monotonic() < until:
            time.sleep(0.001)
        open_then.append(len(open_now))
        return read(*given, **more)

    monkeypatch.setattr(import_batches, "transaction", counted)
    monkeypatch.setattr(importer, "read", watched)
    told = "external_id,title,problem\n" + "".join(f"N{n},Title,{'words ' * 200}\n" for n in range(5))
    assert _import(engine, "needs", told).created == 5
    assert open_then == [0] * 5
    rows = _rows(engine, "SELECT effects FROM events WHERE kind = 'imported' ORDER BY seq")
    assert [(row.effects["first_row"], row.effects["last_row"]) for row in rows] == [(2, 4), (5, 6)]


def test_a_file_that_comes_twice_writes_no_event_for_what_is_unchanged(engine: Engine, programme: str) -> None:
    told = NEED + "N1,One,,,,,,\nN2,Two,,,,,,\n"
    _import(engine, "needs", told)
    _import(engine, "needs", told)
    _import(engine, "needs", told.replace("Two", "Too"))
    events = _rows(
        engine, "SELECT n.external_id, e.kind FROM needs n JOIN events e ON e.log_id = n.id ORDER BY 1, e.seq"
    )
    assert [tuple(row) for row in events] == [("N1", "recorded"), ("N2", "recorded"), ("N2", "imported")]
    (changed,) = _rows(engine, "SELECT body FROM events WHERE kind = 'imported' AND log_id IN (SELECT id FROM needs)")
    assert {name: part["value"] for name, part in changed.body.items()} == {
        "title": "Too",
        "before.title": "Two",
        "source": "BJ",
    }
    assert list(verify_all(engine)) == []


def test_a_record_that_somebody_changed_from_outside_is_left_and_told_of(engine: Engine, programme: str) -> None:
    _import(engine, "needs", NEED + "N1,One,,,,,,\n")
    with transaction(engine) as db:
        db.execute(text("UPDATE needs SET sector = 'Mine'"))
    made = _import(engine, "needs", NEED + "N1,Won,,,,,,\n")
    assert (made.updated, made.unchanged) == (0, 1)
    assert [one.reason for one in made.kept_fields] == ["was left as it is: the record is not what its history says"]
    assert [row.title for row in _rows(engine, "SELECT title FROM needs")] == ["One"]
