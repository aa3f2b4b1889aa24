"""The yardstick of a server: two Flask views that write the same rows in SQLAlchemy Core, bound by no policy, and check nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from flask import Flask, request
from sqlalchemy import Connection, CursorResult, TextClause, create_engine, make_url, text

from benchmarks.world import STEPS, UNBOUND, World
from benchmarks.yardstick import Constants, Hand, SameRows


class Core:
    """The yardstick's statements by SQLAlchemy, each made once."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> CursorResult[Any]:
        return self.connection.execute(_made(statement), {f"p{n}": value for n, value in enumerate(values)})

    def commit(self) -> None:
        self.connection.commit()


@cache
def _made(statement: str) -> TextClause:
    head, *parts = statement.split("%s")
    return text(head + "".join(f":p{n} {part}" for n, part in enumerate(parts)))


def make_bare(world: World, constants: Constants) -> Flask:
    app, settings = Flask("bare"), world.settings
    engine = create_engine(
        make_url(world.superuser_url()).set(drivername="postgresql+psycopg"),
        connect_args={"options": UNBOUND},
        pool_size=settings.pool_size,
        max_overflow=settings.pool_overflow,
    )

    @app.post("/claim")
    def claim() -> dict[str, Any]:
        hand = Hand(**request.get_json())
        with engine.connect() as connection:
            SameRows(world, constants, Core(connection)).claim(hand)
        return {"id": hand.task, "state": "Reserved", "holder": world.officer}

    @app.post("/complete")
    def complete() -> dict[str, Any]:
        hand = Hand(**{name: value for name, value in request.get_json().items() if name != "data"})
        with engine.connect() as connection:
            SameRows(world, constants, Core(connection)).complete(hand, STEPS)
        return {"log": hand.log, "seq": hand.seq, "step": hand.step}

    return app
