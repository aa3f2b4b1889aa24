"""Who and which organisations there are in the world of the tests."""

from __future__ import annotations

#: (name in the world, role, scope): scope is a programme's code, or an organisation's name here.
CAST = (
    ("officer", "officer", "BJ"),
    ("other_officer", "officer", "BJ"),
    ("foreign_officer", "officer", "SH"),
    ("supervisor", "supervisor", "BJ"),
    ("second_supervisor", "supervisor", "BJ"),
    ("compliance", "compliance", "BJ"),
    ("second_compliance", "compliance", "BJ"),
    ("dispute_officer", "dispute_officer", "BJ"),
    ("provider", "provider", "lab"),
    ("provider_lead", "provider_lead", "lab"),
    ("foreign_provider", "provider", "bank"),
    ("verifier", "verifier", "inspectors"),
    ("auditor", "auditor", "BJ"),
    ("manager", "manager", "BJ"),
    ("observer", "observer", "BJ"),
    ("administrator", "administrator", "BJ"),
)
ORGANISATIONS = {
    "need_owner": ("Hebei Steam Works", "company", ()),
    "technology_owner": ("Nordwind Boilers", "company", ()),
    "lab": ("Haidian Assessment Lab", "provider", ("assessment", "ip", "mediation")),
    "bank": ("Chaoyang Green Bank", "provider", ("pledge", "finance")),
    "inspectors": ("Third Eye Verification", "provider", ("verification",)),
}
