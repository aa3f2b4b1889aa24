"""The page of the documents of a case or of a referral: those that are there, and the form that hands in more."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request
from sqlalchemy import Connection

from casework.errors import UploadRefused
from casework.operations.core.perform import calendar_of
from casework.operations.core.reader_names import title_of
from casework.operations.documents import grants
from casework.operations.documents import service as documents
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight, takes_out
from casework.web.documents.forms import Returned
from casework.web.documents.held import FilesOfForm
from casework.web.documents.place import WORDS, Place, back_to_place, blueprint, crumbs_of
from casework.web.shell import layout
from casework.web.shell.form_fields import HeldFile
from casework.web.shell.forms import FormView, own_texts
from casework.web.shell.i18n import say
from casework.web.shell.sent_forms import Sent, kept_form, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.shell.values import PAPERS, service_name

#: What the form of the page sends its files as.
FILES = "files"


def files_of(place: Place) -> FilesOfForm:
    """Those that came with the form of the page and are kept until it is put right."""
    return FilesOfForm(place, place.draft, ())


@blueprint.get("/cases/<number>/documents")
def case(number: str) -> Response:
    return show_place(Place("case", number))


@blueprint.get("/referrals/<uuid:referral>/documents")
def referral(referral: UUID) -> Response:
    return show_place(Place("referral", str(referral)))


def show_place(place: Place, sent: Sent | None = None, refused: tuple[UploadRefused, ...] = ()) -> Response:
    with page_transaction() as (db, actor):
        owning_case = place.find(db, actor)
        layout.use_calendar(calendar_of(db, owning_case.programme))
        track = owning_case.tracks.get(place.referral or "")
        listed = documents.list_documents(db, actor, owning_case, place.referral)
        called = title_of(db, actor, owning_case)
        why = documents.why_not(actor, owning_case, track)
        # The office hands in on the page of the case, and sees there as well what providers have handed in.
        form = _form(db, actor, place, sent) if why is None else None
        back = back_to_place()
        whole, taken_out = sight(actor, owning_case) == Sight.ALL, takes_out(actor, owning_case)
        package = grants.list_package(db, actor, owning_case, track) if track else None
        returned = _returned(db, actor, place, sent) if package and package.may_confirm else None
    return page_with_form(
        "documents/index.html",
        sent,
        package=package,
        returned=returned,
        place=place,
        back=back,
        post=_with_back(place.url, back),
        case=owning_case,
        called=called,
        items=listed,
        form=form,
        held=_held(place, form, sent) if form else (),
        whole=whole,
        takes_out=taken_out,
        why_not=say(why) if why else "",
        refused=[(refusal.name, say(refusal.why)) for refusal in refused],
        crumbs=crumbs_of(owning_case, track, whole),
        service=service_name(track.kind) if track else "",
        **WORDS,
    )


def _with_back(url: str, back: str) -> str:
    return f"{url}?{urlencode({'back': back})}" if back else url


def _form(db: Connection, actor: Actor, place: Place, sent: Sent | None) -> FormView:
    return kept_form(
        db,
        actor,
        place.draft,
        place.form.rule(),
        own_texts(place.form),
        sent=sent,
        values={"kind": kind} if (kind := request.args.get("kind", "")) in PAPERS else None,
    )


def _held(place: Place, form: FormView, sent: Sent | None) -> tuple[HeldFile, ...]:
    return sent.held if sent else tuple(one.shown for one in files_of(place).kept_before(FILES, form.kept))


def _returned(db: Connection, actor: Actor, place: Place, sent: Sent | None) -> FormView:
    name = f"{place.draft}:returned"
    return kept_form(db, actor, name, Returned.rule(), own_texts(Returned), sent=sent)


__all__ = ["FILES", "files_of", "show_place"]
