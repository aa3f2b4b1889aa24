"""Whole pages among many tasks and events, against the very statements that they send, sent without the application."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import Engine

from benchmarks.figures import Figure, Scale, ms, percentile, spread, take_turns
from benchmarks.large import Large, large
from benchmarks.statements import captured, replay
from casework.operations.auth.sessions import begin_session
from casework.operations.cases.case_events import list_events
from casework.operations.cases.queries import find_case, show_case
from casework.records.database import transaction
from casework.web.app import create_app


def measure(scale: Scale) -> Iterator[Figure]:
    with large(scale.pages_at, scale.events, scale.queues) as scene:
        yield from _pages(scene, scale)
        yield from _data_of_a_case(scene, scale)


def _pages(scene: Large, scale: Scale) -> Iterator[Figure]:
    world = scene.world
    app = create_app(world.settings)
    engine = app.extensions["casework"]
    with world.connect() as plain:
        for name, path, person in (
            ("my work", "/", world.officer),
            ("queues of a supervisor", "/queues", world.supervisor),
            ("queues of an officer", "/queues", world.officer),
            (f"{scale.queues} queues", "/queues", scene.many),
            ("case list", "/cases", world.officer),
            ("case page", f"/cases/{scene.number}", world.officer),
        ):
            view = _view(app.test_client(), _sign_in(engine, person), path)
            view()
            with captured(engine.url.database) as sent:
                view()
            kept = list(sent)
            turns = list(
                take_turns((view, partial(replay, plain, kept)), repetitions=scale.repetitions, calls=scale.views)
            )
            ratios = [median(ours) / median(bare) for ours, bare in turns]
            whole, bare = ([seconds for turn in turns for seconds in turn[side]] for side in (0, 1))
            high, low = percentile(whole, 99), percentile(bare, 99)
            detail = (
                f"{spread(ratios)}; p50 {ms(median(whole))} against {ms(median(bare))},"
                f" p99 {ms(high)} against {ms(low)} ({high / low:.2f} x)"
            )
            yield Figure(f"page: {name}", median(ratios), "x its bare SQL", detail=detail)
            yield Figure(f"page: {name}, queries", len(kept), "statements")
    engine.dispose()


def _sign_in(engine: Engine, person: str) -> str:
    """A session, as it stands after a sign-in."""
    with transaction(engine) as db:
        return begin_session(db, person, {})


def _view(browser: FlaskClient, secret: str, path: str) -> Callable[[], None]:
    browser.set_cookie("sid", secret)

    def view() -> None:
        answer = browser.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"

    return view


def _data_of_a_case(scene: Large, scale: Scale) -> Iterator[Figure]:
    world = scene.world
    engine = world.engine()
    actor = world.actor(engine, world.officer)
    with world.connect() as plain, transaction(engine) as db:
        case, _ = find_case(db, actor, scene.number)
        acts = {
            "data of a case page": lambda: show_case(db, actor, scene.number),
            "40 events of a case": lambda: list_events(db, actor, case, limit=40),
        }
        for name, act in acts.items():
            turns = list(
                take_turns(
                    (act, lambda: plain.execute("SELECT * FROM cases WHERE id = %s", (case.log,)).fetchone()),
                    repetitions=scale.repetitions,
                    calls=min(50, scale.reads),
                )
            )
            ratios = [median(ours) / median(other) for ours, other in turns]
            detail = f"{spread(ratios)}; {ms(median(turns[-1][0]))}"
            yield Figure(f"{name}, of {scene.events:,} events", median(ratios), "x a lookup by key", 15, True, detail)
    engine.dispose()
