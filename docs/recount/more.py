"""Money, assessments, conflicts and workload, counted from the events with nothing of the product."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from .cases import Case
from .programme import Programme
from .rows import row, sums_of, through_the_middle

NOTHING = {"declined", "no_answer", "cancelled", "failed"}
DOORS = {"first_door": "approved", "bank": "bank_approved", "registered": "registered", "paid": "paid_out"}
LATE = ("not_due", "up_to_5", "up_to_20", "over_20", "aftercare")
STAGES = {"wanted": {"ready"}, "offered": {"terms_agreed"}, "closed": {"cp_met", "cp_part"}}


def chains(case: Case, service: str) -> list[list[dict[str, Any]]]:
    """All that was done in each chain of requests, one after another."""
    sent: list[tuple[int, str, int | None]] = []
    for id, track in case.tracks.items():
        mine = [one for one in case.fired if one["track"] == id]
        begun = [one["seq"] for one in mine if one["part"] == "sends"]
        if track["kind"] == service and track["part"] == "request" and begun:
            ended = mine[-1]["seq"] if mine[-1]["to"] and mine[-1]["to"][0] in NOTHING else None
            sent.append((begun[0], id, ended))
    found: list[list[tuple[int, str, int | None]]] = []
    for one in sorted(sent):
        for chain in found:
            ended = chain[-1][2]
            if ended is not None and ended < one[0]:
                chain.append(one)
                break
        else:
            found.append([one])
    return [
        [done for done in case.fired if case.tracks[done["track"]].get("parent") in {id for _, id, _ in chain}]
        for chain in found
    ]


def line(of: dict[str, Any], there: list[tuple[str, Any]], among: int) -> dict[str, Any]:
    amounts = [done["data"]["amount"] for _, done in there if done["data"].get("amount")]
    return row(of, len(there), among, cases=[number for number, _ in there], money=sums_of(amounts))


def through(told: list[tuple[str, list[dict[str, Any]]]], names: set[str]) -> list[tuple[str, Any]]:
    found = [(number, [one for one in done if one["name"] in names]) for number, done in told]
    return [(number, done[-1]) for number, done in found if done]


def loans(programme: Programme) -> list[dict[str, Any]]:
    told = [(case.number, done) for case in programme.cases for done in chains(case, "pledge")]
    rows = [row({"what": "sent"}, len(told), cases=[number for number, _ in told])]
    doors = {door: through(told, {name}) for door, name in DOORS.items()}
    rows += [line({"what": door}, there, len(told)) for door, there in doors.items()]
    rows.append(line({"what": "second_over_first"}, doors["bank"], len(doors["first_door"])))
    paid, late, owing = 0, [], []
    for case in programme.cases:
        for id, track in case.tracks.items():
            mine = [one for one in case.fired if one["track"] == id]
            payments = [one for one in mine if one["name"] == "paid_out"]
            if track["workflow"] != "pledge" or not payments:
                continue
            paid += 1
            if mine[-1]["to"] == ["overdue"] and track["live"]:
                amount = payments[-1]["data"]["amount"]
                back = sum(
                    Decimal(str(task["result"]["principal"]["amount"]))
                    for task in case.tasks.values()
                    if (task["track"], task["name"], task["state"]) == (id, "repayment", "Completed")
                    and task["result"].get("principal")
                )
                late.append(case.number)
                owing.append({**amount, "amount": str(max(Decimal(0), Decimal(str(amount["amount"])) - back))})
    rows.append(row({"what": "overdue"}, len(late), paid, cases=late, money=sums_of(owing)))
    return rows


def finance(programme: Programme) -> list[dict[str, Any]]:
    told = [(case.number, done) for case in programme.cases for done in chains(case, "finance")]
    groups: list[tuple[dict[str, Any], list[Any]]] = [({}, told)]
    for label, action in (("instrument", "ready"), ("item", "green")):
        said = [(one, [done["data"].get(label) for done in one[1] if done["name"] == action][-1:]) for one in told]
        for value in sorted({values[0] for _, values in said if values and values[0] is not None}):
            groups.append(({label: value}, [one for one, values in said if values == [value]]))
    rows = []
    for of, mine in groups:
        among = len(through(mine, STAGES["wanted"]))
        rows += [line({"what": stage, **of}, through(mine, names), among) for stage, names in STAGES.items()]
    return rows


def assessments(programme: Programme) -> list[dict[str, Any]]:
    ended: list[tuple[str, str, int | None]] = []
    for case in programme.cases:
        for id, track in case.tracks.items():
            mine = [one for one in case.fired if one["track"] == id]
            if track["workflow"] != "assessment" or track["live"] or track.get("replaced"):
                continue
            begun = [one["on"] for one in mine if one["name"] == "admit"]
            issued = [one["on"] for one in mine if one["name"] in ("issue_pass", "issue_limits", "issue_fail")]
            took = programme.days.worked(begun[0], issued[0]) if begun and issued else None
            ended.append((case.number, mine[-1]["to"][0], took))
    rows = []
    for verdict in sorted({one[1] for one in ended}):
        here = [one[0] for one in ended if one[1] == verdict]
        rows.append(row({"what": "verdict", "verdict": verdict}, len(here), len(ended), cases=here))
    told = [one for one in ended if one[2] is not None]
    middle = through_the_middle(sorted(float(one[2] or 0) for one in told))
    rows.append(row({"what": "issued"}, len(told), len(ended), cases=[one[0] for one in told], **middle))
    signed = [
        (case, case.steps["agreement_signed"].isoformat())
        for case in programme.cases
        if "agreement_signed" in case.steps
    ]
    stated = [
        case.number
        for case, day in signed
        if any(
            one["verdict"] in ("verified", "verified_with_limits") and one["issued_on"] <= day <= one["valid_until"]
            for one in case.statements
        )
    ]
    rows.append(row({"what": "signed_with_statement"}, len(stated), len(signed), cases=stated))
    without = []
    for case in programme.cases:
        mine = [
            one
            for one in case.fired
            if one["track"] == case.main and one["name"] in ("skip_assessment", "waive_assessment")
        ]
        without += [(case.number, mine[0]["data"].get("reason"))] if mine else []
    for reason in sorted({one[1] for one in without}):
        here = [one[0] for one in without if one[1] == reason]
        rows.append(row({"what": "waived", "reason": reason}, len(here), len(without), cases=here))
    return rows


def conflicts(programme: Programme) -> list[dict[str, Any]]:
    sent = sum(
        any(one["track"] == id and one["part"] == "sends" for one in case.fired)
        for case in programme.cases
        for id, track in case.tracks.items()
        if track["part"] == "request"
    )
    done = [(case.number, one) for case in programme.cases for one in case.fired]
    declared = {(number, one["actor"]) for number, one in done if one["name"] == "declare_conflict"}
    rows = [row({"what": "declared"}, len(declared), sent, cases=[number for number, _ in declared])]
    for what, name in (("upheld", "uphold_conflict"), ("waived", "waive_conflict"), ("replaced", "name_other_person")):
        here = [number for number, one in done if one["name"] == name]
        rows.append(row({"what": what}, len(here), sent, cases=here))
    live = len([case for case in programme.cases if not case.closed])
    stops = {number for number, one in done if one["name"] == "compliance_stop"}
    refused = [case.number for case in programme.cases for name in case.refused if name == "compliance_stop"]
    rows.append(row({"what": "stops_confirmed"}, len(stops), live, cases=stops, share=False))
    rows.append(row({"what": "stops_refused"}, len(refused), live, cases=refused, share=False))
    return rows


def second_sites(programme: Programme) -> list[dict[str, Any]]:
    accepted = [case for case in programme.cases if "site_accepted" in case.steps]
    more = []
    for case in accepted:
        scaled = any(one["name"] == "scale_up" and one["track"] == case.main for one in case.fired)
        further = [
            task["result"].get("further_sites")
            for task in case.tasks.values()
            if task["name"] == "follow_up" and task["state"] == "Completed"
        ]
        if scaled or any(further) or case.log in programme.followed:
            more.append(case.number)
    return [row({"what": "became_more"}, len(more), len(accepted), cases=more)]


def _late(programme: Programme, task: dict[str, Any]) -> str:
    """By how many working days it is late."""
    due = datetime.fromisoformat(task["due"]) if task.get("due") else None
    if task["aftercare"]:
        return "aftercare"
    if due is None or due >= programme.until:
        return "not_due"
    days = programme.days.worked(programme.days.day(due), programme.days.day(programme.until))
    return "up_to_5" if days <= 5 else "up_to_20" if days <= 20 else "over_20"


def workload(programme: Programme) -> list[dict[str, Any]]:
    cells: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    queues: dict[str, list[tuple[str, str, int]]] = defaultdict(list)
    for case in programme.cases:
        if not case.closed and case.owner:
            cells[case.owner]["live_cases"].append(case.number)
        for task in case.tasks.values():
            if task["queue"] in ("provider", "provider_lead"):
                continue
            if task["state"] in ("Ready", "Reserved", "InProgress", "Suspended") and task.get("holder"):
                cells[task["holder"]][_late(programme, task)].append(case.number)
            elif task["state"] == "Ready":
                age = programme.days.worked(programme.days.day(task["opened"]), programme.days.day(programme.until))
                queues[task["queue"]].append((case.number, _late(programme, task), age))
    rows = []
    for officer, mine in cells.items():
        for what in ("live_cases", *LATE):
            rows.append(row({"officer": officer, "what": what}, len(mine[what]), cases=mine[what]))
    return rows + [line for queue, waiting in queues.items() for line in _untaken(queue, waiting)]


def _untaken(queue: str, waiting: list[tuple[str, str, int]]) -> list[dict[str, Any]]:
    """What nobody has taken of a queue: of each the case, how late it is, and for how many working days it has lain there."""
    of, ages = {"queue": queue, "what": "untaken"}, sorted(age for _, _, age in waiting)
    more = {"cases": [one[0] for one in waiting], "amount": ages[-1], **through_the_middle([*map(float, ages)])}
    rows = [row({**of, "unit": "working_days"}, len(waiting), **more)]
    for late in LATE:
        found = [number for number, bucket, _ in waiting if bucket == late]
        rows.append(row({**of, "late": late}, len(found), cases=found))
    return rows
