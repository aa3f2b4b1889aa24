"""Following a case or a referral, and no longer: the buttons in the heads of their pages."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.operations.notifications import follows
from casework.web.shell.session import page_transaction
from casework.web.shell.task_links import case_url

blueprint = Blueprint("follows", __name__)


@blueprint.post("/cases/<number>/follow")
def follow_case(number: str) -> Response:
    with page_transaction() as (db, actor):
        follows.follow_case(db, actor, number)
    return _told(case_url(number))


@blueprint.post("/cases/<number>/unfollow")
def unfollow_case(number: str) -> Response:
    with page_transaction() as (db, actor):
        follows.unfollow_case(db, actor, number)
    return _ended(case_url(number))


@blueprint.post("/referrals/<uuid:referral>/follow")
def follow_referral(referral: UUID) -> Response:
    with page_transaction() as (db, actor):
        follows.follow_referral(db, actor, str(referral))
    return _told(url_for("referrals.show", referral=referral))


@blueprint.post("/referrals/<uuid:referral>/unfollow")
def unfollow_referral(referral: UUID) -> Response:
    with page_transaction() as (db, actor):
        follows.unfollow_referral(db, actor, str(referral))
    return _ended(url_for("referrals.show", referral=referral))


def _told(page: str) -> Response:
    flash(gettext("You follow it now: what happens here stands under your alerts."))
    return redirect(page, 303)


def _ended(page: str) -> Response:
    flash(gettext("You do not follow it any more. You are still told of what is yours to do."))
    return redirect(page, 303)
