"""What is said of organisations: their kinds and sizes, and what their histories tell."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from casework.json_values import JsonValue
from casework.operations.catalogue.views import OrganisationEntry
from casework.web.shell.i18n import N_
from casework.web.shell.layout import country_name
from casework.web.shell.screening_words import RESULTS
from casework.web.shell.values import Values

KINDS_OF_ORGANISATIONS = {
    "company": N_("company"), "institution": N_("institution"), "government": N_("government office"),
    "association": N_("association"), "provider": N_("provider of services"), "other": N_("other"),
}  # fmt: skip
SIZES_OF_ORGANISATIONS = {
    "micro": N_("micro enterprise"), "small": N_("small enterprise"), "medium": N_("medium-sized enterprise"),
    "large": N_("large enterprise"),
}  # fmt: skip
KINDS_OF_OWNERS = {"person": N_("a person"), "organisation": N_("an organisation")}
WRITTEN_IN = {"zh": N_("Chinese"), "en": N_("English")}
#: What a field is called in a history, by table and field.
_LABELS: Mapping[str, str] = {
    "organisations.name": N_("Name"), "organisations.name_zh": N_("Chinese name"),
    "organisations.kind": N_("Kind of organisation"), "organisations.country": N_("Country or region"),
    "organisations.register_number": N_("Registration number"), "organisations.address": N_("Address"),
    "organisations.size": N_("Size"), "organisations.state_owned": N_("State-owned"),
    "organisations.language": N_("Language of letters"),
    "organisation_contacts.name": N_("Full name"), "organisation_contacts.role": N_("What the person does there"),
    "organisation_contacts.email": N_("E-mail"), "organisation_contacts.telephone": N_("Telephone"),
    "organisation_contacts.language": N_("Language of letters"),
    "organisation_owners.name": N_("Name of the owner"), "organisation_owners.kind": N_("Who the owner is"),
    "organisation_owners.country": N_("Country or region"), "organisation_owners.share": N_("Share in per cent"),
    "organisation_owners.screened": N_("The owner"), "organisation_screenings.result": N_("The organisation"),
    "organisation_screenings.checked_on": N_("Checked on"), "organisation_screenings.valid_until": N_("Holds until"),
    "organisation_screenings.lists": N_("Lists and their versions"), "organisation_screenings.finding": N_("What was found"),
    "organisation_screenings.evidence": N_("Where the extract is filed, or what it says"),
}  # fmt: skip
_CODES: Mapping[str, Mapping[str, str]] = {
    "organisations.kind": KINDS_OF_ORGANISATIONS, "organisations.size": SIZES_OF_ORGANISATIONS,
    "organisations.language": WRITTEN_IN, "organisation_contacts.language": WRITTEN_IN,
    "organisation_owners.kind": KINDS_OF_OWNERS, "organisation_owners.screened": RESULTS,
    "organisation_screenings.result": RESULTS,
}  # fmt: skip
#: What moves by a merging.
_MOVED: Mapping[str, str] = {
    "needs": N_("Needs"), "technologies": N_("Technologies"), "rights": N_("IP rights"), "contacts": N_("Contacts"),
    "owners": N_("Owners"), "cases": N_("Cases"),
}  # fmt: skip
#: What an entry of its history says happened, also where it is about one of its contacts or owners.
_HAPPENED: Mapping[str, str] = {
    "registered": N_("%(who)s entered the organisation"),
    "confirmed": N_("%(who)s confirmed the organisation"),
    "imported": N_("A table that %(who)s imported said what stood nowhere yet"),
    "corrected": N_("%(who)s confirmed the organisation, with corrections"),
    "screened": N_("%(who)s recorded a screening"),
    "evidence_filed": N_("%(who)s filed evidence"),
    "merged": N_("%(who)s merged this record into “%(other)s”"),
    "took_over": N_("%(who)s merged “%(other)s” into this record"),
    "expired": N_("%(who)s said that this record has expired"),
    "brought_back": N_("%(who)s brought the record back"),
    "erased": N_("Words that named a person were erased"),
    "contacts.row_kept": N_("%(who)s entered a contact"),
    "contacts.changed": N_("%(who)s changed a contact"),
    "contacts.row_removed": N_("%(who)s took a contact out"),
    "contacts.row_merged": N_("%(who)s merged two contacts"),
    "owners.row_kept": N_("%(who)s entered an owner"),
    "owners.changed": N_("%(who)s changed an owner"),
    "owners.row_removed": N_("%(who)s took an owner out"),
}


def say_entry(entry: OrganisationEntry) -> tuple[str, list[tuple[str, str, str]]]:
    """What happened, and by label what a field said before and says then."""
    other = entry.other.name if entry.other else ""
    words = gettext(_HAPPENED[_deed(entry)], who=entry.who or gettext("The system"), other=other)
    return words, _say_changes(entry) + _say_moved(entry)


def _deed(entry: OrganisationEntry) -> str:
    if entry.kind == "confirmed" and entry.changes:
        return "corrected"
    if entry.what is None or entry.kind in ("erased", "screened", "evidence_filed"):
        return entry.kind
    changed = entry.kind == "row_kept" and any(before is not None for before, _ in entry.changes.values())
    return f"{entry.what}.{'changed' if changed else entry.kind}"


def _say_moved(entry: OrganisationEntry) -> list[tuple[str, str, str]]:
    return [
        (gettext(words), "", str(Values().say(entry.moved[name], name)))
        for name, words in _MOVED.items()
        if entry.moved.get(name)
    ]


def _say_changes(entry: OrganisationEntry) -> list[tuple[str, str, str]]:
    """A value that says nothing before and after is left out."""
    if entry.erased:
        return [(gettext("Words"), "", gettext("erased"))]
    return [
        (gettext(_LABELS[name]), _say(name, before), _say(name, after))
        for name, (before, after) in entry.changes.items()
        if name in _LABELS and (before not in (None, "") or after not in (None, ""))
    ]


def _say(name: str, value: JsonValue) -> str:
    if value in (None, ""):
        return ""
    if isinstance(value, str) and name in _CODES:
        return gettext(_CODES[name].get(value, value))
    if isinstance(value, str) and name.endswith(".country"):
        return country_name(value)
    return Values().say(value, name.partition(".")[2])


__all__ = ["KINDS_OF_ORGANISATIONS", "KINDS_OF_OWNERS", "SIZES_OF_ORGANISATIONS", "WRITTEN_IN", "say_entry"]
