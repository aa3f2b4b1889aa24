"""The guide of a service, for a provider on its first day: what happens from the request to the end, told by the edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import gettext

from casework.definitions import load_library
from casework.engine.definition.editions import Edition, StateRule, TransitionRule
from casework.engine.parts import ASKED, AT_WORK, BETTERS, HANDED_IN, REFERRAL, TAKEN_ON
from casework.engine.roles import QUEUE_ROLES, Role
from casework.errors import NotFound
from casework.web.shell.i18n import N_, edition_text
from casework.web.shell.limit_words import limit_words
from casework.web.shell.session import page_transaction

blueprint = Blueprint("guides", __name__)

#: What a provider of each service is there for, and what it hands in.
ABOUT: Mapping[str, tuple[str, str]] = {
    "assessment": (
        N_("You examine what the owner claims of a technology, under which conditions it "
            "holds, and say so in a statement with a number and a last day of validity."),
        N_("A statement: verified, verified with limits, not verified, or inconclusive."),
    ),
    "mediation": (
        N_("You help the parties of a dispute to a settlement of their own. The office learns by which door it "
            "came, the dates, whether the fees are paid, and how it closed; nothing of what was said, and not who ended it."),
        N_("The closing notice, and nothing else."),
    ),
    "pledge": (
        N_("You examine whether rights can secure a loan, value them, take the loan through both approvals, "
            "register the pledge, pay out, and look after it until it is repaid and the pledge is cancelled."),
        N_("The loan's terms, the registration of the pledge, and its cancellation at the end."),
    ),
    "finance": (
        N_("You judge whether a project is green by the catalogue in force, find who "
            "finances it, and take it through examination, terms and documents to closing."),
        N_("Term sheet, contracts, and the proof of what was paid."),
    ),
    "verification": (
        N_("You measure or verify the effect at the site, against the baseline and by the plan. What "
            "was claimed, what was measured and what was verified are three things and are never added."),
        N_("The report of what was measured or verified."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One state on the way: what it is called, what is to be done, whose turn it is, by when, and what is asked there."""

    label: str
    do: str
    ours: bool
    within: str
    main: tuple[tuple[str, tuple[str, ...]], ...]
    others: tuple[str, ...]


@blueprint.get("/guides/<service>")
def show(service: str) -> str:
    with page_transaction():
        if service not in ABOUT:
            raise NotFound("guide")
    library = load_library()
    referral, own = library.playing(REFERRAL), library.latest(service)
    assert referral is not None
    what, result = ABOUT[service]
    return render_template(
        "referrals/guide.html",
        service=service,
        what=gettext(what),
        result=gettext(result),
        before=_steps_of(referral, ASKED, TAKEN_ON),
        steps=list(_steps(own)) if own else _steps_of(referral, AT_WORK),
        after=_steps_of(referral, HANDED_IN, BETTERS),
    )


def _steps_of(edition: Edition, *parts: str) -> list[Step]:
    """The states that play these parts."""
    return [_step(edition, path) for part in parts for path, state in edition.states.items() if state.part == part]


def _steps(edition: Edition) -> Iterator[Step]:
    """The states in which somebody works, in the order of the definition."""
    for path, state in edition.states.items():
        if state.queue is not None:
            yield _step(edition, path)


def _step(edition: Edition, path: str) -> Step:
    state = edition.states[path]
    leaving = [rule for rule, _ in edition.leaving((path,)) if rule.by_people]
    provider = QUEUE_ROLES[Role.PROVIDER]
    mine = [rule for rule in leaving if set(rule.by_people) & provider or state.queue != Role.PROVIDER]
    main = tuple((_do(edition, rule), _asked(edition, rule)) for rule in mine if rule.kind == "main")
    do = _optional(edition, f"states.{path}.do")
    return Step(
        label=edition_text(edition, f"states.{path}"),
        do="" if do in dict(main) else do,
        ours=state.queue == Role.PROVIDER,
        within=_within(state),
        main=main,
        others=tuple(dict.fromkeys(_do(edition, rule) for rule in mine if rule.kind != "main")),
    )


def _do(edition: Edition, rule: TransitionRule) -> str:
    return edition_text(edition, f"transitions.{rule.name}.do")


def _optional(edition: Edition, key: str) -> str:
    return edition_text(edition, key) if key in edition.texts else ""


def _asked(edition: Edition, rule: TransitionRule) -> tuple[str, ...]:
    """What the form of an action must be told, and the papers that must be on file before it."""
    fields = (
        edition_text(edition, f"forms.{rule.form}.{field['name']}.label")
        for field in edition.form(rule.form)
        if field["required"] and field["name"] != "service"
    )
    papers = (gettext("On file: %(paper)s", paper=edition_text(edition, f"papers.{need.kind}")) for need in rule.needs)
    return (*fields, *papers)


def _within(state: StateRule) -> str:
    due = state.due
    if due is None:
        return ""
    if due["since"]:
        return gettext("by the day that is named in a form")
    return limit_words(due["unit"], due["n"])
