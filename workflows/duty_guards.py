"""Which duties follow from an agreement that is signed: from what it gives, of which rights, and whose they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from casework.engine.analysis.contract_sums import JOINT_VENTURE, is_technology_contract
from casework.engine.analysis.record_tells import kept_ids, name_each
from casework.engine.case_objects import border_words
from casework.engine.case_objects.conflict_words import Words
from casework.engine.case_objects.countries import HERE
from casework.engine.case_objects.licence_conflicts import ASSIGNMENT, LICENCE, TRANSFER
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import Law, Told, guard
from workflows.border_guards import class_of, way_of
from workflows.deal_guards import concerned, gives, last_signing
from workflows.right_places import OTHER_OFFICE, PATENT_OFFICE, VARIETY_OFFICE, is_patent_here, register_of
from workflows.signatories import READS, signs, their_party


def _terms(f: Facts) -> Facts:
    """What is signed: by this action, or where it is the licence that gives it effect by the signing before."""
    signed = last_signing(f) if f.data.get("kind") is None else None
    return f if signed is None else replace(f, data=signed.data)


def _named(f: Facts) -> list[Mapping[str, Any]]:
    known = f.from_outside("rights")
    return [known.get(right, {}) for right in concerned(f)]


def _state_owned(f: Facts, party: str) -> bool:
    """A party, or who signs in its place."""
    return any(one.get("state_owned") is True for one in (their_party(f, party), signs(f, f.data, party)))


def _contributes(f: Facts) -> bool:
    return f.data.get("kind") == JOINT_VENTURE and is_technology_contract(JOINT_VENTURE, f.data.get("contribution"))


@guard(
    rule="A patent of the Chinese patent office is licensed.",
    refusal="No patent of the Chinese patent office is licensed.",
    reads=("rights",),
)
def patent_here_is_licensed(f: Facts) -> bool:
    f = _terms(f)
    given = gives(f.data)
    return given is not None and given.kind == LICENCE and any(is_patent_here(right) for right in _named(f))


def _waiting(f: Facts, register: str) -> list[str]:
    """The rights that are assigned, and pass with their entry in a register, as long as none of this agreement is there."""
    terms = _terms(f)
    given, known = gives(terms.data), f.from_outside("rights")
    if given is None or given.kind != ASSIGNMENT:
        return []
    named = [(right, known.get(right, {})) for right in concerned(terms)]
    return [right for right, record in named if register_of(record) == register and not _has_passed(f, record)]


def _has_passed(f: Facts, right: Mapping[str, Any]) -> bool:
    return any(one["kind"] == TRANSFER and one.get("track") == f.track.id for one in right.get("encumbrances", ()))


def _still_waiting(f: Facts, register: str) -> bool:
    """Whether one is left, beside those that an answer names now."""
    entered = f.data.get("rights") or () if f.data.get("kind") is None else ()
    return not kept_ids(f, _waiting(f, register)) <= kept_ids(f, entered)


def _elsewhere(f: Facts, register: str) -> list[Mapping[str, Any]]:
    """Rights of an answer that do not wait for its register."""
    known, waiting = f.from_outside("rights"), kept_ids(f, _waiting(f, register))
    return [known.get(right, {}) for right in f.data.get("rights") or () if not kept_ids(f, [right]) <= waiting]


def _say(register: str) -> Callable[[Facts], Words]:
    def because(f: Facts) -> Words:
        return name_each(f, _elsewhere(f, register), _kind)

    return because


def _kind(f: Facts, right: Mapping[str, Any]) -> Told:
    return Told(None, border_words.say_kind(str(right.get("kind"))))


@guard(
    rule="A patent or an application of the Chinese patent office is assigned and not registered yet.",
    refusal="No patent and no application of the Chinese patent office is assigned and waits for its registration.",
    reads=("rights",),
)
def patent_here_is_assigned(f: Facts) -> bool:
    return _still_waiting(f, PATENT_OFFICE)


@guard(
    rule="A plant variety that is protected in China is assigned and not registered yet.",
    refusal="No plant variety that is protected in China is assigned and waits for its registration.",
    reads=("rights",),
)
def variety_here_is_assigned(f: Facts) -> bool:
    return _still_waiting(f, VARIETY_OFFICE)


@guard(
    rule="A right of another office is assigned and not entered yet.",
    refusal="No right of another office is assigned and waits for its entry.",
    reads=("rights",),
)
def right_of_another_office_is_assigned(f: Facts) -> bool:
    return _still_waiting(f, OTHER_OFFICE)


@guard(
    rule="What the patent office has registered are patents and applications of it that this agreement assigns.",
    refusal="A right is named that this registration cannot be of: it is none of the Chinese patent office, is registered already, or is"
    " not assigned here. Name only those of the notice; each other follows by its own register.",
    reads=("rights",),
    because=_say(PATENT_OFFICE),
    at=("rights",),
)
def registered_patents_were_assigned(f: Facts) -> bool:
    return not _elsewhere(f, PATENT_OFFICE)


@guard(
    rule="What the office for plant varieties has registered are varieties that this agreement assigns.",
    refusal="A right is named that this registration cannot be of: it is no plant variety of this country, is registered already, or is not"
    " assigned here. Name only those of the notice; each other follows by its own register.",
    reads=("rights",),
    because=_say(VARIETY_OFFICE),
    at=("rights",),
)
def registered_varieties_were_assigned(f: Facts) -> bool:
    return not _elsewhere(f, VARIETY_OFFICE)


@guard(
    rule="What another office has entered are rights of other offices that this agreement assigns.",
    refusal="A right is named that this entry cannot be of: it is one of the patent office or of plant varieties here, is entered already,"
    " or is not assigned here. Name only those of the notice; each other follows by its own register.",
    reads=("rights",),
    because=_say(OTHER_OFFICE),
    at=("rights",),
)
def rights_entered_elsewhere_were_assigned(f: Facts) -> bool:
    return not _elsewhere(f, OTHER_OFFICE)


@guard(
    rule="It is a technology contract between parties in China.",
    refusal="It is no technology contract between parties in China.",
    reads=READS,
)
def technology_contract_is_of_this_country(f: Facts) -> bool:
    """In Beijing also what technology goes into a company for (Art. 23 of its regulations)."""
    if not is_technology_contract(f.data.get("kind"), f.data.get("contribution")):
        return False
    return way_of(f, f.data) == "home" and signs(f, f.data, "technology_owner").get("country") == HERE


@guard(
    rule="A state-owned technology owner assigns rights, puts them into a company, or licenses them abroad; or a state-owned need"
    " owner takes rights over from an owner that is not state-owned, or has them put into a company.",
    refusal="No party is on record as state-owned, or nothing is given or taken over for which an appraisal is asked.",
    reads=READS,
)
def appraisal_is_due(f: Facts) -> bool:
    f = _terms(f)
    given = gives(f.data)
    if given is None:
        return False
    becomes_theirs = given.kind == ASSIGNMENT or _contributes(f)
    if _state_owned(f, "technology_owner"):
        return becomes_theirs or signs(f, f.data, "need_owner").get("country") not in (HERE, None)
    return _state_owned(f, "need_owner") and becomes_theirs


@guard(
    rule="Rights are assigned, and the technology owner or the need owner is state-owned.",
    refusal="No party is on record as state-owned, or nothing is assigned.",
    reads=READS,
)
def transfer_goes_through_an_exchange(f: Facts) -> bool:
    f = _terms(f)
    given = gives(f.data)
    owned = _state_owned(f, "technology_owner") or _state_owned(f, "need_owner")
    return owned and given is not None and given.kind == ASSIGNMENT


@guard(
    rule="Of what goes abroad the export papers come first: the certificate of the registered contract, or the export licence.",
    refusal="The right goes from a Chinese to a foreign owner: the patent office registers that only with the papers of the export. Record"
    " the registration of the technology contract, with its certificate, first.",
    reads=READS,
    law=Law.BORDER,
)
def export_papers_come_first(f: Facts) -> bool:
    """Patent Law Art. 10. What needs a licence took effect with it on file."""
    signed = last_signing(f)
    if signed is None or way_of(f, signed.data) != "export" or class_of(f) in ("restricted", "dual_use"):
        return True
    done = (task for task in f.results("contract_registration") if task.track == f.track.id)
    return any((task.closed_at or task.opened_at) >= signed.at for task in done)
