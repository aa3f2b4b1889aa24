"""A search finds documents by their titles and messages by their words: an index of the events that have them."""

import sqlalchemy as sa
from alembic import op

revision = "0055_search_words"
down_revision = "0054_accounts"

_WORDS = "kind IN ('document_registered', 'letter_sent', 'noted', 'said')"


def upgrade() -> None:
    op.create_index("ix_events_words", "events", ["log_id", "seq"], postgresql_where=sa.text(_WORDS))


def downgrade() -> None:
    op.drop_index("ix_events_words", "events")
