"""People, their roles, and what was asked about them, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.json_values import JsonObject
from casework.operations.core.views import Named, NamedInBoth, Names
from casework.reasons import Why


@dataclass(frozen=True, kw_only=True, slots=True)
class AbsenceRow:
    """An absence that lasts or is to come."""

    id: str
    person: NamedInBoth
    substitute: NamedInBoth
    #: The programme or organisation.
    scope: NamedInBoth
    starts_at: str
    ends_at: str
    begun: bool
    #: Whether you may end it.
    may_end: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Invitation:
    """Somebody who was invited."""

    id: str
    email: str | None
    name: str | None
    roles: list[str]
    language: str
    programme: str | None
    organisation: str | None
    #: The name of the programme or organisation.
    scope: str
    scope_zh: str | None
    #: open, accepted, lapsed, revoked or locked.
    state: str
    #: What became of its last mail: queued, sent, failed or cancelled.
    mail: str | None
    made_at: str
    expires_at: str
    accepted_at: str | None
    #: Who accepted it.
    person: str | None
    invited_by: NamedInBoth | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovery:
    """A request to sign in anew."""

    id: str
    person: NamedInBoth
    means: list[str]
    reason: str
    #: asked, agreed, refused, withdrawn, used or lapsed.
    state: str
    asked_at: str
    expires_at: str
    asked_by: NamedInBoth
    decided_at: str | None
    decided_by: NamedInBoth | None
    #: Why it was not agreed to, or what the second person made sure of.
    decision_reason: str | None
    used_at: str | None
    may_decide: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestedRole:
    """A role that was asked for."""

    id: str
    programme: Named
    person: Named
    role: str
    deputy_for: Named | None
    starts_at: str | None
    ends_at: str | None
    #: Null for the command line, and a group.
    asked_by: Named | None
    #: The group at the provider of sign-in that gives it.
    group: str | None
    asked_at: str
    #: asked, agreed or refused.
    state: str
    decided_by: Named | None
    decided_at: str | None
    #: Whether you may say the second word now.
    decides: bool
    #: Whether you asked for it, and may still take it back.
    own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Programme:
    """A programme with its phases."""

    id: str
    code: str
    name: str
    name_zh: str | None
    #: id, name, name_zh, starts_on, ends_on.
    phases: list[JsonObject]


@dataclass(frozen=True, kw_only=True, slots=True)
class Organisation:
    """An organisation."""

    id: str
    name: str
    name_zh: str | None
    country: str | None
    kind: str
    #: Kinds of referrals that it takes.
    services: list[str]
    register_number: str | None
    language: str | None
    #: The one that keeps it; None where administrators do.
    programme: str | None = None
    #: Since when it is named in nothing new.
    expired_at: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonRow:
    """Somebody with whom the reader works."""

    id: str
    name: str
    name_zh: str | None
    #: Roles: id, role, programme, organisation, deputy_for, starts_at, ends_at.
    memberships: list[JsonObject]


@dataclass(frozen=True, kw_only=True, slots=True)
class Successor(NamedInBoth):
    """An officer who could own a case."""

    #: How many that officer has already.
    cases: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaverCase:
    """A case that somebody leaves behind."""

    number: str
    title: str | None
    state: str
    #: Or only on the team.
    owned: bool
    #: Tasks that the person holds in it.
    held: int
    programme: NamedInBoth
    due_at: str | None
    #: Officers who could own it, those with the fewest cases first.
    successors: list[Successor]
    #: Why you do not hand it over, where you may not.
    why_not: Why | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaver:
    """What hangs on somebody who leaves."""

    id: str
    name: str
    name_zh: str | None
    active: bool
    #: Of live cases; of these the first 100 are listed.
    count: int
    tasks: int
    proposals: int
    #: Absences in which the person is the substitute.
    stands_in: int
    deputies: int
    roles: int
    cases: list[LeaverCase]


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountRow(PersonRow):
    """The same for administrators."""

    email: str
    active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Members(NamedInBoth):
    """An organisation that the actor leads, with the people who hold a role in it now."""

    #: membership, id, name, name_zh, email, role, since, ends_at, deputy.
    members: list[JsonObject]


@dataclass(frozen=True, kw_only=True, slots=True)
class AbsenceScope(NamedInBoth):
    """Of what one may be away, or lead: its people, and whom one may enter there."""

    people: list[NamedInBoth]
    enters: list[NamedInBoth]


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenRole:
    """A role that somebody holds, and who gave it."""

    role: str
    since: str
    by: str | None
    #: The second person, where there was one.
    agreed_by: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonFound(Names):
    """Somebody with an account, as a search for people lists them."""

    id: str
    email: str
    active: bool
    #: An organisation's own system.
    service: bool
    #: Those held now: role, deputy, scope.
    roles: list[JsonObject]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoleRow:
    """A role that somebody holds, held or will hold, and where."""

    id: str
    role: str
    person_id: str
    person: str
    person_zh: str | None
    programme_id: str | None
    organisation_id: str | None
    #: The name of the programme or organisation.
    scope: str
    scope_zh: str | None
    #: The name of whom it stands in for.
    deputy_for: str | None
    starts_at: datetime
    ends_at: datetime | None
    comes: bool
    over: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Hanging:
    """How much hangs on a person now."""

    cases: int
    teams: int
    tasks: int
    proposals: int
    roles: int
    absences: int
    deputies: int
    tokens: int
    sessions: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonDetails(Names):
    """A person, every role ever held, and what hangs on them now."""

    id: str
    email: str
    language: str | None
    active: bool
    created_at: datetime
    service: bool
    has_password: bool
    erased: bool
    roles: list[RoleRow]
    #: Of the roles that came of a group at the provider of sign-in: which group.
    groups: dict[str, str]
    #: Roles of others that stand in for the person.
    deputies: list[RoleRow]
    hangs: Hanging
    #: It is the reader.
    own: bool
    waiting: list[RequestedRole]
    #: The programmes that the reader administers.
    mine: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganisationDetails(Organisation):
    """An organisation and the roles that were ever held in it."""

    created_at: datetime
    roles: list[RoleRow]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderRow(NamedInBoth):
    """An organisation that takes referrals, with what it says of itself."""

    country: str | None
    services: list[str]
    #: Referrals that are with it now, as far as the reader sees them.
    open: int
    #: It says that it takes nothing today.
    closed_now: bool
    fields: list[str]
    languages: list[str]
    places: list[str]
    #: The most referrals at once; None where it is not said.
    capacity: int | None
    #: Days on which no request is taken: from, to.
    closed: list[JsonObject]
    #: Names of organisations with which there is a standing conflict.
    conflicts: list[str]
    #: Programmes of the reader's that ask providers of a list of their own, on which it does not stand.
    not_asked_by: list[NamedInBoth]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderFigures:
    """How a provider answered and delivered for a service, and how the office did beside it."""

    service: str
    sent: int
    accepted: int
    declined: int
    silent: int
    completed: int
    failed: int
    returned: int
    objected: int
    answered: int
    answered_in_time: int
    worked: int
    worked_in_time: int
    office: int
    office_in_time: int
    #: The mean, with one decimal.
    rating: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderDetails(ProviderRow):
    """A provider with its figures."""

    #: By service.
    figures: list[ProviderFigures]
    #: The reader works for it.
    ours: bool
    may_edit: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class SuggestedProvider(NamedInBoth):
    """Somebody to ask for a service, and why."""

    points: int
    possible: bool
    reasons: list[str]
    open: int
    capacity: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Letterhead:
    """What a programme's letters have above and below their words."""

    #: The office that writes them; none: the programme itself.
    office: str | None = None
    office_zh: str | None = None
    #: With {year} and {n}; none: letters have no number of their own.
    number_form: str | None = None
    #: Whether a place is left for the seal.
    seal: bool = True
    signatory: str | None = None
    signatory_zh: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicCatalogue:
    """Whether a programme shows what is published to whoever has no account, and where its office is asked."""

    open: bool = False
    #: Whether it shows its success stories.
    results: bool = False
    contact: str | None = None
    contact_zh: str | None = None
    email: str | None = None
    #: Of the newest entry about it; whoever sets it says so with it.
    version: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsEntry:
    """Something that was done with the settings of a programme."""

    at: str
    #: Of its event in the programme's log.
    seq: int
    who: str | None
    kind: str
    #: By field what it said before and after, as a pair.
    changes: JsonObject
    reason: str | None
    #: Its words named somebody and were erased.
    erased: bool
    #: By list that it changed the version that the list has since.
    lists: dict[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeSettings:
    """What a programme has set for itself."""

    id: str
    code: str
    name: str
    name_zh: str | None
    letterhead: Letterhead
    #: Whether anybody has said what it says: before that no letter goes.
    letterhead_is_set: bool
    catalogue: PublicCatalogue
    #: The number that the next letter gets.
    next_number: str | None
    #: Of the newest entry; whoever sets something says so with it.
    version: int
    #: What was done, the newest first.
    entries: list[SettingsEntry]
    #: Whether who asks may change it.
    mine: bool
