"""Programmes, organisations, people and their roles."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from casework.records.tables.base import GIN, NOW, Id, Time, id_column, metadata, reference

programmes = Table(
    "programmes",
    metadata,
    id_column(comment="Also the id of its log"),
    Column("code", Text, nullable=False, unique=True, comment="First part of its case numbers: BJ"),
    Column("name", Text, nullable=False),
    Column("name_zh", Text),
    Column("calendar", JSONB, nullable=False, comment="Working days, slots and zone, as Calendar.to_json gives it"),
    Column(
        "recount_after",
        Id,
        comment="Last log whose clocks were counted again by the present calendar; null when all were",
    ),
    Column("providers", ARRAY(Id), comment="Whom it asks, as its log tells; null: all that take requests"),
    Column(
        "editions",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="By workflow the number of the edition by which it begins, as its log tells; of others the newest",
    ),
    Column(
        "weights",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="By what its ranked lists are ordered, with the version, as its log tells; empty: as the product begins",
    ),
    Column(
        "retention",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="For how long its closed cases are kept, by class, with the version, as its log tells; empty: as the product begins",
    ),
    Column(
        "routing",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="By which table its queues give tasks, with the version, as its log tells; empty: by their rules alone",
    ),
    Column(
        "removal",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Which removal of contents under retention is carried out, as its log tells; empty: none",
    ),
    Column(
        "batch",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Which batch of moves to another edition is carried out, and whether it goes on, as its log tells; empty: none",
    ),
    Column("created_at", Time, nullable=False, server_default=NOW),
)

phases = Table(
    "phases",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id"),
    Column("name", Text, nullable=False),
    Column("name_zh", Text),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date),
    UniqueConstraint("programme_id", "name"),
    comment="Stages of a programme",
)

letterheads = Table(
    "letterheads",
    metadata,
    id_column(),
    Column("programme_id", Id, ForeignKey("programmes.id"), nullable=False, unique=True),
    Column("office", Text, comment="The office that writes the letters; null: the programme itself"),
    Column("office_zh", Text),
    Column("number_form", Text, comment="How letters are numbered, with {year} and {n}; null: they are not"),
    Column("seal", Boolean, nullable=False, comment="Whether a place is left for the seal"),
    Column("signatory", Text, comment="The line of who signs"),
    Column("signatory_zh", Text),
    comment="What a programme's letters have above and below their words; the fold of its log",
)

public_catalogues = Table(
    "public_catalogues",
    metadata,
    id_column(),
    Column("programme_id", Id, ForeignKey("programmes.id"), nullable=False, unique=True),
    Column("open", Boolean, nullable=False, comment="Whether what is published is shown to whoever has no account"),
    Column(
        "results",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether its success stories are, to which both parties consent",
    ),
    Column("contact", Text, comment="Where the office is asked: address, telephone, hours"),
    Column("contact_zh", Text),
    Column("email", Text),
    comment="Whether a programme shows its catalogue in public, and where its office is asked; the fold of its log",
)

list_entries = Table(
    "list_entries",
    metadata,
    id_column(),
    Column("programme_id", Id, ForeignKey("programmes.id"), nullable=False),
    Column("list", Text, nullable=False, comment="Of which list"),
    Column("code", Text, nullable=False),
    Column("version", Text, nullable=False, comment="Of the catalogue that it is an item of; empty: of none"),
    Column("label", Text, nullable=False),
    Column("label_zh", Text, nullable=False),
    Column("position", Integer, nullable=False, comment="In which order they are offered"),
    Column("retired", Boolean, nullable=False, comment="Whether it is not offered any more"),
    Column(
        "since",
        Integer,
        nullable=False,
        comment="Since which version of its list it stands so; the product brings version 1",
    ),
    UniqueConstraint("programme_id", "list", "version", "code"),
    comment="What a programme has said of entries of its lists, beside those that the product begins with; the fold of its log",
)

organisations = Table(
    "organisations",
    metadata,
    id_column(comment="Also the id of its log"),
    Column("name", Text, nullable=False),
    Column("name_zh", Text),
    Column("country", Text, comment="Country or region, ISO 3166-1 alpha-2"),
    Column("register_number", Text, comment="Unified social credit code, or a foreign register's number"),
    Column("kind", Text, comment="company, institution, government, association, provider or other"),
    Column("services", ARRAY(Text), nullable=False, server_default=text("'{}'"), comment="Kinds of referral it takes"),
    Column(
        "profile",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Of a provider: fields, languages, places, capacity, closed, conflicts",
    ),
    Column("language", Text, nullable=False, server_default=text("'en'")),
    reference(
        "programme_id", "programmes.id", nullable=True, index=True, comment="That keeps it; none: administrators do"
    ),
    Column("address", Text),
    Column("size", Text, comment="micro, small, medium or large"),
    Column("state_owned", Boolean),
    Column(
        "confirmed",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="A person of its programme stands for what it says",
    ),
    reference(
        "merged_into", "organisations.id", nullable=True, index=True, comment="The one that stands in its place now"
    ),
    Column("expired_at", Time, comment="Since when it is named in nothing new; what runs goes on"),
    Column(
        "provenance",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Per field: source, at, confirmed by, at",
    ),
    Column("created_at", Time, nullable=False, server_default=NOW),
    CheckConstraint("size IN ('micro', 'small', 'medium', 'large')", name="size"),
    # However somebody wrote its blanks; of one that was merged the other has it.
    Index(
        "ux_organisations_register_number",
        "programme_id",
        text("replace(upper(register_number), ' ', '')"),
        unique=True,
        postgresql_where=text("merged_into IS NULL"),
    ),
    Index(
        "ix_organisations_terms",
        text("casework_terms_of_both(name, name_zh)"),
        postgresql_using="gin",
        postgresql_with=GIN,
    ),
)

organisation_contacts = Table(
    "organisation_contacts",
    metadata,
    id_column(),
    reference("organisation_id", "organisations.id", index=True),
    reference("programme_id", "programmes.id", comment="Whose people see it"),
    Column("name", Text, nullable=False),
    Column("role", Text, comment="What the person does there"),
    Column("email", Text),
    Column("telephone", Text),
    Column("language", Text, nullable=False, server_default=text("'en'"), comment="In which the person is written to"),
    comment="Whom one writes to at an organisation; the fold of its log",
)

organisation_owners = Table(
    "organisation_owners",
    metadata,
    id_column(),
    reference("organisation_id", "organisations.id", index=True),
    reference("programme_id", "programmes.id", comment="Whose people see it"),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="person or organisation"),
    Column("country", Text, comment="Country or region, ISO 3166-1 alpha-2"),
    Column("share", Numeric, comment="In per cent"),
    Column("screened", Text, comment="How the newest screening ended: clear or hit; null before there is one"),
    Column("screened_on", Date),
    Column("lists", Text, comment="The lists that were looked through, with their versions"),
    CheckConstraint("kind IN ('person', 'organisation')", name="kind"),
    CheckConstraint("share > 0 AND share <= 100", name="share"),
    CheckConstraint("screened IN ('clear', 'hit')", name="screened"),
    comment="Who owns more than 25 % of an organisation; the fold of its log",
)

organisation_screenings = Table(
    "organisation_screenings",
    metadata,
    id_column(),
    reference("organisation_id", "organisations.id", index=True),
    reference("programme_id", "programmes.id", comment="For whose cases it holds"),
    Column("result", Text, nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("lists", Text, comment="The lists that were looked through, with their versions"),
    Column("finding", Text),
    Column("evidence", Text, comment="Where the extract of the lists is filed, or what it says"),
    Column("valid_until", Date, comment="Its last day for the cases of its programme"),
    Column("made_at", Time, nullable=False),
    CheckConstraint("result IN ('clear', 'hit')", name="result"),
    comment="How organisations were screened; the fold of their logs",
)

people = Table(
    "people",
    metadata,
    id_column(comment="Random enough to stand in the history as a pseudonym; also the id of its log"),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("name_zh", Text),
    Column("password_hash", Text, comment="argon2id; null where the person has none yet"),
    Column("language", Text, nullable=False, server_default=text("'en'")),
    Column("zone", Text, nullable=False, server_default=text("'Asia/Shanghai'")),
    Column("theme", Text, nullable=False, server_default=text("'auto'"), comment="auto, light or dark"),
    Column(
        "single_keys",
        Boolean,
        nullable=False,
        server_default=text("true"),
        comment="Whether single letters do something in the pages",
    ),
    Column(
        "tour_seen",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether the person has put away what their home says on the first day",
    ),
    Column(
        "list_columns",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="By list the columns that the person wants to see; of others the usual ones",
    ),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Time, nullable=False, server_default=NOW),
    Column(
        "service",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="A provider's own system: signs in to nothing, and is named for nothing",
    ),
    Column("erased_at", Time, comment="When everything that names the person was taken out"),
    Index("uq_people_email", text("lower(email)"), unique=True),
    CheckConstraint("theme IN ('auto', 'light', 'dark')", name="theme"),
    Index("ix_people_terms", text("casework_terms(name)"), postgresql_using="gin", postgresql_with=GIN),
)

memberships = Table(
    "memberships",
    metadata,
    id_column(),
    reference("person_id", "people.id", index=True),
    Column("role", Text, nullable=False),
    reference("programme_id", "programmes.id", nullable=True, index=True),
    reference("organisation_id", "organisations.id", nullable=True, index=True),
    Column("deputy_for", Id, ForeignKey("people.id"), comment="Acts in the role while that person is away"),
    Column("starts_at", Time, nullable=False),
    Column("ends_at", Time),
    reference("absence_id", "absences.id", nullable=True, index=True, comment="That made its holder a deputy"),
    reference(
        "via_id", "memberships.id", nullable=True, index=True, comment="The membership that it passes on; ends with it"
    ),
    CheckConstraint("num_nonnulls(programme_id, organisation_id) = 1", name="one_scope"),
    CheckConstraint("ends_at IS NULL OR ends_at >= starts_at", name="ends_after_start"),
    comment="A role within a programme or an organisation, for a time; the fold of the scope's log",
)

absences = Table(
    "absences",
    metadata,
    id_column(),
    reference("scope_id", "logs.id", index=True, comment="The programme or organisation that the person is away from"),
    reference("person_id", "people.id", index=True),
    reference("substitute_id", "people.id", index=True, comment="Holds the person's roles as a deputy meanwhile"),
    Column("starts_at", Time, nullable=False),
    Column("ends_at", Time, nullable=False),
    CheckConstraint("ends_at >= starts_at", name="ends_after_start"),
    CheckConstraint("person_id <> substitute_id", name="another_person"),
    comment="When people are away and who stands in; the fold of the scope's log",
)

allocations = Table(
    "allocations",
    metadata,
    id_column(),
    reference("scope_id", "logs.id", comment="The programme or organisation whose queue it is"),
    Column("queue", Text, nullable=False),
    Column("strategy", Text, nullable=False, comment="Of engine.tasks.allocation; none: people take tasks themselves"),
    Column("cap", Integer, comment="Nobody who has so many open tasks gets another"),
    Column("since", Time, nullable=False, comment="Tasks opened before are left to people"),
    Column("looked_at", Time, comment="When tasks were last looked for; no part of the history"),
    Column(
        "turns",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="By person, the number of the allocation that came last; no part of the history",
    ),
    UniqueConstraint("scope_id", "queue", name="uq_allocations_scope_queue"),
    CheckConstraint("cap IS NULL OR cap > 0", name="cap_positive"),
    comment="How queues give tasks to people by themselves; the fold of the scope's log but for the last two",
)

invitations = Table(
    "invitations",
    metadata,
    id_column(),
    reference("scope_id", "logs.id", index=True, comment="The programme or organisation that it is for"),
    Column("email", Text, comment="Null once erased, as the name"),
    Column("name", Text),
    Column("roles", ARRAY(Text), nullable=False),
    Column("language", Text, nullable=False),
    reference("invited_by", "people.id", nullable=True, comment="Null: on the command line"),
    Column("made_at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column(
        "issue",
        Integer,
        nullable=False,
        server_default=text("1"),
        comment="Which link and code these are; those before are dead",
    ),
    Column(
        "token", LargeBinary, nullable=False, unique=True, comment="SHA-256 of the link's secret, which is kept nowhere"
    ),
    Column("code", Text, nullable=False, comment="argon2id of what is told beside the mail"),
    Column("tries", Integer, nullable=False, server_default=text("0"), comment="Wrong codes in a row"),
    Column("opened", LargeBinary, comment="SHA-256 of what the browser keeps that link and code have opened it in"),
    Column("opened_until", Time),
    Column("locked_at", Time, comment="Too many wrong codes"),
    Column("revoked_at", Time),
    Column("accepted_at", Time),
    reference("accepted_by", "people.id", nullable=True),
    comment="Who was asked to join, and what became of it; the fold of the scope's log but for its secrets",
)

skills = Table(
    "skills",
    metadata,
    id_column(),
    reference("scope_id", "logs.id", comment="The programme or organisation that keeps it"),
    reference("person_id", "people.id", index=True),
    Column("fields", ARRAY(Text), nullable=False, comment="Of technology, in the words of needs and technologies"),
    Column("languages", ARRAY(Text), nullable=False),
    Column("services", ARRAY(Text), nullable=False, comment="The kinds of tracks whose tasks the person can do"),
    UniqueConstraint("scope_id", "person_id", name="uq_skills_scope_person"),
    comment="What people can do, as whoever leads them keeps it; the fold of the scope's log",
)
