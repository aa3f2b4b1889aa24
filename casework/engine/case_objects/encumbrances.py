"""An IP right's encumbrances as its log tells them: pledges, licences, transfers, and what came from outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from casework.engine.state.events import RegisterEvent
from casework.engine.state.right_values import Encumbrance

RECORDED, CONFIRMED, ENCUMBERED, RELEASED = "recorded", "confirmed", "encumbered", "released"
#: Somebody said which technologies a right protects, or whose it is.
BELONGS = "belongs"
#: An officer has entered what came of no case here, put it right in place, or recorded its end.
BURDEN_ENTERED, BURDEN_CORRECTED, BURDEN_ENDED = "burden_entered", "burden_corrected", "burden_ended"
FROM_OUTSIDE = (BURDEN_ENTERED, BURDEN_CORRECTED, BURDEN_ENDED)
#: An office has made a record of what a case laid on it.
BURDEN_INSCRIBED = "burden_inscribed"
#: That record was changed: it says another amount or another last day now.
BURDEN_CHANGED = "burden_changed"
#: A case has found up to which day the fee is paid.
FEE_CHECKED = "fee_checked"
#: Another right stands in its place, to which all that lay on it went; or it stands in another one's, and has that.
MERGED, TOOK_OVER = "merged", "took_over"
#: What the log of a right has of cases.
FROM_CASES = (ENCUMBERED, RELEASED, BURDEN_INSCRIBED, BURDEN_CHANGED, FEE_CHECKED)
#: Under which number it stands in its register: a word of the event's body, which may be erased.
NUMBER = "recorded_number"


def encumbrances(events: Iterable[RegisterEvent]) -> list[Encumbrance]:
    """What lies on the right after these events."""
    burdens: list[Encumbrance] = []
    for event in events:
        burdens = after(burdens, event)
    return burdens


def after(burdens: list[Encumbrance], event: RegisterEvent) -> list[Encumbrance]:
    """The encumbrances after one more event; one that has ended keeps its place, with the day on which it did."""
    if event.kind == ENCUMBERED:
        return [*burdens, event.effects["encumbrance"]]
    if event.kind == BURDEN_ENTERED:
        return [*burdens, _told(event)]
    if event.kind == BURDEN_CORRECTED:
        told = _told(event)
        return [told if burden["id"] == told["id"] else burden for burden in burdens]
    if event.kind == BURDEN_INSCRIBED:
        said, inscribed = event.body.get(NUMBER), set(event.effects["inscribed"])
        number, day = said if isinstance(said, str) else None, event.effects["on"]
        return [
            {**burden, "number": number, "inscribed_on": day} if burden["id"] in inscribed else burden
            for burden in burdens
        ]
    if event.kind == BURDEN_CHANGED:
        changed, says = set(event.effects["changed"]), _says(event)
        return [{**burden, **says} if burden["id"] in changed else burden for burden in burdens]
    if event.kind == TOOK_OVER:
        return [*burdens, *(_taken_over(event, burden) for burden in event.effects.get("burdens", ()))]
    if event.kind == MERGED:
        return []
    if event.kind in (RELEASED, BURDEN_ENDED):
        ended = set(event.effects["ended"])
        return [{**burden, "to": event.effects["on"]} if burden["id"] in ended else burden for burden in burdens]
    return burdens


def _says(event: RegisterEvent) -> Encumbrance:
    """What the register says otherwise of an encumbrance since a change of its record."""
    says: dict[str, Any] = {name: event.effects[name] for name in ("amount", "until") if name in event.effects}
    return cast(Encumbrance, says | {"changed_on": event.effects["on"]})


def _told(event: RegisterEvent) -> Encumbrance:
    """What an officer has said of an encumbrance; an erased number is none."""
    number = event.body.get(NUMBER)
    return {**event.effects["encumbrance"], "number": number if isinstance(number, str) else None}


def number_of(burden: str) -> str:
    """Where the body of an event has the number of an encumbrance that was taken over."""
    return f"{NUMBER}.{burden}"


def _taken_over(event: RegisterEvent, burden: Encumbrance) -> Encumbrance:
    """As the record had it that went; an erased number is none."""
    if number_of(burden["id"]) not in event.body:
        return burden
    number = event.body[number_of(burden["id"])]
    return {**burden, "number": number if isinstance(number, str) else None}


def standing(burdens: Iterable[Encumbrance], wanted: Mapping[str, Any], case: str) -> list[str]:
    """Ids of a case's encumbrances that stand and match what is to end."""
    return [
        burden["id"]
        for burden in burdens
        if burden["to"] is None
        and burden["case"] == case
        and all(burden.get(key) == value for key, value in wanted.items())
    ]
