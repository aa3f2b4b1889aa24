"""What is new while a page stays open: asked by a script now and then, told in a line and in the count of alerts.

It is asked, not pushed: a stream of events would keep a thread of the server for each page that is open, and what stands in front of a
server cuts streams. Asking is one look into an index, and most often not even that: whether there is anything unread is known with
who asks. It is not the person who asks, so the session grows no older and no younger by it.
"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request, url_for
from flask_babel import gettext

from casework.operations.core.access_log import is_watched
from casework.operations.core.notice_words import SEALED
from casework.operations.notifications.news import find_news
from casework.operations.notifications.views import Notification, Unread
from casework.web.notifications.pages import say_happened
from casework.web.shell.layout import say_unread
from casework.web.shell.session import page_transaction, viewer

blueprint = Blueprint("news", __name__)


@blueprint.get("/news")
def show() -> Response:
    """How many alerts are not read, and the newest of them that the page does not know; 204 where it knows it all.

    Nobody has asked for it. Of a watched person all that is shown is kept as read, so they are told how many, and nothing of a case.
    """
    known = request.args.get("known", "")
    with page_transaction() as (db, actor):
        person = viewer()
        nothing = person is None or not person.viewer.unread
        news = None if nothing and known == Unread().known else find_news(db, actor, known)
    if news is None:
        return Response(status=204)
    shown = [] if is_watched(actor) else news.items
    told = [{"words": say_news(item), "url": url_for("notifications.show", notification=item.id)} for item in shown]
    return jsonify(unread=say_unread(news.unread.count), known=news.unread.known, news=told)


def say_news(told: Notification) -> str:
    """One line: which case and what happened; of what is sealed, that there is something."""
    if told.sealed:
        return gettext(SEALED)
    happened, words = say_happened(told)
    said = gettext("%(what)s: %(more)s", what=happened, more=words) if words else happened
    return gettext("%(what)s: %(more)s", what=told.number, more=said) if told.number else said
