"""What is asked where technology crosses the border: its class, the letter of intent, the licence."""

from __future__ import annotations

from casework.engine.definition.forms import Choice, Date, Documents, Form, Note, Text
from workflows.papers import EXPORT_REFUSAL, LETTER_APPLICATION, LICENCE_APPLICATION


class Classed(Form):
    """In which class the technology belongs, and where that was looked up."""

    checked_on = Date(label="Looked up on", past=True)
    listed = Choice(
        label="In the catalogue of prohibited and restricted technologies",
        choices={"listed": "It stands there", "not_listed": "It does not stand there"},
    )
    entry = Text(label="List and number", max=200, when=("listed", ("listed",)))
    finding = Note(label="Why it belongs there", required=False)


class LetterApplication(Form):
    """The application for a letter of intent, as it was filed."""

    filed_on = Date(label="Filed on", past=True)
    application = Documents(label="Application", kinds=(LETTER_APPLICATION.kind,))


class LetterOfIntent(Form):
    """The letter of intent of the authority: from here on the parties may negotiate."""

    number = Text(label="Number of the letter", max=100)
    issued_on = Date(label="Issued on", past=True)
    valid_until = Date(
        label="Valid until", future=True, help="Not longer after its issue than the programme lets a letter be valid"
    )


class AuthorityRefusal(Form):
    """Why the authority does not permit it."""

    decided_on = Date(label="Decided on", past=True)
    decision = Documents(label="Decision", kinds=(EXPORT_REFUSAL.kind,))
    finding = Note(label="What the authority writes")


class LicenceApplication(Form):
    """The application for the licence, as it was filed with the signed contract."""

    filed_on = Date(label="Application filed on", past=True)
    application = Documents(label="Application", kinds=(LICENCE_APPLICATION.kind,))


class ExportLicence(Form):
    """The licence: on its day the contract takes effect."""

    number = Text(label="Number of the licence", max=100)
    issued_on = Date(label="Issued on", past=True)
