"""How people and programs sign in, and what they keep for themselves."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from casework.records.tables.base import NOW, Id, Time, id_column, metadata, reference

tokens = Table(
    "tokens",
    metadata,
    id_column(),
    reference("person_id", "people.id", index=True),
    Column("name", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the token; itself shown once"),
    Column("scopes", ARRAY(Text), nullable=False, comment="read, write, import, admin"),
    Column("created_at", Time, nullable=False, server_default=NOW),
    Column("expires_at", Time),
    Column("revoked_at", Time),
    Column("used_at", Time),
)

service_accounts = Table(
    "service_accounts",
    metadata,
    Column(
        "id", Id, ForeignKey("people.id"), primary_key=True, comment="Also of the row in people that the history names"
    ),
    reference("organisation_id", "organisations.id", index=True),
    Column("name", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    reference("made_by", "people.id"),
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
    reference("person_id", "people.id", index=True),
    Column("created_at", Time, nullable=False, server_default=NOW),
    Column("seen_at", Time, nullable=False, server_default=NOW),
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
        server_default=NOW,
        comment="When the person last showed who that is: password, code or passkey",
    ),
    reference("programme_id", "programmes.id", nullable=True, comment="What its lists show; null for every programme"),
    Column("misses", Integer, nullable=False, server_default=text("0"), comment="Wrong codes while it waits for one"),
    reference(
        "identity_id",
        "identities.id",
        nullable=True,
        comment="By which it began, where a provider of sign-in said who it is",
    ),
    Column("provider_sid", Text, index=True, comment="The provider's own session, which ends this one with it"),
    CheckConstraint("awaits IN ('second_factor', 'set_up')", name="awaits"),
)

identities = Table(
    "identities",
    metadata,
    id_column(),
    reference("person_id", "people.id"),
    Column("issuer", Text, nullable=False, comment="The provider of sign-in, by its OpenID Connect issuer"),
    Column("subject", Text, nullable=False, comment="Whom it means; never another person"),
    Column("linked_at", Time, nullable=False),
    Column("used_at", Time),
    UniqueConstraint("issuer", "subject"),
    UniqueConstraint("person_id", "issuer"),
    comment="Who a person is for the provider of sign-in",
)

provider_flows = Table(
    "provider_flows",
    metadata,
    Column("hash", LargeBinary, primary_key=True, comment="SHA-256 of the secret that the browser keeps meanwhile"),
    Column("purpose", Text, nullable=False, comment="sign_in, join, link or prove"),
    reference("person_id", "people.id", nullable=True, comment="Who is to come back; null for sign_in and join"),
    Column("began_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False, index=True),
    Column("sealed", LargeBinary, nullable=False, comment="Where to go on, and with what form"),
    CheckConstraint("purpose IN ('sign_in', 'join', 'link', 'prove')", name="purpose"),
    comment="Browsers that were sent to the provider of sign-in; each comes back once, within some minutes",
)

provider_logouts = Table(
    "provider_logouts",
    metadata,
    Column("hash", LargeBinary, primary_key=True, comment="SHA-256 of issuer and jti of a logout token"),
    Column("expires_at", Time, nullable=False, index=True),
    comment="What the provider of sign-in has said of sessions that ended; each counts once",
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("created_at", Time, nullable=False, server_default=NOW),
    Column("confirmed_at", Time, comment="Null until the first code was right; asked for only then"),
    Column("last_step", BigInteger, nullable=False, server_default=text("0"), comment="No code counts twice"),
    Column(
        "sealed", LargeBinary, nullable=False, comment="The secret of RFC 6238, encrypted by operations.core.encryption"
    ),
    comment="One-time codes of an app, asked for after the password",
)

passkeys = Table(
    "passkeys",
    metadata,
    id_column(),
    reference("person_id", "people.id", index=True),
    Column("name", Text, nullable=False, comment="As its owner calls it"),
    Column("credential", LargeBinary, nullable=False, unique=True, comment="The authenticator's own id of it"),
    Column("public_key", LargeBinary, nullable=False, comment="COSE"),
    Column("sign_count", BigInteger, nullable=False, comment="Of the last use; a smaller one later betrays a copy"),
    Column("created_at", Time, nullable=False, server_default=NOW),
    Column("used_at", Time),
    Column("copied_at", Time, comment="When a copy was betrayed; it opens nothing since"),
    comment="Keys of WebAuthn that a person signs in with",
)

allowances = Table(
    "allowances",
    metadata,
    Column("who", Text, primary_key=True, comment="A person's id; a network of those who have not signed in"),
    Column("kind", Text, primary_key=True, comment="What was asked for, as operations.core.rate_limits names it"),
    Column("began", Time, nullable=False),
    Column("used", Integer, nullable=False, comment="How often since then"),
    comment="Bounds what costs much; forgotten when it no longer counts",
)

challenges = Table(
    "challenges",
    metadata,
    Column("challenge", LargeBinary, primary_key=True),
    Column("purpose", Text, nullable=False, comment="register, sign_in or prove"),
    reference("person_id", "people.id", nullable=True, comment="Who is to answer; null for sign_in"),
    Column("expires_at", Time, nullable=False, index=True),
    CheckConstraint("purpose IN ('register', 'sign_in', 'prove')", name="purpose"),
    comment="What an authenticator is to sign; each counts once, for some minutes",
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("hash", LargeBinary, primary_key=True, comment="SHA-256 of the code; itself shown once"),
    Column("created_at", Time, nullable=False, server_default=NOW),
    Column("used_at", Time),
    comment="Ten codes for one use each, for those who have lost their app",
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("account", LargeBinary, nullable=False, comment="SHA-256 of the address that was typed, lower case"),
    Column("address", Text, nullable=False, comment="Where the attempt came from"),
    Column("at", Time, nullable=False, server_default=NOW),
    Column("succeeded", Boolean, nullable=False),
    Index("ix_sign_in_attempts_account_at", "account", "at"),
    Index("ix_sign_in_attempts_address_at", "address", "at"),
    comment="Slows down those who guess; nobody is locked out",
)

password_links = Table(
    "password_links",
    metadata,
    id_column(comment="The link's secret is made of it with the keys of the installation, and kept nowhere"),
    reference("person_id", "people.id", index=True),
    Column("token", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the link's secret"),
    reference(
        "made_by", "people.id", nullable=True, comment="The administrator; null: by the person, or on the command line"
    ),
    Column("made_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("used_at", Time),
    Column("ended_at", Time, comment="A newer one was made, or the account changed otherwise"),
    comment="Links for one use, by which people set a password: the first one, or a new one",
)

recoveries = Table(
    "recoveries",
    metadata,
    id_column(),
    reference("person_id", "people.id", index=True),
    Column("means", ARRAY(Text), nullable=False, comment="What is lost: password, second_factor, or both"),
    Column("reason", Text, nullable=False, comment="How whoever asks knows that it is the person"),
    reference("asked_by", "people.id"),
    Column("asked_at", Time, nullable=False),
    Column(
        "state",
        Text,
        nullable=False,
        server_default=text("'asked'"),
        comment="asked, agreed, refused, withdrawn or used",
    ),
    reference("decided_by", "people.id", nullable=True),
    Column("decided_at", Time),
    Column("decision_reason", Text, comment="Why it was refused, or what was seen"),
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
    Column("saved_at", Time, nullable=False, server_default=NOW, index=True),
    Index("ix_drafts_form_saved_at", "form", "saved_at"),
    comment="What a person has typed and not yet sent",
)

saved_views = Table(
    "saved_views",
    metadata,
    id_column(),
    reference("person_id", "people.id"),
    Column("page", Text, nullable=False, comment="Which list"),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False, comment="As it stands in the address"),
    reference(
        "shared_with",
        "programmes.id",
        nullable=True,
        index=True,
        comment="The programme whose office may use it, too; null: its owner alone",
    ),
    Column("shared_role", Text, comment="Of that programme who may use it: those with this role; null: the office"),
    Column(
        "told_at",
        Time,
        nullable=False,
        server_default=NOW,
        comment="Of needs and technologies: up to when its owner was told of records that fit",
    ),
    Column(
        "mailed",
        Boolean,
        nullable=False,
        server_default="true",
        comment="Of needs and technologies: whether its owner gets mail about records that fit",
    ),
    Column("created_at", Time, nullable=False, server_default=NOW),
    UniqueConstraint("person_id", "page", "name"),
    comment="Views of lists that a person has given a name: filters, order and columns",
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
