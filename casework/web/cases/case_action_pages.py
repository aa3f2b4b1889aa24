"""Hand over, register a document, withdraw consent, declare an interest: the forms of a case itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Date, Form, Note, People, Person, Rights, Text
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.cases import case_actions, case_rights, handing_over
from casework.operations.cases.case_rights import list_addable
from casework.operations.cases.form_choices import choices_of
from casework.operations.cases.queries import describe_whole, find_case
from casework.operations.core.idempotency import Done, Request
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.web.history.sentences import WHOSE, whose
from casework.web.shell.forms import FormView, own_texts
from casework.web.shell.i18n import N_
from casework.web.shell.impact_words import say_choices
from casework.web.shell.layout import clock
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.shell.values import PAPERS, name_right
from casework.web.tasks.next_action import say_done


class HandOver(Form):
    owner = Person(label=N_("New owner"), role=Role.OFFICER)
    team = People(label=N_("Team"), role=Role.OFFICER, required=False)
    note = Note(label=N_("What the new owner should know"))


class Paper(Form):
    title = Text(label=N_("Title"), max=300)
    kind = Choice(label=N_("Kind"), choices=PAPERS)
    whose = Choice(
        label=N_("Whose paper it is, or whom it is about"),
        choices=WHOSE,
        help=N_("It goes to a provider only with the consent of whom you name here."),
    )
    language = Choice(
        label=N_("Language of the paper"), choices={"en": N_("English"), "zh": N_("Chinese")}, required=False
    )
    valid_until = Date(label=N_("Valid until"), required=False)


class Withdrawal(Form):
    reason = Note(label=N_("What the party said, and how"))


class Interest(Form):
    nature = Note(label=N_("What kind of interest"))


class MoreRights(Form):
    rights = Rights(label=N_("Recorded rights of the technology and of the parties"), required=False)
    number = Text(
        label=N_("Number of another right"),
        required=False,
        max=200,
        help=N_("As it is recorded, where it protects another technology."),
    )
    reason = Note(label=N_("Why the case is about them"))


class LessRights(Form):
    rights = Rights(
        label=N_("Rights to take out"), help=N_("One with a pledge or licence of this case cannot be taken out.")
    )
    reason = Note(label=N_("Why the case is not about them"))


@dataclass(frozen=True)
class CaseAction:
    """An action on the case itself: its form, and the words of its page."""

    name: str
    form: type[Form]
    title: str
    do: str
    done: str
    consequence: str = ""
    irreversible: bool = False

    @property
    def rules(self) -> list[JsonObject]:
        return [dict(rule) for rule in self.form.rule()]


HAND_OVER = CaseAction(
    "hand_over",
    HandOver,
    N_("Hand the case over"),
    N_("Hand over"),
    N_("You have handed the case over."),
    N_("The tasks that the present owner holds go back to their queues."),
)
NEW_DOCUMENT = CaseAction(
    "register_document",
    Paper,
    N_("Add a document without a file"),
    N_("Enter the document"),
    N_("You have entered the document."),
    N_("For a paper that lies elsewhere: consents, referrals and grants can name it. A file can be added later."),
)
WITHDRAW = CaseAction(
    "withdraw_consent",
    Withdrawal,
    N_("Record that a consent is withdrawn"),
    N_("End the consent"),
    N_("The consent has ended."),
    N_("What was shared under it ends at once, and the referrals that lean on it are suspended."),
    True,
)
INTEREST = CaseAction(
    "declare_interest",
    Interest,
    N_("Declare a conflict of interest"),
    N_("Declare the interest"),
    N_("Your interest is declared."),
    N_("From then on you can do nothing in this case. Your tasks in it go back to their queues."),
    True,
)


ADD_RIGHTS = CaseAction(
    "add_rights",
    MoreRights,
    N_("Add IP rights to the case"),
    N_("Add the rights"),
    N_("The case is about these rights as well."),
    N_("Their owner, status and encumbrances count in every check from now on."),
)
REMOVE_RIGHTS = CaseAction(
    "remove_rights",
    LessRights,
    N_("Take IP rights out of the case"),
    N_("Take the rights out"),
    N_("The case is no longer about these rights."),
    N_("The record of the right stays; no check of this case reads it any more."),
)


def ask_action(
    number: str,
    action: CaseAction,
    subject: str = "",
    sent: Sent | None = None,
    insist: Callable[[Case], None] | None = None,
) -> Response:
    """The page with the form of an action."""
    with page_transaction() as (db, actor):
        case, level = find_case(db, actor, number)
        if level < Sight.ALL:
            raise NotFound("case")
        shown = describe_whole(db, actor, case)
        if insist is not None:
            insist(case)
        if action.name not in shown.case_actions:
            raise NotAllowed()
        form = _form(db, actor, case, action, subject, sent=sent)
    return page_with_form(
        "cases/case_action.html",
        sent,
        case=shown,
        form=form,
        action=action,
        title=gettext(action.title),
        do=gettext(action.do),
        consequence=gettext(action.consequence) if action.consequence else "",
        back=url_for("cases.show", number=number),
    )


def _draft(case: str, action: CaseAction, subject: str) -> str:
    return f"case:{case}:{action.name}" + (f":{subject}" if subject else "")


def _form(db: Connection, actor: Actor, case: Case, action: CaseAction, subject: str, *, sent: Sent | None) -> FormView:
    name = _draft(str(case.number), action, subject)
    known = {"team": list(case.team)} if action is HAND_OVER else None
    choices = say_choices(choices_of(db, actor, case, case.main, action.rules))
    if action is HAND_OVER:
        # Whoever has an interest in the case does nothing in it.
        choices = {
            name: [choice for choice in offered if choice[0] not in case.interests] for name, offered in choices.items()
        }
        # Who owns the case stays on offer: with the same owner the team alone can change.
        choices = {
            **choices,
            "owner": [
                (id, gettext("%(name)s (owns the case now)", name=words) if id == case.owner else words)
                for id, words in choices["owner"]
            ],
        }
    if action is ADD_RIGHTS:
        choices = {**choices, "rights": [(one.pop("id"), name_right(**one)) for one in list_addable(db, case)]}
    return kept_form(
        db,
        actor,
        name,
        action.rules,
        own_texts(action.form),
        sent=sent,
        choices=choices,
        values=known,
        revision=case.revision,
    )


#: In the transaction, with who asks, the request, the revision seen and the data.
Does = Callable[[Connection, Actor, Request, int, JsonObject], Done]


def answer_action(
    number: str, action: CaseAction, do: Does, subject: str = "", insist: Callable[[Case], None] | None = None
) -> BaseResponse:
    return answer(
        _draft(number, action, subject),
        action.rules,
        do,
        lambda sent: ask_action(number, action, subject, sent, insist),
        lambda done: url_for("cases.show", number=number),
        said=lambda done: say_done(number, gettext(action.done)),
        sure=not action.irreversible or request.form.get("sure") == "yes",
    )


def ask_hand_over(number: str) -> Response:
    return ask_action(number, HAND_OVER)


def hand_over(number: str) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(HAND_OVER, data)
        return handing_over.hand_over(
            db,
            actor,
            number,
            owner=given["owner"],
            team=given.get("team", []),
            note=given["note"],
            revision=revision,
            request=key,
        )

    return answer_action(number, HAND_OVER, do)


def ask_document(number: str) -> Response:
    return ask_action(number, NEW_DOCUMENT)


def register_document(number: str) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(NEW_DOCUMENT, data)
        return case_actions.register_document(
            db,
            actor,
            number,
            title=given["title"],
            kind=given["kind"],
            **whose(given["whose"]),
            language=given.get("language"),
            valid_until=given.get("valid_until"),
            revision=revision,
            request=key,
        )

    return answer_action(number, NEW_DOCUMENT, do)


def ask_withdrawal(number: str, consent: UUID) -> Response:
    return ask_action(number, WITHDRAW, str(consent), insist=_has_consent(str(consent)))


def withdraw_consent(number: str, consent: UUID) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(WITHDRAW, data)
        return case_actions.withdraw_consent(
            db, actor, number, str(consent), reason=given["reason"], revision=revision, request=key
        )

    return answer_action(number, WITHDRAW, do, str(consent), insist=_has_consent(str(consent)))


def _has_consent(consent: str) -> Callable[[Case], None]:
    def check_case(case: Case) -> None:
        if consent not in case.consents:
            raise NotFound("consent")

    return check_case


def ask_more_rights(number: str) -> Response:
    return ask_action(number, ADD_RIGHTS)


def add_rights(number: str) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(ADD_RIGHTS, data)
        return case_rights.add_rights(
            db,
            actor,
            number,
            rights=given.get("rights", ()),
            other=given.get("number"),
            reason=given["reason"],
            revision=revision,
            request=key,
        )

    return answer_action(number, ADD_RIGHTS, do)


def ask_less_rights(number: str) -> Response:
    return ask_action(number, REMOVE_RIGHTS)


def remove_rights(number: str) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = checked(REMOVE_RIGHTS, data)
        return case_rights.remove_rights(db, actor, number, **given, revision=revision, request=key)

    return answer_action(number, REMOVE_RIGHTS, do)


def ask_interest(number: str) -> Response:
    return ask_action(number, INTEREST)


def declare_interest(number: str) -> BaseResponse:
    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        return case_actions.declare_interest(db, actor, number, nature=checked(INTEREST, data)["nature"], request=key)

    return answer_action(number, INTEREST, do)


def checked(action: CaseAction, data: JsonMapping) -> JsonObject:
    """The data of a form of the pages' own, as clean as an edition's. Raises InvalidForm."""
    rules = action.form.rule()
    return check(build_model(action.form.__name__, rules), rules, data, clock().office_today)
