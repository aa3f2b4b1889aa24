"""Merging two records of one need or technology: the likely doubles, both side by side with what moves, and the merging itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import gettext
from markupsafe import Markup, escape
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.record_merging import units
from casework.engine.definition.forms import Choice, Form, Note
from casework.errors import CaseworkError, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue import kept_records
from casework.operations.catalogue import record_merging as merging
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.merging_views import RecordMergePreview
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.idempotency import Done, Request, find_done
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.record_log import Kept
from casework.permissions.actors import Actor
from casework.web.catalogue.organisation_pages import checked, form_of
from casework.web.catalogue.pages import FIELDS, say_value
from casework.web.shell import layout
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say
from casework.web.shell.sent_forms import Sent, answer, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.shell.values import name_right

_NAMES: Mapping[Kept, str] = {"need": N_("Needs"), "technology": N_("Technologies")}
_TITLES: Mapping[Kept, str] = {"need": N_("Merge a need"), "technology": N_("Merge a technology")}
REASON_ASKED = Note(
    label=N_("Why they are the same"), help=N_("What shows it: a call, a paper, or the sources of both.")
)
#: Before the name of a field of which one chooses, and how long a value is in a choice.
TAKE, SHORT = "take_", 160
GONE, KEPT = "gone", "kept"


class MergedBefore(Form):
    """What was asked where it was done already: nothing is left to choose."""

    reason = REASON_ASKED


def sent_before(db: Connection, actor: Actor) -> bool:
    """Whether the same form was sent before, and done: it is answered as then."""
    try:
        return find_done(db, actor, read_request()) is not None
    except CaseworkError:
        # It is told where the form is answered.
        return False


def into_asked() -> str | None:
    """The one that stays, as the address says. Raises NotFound for what is no id."""
    given = request.args.get("into", "")
    try:
        return str(UUID(given)) if given else None
    except ValueError:
        raise NotFound() from None


class _Pages:
    """The pages of one kind of record."""

    def __init__(self, noun: Kept, plural: str) -> None:
        self.noun, self.plural = noun, plural
        self.blueprint = Blueprint(f"{noun}_merging", __name__)
        rule = f"/{plural}/<uuid:{noun}>/merge"
        self.blueprint.add_url_rule(rule, "choose", self.choose, methods=["GET"])
        self.blueprint.add_url_rule(rule, "merge", self.merge, methods=["POST"])

    def _url(self, id: str, **values: Any) -> str:
        return url_for(f"{self.noun}_merging.choose", **values | {self.noun: id})

    def _apart(self, id: str, other: str) -> str:
        named: dict[str, Any] = {self.noun: id, "other": other}
        return url_for(f"{self.noun}_twins.ask", **named)

    def _at(self, id: str) -> str:
        named: dict[str, Any] = {self.noun: id}
        return url_for(f"{self.plural}.show", **named)

    def _one(self, db: Connection, actor: Actor, id: str) -> Need | Technology:
        if self.noun == "need":
            return catalogue.show_record(db, actor, Need, id)
        return catalogue.show_record(db, actor, Technology, id)

    def _crumbs(self, id: str, title: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
        return [
            (gettext("Matches"), url_for("matches.index")),
            (gettext(_NAMES[self.noun]), url_for(f"{self.plural}.index")),
            (title, self._at(id)),
            *more,
        ]

    def choose(self, **path: UUID) -> Response:
        id, into = str(path[self.noun]), into_asked()
        return self._choose(id) if into is None else self._ask(id, into)

    def _choose(self, id: str) -> Response:
        words = request.args.get("q", "").strip()[:200]
        with page_transaction() as (db, actor):
            found = merging.list_doubles(db, actor, self.noun, id, words)
            title = catalogue.titles_of(db, actor, self.noun, {id})[id]
            owners = names_of(db, set(), {row.owner for row in found})
        page = render_template(
            "catalogue/record_doubles.html",
            title=gettext(_TITLES[self.noun]),
            name=title,
            crumbs=self._crumbs(id, title),
            rows=[(row, owners.get(row.owner or ""), self._at(row.id), self._url(id, into=row.id)) for row in found],
            words=words,
            search_url=self._url(id),
        )
        return make_response(page)

    def _form(self, db: Connection, actor: Actor, id: str, into: str) -> tuple[type[Form], JsonMapping]:
        """The form, with one question for each field in which the two differ; and how it begins: as the one that stays says it."""
        differ = merging.preview_merging(db, actor, self.noun, id, into).differing
        one, other = (self._one(db, actor, each) for each in (id, into))
        names = names_of(db, set(), {one.owner, other.owner})
        asked: dict[str, Any] = {
            f"{TAKE}{name}": Choice(
                label=FIELDS[self.noun][_shown(name)],
                choices={KEPT: self._say(other, name, names), GONE: self._say(one, name, names)},
            )
            for name in differ
        }
        return type("MergingOf", (Form,), {**asked, "reason": REASON_ASKED}), dict.fromkeys(asked, KEPT)

    def _say(self, one: Need | Technology, field: str, names: Mapping[str, str]) -> str:
        """What a record says in a field, and in those that go with it."""
        together = next(names for names in units(self.noun) if names[0] == field)
        said = [say_value(getattr(one, _shown(name)), _shown(name), names) for name in together]
        parts = [each.striptags() if isinstance(each, Markup) else str(each) for each in said]
        words = " – ".join(part for part in parts if part) or gettext("Not specified")
        return words if len(words) <= SHORT else words[: SHORT - 1] + "…"

    def _ask(self, id: str, into: str, sent: Sent | None = None) -> Response:
        with page_transaction() as (db, actor):
            preview = merging.preview_merging(db, actor, self.noun, id, into)
            one, other = (self._one(db, actor, each) for each in (id, into))
            layout.use_calendar(calendar_of(db, one.programme))
            rule, known = self._form(db, actor, id, into)
            seq = kept_records.read_seq(db, id)
            form = form_of(db, actor, self._draft(id, into), rule, known=known, sent=sent, revision=seq)
            titles = catalogue.titles_of(db, actor, self.noun, {id, into})
            names = names_of(db, set(), {one.owner, other.owner})
        return page_with_form(
            "catalogue/record_merge.html",
            sent,
            title=gettext("Merge into %(name)s", name=titles[into]),
            gone=titles[id],
            kept=titles[into],
            crumbs=self._crumbs(id, titles[id], (gettext(_TITLES[self.noun]), self._url(id))),
            refused_why=[say(why) for why in preview.refused],
            facts=self._side_by_side(one, other, preview, names),
            moves=[(label, said) for label, said in _moves(preview) if said],
            warnings=[],
            form=form,
            action=self._url(id, into=into),
            again=self._url(id),
            apart=self._apart(id, into) if id != into else "",
            back=self._at(id),
        )

    def _draft(self, id: str, into: str) -> str:
        return f"{self.noun}:{id}:merge:{into}"

    def _side_by_side(
        self, one: Any, other: Any, preview: RecordMergePreview, names: Mapping[str, str]
    ) -> list[tuple[str, str, str, str]]:
        """Field, what the one to go says, what the one to stay says, and whether that one takes it over, or one chooses."""
        rows = []
        chosen = {name for names in units(self.noun) if names[0] in preview.differing for name in names}
        for name, label in FIELDS[self.noun].items():
            column = "owner_id" if name == "owner" else name
            left, right = (say_value(getattr(each, name), name, names) for each in (one, other))
            fate = "taken" if column in preview.taken else "chosen" if name in chosen else ""
            if left or right:
                rows.append((gettext(label), *marked(left, right), fate))
        return rows

    def merge(self, **path: UUID) -> BaseResponse:
        id, into = str(path[self.noun]), into_asked()
        if into is None:
            return self._choose(id)
        with page_transaction() as (db, actor):
            form = MergedBefore if sent_before(db, actor) else self._form(db, actor, id, into)[0]

        def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
            given = checked(form, data)
            chosen = [name.removeprefix(TAKE) for name, side in given.items() if side == GONE and name != "reason"]
            return merging.merge_records(
                db, actor, self.noun, id, into=into, reason=given["reason"], chosen=chosen, seen=revision, request=key
            )

        return answer(
            self._draft(id, into),
            form.rule(),
            do,
            lambda sent: self._ask(id, into, sent),
            lambda done: self._at(into),
            said=lambda done: gettext("Merged: what was of the other record is of this one now."),
        )


#: A word with the blanks after it, or a Chinese character.
_PARTS = re.compile(r"[\u3400-\u9fff]|[^\s\u3400-\u9fff]+\s*|\s+")
#: Texts that have less in common are not held against each other word by word, nor are longer ones.
_COMMON, _LONGEST = 0.5, 300


def marked(one: Any, other: Any) -> tuple[Any, Any]:
    """Two texts, in each what the other does not say marked."""
    if not (type(one) is type(other) is str) or one == other:
        return one, other
    both = [_PARTS.findall(said) for said in (one, other)]
    if max(map(len, both)) > _LONGEST:
        return one, other
    matcher = SequenceMatcher(None, both[0], both[1], autojunk=False)
    # What is asked first costs least, and never says less than what follows.
    if any(ratio() < _COMMON for ratio in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)):
        return one, other
    told = (Markup(), Markup())
    for how, first, last, begin, end in matcher.get_opcodes():
        parts = ("".join(both[0][first:last]), "".join(both[1][begin:end]))
        said = tuple(
            Markup("<mark>{}</mark>").format(part) if part and how != "equal" else escape(part) for part in parts
        )
        told = (told[0] + said[0], told[1] + said[1])
    return told


def _shown(column: str) -> str:
    """What pages call a column of a record."""
    return "owner" if column == "owner_id" else column


def _moves(preview: RecordMergePreview) -> list[tuple[str, list[str]]]:
    rights = [name_right(right["kind"], right["office"], right["number"]) for right in preview.rights]
    return [
        (gettext("Matches"), [match.name for match in preview.matches]),
        (gettext("Matches that both have: one of the two is refused"), [match.name for match in preview.doubles]),
        (gettext("IP rights"), rights),
        (gettext("Cases that were opened with it"), [case.name for case in preview.cases]),
        (gettext("Statements of assessors"), [str(preview.statements)] if preview.statements else []),
    ]


needs = _Pages("need", "needs").blueprint
technologies = _Pages("technology", "technologies").blueprint
