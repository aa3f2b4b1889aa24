"""Where documents lie: those of a case, or of a referral, and how their page is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from sqlalchemy import Connection

from casework.engine.definition.forms import Form
from casework.engine.state.case import Case
from casework.errors import NotFound, UploadRefused
from casework.operations.cases.queries import find_case
from casework.operations.core.drafts import find_draft
from casework.operations.core.perform import calendar_of
from casework.operations.core.reader_names import title_of
from casework.operations.documents import grants
from casework.operations.documents import service as documents
from casework.operations.documents.upload_checks import TYPES
from casework.operations.documents.upload_limits import MEGABYTE, MOST_BYTES, MOST_FILES
from casework.operations.referrals.service import find_referral
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.web.documents.forms import Delivery, Papers, Returned
from casework.web.history.sentences import say_whose
from casework.web.shell import layout
from casework.web.shell.form_actions import Sent
from casework.web.shell.forms import FormView, build_form, own_texts
from casework.web.shell.i18n import say
from casework.web.shell.redirects import local_path
from casework.web.shell.session import page_transaction
from casework.web.shell.values import PAPERS, paper_name, party_name, service_name

blueprint = Blueprint("documents", __name__)


@dataclass(frozen=True)
class Place:
    """Where documents stand: of a case, or of one of its referrals."""

    where: str
    id: str

    @property
    def referral(self) -> str | None:
        return self.id if self.where == "referral" else None

    def find(self, db: Connection, actor: Actor) -> Case:
        """Raises NotFound for those who may not see it."""
        if self.where == "referral":
            return find_referral(db, actor, self.id)[0]
        case, level = find_case(db, actor, self.id)
        if level < Sight.ALL:
            raise NotFound("case")
        return case

    @property
    def url(self) -> str:
        if self.referral:
            return url_for("documents.referral", referral=self.id)
        return url_for("documents.case", number=self.id)

    @property
    def form(self) -> type[Form]:
        return Delivery if self.referral else Papers

    @property
    def draft(self) -> str:
        return f"documents:{self.where}:{self.id}"


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
        called = title_of(db, owning_case)
        why = documents.why_not(actor, owning_case, track)
        # The office hands in on the page of the case, and sees there as well what providers have handed in.
        form = _form(db, actor, place, sent) if why is None else None
        back = back_to_place()
        whole = sight(actor, owning_case) == Sight.ALL
        package = grants.list_package(db, actor, owning_case, track) if track else None
        returned = _returned(db, actor, place, sent) if package and package.may_confirm else None
    page = render_template(
        "documents/index.html",
        package=package,
        returned=returned,
        place=place,
        back=back,
        post=_with_back(place.url, back),
        case=owning_case,
        called=called,
        items=listed,
        form=form,
        sent=sent,
        whole=whole,
        why_not=say(why) if why else "",
        refused=[(refusal.name, say(refusal.why)) for refusal in refused],
        crumbs=crumbs_of(owning_case, track, whole),
        service=service_name(track.kind) if track else "",
        **WORDS,
    )
    return make_response(page, sent.status if sent else 200)


WORDS: Mapping[str, Any] = {
    "paper_name": paper_name, "party_name": party_name, "say_whose": say_whose, "most_files": MOST_FILES,
    "most_megabytes": MOST_BYTES // MEGABYTE,
    "endings": ",".join(f".{type_}" for type_ in TYPES), "kinds": ", ".join(sorted(TYPES)),
}  # fmt: skip


def back_to_place() -> str:
    """The page that asked for the paper; there one goes on once it is handed in."""
    return local_path(request.args.get("back")) or ""


def _with_back(url: str, back: str) -> str:
    return f"{url}?{urlencode({'back': back})}" if back else url


def _form(db: Connection, actor: Actor, place: Place, sent: Sent | None) -> FormView:
    return build_form(
        place.draft,
        place.form.rule(),
        own_texts(place.form),
        submitted=sent.data if sent else None,
        faults=sent.faults if sent else None,
        draft=None if sent else find_draft(db, actor.person, place.draft),
        values={"kind": kind} if (kind := request.args.get("kind", "")) in PAPERS else None,
    )


def _returned(db: Connection, actor: Actor, place: Place, sent: Sent | None) -> FormView:
    name = f"{place.draft}:returned"
    return build_form(
        name,
        Returned.rule(),
        own_texts(Returned),
        submitted=sent.data if sent else None,
        faults=sent.faults if sent else None,
        draft=None if sent else find_draft(db, actor.person, name),
    )


def crumbs_of(owning_case: Case, track: Any, whole: bool) -> list[tuple[str, str]]:
    if track is not None and not whole:
        name = service_name(track.kind)
        return [
            (gettext("In progress"), url_for("referrals.working")),
            (name[:1].upper() + name[1:], url_for("referrals.show", referral=track.id)),
        ]
    if owning_case.number is None:
        return [
            (gettext("Sealed mediations"), url_for("mediations.index")),
            (owning_case.title or gettext("Sealed mediation"), url_for("mediations.show", mediation=owning_case.log)),
        ]
    return [
        (gettext("Cases"), url_for("cases.index")),
        (owning_case.number, url_for("cases.show", number=owning_case.number)),
    ]
