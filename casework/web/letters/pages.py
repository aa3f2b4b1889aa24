"""Letters of a case: those that were sent, those that can go now, and one that is looked at and then filed and sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.api.protocol.files import as_attachment, document_store
from casework.engine.case_objects.letters import (
    ASK_NOTHING,
    CLOSING,
    INVITATION,
    PROGRESS,
    QUESTION,
    REFERRAL,
    REMINDER,
)
from casework.engine.definition.forms import Choice, Date, Form, Note, Text
from casework.engine.parties import PARTIES
from casework.errors import CaseHasMoved, InvalidForm, LetterInDoubt, LettersUnavailable, NotFound, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.drafts import Draft, drop_draft, find_draft
from casework.operations.core.organisations import Contact
from casework.operations.core.views import row_as
from casework.operations.letters import service as letters
from casework.operations.letters.content import BOTH, CHINESE, ENGLISH
from casework.operations.letters.pdf import insist_printing
from casework.operations.letters.service import MOST_OF_NAME, MOST_WORDS, Composed, Written
from casework.operations.letters.views import PossibleLetter
from casework.web.shell.dates import say_day
from casework.web.shell.forms import build_form, own_texts, parse_form, read_request
from casework.web.shell.i18n import N_, chinese, say, say_error, say_faults
from casework.web.shell.layout import clock
from casework.web.shell.letter_words import SENT_BY
from casework.web.shell.sent_forms import Sent, page_with_form
from casework.web.shell.session import page_transaction
from casework.web.shell.values import party_name, service_name

blueprint = Blueprint("letters", __name__)

#: What each letter is called, and what it is for.
NAMES = {
    INVITATION: N_("Invitation"), PROGRESS: N_("Letter on how the case stands"), REFERRAL: N_("Letter of a request"),
    REMINDER: N_("Reminder"), QUESTION: N_("Letter that asks for an answer"),
    CLOSING: N_("Letter at the end"),
}  # fmt: skip
PURPOSES = {
    INVITATION: N_("asks a party to take part after the match"),
    PROGRESS: N_("tells a party which step the case has reached, and what it means for it"),
    QUESTION: N_("puts to a party what one waits for from it, and until when"),
    REFERRAL: N_("says what a provider is asked, and until when"),
    REMINDER: N_("says what is waited for, before it is due or after"), CLOSING: N_("says that the case is closed, and thanks"),
}  # fmt: skip
#: Why one does not go now, as the engine says it.
REFUSED = (N_("this letter has no recipient in the present state of the case."), N_("a letter stays as it was sent."))


#: In which language a contact is written to.
WRITTEN_IN = {"zh": N_("Chinese"), "en": N_("English")}


class Letter(Form):
    """What the writer decides; the rest of a letter follows from the case."""

    language = Choice(
        label=N_("Language"),
        choices={ENGLISH: N_("English"), CHINESE: N_("Chinese"), BOTH: N_("English and Chinese side by side")},
    )
    by = Date(label=N_("By when"), required=False, help=N_("The day that the letter names. Empty: none."))
    attention = Text(
        label=N_("For the attention of"),
        max=MOST_OF_NAME,
        required=False,
        help=N_("Who at the party is to read it; the letter names the person under the party."),
    )
    address = Text(
        label=N_("E-mail of the party"),
        required=False,
        help=N_("The letter goes there, attached to a mail. Empty: you send it yourself."),
    )
    words = Note(
        label=N_("A paragraph of your own"),
        max=MOST_WORDS,
        required=False,
        help=N_("It stands in the letter as you write it, in one language."),
    )


@blueprint.get("/cases/<number>/letters")
def index(number: str) -> str:
    with page_transaction() as (db, actor):
        listing = letters.list_letters(db, actor, number)
    return render_template(
        "letters/index.html",
        number=number,
        items=listing.items,
        possible=[_named(letter) for letter in listing.possible],
        names=NAMES,
        purposes=PURPOSES,
        crumbs=_crumbs(number),
        ways=SENT_BY,
        today=clock().office_today.isoformat(),
        missing=_missing() or ("" if listing.letterhead else say(reasons.letters.NO_LETTERHEAD)),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedLetter(PossibleLetter):
    """A letter that may be sent, as its page names it."""

    to_name: str
    role: str
    title: str


def _named(letter: PossibleLetter) -> NamedLetter:
    to = letter.name_zh if chinese() and letter.name_zh else letter.name
    role = service_name(letter.service) if letter.service else party_name(letter.side)
    return row_as(NamedLetter, letter, to_name=to, role=role, title=gettext(NAMES[letter.kind]))


def _missing() -> str:
    """What the installation lacks for printing letters."""
    try:
        insist_printing()
    except LettersUnavailable as missing:
        return say_error(missing)
    return ""


def _crumbs(number: str) -> list[tuple[str, str]]:
    return [(gettext("Cases"), url_for("cases.index")), (number, url_for("cases.show", number=number))]


@blueprint.post("/cases/<number>/letters/sent")
def dispatch(number: str) -> BaseResponse:
    """Put down how a letter went out, and when."""
    sent = request.form
    with page_transaction() as (db, actor):
        letters.dispatch_letter(
            db,
            actor,
            number,
            sent.get("letter", ""),
            how=sent.get("how", ""),
            on=sent.get("on", ""),
            request=read_request(),
        )
    flash(gettext("It is recorded how the letter went out."))
    return redirect(url_for("letters.index", number=number), 303)


@blueprint.get("/cases/<number>/letters/new")
def write(number: str) -> BaseResponse:
    if not request.args.get("kind"):
        with page_transaction() as (db, actor):
            letters.insist_sender(db, actor, number)
        return redirect(url_for("letters.index", number=number), 303)
    return _write(number, request.args, None)


def _write(number: str, asked: Mapping[str, str], sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        letters.insist_sender(db, actor, number)
        possible = letters.list_letters(db, actor, number).possible
        wanted = [letter for letter in possible if letter.kind == asked.get("kind") and letter.to == asked.get("to")]
        if not wanted:
            raise NotFound("letter")
        letter = _named(wanted[0])
        chosen = next((contact for contact in letter.contacts if contact.id == asked.get("contact")), None)
        name = f"letter:{number}:{letter.kind}:{letter.to}"
        form = build_form(
            name,
            _rules(letter.kind, letter.to),
            own_texts(Letter),
            values=_known(letter, chosen),
            sources=dict.fromkeys(("attention", "address"), gettext("From the contacts of the organisation.")),
            submitted=sent.data if sent else None,
            faults=sent.faults if sent else None,
            draft=None if sent else _drafted(find_draft(db, actor.person, name), letter, chosen),
            doubts=sent.doubts if sent else (),
        )
    return page_with_form(
        "letters/write.html",
        sent,
        number=number,
        one=letter,
        party=letter.to in PARTIES,
        form=form,
        purpose=gettext(PURPOSES[letter.kind]),
        chosen=chosen,
        languages=WRITTEN_IN,
        crumbs=[*_crumbs(number), (gettext("Letters"), url_for("letters.index", number=number))],
    )


def _known(letter: PossibleLetter, chosen: Contact | None) -> JsonObject:
    """What the form begins with: the contact that was chosen, or the only one, says for whom it is, where it goes and in which language."""
    with_mail = [contact for contact in letter.contacts if contact.email]
    to = chosen or (with_mail[0] if len(with_mail) == 1 else None)
    if to is None:
        return {"language": letter.language, "by": letter.by}
    language = CHINESE if to.language.startswith("zh") else ENGLISH
    return {"language": language, "by": letter.by, "attention": to.name, "address": to.email}


def _drafted(draft: Draft | None, letter: PossibleLetter, chosen: Contact | None) -> Draft | None:
    """What was typed before, but for what a contact says who was chosen since."""
    if draft is None or chosen is None:
        return draft
    told = {f"f-{name}": [value] for name, value in _known(letter, chosen).items() if name != "by" and value}
    return replace(draft, data={**draft.data, **told})


def _say_sent(day: str) -> str:
    return gettext("This letter went to the same recipient on %(day)s already.", day=say_day(day, clock(), year=True))


def _rules(kind: str, to: str) -> list[JsonMapping]:
    """A provider is told in Casework; a party can be reached by mail alone, where mails go out at all."""
    party = to in PARTIES
    left_out = {
        "by": kind in ASK_NOTHING,
        "attention": not party,
        "address": not (party and current_app.config["MAILING"]),
    }
    return [rule for rule in Letter.rule() if not left_out.get(rule["name"])]


def _written() -> Written:
    """Raises InvalidForm."""
    to = request.form.get("to", "")
    data = parse_form(_rules(request.form.get("kind", ""), to), request.form)
    typed = {name: str(data.get(name) or "") for name in ("language", "by", "words", "address", "attention")}
    return Written(
        request.form.get("kind", ""),
        to,
        typed["language"],
        typed["by"] or None,
        typed["words"],
        typed["address"].strip(),
        typed["attention"].strip(),
    )


@blueprint.post("/cases/<number>/letters/preview")
def preview(number: str) -> Response:
    """The letter as it would be filed; nothing is recorded."""
    try:
        composed = _compose(number)
    except InvalidForm as refusal:
        return _write(number, request.form, Sent(request.form, say_faults(refusal), 422))
    except Refused as refusal:
        return _write(number, request.form, Sent(request.form, {}, 409, say_error(refusal)))
    pdf = composed.print()
    return as_attachment(iter([pdf]), composed.name, len(pdf))


def _compose(number: str) -> Composed:
    """In a transaction that is over before the letter is printed."""
    with page_transaction() as (db, actor):
        letters.insist_sender(db, actor, number)
        return letters.compose_letter(db, actor, number, _written())


@blueprint.post("/cases/<number>/letters")
def send(number: str) -> BaseResponse:
    """File it and let it go."""
    try:
        composed = _compose(number)
        kept, written = composed.keep(document_store()), composed.written
        with page_transaction() as (db, actor):
            letters.send_letter(db, actor, document_store(), composed, kept, request=read_request())
            drop_draft(db, actor.person, f"letter:{number}:{written.kind}:{written.to}")
    except InvalidForm as refusal:
        return _write(number, request.form, Sent(request.form, say_faults(refusal), 422))
    except (CaseHasMoved, Refused) as refusal:
        return _write(number, request.form, Sent(request.form, {}, 409, say_error(refusal)))
    except LetterInDoubt as doubt:
        return _write(number, request.form, Sent(request.form, {}, 409, doubts=(_say_sent(str(doubt.details["day"])),)))
    if written.address:
        flash(gettext("The letter is filed in the case, and goes to %(address)s by mail.", address=written.address))
    elif written.to in PARTIES:
        flash(gettext("The letter is filed in the case. Take its PDF out below and send it to the party."))
    else:
        flash(gettext("The letter is filed in the case. The provider sees it at its referral and is notified now."))
    return redirect(url_for("letters.index", number=number), 303)
