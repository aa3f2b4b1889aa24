"""An organisation that is named in nothing new: said on its page with a reason, and brought back there."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext
from sqlalchemy import Connection

from casework.engine.case_objects.organisations import EDITORS
from casework.engine.definition.forms import Form, Note
from casework.operations.catalogue import organisation_queries as queries
from casework.operations.catalogue import organisation_use, organisations
from casework.permissions.actors import Actor
from casework.web.catalogue.expiry_pages import Deed, ExpiryPages, Standing
from casework.web.shell.i18n import N_


class Expiry(Form):
    reason = Note(
        label=N_("Reason"),
        help=N_("What shows that it has ceased or takes part no more: a register, a letter, a call."),
    )


class Return(Form):
    reason = Note(label=N_("Reason"), help=N_("What shows that it takes part again."))


class _Pages(ExpiryPages):
    noun = "organisation"
    expire = Deed(
        N_("It has expired"),
        Expiry,
        N_(
            "It is offered no more as owner, lender or company of a joint venture, and no new match or case names it. Cases that run go on."
        ),
        N_("Said: it is named in nothing new."),
        organisation_use.expire_organisation,
    )
    bring_back = Deed(
        N_("Bring back"),
        Return,
        N_("It can be named again, as owner, lender and party."),
        N_("It can be named again."),
        organisation_use.bring_organisation_back,
    )

    def standing(self, db: Connection, actor: Actor, id: str) -> Standing:
        one = queries.show_organisation(db, actor, id)
        organisations.insist_home(db, actor, id, EDITORS, itself=True)
        return Standing(one.name, organisations.read_seq(db, id), one.expired_at is not None)

    def at(self, id: str) -> str:
        return url_for("parties.show", party=id)

    def crumbs(self) -> list[tuple[str, str]]:
        return [(gettext("Organisations"), url_for("parties.index"))]


blueprint = _Pages("party_use", "/organisations/<uuid:party>/use").blueprint
