"""What is stored: every table, with what its columns mean. Times are timestamptz in UTC, ids are UUIDv7."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)

Id = UUID(as_uuid=False)
Time = DateTime(timezone=True)


def _id(**more: object) -> Column[str]:
    return Column("id", Id, primary_key=True, **more)  # type: ignore[arg-type]  # passed on to Column as they are


def _ref(name: str, target: str, *, nullable: bool = False, comment: str = "", index: bool = False) -> Column[str]:
    return Column(name, Id, ForeignKey(target), nullable=nullable, comment=comment or None, index=index)


_now = text("clock_timestamp()")

# --- history ---------------------------------------------------------------------------------------------------------

logs = Table(
    "logs",
    metadata,
    Column("id", Id, primary_key=True, comment="Random: it names the log in every header"),
    Column("kind", Text, nullable=False, comment="case, mediation, programme, organisation, person, right, finding, erasure or installation"),
    Column("programme_id", Id, comment="Null for what belongs to no programme"),
    Column("seq", BigInteger, nullable=False, server_default=text("0"), comment="Of the last event; no gaps"),
    Column("head", Text, nullable=False, comment="Hash of the last event, hex"),
    Column("last_at", Time, nullable=False, comment="Time of the last event; the next one is later"),
    CheckConstraint(
        "kind IN ('case', 'mediation', 'programme', 'organisation', 'person', 'right', 'finding', 'erasure', 'installation')", name="kind"
    ),
    comment="One row for each unit of visibility; the row that every deed in it locks",
    postgresql_with={"fillfactor": "80"},
)

#: Events that an auditor asks for first: all that a definition says to be so, by name. A query for them repeats this word for
#: word, so that the index serves it.
EXCEPTIONAL = (
    "e.kind IN ('proposed', 'refused') OR e.effects ? 'proposed' OR e.effects ? 'happened_on' OR e.effects ? 'reopened'"
    " OR e.effects->>'transition' IN ('ask_extension', 'compliance_stop', 'extend_term', 'fee_waived', 'skip_assessment',"
    " 'waive_assessment', 'waive_conflict')"
    " OR e.kind = 'completed' AND e.effects->>'name' IN ('ask_more_time', 'decide_extension', 'decide_more_time',"
    " 'decide_waiver', 'nda')"
)
#: Events whose words a search reads; its queries name the same kinds, so that the index serves them.
WORDS = "kind IN ('document_registered', 'letter_sent', 'noted', 'said')"

events = Table(
    "events",
    metadata,
    Column("log_id", Id, ForeignKey("logs.id"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Time, nullable=False, comment="When it was recorded, by the database's clock after the lock"),
    Column("kind", Text, nullable=False),
    Column("track_id", Id, comment="The track that it moved, if one"),
    Column("actor_id", Text, nullable=False, comment="A person's id, or system"),
    Column("header", JSONB, nullable=False, comment="What the hash is made of, with the digests of the other parts"),
    Column("effects", JSONB, nullable=False, comment="What follows from it; never personal, never erased"),
    Column("body", JSONB, nullable=False, comment="Form values, each with its salt; erasable"),
    Column("hash", Text, nullable=False, comment="SHA-256 of prev and the canonical header, hex"),
    Index("ix_events_log_id_track_id_seq", "log_id", "track_id", "seq"),
    Index("ix_events_words", "log_id", "seq", postgresql_where=text(WORDS)),
    Index("ix_events_exceptional", "at", "log_id", "seq", postgresql_where=text(EXCEPTIONAL.replace("e.", ""))),
    comment="The history. Append-only: a trigger refuses everything else, to the owner as well",
)

requests = Table(
    "requests",
    metadata,
    Column("actor_id", Id, primary_key=True),
    Column("key", Text, primary_key=True, comment="Idempotency-Key as sent"),
    Column("digest", Text, nullable=False, comment="Of the request's method, path and body"),
    Column("status", Integer, comment="Of the answer; null only while the request runs"),
    Column("answer", JSONB, comment="How to rebuild the answer; shown-once secrets are never in it"),
    Column("log_id", Id),
    Column("seq", BigInteger),
    Column("made_at", Time, nullable=False, server_default=_now, index=True),
    comment="What was asked once and is not done twice",
)

editions = Table(
    "editions",
    metadata,
    Column("fingerprint", Text, primary_key=True),
    Column("workflow", Text, nullable=False),
    Column("number", Integer, nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("texts", JSONB, nullable=False),
    Column("published_at", Time, nullable=False, server_default=_now),
    UniqueConstraint("workflow", "number"),
    comment="Frozen workflows; every track is pinned to one",
)

# --- who -------------------------------------------------------------------------------------------------------------

programmes = Table(
    "programmes",
    metadata,
    _id(comment="Also the id of its log"),
    Column("code", Text, nullable=False, unique=True, comment="First part of its case numbers: BJ"),
    Column("name", Text, nullable=False),
    Column("name_zh", Text),
    Column("calendar", JSONB, nullable=False, comment="Working days, slots and zone, as Calendar.to_json gives it"),
    Column(
        "recount_after", Id,
        comment="Last log whose clocks were counted again by the present calendar; null when all were",
    ),
    Column("created_at", Time, nullable=False, server_default=_now),
)

phases = Table(
    "phases",
    metadata,
    _id(),
    _ref("programme_id", "programmes.id"),
    Column("name", Text, nullable=False),
    Column("name_zh", Text),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    UniqueConstraint("programme_id", "name"),
    comment="Stages of a programme",
)

organisations = Table(
    "organisations",
    metadata,
    _id(comment="Also the id of its log"),
    Column("name", Text, nullable=False),
    Column("name_zh", Text),
    Column("country", Text, comment="ISO 3166-1 alpha-2"),
    Column("register_number", Text, comment="Unified social credit code, or a foreign register's number"),
    Column("kind", Text, comment="company, institution, government, association, provider or other"),
    Column("services", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="Kinds of referral it takes"),
    Column("profile", JSONB, nullable=False, server_default=text("'{}'"), comment="Of a provider: fields, languages, places, capacity, closed, conflicts"),
    Column("owners", JSONB, nullable=False, server_default=text("'[]'"), comment="Owners above 25 %"),
    Column("language", Text, nullable=False, server_default=text("'en'")),
    Column(
        "provenance",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Per field: source, at, confirmed by, at",
    ),
    Column("created_at", Time, nullable=False, server_default=_now),
)

people = Table(
    "people",
    metadata,
    _id(comment="Random enough to stand in the history as a pseudonym; also the id of its log"),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_zh", Text),
    Column("password_hash", Text, comment="argon2id; null where the person has none yet"),
    Column("language", Text, nullable=False, server_default=text("'en'")),
    Column("zone", Text, nullable=False, server_default=text("'Asia/Shanghai'")),
    Column("theme", Text, nullable=False, server_default=text("'auto'"), comment="auto, light or dark"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Time, nullable=False, server_default=_now),
    Column("service", Boolean, nullable=False, server_default=text("false"), comment="A provider's own system: signs in to nothing, and is named for nothing"),
    Column("erased_at", Time, comment="When everything that names the person was taken out"),
    Index("uq_people_email", text("lower(email)"), unique=True),
    CheckConstraint("theme IN ('auto', 'light', 'dark')", name="theme"),
)

memberships = Table(
    "memberships",
    metadata,
    _id(),
    _ref("person_id", "people.id", index=True),
    Column("role", Text, nullable=False),
    _ref("programme_id", "programmes.id", nullable=True, index=True),
    _ref("organisation_id", "organisations.id", nullable=True, index=True),
    Column("deputy_for", Id, ForeignKey("people.id"), comment="Acts in the role while that person is away"),
    Column("starts_at", Time, nullable=False),
    Column("ends_at", Time),
    _ref("absence_id", "absences.id", nullable=True, index=True, comment="That made its holder a deputy"),
    _ref("via_id", "memberships.id", nullable=True, index=True, comment="The membership that it passes on; ends with it"),
    CheckConstraint("num_nonnulls(programme_id, organisation_id) = 1", name="one_scope"),
    CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),
    comment="A role within a programme or an organisation, for a time; the fold of the scope's log",
)

absences = Table(
    "absences",
    metadata,
    _id(),
    _ref("scope_id", "logs.id", index=True, comment="The programme or organisation that the person is away from"),
    _ref("person_id", "people.id", index=True),
    _ref("substitute_id", "people.id", index=True, comment="Holds the person's roles as a deputy meanwhile"),
    Column("starts_at", Time, nullable=False),
    Column("ends_at", Time, nullable=False),
    CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
    CheckConstraint("person_id <> substitute_id", name="another_person"),
    comment="When people are away and who stands in; the fold of the scope's log",
)

allocations = Table(
    "allocations",
    metadata,
    _id(),
    _ref("scope_id", "logs.id", comment="The programme or organisation whose queue it is"),
    Column("queue", Text, nullable=False),
    Column("strategy", Text, nullable=False, comment="Of engine.allocation; none: people take tasks themselves"),
    Column("cap", Integer, comment="Nobody who has so many open tasks gets another"),
    Column("since", Time, nullable=False, comment="Tasks opened before are left to people"),
    Column("looked_at", Time, comment="When tasks were last looked for; no part of the history"),
    Column("turns", JSONB, nullable=False, server_default="{}", comment="By person, the number of the allocation that came last; no part of the history"),
    UniqueConstraint("scope_id", "queue", name="uq_allocations_scope_queue"),
    CheckConstraint("cap IS NULL OR cap > 0", name="cap_positive"),
    comment="How queues give tasks to people by themselves; the fold of the scope's log but for the last two",
)

invitations = Table(
    "invitations",
    metadata,
    _id(),
    _ref("scope_id", "logs.id", index=True, comment="The programme or organisation that it is for"),
    Column("email", Text, comment="Null once erased, as the name"),
    Column("name", Text),
    Column("roles", ARRAY(Text), nullable=False),
    Column("language", Text, nullable=False),
    _ref("invited_by", "people.id", nullable=True, comment="Null: on the command line"),
    Column("made_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("issue", Integer, nullable=False, server_default=text("1"), comment="Which link and code these are; those before are dead"),
    Column("token", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the link's secret, which is kept nowhere"),
    Column("code", Text, nullable=False, comment="argon2id of what is told beside the mail"),
    Column("tries", Integer, nullable=False, server_default=text("0"), comment="Wrong codes in a row"),
    Column("opened", LargeBinary, comment="SHA-256 of what the browser keeps that link and code have opened it in"),
    Column("opened_until", Time),
    Column("locked_at", Time, comment="Too many wrong codes"),
    Column("revoked_at", Time),
    Column("accepted_at", Time),
    _ref("accepted_by", "people.id", nullable=True),
    comment="Who was asked to join, and what became of it; the fold of the scope's log but for its secrets",
)

skills = Table(
    "skills",
    metadata,
    _id(),
    _ref("scope_id", "logs.id", comment="The programme or organisation that keeps it"),
    _ref("person_id", "people.id", index=True),
    Column("fields", ARRAY(Text), nullable=False, comment="Of technology, in the words of needs and technologies"),
    Column("languages", ARRAY(Text), nullable=False),
    Column("services", ARRAY(Text), nullable=False, comment="The kinds of tracks whose tasks the person can do"),
    UniqueConstraint("scope_id", "person_id", name="uq_skills_scope_person"),
    comment="What people can do, as whoever leads them keeps it; the fold of the scope's log",
)

tokens = Table(
    "tokens",
    metadata,
    _id(),
    _ref("person_id", "people.id", index=True),
    Column("name", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the token; itself shown once"),
    Column("scopes", ARRAY(Text), nullable=False, comment="read, write, import, admin"),
    Column("created_at", Time, nullable=False, server_default=_now),
    Column("expires_at", Time),
    Column("revoked_at", Time),
    Column("used_at", Time),
)

service_accounts = Table(
    "service_accounts",
    metadata,
    Column("id", Id, ForeignKey("people.id"), primary_key=True, comment="Also of the row in people that the history names"),
    _ref("organisation_id", "organisations.id", index=True),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    _ref("made_by", "people.id"),
    Column("made_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("ended_at", Time),
    Column("minute", Time, comment="In which the last request came"),
    Column("asked", Integer, nullable=False, server_default=text("0"), comment="Requests in that minute"),
    comment="What a provider's own system may do, and until when; the fold of the organisation's log",
    postgresql_with={"fillfactor": "80"},
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", LargeBinary, primary_key=True, comment="SHA-256 of the cookie's token"),
    _ref("person_id", "people.id", index=True),
    Column("created_at", Time, nullable=False, server_default=_now),
    Column("seen_at", Time, nullable=False, server_default=_now),
    Column("expires_at", Time, nullable=False),
    Column("ended_at", Time),
    Column(
        "about",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Browser and address, for the person's own list",
    ),
    Column("awaits", Text, comment="second_factor or set_up: what is still missing; such a session opens nothing else"),
    Column(
        "proved_at",
        Time,
        nullable=False,
        server_default=_now,
        comment="When the person last showed who that is: password, code or passkey",
    ),
    _ref("programme_id", "programmes.id", nullable=True, comment="What its lists show; null for every programme"),
    Column("misses", Integer, nullable=False, server_default=text("0"), comment="Wrong codes while it waits for one"),
    CheckConstraint("awaits IN ('second_factor', 'set_up')", name="awaits"),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("created_at", Time, nullable=False, server_default=_now),
    Column("confirmed_at", Time, comment="Null until the first code was right; asked for only then"),
    Column("last_step", BigInteger, nullable=False, server_default=text("0"), comment="No code counts twice"),
    Column("sealed", LargeBinary, nullable=False, comment="The secret of RFC 6238, sealed by the vault"),
    comment="One-time codes of an app, asked for after the password",
)

passkeys = Table(
    "passkeys",
    metadata,
    _id(),
    _ref("person_id", "people.id", index=True),
    Column("name", Text, nullable=False, comment="As its owner calls it"),
    Column("credential", LargeBinary, nullable=False, unique=True, comment="The authenticator's own id of it"),
    Column("public_key", LargeBinary, nullable=False, comment="COSE"),
    Column(
        "sign_count", BigInteger, nullable=False, comment="Of the last use; a smaller one later betrays a copy"
    ),
    Column("created_at", Time, nullable=False, server_default=_now),
    Column("used_at", Time),
    Column("copied_at", Time, comment="When a copy was betrayed; it opens nothing since"),
    comment="Keys of WebAuthn that a person signs in with",
)

allowances = Table(
    "allowances",
    metadata,
    Column("who", Text, primary_key=True, comment="A person's id; a network of those who have not signed in"),
    Column("kind", Text, primary_key=True, comment="What was asked for, as operations.allowances names it"),
    Column("began", Time, nullable=False),
    Column("used", Integer, nullable=False, comment="How often since then"),
    comment="Bounds what costs much; forgotten when it no longer counts",
)

challenges = Table(
    "challenges",
    metadata,
    Column("challenge", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False, comment="register, sign_in or prove"),
    _ref("person_id", "people.id", nullable=True, comment="Who is to answer; null for sign_in"),
    Column("expires_at", Time, nullable=False, index=True),
    CheckConstraint("purpose IN ('register', 'sign_in', 'prove')", name="purpose"),
    comment="What an authenticator is to sign; each counts once, for some minutes",
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("hash", LargeBinary, primary_key=True, comment="SHA-256 of the code; itself shown once"),
    Column("created_at", Time, nullable=False, server_default=_now),
    Column("used_at", Time),
    comment="Ten codes for one use each, for those who have lost their app",
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("account", LargeBinary, nullable=False, comment="SHA-256 of the address that was typed, lower case"),
    Column("address", Text, nullable=False, comment="Where the attempt came from"),
    Column("at", Time, nullable=False, server_default=_now),
    Column("succeeded", Boolean, nullable=False),
    Index("ix_sign_in_attempts_account_at", "account", "at"),
    Index("ix_sign_in_attempts_address_at", "address", "at"),
    comment="Slows down those who guess; nobody is locked out",
)

password_links = Table(
    "password_links",
    metadata,
    _id(comment="The link's secret is made of it with the keys of the installation, and kept nowhere"),
    _ref("person_id", "people.id", index=True),
    Column("token", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the link's secret"),
    _ref("made_by", "people.id", nullable=True, comment="The administrator; null: by the person, or on the command line"),
    Column("made_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("used_at", Time),
    Column("ended_at", Time, comment="A newer one was made, or the account changed otherwise"),
    comment="Links for one use, by which people set a password: the first one, or a new one",
)

recoveries = Table(
    "recoveries",
    metadata,
    _id(),
    _ref("person_id", "people.id", index=True),
    Column("means", ARRAY(Text), nullable=False, comment="What is lost: password, second_factor, or both"),
    Column("reason", Text, nullable=False, comment="How whoever asks knows that it is the person"),
    _ref("asked_by", "people.id"),
    Column("asked_at", Time, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'asked'"), comment="asked, agreed, refused, withdrawn or used"),
    _ref("decided_by", "people.id", nullable=True),
    Column("decided_at", Time),
    Column("first_half", Text, nullable=False, comment="argon2id of what whoever asked tells the person"),
    Column("second_half", Text, comment="argon2id of what whoever agreed tells the person"),
    Column("expires_at", Time, nullable=False, comment="Until then it may be agreed to, or used"),
    Column("used_at", Time),
    CheckConstraint("state IN ('asked', 'agreed', 'refused', 'withdrawn', 'used')", name="state"),
    CheckConstraint("decided_by IS NULL OR decided_by NOT IN (asked_by, person_id)", name="two_persons"),
    CheckConstraint("asked_by <> person_id", name="not_for_oneself"),
    comment="How two persons let somebody in again who has lost the password or the second factor",
)

drafts = Table(
    "drafts",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("form", Text, primary_key=True, comment="Which form of which thing"),
    Column("data", JSONB, nullable=False, comment="What was typed, by input name"),
    Column("saved_at", Time, nullable=False, server_default=_now, index=True),
    comment="What a person has typed and not yet sent",
)

saved_filters = Table(
    "saved_filters",
    metadata,
    _id(),
    _ref("person_id", "people.id"),
    Column("page", Text, nullable=False, comment="Which list"),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False, comment="As it stands in the address"),
    Column("created_at", Time, nullable=False, server_default=_now),
    UniqueConstraint("person_id", "page", "name"),
    comment="Filters of lists that a person has given a name",
)

looks = Table(
    "looks",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("thing_id", Id, primary_key=True, comment="The log of a case or mediation, or a provider's referral"),
    Column("seq", BigInteger, nullable=False, comment="The last event of the log when the person looked"),
    Column("at", Time, nullable=False),
    comment="What a person has looked at; marks what has changed since, and is no part of the history",
)

# --- what is matched -------------------------------------------------------------------------------------------------

needs = Table(
    "needs",
    metadata,
    _id(),
    _ref("programme_id", "programmes.id"),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_zh", Text),
    _ref("owner_id", "organisations.id", nullable=True),
    Column("sector", Text),
    Column("district", Text),
    Column("problem", Text),
    Column("target", Text),
    Column("budget", Numeric),
    Column("budget_currency", Text),
    Column("readiness_low", Integer),
    Column("readiness_high", Integer),
    Column("wanted_form", Text),
    Column("wanted_by", Date),
    Column(
        "status",
        Text,
        nullable=False,
        server_default=text("'published'"),
        comment="draft, published, matched, met, expired",
    ),
    Column("valid_until", Date),
    Column(
        "more",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Process, baseline, site, constraints, contacts",
    ),
    Column(
        "provenance",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Per field: source, at, confirmed by, at",
    ),
    Column("created_at", Time, nullable=False, server_default=_now),
    Column("updated_at", Time, nullable=False, server_default=_now),
    UniqueConstraint("programme_id", "source", "external_id"),
    CheckConstraint("readiness_low BETWEEN 1 AND 9 AND readiness_high BETWEEN readiness_low AND 9", name="readiness"),
)

technologies = Table(
    "technologies",
    metadata,
    _id(),
    _ref("programme_id", "programmes.id"),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("title_zh", Text),
    _ref("owner_id", "organisations.id", nullable=True),
    Column("description", Text),
    Column("developed_in", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("deployed_in", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("benefits", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("website", Text),
    Column("readiness_text", Text),
    Column("readiness_low", Integer),
    Column("readiness_high", Integer),
    Column("ip_text", Text),
    Column("verification", JSONB, comment="Statement: number, verdict, valid_until; counts only once confirmed"),
    Column("more", JSONB, nullable=False, server_default=text("'{}'")),
    Column(
        "provenance",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Per field: source, at, confirmed by, at",
    ),
    Column("created_at", Time, nullable=False, server_default=_now),
    Column("updated_at", Time, nullable=False, server_default=_now),
    UniqueConstraint("programme_id", "source", "external_id"),
)

rights = Table(
    "rights",
    metadata,
    _id(comment="Also the id of its log"),
    _ref("programme_id", "programmes.id"),
    _ref("technology_id", "technologies.id", nullable=True, index=True),
    Column(
        "kind", Text, nullable=False, comment="invention, utility_model, design, software, trade_secret or know_how"
    ),
    Column("office", Text),
    Column("number", Text),
    Column("owner", Text),
    Column("in_force", Boolean),
    Column("expires_on", Date),
    Column("fee_paid_to", Date),
    Column("checked_on", Date),
    Column(
        "confirmed",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="A person has confirmed the imported record",
    ),
    Column(
        "encumbrances",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="Pledges, licences, transfers; the fold of its log",
    ),
    Column("created_at", Time, nullable=False, server_default=_now),
    UniqueConstraint("programme_id", "office", "number"),
)

matches = Table(
    "matches",
    metadata,
    _id(),
    _ref("programme_id", "programmes.id"),
    Column("source", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    _ref("need_id", "needs.id", index=True),
    _ref("technology_id", "technologies.id", index=True),
    Column("proposed_on", Date),
    Column("proposed_by", Text, comment="Person, event or algorithm"),
    Column("score", Numeric),
    Column("rationale", Text),
    Column("case_id", Id, unique=True, comment="The case that it became"),
    Column("created_at", Time, nullable=False, server_default=_now),
    UniqueConstraint("programme_id", "source", "external_id"),
    UniqueConstraint("programme_id", "need_id", "technology_id"),
)

numbers = Table(
    "numbers",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    comment="Counters of case numbers; locked last of all",
)

# --- cases: the fold of their logs -----------------------------------------------------------------------------------

cases = Table(
    "cases",
    metadata,
    Column("id", Id, ForeignKey("logs.id"), primary_key=True, comment="Its log"),
    _ref("programme_id", "programmes.id"),
    Column("number", Text, nullable=False, unique=True),
    Column("title", Text),
    Column("match_id", Id),
    Column("need_id", Id, index=True),
    Column("technology_id", Id),
    Column("phase_id", Id),
    Column("parties", JSONB, nullable=False, comment="Organisations by side"),
    Column("rights", ARRAY(Id), nullable=False),
    Column("owner_id", Id),
    Column("team", ARRAY(Id), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False, comment="Of its main track"),
    Column("interests", ARRAY(Text), nullable=False, comment="People with a declared interest"),
    Column("joins", JSONB, nullable=False, server_default=text("'[]'"), comment="How referrals side by side are waited for"),
    Column("hold", JSONB(none_as_null=True)),
    Column("frozen", Boolean, nullable=False),
    Column("outcome", Text),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("opened_at", Time, nullable=False),
    Column("closed_at", Time),
    Index("ix_cases_interested", "id", postgresql_where=text("interests <> '{}'")),
    Index("ix_cases_programme_id_opened_at_id", "programme_id", "opened_at", "id"),
    Index("ix_cases_opened_at_id", "opened_at", "id"),
    Index("ix_cases_owner_id_live", "owner_id", "id", postgresql_where=text("closed_at IS NULL")),
    Index("ix_cases_team", "team", postgresql_using="gin"),
    Index("ix_cases_owner_id_closed", "owner_id", "id", postgresql_where=text("closed_at IS NOT NULL")),
    comment="Cases; what the events add up to",
    postgresql_with={"fillfactor": "80"},
)

mediations = Table(
    "mediations",
    metadata,
    Column("id", Id, ForeignKey("logs.id"), primary_key=True, comment="Its sealed log"),
    _ref("programme_id", "programmes.id"),
    Column("case_id", Id, nullable=False, comment="The case that it is about"),
    Column("parties", JSONB, nullable=False),
    Column("rights", ARRAY(Id), nullable=False),
    Column("title", Text),
    Column("owner_id", Id, comment="The dispute officer named for it"),
    Column("team", ARRAY(Id), nullable=False, comment="Others named for it"),
    Column("revision", Integer, nullable=False),
    Column("interests", ARRAY(Text), nullable=False),
    Column("hold", JSONB(none_as_null=True)),
    Column("frozen", Boolean, nullable=False),
    Column("outcome", Text),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("opened_at", Time, nullable=False),
    Column("closed_at", Time),
    Index("ix_mediations_interested", "id", postgresql_where=text("interests <> '{}'")),
    comment="Sealed: for everybody not named here it does not exist",
)

tracks = Table(
    "tracks",
    metadata,
    _id(),
    _ref("log_id", "logs.id", index=True),
    Column("workflow", Text, nullable=False),
    Column("edition", Text, ForeignKey("editions.fingerprint"), nullable=False),
    Column("kind", Text, nullable=False, comment="Of a referral the service, else the workflow"),
    Column("parent_id", Id),
    Column("provider_id", Id),
    Column("states", ARRAY(Text), nullable=False),
    Column("entered_at", Time, nullable=False),
    Column("opened_at", Time, nullable=False),
    Column("position", Integer, nullable=False, comment="Order of opening in its log"),
    Column("revision", Integer, nullable=False),
    Column("ended_at", Time),
    Column("outcome", Text),
    Column("replaced", Boolean, nullable=False),
    Column("came_from", JSONB, nullable=False),
    Column("fired", JSONB, nullable=False, comment="Per transition: count, at, actor, acting_for, data"),
    Column("given", JSONB, nullable=False),
    Column("barred", ARRAY(Text), nullable=False),
    Column("named", Text),
    Column("received", JSONB, nullable=False, server_default=text("'{}'"), comment="Per transition: count and time of the other side's receipt"),
    Column("objections", JSONB, nullable=False, server_default=text("'{}'"), comment="What a side does not agree with, by id"),
    Index("ix_tracks_provider_id_live", "provider_id", "id", postgresql_where=text("provider_id IS NOT NULL")),
    postgresql_with={"fillfactor": "80"},
)

tasks = Table(
    "tasks",
    metadata,
    _id(),
    _ref("log_id", "logs.id", index=True),
    Column("programme_id", Id, nullable=False),
    Column("track_id", Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("edition", Text, nullable=False, comment="That opened it"),
    Column("rule", Text, nullable=False),
    Column("type", Text, nullable=False, comment="step, side or decision"),
    Column("queue", Text, nullable=False),
    Column("organisation_id", Id, comment="Of a provider's queue"),
    Column("state", Text, nullable=False, comment="WS-HumanTask's"),
    Column("opened_at", Time, nullable=False),
    Column("due_at", Time),
    Column("holder_id", Id),
    Column("about", Text),
    Column("of", Text),
    Column("closed_at", Time),
    Column("closed_by", Text),
    Column("acted_for", Text),
    Column("result", JSONB, nullable=False),
    Column("flagged", Boolean, nullable=False, comment="The last rung of its ladder has come"),
    Column("aftercare", Boolean, nullable=False),
    Column("before", Text, comment="State before it was suspended"),
    Column("initiator", Text, comment="Who asked for it"),
    Column("priority", SmallInteger, nullable=False, server_default="0", comment="1 high, 0 normal, -1 low"),
    Column("turn_at", Time, nullable=False, comment="Its place in the queue, by engine.turns"),
    Column("handed", JSONB, comment="How it came to whom it is with: how, by, to, seq of the event with the note"),
    Column("wait", JSONB, comment="While a person lets it wait: for whom, until which day, seq of the event with the reason"),
    Column(
        "items", JSONB, nullable=False, server_default="{}",
        comment="Of its checklist what was ticked, unticked or added: done, by, at, seq of the event with the words",
    ),
    Column("position", Integer, nullable=False),
    Index(
        "ix_tasks_programme_queue",
        "programme_id",
        "queue",
        "due_at",
        "id",
        postgresql_where=text("state = 'Ready' AND organisation_id IS NULL"),
    ),
    Index(
        "ix_tasks_programme_turn",
        "programme_id",
        "queue",
        "turn_at",
        "id",
        postgresql_where=text("state = 'Ready' AND organisation_id IS NULL"),
    ),
    Index(
        "ix_tasks_organisation_turn",
        "organisation_id",
        "queue",
        "turn_at",
        "id",
        postgresql_where=text("state = 'Ready' AND organisation_id IS NOT NULL"),
    ),
    Index(
        "ix_tasks_holder",
        "holder_id",
        "due_at",
        "id",
        postgresql_where=text("state IN ('Reserved', 'InProgress', 'Suspended')"),
    ),
    Index(
        "ix_tasks_ours_due",
        "due_at",
        "log_id",
        postgresql_where=text(
            "state IN ('Ready', 'Reserved', 'InProgress', 'Suspended') AND NOT aftercare AND organisation_id IS NULL"
        ),
        postgresql_include=["state"],
    ),
    Index(
        "ix_tasks_aftercare",
        "log_id",
        "due_at",
        postgresql_where=text(
            "state IN ('Ready', 'Reserved', 'InProgress', 'Suspended') AND aftercare AND organisation_id IS NULL"
        ),
        postgresql_include=["state"],
    ),
    Index(
        "ix_tasks_theirs_due",
        "due_at",
        "log_id",
        postgresql_where=text("state IN ('Ready', 'Reserved', 'InProgress') AND organisation_id IS NOT NULL"),
    ),
    Index("ix_tasks_closed_by", "closed_by", "closed_at", "id", postgresql_where=text("closed_by IS NOT NULL")),
    Index("ix_tasks_log_id_position", "log_id", "position"),
    Index("ix_tasks_aftercare_ready", "log_id", postgresql_where=text("aftercare AND state = 'Ready'")),
    postgresql_with={"fillfactor": "85", "autovacuum_vacuum_scale_factor": "0.01"},
)

clocks = Table(
    "clocks",
    metadata,
    _id(),
    _ref("log_id", "logs.id", index=True),
    Column("track_id", Id, nullable=False),
    Column("task_id", Id),
    Column("consent_id", Id),
    Column("grant_id", Id),
    Column("unit", Text, nullable=False, comment="wd or cd"),
    Column("of", Text, comment="State of the track that it belongs to"),
    Column("rungs", JSONB, nullable=False, comment="Each an instant, what happens then, and how it was counted"),
    Column("start", Time, nullable=False, comment="Since when they are counted: the start, or when it last went on"),
    Column("calendar", Text, nullable=False, comment="Digest of the calendar that they were counted with"),
    Column("next", Integer, nullable=False, comment="First rung that has not fired"),
    Column("state", Text, nullable=False, comment="running or paused; a stopped clock has no row"),
    Column("left", ARRAY(BigInteger), nullable=False, comment="Minutes that a pause keeps for each rung"),
    Column("fires_at", Time, comment="Of the next rung while it runs"),
    Index("ix_clocks_paused", "log_id", "task_id", postgresql_where=text("state = 'paused'")),
    Index("ix_clocks_due", "fires_at", "id", postgresql_where=text("fires_at IS NOT NULL")),
    postgresql_with={"fillfactor": "80"},
)

proposals = Table(
    "proposals",
    metadata,
    _id(),
    _ref("log_id", "logs.id", index=True),
    Column("track_id", Id, nullable=False),
    Column("transition", Text, nullable=False),
    Column("actor_id", Text, nullable=False),
    Column("acting_for", Text),
    Column("seq", BigInteger, nullable=False),
    Column("data", JSONB, nullable=False),
    Column("task_id", Id, nullable=False),
    comment="What waits for a second person; decided ones have no row",
)

consents = Table(
    "consents",
    metadata,
    _id(),
    _ref("log_id", "logs.id", index=True),
    Column("party", Text, nullable=False),
    Column("providers", ARRAY(Id), comment="Null: all"),
    Column("documents", ARRAY(Id), comment="Null: all"),
    Column("given_on", Date, nullable=False),
    Column("expires_on", Date),
    Column("ended_at", Time),
    Column("how", Text),
)

documents = Table(
    "documents",
    metadata,
    _id(),
    _ref("log_id", "logs.id", index=True),
    Column("party", Text),
    Column("kind", Text, nullable=False),
    Column("registered_at", Time, nullable=False),
    Column("valid_until", Date),
    Column("track_id", Id, comment="The referral whose provider handed it in, or was sent it; null for the office's own"),
    Column("withdrawn_at", Time),
    Column(
        "own", Boolean, nullable=False, server_default=text("false"), comment="The office's own, with nothing of a party in it"
    ),
    Column("letter", Text, comment="Which letter of the office it is: invitation, referral, reminder or closing"),
)

files = Table(
    "files",
    metadata,
    _id(),
    _ref("log_id", "logs.id", index=True),
    Column("document_id", Id, nullable=False),
    Column("version", Integer, nullable=False, comment="1, 2, 3 … within its document"),
    Column("type", Text, nullable=False, comment="What it was found to be, such as pdf"),
    Column("size", BigInteger, nullable=False),
    Column("filed_at", Time, nullable=False),
    Column("filed_by", Text, nullable=False),
    Column("name", Text, comment="Null once erased"),
    Column("digest", Text, comment="SHA-256 of what is in it; null once erased"),
    UniqueConstraint("document_id", "version"),
    comment="Versions of documents; what the events add up to",
)

compartments = Table(
    "compartments",
    metadata,
    _id(),
    _ref("log_id", "logs.id"),
    Column("part", Text, nullable=False, comment="Whose files: a party's, the office's own (case), or a referral's"),
    Column("sealed", LargeBinary, nullable=False, comment="The key of its files, sealed with the installation's"),
    UniqueConstraint("log_id", "part"),
    comment="Keys of files; without its row a compartment is unreadable for ever",
)

blobs = Table(
    "blobs",
    metadata,
    _id(),
    _ref("compartment_id", "compartments.id"),
    Column("name", Text, nullable=False, comment="Keyed hash of the content: where it lies in the store"),
    Column("touched_at", Time, nullable=False, server_default=_now, comment="When it was last put there"),
    Column(
        "loose", Boolean, nullable=False, server_default=text("true"), comment="No document holds it yet; what stays so is swept"
    ),
    Column("scan", Text, comment="pending, clean or blocked; null where there was no scanner"),
    Column("scanned_at", Time),
    Column("found", Text, comment="What the scanner called it"),
    CheckConstraint("scan IN ('pending', 'clean', 'blocked')", name="scan"),
    UniqueConstraint("compartment_id", "name"),
    Index("ix_blobs_loose", "touched_at", "id", postgresql_where=text("loose")),
    Index("ix_blobs_pending", "touched_at", "id", postgresql_where=text("scan = 'pending'")),
    comment="What lies in the store; written before it is put there, so that nothing lies there unknown",
)

contents = Table(
    "contents",
    metadata,
    Column("file_id", Id, ForeignKey("files.id"), primary_key=True),
    _ref("blob_id", "blobs.id", index=True),
    comment="Which blob holds a version; no row once it was erased",
)

grants = Table(
    "grants",
    metadata,
    _id(),
    _ref("log_id", "logs.id", index=True),
    Column("track_id", Id, nullable=False, index=True),
    Column("document_id", Id, nullable=False, index=True),
    Column("consents", ARRAY(Id), nullable=False, comment="One of each party that the document concerns"),
    Column("given_at", Time, nullable=False),
    Column("ended_at", Time),
    Column("returned_at", Time, comment="When its provider said that the copies were given back or destroyed"),
    Column("until", Date, comment="Its last day, where the office named one; its consent may end before"),
)

openings = Table(
    "openings",
    metadata,
    _id(),
    _ref("log_id", "logs.id", index=True),
    Column("kind", Text, nullable=False, comment="unsealing, by two persons; glass, by its reader in an emergency"),
    Column("state", Text, nullable=False, comment="asked, open, refused or ended; open counts until its end only"),
    Column("reader_id", Id, nullable=False),
    Column("asker_id", Id, nullable=False),
    Column("decider_id", Id, comment="The second person, who agrees"),
    Column("asked_at", Time, nullable=False),
    Column("days", Integer, nullable=False),
    Column("until", Time, comment="When it ends by itself"),
    Column("decided_at", Time),
    Column("ended_at", Time, comment="Before its time, by a person"),
    Column("told_on", Date, comment="When the parties were told"),
    Index("ix_openings_reader_id", "reader_id", "until", postgresql_where=text("state = 'open'")),
    Index("ix_openings_decider_id", "decider_id", "id", postgresql_where=text("state = 'asked'")),
    comment="Logs that are open to one more reader for a time; what the events add up to",
)

# --- messages --------------------------------------------------------------------------------------------------------

mentions = Table(
    "mentions",
    metadata,
    _id(),
    _ref("programme_id", "programmes.id"),
    _ref("log_id", "logs.id", index=True),
    Column("track_id", Id, comment="The referral whose thread it is in; null for an internal note"),
    Column("message_id", Id, nullable=False),
    _ref("person_id", "people.id", comment="Who is mentioned"),
    Column("made_at", Time, nullable=False),
    Column("read_at", Time, comment="When that person opened it; no part of the history"),
    UniqueConstraint("message_id", "person_id"),
    Index("ix_mentions_person_id_unread", "person_id", "made_at", "id", postgresql_where=text("read_at IS NULL")),
    Index("ix_mentions_person_id_made_at", "person_id", "made_at", "id"),
    comment="Who is told of a message; but for read_at what the events add up to",
)

# --- what people are told ---------------------------------------------------------------------------------------------

outbox = Table(
    "outbox",
    metadata,
    Column("log_id", Id, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    comment="Events that may owe somebody a notice; written with them, gone once their notices are written",
)

notifications = Table(
    "notifications",
    metadata,
    _id(),
    _ref("person_id", "people.id"),
    _ref("log_id", "logs.id"),
    Column("seq", BigInteger, nullable=False, comment="Of the event that it tells of"),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False, comment="The task or track, or nothing"),
    Column("at", Time, nullable=False, comment="When it happened"),
    Column("edition", Text, comment="Whose text names the deed"),
    Column("words", Text, comment="The key of that text"),
    Column("track_id", Id),
    Column("task_id", Id),
    Column("due_at", Time),
    Column("read_at", Time),
    Column("mail_id", Id, ForeignKey("mails.id"), comment="The mail that says it; null: it is not mailed"),
    UniqueConstraint("person_id", "log_id", "seq", "kind", "about"),
    Index("ix_notifications_person_id_at", "person_id", "at", "id"),
    Index("ix_notifications_person_id_unread", "person_id", "id", postgresql_where=text("read_at IS NULL")),
    Index("ix_notifications_mail_id", "mail_id"),
    comment="What a person is told, in the pages and by mail; what it is about is looked up when it is shown",
)

mails = Table(
    "mails",
    metadata,
    _id(comment="Also in its Message-ID, the same at each attempt"),
    _ref("person_id", "people.id", nullable=True),
    _ref("invitation_id", "invitations.id", nullable=True, index=True, comment="To somebody who may have no account yet"),
    _ref("file_id", "files.id", nullable=True, index=True, comment="To a party: this letter, to the address that its event names"),
    Column("key", Text, nullable=False, unique=True, comment="What it is for; nothing is mailed twice"),
    Column("kind", Text, nullable=False, comment="Of its notice, or digest, or invitation"),
    Column("sealed", Boolean, nullable=False, comment="It says nothing but that something waits"),
    Column("state", Text, nullable=False, server_default=text("'queued'"), comment="queued, sent, failed or cancelled"),
    Column("made_at", Time, nullable=False),
    Column("send_at", Time, nullable=False, comment="Not before this"),
    Column("tries", JSONB, nullable=False, server_default=text("'[]'"), comment="Of each attempt: at, and what came of it"),
    Column("ended_at", Time),
    CheckConstraint("state IN ('queued', 'sent', 'failed', 'cancelled')", name="state"),
    CheckConstraint("num_nonnulls(person_id, invitation_id, file_id) = 1", name="one_reader"),
    Index("ix_mails_queued", "send_at", "id", postgresql_where=text("state = 'queued'")),
    Index("ix_mails_made_at_id", "made_at", "id"),
    comment="Mails, with what became of them; the words are made when one is sent, and are not kept",
)

notification_preferences = Table(
    "notification_preferences",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("choices", JSONB, nullable=False, server_default=text("'{}'"), comment="Per kind: at_once, digest or none"),
    Column("quiet", Boolean, nullable=False, server_default=text("false"), comment="No mail outside working hours"),
    comment="How a person wants to be told; no row: as usual",
)

# --- what providers' own systems are told ------------------------------------------------------------------------------

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    _id(),
    _ref("organisation_id", "organisations.id", index=True),
    Column("url", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False, comment="What signs its messages, sealed by the vault"),
    Column("former", LargeBinary, comment="The secret before, which signs beside it for a while"),
    Column("former_until", Time),
    _ref("made_by", "people.id"),
    Column("made_at", Time, nullable=False),
    Column("ended_at", Time, comment="By its organisation, or because its receiver answered 410 Gone"),
    comment="Where a provider's own system wants to be told",
)

webhook_messages = Table(
    "webhook_messages",
    metadata,
    _id(comment="Also its webhook-id, the same at each attempt"),
    _ref("endpoint_id", "webhook_endpoints.id"),
    _ref("log_id", "logs.id"),
    Column("seq", BigInteger, nullable=False, comment="Of the event that it tells of"),
    Column("type", Text, nullable=False),
    Column("payload", Text, nullable=False, comment="As it is signed and sent: ids and states, nothing confidential"),
    Column("state", Text, nullable=False, server_default=text("'queued'"), comment="queued, delivered, failed or cancelled"),
    Column("made_at", Time, nullable=False),
    Column("send_at", Time, nullable=False, comment="Not before this"),
    Column("tries", JSONB, nullable=False, server_default=text("'[]'"), comment="Of each attempt: at, and what came of it"),
    UniqueConstraint("endpoint_id", "log_id", "seq"),
    CheckConstraint("state IN ('queued', 'delivered', 'failed', 'cancelled')", name="state"),
    Index("ix_webhook_messages_queued", "send_at", "id", postgresql_where=text("state = 'queued'")),
    Index("ix_webhook_messages_endpoint_id_made_at", "endpoint_id", "made_at", "id"),
    comment="What an endpoint is told, and what became of it",
)

# --- the nightly check -------------------------------------------------------------------------------------------------

house_rule_days = Table(
    "house_rule_days",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True),
    Column("day", Date, primary_key=True, comment="On the programme's own clock"),
    Column("at", Time, nullable=False),
    Column("live", Integer, nullable=False, comment="Cases that were not closed"),
    Column("broken", Integer, nullable=False, comment="Of these the ones that broke the rule"),
    Column("breaches", JSONB, nullable=False, comment="How often, by kind"),
    comment="The nightly check's figures",
)

# --- auditors --------------------------------------------------------------------------------------------------------

findings = Table(
    "findings",
    metadata,
    Column("id", Id, ForeignKey("logs.id"), primary_key=True, comment="Also the id of its log"),
    _ref("programme_id", "programmes.id"),
    _ref("case_id", "logs.id", comment="The log of the case that it is about"),
    Column("seq", BigInteger, nullable=False, comment="Of the event that it is about"),
    Column("state", Text, nullable=False, comment="open, answered or closed"),
    Column("words", Text, comment="What was found; null once erased"),
    Column("answer", Text, comment="The last answer"),
    Column("raised_by", Id, nullable=False),
    Column("raised_at", Time, nullable=False),
    Column("answered_by", Id),
    Column("answered_at", Time),
    Column("closed_by", Id),
    Column("closed_at", Time),
    Column("revision", Integer, nullable=False, comment="Counts the deeds on it"),
    CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
    Index("ix_findings_case_id_seq", "case_id", "seq"),
    Index("ix_findings_programme_id_raised_at", "programme_id", "raised_at", "id"),
    comment="What auditors found at an event of a case; what the events of its log add up to",
)


def _chained() -> tuple[Column[Any], ...]:
    """What binds a reading to the one before it; a trigger fills it in, whatever was given."""
    return (
        Column("n", BigInteger, nullable=False, comment="Its place in the chain"),
        Column("salt", Text, comment="Of the hash of the query; null once an erasure took the query out"),
        Column("query", Text, nullable=False, comment="Salted hash of the address's query, hex"),
        Column("hash", Text, nullable=False, comment="Of the reading and the one before it, hex"),
        Column("erasure_id", Id, comment="Which erasure took the query out"),
    )


# Apart from the others, whose numbers would else have a gap where somebody opened a mediation.
sealed_readings = Table(
    "sealed_readings",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _ref("log_id", "logs.id", comment="The mediation"),
    _ref("person_id", "people.id"),
    Column("at", Time, nullable=False, server_default=_now),
    Column("address", Text, nullable=False, comment="Path and query that were asked for"),
    *_chained(),
    UniqueConstraint("log_id", "n"),
    Index("ix_sealed_readings_log_id_id", "log_id", "id"),
    comment="Who opened a sealed mediation; listed to those named for it alone, and never changed by the application",
)

readings = Table(
    "readings",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _ref("person_id", "people.id"),
    Column("at", Time, nullable=False, server_default=_now),
    Column("number", Text, comment="Of the case, where it was one"),
    Column("address", Text, nullable=False, comment="Path and query that were asked for"),
    Column("document_id", Id, comment="Where a document's file was taken out"),
    *_chained(),
    UniqueConstraint("person_id", "n"),
    Index("ix_readings_person_id_id", "person_id", "id"),
    Index("ix_readings_document_id_id", "document_id", "id", postgresql_where=text("document_id IS NOT NULL")),
    comment="What auditors have read, and who took out which document; never changed by the application",
)

reading_heads = Table(
    "reading_heads",
    metadata,
    _id(comment="The reader's, or of a sealed mediation the log's"),
    Column("n", BigInteger, nullable=False, comment="Of the last reading in the chain; no gaps"),
    Column("head", Text, nullable=False, comment="Its hash, hex"),
    comment="Where each chain of readings ends; written by the database alone",
)

# --- erasing people --------------------------------------------------------------------------------------------------

erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, ForeignKey("logs.id"), primary_key=True, comment="Also the id of its log"),
    _ref("programme_id", "programmes.id", comment="In which both persons have their roles"),
    _ref("person_id", "people.id", nullable=True, comment="Whose account; null for somebody without one"),
    Column("basis", Text, nullable=False, comment="The legal basis: request, withdrawn, needless or order"),
    Column("state", Text, nullable=False, comment="asked, agreed, done or refused"),
    Column("words", JSONB(none_as_null=True), comment="What names the person: names, addresses, numbers; null once done"),
    Column("reason", Text, comment="Null once done, where it named the person"),
    Column("asked_by", Id, nullable=False),
    Column("asked_at", Time, nullable=False),
    Column("decided_by", Id, comment="The second person, who agreed or did not"),
    Column("decided_at", Time),
    Column("done_at", Time),
    CheckConstraint("state IN ('asked', 'agreed', 'done', 'refused')", name="state"),
    CheckConstraint("decided_by <> asked_by", name="two_persons"),
    Index("ix_erasures_agreed", "decided_at", "id", postgresql_where=text("state = 'agreed'")),
    Index("ix_erasures_programme_id_asked_at", "programme_id", "asked_at", "id"),
    comment="Erasures of persons; what the events of their logs add up to",
)
