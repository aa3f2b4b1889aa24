"""The roles, and which of them work which queue."""

from enum import StrEnum


class Role(StrEnum):
    """What a person is within a programme or an organisation; its value is the code that is stored."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    COMPLIANCE = "compliance"
    DISPUTE_OFFICER = "dispute_officer"
    PROVIDER = "provider"
    PROVIDER_LEAD = "provider_lead"
    VERIFIER = "verifier"
    AUDITOR = "auditor"
    MANAGER = "manager"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"
    #: Of nobody who has an account: a party that answers by a one-time link.
    PARTY = "party"
    #: Of nobody: what happens by itself.
    SYSTEM = "system"


#: Every role that a person can have.
PERSONAL_ROLES = tuple(role for role in Role if role not in (Role.PARTY, Role.SYSTEM))

#: The service of the providers whose people mediate.
MEDIATION = "mediation"
#: The officers' common queue: new cases that nobody owns yet.
INTAKE = "intake"

#: Which roles may work a queue; a queue bears the name of its role, except the intake.
QUEUE_ROLES: dict[str, frozenset[Role]] = {
    INTAKE: frozenset({Role.OFFICER}),
    Role.OFFICER: frozenset({Role.OFFICER}),
    Role.SUPERVISOR: frozenset({Role.SUPERVISOR}),
    Role.COMPLIANCE: frozenset({Role.COMPLIANCE}),
    Role.DISPUTE_OFFICER: frozenset({Role.DISPUTE_OFFICER}),
    # A verifier is an ordinary provider whose referrals have no machine of their own.
    Role.PROVIDER: frozenset({Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER}),
    Role.PROVIDER_LEAD: frozenset({Role.PROVIDER_LEAD}),
}

#: Roles held within an organisation; all others are held within a programme.
ORGANISATION_ROLES = frozenset({Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER})
#: Queues whose scope is the organisation that took the referral.
ORGANISATION_QUEUES = frozenset({Role.PROVIDER, Role.PROVIDER_LEAD})
#: What a provider's person may stand in for: a lead and a verifier do what a member does.
STANDS_FOR: dict[Role, frozenset[Role]] = {
    Role.PROVIDER: frozenset({Role.PROVIDER}),
    Role.PROVIDER_LEAD: frozenset({Role.PROVIDER, Role.PROVIDER_LEAD}),
    Role.VERIFIER: frozenset({Role.PROVIDER}),
}


def role_of(code: str | None) -> Role | None:
    """The role that a code stands for; none for a code that stands for nothing."""
    return next((role for role in Role if role == code), None)
