"""A hand-over counts a revision of its case, and so does every deed that names another owner or team."""

from alembic import op

revision = "0047_hand_over_revisions"
down_revision = "0046_erased_openings"

# Recounted from the history, so that the rows are what it adds up to.
COUNT = """
UPDATE {home} h SET revision = (
    SELECT count(*) FROM events e WHERE e.log_id = h.id AND (
        e.track_id IS NULL AND e.kind IN ('opened', 'fired', 'proposed', 'refused', 'consent_ended'{kinds}) {effects}
    )
)
"""
NOW = {"kinds": ", 'handed_over'", "effects": "OR e.effects ? 'owner' OR e.effects ? 'team'"}
BEFORE = {"kinds": "", "effects": ""}


def upgrade() -> None:
    for home in ("cases", "mediations"):
        op.execute(COUNT.format(home=home, **NOW))


def downgrade() -> None:
    for home in ("cases", "mediations"):
        op.execute(COUNT.format(home=home, **BEFORE))
