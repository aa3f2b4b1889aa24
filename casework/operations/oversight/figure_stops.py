"""Stopping mails of figures by the link that stands in each of them, without an account (RFC 8058): its secret does that one thing.

A secret is kept nowhere: it is made again of the key of the installation and of the subscription that it stops. So it
is good as long as mails that have it are read, and of what is stopped already it says no more than that.
"""

from __future__ import annotations

import hmac

from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.operations.core.encryption import SecretBox

#: Stops the mails of one subscription; what waits of them finds nothing to tell.
_STOP = text("DELETE FROM figure_mails WHERE id = CAST(:id AS uuid)")


def stop_path(box: SecretBox, subscription: str) -> str:
    """Where the link leads that stops the mails of a subscription."""
    return f"/stop-mails/{subscription}/{box.secrets_of(_purpose(subscription))[0]}"


def insist_known(box: SecretBox, subscription: str, secret: str) -> None:
    """Raises NotFound for a secret that no mail of this subscription had."""
    known = box.secrets_of(_purpose(subscription))
    if not any(hmac.compare_digest(one.encode(), secret.encode()) for one in known):
        raise NotFound("page")


def stop_by_link(db: Connection, box: SecretBox, subscription: str, secret: str) -> None:
    """Stop the mails of a subscription; what is stopped already stays so. Raises NotFound for a secret that no mail of it had."""
    insist_known(box, subscription, secret)
    db.execute(_STOP, {"id": subscription})


def _purpose(subscription: str) -> str:
    return f"stop figures {subscription}"


__all__ = ["insist_known", "stop_by_link", "stop_path"]
