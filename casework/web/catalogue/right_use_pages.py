"""An IP right that is named in nothing new: said on its page with a reason, and brought back there."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext
from sqlalchemy import Connection

from casework.engine.definition.forms import Form, Note
from casework.operations.catalogue import right_use
from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.ip_rights import editable, insist_stands
from casework.operations.catalogue.right_history import read_seq
from casework.operations.catalogue.views import IpRight
from casework.permissions.actors import Actor
from casework.web.catalogue.expiry_pages import Deed, ExpiryPages, Standing
from casework.web.catalogue.right_pages import name_of_right
from casework.web.shell.i18n import N_


class Expiry(Form):
    reason = Note(
        label=N_("Reason"),
        help=N_("What shows that nobody follows this right any more: the register, a letter of its owner, a call."),
    )


class Return(Form):
    reason = Note(label=N_("Reason"), help=N_("What shows that the right is followed again."))


class _Pages(ExpiryPages):
    noun = "right"
    expire = Deed(
        N_("Its record has expired"),
        Expiry,
        N_(
            "No case that opens is about it, it is added to none, and no form offers it. Cases that run keep it."
            " What the register says of the right stays as it is."
        ),
        N_("Said: the right is named in nothing new."),
        right_use.expire_right,
    )
    bring_back = Deed(
        N_("Bring back"),
        Return,
        N_("Cases can be about it again, and forms offer it."),
        N_("The right can be named again."),
        right_use.bring_right_back,
    )

    def standing(self, db: Connection, actor: Actor, id: str) -> Standing:
        editable(db, actor, id)
        insist_stands(db, id)
        one = catalogue.show_record(db, actor, IpRight, id)
        return Standing(name_of_right(one), read_seq(db, id), one.expired_at is not None)

    def at(self, id: str) -> str:
        return url_for("rights.show", right=id)

    def crumbs(self) -> list[tuple[str, str]]:
        return [(gettext("Matches"), url_for("matches.index")), (gettext("IP rights"), url_for("rights.index"))]


blueprint = _Pages("right_use", "/rights/<uuid:right>/use").blueprint
