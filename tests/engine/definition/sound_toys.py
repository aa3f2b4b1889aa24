"""Small workflows without a fault, into which tests sow one."""

from __future__ import annotations

from casework.engine import parts, roles
from casework.engine.definition.forms import Date, Items, Note
from casework.engine.definition.grammar import (
    Also,
    Final,
    Form,
    Parallel,
    Stage,
    State,
    Task,
    Track,
    Workflow,
    any_of,
    calendar_days,
    previous,
    same,
    until,
    working_days,
)
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard


@guard(rule="Nobody is in dispute.", refusal="Someone is in dispute.", sealed=True)
def toy_reads_a_sealed_log(f: Facts) -> bool:
    return True


class Report(Form):
    on = Date(label="On")
    items = Items(label="Items", required=False)
    note = Note(label="Note")


def _state(label: str, queue: str = roles.Role.OFFICER) -> State:
    return State(label, queue, working_days(5), "Step")


class Sound(Workflow):
    a = _state("A")
    b = _state("B")
    checks = Parallel(
        "Checks",
        lab=Stage("Lab", trying=_state("Trying"), good=Final("Good")),
        site=Stage("Site", visiting=_state("Visiting", roles.Role.SUPERVISOR), seen=Final("Seen")),
    )
    talks = Stage("Talks", first=_state("First"), agreed=Final("Agreed"))
    held = _state("Held")
    done = Final("Done")

    go = a.to(
        b,
        by=roles.Role.OFFICER,
        form=Report,
        opens=[
            Task(
                "look",
                "Look",
                roles.Role.OFFICER,
                calendar_days(5, since="on"),
                Report,
                after=calendar_days(3, since="on"),
            ),
            Task("each", "Do each", roles.Role.OFFICER, until("by"), per="items:items"),
        ],
    )
    split = b.to(checks, by=roles.Role.OFFICER, not_by=("go", "look"), ends=("look",), form=Report)
    fine = checks["lab"]["trying"].to(checks["lab"]["good"], by=roles.Role.OFFICER)
    see = checks["site"]["visiting"].to(checks["site"]["seen"], by=roles.Role.SUPERVISOR)
    both = checks.then(talks)
    agree = talks["first"].to(talks["agreed"], by=roles.Role.OFFICER)
    end = talks.then(done)
    hold = any_of(a, b).to(held, by=roles.Role.OFFICER)
    resume = held.to(previous(), by=roles.Role.OFFICER)
    lapse = held.after(calendar_days(9, since="go.on"), done)
    remark = b.to(same(), by=roles.Role.OFFICER)
    reopen = done.to(a, by=roles.Role.SUPERVISOR, reopens=True)

    milestones = {"agreed": [done]}
    on_request = (((b,), (roles.Role.OFFICER,), Task("extra", "More", roles.Role.OFFICER, working_days(5))),)


class Above(Workflow):
    workflow = "referral"
    part = parts.REFERRAL

    w = State("W", roles.Role.OFFICER, working_days(5), "Step", part=parts.UNSENT)
    x = _state("X")
    y = Final("Y")

    dispatch = w.to(x, by=roles.Role.OFFICER, part=parts.SENDS)
    agree = x.to(same(), by=roles.Role.OFFICER, part=parts.ACCEPTS)
    start = x.to(y, by=roles.Role.OFFICER, also=(Also("child", "stop"),))
    other = x.to(same(), by=roles.Role.OFFICER, opens=[Track("below")])


class Below(Workflow):
    inside = "referral"
    first_step_fires = "start"

    x = _state("X")
    y = Final("Y")

    stop = x.to(y, by=roles.Role.OFFICER, also=(Also("parent", "start"), Also("referrals", "start")))
