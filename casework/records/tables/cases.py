"""Cases: the fold of their logs."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from casework.engine.parts import REFERRAL
from casework.records.tables.base import GIN, Id, Time, id_column, metadata, of_log, reference, walls

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True, comment="Its log"),
    reference("programme_id", "programmes.id"),
    Column(
        "sealed", Boolean, Computed("false", persisted=True), nullable=False, comment="Never; its log says the same"
    ),
    of_log("id"),
    Column("number", Text, nullable=False, unique=True),
    Column("title", Text),
    Column("match_id", Id),
    Column("need_id", Id, index=True),
    Column("technology_id", Id),
    Column("phase_id", Id),
    Column("follows_from_id", Id, comment="The earlier case whose technology it brings to a further site"),
    Column("parties", JSONB, nullable=False, comment="Organisations by side"),
    Column("rights", ARRAY(Id), nullable=False),
    Column("owner_id", Id),
    Column("team", ARRAY(Id), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False, comment="Of its main track"),
    Column("interests", ARRAY(Text), nullable=False, comment="People with a declared interest"),
    Column(
        "joins", JSONB, nullable=False, server_default=text("'[]'"), comment="How referrals side by side are waited for"
    ),
    Column("related", JSONB, nullable=False, server_default=text("'[]'"), comment="Its links to other cases"),
    Column("hold", JSONB(none_as_null=True)),
    Column("frozen", Boolean, nullable=False),
    Column("outcome", Text),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("opened_at", Time, nullable=False),
    Column("closed_at", Time),
    Column("removed_at", Time, comment="When its contents were removed under retention"),
    Column("archived_as", Text, comment="The sealed file that they went into, by the SHA-256 of its bytes"),
    Index("ix_cases_interested", "id", postgresql_where=text("interests <> '{}'")),
    Index("ix_cases_programme_id_opened_at_id", "programme_id", "opened_at", "id"),
    Index("ix_cases_opened_at_id", "opened_at", "id"),
    Index("ix_cases_owner_id_live", "owner_id", "id", postgresql_where=text("closed_at IS NULL")),
    Index("ix_cases_team", "team", postgresql_using="gin", postgresql_with=GIN),
    Index("ix_cases_live", "programme_id", text("opened_at DESC"), "id", postgresql_where=text("closed_at IS NULL")),
    Index("ix_cases_technology_id", "technology_id"),
    Index("ix_cases_follows_from_id", "follows_from_id", postgresql_where=text("follows_from_id IS NOT NULL")),
    Index("ix_cases_rights", "rights", postgresql_using="gin", postgresql_with=GIN),
    Index(
        "ix_cases_parties", text("jsonb_path_query_array(parties, '$.*')"), postgresql_using="gin", postgresql_with=GIN
    ),
    Index(
        "ix_cases_terms",
        text("casework_case_terms(programme_id, number, title)"),
        postgresql_using="gin",
        postgresql_with=GIN,
    ),
    Index("ix_cases_owner_id_closed", "owner_id", "id", postgresql_where=text("closed_at IS NOT NULL")),
    comment="Cases; what the events add up to",
    postgresql_with={"fillfactor": "80"},
)

case_dates = Table(
    "case_dates",
    metadata,
    Column("id", Id, ForeignKey("cases.id"), primary_key=True, comment="Its case"),
    Column("programme_id", Id, nullable=False),
    Column(
        "due_at", Time, nullable=False, comment="First day of what our side does next; infinity where there is none"
    ),
    Column("late_at", Time, comment="From then on it is late, on whichever side"),
    Column("waits_for", Text, nullable=False, comment="us, provider, outside, hold, or nobody once it is closed"),
    # In the order of the days; and what is late, by whom is waited for.
    Index("ix_case_dates_due", "programme_id", "due_at", "id"),
    Index("ix_case_dates_late", "programme_id", "waits_for", "late_at"),
    comment="What lists of cases are found by, so that none looks through all tasks; what the events add up to",
    postgresql_with={"fillfactor": "80"},
)

mediations = Table(
    "mediations",
    metadata,
    Column("id", Id, ForeignKey("logs.id"), primary_key=True, comment="Its sealed log"),
    reference("programme_id", "programmes.id"),
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
    id_column(),
    Column("log_id", Id, nullable=False, index=True),
    Column("programme_id", Id, nullable=False),
    *walls(),
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
    Column(
        "received",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="Per transition: count and time of the other side's receipt",
    ),
    Column(
        "objections",
        JSONB,
        nullable=False,
        server_default=text("'{}'"),
        comment="What a side does not agree with, by id",
    ),
    Column(
        "part", Text, nullable=False, comment="What its workflow is to the engine, by `engine.parts`; most are nothing"
    ),
    Column("played", JSONB, nullable=False, comment="By part what has played it: a transition that fired, an end"),
    Column("inbox", Text, comment="Of a referral that was sent: the tab of its provider's inbox that it lies under"),
    Column(
        "inbox_at", Time, comment="By what it lies there before others: its provider's first day, or when it was opened"
    ),
    Index(
        "ix_tracks_provider_id_opened_at",
        "provider_id",
        "opened_at",
        "id",
        postgresql_where=text("provider_id IS NOT NULL"),
    ),
    Index(
        "ix_tracks_sealed",
        "shown_to",
        "log_id",
        postgresql_where=text(f"sealed AND part = '{REFERRAL}' AND shown_to IS NOT NULL"),
    ),
    Index("ix_tracks_inbox", "provider_id", "inbox", "inbox_at", "id", postgresql_where=text("inbox IS NOT NULL")),
    postgresql_with={"fillfactor": "80"},
)

#: A question `t` that is asked no more and was not answered, by the field and the code that the workflows have for that. A query repeats it
#: word for word, so that the index serves it, however many were answered.
UNANSWERED = (
    "t.state NOT IN ('Ready', 'Reserved', 'InProgress', 'Suspended')"
    " AND NOT (t.state = 'Completed' AND coalesce(t.result ->> 'running' <> 'no_answer', false))"
)

tasks = Table(
    "tasks",
    metadata,
    id_column(),
    Column("log_id", Id, nullable=False, index=True),
    Column("programme_id", Id, nullable=False),
    *walls(),
    # What is forgotten hides.
    Column("common", Boolean, nullable=False, server_default=text("false"), comment="In no referral and inside none"),
    CheckConstraint("NOT common OR shown_to IS NULL", name="common"),
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
    Column("flagged", Boolean, nullable=False, comment="The last step of its escalation has come"),
    Column("aftercare", Boolean, nullable=False),
    Column("awaits", Text, comment="Which body outside has the next word"),
    Column("before", Text, comment="State before it was suspended"),
    Column("initiator", Text, comment="Who asked for it"),
    Column("priority", SmallInteger, nullable=False, server_default="0", comment="1 high, 0 normal, -1 low"),
    Column("turn_at", Time, nullable=False, comment="Its place in the queue, by engine.tasks.queue_order"),
    Column("handed", JSONB, comment="How it came to whom it is with: how, by, to, seq of the event with the note"),
    Column(
        "wait",
        JSONB,
        comment="While a person lets it wait: for whom, until which day, seq of the event with the reason",
    ),
    Column(
        "items",
        JSONB,
        nullable=False,
        server_default="{}",
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
    Index("ix_tasks_closed_by", "closed_by", "closed_at", "id", postgresql_where=text("closed_by IS NOT NULL")),
    Index(
        "ix_tasks_aftercare_open",
        "programme_id",
        "due_at",
        "id",
        postgresql_where=text("aftercare AND state IN ('Ready', 'Reserved', 'InProgress', 'Suspended')"),
    ),
    Index(
        "ix_tasks_aftercare_silent",
        "programme_id",
        "due_at",
        "id",
        postgresql_where=text(f"aftercare AND {UNANSWERED.replace('t.', '')}"),
    ),
    Index("ix_tasks_aftercare", "programme_id", "name", "log_id", "position", postgresql_where=text("aftercare")),
    Index(
        "ix_tasks_runs_on_ready", "log_id", postgresql_where=text("(aftercare OR type = 'step') AND state = 'Ready'")
    ),
    postgresql_with={"fillfactor": "85", "autovacuum_vacuum_scale_factor": "0.01"},
)

clocks = Table(
    "clocks",
    metadata,
    id_column(),
    reference("log_id", "logs.id", index=True),
    Column("track_id", Id, nullable=False),
    Column("task_id", Id),
    Column("consent_id", Id),
    Column("grant_id", Id),
    Column("unit", Text, nullable=False, comment="wd or cd"),
    Column("of", Text, comment="State of the track that it belongs to"),
    Column("steps", JSONB, nullable=False, comment="Each an instant, what happens then, and how it was counted"),
    Column("start", Time, nullable=False, comment="Since when they are counted: the start, or when it last went on"),
    Column("calendar", Text, nullable=False, comment="Digest of the calendar that they were counted with"),
    Column("next", Integer, nullable=False, comment="First step that has not fired"),
    Column("state", Text, nullable=False, comment="running or paused; a stopped clock has no row"),
    Column("left", ARRAY(BigInteger), nullable=False, comment="Minutes that a pause keeps for each step"),
    Column("fires_at", Time, comment="Of the next step while it runs"),
    Index("ix_clocks_paused", "log_id", "task_id", postgresql_where=text("state = 'paused'")),
    Index("ix_clocks_due", "fires_at", "id", postgresql_where=text("fires_at IS NOT NULL")),
    postgresql_with={"fillfactor": "80"},
)

proposals = Table(
    "proposals",
    metadata,
    id_column(),
    reference("log_id", "logs.id", index=True),
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
    id_column(),
    reference("log_id", "logs.id", index=True),
    Column("party", Text, nullable=False),
    Column("providers", ARRAY(Id), comment="Null: all"),
    Column("documents", ARRAY(Id), comment="Null: all"),
    Column("given_on", Date, nullable=False),
    Column("expires_on", Date),
    Column("ended_at", Time),
    Column("how", Text),
    Column("sheet", Boolean, nullable=False, server_default=text("false"), comment="It lets them read the case sheet"),
    Column("abroad", Boolean, nullable=False, server_default=text("false"), comment="It reaches providers abroad"),
    Column("not_to", ARRAY(Id), comment="Providers that it does not reach: they were abroad as it was given"),
)

openings = Table(
    "openings",
    metadata,
    id_column(),
    reference("log_id", "logs.id", index=True),
    Column(
        "kind", Text, nullable=False, comment="unsealing, by two persons; break_glass, by its reader in an emergency"
    ),
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

impacts = Table(
    "impacts",
    metadata,
    id_column(),
    reference("log_id", "logs.id", index=True),
    Column("track_id", Id),
    Column(
        "seq", BigInteger, nullable=False, comment="Of the event that says it, whose body holds what is said in words"
    ),
    Column("recorded_at", Time, nullable=False),
    Column("measure", Text, nullable=False, comment="The code by which forms ask for it"),
    Column("indicator", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("level", Text, nullable=False, comment="baseline, claimed, measured or verified"),
    Column(
        "value", Text, nullable=False, comment="A decimal number, of the whole period, digit by digit as it was entered"
    ),
    Column("from_on", Date, nullable=False),
    Column("to_on", Date, nullable=False),
    Column("method", Text),
    Column("uncertainty", Text, comment="In percent, either way"),
    Column("factor", Text),
    Column("factor_source", Text, comment="Where the factor comes from, and in which version"),
    Column("conditions", Text, comment="Under which it was so: load, output, season"),
    Column("baseline_id", Id, comment="The record that it is compared with"),
    Column("evidence", ARRAY(Id), nullable=False, comment="Documents of the case"),
    Column("by_id", Id, comment="The organisation that has verified it"),
    Column("number", Text, comment="Of the statement"),
    Column("replaced_by", Id, comment="The record that has taken its place"),
    Column("position", BigInteger, nullable=False),
    comment="Records of a case's effect; what the events add up to. What is saved is computed, never kept",
)

statements = Table(
    "statements",
    metadata,
    id_column(),
    reference("log_id", "logs.id", index=True),
    Column("track_id", Id),
    Column("technology_id", Id, index=True),
    Column("seq", BigInteger, nullable=False),
    Column("recorded_at", Time, nullable=False),
    Column("number", Text, nullable=False),
    Column("verdict", Text, nullable=False, comment="verified or verified_with_limits"),
    Column("issued_on", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("values", JSONB, nullable=False, comment="Each with parameter, value, unit and conditions"),
    Column("replaced_by", Id, comment="The statement that has taken its place"),
    Column("position", BigInteger, nullable=False),
    comment="What assessors have stated of technologies; what the events of the cases add up to",
)

mentions = Table(
    "mentions",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id"),
    reference("log_id", "logs.id", index=True),
    Column("track_id", Id, comment="The referral whose thread it is in; null for an internal note"),
    Column("message_id", Id, nullable=False),
    reference("person_id", "people.id", comment="Who is mentioned"),
    Column("made_at", Time, nullable=False),
    Column("read_at", Time, comment="When that person opened it; no part of the history"),
    UniqueConstraint("message_id", "person_id"),
    Index("ix_mentions_person_id_unread", "person_id", "made_at", "id", postgresql_where=text("read_at IS NULL")),
    Index("ix_mentions_person_id_made_at", "person_id", "made_at", "id"),
    comment="Who is told of a message; but for read_at what the events add up to",
)
