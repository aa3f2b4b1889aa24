"""The case sheet of a referral: a page that prints on paper as it stands."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template

from casework.operations.referrals import sheet as sheets
from casework.web.cases.sheet_words import words_of_sheet
from casework.web.shell.session import page_transaction
from casework.web.shell.values import service_name

blueprint = Blueprint("sheets", __name__)


@blueprint.get("/referrals/<uuid:referral>/sheet")
def show(referral: UUID) -> str:
    with page_transaction() as (db, actor):
        sheet = sheets.show_sheet(db, actor, str(referral))
    return render_template("referrals/sheet.html", sheet=sheet, told=words_of_sheet(sheet), service_name=service_name)
