"""Which duties follow from an agreement that is signed: from what it gives, of which rights, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from casework.engine.analysis.contract_sums import JOINT_VENTURE, is_technology_contract
from casework.engine.case_objects.licence_conflicts import ASSIGNMENT, LICENCE
from casework.engine.case_objects.right_kinds import passes_by_contract
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from workflows.border_guards import HOME, class_of, way_of
from workflows.deal_guards import concerned, gives, last_signing
from workflows.right_places import is_patent_here
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


@guard(
    rule="A right is assigned that passes with its entry in a register.",
    refusal="No right is assigned that passes with its entry in a register.",
    reads=("rights",),
)
def right_is_assigned(f: Facts) -> bool:
    f = _terms(f)
    given = gives(f.data)
    return given is not None and given.kind == ASSIGNMENT and not all(map(passes_by_contract, _named(f)))


@guard(
    rule="It is a technology contract between parties in China.",
    refusal="It is no technology contract between parties in China.",
    reads=READS,
)
def technology_contract_is_of_this_country(f: Facts) -> bool:
    """In Beijing also what technology goes into a company for (Art. 23 of its regulations)."""
    if not is_technology_contract(f.data.get("kind"), f.data.get("contribution")):
        return False
    return way_of(f, f.data) == "home" and signs(f, f.data, "technology_owner").get("country") == HOME


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
        return becomes_theirs or signs(f, f.data, "need_owner").get("country") not in (HOME, None)
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
)
def export_papers_come_first(f: Facts) -> bool:
    """Patent Law Art. 10. What needs a licence took effect with it on file."""
    signed = last_signing(f)
    if signed is None or way_of(f, signed.data) != "export" or class_of(f) in ("restricted", "dual_use"):
        return True
    done = (task for task in f.results("contract_registration") if task.track == f.track.id)
    return any((task.closed_at or task.opened_at) >= signed.at for task in done)
