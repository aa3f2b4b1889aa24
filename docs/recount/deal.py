"""Referrals to providers, and what was signed, counted from the events with nothing of the product."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import Any

from .programme import Programme
from .rows import LATER, row, sums_of, through_the_middle


def _sent(programme: Programme) -> list[dict[str, Any]]:
    found = []
    for case in programme.cases:
        for id, track in case.tracks.items():
            mine = [one for one in case.fired if one["track"] == id]
            sent = next((n for n, one in enumerate(mine) if one["part"] == "sends"), None)
            if track["part"] != "request" or sent is None:
                continue
            start, later = mine[sent], mine[sent + 1 :]
            names = [one["name"] for one in later]
            answer = next(
                (n for n, one in enumerate(later) if one["name"] in ("accept", "decline", "declare_conflict")), None
            )
            minutes = None
            if answer is not None:
                path = [start, *later[: answer + 1]]
                minutes = sum(
                    programme.days.minutes(one["at"], other["at"])
                    for one, other in zip(path, path[1:], strict=False)
                    if one["to"] == start["to"]
                )
            what = {
                label
                for label, name in (
                    ("asked_back", "ask_info"),
                    ("accepted", "accept"),
                    ("declined", "decline"),
                    ("started", "start"),
                    ("delivered", "deliver"),
                    ("approved", "approve"),
                )
                if name in names
            }
            if answer is not None and later[answer]["at"] <= programme.days.close_of_nth(start["at"], 5):
                what.add("answered_in_time")
            found.append(
                {
                    "case": case.number,
                    "service": track["kind"],
                    "provider": track["provider"],
                    "month": f"{start['on']:%Y-%m}",
                    "minutes": minutes,
                    "settled": answer is not None or not track["live"],
                    "what": what,
                    "reason": next((one["data"].get("reason") for one in later if one["name"] == "decline"), None),
                    "days": next(
                        (_worked(programme, start["on"], one["on"]) for one in later if one["name"] == "approve"), None
                    ),
                    "live": track["live"],
                    "late": _late(programme, case, id),
                }
            )
    return found


def _worked(programme: Programme, begin: date, end: date) -> int:
    """Working days after one day, up to another."""
    return sum(bool(programme.days.open(begin + timedelta(days=n))) for n in range(1, (end - begin).days + 1))


def _late(programme: Programme, case: Any, referral: str) -> set[str]:
    """On whose side a task of the request, or of what lies under it, is open and should have been done."""
    under = {id for id, track in case.tracks.items() if referral in (id, track.get("parent"))}
    return {
        "late" if task["queue"] in ("provider", "provider_lead") else "late_office"
        for task in case.tasks.values()
        if task["track"] in under
        and task["state"] in ("Ready", "Reserved", "InProgress", "Suspended")
        and task.get("due")
        and datetime.fromisoformat(task["due"]) < programme.until
    }


def referrals(programme: Programme) -> list[dict[str, Any]]:
    told, rows = _sent(programme), []
    groups: list[dict[str, Any]] = [{}]
    for name in ("service", "provider", "month"):
        groups += [{name: value} for value in sorted({str(one[name]) for one in told})]
    for of in groups:
        mine = [one for one in told if all(one[name] == value for name, value in of.items())]
        waits = sorted((one["minutes"] if one["minutes"] is not None else math.inf) for one in mine if one["settled"])
        rows.append(
            row({"what": "sent", **of}, len(mine), cases=[one["case"] for one in mine], **through_the_middle(waits))
        )
        for what in ("answered_in_time", "asked_back", "accepted", "started", "delivered", "approved"):
            here = [one["case"] for one in mine if what in one["what"]]
            rows.append(row({"what": what, **of}, len(here), len(mine), cases=here))
        whole = [one for one in mine if one["days"] is not None]
        days = through_the_middle(sorted(one["days"] for one in whole))
        told_of = {"what": "whole", "unit": "working_days", **of}
        rows.append(row(told_of, len(whole), cases=[one["case"] for one in whole], **days))
        live = [one for one in mine if one["live"]]
        for what in ("late", "late_office"):
            here = [one["case"] for one in live if what in one["late"]]
            rows.append(row({"what": what, **of}, len(here), len(live), cases=here))
    declined = [one for one in told if "declined" in one["what"]]
    for reason in sorted({one["reason"] for one in declined}):
        here = [one["case"] for one in declined if one["reason"] == reason]
        rows.append(row({"what": "declined", "reason": reason}, len(here), len(declined), cases=here))
    return rows


def agreements(programme: Programme) -> list[dict[str, Any]]:
    rounds = []
    for case in programme.cases:
        clauses = [
            task
            for task in case.tasks.values()
            if task["name"] == "dispute_clause_check" and task["state"] == "Completed"
        ]
        clause = max(clauses, key=lambda task: task["closed"])["result"].get("clause") if clauses else None
        for id, track in case.tracks.items():
            if track["workflow"] != "agreement":
                continue
            open_: dict[str, Any] | None = None
            for one in (one for one in case.fired if one["track"] == id):
                if one["name"] in ("sign_local", "sign_cross"):
                    rounds.append((case.number, one["data"], clause, one))
                elif one["name"] == "sign_to_licence":
                    open_ = one
                elif one["name"] in ("redraft", "abandon", "refused_by_authority"):
                    open_ = None
                elif one["name"] == "licence_issued" and open_ is not None:
                    rounds.append((case.number, open_["data"], clause, open_))
                    open_ = None
            if open_ is not None:
                rounds.append((case.number, open_["data"], clause, open_))
    binding = [one for one in rounds if one[1].get("kind") not in ("nda", "loi")]
    rows = [_signed({"what": "signed"}, binding, len(binding))]
    for kind in sorted({one[1]["kind"] for one in rounds}):
        mine = [one for one in rounds if one[1]["kind"] == kind]
        rows.append(_signed({"what": "signed", "kind": kind}, mine, len(rounds if kind in ("nda", "loi") else binding)))
    with_clause = [one[0] for one in binding if one[2] not in (None, "none")]
    rows.append(row({"what": "with_dispute_clause"}, len(with_clause), len(binding), cases=with_clause))
    rows += _contracts(programme, {}, binding)
    for month in sorted({f"{one[3]['on']:%Y-%m}" for one in binding if _technology(one[1])}):
        rows += _contracts(programme, {"month": month}, [one for one in binding if f"{one[3]['on']:%Y-%m}" == month])
    known = [(one, _registered(programme, one, rounds)) for one in binding]
    ripe, good = ([one for one, is_in_time in known if is_in_time in wanted] for wanted in ((True, False), (True,)))
    rows.append(_signed({"what": "registered_in_time"}, good, len(ripe)))
    licensed = [one for one in binding if one[3]["name"] == "sign_to_licence"]
    rows.append(_signed({"what": "under_licence"}, licensed, len(binding)))
    return rows


def _contracts(programme: Programme, of: dict[str, Any], binding: list[Any]) -> list[dict[str, Any]]:
    contracts = [one for one in binding if _technology(one[1])]
    told = [one for one in contracts if one[1].get("technology_value")]
    value = row(
        {"what": "technology_contracts", "of": "technology_value", **of},
        len(told),
        len(contracts),
        cases=[one[0] for one in told],
        money=sums_of(one[1]["technology_value"] for one in told),
    )
    return [_signed({"what": "technology_contracts", **of}, contracts, len(binding)), value]


def _registered(programme: Programme, one: Any, rounds: list[Any]) -> bool | None:
    """Whether what was signed across a border was registered in 60 days; None of others, and as long as nobody knows."""
    number, data, _, signed = one
    since = data.get("first_base_on") or data.get("effective_on")
    if signed["name"] != "sign_cross" or not since:
        return None
    last = date.fromisoformat(since) + timedelta(days=60)
    end = min((o["at"] for *_, o in rounds if o["track"] == signed["track"] and o["at"] > signed["at"]), default=LATER)
    (case,) = [case for case in programme.cases if case.number == number]
    told = sorted(
        (task["closed"], task["result"]["registered_on"])
        for task in case.tasks.values()
        if (task["name"], task["track"], task["state"]) == ("contract_registration", signed["track"], "Completed")
        and signed["at"] <= task["opened"] < end
    )
    if told:
        return date.fromisoformat(told[0][1]) <= last
    return False if last < programme.days.day(programme.until) else None


def _signed(of: dict[str, Any], mine: list[Any], among: int) -> dict[str, Any]:
    values = [one[1]["contract_value"] for one in mine if one[1].get("contract_value")]
    return row(of, len(mine), among, cases=[one[0] for one in mine], money=sums_of(values))


def _technology(said: dict[str, Any]) -> bool:
    if said.get("kind") == "joint_venture":
        return said.get("contribution") not in (None, "none")
    return said.get("kind") in {"development", "technical_service", "patent_licence", "know_how_licence", "assignment"}
