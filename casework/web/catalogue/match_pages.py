"""A match made on pages: from a need or a technology the other side is chosen; put right, said to have expired, and brought back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.record_use import ended_as
from casework.engine.definition.forms import Date, Form, Note, Number, Text
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.operations.catalogue import kept_records, match_changes, matches
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.match_candidates import OTHER, list_candidates, standing_matches
from casework.operations.catalogue.views import Match, Need, Technology
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.record_log import Kept
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of
from casework.web.catalogue.pages import STATUSES
from casework.web.shell import layout
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import page_transaction

PLURALS: Mapping[Kept, str] = {"need": "needs", "technology": "technologies"}
_LISTS = {"need": N_("Needs"), "technology": N_("Technologies")}
_TITLES = {"need": N_("Match this need with a technology"), "technology": N_("Match this technology with a need")}


class NewMatch(Form):
    rationale = Note(
        label=N_("Why they fit"),
        help=N_("What the need asks and the technology does. The check of the match reads it."),
    )
    score = Number(
        label=N_("Score"),
        required=False,
        help=N_("As your office scores its matches; leave it empty where it does not."),
    )
    proposed_by = Text(
        label=N_("Proposed by"),
        max=300,
        required=False,
        help=N_("A person, an event or a programme; you, where nothing is said."),
    )
    proposed_on = Date(label=N_("Proposed on"), past=True, required=False)


class CorrectedMatch(Form):
    rationale = Note(label=N_("Why they fit"), required=False)
    score = NewMatch.fields()["score"]
    proposed_by = Text(label=N_("Proposed by"), max=300, required=False)
    proposed_on = NewMatch.fields()["proposed_on"]
    reason = Note(
        label=N_("Why it says something else now"),
        required=False,
        help=N_("Needed where somebody stands for what it says, or it has its case."),
    )


class Expiry(Form):
    reason = Note(
        label=N_("Reason"), help=N_("What shows that nobody follows it: a call, a letter, or that nobody answers.")
    )


class Return(Form):
    reason = Note(label=N_("Reason"), help=N_("Who wants it followed again, and since when."))


class _Making:
    """The pages on which one kind of record is matched."""

    def __init__(self, noun: Kept) -> None:
        self.noun, self.plural, self.other = noun, PLURALS[noun], OTHER[noun]
        self.blueprint = Blueprint(f"{noun}_matching", __name__)
        rule = f"/{self.plural}/<uuid:{noun}>/match"
        self.blueprint.add_url_rule(rule, "choose", self.choose, methods=["GET"])
        self.blueprint.add_url_rule(rule, "make", self.make, methods=["POST"])

    def _url(self, id: str, **values: Any) -> str:
        return url_for(f"{self.noun}_matching.choose", **values | {self.noun: id})

    def _at(self, id: str) -> str:
        named: dict[str, Any] = {self.noun: id}
        return url_for(f"{self.plural}.show", **named)

    def _other_at(self, id: str) -> str:
        named: dict[str, Any] = {self.other: id}
        return url_for(f"{PLURALS[self.other]}.show", **named)

    def _one(self, db: Connection, actor: Actor, noun: Kept, id: str) -> Need | Technology:
        if noun == "need":
            return catalogue.show_record(db, actor, Need, id)
        return catalogue.show_record(db, actor, Technology, id)

    def choose(self, **path: UUID) -> BaseResponse:
        id, other = str(path[self.noun]), request.args.get("other", "")
        if not other:
            return self._choose(id)
        try:
            return self._ask(id, str(UUID(other)))
        except ValueError:
            raise NotFound() from None

    def _choose(self, id: str) -> Response:
        words, cursor = request.args.get("q", "").strip()[:200], request.args.get("cursor")
        with page_transaction() as (db, actor):
            programme, _ = kept_records.editable(db, actor, self.noun, id)
            layout.use_calendar(calendar_of(db, programme))
            one = self._one(db, actor, self.noun, id)
            found = list_candidates(db, actor, self.noun, programme, words=words, cursor=cursor)
            ids = {row.id for row in found.items}
            standing = standing_matches(db, self.noun, id, ids)
            titles = catalogue.titles_of(db, actor, self.other, ids)
            title = catalogue.titles_of(db, actor, self.noun, {id})[id]
            owners = names_of(db, set(), {row.owner for row in found.items})
        rows = [
            (
                titles[row.id],
                self._other_at(row.id),
                owners.get(row.owner or ""),
                _over(row),
                url_for("matches.show", match=standing[row.id]) if row.id in standing else "",
                self._url(id, other=row.id),
            )
            for row in found.items
        ]
        page = render_template(
            "catalogue/match_choice.html",
            title=gettext(_TITLES[self.noun]),
            name=title,
            noun=self.noun,
            over=_over(one),
            back=self._at(id),
            crumbs=self._crumbs(id, title),
            rows=rows,
            words=words,
            search_url=self._url(id),
            next_url=self._url(id, q=words or None, cursor=found.next) if found.next else "",
            first_url=self._url(id, q=words or None) if cursor else "",
        )
        return make_response(page)

    def _crumbs(self, id: str, title: str) -> list[tuple[str, str]]:
        return [
            (gettext("Matches"), url_for("matches.index")),
            (gettext(_LISTS[self.noun]), url_for(f"{self.plural}.index")),
            (title, self._at(id)),
        ]

    def _ask(self, id: str, other: str, sent: Sent | None = None) -> BaseResponse:
        with page_transaction() as (db, actor):
            programme, _ = kept_records.editable(db, actor, self.noun, id)
            layout.use_calendar(calendar_of(db, programme))
            there = self._one(db, actor, self.other, other)
            if there.programme != programme:
                raise NotFound(self.other)
            standing = standing_matches(db, self.noun, id, {other}).get(other)
            ended = _over(self._one(db, actor, self.noun, id)) or _over(there)
            known = {"proposed_by": actor.name, "proposed_on": clock().office_today.isoformat()}
            you = {"proposed_by": gettext("You.")}
            form = form_of(db, actor, self._draft(id, other), NewMatch, sent=sent, known=known, sources=you)
            title = catalogue.titles_of(db, actor, self.noun, {id})[id]
            name = catalogue.titles_of(db, actor, self.other, {other})[other]
        if standing is not None or ended:
            # Both stand in a match, or one is used no more: there is nothing to fill in.
            to = url_for("matches.show", match=standing) if standing is not None else self._url(id, q=there.title[:200])
            return redirect(to, 303)
        sides = [(title, self._at(id)), (name, self._other_at(other))]
        return page_with_form(
            "catalogue/match_form.html",
            sent,
            title=gettext("A match"),
            form=form,
            do=gettext("Make the match"),
            action=self._url(id, other=other),
            back=self._url(id),
            crumbs=self._crumbs(id, title),
            sides=[*reversed(sides)] if self.noun == "technology" else sides,
        )

    def _draft(self, id: str, other: str) -> str:
        return f"{self.noun}:{id}:match:{other}"

    def make(self, **path: UUID) -> BaseResponse:
        id = str(path[self.noun])
        try:
            other = str(UUID(request.args.get("other", "")))
        except ValueError:
            other = ""
        with page_transaction() as (db, actor):
            programme, _ = kept_records.editable(db, actor, self.noun, id)
            layout.use_calendar(calendar_of(db, programme))
        if not other:
            # Nothing is chosen yet.
            return redirect(self._url(id), 303)
        need, technology = (id, other) if self.noun == "need" else (other, id)

        def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
            given = checked(NewMatch, data)
            return matches.create_match(
                db,
                actor,
                programme=programme,
                need=need,
                technology=technology,
                source="entered",
                external_id=None,
                proposed_on=date.fromisoformat(day) if (day := given.get("proposed_on")) else None,
                proposed_by=given.get("proposed_by"),
                score=given.get("score"),
                rationale=given["rationale"],
                confirmed=True,
                request=key,
            )

        return answer(
            self._draft(id, other),
            NewMatch.rule(),
            do,
            lambda sent: self._ask(id, other, sent),
            lambda done: url_for("matches.show", match=done.answer["id"]),
            said=lambda done: gettext("The match is made: it waits for triage."),
        )


def _over(one: Need | Technology) -> str:
    """How a record that is used no more ended, in words."""
    over = ended_as(asdict(one), clock().office_today.isoformat())
    return gettext(STATUSES[over]) if over else ""


# --- one that is there -----------------------------------------------------------------------------------------------

changes = Blueprint("match_changes", __name__)


@changes.get("/matches/<uuid:match>/correct")
def ask_correct(match: UUID) -> Response:
    return _ask_change(str(match), correct=True)


@changes.get("/matches/<uuid:match>/follow")
def ask_follow(match: UUID) -> Response:
    return _ask_change(str(match), correct=False)


def _form_for(one: Match, *, correct: bool) -> type[Form]:
    return CorrectedMatch if correct else Return if one.expired_at else Expiry


def _draft_of(one: Match, *, correct: bool) -> str:
    return f"match:{one.id}:{_form_for(one, correct=correct).__name__}"


def _insist_may(actor: Actor, one: Match) -> None:
    if not actor.in_programme(one.programme, match_changes.DECIDERS):
        raise NotAllowed()


def _ask_change(match: str, sent: Sent | None = None, *, correct: bool) -> Response:
    with page_transaction() as (db, actor):
        one = matches.show_match(db, actor, match)
        _insist_may(actor, one)
        layout.use_calendar(calendar_of(db, one.programme))
        known = {name: value for name in match_changes.FIELDS if (value := getattr(one, name)) not in (None, "")}
        form = form_of(
            db,
            actor,
            _draft_of(one, correct=correct),
            _form_for(one, correct=correct),
            sent=sent,
            known=known if correct else None,
            revision=match_changes.read_count(db, one.programme, match),
        )
    called = f"{one.need.title} · {one.technology.title}"
    words = (
        gettext("Correct the match")
        if correct
        else gettext("Bring back")
        if one.expired_at
        else gettext("It has expired")
    )
    return page_with_form(
        "catalogue/right_form.html",
        sent,
        title=words,
        under=[called],
        form=form,
        do=gettext("Put it right") if correct else words,
        back=url_for("matches.show", match=match),
        crumbs=[(gettext("Matches"), url_for("matches.index")), (called, url_for("matches.show", match=match))],
    )


@changes.post("/matches/<uuid:match>/correct")
def correct(match: UUID) -> BaseResponse:
    """Put right what a match says."""
    id = str(match)
    with page_transaction() as (db, actor):
        one = matches.show_match(db, actor, id)
        layout.use_calendar(calendar_of(db, one.programme))

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(CorrectedMatch, data)
        # What the form holds no longer is emptied.
        fields = {name: given.get(name) for name in match_changes.FIELDS}
        return match_changes.correct_match(
            db, actor, id, fields=fields, reason=given.get("reason"), seen=revision, request=key
        )

    return answer(
        _draft_of(one, correct=True),
        CorrectedMatch.rule(),
        do,
        lambda sent: _ask_change(id, sent, correct=True),
        lambda done: url_for("matches.show", match=id),
        said=lambda done: gettext("The match is put right."),
    )


@changes.post("/matches/<uuid:match>/follow")
def follow(match: UUID) -> BaseResponse:
    """Say that nobody follows a match any more, or that it is followed again."""
    id = str(match)
    with page_transaction() as (db, actor):
        one = matches.show_match(db, actor, id)
        layout.use_calendar(calendar_of(db, one.programme))
    form = _form_for(one, correct=False)
    change = match_changes.bring_match_back if one.expired_at else match_changes.expire_match

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        return change(db, actor, id, reason=checked(form, data)["reason"], seen=revision, request=key)

    return answer(
        _draft_of(one, correct=False),
        form.rule(),
        do,
        lambda sent: _ask_change(id, sent, correct=False),
        lambda done: url_for("matches.show", match=id),
        said=lambda done: (
            gettext("It is followed again.")
            if one.expired_at
            else gettext("Said: it has expired, and becomes no case.")
        ),
    )


needs = _Making("need").blueprint
technologies = _Making("technology").blueprint
