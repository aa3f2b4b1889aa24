"""Stopping mails by the link that stands in each of them, without an account (RFC 8058): its secret does that one thing.

What is stopped is a subscription to figures, or to checkpoints, or mails of a saved search, which itself stays. A secret is kept nowhere:
it is made again of the key of the installation, of what it stops, and of what kind that is. So it is good as long as mails that have it
are read, and of what is stopped already it says no more than that.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from sqlalchemy import Connection, TextClause, text

from casework.engine.analysis.notification_rules import CATALOGUE
from casework.errors import NotFound
from casework.operations.core.encryption import SecretBox
from casework.operations.notifications.catalogue_news import SEARCH
from casework.records.row_security import whole

#: What a link stops: a subscription to figures, or to checkpoints, the mails of one saved search, or of each search that one mail tells of.
FIGURES, ONE_SEARCH, ITS_SEARCHES, CHECKPOINTS = "figures", "search", "searches of mail", "checkpoints"
#: Stops the mails of one subscription; what waits of them finds nothing to tell.
_STOP_FIGURES = text("DELETE FROM figure_mails WHERE id = CAST(:id AS uuid)")
#: The same of one address that checkpoints go to.
_STOP_CHECKPOINTS = text("DELETE FROM checkpoint_mails WHERE id = CAST(:id AS uuid)")
#: Has nothing mailed of one search any more.
_STOP_SEARCH = text("UPDATE saved_views SET mailed = false WHERE id = CAST(:id AS uuid)")
#: The same of each search that a mail tells of.
_STOP_SEARCHES = text(f"""
    UPDATE saved_views v SET mailed = false FROM notifications n
    WHERE n.mail_id = CAST(:id AS uuid) AND n.kind = '{CATALOGUE}' AND n.words = '{SEARCH}'
    AND v.id::text = n.about AND v.person_id = n.person_id
""")
_STOPS: Mapping[str, TextClause] = {
    FIGURES: _STOP_FIGURES,
    CHECKPOINTS: _STOP_CHECKPOINTS,
    ONE_SEARCH: _STOP_SEARCH,
    ITS_SEARCHES: _STOP_SEARCHES,
}


def stop_path(box: SecretBox, what: str, id: str) -> str:
    """Where the link leads that stops mails: `id` is of the subscription, of the saved search, or of the mail."""
    return f"/stop-mails/{id}/{box.secrets_of(_purpose(what, id))[0]}"


def insist_known(box: SecretBox, id: str, secret: str) -> str:
    """What a secret stops. Raises NotFound for one that no mail of this had."""
    for what in _STOPS:
        if any(hmac.compare_digest(one.encode(), secret.encode()) for one in box.secrets_of(_purpose(what, id))):
            return what
    raise NotFound("page")


def stop_by_link(db: Connection, box: SecretBox, id: str, secret: str) -> str:
    """Stop mails, and say what was stopped; what is stopped already stays so. Raises NotFound for a secret that no mail of this had."""
    what = insist_known(box, id, secret)
    # Nobody has signed in, and what a mail tells is shown to its reader alone.
    with whole(db):
        db.execute(_STOPS[what], {"id": id})
    return what


def _purpose(what: str, id: str) -> str:
    return f"stop {what} {id}"


__all__ = ["CHECKPOINTS", "FIGURES", "ITS_SEARCHES", "ONE_SEARCH", "insist_known", "stop_by_link", "stop_path"]
