"""Where random walks and runs begin: a case, each service within a referral, and each workflow by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casework.engine.execution.commands import Open
from casework.engine.state.effects_schema import CaseSubject, Effects
from tests.engine.random_forms import PROVIDERS, RIGHTS
from tests.engine.toys import uuid
from tests.engine.walks import library

CASE: CaseSubject = {
    "programme": uuid(1), "number": "BJ-2026-0001", "match": uuid(2), "need": uuid(3), "technology": uuid(4),
    "parties": {"need_owner": uuid(5), "technology_owner": uuid(6)}, "rights": RIGHTS,
}  # fmt: skip


def _case() -> Open:
    return Open(uuid(7), "case", "case", CASE, "A case")


def _referral(service: str) -> Callable[[], Open]:
    return lambda: Open(uuid(7), "case", "referral", CASE, service=service, provider=PROVIDERS[0])


def _mediation() -> Open:
    return Open(
        uuid(7), "mediation", "referral", {**CASE, "about": uuid(8)}, service="mediation", provider=PROVIDERS[0]
    )


def _alone(workflow: str) -> Callable[[], Open]:
    kind = "mediation" if workflow == "mediation" else "case"
    return lambda: Open(uuid(7), kind, workflow, CASE, provider=PROVIDERS[0])


#: Where walks and runs begin, how many walks there are and how long each may be.
WALKS: dict[str, tuple[Callable[[], Open], int, int]] = {
    "case": (_case, 48, 400),
    **{
        f"{one} in a referral": (_referral(one), 20, 120) for one in ("assessment", "pledge", "finance", "verification")
    },
    "mediation in its own log": (_mediation, 28, 140),
    **{one: (_alone(one), 48, 100) for one in sorted(library().newest) if one not in ("case", "referral")},
    # Its forms hold against one another so much that few answers at random fit: more walks go as far.
    "pledge": (_alone("pledge"), 128, 100),
}
#: What a case has recorded before these of its workflows can go on.
KNOWN: Mapping[str, Effects] = {
    # The parties let the provider read what its sheet says of them.
    **{
        f"{one} in a referral": {
            "consents": [
                {
                    "id": uuid(60 + n), "party": party, "providers": None, "documents": None, "given_on": "2026-01-01", "expires_on": None,
                    "sheet": True,
                }
                for n, party in enumerate(("need_owner", "technology_owner"))
            ]
        }
        for one in ("pledge", "finance")
    },
    "deployment": {
        "impacts": [
            {
                "measure": "energy/MWh", "indicator": "energy", "unit": "MWh", "level": "baseline", "value": "120",
                "from": "2025-01-01", "to": "2025-12-31", "method": "metered",
            }
        ]
    }
}  # fmt: skip
