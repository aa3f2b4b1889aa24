"""The rail: what stands at the left, by role. An entry appears as soon as its page exists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import current_app, request, url_for
from flask_babel import gettext

from casework.engine.roles import Role
from casework.web.shell.i18n import N_

OFFICES = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE, Role.DISPUTE_OFFICER})
PROVIDERS = frozenset({Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER})

#: Pages of one case, by the beginning of their endpoints.
OF_A_CASE = (
    "cases.",
    "bulk_cases.",
    "history.",
    "clocks.",
    "maps.show",
    "documents.",
    "messages.",
    "new_tasks.",
    "referrals.show",
    "contract.",
)


@dataclass(frozen=True)
class Entry:
    """A place to go: for whom, what it is called, and the endpoint of its page."""

    roles: frozenset[Role]
    label: str
    endpoint: str
    #: Other endpoints that belong under it, by their beginning.
    covers: tuple[str, ...] = ()


ENTRIES = (
    Entry(OFFICES, N_("My work"), "home.show"),
    Entry(OFFICES, N_("Queues"), "tasks.queue", ("tasks.", "bulk.")),
    Entry(frozenset({Role.AUDITOR}), N_("Overview"), "audit.home", ("audit.answers", "audit.sample")),
    Entry(
        OFFICES - {Role.DISPUTE_OFFICER} | {Role.MANAGER, Role.OBSERVER, Role.AUDITOR},
        N_("Cases"),
        "cases.index",
        OF_A_CASE,
    ),
    Entry(frozenset({Role.OFFICER, Role.SUPERVISOR}), N_("Matches"), "matches.index", ("matches.",)),
    Entry(frozenset({Role.OFFICER, Role.SUPERVISOR}), N_("Providers"), "providers.index", ("providers.",)),
    Entry(OFFICES, N_("Calendar"), "agenda.show"),
    Entry(frozenset({Role.SUPERVISOR, Role.COMPLIANCE}), N_("Decisions"), "home.decisions"),
    Entry(frozenset({Role.SUPERVISOR}), N_("Team"), "home.team", ("leavers.", "skills.")),
    Entry(frozenset({Role.SUPERVISOR}), N_("Case hygiene"), "home.case_hygiene"),
    Entry(frozenset({Role.DISPUTE_OFFICER}), N_("Mediations"), "mediations.index", ("mediations.",)),
    Entry(PROVIDERS, N_("Offers"), "home.show"),
    Entry(PROVIDERS, N_("In progress"), "referrals.working"),
    Entry(PROVIDERS, N_("Delivered"), "referrals.delivered"),
    Entry(frozenset({Role.PROVIDER_LEAD}), N_("Members"), "referrals.members", ("invitations.", "skills.")),
    Entry(frozenset({Role.PROVIDER_LEAD}), N_("Service accounts"), "service_accounts.index", ("service_accounts.",)),
    Entry(frozenset({Role.PROVIDER_LEAD}), N_("Webhooks"), "webhooks.index", ("webhooks.",)),
    Entry(PROVIDERS, N_("Own profile"), "providers.index", ("providers.",)),
    Entry(OFFICES - {Role.DISPUTE_OFFICER} | PROVIDERS, N_("Away"), "absences.index"),
    Entry(frozenset({Role.AUDITOR}), N_("Verification"), "audit.verification", ("audit.verify",)),
    Entry(
        OFFICES - {Role.DISPUTE_OFFICER} | {Role.AUDITOR, Role.MANAGER},
        N_("Findings"),
        "audit.findings",
        ("audit.finding",),
    ),
    Entry(frozenset({Role.AUDITOR, Role.MANAGER}), N_("Reading log"), "audit.reading_log"),
    Entry(
        frozenset({Role.ADMINISTRATOR}),
        N_("People"),
        "administration.people",
        ("administration.person", "administration.new_person", "invitations."),
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR}),
        N_("Roles"),
        "role_requests.index",
        ("role_requests.",),
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.COMPLIANCE, Role.MANAGER}),
        N_("Lost access"),
        "recoveries.index",
        ("recoveries.",),
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE, Role.MANAGER}), N_("Erasures"), "erasures.index", ("erasures.",)
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR}),
        N_("Organisations"),
        "organisations.index",
        ("organisations.show", "organisations.new"),
    ),
    Entry(frozenset({Role.ADMINISTRATOR}), N_("Programmes"), "organisations.programmes"),
    Entry(frozenset({Role.ADMINISTRATOR}), N_("Workflows"), "maps.workflows", ("maps.edition",)),
    Entry(frozenset({Role.ADMINISTRATOR}), N_("Calendars"), "calendars.index", ("calendars.show", "calendars.edit")),
    Entry(frozenset({Role.ADMINISTRATOR}), N_("Mails"), "mails.index", ("mails.",)),
    Entry(frozenset({Role.ADMINISTRATOR}), N_("Jobs"), "jobs.index", ("jobs.",)),
    Entry(frozenset({Role.ADMINISTRATOR}), N_("Emergency"), "emergency_access.emergency"),
)


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool


def rail(roles: Iterable[Role]) -> list[Link]:
    """The links for these roles, each page once."""
    mine, seen, links = frozenset(roles), set(), []
    for entry in ENTRIES:
        if not entry.roles & mine or entry.endpoint in seen or not has_page(entry.endpoint):
            continue
        seen.add(entry.endpoint)
        here = request.endpoint or ""
        current = here == entry.endpoint or here.startswith(entry.covers or ("\0",))
        links.append(Link(gettext(entry.label), url_for(entry.endpoint), current))
    return links


def has_page(endpoint: str) -> bool:
    return endpoint in current_app.view_functions
