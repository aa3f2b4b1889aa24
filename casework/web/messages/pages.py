"""Messages: a page for each thread, so that what is meant for one audience is never typed beside another's box."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from casework.engine.case_objects.messages import FROM_INSIDE, INTERNAL, LONGEST, NOT_A_READER, SHARED, STRANGER
from casework.engine.definition.forms import Documents, Form, Note, People
from casework.errors import AudienceInDoubt, NotFound
from casework.json_values import JsonObject
from casework.operations.core.drafts import drop_draft, find_draft
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import calendar_of
from casework.operations.messages.mentions import open_mentions
from casework.operations.messages.service import correct_message, draft_name, list_messages, send_message
from casework.operations.messages.threads import Thread, describe_thread, list_threads
from casework.operations.messages.views import Mention, Message, ThreadDetails
from casework.permissions.actors import Actor
from casework.web.messages.attachments import (
    FIELD,
    Attachments,
    attachments_of,
    files_of,
    why_no_file,
)
from casework.web.messages.place import (
    PARAMETERS,
    Place,
    crumbs_of,
    message_url,
    say_readers,
    say_thread,
    threads_of,
)
from casework.web.shell import layout
from casework.web.shell.forms import FormView, build_form, own_texts, read_request
from casework.web.shell.i18n import N_, name_of, say
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.shell.values import service_name

blueprint = Blueprint("messages", __name__)


class InternalNote(Form):
    words = Note(label=N_("Internal note"), max=LONGEST)
    tell = People(label=N_("Tell"), required=False)
    documents = Documents(
        label=N_("Documents"),
        required=False,
        help=N_(
            "A file that you add becomes a document of the case. No provider sees it without the consent of both parties."
        ),
    )


class SharedMessage(Form):
    words = Note(label=N_("Message"), max=LONGEST)
    tell = People(label=N_("Tell"), required=False)
    documents = Documents(
        label=N_("Documents"),
        required=False,
        help=N_(
            "Those that both sides see. The office shares another one with the referral first, with the consents that it needs."
        ),
    )


class Correction(Form):
    words = Note(label=N_("What it should say"), max=LONGEST)


#: Why nobody writes in a thread now, as the engine says it.
CLOSED = (
    N_("the referral has not been sent yet, so nobody there could read it."),
    N_("the referral was never sent, so that nobody there could read it."),
    N_("the case is frozen until the stop is decided."),
    N_("the referral has ended, and its thread with it."),
)
DOUBTS = {
    STRANGER: N_("It names %(name)s, whom %(readers)s may not know of."),
    NOT_A_READER: N_("It addresses @%(name)s, who is not among its readers."),
    FROM_INSIDE: N_("It has words of an internal note, or of one that you have begun to write."),
}


@blueprint.app_template_global()
def mention_url(mention: Mention) -> str:
    """Where a message stands that mentions the reader."""
    if mention.audience == SHARED:
        place = Place("referral", str(mention.referral))
    else:
        place = Place("mediation", mention.mediation) if mention.mediation else Place("case", str(mention.number))
    return message_url(place, mention.message)


# --- what is shown ---------------------------------------------------------------------------------------------------

_ADDRESS = re.compile(r"https?://[^\s<>\"'，。；、！？（）《》]+")


@blueprint.app_template_filter()
def message_text(words: str) -> Markup:
    """What somebody typed: paragraphs, lines and addresses, and nothing else. No address is followed by itself."""
    paragraphs = []
    for part in re.split(r"\n\s*\n", words.replace("\r\n", "\n").strip()):
        lines = [_linked(line) for line in part.split("\n")]
        paragraphs.append(Markup("<p>{}</p>").format(Markup("<br>").join(lines)))
    return Markup("").join(paragraphs)


def _linked(line: str) -> Markup:
    parts, after = [], 0
    for match in _ADDRESS.finditer(line):
        address = match[0].rstrip(".,;:!?)]")
        parts += [
            Markup.escape(line[after : match.start()]),
            Markup('<a href="{0}" rel="nofollow noopener noreferrer">{0}</a>').format(address),
        ]
        after = match.start() + len(address)
    return Markup("").join([*parts, Markup.escape(line[after:])])


def _form_of(audience: str) -> type[Form]:
    return InternalNote if audience == INTERNAL else SharedMessage


def _show(place: Place, sent: Sent | None = None, doubt: AudienceInDoubt | None = None) -> Response:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        thread = place.find(db, actor)
        layout.use_calendar(calendar_of(db, thread.case.programme))
        details = describe_thread(db, actor, thread)
        listed = list_messages(db, actor, thread, cursor=cursor)
        far = _beyond(_asked("message"), listed.items)
        if far:
            listed = list_messages(db, actor, thread, since=far)
        threads = list_threads(db, actor, thread.case)
        if sent is None:
            open_mentions(db, actor, thread)
        attachments = attachments_of(db, actor, thread)
        writes = details.why_not is None or sent
        form = _composer(db, actor, thread, details, attachments=attachments, sent=sent) if writes else None
        if form is not None and attachments.uploads:
            form = files_of(place, form.name, _form_of(thread.audience)).shown_in(form, sent)
        reply_to = _reply_to(db, actor, thread, listed.items, form)
    return page_with_form(
        "messages/thread.html",
        sent,
        told=details,
        place=place,
        form=form,
        items=listed.items,
        reply_to=reply_to,
        papers=attachments.rows,
        crumbs=crumbs_of(details),
        title=say_thread(details),
        readers=say_readers(details),
        why_not=say(details.why_not) if details.why_not else "",
        doubts=_say_doubts(doubt),
        seal=_seal(sent.data.get("f-words", "")) if sent and doubt else "",
        tabs=threads_of(threads, details.number, details.log) if details.whole else [],
        service=service_name(details.service) if details.service else "",
        next_url=place.url(cursor=listed.next) if listed.next else "",
        first_url=place.url() if cursor or far else "",
    )


def _asked(name: str) -> str | None:
    """The id of a message that the request names."""
    return _id(request.values, name)


def _beyond(message: str | None, listed: Iterable[Message]) -> str | None:
    """The message that is asked for, where it is not among those listed: the list then begins with it."""
    return None if message in {one.id for one in listed} else message


def _id(given: MultiDict[str, str], name: str) -> str | None:
    id = given.get(name, type=UUID)
    return str(id) if id else None


def _reply_to(
    db: Connection, actor: Actor, thread: Thread, listed: Iterable[Message], form: FormView | None
) -> Message | None:
    """The message that is to be answered: one of those listed, or an older one of the same thread.

    What the request says of it, be it that none is, goes before what the draft says.
    """
    given = request.values if form is None or "reply_to" in request.values else form.kept
    if (id := _id(given, "reply_to")) is None:
        return None
    beside = [message for message in listed if message.id == id]
    return next(iter(beside or list_messages(db, actor, thread, only=id).items), None)


def _composer(
    db: Connection,
    actor: Actor,
    thread: Thread,
    details: ThreadDetails,
    *,
    attachments: Attachments,
    sent: Sent | None,
) -> FormView:
    name, form = draft_name(thread.case.log, details.referral), _form_of(thread.audience)
    faults = {"tell" if field == "mentions" else field: why for field, why in sent.faults.items()} if sent else None
    left_out = {"" if details.tell else "tell", FIELD if thread.case.kind != "case" else ""}
    return build_form(
        name,
        [rule for rule in form.rule() if rule["name"] not in left_out],
        own_texts(form),
        choices={"tell": [(person.id, name_of(person)) for person in details.tell], FIELD: attachments.choices},
        submitted=sent.data if sent else None,
        faults=faults,
        draft=None if sent else find_draft(db, actor.person, name),
    )


def _say_doubts(doubt: AudienceInDoubt | None) -> list[str]:
    if doubt is None:
        return []
    return [gettext(DOUBTS[kind], name=name, readers=doubt.details["readers"]) for kind, name in doubt.doubts]


def _seal(words: str) -> str:
    """Stands for a text about which one was asked; another text is asked about anew."""
    return hashlib.sha256(words.replace("\r\n", "\n").strip().encode()).hexdigest()[:32]


def _sure(words: str) -> bool:
    return request.form.get("sure") == _seal(words)


# --- actions -----------------------------------------------------------------------------------------------------------


def _write(place: Place) -> Response:
    with page_transaction() as (db, actor):
        thread = place.find(db, actor)
        details = describe_thread(db, actor, thread)
        no_file = why_no_file(actor, thread)

    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        words = str(data.get("words") or "")
        return send_message(
            db,
            actor,
            place.find(db, actor).case,
            audience=request.form.get("audience", ""),
            referral=place.referral,
            words=words,
            mentions=data.get("tell", ()),
            reply_to=request.form.get("reply_to") or None,
            documents=data.get(FIELD, ()),
            sure=_sure(words),
            request=key,
        )

    def said(_: Done) -> str:
        if place.audience == INTERNAL:
            return gettext("The note is kept. No provider reads it.")
        if not details.whole:
            return gettext("Your message is sent. The office reads it now.")
        return gettext("Your message is sent. %(provider)s reads it now.", provider=details.provider)

    name, form = draft_name(thread.case.log, place.referral), _form_of(place.audience)
    if (
        no_file is not None
        and details.why_not is None
        and any(file.filename for file in request.files.getlist(f"u-{FIELD}"))
    ):
        return _show(place, Sent(request.form, {FIELD: say(no_file)}, 422))
    files = files_of(place, name, form) if no_file is None else None
    try:
        return answer(
            name,
            form.rule(),
            do,
            lambda sent: _show(place, sent),
            lambda _: place.url(),
            said=said,
            files=files,
        )
    except AudienceInDoubt as doubt:
        return _show(place, Sent(request.form, {}, 200, held=files.held if files else ()), doubt)


def _ask_correction(
    place: Place, message: str, sent: Sent | None = None, doubt: AudienceInDoubt | None = None
) -> Response:
    with page_transaction() as (db, actor):
        thread = place.find(db, actor)
        layout.use_calendar(calendar_of(db, thread.case.programme))
        details = describe_thread(db, actor, thread)
        messages = list_messages(db, actor, thread, only=message).items
        if not messages or not (messages[0].may_correct or sent):
            raise NotFound("message")
        name = _draft_of(thread, message)
        form = kept_form(
            db, actor, name, Correction.rule(), own_texts(Correction), sent=sent, values={"words": messages[0].words}
        )
    return page_with_form(
        "messages/correct.html",
        sent,
        told=details,
        place=place,
        form=form,
        one=messages[0],
        back=place.url(),
        crumbs=[*crumbs_of(details), (say_thread(details), place.url())],
        title=gettext("Correct what you have written"),
        readers=say_readers(details),
        doubts=_say_doubts(doubt),
        seal=_seal(sent.data.get("f-words", "")) if sent and doubt else "",
    )


def _draft_of(thread: Thread, message: str) -> str:
    return f"{draft_name(thread.case.log, thread.referral.id if thread.referral else None)}:{message}"


def _correct(place: Place, message: str) -> Response:
    with page_transaction() as (db, actor):
        thread = place.find(db, actor)
        name = _draft_of(thread, message)
        if "take_back" in request.form:
            correct_message(
                db,
                actor,
                thread.case,
                audience=request.form.get("audience", ""),
                referral=place.referral,
                message=message,
                words=None,
                request=read_request(),
            )
            drop_draft(db, actor.person, name)
            flash(gettext("You have taken it back. What it said stays in the history."))
            return redirect(message_url(place, message), 303)

    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        words = str(data.get("words") or "")
        return correct_message(
            db,
            actor,
            place.find(db, actor).case,
            audience=request.form.get("audience", ""),
            referral=place.referral,
            message=message,
            words=words,
            sure=_sure(words),
            request=key,
        )

    try:
        return answer(
            name,
            Correction.rule(),
            do,
            lambda sent: _ask_correction(place, message, sent),
            lambda _: message_url(place, message),
            said=lambda _: gettext("It is corrected. What it said before stays in the history."),
        )
    except AudienceInDoubt as doubt:
        return _ask_correction(place, message, Sent(request.form, {}, 200), doubt)


# --- addresses -------------------------------------------------------------------------------------------------------


def _place(where: str, at: Mapping[str, Any]) -> Place:
    return Place(where, str(at[PARAMETERS[where]]))


def _add(where: str, path: str) -> None:
    def show(**at: Any) -> Response:
        return _show(_place(where, at))

    def write(**at: Any) -> Response:
        return _write(_place(where, at))

    def ask_correction(message: Any, **at: Any) -> Response:
        return _ask_correction(_place(where, at), str(message))

    def correct(message: Any, **at: Any) -> Response:
        return _correct(_place(where, at), str(message))

    views: tuple[tuple[str, str, str, Callable[..., Response]], ...] = (
        ("GET", "show", "/messages", show),
        ("POST", "write", "/messages", write),
        ("GET", "correction", "/messages/<uuid:message>", ask_correction),
        ("POST", "correct", "/messages/<uuid:message>", correct),
    )
    for method, name, rest, view in views:
        blueprint.add_url_rule(path + rest, f"{where}_{name}", view, methods=[method])


_add("case", "/cases/<number>")
_add("referral", "/referrals/<uuid:referral>")
_add("mediation", "/mediations/<uuid:mediation>")
