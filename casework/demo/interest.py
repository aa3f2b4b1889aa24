"""Two shortlists of the demo: one is out at both sides for an answer, of the other both sides have said yes."""

from __future__ import annotations

from sqlalchemy import text

from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Request
from casework.operations.links.office_links import open_link, secret_of
from casework.operations.matching.interest import Asked, Side, ask_side
from casework.operations.matching.interest_links import Says, send_interest
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.matching.shortlist import set_shortlisted
from casework.playbook.stage import Stage
from casework.records.actors import find_actor

#: Matches that nobody has decided on, of needs and technologies in use that both belong to somebody; each of another need.
_OPEN = text("""
    SELECT DISTINCT ON (m.need_id) m.id::text FROM matches m JOIN needs n ON n.id = m.need_id JOIN technologies t ON t.id = m.technology_id
    WHERE m.case_id IS NULL AND m.refused_at IS NULL AND m.expired_at IS NULL AND n.owner_id IS NOT NULL AND t.owner_id IS NOT NULL
    AND n.status IN ('published', 'matched') AND t.status = 'published' AND n.merged_into IS NULL AND t.merged_into IS NULL
    ORDER BY m.need_id, m.id LIMIT 2
""")
#: Who is asked, and who says so.
_SIDES: tuple[tuple[Side, str, str, str], ...] = (
    ("need_owner", "zh-Hans", "请您看一看是否合适。", "周敏"),
    ("technology_owner", "en", "Would you talk to the enterprise?", "Anna Berg"),
)


def ask_both_sides(stage: Stage, secret_box: SecretBox) -> None:
    """An officer asks about two matches; the first one's sides have not answered yet."""
    with stage.action() as db:
        officer = find_actor(stage.db, stage.ids["chen"])
        assert officer is not None
        for n, match in enumerate(db.execute(_OPEN).scalars().all()):
            set_shortlisted(db, officer, match, on=True, request=Request.anew())
            for side, language, message, name in _SIDES:
                asked = Asked(
                    side=side,
                    matches=[match],
                    address=f"{side.replace('_', '.')}@parties.example",
                    language=language,
                    message=message,
                    need_words="A works near Beijing looks for it.",
                )
                id = str(ask_side(db, officer, secret_box, asked, Request.anew()).answer["id"])
                if n:
                    token = secret_of(secret_box, INTEREST, id)
                    send_interest(db, token, open_link(db, INTEREST, token), {match: Says(says="yes")}, by=name)
