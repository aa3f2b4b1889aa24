"""What people and other systems are told."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from casework.records.tables.base import NOW, Id, Time, id_column, metadata, reference

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
    id_column(),
    reference("person_id", "people.id"),
    reference("log_id", "logs.id"),
    Column(
        "seq", BigInteger, nullable=False, comment="Of the event that it tells of; of a checkpoint the hour, since 1970"
    ),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False, comment="The task or track, or nothing"),
    Column("at", Time, nullable=False, comment="When it happened"),
    Column("edition", Text, comment="Whose text names the action"),
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
    id_column(comment="Also in its Message-ID, the same at each attempt"),
    reference("person_id", "people.id", nullable=True),
    reference(
        "invitation_id", "invitations.id", nullable=True, index=True, comment="To somebody who may have no account yet"
    ),
    reference(
        "file_id",
        "files.id",
        nullable=True,
        index=True,
        comment="To a party: this letter, to the address that its event names",
    ),
    reference(
        "link_id",
        "party_links.id",
        nullable=True,
        index=True,
        comment="To a party: this link, to the address kept with it",
    ),
    reference(
        "office_link_id",
        "office_link_secrets.id",
        nullable=True,
        index=True,
        comment="To an enterprise or an owner: a link beside the cases, to the address kept with it",
    ),
    Column("key", Text, nullable=False, unique=True, comment="What it is for; nothing is mailed twice"),
    Column("kind", Text, nullable=False, comment="Of its notice, or digest, or invitation"),
    Column("sealed", Boolean, nullable=False, comment="It says nothing but that something waits"),
    Column("state", Text, nullable=False, server_default=text("'queued'"), comment="queued, sent, failed or cancelled"),
    Column("made_at", Time, nullable=False),
    Column("send_at", Time, nullable=False, comment="Not before this"),
    Column(
        "tries", JSONB, nullable=False, server_default=text("'[]'"), comment="Of each attempt: at, and what came of it"
    ),
    Column("ended_at", Time),
    CheckConstraint("state IN ('queued', 'sent', 'failed', 'cancelled')", name="state"),
    CheckConstraint("num_nonnulls(person_id, invitation_id, file_id, link_id, office_link_id) = 1", name="one_reader"),
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

follows = Table(
    "follows",
    metadata,
    Column("person_id", Id, ForeignKey("people.id"), primary_key=True),
    Column("log_id", Id, ForeignKey("logs.id"), primary_key=True),
    Column("since", Time, nullable=False, server_default=NOW),
    Index("ix_follows_log_id", "log_id"),
    comment="Cases of which a person is told what happens there, beside their own; for as long as they read them",
)

webhook_endpoints = Table(
    "webhook_endpoints",
    metadata,
    id_column(),
    reference("organisation_id", "organisations.id", index=True),
    Column("url", Text, nullable=False),
    Column(
        "secret",
        LargeBinary,
        nullable=False,
        comment="What signs its messages, encrypted by operations.core.encryption",
    ),
    Column("former", LargeBinary, comment="The secret before, which signs beside it for a while"),
    Column("former_until", Time),
    Column(
        "checkpoints",
        Boolean,
        nullable=False,
        server_default=text("false"),
        comment="Whether it is told the published checkpoint once an hour, too",
    ),
    reference("made_by", "people.id"),
    Column("made_at", Time, nullable=False),
    Column("ended_at", Time, comment="By its organisation, or because its receiver answered 410 Gone"),
    comment="Where a provider's own system wants to be told",
)

webhook_messages = Table(
    "webhook_messages",
    metadata,
    id_column(comment="Also its webhook-id, the same at each attempt"),
    reference("endpoint_id", "webhook_endpoints.id"),
    reference("log_id", "logs.id"),
    Column("seq", BigInteger, nullable=False, comment="Of the event that it tells of"),
    Column("type", Text, nullable=False),
    Column("payload", Text, nullable=False, comment="As it is signed and sent: ids and states, nothing confidential"),
    Column(
        "state", Text, nullable=False, server_default=text("'queued'"), comment="queued, delivered, failed or cancelled"
    ),
    Column("made_at", Time, nullable=False),
    Column("send_at", Time, nullable=False, comment="Not before this"),
    Column(
        "tries", JSONB, nullable=False, server_default=text("'[]'"), comment="Of each attempt: at, and what came of it"
    ),
    UniqueConstraint("endpoint_id", "log_id", "seq"),
    CheckConstraint("state IN ('queued', 'delivered', 'failed', 'cancelled')", name="state"),
    Index("ix_webhook_messages_queued", "send_at", "id", postgresql_where=text("state = 'queued'")),
    Index("ix_webhook_messages_endpoint_id_made_at", "endpoint_id", "made_at", "id"),
    comment="What an endpoint is told, and what became of it",
)

incoming_webhooks = Table(
    "incoming_webhooks",
    metadata,
    id_column(comment="Also the last part of its address"),
    reference("organisation_id", "organisations.id", index=True),
    reference("account_id", "service_accounts.id", index=True, comment="Who does what its messages ask for"),
    Column(
        "secret",
        LargeBinary,
        nullable=False,
        comment="What must have signed its messages, encrypted by operations.core.encryption",
    ),
    Column("former", LargeBinary, comment="The secret before, which is good beside it for a while"),
    Column("former_until", Time),
    reference("made_by", "people.id"),
    Column("made_at", Time, nullable=False),
    Column("ended_at", Time),
    comment="Where a provider's own system says what it does in its referrals",
)

incoming_messages = Table(
    "incoming_messages",
    metadata,
    id_column(),
    reference("incoming_id", "incoming_webhooks.id"),
    Column("message_id", Text, nullable=False, comment="The webhook-id, as the sender chose it"),
    Column(
        "digest", LargeBinary, nullable=False, comment="SHA-256 of its body: another body under the same id is refused"
    ),
    Column("type", Text, nullable=False, comment="As it was written; empty where that could not be read"),
    Column("referral_id", Id, comment="The referral that it was about, once it was done"),
    Column("reference", Text, comment="What the sender calls that referral; later messages may name it by this alone"),
    Column("state", Text, nullable=False, comment="done or refused"),
    Column("status", Integer, nullable=False, comment="What was answered"),
    Column("code", Text, nullable=False, server_default=text("''"), comment="Why it was refused last"),
    Column("answer", JSONB, comment="What was answered once it was done, and is answered again"),
    Column("attempts", Integer, nullable=False, server_default=text("1"), comment="How often it came"),
    Column("made_at", Time, nullable=False, comment="When it came first"),
    Column("last_at", Time, nullable=False, comment="And last"),
    UniqueConstraint("incoming_id", "message_id"),
    CheckConstraint("state IN ('done', 'refused')", name="state"),
    Index("ix_incoming_messages_incoming_id_made_at", "incoming_id", "made_at", "id"),
    Index("ix_incoming_messages_reference", "incoming_id", "reference", postgresql_where=text("reference IS NOT NULL")),
    comment="What a provider's own system said, once for each webhook-id, and what came of it",
)
