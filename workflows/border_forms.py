"""What is asked where technology crosses the border: its class, the letter of intent, the licence."""

from __future__ import annotations

from casework.engine.definition.forms import Choice, Date, Documents, Form, Note, Text
from workflows.own_limits import LETTER_HOLDS
from workflows.papers import LETTER_APPLICATION, LICENCE_APPLICATION, TRADE_REFUSAL


class Classed(Form):
    """In which class the technology belongs, and where that was looked up."""

    checked_on = Date(label="Looked up on", past=True)
    listed = Choice(
        label="In the catalogue of prohibited and restricted technologies",
        choices={"listed": "It stands there", "not_listed": "It does not stand there"},
        help="Imports and exports have a catalogue each",
    )
    entry = Text(label="List and number", max=200, when=("listed", ("listed",)))
    finding = Note(label="Why it belongs there", required=False)


class LetterApplication(Form):
    """The application for a letter of intent, as it was filed."""

    filed_on = Date(label="Filed on", past=True)
    application = Documents(label="Application", kinds=(LETTER_APPLICATION.kind,))


class LetterOfIntent(Form):
    """The letter of intent of the authority: from here on the parties may negotiate and sign."""

    number = Text(label="Number of the letter", max=100)
    issued_by = Text(label="Issued by", max=200)
    issued_on = Date(label="Issued on", past=True)
    valid_until = Date(label="Valid until", future=True, holds=LETTER_HOLDS)


class AuthorityRefusal(Form):
    """Why the authority does not permit it."""

    decided_on = Date(label="Decided on", past=True)
    decision = Documents(label="Decision", kinds=(TRADE_REFUSAL.kind,))
    finding = Note(label="What the authority writes")


class LicenceApplication(Form):
    """The application for the licence, as it was filed with the signed contract."""

    filed_on = Date(label="Application filed on", past=True)
    application = Documents(label="Application", kinds=(LICENCE_APPLICATION.kind,))


class ImportApplication(Form):
    """The application for letter and licence of an import at once, as it was filed with the signed contract."""

    filed_on = Date(label="Application filed on", past=True)
    application = Documents(
        label="Application for letter and licence", kinds=(LICENCE_APPLICATION.kind, LETTER_APPLICATION.kind)
    )


class TradeLicence(Form):
    """The licence: on its day the contract takes effect."""

    number = Text(label="Number of the licence", max=100)
    issued_by = Text(label="Issued by", max=200, prefill="agreement.letter_issued.issued_by")
    issued_on = Date(label="Issued on", past=True)
