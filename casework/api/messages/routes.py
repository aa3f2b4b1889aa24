"""Messages: the internal notes of a case or mediation, the thread shared in a referral, and who is mentioned where.

The address says where a message goes, and the body says once more for whom: what does not agree is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from casework.api.messages import schemas
from casework.api.protocol import fields
from casework.api.protocol.routes import Call, Route, get, post
from casework.engine.case_objects.messages import INTERNAL, SHARED
from casework.engine.state.case import Case
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.mediations.service import find_mediation
from casework.operations.messages import mentions, threads
from casework.operations.messages import service as messages
from casework.operations.messages.views import Mention, Message
from casework.operations.referrals.service import find_referral

#: From a call to the case or mediation, the audience that the address stands for, and the referral.
Place = Callable[[Call], tuple[Case, str, str | None]]


def _in_case(call: Call) -> tuple[Case, str, str | None]:
    return find_case(call.db, call.actor, call.path["number"])[0], INTERNAL, None


def _in_referral(call: Call) -> tuple[Case, str, str | None]:
    case, track = find_referral(call.db, call.actor, call.path["referral"])
    return case, SHARED, track.id


def _in_mediation(call: Call) -> tuple[Case, str, str | None]:
    return find_mediation(call.db, call.actor, call.path["mediation"]), INTERNAL, None


def _list(call: Call, place: Place) -> Page[Message]:
    thread = threads.thread_of(call.actor, *place(call))
    return messages.list_messages(call.db, call.actor, thread, cursor=call.query.cursor, limit=call.query.limit)


def _write(call: Call, place: Place) -> Done:
    case, _, referral = place(call)
    return messages.send_message(
        call.db,
        call.actor,
        case,
        audience=call.body.audience,
        referral=referral,
        words=call.body.words,
        mentions=[str(mention) for mention in call.body.mentions],
        reply_to=str(call.body.reply_to) if call.body.reply_to else None,
        documents=[str(document) for document in call.body.documents],
        sure=call.body.sure,
        request=call.request,
    )


def _correct(call: Call, place: Place) -> Done:
    case, _, referral = place(call)
    return messages.correct_message(
        call.db,
        call.actor,
        case,
        audience=call.body.audience,
        referral=referral,
        message=call.path["message"],
        words=call.body.words,
        sure=call.body.sure,
        request=call.request,
    )


def list_notes(call: Call) -> Page[Message]:
    return _list(call, _in_case)


def write_note(call: Call) -> Done:
    return _write(call, _in_case)


def correct_note(call: Call) -> Done:
    return _correct(call, _in_case)


def list_shared_messages(call: Call) -> Page[Message]:
    return _list(call, _in_referral)


def write_shared_message(call: Call) -> Done:
    return _write(call, _in_referral)


def correct_shared_message(call: Call) -> Done:
    return _correct(call, _in_referral)


def list_mediation_notes(call: Call) -> Page[Message]:
    return _list(call, _in_mediation)


def write_mediation_note(call: Call) -> Done:
    return _write(call, _in_mediation)


def correct_mediation_note(call: Call) -> Done:
    return _correct(call, _in_mediation)


def list_mentions(call: Call) -> Page[Mention]:
    return mentions.list_mentions(
        call.db, call.actor, unread=call.query.unread == "yes", cursor=call.query.cursor, limit=call.query.limit
    )


def open_mention(call: Call) -> Done:
    return mentions.open_mention(call.db, call.actor, call.path["mention"], call.request)


def _routes(where: str, noun: str, thread: str, views: tuple[Callable[[Call], object], ...]) -> tuple[Route, ...]:
    read, write, correct = views
    return (
        get(f"{where}/messages", read, f"Read {thread}, the newest first", schemas.MessagePage, query=fields.Paged),
        post(
            f"{where}/messages", write, f"Write in {thread}", schemas.MessageMade, body=schemas.NewMessage, status=201
        ),
        post(
            f"{where}/messages/{{message}}/correct",
            correct,
            f"Correct or take back your own message in {thread}",
            schemas.MessageMade,
            body=schemas.Correction,
            noun=f"{noun} or message",
        ),
    )


ROUTES: tuple[Route, ...] = (
    *_routes("/cases/{number}", "case", "the internal notes of a case", (list_notes, write_note, correct_note)),
    *_routes(
        "/referrals/{referral}", "referral", "the thread shared in a referral",
        (list_shared_messages, write_shared_message, correct_shared_message),
    ),
    *_routes(
        "/mediations/{mediation}", "mediation", "the internal notes of a mediation",
        (list_mediation_notes, write_mediation_note, correct_mediation_note),
    ),
    get("/mentions", list_mentions, "List the messages that mention you", schemas.MentionPage, query=schemas.MentionQuery),
    post("/mentions/{mention}/read", open_mention, "Say that you have read a message that mentions you", schemas.MentionRead),
)  # fmt: skip
