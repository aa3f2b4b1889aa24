"""What supervisors and auditors watch, the access log, and erasures."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
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

from casework.records.tables.base import NOW, Id, Time, id_column, metadata, of_log, reference

case_hygiene_days = Table(
    "case_hygiene_days",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True),
    Column("day", Date, primary_key=True, comment="On the programme's own clock"),
    Column("at", Time, nullable=False),
    Column("live", Integer, nullable=False, comment="Cases that were not closed"),
    Column("broken", Integer, nullable=False, comment="Of these the ones that broke the rule"),
    Column("breaches", JSONB, nullable=False, comment="How often, by kind"),
    comment="The nightly check's figures",
)

reports = Table(
    "reports",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id"),
    Column("number", Integer, nullable=False, comment="In its programme, in the order in which they were frozen"),
    Column("as_of", Time, nullable=False, comment="Up to when its figures were counted"),
    Column("content", LargeBinary, nullable=False, comment="What was frozen, as canonical JSON; never changed"),
    UniqueConstraint("programme_id", "number"),
    comment="Stage reports; how far each has come stands in the log of its programme",
)

figure_facts = Table(
    "figure_facts",
    metadata,
    Column("log_id", Id, primary_key=True),
    reference("programme_id", "programmes.id", index=True),
    Column("sealed", Boolean, nullable=False, comment="Never: of a mediation nothing is kept"),
    Column(
        "seq",
        BigInteger,
        nullable=False,
        comment="The last event that was read; of a log with a later one it is not used",
    ),
    Column("last_at", Time, nullable=False, comment="When that was"),
    Column(
        "counted_by", Text, nullable=False, comment="Digest of the definitions, of what is kept, and of the calendar"
    ),
    Column(
        "facts",
        Text,
        nullable=False,
        comment="JSON: codes, days and ids, no words; null of a log that tells of nothing",
    ),
    Column(
        "run",
        Text,
        comment="JSON: of a case its actions, stays and tasks, no words; of an edition that nobody has none",
    ),
    of_log(),
    CheckConstraint("NOT sealed", name="sealed"),
    comment="What figures read of a log, kept so that a count need not fold it again; made again from it at any time",
)

kept_figures = Table(
    "kept_figures",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True),
    Column("at", Time, nullable=False, comment="Up to when they were counted"),
    Column("looked_at", Time, nullable=False, comment="When it was last looked whether anything has happened since"),
    Column("rules", Text, nullable=False, comment="Digest of the definitions and of what is kept"),
    Column("events", BigInteger, nullable=False, comment="In the logs that were read, sealed ones apart"),
    Column("told", Text, nullable=False, comment="JSON: the lines, each with how many cases are behind it"),
    Column(
        "followed",
        Text,
        nullable=False,
        comment="JSON: of each question after a closing how many are due, answered, asked now and late",
    ),
    Column("logs", Text, nullable=False, comment="JSON: of each log the last event that was read"),
    Column("process", Text, nullable=False, comment="JSON: how cases ran, as far as a page shows it"),
    Column("ways", Text, nullable=False, comment="JSON: each way that cases went, and how far each case conforms"),
    comment="The figures of a large programme, counted ahead; made again from its logs",
)

kept_figure_lines = Table(
    "kept_figure_lines",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True),
    Column("asked", Text, primary_key=True, comment="Of which part, and as of when; empty of the whole programme"),
    Column("figure", Text, primary_key=True),
    Column("line", Text, primary_key=True, comment="What it is of"),
    Column("cases", ARRAY(Text), nullable=False, comment="Their numbers"),
    comment="The cases behind the lines of figures that were counted ahead",
)

kept_figure_parts = Table(
    "kept_figure_parts",
    metadata,
    Column("programme_id", Id, ForeignKey("programmes.id"), primary_key=True),
    Column("asked", Text, primary_key=True, comment="JSON: of which part, and as of when"),
    Column("asked_at", Time, nullable=False, comment="When somebody asked for it last"),
    Column("asked_by", Id, comment="Who asked for it first"),
    Column("at", Time, comment="Up to when it was counted; null as long as it was not"),
    Column("rules", Text, comment="Digest of the definitions and of what is kept"),
    Column("told", Text, comment="JSON: the lines, each with how many cases are behind it"),
    comment="Figures of a part of a large programme, or as of a day, counted as somebody asked; forgotten every night",
)

findings = Table(
    "findings",
    metadata,
    Column("id", Id, ForeignKey("logs.id"), primary_key=True, comment="Also the id of its log"),
    reference("programme_id", "programmes.id"),
    reference("case_id", "logs.id", comment="The log of the case that it is about"),
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
    Column("owner_id", Id, comment="Who is to answer it"),
    Column("due_at", Time, comment="By when"),
    Column("assigned_by", Id),
    Column("assigned_at", Time),
    Column("fell_due_at", Time, comment="When the worker noted that this day has passed"),
    Column("revision", Integer, nullable=False, comment="Counts the actions on it"),
    CheckConstraint("state IN ('open', 'answered', 'closed')", name="state"),
    Index("ix_findings_case_id_seq", "case_id", "seq"),
    Index("ix_findings_programme_id_raised_at", "programme_id", "raised_at", "id"),
    Index("ix_findings_owner_id_open", "owner_id", "due_at", postgresql_where=text("state = 'open'")),
    Index("ix_findings_due", "due_at", postgresql_where=text("state = 'open' AND fell_due_at IS NULL")),
    comment="What auditors found at an event of a case; what the events of its log add up to",
)


def _chained() -> tuple[Column[Any], ...]:
    """What binds a reading to the one before it; a trigger fills it in, whatever was given."""
    return (
        Column("n", BigInteger, nullable=False, comment="Its place in the chain"),
        Column("nonce", Text, nullable=False, comment="Salt of the hash of that place and of the reading before it"),
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
    reference("log_id", "logs.id", comment="The mediation"),
    reference("person_id", "people.id"),
    Column("at", Time, nullable=False, server_default=NOW),
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
    reference("person_id", "people.id"),
    Column("at", Time, nullable=False, server_default=NOW),
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
    id_column(comment="The reader's, or of a sealed mediation the log's"),
    Column("n", BigInteger, nullable=False, comment="Of the last reading in the chain; no gaps"),
    Column("head", Text, nullable=False, comment="Its hash, hex"),
    Column(
        "log",
        Id,
        nullable=False,
        unique=True,
        server_default=text("gen_random_uuid()"),
        comment="What the entries of its leaves call it: that of a mediation is another than its events' log",
    ),
    comment="Where each chain of readings ends; written by the database alone",
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, ForeignKey("logs.id"), primary_key=True, comment="Also the id of its log"),
    reference("programme_id", "programmes.id", comment="In which both persons have their roles"),
    reference("person_id", "people.id", nullable=True, comment="Whose account; null for somebody without one"),
    Column("basis", Text, nullable=False, comment="The legal basis: request, withdrawn, needless or order"),
    Column("state", Text, nullable=False, comment="asked, agreed, done or refused"),
    Column(
        "words", JSONB(none_as_null=True), comment="What names the person: names, addresses, numbers; null once done"
    ),
    Column("reason", Text, comment="Null once done, where it named the person"),
    Column("asked_by", Id, nullable=False),
    Column("asked_at", Time, nullable=False),
    Column("decided_by", Id, comment="The second person, who agreed or did not"),
    Column("decided_at", Time),
    Column("done_at", Time),
    Column(
        "archived", BigInteger, comment="How many sealed files of the archive name the person still; null until done"
    ),
    CheckConstraint("state IN ('asked', 'agreed', 'done', 'refused')", name="state"),
    CheckConstraint("decided_by <> asked_by", name="two_persons"),
    Index("ix_erasures_agreed", "decided_at", "id", postgresql_where=text("state = 'agreed'")),
    Index("ix_erasures_programme_id_asked_at", "programme_id", "asked_at", "id"),
    comment="Erasures of persons; what the events of their logs add up to",
)

legal_holds = Table(
    "legal_holds",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id"),
    Column("about", Text, nullable=False, comment="case, organisation or programme"),
    Column("case_id", Id, ForeignKey("cases.id"), index=True),
    Column("organisation_id", Id, ForeignKey("organisations.id"), index=True),
    Column("until", Date, comment="The last day, on the programme's own clock; null: until somebody ends it"),
    Column("reason", Text),
    Column("placed_by", Id, nullable=False),
    Column("placed_at", Time, nullable=False),
    Column("ended_by", Id, comment="Another person"),
    Column("ended_at", Time),
    Column("end_reason", Text),
    CheckConstraint(
        "CASE about WHEN 'case' THEN case_id IS NOT NULL AND organisation_id IS NULL"
        " WHEN 'organisation' THEN organisation_id IS NOT NULL AND case_id IS NULL"
        " ELSE about = 'programme' AND case_id IS NULL AND organisation_id IS NULL END",
        name="about",
    ),
    CheckConstraint("ended_by <> placed_by", name="two_persons"),
    CheckConstraint("(ended_by IS NULL) = (ended_at IS NULL)", name="ended"),
    Index("ix_legal_holds_programme_id_placed_at", "programme_id", "placed_at", "id"),
    comment="What is kept whatever its retention class says; the fold of its programme's log",
)

figure_mails = Table(
    "figure_mails",
    metadata,
    id_column(),
    reference("view_id", "saved_views.id"),
    reference("person_id", "people.id", index=True),
    Column("rhythm", Text, nullable=False, comment="weekly, monthly or quarterly"),
    Column("weekday", Integer, comment="Of a weekly one, Monday as 1"),
    Column("since", Date, nullable=False, comment="The first mail is of a later day than this"),
    Column("told_for", Date, comment="The day of its rhythm that the last mail was of"),
    Column("look_at", Time, nullable=False, index=True, comment="When to look whether a mail is due"),
    reference("mail_id", "mails.id", nullable=True, index=True, comment="The last mail: no earlier one goes any more"),
    Column("made_at", Time, nullable=False, server_default=NOW),
    UniqueConstraint("view_id", "person_id"),
    CheckConstraint("rhythm IN ('weekly', 'monthly', 'quarterly')", name="rhythm"),
    CheckConstraint("(rhythm = 'weekly') = (weekday IS NOT NULL) AND weekday BETWEEN 1 AND 7", name="weekday"),
    comment="Who is mailed the figures of a saved view, and how often; what they are told is decided when a mail goes",
)

checkpoint_mails = Table(
    "checkpoint_mails",
    metadata,
    id_column(),
    reference("person_id", "people.id", index=True, comment="Who named the address"),
    Column("address", Text, nullable=False),
    Column("language", Text, nullable=False, comment="en or zh-Hans"),
    Column("told_for", Date, comment="The day that the last mail was of, in Beijing"),
    Column("look_at", Time, nullable=False, index=True, comment="When to look whether a mail is due"),
    reference("mail_id", "mails.id", nullable=True, index=True, comment="The last mail: no earlier one goes any more"),
    Column("made_at", Time, nullable=False, server_default=NOW),
    CheckConstraint("language IN ('en', 'zh-Hans')", name="language"),
    # Of those that were erased several may be left alike.
    Index("ix_checkpoint_mails_address", "address", unique=True, postgresql_where=text("address LIKE '%@%'")),
    comment="Addresses that the published checkpoint is mailed to once a day",
)
