"""What a person was told: the notifications, and that they were read."""

from __future__ import annotations

from casework.api.notifications import schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.json_values import JsonObject
from casework.operations.core.paging import Page
from casework.operations.notifications import queries as notification_queries
from casework.operations.notifications.views import Notification


def list_notifications(call: Call) -> Page[Notification]:
    return notification_queries.list_notifications(
        call.db, call.actor, unread=bool(call.query.unread), cursor=call.query.cursor, limit=call.query.limit
    )


def mark_notification_read(call: Call) -> Notification:
    return notification_queries.mark_read(call.db, call.actor, call.path["notification"])


def mark_all_notifications_read(call: Call) -> JsonObject:
    return {"count": notification_queries.mark_all_read(call.db, call.actor)}


ROUTES: tuple[Route, ...] = (
    get("/notifications", list_notifications, "List what you were told, the newest first", schemas.NotificationPage,
        query=schemas.NotificationQuery),
    post("/notifications/read", mark_all_notifications_read, "Say that you have read all that you were told", schemas.NotificationsRead),
    post("/notifications/{notification}/read", mark_notification_read, "Say that you have read a notification", schemas.Notification),
)  # fmt: skip
