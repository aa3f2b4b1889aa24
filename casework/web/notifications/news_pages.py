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
from casework.operations.notifications.views import Notification
from casework.web.notifications.pages import say_happened
from casework.web.shell.layout import say_unread
from casework.web.shell.session import page_transaction, viewer

blueprint = Blueprint("news", __name__)


@blueprint.get("/news")
def show() -> Response:
    """How many alerts are not read, and the newest of them since one that is known; 204 where that is still the newest.

    Nobody has asked for it. Of a watched person all that is shown is kept as read, so they are told how many, and nothing of a case.
    """
    since = request.args.get("since")
    with page_transaction() as (db, actor):
        person = viewer()
        unread = person is not None and person.viewer.unread
        news = find_news(db, actor, since or None) if unread else None
    if news is None or not news.items:
        if since is not None:
            return Response(status=204)
        return jsonify(unread="", since="", news=[])
    told = (
        []
        if is_watched(actor)
        else [
            {"words": say_news(item), "url": url_for("notifications.show", notification=item.id)} for item in news.items
        ]
    )
    return jsonify(unread=say_unread(news.unread), since=news.items[0].id, news=told)


def say_news(told: Notification) -> str:
    """One line: which case and what happened; of what is sealed, that there is something."""
    if told.sealed:
        return gettext(SEALED)
    happened, words = say_happened(told)
    said = gettext("%(what)s: %(more)s", what=happened, more=words) if words else happened
    return gettext("%(what)s: %(more)s", what=told.number, more=said) if told.number else said
