"""People whose part has changed: each gets what some role gets in both tables of who may do what, but for a few rows.

A new route needs no line here. Where one of them gets something else from it, a test fails, and the row is named below
with whom it treats this person as.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from sqlalchemy import Connection, Engine, text

from casework.operations.mediations.service import hand_over_mediation
from casework.operations.people import registry
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.security.authorization_rows import Row
from tests.support.additions import add_absence
from tests.support.world import World, new_request


@dataclass(frozen=True)
class Persona:
    """Somebody who gets what a role gets."""

    like: str
    #: By the name of a row of either table: the role that it treats this person as instead.
    but: Mapping[str, str] = field(default_factory=dict)
    #: Of elsewhere: what this role sees there, this person gets as `like` gets it here; and here what this role gets.
    mirror: str = ""
    #: Rows that refuse this person or not, by who holds a task at that moment.
    either: frozenset[str] = frozenset()
    #: Rows by which this person gets it there all the same.
    leads: frozenset[str] = frozenset()


def _as(role: str, *rows: str) -> dict[str, str]:
    return dict.fromkeys(rows, role)


#: Whoever has no role left gets what is for everybody: as the verifier, who has no part in the case, but not as a provider.
_NOBODY = Persona(
    "verifier",
    _as(
        "auditor",
        "GET /away",
        "POST /away",
        "GET /referrals/working",
        "GET /referrals/delivered",
        "GET /referrals/figures",
        "GET /referrals/figures/behind",
        "GET /referrals/figures.csv",
        "GET /referrals/figures.xlsx",
        "GET /referrals/figures.json",
    )
    | _as("observer", "GET /programmes/{programme}/lists"),
)
#: The absence of the scene has another substitute.
_NOT_TOLD = _as("compliance", "GET /absences")
#: In the team, but neither the owner nor who wrote the note; and with tokens of their own.
_IN_THE_TEAM = Persona(
    "officer",
    _NOT_TOLD
    | _as(
        "other_officer",
        "POST /cases/{number}/messages/{message}/correct (note)",
        "POST /absences",
        "POST /absences/{absence}/end",
        "POST /away/<absence>/end",
        "GET /cases/<number>/messages/<message> (note)",
        "POST /cases/<number>/messages/<message> (note)",
        "GET /views/<view>",
        "POST /views/<view>",
        "POST /views/<view>/drop",
        "POST /figures/views/<figure_view>/mail",
        "GET /figures/mails/<figure_mail>/stop",
        "POST /figures/mails/<figure_mail>/stop",
        "GET /tokens",
        "POST /tokens/{token}/revoke",
        "GET /sessions",
        "POST /sessions/{session}/end",
    ),
    either=frozenset(
        f"POST /tasks/{{task}}/{one}"
        for one in (
            "release",
            "exit",
            "delegate",
            "forward",
            "assign",
            "nominate",
            "suspend",
            "modify",
            "items",
            "items/{item}",
            "stop",
            "activate",
            "fail",
        )
    )
    | {
        "POST /tasks/<task>/release",
        "GET /tasks/<task>/operations/<operation>",
        "POST /tasks/<task>/operations/<operation>",
    },
)
PERSONAE: Mapping[str, Persona] = {
    # Owned the case, and was in its team to the last; led the mediation, and was in its team to the last; was of the lab.
    "ended_officer": _NOBODY,
    "ended_mediator": _NOBODY,
    "ended_provider": _NOBODY,
    # Was in the mediation's team, and is an officer now: as any officer who is not in the case's team.
    "once_named": Persona("other_officer", _NOT_TOLD),
    # Owned the case, and is an auditor now, but judges nothing of it.
    "turned_auditor": Persona("auditor", _as(
        "manager", "POST /cases/{number}/findings", "POST /findings/{finding}/ask-again", "POST /findings/{finding}/close",
        "POST /findings/{finding}/assign", "POST /findings/<finding>/assign",
        "POST /cases/<number>/history/<seq>/findings", "POST /findings/<finding>/ask-again", "POST /findings/<finding>/close",
    )),
    # In the case's team, with an absence that runs; and who stands in.
    "away": _IN_THE_TEAM,
    "standing_in": _IN_THE_TEAM,
    # The only supervisor of the other programme. What waits there for a second person waits for this one.
    "only_one": Persona(
        "supervisor", mirror="foreign_officer",
        but=_as("foreign_officer", "POST /cases/{number}/tracks/{track}/transitions/{transition}")
        # The case there lies in the intake still.
        | _as(
            "manager", "POST /mentions/{mention}/read", "POST /skills", "POST /tasks/<task>/claim", "POST /tasks/<task>/review/answer",
            "GET /cases/<number>/hand-over", "POST /cases/<number>/hand-over",
        ),
        leads=frozenset({
            "POST /queues/allocation", "GET /role-requests/{role_request}", "POST /role-requests/{role_request}/decide",
            "POST /recoveries/{recovery}/decide", "GET /roles/<role>", "POST /roles/<role>/decide",
            "GET /recoveries/<recovery>", "POST /recoveries/<recovery>/decide", "GET /skills/<scope>/<person> (programme) (officer)",
            "POST /skills/<scope>/<person> (programme) (officer)", "GET /team/<person> (leaver)", "POST /team/<person> (leaver)",
            *(f"GET /reports/<report>{file}" for file in ("", "/words", "/report.pdf", "/figures.xlsx", "/content.json")),
            *(f"GET /programmes/{{programme}}/attestations{part}" for part in ("", "/{attestation}", "/{attestation}/file")),
            *(f"GET /programmes/<programme>/attestations/<attestation>{file}" for file in ("", "/attestation.json", "/attestation.pdf")),
            *(f"GET /reports/{{report}}{part}" for part in ("", "/content", "/file", "/verification")),
            *(f"POST /reports/{{report}}/{move}" for move in ("words", "agree", "publish")), "POST /programmes/{programme}/reports",
            "GET /programmes/{programme}/retention",
            "GET /legal-holds/<hold>", "POST /legal-holds/<hold>/end", "GET /legal-holds/{hold}", "POST /legal-holds (programme)",
            "POST /legal-holds/{hold}/end", "GET /batches/{batch}", "POST /batches (programme)",
            *(f"POST /batches/{{batch}}/{step}" for step in ("decision", "suspend", "resume", "cancel", "revert")),
            "GET /programmes/<programme>/settings/batches/<batch>",
            *(f"POST /programmes/<programme>/settings/batches/<batch>/{step}" for step in ("decision", "steps", "revert")),
            "POST /reports/<report>/agree", "POST /reports/<report>/words", "POST /reports/<report>/publish",
            "GET /programmes/<programme>/reports/new", "POST /programmes/<programme>/reports",
            "GET /programmes/<programme>/settings", "GET /programmes/{programme}/settings",
            "GET /programmes/<programme>/settings/limits/<workflow>",
            *(f"{method} /programmes/{programme}/settings/{what}" for method in ("GET", "POST")
                for programme in ("<programme>", "{programme}")
                for what in ("letterhead", "catalogue", "limits", "lists", "lists/entry", "lists/import",
                    "public-figures", "public-figures/publish", "public-figures/take-down", "providers", "providers/change", "editions",
                    "weights", "weights/change", "weights/decision", "routing", "routing/decision", "routing/row", "routing/file",
                    "routing/trial", "routing/table.dmn",
                    "retention", "retention/change", "retention/decision",
                    "removals", "removals/decision", "removals/propose", "batches", "batches/plan")),
            "POST /programmes/{programme}/lists", "POST /programmes/{programme}/lists/import",
        }),
    ),
}  # fmt: skip


def stands_for(name: str, row: Row, where: str) -> tuple[str, str]:
    """As which role, and as if of which place, a row treats somebody."""
    persona = PERSONAE.get(name)
    if persona is None:
        return name, where
    role = persona.but.get(row.name, persona.like)
    if not row.has_object:
        # Its form names what is here.
        return (persona.mirror if row.name in persona.leads else role), where
    if not persona.mirror or where == "absent":
        return role, where
    if where == "here" or role == persona.mirror:
        return persona.mirror, where
    if role != persona.like or row.name in persona.leads or persona.mirror in {*row.there, *row.there_refused}:
        return role, "here"
    return persona.mirror, where


def may_refuse(name: str, row: Row, status: int) -> bool:
    """Whether a refusal is as right as what the role gets."""
    return status == 403 and name in PERSONAE and row.name in PERSONAE[name].either


def finds_as(name: str, row: Row) -> str:
    """As which role somebody finds what is here in a list."""
    persona = PERSONAE.get(name)
    return (persona.mirror or persona.but.get(row.name, persona.like)) if persona else name


def make_personae(world: World, engine: Engine, number: str, mediation: str) -> None:
    """Let them come, do something, and go."""
    with transaction(engine) as db:
        _come(world, db)
    with transaction(engine) as db:
        _work(world, db, number, mediation)
    with transaction(engine) as db:
        for name in ("ended_officer", "ended_mediator", "ended_provider", "once_named", "turned_auditor"):
            roles = text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)")
            for one in db.execute(roles, {"id": world.people[name]}).scalars().all():
                registry.end_role(db, str(one))
        for name, role in (("once_named", "officer"), ("turned_auditor", "auditor")):
            registry.grant_role(db, world.people[name], role, programme=world.programmes["BJ"])


def _come(world: World, db: Connection) -> None:
    for name in PERSONAE.keys() - world.people.keys():
        world.add_person(db, name)
    for role, names in (
        ("officer", ("ended_officer", "turned_auditor", "away", "standing_in")),
        ("dispute_officer", ("ended_mediator", "once_named")),
    ):
        for name in names:
            registry.grant_role(db, world.people[name], role, programme=world.programmes["BJ"])
    registry.grant_role(db, world.people["ended_provider"], "provider", organisation=world.organisations["lab"])


def _work(world: World, db: Connection, number: str, mediation: str) -> None:
    owners = ("officer", "ended_officer", "turned_auditor", "officer")
    for by, owner in pairwise(owners):
        world.hand_over(db, by, number, owner, *({"officer", "ended_officer", "turned_auditor", "away"} - {owner}))
    for by, owner in (("dispute_officer", "ended_mediator"), ("ended_mediator", "dispute_officer")):
        sealed = load(db, mediation, "mediation")
        hand_over_mediation(
            db,
            world.actor(db, by),
            mediation,
            owner=world.people[owner],
            team=[world.people[one] for one in ("ended_mediator", "dispute_officer", "once_named") if one != owner],
            note="For you.",
            revision=sealed.revision,
            request=new_request(),
        )
    world.write(db, "once_named", load(db, mediation, "mediation"), words="Noted.")
    add_absence(db, world, "away", "standing_in", "BJ", first=0, last=10)
