"""Needs and technologies as records that officers keep: list them, read one with its history, enter, correct and confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.record_use import DRAFT, OWNER_EXPIRED, ended_as
from casework.engine.definition.form_values import build_model, check
from casework.errors import NotAllowed, NotFound, RecordInDoubt
from casework.json_values import JsonMapping, JsonObject
from casework.operations.cases.impacts import statements_of
from casework.operations.catalogue import (
    kept_records,
    matches,
    need_renewals,
    need_statements,
    outcomes,
    source_rows,
    twins,
)
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.assessment_needs import find_origin
from casework.operations.catalogue.doubted_fields import doubted_by
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.views import Need, RecordEntry, Technology
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.record_log import Kept
from casework.operations.matching import proposals, similar
from casework.operations.matching.follow_up import list_to_correct
from casework.operations.matching.listed_records import Listed, list_found
from casework.operations.matching.ranking import make_ready
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.web.cases.effect import say_statement
from casework.web.catalogue.correct_words import to_correct
from casework.web.catalogue.filter_words import say_unknown
from casework.web.catalogue.listed_fields import listed_form, names_listed
from casework.web.catalogue.outcome_words import said_at_source, say_outcomes
from casework.web.catalogue.pages import (
    FIELDS,
    STATUSES,
    bring_buttons,
    in_each_programme,
    plainly,
    say_value,
    unknown_of,
    values_of,
    waiting_by_source,
)
from casework.web.catalogue.record_forms import CORRECTED, NEW, answers_of, fields_of
from casework.web.catalogue.record_history import HAPPENED, kind_of, who_did
from casework.web.catalogue.record_lists import LONGEST, Asked, marked, say_count, selects_of, urls_of
from casework.web.catalogue.statement_pages import RENEWAL_STANDS
from casework.web.shell import layout
from casework.web.shell.countries import with_countries
from casework.web.shell.figure_words import target_of
from casework.web.shell.forms import FormView, read_request
from casework.web.shell.i18n import N_, listed
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import list_transaction, page_transaction
from casework.web.tasks.saved_view_pages import searches_of

_NAMES = {"need": N_("Needs"), "technology": N_("Technologies")}
_ENTER = {"need": N_("Enter a need"), "technology": N_("Enter a technology")}
_ABOUT = {
    "need": N_("What companies look for. A need is entered here or comes with an import; what nobody has confirmed opens no gate."),
    "technology": N_("What developers offer. A technology is entered here, or imported; what nobody has confirmed opens no gate."),
}  # fmt: skip
#: By the column of a record the name of its field on the page, where it is another.
_SHOWN_AS = {"owner_id": "owner"}


def _label(noun: Kept, field: str) -> str:
    if field == "status":
        return gettext("Status")
    return gettext(FIELDS[noun][_SHOWN_AS.get(field, field)])


class _Pages:
    """The pages of one kind of record."""

    def __init__(self, noun: Kept, plural: str) -> None:
        self.noun, self.plural = noun, plural
        self.blueprint = Blueprint(plural, __name__)
        for rule, name, view, methods in (
            (f"/{plural}", "index", self.index, ["GET"]),
            (f"/{plural}/<uuid:{noun}>", "show", self.show, ["GET"]),
            (f"/{plural}/<uuid:{noun}>/correct", "correct", self.ask_correct, ["GET"]),
            (f"/{plural}/<uuid:{noun}>/correct", "put_right", self.put_right, ["POST"]),
            (f"/{plural}/<uuid:{noun}>/confirm", "confirm", self.confirm, ["POST"]),
            (f"/programmes/<uuid:programme>/{plural}/new", "new", self.ask_new, ["GET"]),
            (f"/programmes/<uuid:programme>/{plural}/new", "enter", self.enter, ["POST"]),
        ):
            self.blueprint.add_url_rule(rule, name, view, methods=methods)

    def _url(self, page: str, **values: Any) -> str:
        return url_for(f"{self.plural}.{page}", **values)

    def _beside(self, pages: str, id: str) -> str:
        """A page about it that has a module of its own."""
        named: dict[str, Any] = {self.noun: id}
        return url_for(f"{self.noun}_{pages}.choose", **named)

    def _side_by_side(self, id: str, other: str) -> str:
        """Where two are compared, and the younger one is merged into the older one."""
        older, younger = sorted((id, other))
        named: dict[str, Any] = {self.noun: younger, "into": older}
        return url_for(f"{self.noun}_merging.choose", **named)

    def _back(self, id: str) -> str:
        named: dict[str, Any] = {self.noun: id}
        return url_for(f"{self.noun}_twins.ask_back", **named)

    def _at(self, id: str) -> str:
        return self._url("show", **{self.noun: id})

    def _one(self, db: Connection, actor: Actor, id: str) -> Need | Technology:
        if self.noun == "need":
            return catalogue.show_record(db, actor, Need, id)
        return catalogue.show_record(db, actor, Technology, id)

    # --- the list ---

    def index(self) -> str:
        asked = Asked(self.noun)
        if asked.words:
            make_ready()
        with list_transaction() as (db, actor):
            if not reach(actor).all_of:
                raise NotFound()
            given: dict[str, Any] = {"said": asked.words, "facets": asked.facets, "cursor": asked.cursor}
            listed: Listed[Need] | Listed[Technology] = (
                list_found(db, actor, Need, **given)
                if self.noun == "need"
                else list_found(db, actor, Technology, **given)
            )
            titles = catalogue.titles_of(db, actor, self.noun, {one.id for one in listed.items})
            owners = names_of(db, set(), {one.owner for one in listed.items})
            alike = twins.likely_twins(db, actor, self.noun, {one.id for one in listed.items})
            views = searches_of(db, actor, self.plural, request.args.to_dict())
            lists = [read_lists(db, programme) for programme in sorted(reach(actor).all_of)[:1]]
            words = gettext(_ENTER[self.noun])
            enter = in_each_programme(db, actor, words, lambda home: self._url("new", programme=home))
            bring = bring_buttons(db, actor, self.plural)
        own = dict.fromkeys(m.programme for m in actor.memberships if m.role in EDITORS and m.programme)
        return render_template(
            "catalogue/records.html",
            title=gettext(_NAMES[self.noun]),
            views=views,
            about=gettext(_ABOUT[self.noun]),
            rows=[
                (
                    one,
                    marked(titles[one.id], listed),
                    owners.get(one.owner or ""),
                    self._at(one.id),
                    _over(one),
                    one.id in alike,
                    self._side_by_side(one.id, alike[one.id]) if one.id in alike and one.programme in own else "",
                )
                for one in listed.items
            ],
            words=asked.words,
            longest=LONGEST,
            narrowed=bool(asked.facets),
            selects=selects_of(asked, listed, lists),
            counted=say_count(asked, listed),
            some=listed.some,
            **urls_of(self.plural, asked, listed),
            twins_url=url_for("twins.index") if own else "",
            stated_url=url_for("statements.index") if own and self.noun == "need" else "",
            enter=enter,
            bring=bring,
        )

    # --- one ---

    def show(self, **path: UUID) -> str:
        id = str(path[self.noun])
        with page_transaction() as (db, actor):
            one = self._one(db, actor, id)
            layout.use_calendar(calendar_of(db, one.programme))
            entries = kept_records.read_entries(db, actor, self.noun, id)
            found = matches.list_matches(db, actor, about={self.noun: id}, limit=50).items
            people = {origin.get("confirmed_by") for origin in one.provenance.values()}
            owners = {
                value for entry in entries for value in entry.changes.get("owner_id", ()) if isinstance(value, str)
            }
            names = names_of(db, people, {one.owner, *owners}, as_registered=True)
            titles = catalogue.titles_of(db, actor, self.noun, {id, one.merged_into})
            may = actor.in_programme(one.programme, EDITORS) and one.merged_into is None
            lists = read_lists(db, one.programme)
            names |= names_listed(lists, self.noun, one)
            read = source_rows.read_source_row(db, actor, self.noun, id)
            came = outcomes.outcomes_of(db, actor, self.noun, id, lists)
            alike = similar.list_similar(db, actor, self.noun, one)
            files = need_statements.files_of_need(db, actor, id) if self.noun == "need" else []
            renewals = need_renewals.list_renewals(db, actor, id) if self.noun == "need" else []
            asks = self.noun == "need" and may and not _over(one) and need_renewals.may_ask(db, actor, id)
            proposed = proposals.list_proposals(db, actor, id) if self.noun == "need" else []
            came_of = find_origin(db, actor, id) if self.noun == "need" else None
            stated = statements_of(db, id, one.programme) if self.noun == "technology" else []
            wrong = list_to_correct(db, actor, id) if self.noun == "technology" else []
        values = values_of(self.noun, one, names)
        beside = said_at_source(read, values)
        return render_template(
            "catalogue/record.html",
            noun=self.noun,
            title=titles[id],
            one=one,
            stays=(titles[one.merged_into], self._at(one.merged_into)) if one.merged_into else None,
            over=_over(one),
            ended=ended_as(asdict(one), clock().office_today.isoformat()) is not None,
            use_url=self._beside("use", id) if may else "",
            draft=(draft := one.status == DRAFT),
            publish_url=url_for("need_use.publish", need=id) if may and draft else "",
            desk_url=url_for("desk.show", need=id) if self.noun == "need" and not draft else "",
            match_url=self._beside("matching", id) if may and not _over(one) else "",
            merge_url=self._beside("merging", id) if may else "",
            origin=came_of,
            origin_url=url_for("need_origin.choose", need=id) if may and self.noun == "need" else "",
            unmerge_url=self._back(id) if one.merged_into and actor.in_programme(one.programme, EDITORS) else "",
            list_name=gettext(_NAMES[self.noun]),
            list_url=self._url("index"),
            owner=names.get(one.owner or ""),
            values=values,
            unknown=listed(unknown_of(self.noun, one)),
            figures=[target_of(row) for row in one.figures] if isinstance(one, Need) else [],
            waiting=waiting_by_source(values),
            beside=beside.differing,
            read=[(name, plainly(value)) for name, value in read.row if name not in beside.columns],
            source_url=url_for("sources.show", programme=one.programme, source=read.source) if read.source else "",
            outcomes=say_outcomes(came, lists),
            files=files,
            renewals=renewals,
            renewal_states=RENEWAL_STANDS,
            ask_whether_url=url_for("need_renewals.ask", need=id) if asks else "",
            proposed=[(row, listed(row.words), say_unknown(row.filters)) for row in proposed],
            alike=[(other, self._at(other.id)) for other in alike],
            twins_url=url_for("twins.index") if may else "",
            wrong=to_correct(wrong),
            doubted={_SHOWN_AS.get(field, field) for field in doubted_by([one.code for one in wrong])},
            statements=[(statement, say_statement(statement)) for statement in stated],
            confirm_url=self._url("confirm", **{self.noun: id}),
            correct_url=self._url("correct", **{self.noun: id}) if may else "",
            entries=[(entry, self._say(entry), self._changes(entry, names)) for entry in entries],
            matches=[(match, match.technology if self.noun == "need" else match.need) for match in found],
            may=may,
        )

    def _say(self, entry: RecordEntry) -> str:
        kind = kind_of(entry)
        return gettext(
            HAPPENED.get(kind, kind),
            who=who_did(entry),
            other=entry.other.name if entry.other else "",
            case=entry.case or "",
            fields=", ".join(_label(self.noun, name) for name in entry.confirmed),
        )

    def _changes(self, entry: RecordEntry, names: Mapping[str, str]) -> list[tuple[str, Any, Any]]:
        """Label, what it said before, what it says then; of an erased one that it is."""
        told = [
            (_label(self.noun, name), say_value(before, name, names), say_value(after, name, names))
            for name, (before, after) in entry.changes.items()
            if name not in entry.erased and (entry.kind != "recorded" or after not in (None, "", [], {}))
        ]
        return told + [(_label(self.noun, name), "", gettext("erased")) for name in entry.erased]

    def confirm(self, **path: UUID) -> BaseResponse:
        """Stand for one value, or for all that came from one source."""
        id, field = str(path[self.noun]), request.form.get("field", "")
        with page_transaction() as (db, actor):
            if field:
                named = "owner_id" if field == "owner" else field
                kept_records.confirm_field(db, actor, self.noun, id, field=named, request=read_request())
            else:
                source = request.form.get("source", "")
                kept_records.confirm_source(db, actor, self.noun, id, source=source, request=read_request())
        flash(gettext("Confirmed: from now on rules may rely on it."))
        return redirect(self._at(id), 303)

    # --- the forms ---

    def ask_new(self, programme: UUID) -> Response:
        return self._ask_new(str(programme))

    def _ask_new(self, programme: str, sent: Sent | None = None) -> Response:
        with page_transaction() as (db, actor):
            if programme not in reach(actor).all_of:
                raise NotFound("programme")
            if not actor.in_programme(programme, EDITORS):
                raise NotAllowed()
            layout.use_calendar(calendar_of(db, programme))
            asked = listed_form(NEW[self.noun], self.noun, read_lists(db, programme), {})
            form = with_countries(kept_form(db, actor, f"{self.noun}:new:{programme}", *asked, sent=sent))
        words = gettext(_ENTER[self.noun])
        likely = url_for(f"{self.noun}_twins.likely", programme=programme)
        return self._form_page(
            (words, words), form, sent, self._url("index"), likely=likely, drafted=self.noun == "need"
        )

    def _form_page(
        self,
        words: tuple[str, str],
        form: FormView,
        sent: Sent | None,
        back: str,
        *,
        under: str = "",
        likely: str = "",
        drafted: bool = False,
    ) -> Response:
        """The page of a form: `words` are its title and what its button says."""
        title, do = words
        return page_with_form(
            "catalogue/record_form.html",
            sent,
            title=title,
            under=[under],
            likely_url=likely,
            drafted=drafted,
            form=form,
            do=do,
            back=back,
            crumbs=[(gettext(_NAMES[self.noun]), self._url("index")), *([(under, back)] if under else [])],
        )

    def enter(self, programme: UUID) -> BaseResponse:
        scope = str(programme)
        with page_transaction() as (db, actor):
            if scope not in reach(actor).all_of:
                raise NotFound("programme")
            layout.use_calendar(calendar_of(db, scope))
            rules, _ = listed_form(NEW[self.noun], self.noun, read_lists(db, scope), {})

        def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
            given = _checked(rules, data)
            fields = fields_of(given, self.noun) | {"owner_id": kept_records.find_owner(db, scope, given.get("owner"))}
            if not key.sure and (likely := twins.list_likely(db, actor, self.noun, scope, fields)):
                raise RecordInDoubt([one.name for one in likely])
            return kept_records.create_record(
                db,
                actor,
                self.noun,
                programme=scope,
                fields=fields,
                source=given["source"],
                confirmed=given["confirmed"],
                draft=request.form.get("draft") == "yes",
                request=key,
            )

        return answer(
            f"{self.noun}:new:{scope}",
            rules,
            do,
            lambda sent: self._ask_new(scope, sent),
            lambda done: self._at(done.answer["id"]),
            said=lambda done: (
                gettext("It is kept as a draft.") if request.form.get("draft") == "yes" else gettext("It is entered.")
            ),
        )

    def ask_correct(self, **path: UUID) -> Response:
        return self._ask_correct(str(path[self.noun]))

    def _ask_correct(self, id: str, sent: Sent | None = None) -> Response:
        with page_transaction() as (db, actor):
            one = self._one(db, actor, id)
            layout.use_calendar(calendar_of(db, one.programme))
            if not actor.in_programme(one.programme, EDITORS):
                raise NotAllowed()
            known = answers_of(one, self.noun, names_of(db, set(), {one.owner}))
            seq = kept_records.read_seq(db, id)
            asked = listed_form(CORRECTED[self.noun], self.noun, read_lists(db, one.programme), known)
            view = kept_form(db, actor, f"{self.noun}:{id}", *asked, values=known, sent=sent, revision=seq)
            title = catalogue.titles_of(db, actor, self.noun, {id})[id]
        form = with_countries(view)
        words = gettext("Correct the need") if self.noun == "need" else gettext("Correct the technology")
        return self._form_page((words, gettext("Put it right")), form, sent, self._at(id), under=title)

    def put_right(self, **path: UUID) -> BaseResponse:
        id = str(path[self.noun])
        with page_transaction() as (db, actor):
            one = self._one(db, actor, id)
            layout.use_calendar(calendar_of(db, one.programme))
            known = answers_of(one, self.noun, {})
            rules, _ = listed_form(CORRECTED[self.noun], self.noun, read_lists(db, one.programme), known)

        def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
            given = _checked(rules, data)
            fields = fields_of(given, self.noun) | {
                "owner_id": kept_records.find_owner(db, one.programme, given.get("owner"))
            }
            return kept_records.correct_record(
                db,
                actor,
                self.noun,
                id,
                # What the form holds no longer is emptied.
                fields=fields,
                source=given.get("source"),
                reason=given.get("reason"),
                seen=revision,
                request=key,
            )

        return answer(
            f"{self.noun}:{id}",
            rules,
            do,
            lambda sent: self._ask_correct(id, sent),
            lambda done: self._at(id),
            said=lambda done: gettext("Put right: from now on rules may rely on it."),
        )


def _over(one: Need | Technology) -> str:
    """How a record that is used no more ended, or that it is not used yet, in words."""
    ended = DRAFT if one.status == DRAFT else ended_as(asdict(one), clock().office_today.isoformat())
    over = ended or (OWNER_EXPIRED if one.owner_expired else None)
    return gettext(STATUSES[over]) if over else ""


def _checked(rules: list[Any], data: JsonMapping) -> JsonObject:
    return check(build_model("Record", rules), rules, data, clock().office_today)


needs = _Pages("need", "needs").blueprint
technologies = _Pages("technology", "technologies").blueprint
