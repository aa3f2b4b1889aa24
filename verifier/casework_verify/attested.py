"""What the statement of an attestation says, one sentence after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from casework_verify.faults import Fault

_PERIOD = {"since": str, "until": str}
_CASES = {"all": bool, "numbers": list, "count": int, "opened_by": str, "sample": (dict, type(None))}
_SAMPLE = {
    "number": int, "seed": (str, type(None)), "as_of": str, "population": int, "in_order": int, "finding": int,
}  # fmt: skip
_FINDINGS = {"open": int, "answered": int, "closed": int, "not_closed": int, "named": list}
_NAMED = {"id": str, "number": str, "event": int, "state": str}
_VERIFIED = {
    "at": str, "states": dict, "wrong": list, "night": (str, type(None)), "night_wrong": bool, "alarms": int,
}  # fmt: skip
_STATES = {"whole": int, "changed": int, "unread": int, "wrong": int}
#: So much of a list stands in one sentence.
_MOST = 190
_Form = Mapping[str, Any]


def told_of(statement: Mapping[str, Any]) -> Iterator[Fault]:
    """What was examined, and what was found there; what has another form is said as it stands."""
    for name, tell in (("period", _period), ("cases", _cases), ("findings", _findings), ("verification", _verified)):
        told = statement.get(name)
        said = list(tell(told)) if isinstance(told, dict) else []
        yield from said or [Fault("attestation_says", {"name": name, "value": told})]


def _period(told: dict[str, Any]) -> Iterator[Fault]:
    if _has(told, _PERIOD):
        yield Fault("attestation_period", told)


def _cases(told: dict[str, Any]) -> Iterator[Fault]:
    sample = told.get("sample")
    # Before there were samples none was named.
    if not _has({"sample": None, **told}, _CASES) or not _are_texts(told["numbers"]):
        return
    if sample is not None and not _has(sample, _SAMPLE):
        return
    yield Fault(
        "attestation_all" if told["all"] else "attestation_cases", {"count": told["count"], "at": told["opened_by"]}
    )
    yield from _numbers("attestation_case_numbers", told["numbers"])
    if sample is not None:
        yield Fault("attestation_sample", sample)


def _findings(told: dict[str, Any]) -> Iterator[Fault]:
    if not _has(told, _FINDINGS) or not all(_has(one, _NAMED) for one in told["named"]):
        return
    yield Fault("attestation_findings", {name: told[name] for name in ("open", "answered", "closed")})
    for one in told["named"]:
        yield Fault("attestation_finding", {"number": one["number"], "entry": one["event"], "answer": one["state"]})


def _verified(told: dict[str, Any]) -> Iterator[Fault]:
    if not _has(told, _VERIFIED) or not _has(told["states"], _STATES) or not _are_texts(told["wrong"]):
        return
    yield Fault("attestation_verified", {**told["states"], "at": told["at"]})
    yield from _numbers("attestation_wrong", told["wrong"])
    if told["night"] is None:
        yield Fault("attestation_night_none")
    else:
        yield Fault("attestation_night_wrong" if told["night_wrong"] else "attestation_night", {"at": told["night"]})
    if told["alarms"]:
        yield Fault("attestation_alarms", {"count": told["alarms"]})


def _numbers(code: str, numbers: list[str]) -> Iterator[Fault]:
    """As many sentences as it takes to name all."""
    some: list[str] = []
    for number in numbers:
        if some and len(", ".join([*some, number])) > _MOST:
            yield Fault(code, {"numbers": ", ".join(some)})
            some = []
        some.append(number)
    if some:
        yield Fault(code, {"numbers": ", ".join(some)})


def _has(told: Any, form: _Form) -> bool:
    """Whether it says just this, and each in its kind; true and false are no numbers."""
    return (
        isinstance(told, dict)
        and told.keys() == form.keys()
        and all(isinstance(told[name], kind) for name, kind in form.items())
        and all(kind is not int or type(told[name]) is int for name, kind in form.items())
    )


def _are_texts(told: list[Any]) -> bool:
    return all(isinstance(one, str) for one in told)


__all__ = ["told_of"]
