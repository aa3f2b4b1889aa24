"""The job that tells a provider's own system."""

from __future__ import annotations

from casework.jobs.job_registry import Hands, register_job
from casework.jobs.queue import OTHERS
from casework.jobs.webhook_client import Unreachable, deliver
from casework.operations.core import outbox
from casework.operations.documents.key_material import secret_box_of
from casework.operations.integrations import webhooks
from casework.operations.integrations.ssrf_guard import Forbidden, inside_of
from casework.records.database import transaction


@register_job(OTHERS)
def hook(hands: Hands, message: str) -> None:
    """Tell a provider's own system. Whoever dies after it was taken sends it again, with the same webhook-id and a header
    that says it may have come before."""
    with transaction(hands.engine) as db:
        prepared = webhooks.prepare(db, message, secret_box_of(hands.settings))
    if prepared is None:
        return
    # No transaction is open while the receiver makes us wait.
    try:
        status = deliver(prepared, inside_of(hands.settings.webhook_inside), hands.settings.receivers)
        what = f"answered {status}"
    except (Forbidden, Unreachable) as fault:
        status, what = 0, str(fault)
    with transaction(hands.engine) as db:
        if 200 <= status < 300:
            outbox.taken(db, webhooks.MESSAGES, message, what)
        elif status == 410:
            webhooks.gone(db, message, what)
        else:
            outbox.postpone(db, webhooks.MESSAGES, message, what, rest=webhooks.rest_after)
