"""What the record of a right lets an agreement give of it: nothing once it has ended, and no licence beyond its last day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from casework.engine.analysis import record_tells
from casework.engine.analysis.record_tells import kept_ids, name_each
from casework.engine.case_objects.conflict_words import Words, say_ended, say_ends, say_not_theirs
from casework.engine.case_objects.licence_conflicts import LICENCE, PLAIN
from casework.engine.case_objects.right_days import TERMS, sure_until
from casework.engine.case_objects.right_kinds import has_ended
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, guard
from casework.engine.state.case import Fired, Track
from workflows.agreement_guards import check_is_clear, waived
from workflows.codes import ABOUT_RIGHTS, PREPARATORY
from workflows.deal_guards import (
    SECRETS,
    concerned,
    givers,
    gives,
    gives_from,
    holder,
    last_signing,
    party,
    signatory,
    signed_terms,
)
from workflows.own_limits import CHECK_HOLDS
from workflows.signatories import READS


def _rights(f: Facts) -> list[Mapping[str, Any]]:
    known = f.from_outside("rights")
    return [known.get(right, {}) for right in concerned(signed_terms(f))]


def _ended(f: Facts) -> list[Mapping[str, Any]]:
    return [right for right in _rights(f) if has_ended(right, f.today.isoformat())]


def _too_short(f: Facts) -> list[Mapping[str, Any]]:
    """The rights that end before the licence does, or of which nobody knows when; what has no term lasts as long as it is there."""
    given = gives(signed_terms(f).data)
    if given is None or given.kind != LICENCE or given.last is None:
        return []
    known = [(right, sure_until(right)) for right in _rights(f)]
    return [right for right, ends in known if (right.get("kind") in TERMS if ends is None else ends < given.last)]


def _say_ended(f: Facts) -> Words:
    return say_ended(_ended(f), f.today.isoformat())


def _say_ends(f: Facts) -> Words:
    return say_ends(_too_short(f))


@guard(
    rule="No right that the terms are about has ended or was declared invalid.",
    refusal="A right has ended or was declared invalid: nothing of it can be licensed or assigned.",
    reads=("rights",),
    because=_say_ended,
    tells=record_tells.not_ended,
    at=("rights",),
    law=Law.RIGHTS,
)
def rights_of_terms_have_not_ended(f: Facts) -> bool:
    return not _ended(f)


@guard(
    rule="No licence runs longer than a right that it is of: by its last day on record, or where there is none by its filing.",
    refusal="The licence runs longer than a right that it is of, or how long that lasts is not on record. Let it end with the right, enter"
    " the last day on the right, or leave that right out.",
    reads=("rights",),
    because=_say_ends,
    tells=record_tells.last_day,
    law=Law.RIGHTS,
)
def licence_ends_with_its_rights(f: Facts) -> bool:
    return not _too_short(f)


@guard(
    rule="The case is about a right on record.",
    refusal="The case is about no right on record. Enter one under “Rights” on its page, or add one that is on record.",
)
def case_is_about_a_right(f: Facts) -> bool:
    return bool(f.case.rights)


@guard(
    rule="A party of the case is an owner of each right, by its record, or by the register where the record names nobody; or it holds a"
    " licence on record that allows sublicences.",
    refusal="No party of the case is on record as an owner of a right, or as holder of a licence that allows sublicences. Enter whose it"
    " is.",
    reads=("rights",),
    tells=record_tells.owners_or_licensees,
    at=("rights",),
    law=Law.RIGHTS,
)
def a_party_has_each_right(f: Facts) -> bool:
    """Of what is pledged whoever pledges it: that the giver may give what is given is asked of the terms."""
    known, parties = f.from_outside("rights"), set(f.case.parties.values())
    rights = [known.get(right, {}) for right in f.data["rights"]]
    return all(
        (owners & parties if owners else f.data.get("owner_seen") is True) or record_tells.sublicensable(right, parties)
        for right, owners in ((right, record_tells.owners_of(right)) for right in rights)
    )


def _checked(f: Facts, *, secret: bool) -> bool:
    """Whether a right that is checked is a secret, or one that is none."""
    known = f.from_outside("rights")
    return any((known.get(right, {}).get("kind") in SECRETS) is secret for right in f.data.get("rights") or ())


@guard(
    rule="A right is no know-how and no trade secret.",
    refusal="Each right is know-how or a trade secret, which stands in no register.",
    reads=("rights",),
)
def register_is_asked(f: Facts) -> bool:
    return _checked(f, secret=False)


@guard(
    rule="A right is know-how or a trade secret.",
    refusal="No right is know-how or a trade secret.",
    reads=("rights",),
)
def secrecy_is_asked(f: Facts) -> bool:
    return _checked(f, secret=True)


@guard(
    rule="Of rights that are no secret, what the register shows is on record.",
    refusal="Look the rights up in their registers, and enter what lies on them.",
    reads=("rights",),
    at=("encumbrances_checked",),
)
def register_was_looked_up(f: Facts) -> bool:
    return not _checked(f, secret=False) or f.data.get("encumbrances_checked") is True


@guard(
    rule="Of know-how and trade secrets it is said how they are kept secret, by whom, and who has had access.",
    refusal="Say how the know-how is kept secret, who keeps it, and who has had access to it.",
    reads=("rights",),
    at=("secrecy_kept",),
)
def secrecy_is_told(f: Facts) -> bool:
    """The words themselves are asked by the form, once it is said that the secret is kept."""
    return not _checked(f, secret=True) or f.data.get("secrecy_kept") is True


@guard(
    rule="What was agreed is signed and binds the parties, and no loan waits for the registration of a pledge.",
    refusal="Something still rests on the check of the rights: the agreement is not signed, or a pledge is not registered yet.",
)
def nothing_rests_on_the_check(f: Facts) -> bool:
    return _is_settled(f)


def _is_settled(f: Facts) -> bool:
    """Another check is asked for only where somebody would rely on it."""
    deal = f.current("agreement")
    signed = last_signing(f, deal) if deal else None
    if signed is None or not f.at_milestone(deal, "in_force") or signed.data.get("kind") in PREPARATORY:
        return False
    return not any(_pledge_is_to_come(f, loan) for loan in f.referrals("pledge"))


def _pledge_is_to_come(f: Facts, loan: Track) -> bool:
    below = [track for track in f.case.children(loan.id) if not track.replaced]
    if not below:
        return loan.live
    return below[-1].live and f.fired("registered", below[-1]) is None


@guard(
    rule="What was agreed is not signed, or a loan waits for the registration of a pledge.",
    refusal="Nothing rests on the check of the rights any more: the agreement is signed, and no pledge waits for its registration.",
)
def something_rests_on_the_check(f: Facts) -> bool:
    return not _is_settled(f)


@guard(
    rule="What gives rights rests on a check of them that is clear and still holds, or that was waived.",
    refusal="The check of the rights is too old, or not clear. Check them again before the signing.",
    limits=(CHECK_HOLDS,),
    law=Law.RIGHTS,
)
def check_of_rights_is_fresh(f: Facts) -> bool:
    if gives(f.data) is None or waived(f, "ip"):
        return True
    confirmed = last_check(f)
    if confirmed is None or not check_is_clear(f):
        return False
    return date.fromisoformat(str(confirmed.data["checked_on"])) + timedelta(days=f.limit(CHECK_HOLDS)) >= f.today


def last_check(f: Facts) -> Fired | None:
    """The last time that the rights were confirmed as clear in this round."""
    check = f.current("ip")
    return f.fired("confirm", check) if check else None


@guard(
    rule="Each right that the terms name was among those of the last check, or the check was waived.",
    refusal="A right that the terms name was not among those of the last check. Check the rights again, with this one.",
    reads=("rights",),
    at=("rights",),
    law=Law.RIGHTS,
)
def rights_named_were_checked(f: Facts) -> bool:
    confirmed = last_check(f)
    checked = kept_ids(f, confirmed.data.get("rights") or () if confirmed else ())
    return waived(f, "ip") or kept_ids(f, concerned(f)) <= checked


def _own_licences(right: Mapping[str, Any], giver: set[str]) -> list[Mapping[str, Any]]:
    """The licences on a right that who gives holds itself."""
    return [one for one in record_tells.lying(right, LICENCE) if one.get("holder") in giver]


def _not_theirs(f: Facts) -> Words:
    """Of each right that who gives neither owns nor may sublicense so, why not."""
    f = signed_terms(f)
    wanted, known, giver, confirmed = gives_from(f), f.from_outside("rights"), givers(f, f.data), last_check(f)
    seen = waived(f, "ip") or confirmed is not None and confirmed.data.get("owner_seen") is True
    missing: Words = []
    for right in (known.get(name, {}) for name in concerned(f)):
        owners = record_tells.owners_of(right)
        if wanted is not None and not (giver & owners if owners else seen):
            missing += say_not_theirs(right, wanted, _own_licences(right, giver), giver)
    return missing


@guard(
    rule="The technology owner, or who signs in its place, is an owner of each right that the terms name, by its record, or by the"
    " register, as the check says it, where the record names nobody; or it holds a licence on record that allows sublicences, and gives"
    " nothing wider: in kind, territories, fields of use and term.",
    refusal="Neither the technology owner nor who signs in its place is on record as an owner of a right that the terms name, or may"
    " give of its own licence what they say. Leave that right out, give less, or mend its record.",
    reads=("rights", *READS),
    because=_not_theirs,
    at=("rights",),
    law=Law.RIGHTS,
)
def giver_may_give_each_right(f: Facts) -> bool:
    return not _not_theirs(f)


def _of_co_owners(f: Facts) -> list[Mapping[str, Any]]:
    """The rights of the giver that by their record are others' as well, who sign for neither side."""
    known, giver = f.from_outside("rights"), givers(f, f.data)
    takers = (party(f, "need_owner"), signatory(f, f.data, "need_owner"), holder(f, f.data))
    signing = giver | {one for one in takers if one}
    records = [known.get(right, {}) for right in concerned(f)]
    return [one for one in records if record_tells.owners_of(one) & giver and record_tells.owners_of(one) - signing]


def _without_consent(f: Facts) -> list[Mapping[str, Any]]:
    """Those of which the terms give more than a plain licence, where no consent is on file."""
    f = signed_terms(f)
    given = gives(f.data)
    alone = given is None or given.kind == LICENCE and given.licence == PLAIN
    return [] if alone or f.data.get("co_owner_consent") else _of_co_owners(f)


@guard(
    rule="A right of the technology owner is others' as well by its record, who sign for neither side.",
    refusal="By its record no right is others' as well, who do not sign.",
    reads=("rights", *READS),
)
def co_owners_are_to_consent(f: Facts) -> bool:
    """Of a plain licence too: what kind it is may be said after this is asked."""
    known, may_give = f.data.get("kind"), {**f.data, "contribution": f.data.get("contribution") or "assigned"}
    return known in ABOUT_RIGHTS and bool(_of_co_owners(replace(f, data=may_give)))


@guard(
    rule="Where more than a plain licence is given of a right that is others' as well, their consent is on file.",
    refusal="A right is others' as well, and their consent is not on file. One co-owner alone gives plain licences only, unless they have"
    " agreed otherwise: name the consent, or what they have agreed.",
    reads=("rights", *READS),
    because=lambda f: name_each(f, _without_consent(f), record_tells.co_owners),
    tells=record_tells.co_owners,
    law=Law.CONSENT,
)
def co_owners_have_consented(f: Facts) -> bool:
    """Patent Law Art. 14; of know-how Art. 20 of the Supreme Court's interpretation says the same."""
    return not _without_consent(f)
