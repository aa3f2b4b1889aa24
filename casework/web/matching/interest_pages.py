"""How an officer asks both sides of shortlisted matches whether they are interested: choose, look at what they will see, and send."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects import party_links
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Many, Note, Number, Text
from casework.errors import InvalidForm, NotAllowed, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue import matches
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.views import Need
from casework.operations.core.drafts import find_draft
from casework.operations.core.perform import calendar_of
from casework.operations.matching import interest
from casework.operations.matching.interest import (
    DAYS,
    LONGEST,
    MOST_DAYS,
    NEED_OWNER,
    TECHNOLOGY_OWNER,
    Asked,
    Side,
    Told,
)
from casework.operations.matching.interest_answers import answers_by_match
from casework.operations.matching.interest_mail import OPEN, OVER
from casework.permissions.actors import Actor
from casework.web.matching.interest_form import say_need, say_technology, title_of
from casework.web.shell import layout
from casework.web.shell.form_fields import PREFIX
from casework.web.shell.forms import Texts, build_form, own_texts, parse_form, read_request
from casework.web.shell.i18n import N_, say_error, say_faults
from casework.web.shell.kept_forms import drop_kept
from casework.web.shell.layout import clock
from casework.web.shell.session import page_transaction, secret_box

blueprint = Blueprint("interest_asks", __name__)

#: Of whom one writes to: somebody who is not on record there.
OTHER = "other"


class Question(Form):
    matches = Many(label=N_("Technologies to ask about"), choices={})
    contact = Choice(label=N_("To whom"), choices={OTHER: N_("another address")})
    address = Text(label=N_("E-mail address"), max=254, when=("contact", (OTHER,)))
    language = Choice(label=N_("Language"), choices={"zh-Hans": "简体中文", "en": "English"})
    days = Number(label=N_("Days until it ends"), min="1", max=str(MOST_DAYS), whole=True)
    message = Note(
        label=N_("Your message"), required=False, max=LONGEST, help=N_("It stands in the mail and above what is asked.")
    )
    need_words = Note(
        label=N_("What the owner may know of the need"),
        max=LONGEST,
        help=N_("In a sentence or two. Of a closed need the owner reads this alone, so name nobody."),
    )


@dataclass(frozen=True)
class Scene:
    """What is asked of whom: the need, the shortlisted matches that may be asked about, and who can be written to."""

    side: Side
    need: str
    need_title: str
    #: By match what its technology is called; of those that wait for this side's answer, or have it, the state.
    listed: dict[str, str]
    asked_already: dict[str, str]
    told: Told | None
    #: Why nobody can be asked.
    fault: str

    @property
    def draft(self) -> str:
        return f"interest:{self.side}:{self.need if self.side == NEED_OWNER else next(iter(self.listed))}"

    @property
    def back(self) -> str:
        return url_for("desk.show", need=self.need, view="shortlist")

    def form(self) -> tuple[list[Any], Texts]:
        """The rules and words of the form."""
        contacts = {one.id: one for one in self.told.contacts if one.email} if self.told else {}
        rules: list[JsonObject] = []
        for written in Question.rule():
            rule: JsonObject = dict(written)
            name = rule["name"]
            if name == "matches" and self.side == TECHNOLOGY_OWNER or name == "need_words" and self.side == NEED_OWNER:
                continue
            if name == "contact" and not contacts:
                continue
            if name == "address" and not contacts:
                rule.pop("when")
            if name == "need_words":
                rule["required"] = self.told is not None and not self.told.need_told
            if name in ("matches", "contact"):
                rule["choices"] = list(self.listed) if name == "matches" else [*contacts, OTHER]
            rules.append(rule)
        words = {f"matches.choices.{id}": self._called(id) for id in self.listed}
        words |= {
            f"contact.choices.{one.id}": " · ".join(part for part in (one.name, one.role, one.email) if part)
            for one in contacts.values()
        }
        own = own_texts(Question)
        return rules, Texts(
            lambda key: words[key] if key in words else own.get(key), lambda key: key in words or own.has(key)
        )

    def _called(self, match: str) -> str:
        if (state := self.asked_already.get(match)) is None:
            return self.listed[match]
        asked = gettext("asked already") if state == OPEN else gettext("answered already")
        return f"{self.listed[match]} · {asked}"

    def values(self) -> JsonObject:
        """What stands in the form at first."""
        contacts = [one for one in self.told.contacts if one.email] if self.told else []
        chosen = [id for id in request.args.getlist("match") if id in self.listed] or [
            id for id in self.listed if id not in self.asked_already
        ]
        spoken = contacts[0].language if contacts else "zh"
        return {
            "matches": chosen[: interest.MOST],
            "contact": contacts[0].id if contacts else OTHER,
            "language": party_links.LANGUAGES[spoken.startswith("zh")],
            "days": str(DAYS),
        }

    def asked(self, given: JsonMapping) -> Asked:
        emails = {one.id: one.email or "" for one in self.told.contacts} if self.told else {}
        contact = given.get("contact") or OTHER
        return Asked(
            side=self.side,
            matches=given.get("matches") or list(self.listed),
            address=given.get("address") or "" if contact == OTHER else emails[contact],
            language=given["language"],
            message=given.get("message") or "",
            days=int(given["days"]),
            need_words=given.get("need_words") or "",
        )


def _scene(db: Connection, actor: Actor, *, need: str = "", match: str = "") -> Scene:
    """Raises NotFound and NotAllowed."""
    if match:
        found = [matches.show_match(db, actor, match)]
        need = found[0].need.id
    record = catalogue.show_record(db, actor, Need, need)
    if not actor.in_programme(record.programme, EDITORS):
        raise NotAllowed()
    layout.use_calendar(calendar_of(db, record.programme))
    if not match:
        every = matches.list_matches(
            db, actor, opened=False, refused=False, ended=False, about={"need": need}, limit=100
        ).items
        found = [one for one in every if one.shortlisted_at]
    side: Side = "technology_owner" if match else "need_owner"
    last = answers_by_match(interest.list_interest(db, actor, need))
    told, fault = None, ""
    if found:
        try:
            told = interest.told_to(db, actor, side, [one.id for one in found[: interest.MOST]])
        except Refused as refusal:
            fault = say_error(refusal)
    return Scene(
        side=side,
        need=need,
        need_title=catalogue.titles_of(db, actor, "need", {need})[need],
        listed={one.id: one.technology.title for one in found},
        asked_already={
            one.id: last[one.id, side][0].state
            for one in found
            if (one.id, side) in last and last[one.id, side][0].state != OVER
        },
        told=told,
        fault=fault,
    )


@blueprint.get("/needs/<uuid:need>/ask-enterprise")
def ask_enterprise(need: UUID) -> Response:
    return _ask(need=str(need))


@blueprint.get("/matches/<uuid:match>/ask-owner")
def ask_owner(match: UUID) -> Response:
    return _ask(match=str(match))


def _ask(
    *,
    need: str = "",
    match: str = "",
    sent: MultiDict[str, str] | None = None,
    faults: JsonMapping | None = None,
    status: int = 200,
) -> Response:
    with page_transaction() as (db, actor):
        scene = _scene(db, actor, need=need, match=match)
        draft = None if sent is not None or not scene.listed else find_draft(db, actor.person, scene.draft)
    form = None
    if scene.told is not None:
        rules, texts = scene.form()
        form = build_form(
            scene.draft, rules, texts, values=scene.values(), submitted=sent, faults=dict(faults or {}), draft=draft
        )
    return make_response(render_template("matching/ask.html", scene=scene, form=form), status)


@blueprint.post("/needs/<uuid:need>/ask-enterprise")
def send_to_enterprise(need: UUID) -> BaseResponse:
    return _send(need=str(need))


@blueprint.post("/matches/<uuid:match>/ask-owner")
def send_to_owner(match: UUID) -> BaseResponse:
    return _send(match=str(match))


def _send(*, need: str = "", match: str = "") -> BaseResponse:
    """Shows what the side will see; sent it is from there."""
    do = request.form.get("do", "")
    if do == "change":
        return _ask(need=need, match=match, sent=request.form)
    try:
        with page_transaction() as (db, actor):
            scene = _scene(db, actor, need=need, match=match)
            if scene.told is None:
                # Somebody took the last one off the shortlist meanwhile: the page says so.
                return _ask(need=need, match=match, status=409)
            rules, _ = scene.form()
            given = check(build_model("Question", rules), rules, parse_form(rules, request.form), clock().office_today)
            asked = scene.asked(given)
            told = interest.told_to(db, actor, scene.side, asked.matches)
            interest.insist_askable(asked, told)
            if do == "go":
                seen = request.form.get("seen", "")
                interest.ask_side(db, actor, secret_box(), asked, read_request(), seen=seen)
                drop_kept(db, actor)
    except InvalidForm as refusal:
        return _ask(need=need, match=match, sent=request.form, faults=say_faults(refusal), status=422)
    except Refused as refusal:
        return _ask(need=need, match=match, sent=request.form, faults={"": say_error(refusal)}, status=409)
    if do == "go":
        flash(gettext("It is sent to %(address)s. What they answer stands here and on My work.", address=asked.address))
        return redirect(scene.back, 303)
    need_told = told.need_told | ({"words": asked.need_words} if asked.need_words else {})
    page = render_template(
        "matching/ask_preview.html",
        scene=scene,
        asked=asked,
        seen=interest.digest_of(asked, told),
        told=[(title_of(one), say_technology(one)) for one in told.matches],
        need=title_of(told.need_told) if told.need_told.get("title") else "",
        need_told=say_need(need_told) if scene.side == TECHNOLOGY_OWNER else [],
        kept=[(name, value) for name, value in request.form.items(multi=True) if name.startswith(PREFIX)],
    )
    return make_response(page)


@blueprint.post("/interest-requests/<uuid:interest_request>/withdraw")
def withdraw(interest_request: UUID) -> BaseResponse:
    with page_transaction() as (db, actor):
        one = interest.show_interest(db, actor, str(interest_request))
        interest.withdraw_interest(db, actor, one.id, read_request())
    flash(gettext("The question is taken back. Its link opens nothing any more."))
    return redirect(url_for("desk.show", need=one.need, view="shortlist"), 303)


__all__ = ["blueprint"]
