"""What a person was told: the notifications, that they were read, and the cases of which a person wants to be told."""

from __future__ import annotations

from casework.api.notifications import schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.json_values import JsonObject
from casework.operations.core.paging import Page
from casework.operations.notifications import follows
from casework.operations.notifications import queries as notification_queries
from casework.operations.notifications.follows import Followed
from casework.operations.notifications.views import Notification


def list_notifications(call: Call) -> Page[Notification]:
    return notification_queries.list_notifications(
        call.db, call.actor, unread=bool(call.query.unread), cursor=call.query.cursor, limit=call.query.limit
    )


def mark_notification_read(call: Call) -> Notification:
    return notification_queries.mark_read(call.db, call.actor, call.path["notification"])


def mark_all_notifications_read(call: Call) -> JsonObject:
    return {"count": notification_queries.mark_all_read(call.db, call.actor)}


def read_case_follow(call: Call) -> Followed:
    return follows.find_case_follow(call.db, call.actor, call.path["number"])


def read_referral_follow(call: Call) -> Followed:
    return follows.find_referral_follow(call.db, call.actor, call.path["referral"])


def follow_case(call: Call) -> Followed:
    return follows.follow_case(call.db, call.actor, call.path["number"])


def unfollow_case(call: Call) -> Followed:
    return follows.unfollow_case(call.db, call.actor, call.path["number"])


def follow_referral(call: Call) -> Followed:
    return follows.follow_referral(call.db, call.actor, call.path["referral"])


def unfollow_referral(call: Call) -> Followed:
    return follows.unfollow_referral(call.db, call.actor, call.path["referral"])


ROUTES: tuple[Route, ...] = (
    get("/notifications", list_notifications, "List what you were told, the newest first", schemas.NotificationPage,
        query=schemas.NotificationQuery),
    post("/notifications/read", mark_all_notifications_read, "Say that you have read all that you were told", schemas.NotificationsRead),
    post("/notifications/{notification}/read", mark_notification_read, "Say that you have read a notification", schemas.Notification),
    get("/cases/{number}/follow", read_case_follow, "Read whether you follow a case", schemas.Followed),
    get("/referrals/{referral}/follow", read_referral_follow, "Read whether you follow a referral", schemas.Followed),
    post("/cases/{number}/follow", follow_case, "Be told of what happens in a case that you read", schemas.Followed),
    post("/cases/{number}/unfollow", unfollow_case, "Be told of it no more, but of what is yours to do", schemas.Followed),
    post("/referrals/{referral}/follow", follow_referral, "Be told of what happens in a referral that you see", schemas.Followed),
    post("/referrals/{referral}/unfollow", unfollow_referral, "Be told of it no more, but of what is yours to do", schemas.Followed),
)  # fmt: skip
