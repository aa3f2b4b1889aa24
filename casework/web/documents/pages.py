"""Pages of documents: handed in, shown, withdrawn, shared until a day, taken out."""

from __future__ import annotations

from itertools import chain
from typing import Any
from uuid import UUID

from flask import (
    Flask,
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext, ngettext
from sqlalchemy import Connection
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.api.protocol.files import as_attachment, document_store
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Form
from casework.engine.state.case import Case
from casework.engine.state.case_documents import Grant
from casework.errors import FileDamaged, InvalidForm, NotFound, UploadRefused
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.drafts import drop_draft, find_draft
from casework.operations.core.idempotency import Done, Request, digest_of
from casework.operations.core.perform import calendar_of
from casework.operations.documents import grants
from casework.operations.documents import service as documents
from casework.operations.documents.storage import Kept, part_for, part_of
from casework.operations.documents.upload_limits import MEGABYTE, MOST_AT_ONCE, MOST_FILES
from casework.operations.documents.uploads import receive
from casework.operations.verification.case_archive import make_case_file
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.records.blob_store import Store
from casework.web.documents.forms import Ending, LastDay, Returned, Withdrawal
from casework.web.documents.list_page import FILES, files_of, show_place
from casework.web.documents.place import WORDS, Place, back_to_place, blueprint, crumbs_of
from casework.web.history.sentences import whose
from casework.web.shell import layout
from casework.web.shell.forms import FormView, build_form, own_texts, parse_form, read_request
from casework.web.shell.i18n import say, say_faults
from casework.web.shell.security_log import note
from casework.web.shell.sent_forms import Sent, kept_form
from casework.web.shell.session import page_transaction, viewer

#: Routes that take files; every other one takes as much as a form needs.
TAKES_FILES = frozenset({
    "referrals.fire", "cases.fire", "tasks.complete", "tasks.ask_review", "decisions.decide",
    "documents.hand_in_case", "documents.hand_in_referral", "documents.file_version",
    "messages.case_write", "messages.referral_write",
    "rights.add_burden", "rights.correct_burden", "rights.end_burden", "rights.show_burden",
    "party_screenings.add", "party_screenings.file_evidence",
})  # fmt: skip
#: What stands beside the files in such a request.
_BESIDE = 1 * MEGABYTE


def register(app: Flask, store: Store) -> None:
    """Where files lie; and before a form is read, how much a request may bring."""
    app.extensions["casework.store"] = store
    app.extensions["casework.large"] = dict.fromkeys(TAKES_FILES, MOST_AT_ONCE + _BESIDE)
    app.before_request(_allow_files)
    app.teardown_request(_let_go)


def _allow_files() -> None:
    # Of strangers nothing large is read at all.
    if request.method == "POST" and request.endpoint in TAKES_FILES and viewer() is not None:
        request.max_content_length = MOST_AT_ONCE + _BESIDE


def _let_go(_: BaseException | None) -> None:
    """What was sent lies in files without a name, which end with the request."""
    request.close()


@blueprint.app_template_filter()
def file_size(size: int) -> str:
    """How large a file is, as people say it."""
    if size < 1_000:
        return gettext("%(size)s B", size=size)
    return (
        gettext("%(size)s kB", size=round(size / 1_000))
        if size < MEGABYTE
        else gettext("%(size)s MB", size=round(size / MEGABYTE, 1))
    )


# --- handing in ------------------------------------------------------------------------------------------------------


@blueprint.post("/cases/<number>/documents")
def hand_in_case(number: str) -> BaseResponse:
    return _hand_in(Place("case", number))


@blueprint.post("/referrals/<uuid:referral>/documents")
def hand_in_referral(referral: UUID) -> BaseResponse:
    return _hand_in(Place("referral", str(referral)))


def _hand_in(place: Place) -> BaseResponse:
    """Each file is an action of its own: what is wrong with one keeps no other one out."""
    with page_transaction() as (db, actor):
        case = place.find(db, actor)
        layout.use_calendar(calendar_of(db, case.programme))
        documents.insist_may_hand_in(actor, case, place.referral)
    files, held = _files(), files_of(place)
    try:
        data = _checked(place.form, parse_form(place.form.rule(), request.form))
        _insist_some(len(files) + len([*held.kept_before(FILES, request.form)]))
    except InvalidForm as refusal:
        if _by_script():
            return _told([], [("", say(why)) for why in refusal.fields.values()])
        bad = held.keep_until_right(case.log, FILES, files)
        return show_place(place, Sent(request.form, say_faults(refusal), 422, held=held.held), tuple(bad))
    kept = held.kept_as(case.log, FILES, data.get("whose", ""))
    all_of_them: list[Kept | FileStorage] = [*kept, *files]
    taken, refused = [], []
    for n, sent in enumerate(all_of_them):
        try:
            taken.append(_hand_in_one(place, case, data, sent, n - len(kept), alone=len(all_of_them) == 1))
        except UploadRefused as refusal:
            note("upload_refused")
            refused.append(refusal)
    if taken:
        with page_transaction() as (db, actor):
            drop_draft(db, actor.person, place.draft)
    if _by_script():
        return _told(taken, [(fault.name, say(fault.why)) for fault in refused])
    if taken:
        flash(ngettext("One document is handed in.", "%(num)d documents are handed in.", len(taken)))
    if refused:
        return show_place(place, Sent(request.form, {}, 422), tuple(refused))
    return redirect(back_to_place() or place.url, 303)


def _insist_some(count: int) -> None:
    """Raises InvalidForm for no file, and for too many."""
    if not count:
        raise InvalidForm(fields={FILES: reasons.documents.CHOOSE_A_FILE})
    if count > MOST_FILES:
        raise InvalidForm(fields={FILES: reasons.documents.MOST_FILES(most=MOST_FILES)})


def _files() -> list[FileStorage]:
    try:
        return [file for file in request.files.getlist(FILES) if file.filename]
    except RequestEntityTooLarge:
        raise
    except ValueError as fault:
        raise InvalidForm(fields={FILES: reasons.files.UNREADABLE}) from fault


def _hand_in_one(place: Place, case: Case, data: JsonMapping, sent: FileStorage | Kept, n: int, *, alone: bool) -> str:
    """Enter one file as a document; gives its name. Those that were kept before are counted below 0."""
    of = whose(data.get("whose", ""))
    kept = sent if isinstance(sent, Kept) else _keep(case, part_for(of["party"], place.referral), sent)
    name, title = kept.told.name, data.get("title") if alone and not request.form.get("part") else None
    with page_transaction() as (db, actor):
        documents.hand_in(
            db,
            actor,
            document_store(),
            place.find(db, actor),
            title=title or name.rpartition(".")[0] or name,
            kind=data["kind"],
            kept=kept,
            referral=place.referral,
            party=of["party"],
            own=of["own"],
            language=data.get("language"),
            valid_until=data.get("valid_until"),
            request=_request(kept, n),
        )
    return name


def _keep(case: Case, part: str, sent: FileStorage) -> Kept:
    with receive(sent.stream, sent.filename or "") as upload:
        return document_store().keep(case.log, part, upload)


def _request(kept: Kept, n: int) -> Request:
    """The form's key serves each of its files once: a second click files nothing twice."""
    asked, told = read_request(), kept.told
    part = request.form.get("part", "")
    place = int(part) if n >= 0 and part.isascii() and part.isdigit() and len(part) < 4 else n
    return Request(f"{asked.key}:{place}", digest_of("POST", request.path, [told.digest, told.name]))


def _by_script() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _told(taken: list[str], refused: list[tuple[str, str]]) -> Response:
    # Well answered, whatever it says: a browser would complain of a status that the script expects.
    return jsonify({"taken": taken, "refused": [{"name": name, "why": why} for name, why in refused]})


def _checked(form: type[Form], data: JsonMapping) -> JsonObject:
    rules = form.rule()
    return check(build_model(form.__name__, rules), rules, data, layout.clock().office_today)


@blueprint.post("/referrals/<uuid:referral>/returned")
def confirm_return(referral: UUID) -> BaseResponse:
    """The provider says what became of the copies that it had."""
    place = Place("referral", str(referral))
    try:
        with page_transaction() as (db, actor):
            case = place.find(db, actor)
            layout.use_calendar(calendar_of(db, case.programme))
            grants.insist_may_confirm(actor, case, place.id)
            given = _checked(Returned, parse_form(Returned.rule(), request.form))
            grants.confirm_return(
                db, actor, case, place.id, how=given["how"], note=given.get("note"), request=read_request()
            )
            drop_draft(db, actor.person, f"{place.draft}:returned")
    except InvalidForm as refusal:
        return show_place(place, Sent(request.form, say_faults(refusal), 422))
    flash(gettext("You have confirmed it. The office sees it in the history."))
    return redirect(place.url, 303)


# --- one document ----------------------------------------------------------------------------------------------------


@blueprint.get("/documents/<uuid:document>")
def show(document: UUID) -> Response:
    return _show_one(str(document))


def _show_one(
    id: str, sent: Sent | None = None, refused: UploadRefused | None = None, sent_day: tuple[str, Sent] | None = None
) -> Response:
    with page_transaction() as (db, actor):
        case, document = documents.find_document(db, actor, id)
        layout.use_calendar(calendar_of(db, case.programme))
        whole = sight(actor, case) == Sight.ALL
        row = next(item for item in documents.list_documents(db, actor, case) if item.id == id)
        takings = documents.list_takings(db, actor, id) if whole else []
        track = case.tracks.get(document.track or "") or _granted_to(case, id)
        form = kept_form(db, actor, f"document:{id}:withdraw", Withdrawal.rule(), own_texts(Withdrawal), sent=sent)
        ending = build_form(
            f"document:{id}:end",
            Ending.rule(),
            own_texts(Ending),
            draft=find_draft(db, actor.person, f"document:{id}:end"),
        )
        may_end = whole and grants.may_end_grants(actor, case)
        days = {
            grant.id: _day_form(db, actor, grant, sent_day)
            for grant in case.grants.values()
            if may_end and grant.document == id and grant.ended_at is None
        }
    page = render_template(
        "documents/show.html",
        ending=ending,
        may_end=may_end,
        days=days,
        sent_day=sent_day,
        one=row,
        case=case,
        form=form,
        sent=sent,
        takings=takings,
        whole=whole,
        refused=say(refused.why) if refused else "",
        refused_name=refused.name if refused else "",
        crumbs=[*crumbs_of(case, track, whole), (gettext("Documents"), _home(case, track, whole))],
        **WORDS,
    )
    return make_response(page, sent.status if sent else 422 if refused or sent_day else 200)


def _day_form(db: Connection, actor: Actor, grant: Grant, sent: tuple[str, Sent] | None) -> FormView:
    """The form for another last day of an access, as it was sent where it was this one's."""
    name, mine = f"grant:{grant.id}:day", sent[1] if sent is not None and sent[0] == grant.id else None
    return build_form(
        name,
        LastDay.rule(),
        own_texts(LastDay),
        submitted=mine.data if mine else None,
        faults=mine.faults if mine else None,
        draft=None if mine else find_draft(db, actor.person, name),
        values={"until": grant.until} if grant.until else None,
    )


def _granted_to(case: Case, id: str) -> Any:
    return next(
        (case.tracks[grant.track] for grant in case.grants.values() if grant.document == id and grant.ended_at is None),
        None,
    )


def _home(case: Case, track: Any, whole: bool) -> str:
    of_referral = track is not None and (not whole or case.number is None)
    return (
        url_for("documents.referral", referral=track.id)
        if of_referral
        else url_for("documents.case", number=case.number)
    )


@blueprint.post("/documents/<uuid:document>/versions")
def file_version(document: UUID) -> BaseResponse:
    """A new version, in the place of the one before."""
    id = str(document)
    with page_transaction() as (db, actor):
        case, known = documents.find_document(db, actor, id)
        documents.insist_may_hand_in(actor, case, known.track)
    files = _files()
    try:
        if len(files) != 1:
            raise UploadRefused("…", reasons.documents.CHOOSE_ONE)
        kept = _keep(case, part_of(known), files[0])
        with page_transaction() as (db, actor):
            done: Done = documents.file_version(db, actor, document_store(), id, kept, request=_request(kept, 0))
    except UploadRefused as refusal:
        note("upload_refused")
        return _show_one(id, refused=refusal)
    flash(gettext("Version %(version)s is filed.", version=done.answer["version"]))
    return redirect(back_to_place() or url_for("documents.show", document=id), 303)


@blueprint.post("/documents/<uuid:document>/withdraw")
def withdraw(document: UUID) -> BaseResponse:
    """Take a document out of use."""
    id = str(document)
    with page_transaction() as (db, actor):
        case, known = documents.find_document(db, actor, id)
        documents.insist_may_withdraw(actor, case, known)
    try:
        if request.form.get("sure") != "yes":
            raise InvalidForm(fields={"sure": reasons.fields.TICK_THE_BOX})
        with page_transaction() as (db, actor):
            reason = request.form.get("f-reason", "")
            documents.withdraw(db, actor, id, reason=reason, request=read_request())
            drop_draft(db, actor.person, f"document:{id}:withdraw")
    except InvalidForm as refusal:
        return _show_one(id, Sent(request.form, say_faults(refusal), 422))
    flash(gettext("The document is withdrawn. Whom it was shared with sees it no longer."))
    return redirect(url_for("documents.show", document=id), 303)


@blueprint.post("/cases/<number>/grants/<uuid:grant>/end")
def end_grant(number: str, grant: UUID) -> BaseResponse:
    """Let a provider see a document no longer."""
    with page_transaction() as (db, actor):
        case = Place("case", number).find(db, actor)
        known = case.grants.get(str(grant))
        if known is None:
            raise NotFound("grant")
    try:
        with page_transaction() as (db, actor):
            grants.end_grant(
                db, actor, number, str(grant), reason=request.form.get("f-reason", ""), request=read_request()
            )
            drop_draft(db, actor.person, f"document:{known.document}:end")
    except InvalidForm as refusal:
        return _show_one(known.document, Sent(request.form, say_faults(refusal), 422))
    flash(gettext("The access has ended, also by links that the provider has."))
    return redirect(url_for("documents.show", document=known.document), 303)


@blueprint.post("/cases/<number>/grants/<uuid:grant>/day")
def change_grant_day(number: str, grant: UUID) -> BaseResponse:
    """Give a provider's access to a document another last day."""
    id = str(grant)
    with page_transaction() as (db, actor):
        case = Place("case", number).find(db, actor)
        layout.use_calendar(calendar_of(db, case.programme))
        known = case.grants.get(id)
        if known is None:
            raise NotFound("grant")
    try:
        with page_transaction() as (db, actor):
            given = _checked(LastDay, parse_form(LastDay.rule(), request.form))
            grants.change_grant_day(db, actor, number, id, until=given.get("until"), request=read_request())
            drop_draft(db, actor.person, f"grant:{id}:day")
    except InvalidForm as refusal:
        return _show_one(known.document, sent_day=(id, Sent(request.form, say_faults(refusal), 422)))
    flash(gettext("The last day of the access is changed. The provider sees it with its documents."))
    return redirect(url_for("documents.show", document=known.document), 303)


# --- taking out ------------------------------------------------------------------------------------------------------


@blueprint.get("/documents/<uuid:document>/<int:version>")
def take(document: UUID, version: int) -> Response:
    """A version's file, as an attachment."""
    try:
        with page_transaction() as (db, actor):
            taken = documents.take_out(db, actor, document_store(), str(document), version, address=request.path)
            # What is wrong with the beginning is told as a page, before anything was sent.
            first = next(taken.pieces, b"")
    except FileDamaged:
        current_app.logger.exception("a file is damaged")
        raise
    return as_attachment(chain([first], taken.pieces), taken.name, taken.size)


@blueprint.get("/cases/<number>/file")
def case_file(number: str) -> Response:
    """The whole file of a case as one archive, written while it is sent."""
    with page_transaction() as (db, actor):
        archive = make_case_file(db, actor, document_store(), number, request.path)
    return as_attachment(archive.pieces(), archive.name, None)
