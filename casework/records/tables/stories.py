"""Success stories of cases, the consent of both parties to each, and the figures beside them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, Table, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from casework.records.tables.base import Id, Time, id_column, metadata, reference

success_stories = Table(
    "success_stories",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id", index=True),
    Column("number", Text, nullable=False, unique=True, comment="Of the case that it is about"),
    Column("title", Text, nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("words_zh", Text, nullable=False),
    Column("caption", Text, comment="What the picture shows"),
    Column("caption_zh", Text),
    Column("picture", LargeBinary, comment="A PNG that was drawn of a paper of the case"),
    Column(
        "impacts",
        JSONB,
        nullable=False,
        server_default=text("'[]'"),
        comment="What was measured and at which level, as the case said it when the text was written",
    ),
    Column(
        "state",
        Text,
        nullable=False,
        server_default=text("'draft'"),
        comment="draft, asked: its parties are, and nothing of it changes any more; or published",
    ),
    Column("revision", Integer, nullable=False, server_default=text("1"), comment="Counts what was changed of it"),
    reference("written_by", "people.id", comment="Who wrote it last"),
    Column(
        "writers",
        ARRAY(Id),
        nullable=False,
        comment="Who has ever written of it, and in whose place: none of them publishes it",
    ),
    Column("written_at", Time, nullable=False),
    reference("published_by", "people.id", nullable=True),
    Column("published_at", Time),
    CheckConstraint(
        "state IN ('draft', 'asked', 'published') AND (state = 'published') = (published_at IS NOT NULL)"
        " AND (published_at IS NULL) = (published_by IS NULL) AND (picture IS NULL) = (caption IS NULL)"
        " AND (picture IS NULL) = (caption_zh IS NULL)",
        name="state",
    ),
    comment="What a programme tells in public of a case that went well; shown as long as both parties consent",
)

story_consents = Table(
    "story_consents",
    metadata,
    id_column(),
    reference("programme_id", "programmes.id", index=True),
    reference("story_id", "success_stories.id", index=True),
    Column("side", Text, nullable=False, comment="Who is asked: need_owner or technology_owner"),
    reference("organisation_id", "organisations.id", index=True),
    reference("asked_by", "people.id"),
    Column("asked_at", Time, nullable=False),
    Column("language", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column(
        "state",
        Text,
        nullable=False,
        server_default=text("'open'"),
        comment="open, given, refused or withdrawn; open is over with its link",
    ),
    Column(
        "said", JSONB, nullable=False, server_default=text("'{}'"), comment="Who answered, as what, and in which words"
    ),
    Column("ended_at", Time, comment="When it was answered, or withdrawn after that"),
    reference("withdrawn_by", "people.id", nullable=True),
    CheckConstraint(
        "side IN ('need_owner', 'technology_owner') AND state IN ('open', 'given', 'refused', 'withdrawn')"
        " AND (state = 'open') = (ended_at IS NULL) AND (withdrawn_by IS NULL OR state = 'withdrawn')",
        name="state",
    ),
    comment="What the parties of a case say to its story by a link; only what both gave and neither withdrew is shown",
)

public_figures = Table(
    "public_figures",
    metadata,
    id_column(),
    Column("programme_id", Id, ForeignKey("programmes.id"), nullable=False, unique=True),
    Column("as_of", Time, nullable=False, comment="The end of the quarter that they are of"),
    Column(
        "told", JSONB, nullable=False, comment="The figures as they are told outside the office, small numbers hidden"
    ),
    reference("published_by", "people.id"),
    Column("published_at", Time, nullable=False),
    comment="Figures that a programme shows beside its stories, as they were looked at when they were published",
)
