"""Sessions on the server: begun, found by their secret, listed and ended. Signing in is in `authentication`, programs in `tokens`."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongCode, WrongPassword
from casework.ledger.canonical_json import instant
from casework.operations.auth import second_factor
from casework.operations.auth.account_log import NEW_BROWSER, SESSIONS_ENDED, note_account
from casework.operations.auth.passwords import insist_length, password_fits
from casework.operations.auth.step_up import sensitive
from casework.operations.auth.throttling import attempt_succeeded, begin_attempt
from casework.operations.auth.views import HeldRole, Me, Scope, Session, Viewer
from casework.operations.core.email_addresses import canonical
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.records.access_sql import in_time, live_token, open_to
from casework.records.actors import MEDIATED, actor_of, find_actor, find_actor_by_token
from casework.records.database import NAMES_ORIGIN, origin, person_reads, run_named
from casework.records.event_log import now
from casework.records.row_security import whole

SESSION_PREFIX = "cws_"
#: A session ends when nothing is asked for so long, and in any case after the longer time.
IDLE, LONGEST = timedelta(minutes=30), timedelta(hours=12)
#: So many sessions of one person at once; with one more, the one that was used longest ago ends.
MOST_SESSIONS = 20
#: A browser counts as known for so long after it was used.
KNOWN = timedelta(days=90)


def secret_hash(secret: str) -> bytes:
    """What is stored of a token or session: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def _live(row: str, idle: str = ":idle") -> str:
    """A session has neither been ended nor run out; `idle` is how long nothing may be asked for."""
    return f"{row}.ended_at IS NULL AND {row}.expires_at > casework_now() AND {row}.seen_at > casework_now() - {idle}"


#: Whether it is time to note that a session `s` is in use.
_STALE = "s.seen_at < casework_now() - interval '1 minute' AS stale"
#: Notes that a session was used now.
_SEEN = text("UPDATE sessions SET seen_at = casework_now() WHERE hash = :hash")


@dataclass(frozen=True)
class Via:
    """The provider of sign-in by which a session began, with the session there: it ends with that one."""

    identity: str | None = None
    sid: str | None = None


#: A session that began here alone.
HERE = Via()


# --- sessions --------------------------------------------------------------------------------------------------------


def renew_session(db: Connection, actor: Actor, secret: str) -> str:
    """A new secret for the person's session, and the end of every other one and of every token: for when the means to
    sign in change, whoever knew the old ones is out."""
    row = db.execute(
        text(
            "SELECT about, identity_id, provider_sid FROM sessions WHERE hash = :hash AND person_id = CAST(:person AS uuid)"
        ),
        {"hash": secret_hash(secret), "person": actor.person},
    ).one()
    end_access(db, actor.person, by=actor.person)
    return begin_session(db, actor.person, row.about, via=Via(row.identity_id, row.provider_sid))


def person_of_session(db: Connection, email: str, password: str) -> str:
    insist_length(password)
    row = db.execute(
        text("SELECT id, password_hash FROM people WHERE lower(email) = :email AND active"), {"email": canonical(email)}
    ).one_or_none()
    if not password_fits(row.password_hash if row else None, password) or row is None:
        raise WrongPassword
    return str(row.id)


def begin_session(
    db: Connection, person: str, about: Mapping[str, str], awaits: str | None = None, *, via: Via = HERE
) -> str:
    secret = SESSION_PREFIX + secrets.token_urlsafe(32)
    given = {
        "hash": secret_hash(secret),
        "person": person,
        "longest": LONGEST,
        "browser": about.get("browser"),
        "address": about.get("address"),
        "awaits": awaits,
        "identity": via.identity,
        "sid": via.sid,
        "most": MOST_SESSIONS,
        "known": KNOWN,
        "idle": IDLE,
    }
    if awaits is None and db.execute(_IS_NEW, given).scalar_one():
        note_account(db, person, NEW_BROWSER, person)
    db.execute(_BEGIN, given)
    return secret


#: Whether the person has signed in before, and never with such a browser.
_IS_NEW = text("""
    SELECT count(*) > 0 AND bool_and(about->>'browser' IS DISTINCT FROM CAST(:browser AS text)) FROM sessions
    WHERE person_id = CAST(:person AS uuid) AND awaits IS NULL AND created_at > casework_now() - :known
""")
#: Begins a session, and ends those that were used longest ago where a person has too many.
_BEGIN = text(f"""
    WITH many AS (
        UPDATE sessions SET ended_at = casework_now() WHERE hash IN (
            SELECT s.hash FROM sessions s WHERE s.person_id = CAST(:person AS uuid) AND {_live("s")}
            ORDER BY s.seen_at DESC, s.hash OFFSET :most - 1
        )
    )
    INSERT INTO sessions (hash, person_id, created_at, seen_at, proved_at, expires_at, about, awaits, identity_id, provider_sid)
    SELECT :hash, CAST(:person AS uuid), n, n, n, n + :longest, jsonb_build_object('browser', CAST(:browser AS text),
        'address', CAST(:address AS text)), :awaits, CAST(:identity AS uuid), CAST(:sid AS text) FROM (SELECT casework_now() AS n) moment
""")


def start_session(
    db: Connection,
    email: str,
    password: str,
    *,
    code: str | None = None,
    about: Mapping[str, str],
    request: Request,
    secret_box: SecretBox,
    insist: bool = False,
) -> Done:
    """Sign in from a program, with the code of an app or a recovery code where there is a second factor; the secret is
    in the first answer only, and kept nowhere.

    Raises WrongPassword or WrongCode after noting the attempt, which its caller commits; NotAllowed where a second
    factor is due and none is set up.
    """
    attempt = begin_attempt(db, email, about.get("address") or "")
    person = person_of_session(db, email, password)
    missing = second_factor.missing(db, person, insist=insist)
    if missing == "set_up":
        raise NotAllowed(why=reasons.auth.FACTOR_FIRST)
    if missing:
        if code is None:
            attempt_succeeded(db, attempt)
            raise NotAllowed(why=reasons.auth.CODE_NEEDED)
        if not second_factor.fits(db, person, code, secret_box):
            raise WrongCode
    attempt_succeeded(db, attempt)
    actor = find_actor(db, person)
    assert actor is not None
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    secret = begin_session(db, person, about)
    answer = {"id": secret_hash(secret).hex(), "person": person, "expires_at": instant(now(db) + LONGEST)}
    finish(db, actor, request, Done(answer, 201))
    return Done(answer | {"token": secret}, 201)


def find_actor_by_secret(db: Connection, secret: str) -> Actor | None:
    """Whose token or session this is, while it holds."""
    if secret.startswith(SESSION_PREFIX):
        return find_actor_by_session(db, secret)
    return find_actor_by_token(db, secret_hash(secret))


def find_actor_by_session(db: Connection, secret: str) -> Actor | None:
    row = db.execute(
        text(
            f"SELECT s.person_id, {_STALE}, casework_now() - s.proved_at AS proved,"
            f" {person_reads('s.person_id::text')}"
            f" FROM sessions s WHERE s.hash = :hash AND {_live('s')} AND s.awaits IS NULL"
        ),
        {"hash": secret_hash(secret), "idle": IDLE},
    ).one_or_none()
    if row is None:
        return None
    if row.stale:
        # Not at every request: reading should not write.
        db.execute(_SEEN, {"hash": secret_hash(secret)})
    actor = find_actor(db, str(row.person_id))
    return None if actor is None else replace(actor, proved=row.proved)


#: Who asks by a session, with what a page wants to know of them; nobody where it does not live.
_VIEWER = f"""
    SELECT p.id, p.name, p.language, p.email,
        CASE WHEN left(p.language, 2) = 'zh' THEN coalesce(nullif(p.name_zh, ''), p.name) ELSE p.name END AS called,
        p.service, p.zone, p.theme, p.single_keys, s.awaits, encode(s.hash, 'hex') AS session,
        {_STALE}, casework_now() - s.proved_at AS proved, s.programme_id AS focus, p.tour_seen, p.list_columns,
        -- Who reads from here on (`records.row_security`); nobody while the session waits for something.
        {person_reads("CASE WHEN s.awaits IS NULL THEN p.id::text ELSE '' END")}, {NAMES_ORIGIN.format(place="$3")},
        EXISTS (SELECT FROM second_factors f WHERE f.person_id = p.id AND f.confirmed_at IS NOT NULL) AS app,
        (SELECT count(*) FROM passkeys k WHERE k.person_id = p.id) AS passkeys,
        EXISTS (SELECT FROM notifications n WHERE n.person_id = p.id AND n.read_at IS NULL) AS unread,
        (SELECT coalesce(jsonb_agg(jsonb_build_object(
            'role', m.role, 'programme', m.programme_id, 'organisation', m.organisation_id, 'deputy_for', m.deputy_for,
            'starts_at', m.starts_at, 'ends_at', m.ends_at, 'code', g.code, 'name', coalesce(g.name, o.name),
            'name_zh', coalesce(g.name_zh, o.name_zh)) ORDER BY m.starts_at, m.id), '[]')
        FROM memberships m LEFT JOIN programmes g ON g.id = m.programme_id
            LEFT JOIN organisations o ON o.id = m.organisation_id
        WHERE m.person_id = p.id AND {in_time("m")}
        ) AS memberships,
        (SELECT coalesce(array_agg(o.log_id::text), '{{}}') FROM openings o WHERE {open_to("o", "p.id")}) AS opened, {MEDIATED}
    FROM sessions s JOIN people p ON p.id = s.person_id AND p.active
    WHERE s.hash = $1::bytea AND {_live("s", "$2::interval")}
"""


def find_viewer(db: Connection, secret: str, *, by_itself: bool = False) -> Viewer | None:
    """Whose session this is, while it holds; also one that still waits for something, which `awaits` says.

    `by_itself`: an open page asks and not the person, so that the session is not in use by it.
    """
    # With the transaction's beginning in one round trip.
    rows = run_named(db, _VIEWER, (rf"\x{secret_hash(secret).hex()}", f"{IDLE.total_seconds()} seconds", origin()))
    if (row := next(iter(rows), None)) is None:
        return None
    if row.stale and not by_itself:
        db.execute(_SEEN, {"hash": secret_hash(secret)})
    scopes: dict[str, dict[str, Scope]] = {"programme": {}, "organisation": {}}
    for membership in row.memberships:
        kind = "programme" if membership["programme"] else "organisation"
        scopes[kind][membership[kind]] = Scope(*(membership[name] for name in (kind, "name", "name_zh", "code")))
    return Viewer(
        actor_of(row),
        row.session,
        row.awaits,
        row.called,
        row.email,
        row.zone,
        row.theme,
        row.single_keys,
        row.app,
        row.passkeys,
        row.proved,
        row.unread,
        tuple(scopes["programme"].values()),
        tuple(scopes["organisation"].values()),
        # Of a programme that the person has left, nothing is shown: then it is as if none were chosen.
        scopes["programme"].get(row.focus) if len(scopes["programme"]) > 1 else None,
        row.tour_seen,
        row.list_columns,
    )


def choose_programme(db: Connection, viewer: Viewer, code: str) -> None:
    """Let the lists of this session show one programme, or every one with "". Raises NotFound for one not the viewer's."""
    chosen = next((programme.id for programme in viewer.programmes if programme.code == code), None)
    if code and chosen is None:
        raise NotFound("programme")
    db.execute(
        text("UPDATE sessions SET programme_id = CAST(:programme AS uuid) WHERE encode(hash, 'hex') = :session"),
        {"programme": chosen, "session": viewer.session},
    )


def person_of_ended(db: Connection, secret: str) -> str | None:
    """Whose session this was that has run out by itself; not one that was signed out of."""
    person = db.execute(
        text("SELECT person_id FROM sessions WHERE hash = :hash AND ended_at IS NULL AND awaits IS NULL"),
        {"hash": secret_hash(secret)},
    ).scalar_one_or_none()
    return None if person is None else str(person)


def sign_out(db: Connection, secret: str) -> None:
    """End a session; nothing happens to one that has ended."""
    db.execute(
        text("UPDATE sessions SET ended_at = casework_now() WHERE hash = :hash AND ended_at IS NULL"),
        {"hash": secret_hash(secret)},
    )


def end_access(db: Connection, person: str, *, by: str = SYSTEM_ACTOR) -> None:
    """End every session and token of a person, now: whoever keeps a role elsewhere signs in again."""
    db.execute(
        text("UPDATE sessions SET ended_at = casework_now() WHERE person_id = CAST(:id AS uuid) AND ended_at IS NULL"),
        {"id": person},
    )
    ended = (
        db.execute(
            text(
                "UPDATE tokens SET revoked_at = casework_now() WHERE person_id = CAST(:id AS uuid) AND revoked_at IS NULL"
                " RETURNING id"
            ),
            {"id": person},
        )
        .scalars()
        .all()
    )
    note_entries(db, "tokens", person, ended, kind="tokens_revoked", by=by, columns=["revoked_at"])


def close_account(
    db: Connection, person: str, *, by: str = SYSTEM_ACTOR, because: RegisterEffects | None = None
) -> None:
    """Nobody signs in with this account any more; its sessions and tokens end, and it follows no case."""
    db.execute(text("UPDATE people SET active = false WHERE id = CAST(:id AS uuid)"), {"id": person})
    note_entries(db, "people", person, [person], kind="account_closed", by=by, columns=["active"], effects=because)
    with whole(db):
        db.execute(text("DELETE FROM follows WHERE person_id = CAST(:id AS uuid)"), {"id": person})
    end_access(db, person, by=by)


def list_sessions(db: Connection, actor: Actor) -> Page[Session]:
    """The actor's own sessions that have not ended, the newest first."""
    rows = db.execute(
        text(
            "SELECT encode(s.hash, 'hex') AS id, s.created_at, s.seen_at, s.expires_at, s.about FROM sessions s"
            f" WHERE s.person_id = CAST(:person AS uuid) AND s.awaits IS NULL AND {_live('s')}"
            " ORDER BY s.created_at DESC, s.hash LIMIT 100"
        ),
        {"person": actor.person, "idle": IDLE},
    )
    items = [
        Session(
            id=row.id,
            created_at=instant(row.created_at),
            seen_at=instant(row.seen_at),
            expires_at=instant(row.expires_at),
            about={"browser": None, "address": None} | row.about,
        )
        for row in rows
    ]
    return Page(items=items)


def end_session(db: Connection, actor: Actor, session: str, request: Request) -> Done:
    """End one of the actor's own sessions. Raises NotFound for anybody else's."""
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    rows = db.execute(
        text(
            "UPDATE sessions SET ended_at = coalesce(ended_at, casework_now()) WHERE encode(hash, 'hex') = :id"
            " AND person_id = CAST(:person AS uuid)"
        ),
        {"id": session, "person": actor.person},
    ).rowcount
    if not rows:
        raise NotFound("session")
    return finish(db, actor, request, Done({"id": session, "ended": True}))


def end_other_sessions(db: Connection, actor: Actor, secret: str, request: Request) -> Done:
    """End every session of the actor's but the one with this secret; says how many. With a token, which is none, all end."""
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    ended = db.execute(
        text(
            "UPDATE sessions s SET ended_at = casework_now() WHERE s.person_id = CAST(:person AS uuid) AND s.hash <> :hash"
            f" AND {_live('s')}"
        ),
        {"person": actor.person, "hash": secret_hash(secret), "idle": IDLE},
    ).rowcount
    return finish(db, actor, request, Done({"ended": ended}))


@sensitive
def end_access_of(db: Connection, actor: Actor, person: str, request: Request) -> Done:
    """An administrator ends every session and token of somebody, who signs in again. Raises NotFound."""
    if Role.ADMINISTRATOR not in actor.roles():
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.ADMINISTRATOR,)))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    known = db.execute(
        text("SELECT 1 FROM people WHERE id = CAST(:id AS uuid) AND NOT service"), {"id": person}
    ).first()
    if known is None:
        raise NotFound("person")
    end_access(db, person, by=actor.person)
    note_account(db, person, SESSIONS_ENDED, actor.person)
    return finish(db, actor, request, Done({"id": person, "ended": True}))


@sensitive
def end_access_of_all(db: Connection, actor: Actor, request: Request, *, sure: bool) -> Done:
    """An administrator ends every session and token of everybody else, for emergencies; says how many people that were.

    Providers' own systems go on: their leads end them.
    """
    if Role.ADMINISTRATOR not in actor.roles():
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.ADMINISTRATOR,)))
    if not sure:
        raise InvalidForm(fields={"sure": reasons.fields.REQUIRED})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    people = db.execute(_WITH_ACCESS, {"person": actor.person, "idle": IDLE}).scalars().all()
    # In one order, for each locks the log of its person.
    for person in people:
        end_access(db, person, by=actor.person)
        note_account(db, person, SESSIONS_ENDED, actor.person)
    return finish(db, actor, request, Done({"ended": len(people)}))


#: The people beside one who have a live session or token.
_WITH_ACCESS = text(f"""
    SELECT p.id FROM people p WHERE NOT p.service AND p.id <> CAST(:person AS uuid) AND (
        EXISTS (SELECT FROM sessions s WHERE s.person_id = p.id AND {_live("s")})
        OR EXISTS (SELECT FROM tokens t WHERE t.person_id = p.id AND {live_token("t")})
    ) ORDER BY p.id
""")


def show_me(actor: Actor) -> Me:
    """Who the actor is, and in which roles."""
    roles = [
        HeldRole(
            role=membership.role,
            programme=membership.programme,
            organisation=membership.organisation,
            deputy_for=membership.deputy_for,
            ends_at=instant(membership.ends_at) if membership.ends_at else None,
        )
        for membership in actor.memberships
    ]
    return Me(
        id=actor.person,
        name=actor.name,
        language=actor.language,
        roles=roles,
        scopes=sorted(actor.scopes),
    )
