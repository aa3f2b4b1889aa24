"""Whether an agreement crosses the border, computed from the countries of its parties, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from casework.engine.case_objects import border_words
from casework.engine.case_objects.border_words import Words
from casework.engine.case_objects.countries import HERE
from casework.engine.deadlines.deadlines import months_after
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, guards_of
from casework.engine.state.case import Fired, Track
from workflows.codes import AGREEMENTS, PREPARATORY, TERRITORIES
from workflows.own_limits import LETTER_HOLDS
from workflows.signatories import READS, company_of, signs, standing, takes, their_party

guard = guards_of(Law.BORDER)
#: Kinds of agreement by which no technology changes hands: they only prepare, or sell goods.
NO_TECHNOLOGY = frozenset({"nda", "loi", "purchase"})
#: By which action which class was recorded.
CLASSES = {
    "class_free": "free", "class_restricted": "restricted", "class_dual_use": "dual_use",
    "class_prohibited": "prohibited",
}  # fmt: skip
CLASS_WORDS = {
    "free": border_words.FREELY_TRADED, "restricted": border_words.RESTRICTED,
    "dual_use": border_words.DUAL_USE, "prohibited": border_words.PROHIBITED,
}  # fmt: skip
#: What an agreement waits for, by its states, and how one ended that may not go on.
WAITS_FOR = {
    "classification": border_words.NO_CLASS_YET,
    "letter_due": border_words.NO_LETTER_YET,
    "letter_awaited": border_words.NO_LETTER_YET,
    "licence_due": border_words.NO_LICENCE_YET,
    "licence_awaited": border_words.NO_LICENCE_YET,
    "import_licence": border_words.NO_LICENCE_YET,
    "import_at_once": border_words.NO_LICENCE_YET,
    "dual_use_licence": border_words.NO_LICENCE_YET,
}
ENDED_AS = {"prohibited": border_words.ENDED_PROHIBITED, "not_permitted": border_words.ENDED_NOT_PERMITTED}

#: What an agreement says, as it was proposed, agreed or signed: its kind, who signs, and which company takes what goes into a venture.
Terms = Mapping[str, Any]
Way = Literal["none", "home", "abroad", "unknown", "export", "import"]
CROSSING = ("export", "import")
#: What takes effect with a licence, by its class, and the ways that have it: dual use is controlled where it leaves.
LICENSED = {"restricted": CROSSING, "dual_use": ("export",)}


def _countries(f: Facts, terms: Terms) -> tuple[str | None, str | None]:
    """From which country technology goes, and into which: those of whoever signs, or of the company that takes what goes into it.

    What an owner here lets an affiliate abroad give to others abroad leaves this country all the same.
    """
    giver, owner, taker = (
        who.get("country")
        for who in (
            signs(f, terms, "technology_owner"),
            their_party(f, "technology_owner"),
            takes(f, terms),
        )
    )
    if owner is None:
        return None, taker
    return HERE if giver is not None and owner == HERE and taker != HERE else giver, taker


def way_of(f: Facts, terms: Terms) -> Way:
    """How technology goes by an agreement: from the country of whoever signs for its owner to that of whoever takes it."""
    if terms.get("kind") in NO_TECHNOLOGY:
        return "none"
    giver, taker = _countries(f, terms)
    if giver is None or taker is None:
        return "unknown"
    if giver == taker:
        return "home"
    if giver == HERE:
        return "export"
    return "import" if taker == HERE else "abroad"


def _proposed(f: Facts, track: Track | None = None) -> Fired | None:
    return f.fired("propose", track)


def _draft(f: Facts) -> Terms:
    """What the draft says, as it was last proposed."""
    proposed = _proposed(f)
    return proposed.data if proposed else {}


def _way(f: Facts) -> Way:
    return way_of(f, _draft(f))


def class_of(f: Facts, track: Track | None = None) -> str | None:
    """The class that was recorded since the draft was last proposed."""
    proposed = _proposed(f, track)
    fired = {name: done for name in CLASSES if (done := f.fired(name, track)) is not None}
    if proposed is None or not fired:
        return None
    last = max(fired, key=lambda name: fired[name].at)
    return CLASSES[last] if fired[last].at >= proposed.at else None


def _since_classed(f: Facts, name: str, track: Track | None = None) -> Fired | None:
    """An action that came after the draft was last proposed."""
    proposed, done = _proposed(f, track), f.fired(name, track)
    return done if proposed is not None and done is not None and done.at >= proposed.at else None


# --- both sides of a contradiction, in words ---------------------------------------------------------------------------


def _say_way_of(f: Facts, terms: Terms) -> Words:
    """Which way technology goes by an agreement, and from which facts that follows."""
    giver, taker = (border_words.call("territories", country, TERRITORIES) for country in _countries(f, terms))
    return border_words.say_way(
        way_of(f, terms), border_words.call("kind", terms.get("kind"), AGREEMENTS), giver, taker
    )


def _say_way(f: Facts) -> Words:
    return _say_way_of(f, _draft(f))


def _misfit(f: Facts, track: Track | None, terms: Terms) -> Words:
    """The class against the way that technology goes: what needs a licence goes a way that has one, what crosses the border has a class."""
    recorded, way = class_of(f, track), way_of(f, terms)
    if recorded in LICENSED and way not in LICENSED[recorded]:
        of_exports = "import" not in LICENSED[recorded]
        return [border_words.say_class(CLASS_WORDS[recorded], of_exports=of_exports), *_say_way_of(f, terms)]
    if recorded == "prohibited" and way in CROSSING:
        return [border_words.say_class(CLASS_WORDS[recorded]), *_say_way_of(f, terms)]
    if recorded is None and way in CROSSING:
        return [border_words.CLASS_MISSING, *_say_way_of(f, terms)]
    return []


def _misfit_here(f: Facts) -> Words:
    return _misfit(f, None, _draft(f))


# --- countries -------------------------------------------------------------------------------------------------------


def _known(f: Facts, party: str) -> bool:
    """Of who signs for a technology owner, and of the owner where another signs in its place; of who takes what a need owner wants."""
    terms = f.data if f.data.get("kind") else _draft(f)
    owner = party == "technology_owner"
    asked = [signs(f, terms, party), their_party(f, party)] if owner else [takes(f, terms)]
    return terms.get("kind") in NO_TECHNOLOGY or all(who.get("country") is not None for who in asked)


@guard(
    rule="The country of the need owner's organisation, or of who signs or takes the rights in its place, is known, where technology"
    " changes hands.",
    refusal="The country of the need owner's organisation, or of who signs or takes the rights in its place, is not known. Enter it:"
    " whether technology crosses the border follows from it.",
    reads=READS,
)
def need_owner_has_a_country(f: Facts) -> bool:
    return _known(f, "need_owner")


@guard(
    rule="The country of the technology owner's organisation, and of who signs in its place, is known, where technology changes hands.",
    refusal="The country of the technology owner's organisation, or of who signs in its place, is not known. Enter it: whether"
    " technology crosses the border follows from it.",
    reads=READS,
)
def technology_owner_has_a_country(f: Facts) -> bool:
    return _known(f, "technology_owner")


# --- the class -------------------------------------------------------------------------------------------------------


@guard(
    rule="No technology crosses the border of China by this agreement, so that it has no class.",
    refusal="Technology crosses the border by this agreement. Record its class first.",
    reads=READS,
    because=_say_way,
)
def no_class_is_needed(f: Facts) -> bool:
    return _way(f) not in (*CROSSING, "unknown")


@guard(
    rule="Technology crosses the border of China by this agreement.",
    refusal="No technology crosses the border by this agreement.",
    reads=READS,
    because=_say_way,
)
def technology_crosses_the_border(f: Facts) -> bool:
    return _way(f) in CROSSING


@guard(
    rule="Technology leaves China by this agreement.",
    refusal="No technology leaves the country by this agreement: this is for exports alone.",
    reads=READS,
    because=_say_way,
)
def technology_is_exported(f: Facts) -> bool:
    return _way(f) == "export"


@guard(
    rule="Technology comes into China by this agreement.",
    refusal="No technology comes into the country by this agreement: this is for imports alone.",
    reads=READS,
    because=_say_way,
)
def technology_is_imported(f: Facts) -> bool:
    return _way(f) == "import"


@guard(
    rule="The letter of intent ends in time.",
    refusal="A letter of intent is not valid for so long after its issue.",
    limits=(LETTER_HOLDS,),
    at=("valid_until",),
)
def letter_ends_in_time(f: Facts) -> bool:
    issued, ends = f.data.get("issued_on"), f.data.get("valid_until")
    longest = f.limit(LETTER_HOLDS)
    return not (issued and ends) or date.fromisoformat(ends) <= months_after(date.fromisoformat(issued), longest)


# --- the licence -----------------------------------------------------------------------------------------------------


@guard(
    rule="The technology needs no licence to cross the border.",
    refusal="The technology needs a licence to cross the border. Record the signing that waits for its licence instead.",
    because=lambda f: _say_class(f),
)
def no_licence_is_needed(f: Facts) -> bool:
    return class_of(f) not in LICENSED


@guard(
    rule="The technology needs a licence to cross the border.",
    refusal="The agreement waits for no licence: its technology needs none. Record the signing across the border instead.",
    because=lambda f: _say_class(f),
)
def licence_is_needed(f: Facts) -> bool:
    return class_of(f) in LICENSED


@guard(
    rule="What is restricted or prohibited stands in the catalogue, with a number.",
    refusal="Only what stands in the catalogue is restricted or prohibited. What does not stand there is free, unless it is dual use.",
    at=("listed",),
)
def class_is_from_the_catalogue(f: Facts) -> bool:
    return f.data.get("listed") == "listed"


@guard(
    rule="What is free does not stand in the catalogue of prohibited and restricted technologies.",
    refusal="What stands in the catalogue is prohibited or restricted, and not free.",
    at=("listed",),
)
def class_is_outside_the_catalogue(f: Facts) -> bool:
    return f.data.get("listed") == "not_listed"


@guard(
    rule="The technology was classed as restricted.",
    refusal="The technology was not classed as restricted.",
    because=lambda f: _say_class(f),
)
def class_is_restricted(f: Facts) -> bool:
    return class_of(f) == "restricted"


@guard(
    rule="The technology was classed as dual use.",
    refusal="The technology was not classed as dual use.",
    because=lambda f: _say_class(f),
)
def class_is_dual_use(f: Facts) -> bool:
    return class_of(f) == "dual_use"


def _say_class(f: Facts) -> Words:
    recorded = class_of(f)
    return [border_words.CLASS_MISSING if recorded is None else border_words.say_class(CLASS_WORDS[recorded])]


@guard(
    rule="The letter of intent of what is restricted is still valid, unless it is asked for with the licence.",
    refusal="No letter of intent carries this signing. Send the agreement back to drafting and apply again.",
    because=lambda f: _say_letter(f),
)
def letter_is_still_valid(f: Facts) -> bool:
    return not _say_letter(f)


@guard(
    rule="Letter and licence of the import are asked for at once, with the signed contract.",
    refusal="The letter of intent was asked for before the talks: apply for the import licence alone.",
)
def both_are_asked_at_once(f: Facts) -> bool:
    return _since_classed(f, "sign_first") is not None


@guard(
    rule="The letter of intent was asked for before the talks.",
    refusal="Letter and licence are asked for at once: record the application for both.",
)
def letter_came_first(f: Facts) -> bool:
    return not both_are_asked_at_once.holds(f)


def _say_letter(f: Facts) -> Words:
    if class_of(f) != "restricted" or both_are_asked_at_once.holds(f):
        return []
    letter = _since_classed(f, "letter_issued")
    if letter is None:
        return [border_words.NO_LETTER]
    ends = str(letter.data.get("valid_until", ""))
    return [] if ends >= f.today.isoformat() else [border_words.say_letter_ended(ends)]


# --- signing ---------------------------------------------------------------------------------------------------------


@guard(
    rule="No technology crosses the border by this agreement.",
    refusal="Technology crosses the border by this agreement. Record the signing across the border instead.",
    reads=READS,
    because=_say_way,
)
def agreement_stays_inside_the_border(f: Facts) -> bool:
    return _way(f) not in (*CROSSING, "unknown")


@guard(
    rule="The class of the technology was recorded before the talks, and fits the way that it goes.",
    refusal="The class of the technology and the parties' countries do not agree. Send the agreement back to drafting.",
    reads=READS,
    because=_misfit_here,
)
def class_fits_the_way(f: Facts) -> bool:
    return not _misfit_here(f)


@guard(
    rule="The company that takes what goes into a joint venture is the one of the draft; where that names none, technology goes the same"
    " way as by the draft.",
    refusal="Another company takes the rights than was proposed, or by it technology goes another way than by the draft. Send the"
    " agreement back to drafting, and propose the company.",
    reads=READS,
    because=lambda f: _say_way_of(f, f.data),
)
def company_is_as_proposed(f: Facts) -> bool:
    drafted, named = standing(f, company_of(_draft(f))), standing(f, company_of(f.data))
    return drafted == named or drafted is None and way_of(f, f.data) == _way(f)


def _refused_on(f: Facts) -> str | None:
    """The day on which the compliance gate refused what is signed now; None where it passed it, or has not answered."""
    kind = f.data.get("kind")
    answer = next((task for task in f.results("compliance_gate") if task.result.get("result")), None)
    if kind in PREPARATORY or answer is None or answer.result["result"] != "refused":
        return None
    proposed = _proposed(f)
    # What was drafted anew since goes through the gate again.
    if proposed is not None and (answer.closed_at or answer.opened_at) < proposed.at:
        return None
    return str(answer.result.get("checked_on") or "")


def _say_refused(f: Facts) -> Words:
    day = _refused_on(f)
    return [] if day is None else [border_words.say_refused(day), *_say_way(f)]


@guard(
    rule="The compliance gate has not refused what is signed.",
    refusal="The compliance gate refused this agreement, and the signature says that it binds. Send it back to drafting, or abandon it.",
    reads=READS,
    because=_say_refused,
)
def gate_has_not_refused(f: Facts) -> bool:
    return _refused_on(f) is None


# --- the case --------------------------------------------------------------------------------------------------------


@guard(
    rule="The transfer of the technology is not prohibited, nor refused by the authority.",
    refusal="The transfer of the technology is prohibited, or refused by the authority. The case can only close.",
)
def transfer_is_permitted(f: Facts) -> bool:
    track = f.current("agreement")
    return track is None or track.outcome not in ("prohibited", "not_permitted")


def _gate_against(f: Facts) -> Words:
    """What the agreement says against a gate that passes it."""
    track = f.current("agreement") if f.data.get("result") == "passed" else None
    if track is None:
        return []
    if track.outcome is not None and track.outcome in ENDED_AS:
        return [border_words.GATE_PASSES, ENDED_AS[track.outcome]]
    proposed = _proposed(f, track)
    if proposed is None:
        return []
    terms = proposed.data
    waits = next((WAITS_FOR[state] for state in track.states if state in WAITS_FOR), None)
    if waits is not None and way_of(f, terms) in CROSSING:
        return [border_words.GATE_PASSES, waits, *_say_way_of(f, terms)]
    against = _misfit(f, track, terms)
    return [border_words.GATE_PASSES, *against] if against else []


@guard(
    rule="No terms of an export are agreed before its technology has a class, and what is restricted its letter of intent.",
    refusal="Technology leaves the country by these terms. Nothing of substance is agreed before the draft is proposed and classed in the"
    " agreement track, and for what is restricted before the letter of intent.",
    reads=READS,
)
def export_may_be_agreed(f: Facts) -> bool:
    if way_of(f, f.data) != "export":
        return True
    track = f.current("agreement")
    recorded = class_of(f, track) if track else None
    if recorded in ("free", "dual_use"):
        return True
    return recorded == "restricted" and _since_classed(f, "letter_issued", track) is not None


@guard(
    rule="The compliance gate passes no agreement whose technology has no class, is prohibited, or waits for its letter or licence.",
    refusal="The gate and the agreement do not agree.",
    reads=READS,
    because=_gate_against,
    at=("result",),
)
def gate_agrees_with_the_class(f: Facts) -> bool:
    return not _gate_against(f)
