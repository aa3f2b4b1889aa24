"""What jobs do: each task calls one operation, and comes again later when it could not."""

from __future__ import annotations

import functools
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from procrastinate import App, Blueprint, JobContext, PsycopgConnector
from sqlalchemy import Engine

from casework.jobs.mail_content import NoAddress, write_mail
from casework.jobs.queue import CLOCKS, NAMESPACE, OTHERS, Job, defer, wait_before
from casework.jobs.smtp import NotNow, Refused, post
from casework.jobs.virus_scanner import scan
from casework.jobs.webhook_client import Unreachable, deliver
from casework.operations.auth.passkeys import forget_challenges
from casework.operations.auth.throttling import forget_attempts
from casework.operations.core import outbox
from casework.operations.core.actions import new_id
from casework.operations.core.rate_limits import forget_uses
from casework.operations.deadlines.calendars import recount_programme
from casework.operations.deadlines.timers import fire_timers_of_log
from casework.operations.documents.key_material import document_store_of, secret_box_of
from casework.operations.documents.storage import note_scan
from casework.operations.integrations import webhooks
from casework.operations.integrations.ssrf_guard import Forbidden, inside_of
from casework.operations.letters.mail import LetterMail
from casework.operations.mediations.succession import pass_on as pass_on_mediation
from casework.operations.notifications import mail_outbox
from casework.operations.notifications.service import tell_due
from casework.operations.oversight.case_hygiene import check_programme
from casework.operations.privacy.erasure import StillNamed, carry_out
from casework.operations.tasks.allocation import allocate as allocate_queue
from casework.records.database import driver_arguments, transaction
from casework.settings import Settings

_note = logging.getLogger(__name__)
#: What each task runs and in which queue, by its name.
_TASKS: dict[str, tuple[str, Callable[..., None]]] = {}


@dataclass(frozen=True)
class Hands:
    """What a task works with."""

    engine: Engine
    settings: Settings
    #: How often each task has done its work.
    done: Counter[str] = field(default_factory=Counter)


class NotDone(Exception):
    """A task did what it could, and something is left for another time."""


def make_app(settings: Settings) -> App:
    """Procrastinate on the application's own database and role."""
    # Two workers and what they listen with; a connection that is checked out is asked first whether it lives.
    connector = PsycopgConnector(kwargs=driver_arguments(settings), min_size=2, max_size=6, timeout=10)
    app = App(connector=connector)
    # A blueprint of its own for each: once added to an app, its tasks bear the namespace, and would get it again.
    blueprint = Blueprint()
    for name, (queue, run) in _TASKS.items():
        blueprint.task(name=name, queue=queue, pass_context=True)(run)
    app.add_tasks_from(blueprint, namespace=NAMESPACE)
    return app


def _task(queue: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A task of the queue by its function's name. Whatever it raises, it is tried again, later each time.

    By the database's time: the worker's own clock may be wrong.
    """

    def made(function: Callable[..., None]) -> Callable[..., None]:
        name = function.__name__

        @functools.wraps(function)
        def run(context: JobContext, *, tries: int = 0, id: str = "", **args: Any) -> None:
            hands: Hands = context.additional_context["hands"]
            try:
                function(hands, **args)
                hands.done[name] += 1
            except Exception as fault:
                # Without what it is about: a log's id may be a sealed one's, and a fault's words may quote it.
                _note.warning(
                    "the job %s is tried again, after %s tries",
                    name,
                    tries + 1,
                    exc_info=None if isinstance(fault, NotDone) else fault,
                )
                job = context.job
                # By its number in the queue a page would tell how many others there were, sealed ones too; this one it also keeps.
                known = {**args, "tries": tries + 1, "id": id or new_id()}
                later = Job(job.queue, name, str(job.queueing_lock), known, job.lock)
                with transaction(hands.engine) as db:
                    defer(db, [later], wait_s=wait_before(tries), again=True)

        _TASKS[name] = (queue, run)
        return function

    return made


@_task(CLOCKS)
def fire_timers(hands: Hands, log: str) -> None:
    """Let the clocks of a log do what is due."""
    if stuck := fire_timers_of_log(hands.engine, log).stuck:
        raise NotDone("; ".join(clock.why for clock in stuck))


@_task(OTHERS)
def tell(hands: Hands) -> None:
    """Write the notices of what has happened, and queue the mails for them."""
    tell_due(hands.engine, mailing=hands.settings.smtp_host is not None)


@_task(OTHERS)
def check(hands: Hands, programme: str) -> None:
    """Keep the figure of the night: how many cases of a programme breach case hygiene. What no longer counts is forgotten."""
    with transaction(hands.engine) as db:
        for forget in (forget_attempts, forget_uses, forget_challenges):
            forget(db)
        check_programme(db, programme)


@_task(OTHERS)
def recount(hands: Hands, programme: str) -> None:
    """Count the clocks of a programme again whose calendar has changed."""
    recount_programme(hands.engine, programme)


@_task(OTHERS)
def pass_on(hands: Hands, log: str) -> None:
    """Let a sealed mediation go to another dispute officer, when whoever led it has left."""
    pass_on_mediation(hands.engine, log)


@_task(OTHERS)
def allocate(hands: Hands, allocation: str) -> None:
    """Give what waits in a queue to people, by the rule of the queue."""
    allocate_queue(hands.engine, allocation)


@_task(OTHERS)
def send(hands: Hands, mail: str) -> None:
    """Send a mail that is due. Whoever dies after the server took it sends it again, with the same Message-ID and a
    header that says it may have come before."""
    with transaction(hands.engine) as db:
        composed = mail_outbox.compose(db, mail, secret_box_of(hands.settings))
        if isinstance(composed, LetterMail):
            pieces = document_store_of(hands.engine, hands.settings).read(db, composed.file)
            composed = replace(composed, content=b"".join(pieces))
        repeated = composed is not None and outbox.begin(db, mail_outbox.MAILS, mail)
    if composed is None:
        return
    # No transaction is open while the mail server makes us wait.
    try:
        message = write_mail(composed, hands.settings)
        if repeated:
            message["X-Casework-Repeat"] = "maybe"
        answer = post(message, hands.settings)
    except (Refused, NoAddress) as fault:
        with transaction(hands.engine) as db:
            outbox.give_up(db, mail_outbox.MAILS, mail, str(fault))
    except NotNow as fault:
        with transaction(hands.engine) as db:
            rest = mail_outbox.rest_after(hands.settings.smtp_retry_s)
            outbox.postpone(db, mail_outbox.MAILS, mail, str(fault), rest=rest)
    else:
        with transaction(hands.engine) as db:
            outbox.taken(db, mail_outbox.MAILS, mail, answer)


@_task(OTHERS)
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


@_task(OTHERS)
def scan_file(hands: Hands, blob: str) -> None:
    """Let the scanner look at a file; it stays pending, and nobody else's, until the scanner has spoken."""
    if hands.settings.scanner_address is None:
        raise NotDone("CASEWORK_SCANNER is not set, and a file waits for a scanner")
    document_store = document_store_of(hands.engine, hands.settings)
    with transaction(hands.engine) as db:
        pieces = document_store.read_blob(db, blob)
    # No transaction is open while the scanner makes us wait.
    finding = scan(hands.settings.scanner_address, pieces)
    with transaction(hands.engine) as db:
        note_scan(db, blob, finding)
    if finding is not None:
        _note.warning("the scanner found something in the file %s", blob)


@_task(OTHERS)
def erase(hands: Hands, erasure: str) -> None:
    """Take out everything that names a person, as two persons agreed."""
    try:
        carry_out(hands.engine, erasure, years=hands.settings.keep_financing_years)
    except StillNamed as fault:
        raise NotDone("people go on writing of the person; it is looked for again") from fault


@_task(OTHERS)
def sweep(hands: Hands) -> None:
    """Take away what was put into the store by actions that failed."""
    document_store_of(hands.engine, hands.settings).sweep()
