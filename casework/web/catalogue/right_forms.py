"""The forms of an IP right: what is asked of each kind, and what its fields are called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from casework.engine.case_objects.ip_rights import FIELDS
from casework.engine.case_objects.outside_burdens import KINDS as KINDS_OF_BURDENS
from casework.engine.case_objects.outside_burdens import LONGEST
from casework.engine.case_objects.right_kinds import KINDS, kinds_with
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.forms import Choice, Date, Documents, Form, Many, Money, Note, Text, YesNo
from casework.operations.core.i18n import KINDS_OF_RIGHTS
from casework.web.shell.forms import Texts, own_texts
from casework.web.shell.i18n import N_
from casework.web.shell.values import (
    LICENCES,
    STATUSES_OF_RIGHTS,
    choice_name,
    codes_named,
)


def _of(field: str) -> tuple[str, tuple[str, ...]] | None:
    """Asked of the kinds that have it."""
    kinds = kinds_with(field)
    return None if len(kinds) == len(KINDS) else ("kind", kinds)


class RightFields(Form):
    """What a record of an IP right says; which of it must be there depends on the kind."""

    kind = Choice(label=N_("Kind of right"), choices=KINDS_OF_RIGHTS)
    office = Text(
        label=N_("Office"), max=200, required=False, when=_of("office"), help=N_("For example CNIPA, EPO or DPMA.")
    )
    application_number = Text(
        label=N_("Application number"),
        max=200,
        required=False,
        when=_of("application_number"),
        help=N_("As the register writes it."),
    )
    number = Text(
        label=N_("Number"),
        max=200,
        required=False,
        when=_of("number"),
        help=N_("Of the grant or the registration, as the register writes it."),
    )
    owner = Text(
        label=N_("Owner of the right"), max=300, required=False, help=N_("As the register or the contract says it.")
    )
    filed_on = Date(label=N_("Filed on"), past=True, required=False, when=_of("filed_on"))
    granted_on = Date(label=N_("Granted on"), past=True, required=False, when=_of("granted_on"))
    status = Choice(label=N_("Status"), choices=STATUSES_OF_RIGHTS, required=False)
    expires_on = Date(label=N_("Expires on"), required=False, when=_of("expires_on"))
    fee_paid_to = Date(label=N_("Fee paid until"), required=False, when=_of("fee_paid_to"))
    family = Text(
        label=N_("Family"),
        max=200,
        required=False,
        help=N_("What the rights have in common that protect the same in several countries: the number of the family."),
    )
    twin = Text(
        label=N_("Twin"),
        max=200,
        required=False,
        when=_of("twin"),
        help=N_("The number of the invention or utility model that was filed for the same on the same day."),
    )


#: Whose a right is: each owner stands on a line of its own.
_OWNERS: Mapping[str, str] = {
    "label": N_("Owners on record"),
    "help": N_(
        "Organisations of the register, one on a line, each with its share in per cent where it is known: “Kiln Works, 60”."
    ),
}


class NewRight(RightFields):
    owners = Note(label=_OWNERS["label"], help=_OWNERS["help"], max=5_000, required=False)
    checked_on = Date(label=N_("Looked up on"), past=True)
    source = Text(label=N_("Where you looked it up"), max=300, help=N_("The register, its extract, or the contract."))


class NewRightOfTechnology(NewRight):
    protects = YesNo(
        label=N_("It protects this technology"),
        help=N_("No: it is its owner’s own, for example one that the owner pledges."),
    )


class Look(RightFields):
    """What a look into the register has shown: what is right stays as it is."""

    checked_on = Date(label=N_("Looked up on"), past=True)
    source = Text(label=N_("Where you looked it up"), max=300, help=N_("The register, its extract, or the contract."))
    reason = Note(
        label=N_("Why it says something else now"),
        required=False,
        help=N_("Needed where you change what somebody confirmed before."),
    )


class Belonging(Form):
    """What a right protects and whose it is, each on a line of its own."""

    technologies = Note(
        label=N_("Technologies that it protects"),
        max=5_000,
        required=False,
        help=N_("Their titles or numbers, one on a line. None where it is its owner’s own."),
    )
    owners = Note(label=_OWNERS["label"], help=_OWNERS["help"], max=5_000, required=False)
    source = Text(label=N_("Where you looked it up"), max=300, help=N_("The register, its extract, or the contract."))
    reason = Note(
        label=N_("Why it says something else now"),
        required=False,
        help=N_("Needed where you change what somebody confirmed before."),
    )


def _said_of(field: str) -> tuple[str, tuple[str, ...]]:
    """Asked of the kinds of encumbrance that have it."""
    return "kind", tuple(name for name, kind in KINDS_OF_BURDENS.items() if field in kind.fields)


#: What may lie on a right and have come of no case.
BURDENS = {
    "pledge": N_("Pledge"), "licence": N_("Licence"), "assignment": N_("Assignment, not registered yet"),
    "transfer": N_("Transfer, registered"), "invalidation": N_("Request for invalidation"), "seizure": N_("Seizure"),
    "open_licence": N_("Open licence, announced by the office"),
}  # fmt: skip


#: What the field is called by which files come.
EVIDENCE = N_("Evidence on file")


class Burden(Form):
    """What lies on a right and came of no case here."""

    kind = Choice(label=N_("What lies on it"), choices=BURDENS)
    holder = Text(
        label=N_("Who holds it"),
        max=300,
        required=False,
        help=N_("An organisation of the register: the pledgee, the licensee, whoever it was assigned to, the court."),
    )
    licence = Choice(label=N_("Kind of licence"), choices=LICENCES, when=_said_of("licence"))
    sublicence = YesNo(
        label=N_("May its holder sublicense?"),
        required=False,
        when=_said_of("sublicence"),
        help=N_("Only where the licence says so: what it does not allow its holder cannot give."),
    )
    first_day = Date(label=N_("Since"), help=N_("The day of its registration, or on which it takes effect."))
    last_day = Date(label=N_("Until"), required=False, when=_said_of("until"), help=N_("Empty: without an end"))
    amount = Money(
        label=N_("Amount secured"),
        required=False,
        when=_said_of("amount"),
        help=N_("Empty: the register does not tell it"),
    )
    recorded_number = Text(
        label=N_("Number in the register"),
        max=LONGEST,
        required=False,
        help=N_("Of the registration, the record or the decision."),
    )
    source = Text(label=N_("Where you read it"), max=300, help=N_("The register, its extract, or the deed."))
    evidence = Documents(label=EVIDENCE, help=N_("The extract of the register, or the deed: a scan or a PDF."))
    territories = Many(
        label=N_("Territories"),
        choices={},
        required=False,
        when=_said_of("territories"),
        help=N_("None: everywhere"),
    )
    uses = Many(
        label=N_("Fields of use"), choices={}, required=False, when=_said_of("fields"), help=N_("None: for every use")
    )


def rules_of(form: type[Form]) -> list[WrittenField]:
    """The rules of a form; territories and uses are chosen from what the workflows offer."""
    offered = {name: codes_named(name) for name in ("territories", "uses")}
    return [{**rule, "choices": offered[rule["name"]]} if rule["name"] in offered else rule for rule in form.rule()]


def texts_of(form: type[Form]) -> Texts:
    """The words of a form; what the workflows offer is called as they call it."""
    own = own_texts(form)

    def say(key: str) -> str:
        name, _, code = key.partition(".choices.")
        return choice_name(name, code) if name in ("territories", "uses") and code else own.get(key)

    return Texts(say, lambda key: own.has(key) or key.startswith(("territories.choices.", "uses.choices.")))


class BurdenCorrected(Burden):
    evidence = Documents(label=EVIDENCE, required=False, help=N_("Only where a new paper shows it."))
    reason = Note(label=N_("Why it says something else now"))


class BurdenEnded(Form):
    """By which deed an encumbrance ended."""

    ended_on = Date(label=N_("Ended on"), past=True)
    source = Text(label=N_("Where you read it"), max=300, help=N_("The register, its extract, or the deed."))
    evidence = Documents(label=EVIDENCE, help=N_("The deed, or the extract that shows it no longer."))
    reason = Note(label=N_("Why it ended"), help=N_("The deed by which it ended, in a sentence."))


class BurdenShown(Form):
    """A file more that shows an encumbrance."""

    evidence = Documents(label=EVIDENCE, help=N_("The extract of the register, or the deed: a scan or a PDF."))


#: What a field is called in a history, as the forms call it; the fields of the record in the order of a page.
ALL_LABELS = {
    rule["name"]: form.texts()[f"{rule['name']}.label"]
    for form in (Burden, NewRight, Look, Belonging)
    for rule in form.rule()
} | {"file": N_("Name of the file")}
LABELS = {name: ALL_LABELS[name] for name in ("kind", *FIELDS, "technologies", "owners")}

_SHARED = re.compile(r"(?P<name>.*?)\s*[,，;；:：]\s*(?P<share>[0-9]+(?:\.[0-9]+)?)\s*[%％]?")


def lines_of(words: str | None) -> list[str]:
    """The lines of a field that hold something."""
    return [line.strip() for line in (words or "").splitlines() if line.strip()]


def owners_of(words: str | None) -> list[tuple[str, str | None]]:
    """Names of owners and their shares, as they stand on the lines of a field."""
    return [
        (found["name"].strip(), found["share"]) if (found := _SHARED.fullmatch(line)) else (line, None)
        for line in lines_of(words)
    ]


def owners_written(owners: Sequence[tuple[str, str | None]]) -> str:
    """Owners as they are typed, each on a line."""
    return "\n".join(f"{name}, {share}" if share else name for name, share in owners)
