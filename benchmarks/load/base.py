"""The office that people work in: a simulated programme with so many accounts, each with cases or referrals of its own.

Every event of it went through the engine, so that its history can be verified. It is made once and kept, as all large databases are,
and whoever works in it goes on where the last ones have ended.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import text

from benchmarks.kept_databases import find_or_make
from casework.commands.database import make_ready
from casework.demo.cast import PROVIDERS
from casework.demo.simulation import simulate
from casework.engine.roles import Role
from casework.operations.auth.passwords import hash_password
from casework.operations.core.national_holidays import china
from casework.operations.people.registry import grant_role, register_organisation, register_person
from casework.playbook.stage import Stage
from casework.playbook.steps import Script
from casework.records.database import connect_engine, transaction
from casework.records.row_security import always_whole
from casework.settings import Settings

PASSWORD = "we work here all day long"
DOMAIN = "load.example"
#: Thirty months, which end on the day before the office is made.
DAYS, SEED = 913, 15
#: Of thirty people so many have each part; those of providers in the organisations of the demo, of which each thirty have their own.
OFFICE: Mapping[Role, int] = {
    Role.OFFICER: 20, Role.SUPERVISOR: 1, Role.COMPLIANCE: 1, Role.AUDITOR: 1, Role.MANAGER: 1,
}  # fmt: skip
OUTSIDE: Mapping[str, tuple[str, ...]] = {
    "institute": ("assessor", "assessor_too"), "test_centre": ("other_assessor",), "laboratory": ("tester",),
    "bank": ("banker",), "fund": ("financier",),
}  # fmt: skip
BLOCK = sum(OFFICE.values()) + sum(map(len, OUTSIDE.values()))
#: For so many cases one match more, which nobody has opened a case of.
SPARE = 0.2
ZONE = ZoneInfo("Asia/Shanghai")
#: Days after which it is said how far it has come.
_SAID = 30


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    email: str
    role: Role


@dataclass(frozen=True)
class Office:
    """The database, and who works in it."""

    settings: Settings
    people: Sequence[Person]
    cases: int
    tasks: int
    events: int
    size: int


def find_or_make_office(folder: Path, cases: int, people: int, days: int = DAYS) -> Office:
    """The office of so many days with so many cases and places for at least so many people, in a server's folder."""
    blocks = -(-people // BLOCK)

    def fill(settings: Settings) -> None:
        make_ready(settings)
        all_of_them = cases + int(cases * SPARE)

        def casting(stage: Stage, chosen: list[Script]) -> list[Script]:
            _come(stage, blocks)
            return [_cast(script, n, blocks) for n, script in enumerate(chosen[:cases])]

        starts, until_today = _first_day(datetime.now(ZONE).date(), days)
        simulate(
            settings, cases=all_of_them, days=until_today, seed=SEED, starts=starts, progress=_say, casting=casting
        )

    settings, _ = find_or_make(folder, f"load_{cases}_{blocks}_{days}", (), fill, profile="demo")
    return _read(settings, blocks)


def _first_day(today: date, days: int) -> tuple[date, int]:
    """The day on which it begins, which is worked, and how many days there are until today."""
    calendar = china(range(today.year - 4, today.year + 1))
    while not calendar.is_working_day(today - timedelta(days=days)):
        days += 1
    return today - timedelta(days=days), days


def _come(stage: Stage, blocks: int) -> None:
    """Everybody gets an account and a role, before the first case begins."""
    hashed, programme = hash_password(PASSWORD), stage.ids["programme"]
    with stage.action() as db:
        for block in range(blocks):
            for name in OUTSIDE:
                words, words_zh, services = PROVIDERS[name]
                stage.ids[f"{name} {block}"] = register_organisation(
                    db,
                    name=f"{words} {block + 1}",
                    name_zh=f"{words_zh}{block + 1}",
                    country="CN",
                    kind="provider",
                    services=services,
                    language="zh",
                )
            for key, role, where in _block(block):
                person = register_person(db, email=_email(key), name=key.title(), password_hash=hashed)
                stage.ids[key] = person
                grant_role(
                    db,
                    person,
                    role,
                    programme=None if where else programme,
                    organisation=stage.ids[where] if where else None,
                )


def _block(block: int) -> list[tuple[str, Role, str | None]]:
    """Thirty people: how each is called among the ids of a stage, in which role, and in which organisation."""
    inside = [(f"{role} {block * count + n}", role, None) for role, count in OFFICE.items() for n in range(count)]
    outside = [
        (f"{name} {block}", Role.PROVIDER, f"{place} {block}") for place, names in OUTSIDE.items() for name in names
    ]
    return [*inside, *outside]


def _mixed(block: list[tuple[str, Role, str | None]]) -> list[tuple[str, Role, str | None]]:
    """In an order in which of the first few as many have each part as of all, as far as that goes."""
    seen: dict[Role, int] = defaultdict(int)
    total = Counter(role for _, role, _ in block)
    places = []
    for one in block:
        places.append((seen[one[1]] + 0.5) / total[one[1]])
        seen[one[1]] += 1
    return [one for _, one in sorted(zip(places, block, strict=True), key=lambda pair: pair[0])]


def _email(key: str) -> str:
    return f"{key.replace(' ', '-').replace('_', '-')}@{DOMAIN}"


def _cast(script: Script, n: int, blocks: int) -> Script:
    """The same script, played by people of one block: the n-th of its officers, and its providers."""
    block, officers = n % blocks, OFFICE[Role.OFFICER]
    turn = n // blocks
    mine, other = (block * officers + (turn + more) % officers for more in (0, 1))
    cast = {**script.cast, "officer": f"officer {mine}", "other_officer": f"officer {other}"}
    cast |= {place: f"{place} {block}" for place in OUTSIDE}
    cast |= {name: f"{name} {block}" for names in OUTSIDE.values() for name in names}
    return replace(script, cast=cast)


def _read(settings: Settings, blocks: int) -> Office:
    people = [Person(_email(key), role) for block in range(blocks) for key, role, _ in _mixed(_block(block))]
    engine = connect_engine(settings)
    always_whole(engine)
    with transaction(engine) as db:
        tables = ("cases", "tasks", "events")
        cases, tasks, events = (db.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables)
        size = db.execute(text("SELECT pg_database_size(current_database())")).scalar_one()
    engine.dispose()
    return Office(settings, people, cases, tasks, events, size)


def _say(done: int, of: int) -> None:
    if done % _SAID == 0:
        print(f"{done} of {of} days", file=sys.stderr, flush=True)


__all__ = ["BLOCK", "DOMAIN", "PASSWORD", "Office", "Person", "find_or_make_office"]
