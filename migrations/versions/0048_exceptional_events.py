"""What an auditor asks for first is what the definitions say to be so: the index holds all of it by name."""

import sqlalchemy as sa
from alembic import op

revision = "0048_exceptional_events"
down_revision = "0047_hand_over_revisions"

NOW = (
    "kind IN ('proposed', 'refused') OR effects ? 'proposed' OR effects ? 'happened_on' OR effects ? 'reopened'"
    " OR effects->>'transition' IN ('ask_extension', 'compliance_stop', 'extend_term', 'fee_waived', 'skip_assessment',"
    " 'waive_assessment', 'waive_conflict')"
    " OR kind = 'completed' AND effects->>'name' IN ('ask_more_time', 'decide_extension', 'decide_more_time',"
    " 'decide_waiver', 'nda')"
)
BEFORE = (
    "kind IN ('proposed', 'refused') OR effects ? 'proposed' OR effects ? 'happened_on'"
    " OR effects->>'transition' ~ '^(waive|skip|reopen|extend|ask_extension)|stop$' OR effects->>'name' ~ 'extension'"
)


def _index(condition: str) -> None:
    op.drop_index("ix_events_exceptional", "events")
    op.create_index("ix_events_exceptional", "events", ["at", "log_id", "seq"], postgresql_where=sa.text(condition))


def upgrade() -> None:
    _index(NOW)


def downgrade() -> None:
    _index(BEFORE)
