"""What a programme has seen by an instant: its stays by step and by track, and whether that is enough to tell from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from casework.engine.forecast.lasting import Lasting
from casework.engine.forecast.past_stays import Stay, Step

#: Of a step so many stays have ended, in so many cases, and so many lasted longer than the present one, or nothing is told: the least and
#: the most of nine enclose one more four times in five, those of fewer do not.
LEAST_ENDED, LEAST_CASES, LEAST_BEYOND = 20, 10, 9

#: Why nothing is told: too few have ended; the stay has outlasted nearly all, or most do not end; nobody else does it; what would have been
#: told lately of such did not come true.
THIN, OUTLASTED, NO_OTHER, UNSTEADY = "thin", "outlasted", "no_other", "unsteady"


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What is known of a step, and why it is not enough."""

    lasting: Lasting
    why_not: str | None


class Past:
    """The stays of a programme's cases up to an instant, as they are or as they were without a provider."""

    def __init__(self, stays: Iterable[Stay], until: datetime, without: str | None = None) -> None:
        self.until, self.without = until, without
        self._by_step: dict[Step, list[Stay]] = {}
        self._by_track: dict[str, list[Stay]] = {}
        self._requests: dict[str, set[str]] = {}
        self._known: dict[tuple[Step, bool], Known] = {}
        for stay in stays:
            self._by_step.setdefault(stay.step, []).append(stay)
            self._by_track.setdefault(stay.track, []).append(stay)
            if stay.is_request:
                self._requests.setdefault(stay.case, set()).add(stay.track)

    def of_track(self, track: str) -> list[Stay]:
        return self._by_track.get(track, [])

    def going_on(self, part: str) -> list[Stay]:
        """The stays of the tracks of a part that go on, in the order in which they began."""
        last = (stays[-1] for stays in self._by_track.values())
        return sorted(
            (stay for stay in last if stay.part == part and stay.end is None), key=lambda stay: (stay.begin, stay.track)
        )

    def stops(self, stay: Stay) -> bool:
        """Whether a stay that goes on has the provider that stops: it is the request's own, or a live request's of the case."""
        if self.without is None:
            return False
        mine = [stay.track] if stay.is_request else sorted(self._requests.get(stay.case, ()))
        return any(self._lies_with(track) for track in mine)

    def _lies_with(self, track: str) -> bool:
        stays = self._by_track[track]
        return stays[-1].end is None and any(self.without in stay.providers for stay in stays)

    def known(self, step: Step, *, asked: bool = False) -> Known:
        """What is known of a step; with `asked`, of those stays alone in which somebody was asked."""
        if (step, asked) not in self._known:
            lasting = Lasting(self._by_step.get(step, ()), self.without, asked=asked, least=LEAST_ENDED)
            few = lasting.ended < LEAST_ENDED or len(lasting.cases) < LEAST_CASES
            why_not = NO_OTHER if lasting.no_other and (few or asked) else THIN if few else None
            self._known[step, asked] = Known(lasting, why_not)
        return self._known[step, asked]

    def first_step(self, step: Step) -> Step:
        """Where a request of the same kind begins: as the newest of another provider did."""
        firsts = [
            stays[0]
            for stays in self._by_track.values()
            if (stays[0].step.workflow, stays[0].step.service) == (step.workflow, step.service)
            and not any(self.without in stay.providers for stay in stays)
        ]
        return max(firsts, key=lambda stay: (stay.begin, stay.track)).step if firsts else step
