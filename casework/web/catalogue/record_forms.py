"""The forms by which needs and technologies are entered and put right, and what their answers mean for a record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.engine.case_objects.countries import COUNTRIES
from casework.engine.case_objects.need_figures import MOST
from casework.engine.case_objects.technology_details import MOST_RESTRICTIONS, MOST_SITES, MOST_STANDARDS
from casework.engine.definition.forms import Choice, Date, Form, Many, Money, Note, Number, Rows, Text, YesNo
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.views import Need, Technology
from casework.web.shell.i18n import N_
from casework.web.shell.record_words import VERDICTS

_LINES = N_("One in each line.")


class _Called(Form):
    title = Text(label=N_("Title"), max=1_000)
    title_zh = Text(label=N_("Title in Chinese"), max=1_000, required=False)
    owner = Text(
        label=N_("Owning organisation"), max=300, required=False, help=N_("Its name, as it is registered here.")
    )


class _Ready(Form):
    readiness_low = Number(label=N_("Readiness from"), min="1", max="9", whole=True, required=False)
    readiness_high = Number(label=N_("Readiness to"), min="1", max="9", whole=True, required=False)


_COMPARISONS = {
    "at_most": N_("at most (≤)"), "at_least": N_("at least (≥)"), "below": N_("below (<)"), "above": N_("above (>)"),
    "equal": N_("exactly (=)"),
}  # fmt: skip


#: How far a record is published, in words.
PUBLICATIONS = {
    "public": N_("public: everybody may read it"), "on_request": N_("on request: others may learn of it and ask"),
    "closed": N_("closed: only those who keep it"),
}  # fmt: skip


class _Figure(Form):
    """A row of a need's figures."""

    parameter = Text(label=N_("Parameter"), max=200)
    unit = Text(label=N_("Unit"), max=60, required=False)
    now = Number(label=N_("Value now"), required=False)
    comparison = Choice(label=N_("The value shall be"), choices=_COMPARISONS, required=False)
    target = Number(label=N_("Target value"), required=False)
    condition = Text(label=N_("Condition"), max=300, required=False)


class _Need(_Called):
    function = Note(
        label=N_("Function wanted"),
        required=False,
        help=N_("What is to be done, by whatever technology, such as: dry sludge with waste heat."),
    )
    problem = Note(label=N_("Problem"), required=False)
    baseline = Note(
        label=N_("Baseline"), required=False, help=N_("How it is today, as what comes is measured against it.")
    )
    process = Note(label=N_("Process"), required=False)
    tried = Note(label=N_("What has been tried"), required=False)
    target = Note(label=N_("Target"), required=False)
    figures = Rows(
        label=N_("Figures of the need"),
        row=_Figure,
        most=MOST,
        required=False,
        help=N_(
            "One parameter in each row: what is now, what is wanted, and under which condition, such as: at 30 to 100 percent load."
        ),
    )
    constraints = Note(label=N_("Constraints"), required=False, help=N_("Space, power, water, norms, standstill."))
    ipc = Note(label=N_("IPC codes"), required=False, help=_LINES)
    sector = Text(label=N_("Sector"), max=300, required=False)
    district = Text(label=N_("District"), max=300, required=False)
    site = Text(label=N_("Site"), max=300, required=False, help=N_("The works or building where it is to run."))
    budget = Money(label=N_("Budget"), required=False)
    readiness_text = Text(label=N_("Readiness, in words"), max=300, required=False)
    readiness_low = _Ready.fields()["readiness_low"]
    readiness_high = _Ready.fields()["readiness_high"]
    wanted_form = Text(label=N_("Wanted form"), max=300, required=False)
    wanted_by = Date(label=N_("Wanted by"), required=False)
    country = Choice(
        label=N_("Country where it is to be used"),
        choices={code: code for code in COUNTRIES},
        required=False,
        help=N_(
            "Technologies that are known to be developed and used elsewhere alone are left out. Leave it empty if that is open."
        ),
    )
    required_standards = Note(
        label=N_("Certificates and standards that it must have"),
        required=False,
        help=N_("One in each line, such as ISO 9001. What is known to lack one is left out."),
    )
    contact = Text(label=N_("Contact"), max=300, required=False, help=N_("The person to ask. No public page shows it."))
    publication = Choice(
        label=N_("What may be published"),
        choices=PUBLICATIONS,
        required=False,
        help=N_("Nothing chosen: it is closed, and only the programme's officers, supervisors and auditors see it."),
    )
    valid_until = Date(label=N_("Valid until"), required=False)


class _Site(Form):
    """A row of a technology's reference sites."""

    site = Text(label=N_("Site"), max=300)
    year = Number(label=N_("Since (year)"), min="1900", max="2199", whole=True, required=False)
    size = Text(label=N_("Size"), max=200, required=False)


class _Standard(Form):
    """A row of a technology's certificates and standards."""

    name = Text(label=N_("Certificate or standard"), max=200, help=N_("Such as ISO 9001."))
    number = Text(label=N_("Number"), max=100, required=False)
    body = Text(label=N_("Given by"), max=200, required=False)
    valid_until = Date(label=N_("Valid until"), required=False)
    held = Choice(
        label=N_("Does it have it?"),
        choices={"yes": N_("yes"), "no": N_("no, it is known to lack it")},
        required=False,
        help=N_("Left empty, it counts as yes. A standard without a row counts as not known, not as “no”."),
    )


#: What law or contract may lay on a technology, in words.
RESTRICTIONS = {
    "none": N_("none known"), "export_control": N_("export controlled"), "territory": N_("to be had in these countries alone"),
    "field_of_use": N_("for one field of use alone"), "other": N_("other restriction"),
}  # fmt: skip


class _Restriction(Form):
    """A row of what law or contract lays on a technology."""

    kind = Choice(label=N_("Kind of restriction"), choices=RESTRICTIONS)
    countries = Text(
        label=N_("Countries"),
        max=400,
        required=False,
        help=N_("By their codes, such as CN, DE. None: it holds everywhere."),
    )
    words = Text(label=N_("What it says"), max=500, required=False)


class _Technology(_Called):
    description = Note(label=N_("Description"), required=False)
    problem = Note(label=N_("Problem solved"), required=False)
    advantage = Note(label=N_("Benefit over what there is"), required=False)
    cost_compared = Note(label=N_("Cost compared"), required=False)
    cost = Money(label=N_("Cost to put in place"), required=False)
    reference_sites = Rows(label=N_("Reference sites"), row=_Site, most=MOST_SITES, required=False)
    licences = Many(
        label=N_("Licences offered"),
        choices={
            "exclusive": N_("exclusive licence"),
            "sole": N_("sole licence"),
            "plain": N_("plain licence"),
            "none": N_("no licence"),
        },
        required=False,
        help=N_("Left empty, it counts as not known, not as “no licence”."),
    )
    standards = Rows(label=N_("Certificates and standards"), row=_Standard, most=MOST_STANDARDS, required=False)
    restrictions = Rows(
        label=N_("Legal restrictions"),
        row=_Restriction,
        most=MOST_RESTRICTIONS,
        required=False,
        help=N_("No row: nobody has said. That none is known is a row of its own."),
    )
    verification_verdict = Choice(
        label=N_("Verification"),
        choices=VERDICTS,
        required=False,
        help=N_("What the verification statement concludes. Leave it empty if there is none on record."),
    )
    verification_number = Text(
        label=N_("Number of the statement"), max=300, when=("verification_verdict", tuple(VERDICTS))
    )
    verification_valid_until = Date(
        label=N_("Statement valid until"), required=False, when=("verification_verdict", tuple(VERDICTS))
    )
    ipc = Note(label=N_("IPC codes"), required=False, help=_LINES)
    green_topics = Note(label=N_("Green topics"), required=False, help=_LINES)
    sdgs = Note(label=N_("Development goals"), required=False, help=N_("One in each line: 7 or 7.2, for example."))
    published_on = Date(label=N_("Published at its source on"), required=False)
    last_confirmed_on = Date(label=N_("Last confirmed at its source on"), required=False)
    developed_in = Note(label=N_("Developed in"), required=False, help=_LINES)
    deployed_in = Note(label=N_("Deployed in"), required=False, help=_LINES)
    benefits = Note(label=N_("Benefits"), required=False)
    website = Text(label=N_("Website"), max=2_000, required=False)
    source_page = Text(label=N_("Page at its source"), max=2_000, required=False)
    languages = Note(label=N_("Languages"), required=False, help=N_("Of its papers. One in each line."))
    contact = Text(
        label=N_("Contact"),
        max=300,
        required=False,
        help=N_("Through whom one reaches its owner. No public page shows it."),
    )
    acronym = Text(label=N_("Acronym"), max=300, required=False, help=N_("Of the project that it came of."))
    partner_countries = Note(label=N_("Partner countries"), required=False, help=_LINES)
    # Sources say it without a currency, too.
    total_cost = Number(label=N_("Total cost"), min="0", required=False)
    total_cost_currency = Text(label=N_("Currency of the total cost"), max=3, required=False, help=N_("Such as EUR."))
    start_date = Date(label=N_("Begun on"), required=False)
    end_date = Date(label=N_("Ended on"), required=False)
    readiness_text = Text(label=N_("Readiness, in words"), max=300, required=False)
    readiness_low = _Ready.fields()["readiness_low"]
    readiness_high = _Ready.fields()["readiness_high"]
    ip_text = Note(label=N_("Intellectual property"), required=False)
    publication = Choice(
        label=N_("What may be published"),
        choices=PUBLICATIONS,
        required=False,
        help=N_("Nothing chosen: it is closed, and no public page shows it. Ask its owner before you choose another."),
    )


_SOURCE = Text(label=N_("Source"), max=200, help=N_("Who said so, or in which paper it stands."))
_CHECKED = YesNo(
    label=N_("Have you checked these values?"),
    help=N_("With “Yes” you stand for them, and rules may rely on them. With “No” they are what the source claims."),
)
_REASON = Note(
    label=N_("Why it says something else now"),
    required=False,
    help=N_("Needed where you change what somebody confirmed before."),
)


class NewNeed(_Need):
    source = _SOURCE
    confirmed = _CHECKED


class NewTechnology(_Technology):
    source = _SOURCE
    confirmed = _CHECKED


class CorrectedNeed(_Need):
    source = _SOURCE
    reason = _REASON


class CorrectedTechnology(_Technology):
    source = _SOURCE
    reason = _REASON


class Ending(Form):
    status = Choice(
        label=N_("What became of it"),
        choices={"expired": N_("It has expired"), "withdrawn": N_("Its owner has withdrawn it")},
    )
    reason = Note(label=N_("Reason"), help=N_("What shows it: a call, a letter, or that nobody answers."))


class TechnologyReturn(Form):
    reason = Note(label=N_("Reason"), help=N_("Who says that it is wanted or offered again, and when."))


class NeedReturn(Form):
    valid_until = Date(
        label=N_("Valid until"),
        required=False,
        future=True,
        help=N_("A new last day; needed where that on record has passed."),
    )
    reason = TechnologyReturn.fields()["reason"]


RETURN: Mapping[str, type[Form]] = {"need": NeedReturn, "technology": TechnologyReturn}
NEW: Mapping[str, type[Form]] = {"need": NewNeed, "technology": NewTechnology}
CORRECTED: Mapping[str, type[Form]] = {"need": CorrectedNeed, "technology": CorrectedTechnology}
#: Fields of several entries, which a form has one in each line.
_SEVERAL = frozenset(
    {
        "developed_in",
        "deployed_in",
        "ipc",
        "green_topics",
        "sdgs",
        "languages",
        "partner_countries",
        "required_standards",
    }
)
_LEVELS = frozenset({"readiness_low", "readiness_high"})
#: Amounts, each with its currency beside it.
_AMOUNTS = frozenset({"budget", "cost"})
#: What a statement of verification has, each a question of its own.
_STATED = ("number", "verdict", "valid_until")
_ASKED: Mapping[str, tuple[str, ...]] = {
    noun: tuple(
        name for name in form.fields() if name not in ("source", "reason") and not name.startswith("verification_")
    )
    for noun, form in CORRECTED.items()
}


def answers_of(record: Need | Technology, noun: str, names: Mapping[str, str]) -> JsonObject:
    """A record as its form holds it; `names` has the owner's."""
    answers: JsonObject = {}
    for name in _ASKED[noun]:
        value: Any = getattr(record, name)
        if name == "owner":
            value = names.get(value or "")
        elif name in _AMOUNTS and value is not None:
            value = {"amount": value, "currency": getattr(record, f"{name}_currency")}
        elif name in _SEVERAL:
            value = "\n".join(value)
        elif name in _LEVELS and value is not None:
            value = str(value)
        if value not in (None, "", []):
            answers[name] = value
    stated = record.verification if isinstance(record, Technology) else None
    return answers | {f"verification_{name}": stated[name] for name in _STATED if stated and stated.get(name)}


def fields_of(answers: JsonMapping, noun: str) -> JsonObject:
    """What a form's answers say of a record: what it asks for and nobody answered is emptied. The owner is told by name still."""
    fields: JsonObject = {}
    for name in _ASKED[noun]:
        value: Any = answers.get(name)
        if name in _AMOUNTS:
            fields |= {
                name: value["amount"] if value else None,
                f"{name}_currency": value["currency"] if value else None,
            }
        elif name in _SEVERAL:
            fields[name] = list(dict.fromkeys(line.strip() for line in (value or "").splitlines() if line.strip()))
        elif name in _LEVELS:
            fields[name] = None if value is None else int(value)
        elif name in ("benefits", "licences"):
            fields[name] = list(value or ())
        elif name != "owner":
            fields[name] = value
    return fields if noun == "need" else fields | {"verification": _stated(answers)}


def _stated(answers: JsonMapping) -> JsonObject | None:
    """A statement of verification; none where nobody said what it comes to."""
    said = {name: answers.get(f"verification_{name}") for name in _STATED}
    return {name: value for name, value in said.items() if value} if said["verdict"] else None
