"""Where a thread stands: its address, what it is called, and who reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext
from sqlalchemy import Connection

from casework.engine.case_objects.messages import INTERNAL, SHARED
from casework.operations.cases.queries import find_case
from casework.operations.mediations.service import find_mediation
from casework.operations.messages.threads import Thread, thread_of
from casework.operations.messages.views import ThreadDetails, ThreadRow
from casework.operations.referrals.service import find_referral
from casework.permissions.actors import Actor
from casework.web.shell.values import service_name


@dataclass(frozen=True)
class Place:
    """A thread by its address: of a case's or a mediation's internal notes, or shared in a referral."""

    where: str
    id: str

    @property
    def audience(self) -> str:
        return SHARED if self.where == "referral" else INTERNAL

    @property
    def referral(self) -> str | None:
        return self.id if self.where == "referral" else None

    def find(self, db: Connection, actor: Actor) -> Thread:
        """Raises NotFound for those who may not read it."""
        if self.where == "case":
            case = find_case(db, actor, self.id)[0]
        elif self.where == "referral":
            case = find_referral(db, actor, self.id)[0]
        else:
            case = find_mediation(db, actor, self.id)
        return thread_of(actor, case, self.audience, self.referral)

    def url(self, view: str = "show", **more: Any) -> str:
        at: dict[str, Any] = {PARAMETERS[self.where]: self.id} | more
        return url_for(f"messages.{self.where}_{view}", **at)


def message_url(place: Place, message: str) -> str:
    """Where a message stands, however much was written after it."""
    return f"{place.url(message=message)}#m-{message}"


PARAMETERS = {"case": "number", "referral": "referral", "mediation": "mediation"}


def say_thread(thread: ThreadRow | ThreadDetails) -> str:
    """The name of a thread."""
    if thread.audience == INTERNAL:
        return gettext("Internal notes")
    if not thread.whole:
        return gettext("Messages with the office")
    return gettext("Shared with %(provider)s", provider=thread.provider or gettext("a provider"))


def thread_url(thread: ThreadRow, number: str | None, log: str) -> str:
    """The address of a thread as operations list it."""
    if thread.referral is not None:
        return Place("referral", str(thread.referral)).url()
    return (Place("case", number) if number else Place("mediation", log)).url()


def threads_of(threads: Iterable[ThreadRow], number: str | None, log: str) -> list[tuple[str, str, ThreadRow]]:
    """Threads for a page: the name of each, its address, and what stands there."""
    return [(say_thread(thread), thread_url(thread, number, log), thread) for thread in threads]


def crumbs_of(details: ThreadDetails) -> list[tuple[str, str]]:
    """The page that a thread belongs to, as its reader knows it."""
    if details.whole and details.number:
        return [
            (gettext("Cases"), url_for("cases.index")),
            (details.number, url_for("cases.show", number=details.number)),
        ]
    if details.whole:
        return [
            (gettext("Sealed mediations"), url_for("mediations.index")),
            (details.title or gettext("Sealed mediation"), url_for("mediations.show", mediation=details.log)),
        ]
    name = gettext("Referral: %(service)s", service=service_name(str(details.service)))
    return [(gettext("Home"), url_for("home.show")), (name, url_for("referrals.show", referral=details.referral))]


def say_readers(details: ThreadDetails) -> str:
    """Who will read what is written in a thread."""
    sealed = details.kind == "mediation"
    if details.audience == INTERNAL:
        if sealed:
            return gettext("Read by those named for this mediation, and by nobody else.")
        return gettext(
            "Read by the office alone: the programme's officers, supervisors, compliance officers, managers and auditors."
            " No provider ever reads it."
        )
    provider = details.provider or gettext("a provider")
    if sealed:
        return gettext("Read by the people of %(provider)s, and by those named for this mediation.", provider=provider)
    if details.whole:
        return gettext("Read by the people of %(provider)s, outside the office, and by the office.", provider=provider)
    return gettext("Read by the programme's office and by your colleagues at %(provider)s.", provider=provider)
