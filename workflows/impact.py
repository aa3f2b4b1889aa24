"""The effect of a technology at work: what is asked of it, what must hold, and the records that follow.

A baseline is a value over a period, recorded before commissioning ends. Readings, claimed or measured, and what a verifier
has stated are records over a period of their own; what is saved is computed of the two and typed by nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from casework.engine.analysis.impacts import newest_baseline, standing
from casework.engine.definition.consequences import Follows
from casework.engine.definition.forms import (
    Choice,
    Date,
    Documents,
    Form,
    ImpactField,
    Listed,
    Money,
    Note,
    Number,
    Rows,
    Text,
    YesNo,
)
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.list_names import INDICATORS, kind_and_unit
from casework.engine.definition.registry import effect, guard
from casework.engine.state.case import Fired
from casework.engine.state.impact_values import (
    BASELINE,
    CLAIMED,
    MEASURED,
    VERIFIED,
    GivenImpact,
    GivenStatement,
    VerifiedValue,
)
from casework.engine.state.impacts import Impact
from workflows.guards import moment_of

METHODS = {
    "metered": "Metered", "sampled": "Sampled", "calculated": "Calculated", "books": "From invoices or books",
    "estimated": "Estimated",
}  # fmt: skip


# --- forms -----------------------------------------------------------------------------------------------------------


class Figure(Form):
    measure = Listed(label="What", catalogue=INDICATORS)
    value = Number(label="Value in the whole period")


class Reading(Figure):
    uncertainty = Number(label="Uncertainty, ± %", min="0", max="100", required=False)
    factor = Number(label="Factor", required=False, help="By what the reading was multiplied to come to the value")
    factor_source = Text(
        label="Factor: source and version",
        max=200,
        required=False,
        help="Such as: national grid average, edition of 2024",
    )


class VerifiedFigure(Reading):
    """What a verifier has stated."""


def conditions_of(when: tuple[str, tuple[Any, ...]] | None = None) -> Text:
    return Text(
        label="Conditions", max=500, fact=True, required=False, when=when, help="Load, output and season in that time"
    )


class Baseline(Form):
    """What there was before: values, over a period."""

    figures = Rows(label="Baseline", row=Figure, most=20, fact=True)
    period_from = Date(label="From", past=True)
    period_to = Date(label="To", past=True)
    method = Choice(label="How it was established", choices=METHODS)
    evidence = Documents(label="Data")
    conditions = conditions_of()


class Readings(Form):
    """What came after, over a period."""

    operating = YesNo(
        label="Is the plant in operation?",
        done={"yes": "recorded the parties' readings", "no": "recorded that the plant is not in operation"},
    )
    period_from = Date(label="From", past=True)
    period_to = Date(label="To", past=True)
    figures = Rows(label="Readings", row=Reading, most=20, fact=True, when=("operating", (True,)))
    level = Choice(
        label="How well they are known", when=("operating", (True,)),
        choices={CLAIMED: "A party says so", MEASURED: "Measured, and the data are on file"},
    )  # fmt: skip
    method = Choice(label="How they were established", choices=METHODS, when=("operating", (True,)))
    evidence = Documents(label="Data", when=("level", (MEASURED,)))
    conditions = conditions_of(("operating", (True,)))
    note = Note(label="Note", required=False)


class CorrectedRecord(Form):
    """Another record in the place of one that was wrong; both stay. What is left empty stays as it was."""

    record = ImpactField(label="Which record", help="What a verifier has stated is corrected by another statement.")
    measure = Listed(label="What", catalogue=INDICATORS)
    value = Number(label="Value in the whole period")
    period_from = Date(label="From", past=True)
    period_to = Date(label="To", past=True)
    method = Choice(label="How it was established", choices=METHODS, required=False, help="Empty: as before")
    uncertainty = Number(label="Uncertainty, ± %", min="0", max="100", required=False, help="Empty: as before")
    factor = Number(label="Factor", required=False, help="Empty: as before")
    factor_source = Text(
        label="Factor: source and version", max=200, fact=True, required=False, help="Empty: as before"
    )
    conditions = Text(label="Conditions", max=500, fact=True, required=False, help="Empty: as before")
    evidence = Documents(label="Data", required=False, help="Empty: as before")
    reason = Note(label="What was wrong")


class AskedVerification(Form):
    """That a verifier is asked now."""

    note = Note(label="Note", required=False)


class UseReport(Form):
    """What became of a technology that is used without a site of the case's own: of a licence."""

    in_use = YesNo(
        label="Is the technology used?",
        done={"yes": "recorded how the technology is used", "no": "recorded that the technology is not used"},
    )
    period_from = Date(label="From", past=True)
    period_to = Date(label="To", past=True)
    units = Number(label="Plants run or units made with it", min="0", whole=True, when=("in_use", (True,)))
    sales = Money(label="Sales made with it", required=False, when=("in_use", (True,)))
    note = Note(label="Note", required=False)


# --- what must hold --------------------------------------------------------------------------------------------------


def _figures(f: Facts) -> Iterable[Mapping[str, Any]]:
    return f.data.get("figures") or ()


def _recorded(f: Facts, id: object) -> Impact | None:
    return f.case.impacts.get(str(id)) if id is not None else None


def baselines(f: Facts) -> list[Impact]:
    """The baselines that stand for the site at hand: since the case was scaled up, those recorded after."""
    start = moment_of(f, "scale_up")
    return [one for one in standing(f.case.impacts.values(), BASELINE) if start is None or one.recorded_at >= start]


@guard(
    rule="The period ends no earlier than it begins.",
    refusal="The period ends before it begins.",
    at=("period_to",),
)
def period_in_order(f: Facts) -> bool:
    starts, ends = f.data.get("period_from"), f.data.get("period_to")
    return starts is None or ends is None or str(starts) <= str(ends)


@guard(
    rule="Each figure is named once.",
    refusal="The same figure stands in two rows.",
    at=("figures",),
)
def each_figure_once(f: Facts) -> bool:
    named = [row["measure"] for row in _figures(f)]
    return len(named) == len(set(named))


@guard(
    rule="Each figure has a baseline in the same unit.",
    refusal="A figure has no baseline to be compared with. Choose what has one, or correct the baseline.",
    at=("figures",),
)
def figures_have_baselines(f: Facts) -> bool:
    named = [row["measure"] for row in _figures(f)]
    return all(newest_baseline(f.effect, measure) for measure in named)


@guard(
    rule="Each figure that the verifier delivered has a baseline in the same unit.",
    refusal="A figure that was delivered has no baseline to be compared with. Return the delivery, or have the baseline recorded.",
)
def delivered_figures_have_baselines(f: Facts) -> bool:
    """The office looks at what a verifier is not told of: whose case sheet holds no effect delivers all the same."""
    return all(newest_baseline(f.effect, row["measure"]) for row in _verified_figures(f))


@guard(
    rule="A factor says where it comes from and in which version, and a source is said of a factor alone.",
    refusal="A factor needs its source and version, and a source its factor.",
    at=("figures",),
)
def factors_have_sources(f: Facts) -> bool:
    return all((row.get("factor") is None) == (row.get("factor_source") is None) for row in _figures(f))


@guard(
    rule="A corrected record that has a factor says where it comes from and in which version.",
    refusal="The record has a factor. Say its source and version too.",
    at=("factor_source",),
)
def corrected_factor_has_a_source(f: Facts) -> bool:
    record = _recorded(f, f.data.get("record"))
    if record is None:
        return True
    factor, source = (f.data.get(name) or getattr(record, name) for name in ("factor", "factor_source"))
    return factor is None or source is not None


@guard(
    rule="The record still stands, and no verifier has stated it.",
    refusal="The record no longer stands, or a verifier has stated it: that takes another statement.",
    at=("record",),
)
def record_may_be_corrected(f: Facts) -> bool:
    if f.data.get("record") is None:
        return any(_is_correctable(one) for one in f.case.impacts.values())
    record = _recorded(f, f.data["record"])
    return record is not None and _is_correctable(record)


def _is_correctable(record: Impact) -> bool:
    return record.stands and record.level != VERIFIED


@guard(
    rule="A corrected record has a baseline in the same unit; a baseline stays in its unit.",
    refusal="There is no baseline in this unit, or other records are compared with the baseline in its unit.",
    at=("measure",),
)
def correction_has_a_baseline(f: Facts) -> bool:
    record, measure = _recorded(f, f.data.get("record")), f.data.get("measure")
    if record is None or measure is None:
        return True
    if record.is_baseline:
        return str(measure) == record.measure
    return newest_baseline(f.case.impacts.values(), str(measure)) is not None


@guard(
    rule="The baseline is recorded: a value over a period, with its data.",
    refusal="No baseline is recorded. Add the task “Record the baseline” first: it cannot be made up afterwards.",
)
def baseline_is_recorded(f: Facts) -> bool:
    return bool(baselines(f))


@guard(
    rule="A baseline was recorded before commissioning ended.",
    refusal="No baseline was recorded before commissioning ended; it cannot be made up afterwards.",
)
def baseline_was_recorded(f: Facts) -> bool:
    """One that was corrected since counts from its first record on."""
    site = f.current("deployment")
    tested = f.fired("ready_to_test", site) if site else None
    if tested is None or not baselines(f):
        return False
    start = moment_of(f, "scale_up")
    first = [one.recorded_at for one in f.case.impacts.values() if one.is_baseline]
    return any(at <= tested.at and (start is None or at >= start) for at in first)


@guard(
    rule="There is a site, and a record of its effect to verify.",
    refusal="There is nothing to verify yet: no site is accepted, or no reading of it is recorded.",
)
def there_is_something_to_verify(f: Facts) -> bool:
    accepted = f.fired("accept_site", f.case.main)
    return accepted is not None and bool(standing(f.case.impacts.values(), CLAIMED, MEASURED))


FIGURE_GUARDS = (period_in_order, each_figure_once, factors_have_sources, figures_have_baselines)


# --- what follows ----------------------------------------------------------------------------------------------------


def _record(row: Mapping[str, Any], level: str, said: Mapping[str, Any]) -> GivenImpact:
    indicator, unit = kind_and_unit(row["measure"])
    return {
        "measure": row["measure"],
        "indicator": indicator,
        "unit": unit,
        "level": level,
        "value": row["value"],
        "from": said["period_from"],
        "to": said["period_to"],
        "uncertainty": row.get("uncertainty"),
        "factor": row.get("factor"),
        "factor_source": row.get("factor_source"),
        "method": said.get("method"),
        "conditions": said.get("conditions"),
    }


def _compared(f: Facts, given: GivenImpact) -> GivenImpact:
    baseline = newest_baseline(f.case.impacts.values(), given["measure"])
    return {**given, "baseline": baseline.id if baseline else None}


@effect()
def record_baseline(f: Facts) -> Follows:
    """Each figure becomes a baseline; one of the same measure and period that stood is replaced."""
    records: list[GivenImpact] = []
    for row in _figures(f):
        given = _record(row, BASELINE, f.data)
        before = [
            one.id
            for one in standing(f.case.impacts.values(), BASELINE)
            if (one.measure, one.from_on, one.to_on) == (given["measure"], given["from"], given["to"])
        ]
        records.append({**given, "evidence": list(f.data.get("evidence") or ()), "replaces": before})
    return {"impacts": records}


@effect()
def record_readings(f: Facts) -> Follows:
    """Each reading becomes a record at the level that the form says, compared with the baseline."""
    if f.data.get("operating") is not True:
        return {}
    evidence = list(f.data.get("evidence") or ())
    records = [_compared(f, _record(row, f.data["level"], f.data)) for row in _figures(f)]
    return {"impacts": [{**record, "evidence": evidence} for record in records]}


@effect()
def correct_record(f: Facts) -> Follows:
    """Another record in the place of one, at the same level; what the form does not say stays as it was."""
    old = f.case.impacts[f.data["record"]]
    kept = {name: getattr(old, name) for name in ("method", "uncertainty", "factor", "factor_source", "conditions")}
    said = kept | {name: value for name, value in f.data.items() if value is not None}
    given = _record(said, old.level, said)
    if not old.is_baseline:
        given = _compared(f, given)
    evidence = list(f.data.get("evidence") or old.evidence)
    return {"impacts": [{**given, "evidence": evidence, "replaces": [old.id]}]}


def _delivered(f: Facts) -> Fired | None:
    """What the provider delivered last."""
    ways = [fired for name in ("deliver", "redeliver") if (fired := f.fired(name))]
    return max(ways, key=lambda fired: fired.at, default=None)


def _verified_figures(f: Facts) -> Iterable[Mapping[str, Any]]:
    """What a verification stated of the effect, as delivered last."""
    delivered = _delivered(f)
    if f.track.kind != "verification" or delivered is None or delivered.data.get("effect") != "verified":
        return ()
    return delivered.data.get("figures") or ()


@effect()
def record_verified_effect(f: Facts) -> Follows:
    """What a verifier has stated, and the office has taken, is the effect at its highest level."""
    delivered, figures = _delivered(f), _verified_figures(f)
    if delivered is None or not figures:
        return {}
    said = delivered.data
    records = [_compared(f, _record(row, VERIFIED, said)) for row in figures]
    stated = {"evidence": list(said.get("documents") or ()), "by": f.track.provider, "number": said.get("number")}
    return {"impacts": [cast(GivenImpact, {**record, **stated}) for record in records]}


@effect()
def record_reported_effect(f: Facts) -> Follows:
    """What a yearly report names becomes records of the case at its level; verified, with who verified it and the statement's number."""
    level = f.data.get("basis")
    if level is None:
        return {}
    stated: dict[str, Any] = {"evidence": list(f.data.get("report") or ())}
    if level == VERIFIED:
        stated |= {"by": f.data["verifier"], "number": f.data["number"]}
    records = [_compared(f, _record(row, level, f.data)) for row in _figures(f)]
    return {"impacts": [cast(GivenImpact, {**record, **stated}) for record in records]}


def _statement(f: Facts, verdict: str) -> Follows:
    given: GivenStatement = {
        "technology": f.case.technology,
        "number": f.data["number"],
        "verdict": verdict,
        "issued_on": f.data["issued_on"],
        "valid_until": f.data["valid_until"],
        "values": [cast(VerifiedValue, dict(row)) for row in f.data.get("values") or ()],
    }
    return {"statement": given}


@effect()
def technology_is_verified(f: Facts) -> Follows:
    """The verified values stand with the technology, so that the next case may rely on them."""
    return _statement(f, "verified")


@effect()
def technology_is_verified_within_limits(f: Facts) -> Follows:
    """The same, within limits."""
    return _statement(f, "verified_with_limits")


@effect()
def statement_is_renewed(f: Facts) -> Follows:
    """A renewed statement has its own number and is valid until its new day; the one before has been replaced."""
    standing_ones = [one for one in f.case.statements.values() if one.replaced_by is None]
    if f.data.get("renewal") != "renewed" or not standing_ones:
        return {}
    last = max(standing_ones, key=lambda one: (one.recorded_at, one.id))
    given: GivenStatement = {
        "technology": last.technology,
        "number": f.data["number"],
        "verdict": last.verdict,
        "issued_on": f.data["issued_on"],
        "valid_until": f.data["valid_until"],
        "values": [*last.values],
        "replaces": [last.id],
    }
    return {"statement": given}
