"""The demo's programme: records, people and cases over three years of simulated time that end today."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files

from sqlalchemy import Connection, Engine, text

from casework.demo.assessment import assess_needs
from casework.demo.cast import NEED_OWNERS, PLAYERS, PROVIDERS, TECHNOLOGY_OWNERS, Player
from casework.demo.furnishing import FurnishingHand, TellingStage, describe_providers, raise_findings, set_up_programme
from casework.demo.interest import ask_both_sides
from casework.demo.parties import confirm_records, furnish_parties, merge_doubles, screen_parties
from casework.demo.results import show_results
from casework.demo.rights import enter_rights
from casework.demo.routing import route_tasks
from casework.demo.scripts import scripts
from casework.engine.roles import Role
from casework.errors import InvalidSettings
from casework.json_values import JsonObject
from casework.operations.auth.passwords import hash_password
from casework.operations.auth.tokens import make_token
from casework.operations.catalogue.import_schemas import Kind
from casework.operations.catalogue.importer import import_records
from casework.operations.core.national_holidays import china
from casework.operations.documents.key_material import document_store_of, secret_box_of
from casework.operations.notifications.service import tell_due
from casework.operations.people.registry import (
    grant_role,
    register_organisation,
    register_person,
    register_phase,
    register_programme,
)
from casework.operations.tasks.allocation import allocate_due
from casework.permissions.actors import Actor
from casework.permissions.token_scopes import TOKEN_SCOPES
from casework.playbook.driver import cast_of, match_name, play
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.stage import Stage
from casework.playbook.steps import Script
from casework.records.actors import find_actor
from casework.records.database import connect_engine, connected, transaction
from casework.records.row_security import always_whole
from casework.settings import Settings

CODE = "BJ"
DOMAIN = "demo.example"
# Any number: two processes that want to tell the story in one database meet here.
_LOCK = 4_215_807_164
#: Three years.
DAYS = 1096
#: What the office calls the list that its records come from.
SOURCE = "Beijing green technology list (北京绿色技术供需清单)"
#: What comes from the files of the office at the beginning.
IMPORTED = (("needs", "needs.csv"), ("technologies", "technologies.csv"), ("matches", "matches.csv"))
#: And when somebody has found them: projects that ended before the programme kept cases here.
PAST = "past_projects.csv"
SCOPES_OF: dict[str, tuple[str, ...]] = {
    Role.OFFICER: ("read", "write", "import", "decide"), Role.SUPERVISOR: ("read", "write", "import", "decide"),
    Role.COMPLIANCE: ("read", "write", "decide"), Role.ADMINISTRATOR: TOKEN_SCOPES,
}  # fmt: skip


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in to the demo."""

    email: str
    name: str
    role: list[str]
    organisation: str | None
    password: str | None
    token: str


def is_told(settings: Settings) -> bool:
    """Whether the database has the demo's programme already."""
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            return db.execute(text("SELECT 1 FROM programmes WHERE code = :code"), {"code": CODE}).first() is not None
    finally:
        engine.dispose()


def is_whole(settings: Settings) -> bool:
    """Whether the story was told to its end: the accounts' tokens come last."""
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            return db.execute(text("SELECT 1 FROM tokens WHERE name = 'demo' LIMIT 1")).first() is not None
    finally:
        engine.dispose()


def is_all_there_is(settings: Settings) -> bool:
    """Whether nobody but the demo has put anything into the database."""
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            other = text(
                "SELECT 1 FROM programmes WHERE code <> :code UNION ALL SELECT 1 FROM people WHERE email NOT LIKE :ours LIMIT 1"
            )
            return db.execute(other, {"code": CODE, "ours": f"%@{DOMAIN}"}).first() is None
    finally:
        engine.dispose()


@contextmanager
def alone(settings: Settings, waiting: Callable[[], None]) -> Iterator[None]:
    """One process at a time tells the story; another that wants to says so and waits until it has been told."""
    engine = connect_engine(settings.model_copy(update={"statement_timeout_ms": 0, "lock_timeout_ms": 0}))
    try:
        # The connection holds the lock until it is closed, also by the death of its process.
        with connected(engine) as db:
            if not db.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": _LOCK}).scalar_one():
                waiting()
                db.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _LOCK})
            db.commit()
            yield
    finally:
        engine.dispose()


def tell(
    settings: Settings,
    password: str,
    *,
    cases: int | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> int:
    """Tell the whole story in an empty database; gives how many cases there are. Raises InvalidSettings in production."""
    if settings.profile == "production":
        raise InvalidSettings("CASEWORK_PROFILE must not be production: the demo's time is simulated.")
    # A minute's grace: nothing may be recorded later than it really is.
    end = datetime.now(UTC) - timedelta(minutes=1)
    start = end - timedelta(days=DAYS)
    calendar = china(range(start.year - 1, end.year + 3))
    chosen = rounds(scripts(calendar, end), cases)
    # What is told between two statements takes as long as a busy machine needs.
    engine = connect_engine(settings.model_copy(update={"statement_timeout_ms": 60_000, "idle_timeout_ms": 0}))
    always_whole(engine)
    try:
        with connected(engine) as db:
            stage = TellingStage(db, calendar, end, {}, start, engine)
            prepare(settings, stage, chosen, password)
            describe_providers(stage)
            set_up_programme(stage)
            route_tasks(stage)
            store = document_store_of(engine, settings)
            done = 0

            def one_more() -> None:
                nonlocal done
                done += 1
                progress(done, len(chosen))

            def hand_of(n: int) -> OperationsHand | None:
                # Where the scripts come again they are there for their number, and stand around the others.
                again = "." in chosen[n].match[0]
                return None if again else FurnishingHand(stage, cast_of(chosen[n]), store, n)

            play(stage, chosen, one_more, hand_of)
            raise_findings(stage)
            screen_parties(stage, store)
            ask_both_sides(stage, secret_box_of(settings))
            show_results(stage, secret_box_of(settings))
            assess_needs(stage)
        import_past(settings)
        allocate_due(engine)
        tell_due(engine, mailing=True)
    finally:
        engine.dispose()
    return len(chosen)


def prepare(settings: Settings, stage: Stage, chosen: Sequence[Script], password: str | None = None) -> None:
    """The programme with its people, and the records of the scripts; without a password nobody can sign in."""
    with stage.action():
        _programme(stage, password)
    _records(settings, stage, chosen)
    with stage.action():
        _matches(stage)
        enter_rights(stage, {script.match[1] for script in chosen})
        furnish_parties(stage)
        merge_doubles(stage)
        confirm_records(stage, SOURCE, [script.match for script in chosen])


def accounts(settings: Settings, password: str | None) -> list[Account]:
    """Everybody's account, each with a new token."""
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            return [_account(db, player, password) for player in PLAYERS]
    finally:
        engine.dispose()


def _account(db: Connection, player: Player, password: str | None) -> Account:
    person = db.execute(
        text("SELECT id FROM people WHERE lower(email) = :email"), {"email": _email(player)}
    ).scalar_one()
    scopes = SCOPES_OF.get(player.roles[0], ("read", "write"))
    _, secret = make_token(db, str(person), name="demo", scopes=scopes)
    organisation = PROVIDERS[player.where][0] if player.where else None
    return Account(_email(player), player.name, list(player.roles), organisation, password, secret)


def _email(player: Player) -> str:
    return f"{player.key}@{DOMAIN}"


# --- cases, as many as wanted ----------------------------------------------------------------------------------------


def rounds(once: Sequence[Script], cases: int | None) -> list[Script]:
    """The scripts once, or the first of them, or all of them again and again with needs and technologies of their own."""
    wanted = len(once) if cases is None else cases
    return [_again(once[n % len(once)], n // len(once)) for n in range(wanted)]


def _again(script: Script, round_: int) -> Script:
    if round_ == 0:
        return script

    def again(match: tuple[str, str]) -> tuple[str, str]:
        return f"{match[0]}.{round_ + 1}", f"{match[1]}.{round_ + 1}"

    follows, linked = (again(other) if other else None for other in (script.follows, script.linked))
    return replace(
        script, name=f"{script.name} ({round_ + 1})", match=again(script.match), follows=follows, linked=linked
    )


# --- the world -------------------------------------------------------------------------------------------------------


def _programme(stage: Stage, password: str | None) -> None:
    db, ids = stage.db, stage.ids
    ids["programme"] = programme = register_programme(
        db, code=CODE, name="Beijing pilot", name_zh="北京试点", calendar=stage.calendar
    )
    middle = stage.today + timedelta(days=DAYS // 2)
    register_phase(
        db,
        programme,
        name="Phase 1",
        name_zh="第一阶段",
        starts_on=stage.today - timedelta(days=1),
        ends_on=middle - timedelta(days=1),
    )
    register_phase(db, programme, name="Phase 2", name_zh="第二阶段", starts_on=middle)
    for key, (name, name_zh, services) in PROVIDERS.items():
        ids[key] = register_organisation(
            db, name=name, name_zh=name_zh, country="CN", kind="provider", services=services, language="zh"
        )
    # Before the records come: whom they name is known by then, and what it is called in Chinese.
    for name, name_zh in NEED_OWNERS.items():
        ids[name] = register_organisation(
            db, name=name, name_zh=name_zh, country="CN", language="zh", programme=programme
        )
    for name, (name_zh, state) in TECHNOLOGY_OWNERS.items():
        more = {"state_owned": state}
        ids[name] = register_organisation(
            db, name=name, name_zh=name_zh, country="CN", language="zh", more=more, programme=programme
        )
    for player in PLAYERS:
        hashed = hash_password(password) if password is not None else None
        ids[player.key] = register_person(
            db,
            email=_email(player),
            name=player.name,
            name_zh=player.name_zh,
            password_hash=hashed,
            language=player.language,
        )
    for player in PLAYERS:
        for role in player.roles:
            grant_role(
                db,
                ids[player.key],
                role,
                programme=None if player.where else programme,
                organisation=ids[player.where] if player.where else None,
                deputy_for=ids[player.deputy_for] if player.deputy_for else None,
            )


def _records(settings: Settings, stage: Stage, chosen: Sequence[Script]) -> None:
    """Import the records as an officer would, at the beginning of the story."""
    offset = _offset(stage.moment)
    engine = connect_engine(settings.model_copy(update={"clock_offset": offset, "pool_size": 1}))
    try:
        with transaction(engine) as db:
            officer = find_actor(db, stage.ids["chen"])
        assert officer is not None
        for kind, name in IMPORTED:
            _import(engine, kind, (files("casework.demo") / name).read_bytes(), name, officer)  # type: ignore[arg-type]  # the literals of the list above
        if copies := copies_of(chosen):
            content = "\n".join(json.dumps(copy, ensure_ascii=False) for copy in copies).encode()
            _import(engine, "matches", content, "more-matches.jsonl", officer)
    finally:
        engine.dispose()
    stage.moment = max(stage.moment, datetime.now(UTC) + timedelta(seconds=offset))


def _offset(moment: datetime) -> int:
    """So many seconds a moment is from now."""
    return int((moment - datetime.now(UTC)).total_seconds())


def import_past(settings: Settings, moment: datetime | None = None) -> None:
    """Somebody has looked through the cupboard: now, or at a moment of a simulated time, when some of it had not ended yet."""
    offset = 0 if moment is None else _offset(moment)
    until = moment or datetime.now(UTC)
    ended = [row for row in _read(PAST).values() if datetime.fromisoformat(f"{row['ended_on']}T23:59Z") < until]
    engine = connect_engine(settings.model_copy(update={"clock_offset": offset}))
    try:
        with transaction(engine) as db:
            person = db.execute(text("SELECT id::text FROM people WHERE email = :email"), {"email": f"chen@{DOMAIN}"})
            officer = find_actor(db, person.scalar_one())
        assert officer is not None
        _import(engine, "past_projects", _written(ended), PAST, officer)
    finally:
        engine.dispose()


def _import(engine: Engine, kind: Kind, content: bytes, name: str, officer: Actor) -> None:
    report = import_records(engine, kind, io.BytesIO(content), programme=CODE, source=SOURCE, name=name, actor=officer)
    if report.faults:
        fault = report.faults[0]
        raise ValueError(f"{name}, row {fault.row}, {fault.field}: {fault.reason}")


def copies_of(chosen: Sequence[Script]) -> list[JsonObject]:
    """Matches for the rounds after the first, each with a need and a technology of its own."""
    needs, technologies = (_read(name) for name in ("needs.csv", "technologies.csv"))
    copies: list[JsonObject] = []
    for script in chosen:
        need, technology = script.match
        if "." not in need:
            continue
        kept = {"need": needs[need.split(".")[0]], "technology": technologies[technology.split(".")[0]]}
        # An owner of its own: what compliance finds of one would else stand against its cases of every round.
        owner = f"{kept['technology']['owner']} {technology.split('.')[1]}"
        copies.append(
            {
                "external_id": f"{need}/{technology}",
                "proposed_by": "对接专班",
                "score": 50,
                "rationale": "双方均涉及：装置、能源",
                "need": kept["need"] | {"external_id": need},
                "technology": kept["technology"] | {"external_id": technology, "owner": owner},
            }
        )
    return copies


def _read(name: str) -> dict[str, dict[str, str]]:
    content = (files("casework.demo") / name).read_text("utf-8")
    return {row["external_id"]: row for row in csv.DictReader(io.StringIO(content, newline=""))}


def _written(rows: Sequence[dict[str, str]]) -> bytes:
    """The rows as a file of the office has them."""
    written = io.StringIO(newline="")
    lines = csv.DictWriter(written, list(rows[0]))
    lines.writeheader()
    lines.writerows(rows)
    return written.getvalue().encode()


def _matches(stage: Stage) -> None:
    """Each match is known by its need and its technology."""
    rows = stage.db.execute(
        text(
            "SELECT m.id::text, n.external_id AS need, t.external_id AS technology FROM matches m"
            " JOIN needs n ON n.id = m.need_id JOIN technologies t ON t.id = m.technology_id"
        )
    )
    stage.ids.update({match_name(row.need, row.technology): row.id for row in rows})
