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
    "previews.",
    "letters.",
    "messages.",
    "corrections.",
    "new_tasks.",
    "referrals.show",
    "referrals.action",
    "contract.",
    "contract_values.",
)
#: Pages of one task, or of several.
OF_A_TASK = ("tasks.", "task_operations.", "task_previews.", "bulk.")


@dataclass(frozen=True)
class Entry:
    """A place to go: for whom, what it is called, and the endpoint of its page."""

    roles: frozenset[Role]
    label: str
    endpoint: str
    #: The picture beside the label (templates/macros/icons.html).
    icon: str
    #: Other endpoints that belong under it, by their beginning.
    covers: tuple[str, ...] = ()


ENTRIES = (
    Entry(OFFICES, N_("My work"), "home.show", "work", OF_A_TASK),
    Entry(OFFICES, N_("Queues"), "tasks.queue", "queue"),
    Entry(frozenset({Role.AUDITOR}), N_("Overview"), "audit.home", "list", ("audit.answers", "audit.sample")),
    Entry(
        OFFICES - {Role.DISPUTE_OFFICER} | {Role.MANAGER, Role.OBSERVER, Role.AUDITOR},
        N_("Cases"),
        "cases.index",
        "case",
        OF_A_CASE,
    ),
    Entry(
        frozenset({Role.OFFICER, Role.SUPERVISOR}),
        N_("Matches"),
        "matches.index",
        "match",
        (
            "matches.",
            "desk.",
            "desk_decisions.",
            "desk_compare.",
            "interest_asks.",
            "rights.",
            "past_projects.",
            "needs.",
            "technologies.",
            "twins.",
            "statements.",
            "need_origin.",
        ),
    ),
    Entry(
        frozenset({Role.OFFICER, Role.SUPERVISOR}),
        N_("Needs assessments"),
        "assessments.index",
        "list",
        ("assessments.", "assessment_rows."),
    ),
    Entry(
        frozenset({Role.OFFICER, Role.SUPERVISOR}),
        N_("Providers"),
        "providers.index",
        "building",
        ("providers.", "guides."),
    ),
    Entry(
        frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE}),
        N_("Organisations"),
        "parties.index",
        "people",
        ("parties.", "party_rows.", "party_merging.", "party_screenings.", "party_use."),
    ),
    Entry(OFFICES, N_("Calendar"), "agenda.show", "calendar"),
    Entry(frozenset({Role.SUPERVISOR, Role.COMPLIANCE}), N_("Decisions"), "home.decisions", "decide", ("decisions.",)),
    Entry(frozenset({Role.SUPERVISOR}), N_("Team"), "home.team", "team", ("leavers.", "skills.")),
    Entry(
        frozenset({Role.OFFICER, Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR}),
        N_("Figures"),
        "figures.index",
        "chart",
        (
            "figures.",
            "figure_mails.",
            "outside_figures.",
            "follow_ups.",
            "process.",
            "reports.",
            "report_files.",
            "stories.",
        ),
    ),
    Entry(frozenset({Role.OBSERVER}), N_("Figures outside"), "outside_figures.index", "chart"),
    Entry(frozenset({Role.OBSERVER}), N_("Figures by mail"), "figure_mails.index", "chart"),
    Entry(frozenset({Role.SUPERVISOR}), N_("Case hygiene"), "home.case_hygiene", "leaf"),
    Entry(
        frozenset({Role.SUPERVISOR}),
        N_("Settings"),
        "programme_settings.index",
        "gear",
        (
            "programme_settings.",
            "programme_lists.",
            "public_catalogue.",
            "result_figures.",
            "programme_providers.",
            "programme_editions.",
            "ranking_weights.",
            "retention_classes.",
            "routing.",
            "removals.",
            "batches.",
        ),
    ),
    Entry(
        frozenset({Role.DISPUTE_OFFICER}), N_("Mediations"), "mediations.index", "talk", ("mediations.", "unsealings.")
    ),
    Entry(PROVIDERS, N_("Offers"), "home.show", "inbox"),
    Entry(PROVIDERS, N_("In progress"), "referrals.working", "clock"),
    Entry(PROVIDERS, N_("Delivered"), "referrals.delivered", "done"),
    Entry(frozenset({Role.PROVIDER_LEAD}), N_("Members"), "referrals.members", "people", ("invitations.", "skills.")),
    Entry(
        frozenset({Role.PROVIDER_LEAD}), N_("Service accounts"), "service_accounts.index", "key", ("service_accounts.",)
    ),
    Entry(frozenset({Role.PROVIDER_LEAD}), N_("Webhooks"), "webhooks.index", "map", ("webhooks.",)),
    Entry(
        frozenset({Role.PROVIDER_LEAD, Role.ADMINISTRATOR}),
        N_("Incoming webhooks"),
        "incoming_webhooks.index",
        "inbox",
        ("incoming_webhooks.",),
    ),
    Entry(PROVIDERS, N_("Own profile"), "providers.index", "person", ("providers.",)),
    Entry(OFFICES - {Role.DISPUTE_OFFICER} | PROVIDERS, N_("Away"), "absences.index", "away"),
    Entry(
        frozenset({Role.AUDITOR}), N_("Verification"), "audit.verification", "shield", ("audit.verify", "file_checks.")
    ),
    Entry(frozenset({Role.AUDITOR, Role.MANAGER}), N_("Checkpoints"), "witnesses.index", "key", ("witnesses.",)),
    Entry(
        frozenset({Role.AUDITOR, Role.MANAGER}),
        N_("Attestations"),
        "attestations.index",
        "done",
        ("attestations.",),
    ),
    Entry(
        OFFICES - {Role.DISPUTE_OFFICER} | {Role.AUDITOR, Role.MANAGER},
        N_("Findings"),
        "audit.findings",
        "flag",
        ("audit.finding",),
    ),
    Entry(frozenset({Role.AUDITOR, Role.MANAGER}), N_("Reading log"), "audit.reading_log", "eye"),
    Entry(
        frozenset({Role.ADMINISTRATOR}),
        N_("People"),
        "administration.people",
        "people",
        ("administration.person", "administration.new_person", "invitations."),
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR}),
        N_("Roles"),
        "role_requests.index",
        "roles",
        ("role_requests.",),
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.COMPLIANCE, Role.MANAGER}),
        N_("Lost access"),
        "recoveries.index",
        "ring",
        ("recoveries.",),
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR, Role.COMPLIANCE, Role.MANAGER}),
        N_("Erasures"),
        "erasures.index",
        "erase",
        ("erasures.",),
    ),
    Entry(
        frozenset({Role.COMPLIANCE, Role.MANAGER, Role.AUDITOR}),
        N_("Legal holds"),
        "legal_holds.index",
        "shield",
        ("legal_holds.",),
    ),
    Entry(
        frozenset({Role.COMPLIANCE, Role.MANAGER, Role.AUDITOR}),
        N_("Retention"),
        "retention.index",
        "clock",
        ("retention.", "removals."),
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR}),
        N_("Organisations"),
        "organisations.index",
        "building",
        ("organisations.show", "organisations.new"),
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR}),
        N_("Programmes"),
        "organisations.programmes",
        "leaf",
        (
            "programme_settings.",
            "programme_lists.",
            "public_catalogue.",
            "result_figures.",
            "programme_providers.",
            "programme_editions.",
            "ranking_weights.",
            "retention_classes.",
            "routing.",
            "removals.",
            "batches.",
            "organisations.ask_copy",
        ),
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
        N_("Workflows"),
        "maps.workflows",
        "map",
        ("maps.edition", "maps.changes"),
    ),
    Entry(
        frozenset({Role.ADMINISTRATOR}),
        N_("Calendars"),
        "calendars.index",
        "calendar",
        ("calendars.",),
    ),
    Entry(frozenset({Role.ADMINISTRATOR}), N_("Mails"), "mails.index", "mail", ("mails.",)),
    Entry(frozenset({Role.ADMINISTRATOR}), N_("Jobs"), "jobs.index", "gear", ("jobs.",)),
    Entry(frozenset({Role.ADMINISTRATOR}), N_("Emergency"), "emergency_access.emergency", "alarm"),
)
#: Pages with an entry of their own are under no other one.
_OWN = frozenset(entry.endpoint for entry in ENTRIES)


#: Pages that two keys lead to: g and one of these.
LETTERS = {"home.show": "w", "tasks.queue": "q", "cases.index": "c"}


@dataclass(frozen=True)
class Link:
    label: str
    url: str
    current: bool
    icon: str
    #: The letter that leads there after "g" (`shell.shortcut_pages`).
    key: str


def rail(roles: Iterable[Role]) -> list[Link]:
    """The links for these roles, each page once."""
    mine, seen, links = frozenset(roles), set(), []
    for entry in ENTRIES:
        if not entry.roles & mine or entry.endpoint in seen or not has_page(entry.endpoint):
            continue
        seen.add(entry.endpoint)
        here = request.endpoint or ""
        current = here == entry.endpoint or (here not in _OWN and here.startswith(entry.covers))
        links.append(
            Link(gettext(entry.label), url_for(entry.endpoint), current, entry.icon, LETTERS.get(entry.endpoint, ""))
        )
    return links


def has_page(endpoint: str) -> bool:
    return endpoint in current_app.view_functions
