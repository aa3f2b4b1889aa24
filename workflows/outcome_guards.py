"""What must have happened before a case may claim an outcome: a site, an agreement, records of the effect.

After a scaling up the outcome is that of the site at hand: what the pilot came to stays on record and is claimed no second time.
"""

from __future__ import annotations

from casework.engine.analysis.impacts import baseline_of, standing
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from casework.engine.state.impact_values import MEASURED, VERIFIED
from casework.engine.state.impacts import Impact
from workflows.codes import DEPLOYED
from workflows.guards import moment_of


def _first(f: Facts, record: Impact) -> Impact:
    """The record that was there first, where this one has come in its place: a correction is of the site of that."""
    before = [one for one in f.case.impacts.values() if one.replaced_by == record.id]
    return min((_first(f, one) for one in before), key=lambda one: one.recorded_at, default=record)


def records_of_the_site(f: Facts, *levels: str) -> list[Impact]:
    """What stands of these levels of the site at hand, compared with a baseline: since the case was scaled up, what was recorded
    after, of a time after it."""
    start = moment_of(f, "scale_up")
    found = [one for one in standing(f.case.impacts.values(), *levels) if baseline_of(f.case.impacts, one) is not None]
    if start is None:
        return found
    since = f.calendar.local_date(start).isoformat()
    return [one for one in found if _first(f, one).recorded_at >= start and one.from_on >= since]


@guard(
    rule="“Effect measured” has a record that was measured or verified, after a scaling up since then.",
    refusal="No record of the effect is measured or verified: record measured readings with their data, or choose “effect not measured”.",
    at=("outcome",),
)
def measured_effect_has_a_record(f: Facts) -> bool:
    if f.data.get("outcome") != "deployed_measured":
        return True
    return bool(records_of_the_site(f, MEASURED, VERIFIED))


@guard(
    rule="“Effect verified” has a verified record, after a scaling up one since then.",
    refusal="No record of the effect is verified: a verifier's statement is missing. Ask for verification, or choose another outcome.",
    at=("outcome",),
)
def verified_effect_has_a_record(f: Facts) -> bool:
    return f.data.get("outcome") != "deployed_verified" or bool(records_of_the_site(f, VERIFIED))


@guard(
    rule="“Deployed” has a site that was accepted, after a scaling up since then.",
    refusal="No site is accepted: “deployed” is said of a technology that runs at one. Choose “agreement without a site”, or another"
    " outcome.",
    at=("outcome",),
)
def deployed_at_a_site(f: Facts) -> bool:
    accepted, start = moment_of(f, "accept_site"), moment_of(f, "scale_up")
    return f.data.get("outcome") not in DEPLOYED or accepted is not None and (start is None or accepted >= start)


@guard(
    rule="An outcome with an agreement has one that was signed.",
    refusal="No agreement is signed. Choose an outcome without one.",
    at=("outcome",),
)
def agreement_was_signed(f: Facts) -> bool:
    said = f.data.get("outcome")
    signed = any(f.fired(name, f.case.main) is not None for name in ("sign", "sign_no_site"))
    return said not in ("agreement_no_site", "agreement_only") or signed


EFFECT_GUARDS = (deployed_at_a_site, agreement_was_signed, measured_effect_has_a_record, verified_effect_has_a_record)
