"""What must hold of what an agreement says of the rights that it names.

The same questions are asked where the terms are agreed and where the copies are signed: both forms call a field alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from casework.engine.analysis import record_tells
from casework.engine.analysis.contract_sums import JOINT_VENTURE
from casework.engine.case_objects import border_words
from casework.engine.case_objects.conflict_words import Found, Words, say_conflicts
from casework.engine.case_objects.licence_conflicts import (
    ASSIGNMENT,
    LICENCE,
    PLAIN,
    TRANSFER,
    Terms,
    standing_against,
)
from casework.engine.case_objects.offices import PATENTS
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, guard
from casework.engine.state.case import Fired, Track
from workflows.codes import (
    ABOUT_RIGHTS,
    AGREEMENTS,
    LICENCES,
    LICENSED_INTO,
    NAMING_RIGHTS,
    PREPARATORY,
    TERRITORIES,
    USES,
)
from workflows.right_places import where_it_holds
from workflows.signatories import READS, SIGNATORIES, company_of, signs

#: Kinds of rights that no patent office knows.
SECRETS = frozenset({"know_how", "trade_secret"})
#: The ways of signing; what is signed by the last takes effect with its licence.
SIGNINGS = ("sign_local", "sign_cross", "sign_to_licence")
#: Where an agreement is signed and waits for its licence.
WAITING_FOR_LICENCE = frozenset(
    {"licence_due", "licence_awaited", "import_licence", "import_at_once", "dual_use_licence"}
)


def last_signing(f: Facts, track: Track | None = None) -> Fired | None:
    """The signing that counts of an agreement's track (this one unless another is given): the latest, with the day of its effect."""
    fired = {name: done for name in SIGNINGS if (done := f.fired(name, track)) is not None}
    if not fired:
        return None
    name = max(fired, key=lambda name: fired[name].at)
    licence = f.fired("licence_issued", track)
    if name != "sign_to_licence" or licence is None or licence.at < fired[name].at:
        return fired[name]
    return licensed(fired[name], licence.data.get("issued_on"))


def licensed(signed: Fired, on: str | None) -> Fired:
    """A signing that has its licence, and with it its day (Regulations on Technology Import and Export Art. 35)."""
    return replace(signed, data={**signed.data, "effective_on": on})


def as_signed(f: Facts) -> Mapping[str, Any]:
    """What the agreement that counts now says, once it is signed."""
    track = f.current("agreement")
    signed = last_signing(f, track) if track else None
    return signed.data if signed else {}


def signed_terms(f: Facts) -> Facts:
    """What is signed: by this action, or where it is the licence that gives it effect by the signing before, from the licence's day."""
    signed = last_signing(f) if f.data.get("kind") is None and WAITING_FOR_LICENCE & set(f.track.states) else None
    return f if signed is None else replace(f, data=licensed(signed, f.data.get("issued_on")).data)


def party(f: Facts, side: str) -> str | None:
    """The organisation of a party: as its record says it now, by the id by which the rights name it; else as the case was opened."""
    told = f.from_outside("parties").get(side) or {}
    return told.get("organisation") or f.case.parties.get(side)


# --- what it gives of rights ------------------------------------------------------------------------------------------


def gives(data: Mapping[str, Any]) -> Terms | None:
    """What these terms give of rights; None where they name none."""
    kind, into = data.get("kind"), data.get("contribution")
    first, last = data.get("effective_on"), data.get("expires_on")
    if kind in LICENCES:
        places, uses = frozenset(data.get("territories") or ()), frozenset(data.get("uses") or ())
        return Terms(LICENCE, data.get("licence") or PLAIN, places, uses, first, last)
    if kind == "assignment" or kind == JOINT_VENTURE and into == "assigned":
        return Terms(ASSIGNMENT, first=first)
    if kind == JOINT_VENTURE and into in LICENSED_INTO:
        places, uses = (frozenset(data.get(f"venture_{name}") or ()) for name in ("territories", "uses"))
        return Terms(LICENCE, into, places, uses, first, last)
    return None


def allows_sublicences(data: Mapping[str, Any]) -> bool:
    """Whether who takes a licence by these terms may give licences of it itself; what is unsaid is not allowed."""
    return data.get("venture_sublicence" if data.get("kind") == JOINT_VENTURE else "sublicence") is True


def gives_from(f: Facts) -> Terms | None:
    """What the terms give: what takes effect on a day that nobody has said does so from its signing on, and before that from today."""
    first = f.data.get("effective_on") or f.data.get("executed_on") or f.today.isoformat()
    return gives({**f.data, "effective_on": first})


def concerned(f: Facts) -> list[str]:
    """The rights that the terms are about: those named, or every one of the case where terms that give rights name none yet."""
    return list(f.data.get("rights") or f.case.rights) if gives(f.data) is not None else []


def signatory(f: Facts, data: Mapping[str, Any], side: str) -> str | None:
    """The organisation that signs for a party: itself, unless these terms name another."""
    return signs(f, data, side).get("organisation") if data.get(SIGNATORIES[side]) else party(f, side)


def holder(f: Facts, data: Mapping[str, Any]) -> str | None:
    """Who has what an agreement gives: the company of a joint venture, else who signs for the need owner."""
    return company_of(data) or signatory(f, data, "need_owner")


def givers(f: Facts, data: Mapping[str, Any]) -> set[str]:
    """Whose rights an agreement can give: the technology owner's, and those of who signs in its place."""
    return {one for one in (party(f, "technology_owner"), signatory(f, data, "technology_owner")) if one}


# --- what stands in the way ------------------------------------------------------------------------------------------


def released(f: Facts) -> list[str]:
    """What lies on rights of which the holder has said last that it may be passed over."""
    last: dict[str, bool] = {}
    for answer in f.results("ask_holder"):
        last.setdefault(str(answer.result.get("burden")), answer.result.get("released") is True)
    return [burden for burden, free in last.items() if free]


def in_the_way(f: Facts, wanted: Terms | None, rights: Iterable[str]) -> list[Found]:
    """The rights on which something of others bars what is wanted, each with what that is."""
    if wanted is None:
        return []
    known, free, giver, sold = f.from_outside("rights"), released(f), givers(f, f.data), record_tells.of_services(f)
    return [
        # What a loan of this case has sold is held by somebody outside it.
        (right, burden if burden.get("case") != f.case.log else {**burden, "case": None})
        for right in (known.get(name, {}) for name in rights)
        for burden in standing_against(
            wanted,
            right.get("encumbrances", ()),
            f.case.log,
            free,
            record_tells.owners_of(right) & giver,
            licensees=giver,
            sold=sold,
        )
    ]


def _say(found: Iterable[Found]) -> Words:
    return say_conflicts(found, "agreement.forms.Signature", ("territories", TERRITORIES), ("uses", USES))


def _against_terms(f: Facts) -> Words:
    return _say(_bars_the_terms(f))


def _bars_the_terms(f: Facts) -> list[Found]:
    f = signed_terms(f)
    return in_the_way(f, gives_from(f), concerned(f))


@guard(
    rule="Nothing that others hold on the rights bars these terms, or its holder has released it.",
    refusal="What others hold on a right bars these terms. Only its holder can release it.",
    reads=("rights", *READS),
    because=_against_terms,
    tells=record_tells.free_of_others,
    law=Law.RIGHTS,
)
def nothing_bars_the_terms(f: Facts) -> bool:
    return not _bars_the_terms(f)


def _any_licence(f: Facts) -> Terms:
    """From today on: what has come to its last day bars nothing."""
    return Terms(LICENCE, territories=frozenset(f.data.get("territories") or ()), first=f.today.isoformat())


def _against_any_licence(f: Facts) -> Words:
    return _say(in_the_way(f, _any_licence(f), f.data.get("rights") or ()))


@guard(
    rule="No exclusive or sole licence, and no assignment, of another case leaves nothing of a right in a territory of the deal.",
    refusal="What others hold on a right leaves nothing of it in a territory of the deal. Only its holder can release it.",
    reads=("rights", *READS),
    because=_against_any_licence,
    tells=record_tells.free_of_others,
    law=Law.RIGHTS,
)
def right_is_left_in_territories(f: Facts) -> bool:
    return not in_the_way(f, _any_licence(f), f.data.get("rights") or ())


@guard(
    rule="What is released lies on the right named, stands, and another case holds it.",
    refusal="This does not stand on the right that is named, or this case holds it itself.",
    reads=("rights",),
    at=("burden",),
)
def release_is_of_what_stands(f: Facts) -> bool:
    lying = f.from_outside("rights").get(f.data.get("right"), {}).get("encumbrances", ())
    return any(
        burden.get("id") == f.data.get("burden")
        and burden.get("to") is None
        and burden.get("case") != f.case.log
        and burden.get("kind") in (LICENCE, ASSIGNMENT, TRANSFER)
        for burden in lying
    )


# --- rights that fit -------------------------------------------------------------------------------------------------


@guard(
    rule="Every right that the terms are about is confirmed by a person.",
    refusal="A right is not confirmed by a person yet. Look it up in its register and confirm it first.",
    reads=("rights",),
    tells=record_tells.confirmed,
    at=("rights",),
    law=Law.RIGHTS,
)
def rights_of_terms_are_confirmed(f: Facts) -> bool:
    known = f.from_outside("rights")
    return all(known.get(right, {}).get("confirmed") is True for right in concerned(f))


@guard(
    rule="An agreement that gives rights away or their use names them.",
    refusal="An agreement of this kind must name the rights that it is about.",
    at=("rights",),
    law=Law.RIGHTS,
)
def rights_are_named(f: Facts) -> bool:
    return gives(f.data) is None and f.data.get("kind") not in NAMING_RIGHTS or bool(f.data.get("rights"))


@guard(
    rule="A patent licence names a patent or an application, an assignment a right that is no secret; a know-how licence no patent.",
    refusal="The rights do not fit the kind of agreement: a patent licence names at least one patent or application, an assignment"
    " at least one right that is no secret, a know-how licence no patent. Software, a plant variety or know-how alone takes a"
    " know-how licence.",
    reads=("rights",),
    tells=where_it_holds,
    at=("kind",),
    law=Law.RIGHTS,
)
def rights_fit_the_kind(f: Facts) -> bool:
    known = f.from_outside("rights")
    kinds = {known.get(right, {}).get("kind") for right in concerned(f)}
    match f.data.get("kind"):
        case "patent_licence":
            return not kinds or bool(kinds & PATENTS)
        case "assignment":
            return not kinds or bool(kinds - SECRETS)
        case "know_how_licence":
            return not kinds & PATENTS
    return True


def pledgees_matter(data: Mapping[str, Any]) -> bool:
    """Whether terms need the consent of whoever has a pledge on the rights."""
    return data.get("kind") in ABOUT_RIGHTS and gives(data) is not None


# --- kind and days ---------------------------------------------------------------------------------------------------


@guard(
    rule="The agreement expires after the day on which it takes effect.",
    refusal="An agreement must expire after the day on which it takes effect.",
    at=("expires_on",),
)
def agreement_dates_in_order(f: Facts) -> bool:
    starts, ends = f.data.get("effective_on"), f.data.get("expires_on")
    return starts is None or ends is None or starts < ends


def _say_kinds(f: Facts) -> border_words.Words:
    proposed, signed = (
        border_words.call("kind", code, AGREEMENTS) for code in (f.said("propose.kind"), f.data.get("kind"))
    )
    return [border_words.say_kinds(proposed, signed)]


@guard(
    rule="The kind that is signed is the one that was proposed, of which the border was asked.",
    refusal="What is signed is of another kind than what was proposed. Send it back to drafting and propose that kind.",
    because=_say_kinds,
    at=("kind",),
    law=Law.BORDER,
)
def kind_is_as_proposed(f: Facts) -> bool:
    proposed = f.said("propose.kind")
    return proposed is None or f.data.get("kind") == proposed


@guard(
    rule="What the agreement gives was registered on or after the day of its signing.",
    refusal="Nothing can have been registered before the agreement was signed.",
    at=("registered_on",),
)
def registered_after_signing(f: Facts) -> bool:
    signed, day = last_signing(f), f.data.get("registered_on")
    return signed is None or day is None or day >= str(signed.data.get("executed_on") or day)


@guard(
    rule="The licence is asked for with the signed contract, and issued after that.",
    refusal="The licence goes with the signed contract: it can be neither asked for nor issued before the day of the signing.",
    at=("filed_on", "issued_on"),
    law=Law.BORDER,
)
def licence_follows_the_signing(f: Facts) -> bool:
    signed, day = last_signing(f), f.data.get("filed_on") or f.data.get("issued_on")
    return signed is not None and (day is None or day >= str(signed.data.get("executed_on") or day))


# --- what the agreement is -------------------------------------------------------------------------------------------


@guard(
    rule="The agreement only prepares another: a non-disclosure agreement or a letter of intent.",
    refusal="The agreement binds the parties itself; no other follows on it. End it, or renegotiate.",
)
def agreement_only_prepares(f: Facts) -> bool:
    signed = last_signing(f)
    return signed is not None and signed.data.get("kind") in PREPARATORY
