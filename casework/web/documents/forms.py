"""The forms of documents."""

from __future__ import annotations

from casework.engine.definition.forms import Choice, Date, Form, Note, Text
from casework.web.history.sentences import WHOSE
from casework.web.shell.i18n import N_
from casework.web.shell.values import PAPERS


class Delivery(Form):
    """What a provider says of its files."""

    title = Text(
        label=N_("Title"),
        max=300,
        required=False,
        help=N_("Leave it empty to use the file's name; several files always keep theirs."),
    )
    kind = Choice(label=N_("Kind"), choices=PAPERS)
    language = Choice(
        label=N_("Language of the paper"), choices={"en": N_("English"), "zh": N_("Chinese")}, required=False
    )
    valid_until = Date(label=N_("Valid until"), required=False)


class Papers(Delivery):
    """What the office says of its files."""

    whose = Choice(
        label=N_("Whose paper it is, or whom it is about"),
        choices=WHOSE,
        help=N_("It goes to a provider only with the consent of whom you name here."),
    )


class Withdrawal(Form):
    reason = Note(label=N_("Why"))


class Ending(Form):
    reason = Note(label=N_("Why"))


class LastDay(Form):
    until = Date(
        label=N_("Last day of the access"),
        future=True,
        required=False,
        help=N_("Empty: until the referral ends, or the consent, whichever is earlier."),
    )


class Returned(Form):
    how = Choice(
        label=N_("What was done with every copy"),
        choices={"returned": N_("Given back"), "destroyed": N_("Destroyed")},
    )
    note = Note(label=N_("Note"), required=False)
