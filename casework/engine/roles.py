"""The codes of the roles, and which roles work which queue."""

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
SYSTEM = "system"

ROLES = (
    OFFICER, SUPERVISOR, COMPLIANCE, DISPUTE_OFFICER, PROVIDER, PROVIDER_LEAD, VERIFIER,
    AUDITOR, MANAGER, OBSERVER, ADMINISTRATOR, SYSTEM,
)  # fmt: skip

#: The service of the providers whose people mediate.
MEDIATION = "mediation"
#: The officers' common queue: new cases that nobody owns yet.
INTAKE = "intake"

#: Which roles may work a queue; a queue bears the name of its role, except the intake.
QUEUE_ROLES: dict[str, frozenset[str]] = {
    INTAKE: frozenset({OFFICER}),
    OFFICER: frozenset({OFFICER}),
    SUPERVISOR: frozenset({SUPERVISOR}),
    COMPLIANCE: frozenset({COMPLIANCE}),
    DISPUTE_OFFICER: frozenset({DISPUTE_OFFICER}),
    # A verifier is an ordinary provider whose referrals have no machine of their own.
    PROVIDER: frozenset({PROVIDER, PROVIDER_LEAD, VERIFIER}),
    PROVIDER_LEAD: frozenset({PROVIDER_LEAD}),
}

#: Roles held within an organisation; all others are held within a programme.
ORGANISATION_ROLES = frozenset({PROVIDER, PROVIDER_LEAD, VERIFIER})
#: Queues whose scope is the organisation that took the referral.
ORGANISATION_QUEUES = frozenset({PROVIDER, PROVIDER_LEAD})
#: What a provider's person may stand in for: a lead and a verifier do what a member does.
STANDS_FOR: dict[str, frozenset[str]] = {
    PROVIDER: frozenset({PROVIDER}),
    PROVIDER_LEAD: frozenset({PROVIDER, PROVIDER_LEAD}),
    VERIFIER: frozenset({PROVIDER}),
}
