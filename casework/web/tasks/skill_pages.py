"""What people can do: the forms of whoever leads them, and why a task waits whose queue allocates by it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from flask import Blueprint, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from casework.engine.definition.forms import Form, Many, Note
from casework.engine.roles import Role
from casework.engine.tasks.allocation import ALL_FULL, NOBODY, UNSKILLED
from casework.json_values import JsonObject
from casework.operations.core.i18n import SERVICES
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.views import row_as
from casework.operations.tasks import skills
from casework.operations.tasks.views import Skills, Unallocated
from casework.permissions.actors import Actor
from casework.web.shell.forms import own_texts
from casework.web.shell.i18n import N_, listed, name_of
from casework.web.shell.record_words import KnownWords
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import only, page_transaction
from casework.web.shell.values import service_name

blueprint = Blueprint("skills", __name__, url_prefix="/skills")

LANGUAGES = {"zh": N_("Chinese"), "en": N_("English")}
#: Why the rule of a queue leads to nobody.
_WHY_NOBODY = {
    NOBODY: N_("Nobody who is there may have it, so the rule of its queue gives it to nobody. It looks again every half minute."),
    ALL_FULL: N_("Everybody to whom the rule of its queue could give it has as "
        "many tasks as one may get. It looks again every half minute."),
    UNSKILLED: N_("The rule of its queue gives it to nobody: nobody who may have it has a skill that it asks for."),
}  # fmt: skip


class SkillsForm(Form):
    fields_ = Note(
        label=N_("Fields of technology"),
        required=False,
        max=4000,
        help=N_("One in each line, in the words that needs and technologies use."),
    )
    languages = Many(label=N_("Languages"), required=False, choices=LANGUAGES)
    services = Many(
        label=N_("Knows the work of"), required=False, choices={code: SERVICES[code] for code in skills.SERVICES}
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownSkills(Skills):
    """What somebody can do, in the reader's language."""

    words: list[str]


def people_with_skills(db: Connection, actor: Actor, *, of_organisations: bool) -> list[ShownSkills]:
    """Whom the actor leads, for the page of a programme's team or of an organisation's members."""
    # Asked for where somebody has said something alone.
    known = cache(lambda programme: KnownWords.of(db, programme))
    return [
        row_as(ShownSkills, held, words=_words(held, known))
        for held in skills.list_skills(db, actor).items
        if (held.kind == "organisation") == of_organisations
    ]


def _programme(held: Skills) -> str | None:
    """Whose lists have what somebody knows; people of an organisation work for many programmes."""
    return held.scope.id if held.kind == "programme" else None


def _words(held: Skills, known: Callable[[str | None], KnownWords]) -> list[str]:
    return [
        *(known(_programme(held)).say_fields(held.fields) if held.fields else ()),
        *(gettext(LANGUAGES[code]) for code in held.languages),
        *(service_name(code) for code in held.services),
    ]


def say_nobody(db: Connection, programme: str, explanation: Unallocated | None) -> str | None:
    """Why the rule of its queue gives a task to nobody, in words; None where it has no rule or gives it to somebody."""
    if explanation is None:
        return None
    why = _WHY_NOBODY[explanation.why]
    words = gettext(why)
    if explanation.why != UNSKILLED or not explanation.asks:
        return words
    known = KnownWords.of(db, programme)
    return gettext(
        "%(why)s It asks for: %(skills)s.", why=words, skills=listed(_skill(ask, known) for ask in explanation.asks)
    )


def _skill(code: str, known: KnownWords) -> str:
    kind, _, what = code.partition(":")
    if kind == skills.LANGUAGE:
        return gettext(LANGUAGES[what]) if what in LANGUAGES else what
    return service_name(what) if kind == skills.SERVICE else listed(known.say_fields([what]))


@blueprint.get("/<uuid:scope>/<uuid:person>")
@only(Role.SUPERVISOR, Role.PROVIDER_LEAD)
def show(scope: UUID, person: UUID) -> Response:
    return _page(str(scope), str(person), None)


def _page(scope: str, person: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        known = skills.find_skills(db, actor, scope, person)
        name = f"skills:{scope}:{person}"
        theirs = KnownWords.of(db, _programme(known)).say_fields(known.known)
        values = {"fields_": "\n".join(known.fields), "languages": known.languages, "services": known.services}
        form = kept_form(
            db,
            actor,
            name,
            SkillsForm.rule(),
            own_texts(SkillsForm),
            sent=sent,
            values={key: value for key, value in values.items() if value},
        )
    return page_with_form("home/skills.html", sent, one=known, theirs=theirs, form=form, back=_back(known.kind))


def _back(kind: str) -> str:
    return url_for("referrals.members" if kind == "organisation" else "home.team") + "#skills"


@blueprint.post("/<uuid:scope>/<uuid:person>")
@only(Role.SUPERVISOR, Role.PROVIDER_LEAD)
def keep(scope: UUID, person: UUID) -> Response:
    with page_transaction() as (db, actor):
        known = skills.find_skills(db, actor, str(scope), str(person))

    def do(db: Connection, actor: Actor, key: Request, _: int, data: JsonObject) -> Done:
        return skills.set_skills(
            db,
            actor,
            scope=str(scope),
            person=str(person),
            fields=str(data.get("fields_") or "").splitlines(),
            languages=data.get("languages") or [],
            services=data.get("services") or [],
            request=key,
        )

    return answer(
        f"skills:{scope}:{person}",
        SkillsForm.rule(),
        do,
        lambda sent: _page(str(scope), str(person), _named(sent)),
        lambda done: _back(known.kind),
        said=lambda done: gettext(
            "Kept: what %(name)s can do. Queues that give tasks by skill go by it from now on.",
            name=name_of(known.person),
        ),
    )


def _named(sent: Sent) -> Sent:
    """The faults by the names of this form's fields."""
    return Sent(
        sent.data,
        {"fields_" if name == "fields" else name: why for name, why in sent.faults.items()},
        sent.status,
        sent.why,
        sent.seen,
    )


__all__ = ["blueprint", "people_with_skills", "say_nobody"]
