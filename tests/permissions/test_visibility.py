"""Who sees how much of a case, of a mediation, and of a document."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from casework.engine.case_objects.emergency_access import BREAKERS
from casework.engine.case_objects.unsealing import READERS
from casework.engine.roles import PERSONAL_ROLES, Role
from casework.engine.state.case import Case
from casework.engine.state.case_documents import Document
from casework.permissions.actors import DECIDES, PROVIDER_ROLES, READS_ALL, Membership
from casework.permissions.visibility import (
    Sight,
    as_seen,
    kept_as_mediator,
    kept_from,
    mediated_since,
    own_tracks,
    reach,
    reads_document,
    reads_messages,
    sight,
)
from tests.engine.pieces import DAY, NOW, case, document, grant, referral, track
from tests.permissions.people import BANK, LAB, PROGRAMME, member, somebody

SERVICE = track("service", parent="referral", provider=LAB)
STANDS = case(track(), referral(), SERVICE, programme=PROGRAMME)
SEALED = case(referral(), programme=PROGRAMME, kind="mediation", owner="owner", team=("named",))


@pytest.mark.parametrize("role", PERSONAL_ROLES)
def test_how_much_of_a_case_a_role_sees(role: Role) -> None:
    wanted = (
        Sight.ALL
        if role in READS_ALL
        else Sight.REFERRALS
        if role in PROVIDER_ROLES
        else Sight.OUTLINE
        if role == Role.OBSERVER
        else Sight.NOTHING
    )
    assert sight(somebody(role), STANDS) is wanted
    assert sight(somebody(member(role, deputy_for="y")), STANDS) is wanted
    assert sight(somebody(member(role, "elsewhere")), STANDS) is Sight.NOTHING


@pytest.mark.parametrize("role", PERSONAL_ROLES)
@pytest.mark.parametrize("person", ["owner", "named", "x"])
def test_a_mediation_is_seen_by_dispute_officers_who_are_named_for_it(role: Role, person: str) -> None:
    named = person != "x" and role == Role.DISPUTE_OFFICER
    wanted = Sight.ALL if named else Sight.REFERRALS if role in PROVIDER_ROLES else Sight.NOTHING
    assert sight(somebody(role, person=person), SEALED) is wanted
    if role == Role.DISPUTE_OFFICER:
        assert sight(somebody(member(role, deputy_for="owner")), SEALED) is Sight.NOTHING
        assert sight(somebody(member(role, "elsewhere"), person="owner"), SEALED) is Sight.NOTHING


#: Why a referral is not its provider's to see.
UNSEEN: dict[str, Any] = {
    "it was not sent": referral(played={}),
    "it is another's": referral(provider=BANK),
    "it was shut out": referral(barred=frozenset({"x"})),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_what_a_provider_does_not_see_of_a_case(name: str) -> None:
    stands = case(track(), UNSEEN[name], SERVICE, programme=PROGRAMME)
    assert own_tracks(somebody(Role.PROVIDER), stands) == []
    assert sight(somebody(Role.PROVIDER), stands) is Sight.NOTHING


def test_of_a_hold_nobody_knows_who_does_not_see_the_whole_case() -> None:
    held = replace(STANDS, hold={"reason": "other"})
    assert as_seen(somebody(Role.PROVIDER), held) == STANDS
    assert as_seen(somebody(Role.OFFICER), held) is held


def test_a_provider_sees_its_referral_and_what_runs_inside() -> None:
    assert own_tracks(somebody(Role.PROVIDER), STANDS) == [STANDS.tracks["referral"], SERVICE]
    assert own_tracks(somebody(Role.PROVIDER), replace(STANDS, interests=frozenset({"x"}))) == []


@pytest.mark.parametrize(("stands", "openers"), [(STANDS, BREAKERS), (SEALED, READERS)], ids=["case", "mediation"])
def test_what_was_opened_to_somebody_is_read_in_a_role_of_ones_own(stands: Case, openers: tuple[Role, ...]) -> None:
    opened = frozenset({"log"})
    for role in set(PERSONAL_ROLES) - READS_ALL - PROVIDER_ROLES - {Role.OBSERVER, Role.DISPUTE_OFFICER} | set(openers):
        wanted = Sight.ALL if role in openers else Sight.NOTHING
        assert sight(somebody(role, opened=opened), stands) is wanted
    role = openers[0]
    for shut in (member(role, deputy_for="y"), member(role, "elsewhere")):
        assert sight(somebody(shut, opened=opened), stands) is sight(somebody(shut), stands)
    of_no_account = sight(somebody(role), stands)
    assert sight(somebody(role, opened=frozenset({"another"})), stands) is of_no_account
    assert sight(somebody(role, opened=opened), replace(stands, interests=frozenset({"x"}))) is of_no_account


GRANTS = {"grant": grant()}
#: Of a paper that was shared with the laboratory: the paper, its grants, and whether the laboratory's people read it.
PAPERS: dict[str, tuple[Document, dict[str, Any], bool]] = {
    "shared": (document(), GRANTS, True),
    "not shared": (document(), {}, False),
    "shared no longer": (document(), {"grant": grant(ended_at=NOW)}, False),
    "shared with another": (document(), {"grant": grant(track="another")}, False),
    "of which another one is shared": (document("plan"), GRANTS, False),
    "taken out of use": (document(withdrawn_at=NOW), GRANTS, False),
    "handed in by them": (document(track="referral"), {}, True),
    "handed in by them and taken out of use": (document(track="referral", withdrawn_at=NOW), {}, True),
    "handed in by another": (document(track="another"), {}, False),
}


@pytest.mark.parametrize("name", PAPERS)
def test_which_papers_a_provider_reads(name: str) -> None:
    paper, grants, reads = PAPERS[name]
    stands = replace(STANDS, grants=grants, documents={paper.id: paper})
    assert reads_document(somebody(Role.PROVIDER), stands, paper) is reads
    assert reads_document(somebody(Role.OFFICER), stands, paper)
    assert not reads_document(somebody(Role.OBSERVER), stands, paper)
    for role in (Role.PROVIDER, Role.OFFICER):
        assert not reads_document(somebody(role), replace(stands, interests=frozenset({"x"})), paper)


def test_notes_are_the_offices_and_a_thread_is_of_both_sides() -> None:
    mine, other = STANDS.tracks["referral"], referral("other", provider=BANK)
    stands = case(track(), mine, other, programme=PROGRAMME)
    for role, wanted in (
        (Role.OFFICER, (True, True, True)),
        (Role.PROVIDER, (False, True, False)),
        (Role.OBSERVER, (False,) * 3),
    ):
        assert tuple(reads_messages(somebody(role), stands, one) for one in (None, mine, other)) == wanted


@pytest.mark.parametrize(("until", "kept"), [(None, True), (-1, False), (0, False), (1, True)])
def test_whoever_mediated_while_a_case_was_there_decides_nothing_in_it(until: int | None, kept: bool) -> None:
    mediated = {PROGRAMME: None if until is None else NOW + until * DAY}
    actor = somebody(Role.OFFICER, mediated=mediated)
    assert mediated_since(actor, PROGRAMME, NOW) is kept
    assert kept_from(actor, STANDS) is kept
    assert not kept_from(actor, replace(STANDS, programme="elsewhere"))
    assert not kept_from(actor, SEALED)
    assert not kept_from(somebody(Role.OFFICER), STANDS)


@pytest.mark.parametrize("role", PERSONAL_ROLES)
def test_that_keeps_only_whom_a_role_would_let_decide(role: Role) -> None:
    held: Membership = member(role)
    assert kept_as_mediator(somebody(held, mediated={PROGRAMME: None}), STANDS) is (role in DECIDES)


def test_what_somebody_reaches_is_made_of_that_actor_alone() -> None:
    actor = somebody(Role.OFFICER)
    assert reach(actor) is reach(actor)
    other = replace(actor, memberships=(), opened=frozenset(["log"]))
    assert (reach(other).all_of, reach(other).opened) == (frozenset(), frozenset(["log"]))
    assert reach(actor).all_of == {PROGRAMME}
    # It is no part of what the actor is.
    again = somebody(Role.OFFICER)
    assert (again, repr(again)) == (actor, repr(actor))
