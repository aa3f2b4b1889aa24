"""How fast records come in from a file."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator

from benchmarks.figures import Figure, Scale
from benchmarks.world import World
from casework.operations.catalogue.importer import import_records


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    engine = world.engine()
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(["external_id", "title", "problem"])
    table.writerows([f"n{n}", f"Heat from waste water, site {n}", "The heat is lost today."] for n in range(scale.rows))
    file = io.BytesIO(written.getvalue().encode())
    start = time.perf_counter()
    report = import_records(engine, "needs", file, programme="BENCH", source="bench-file", name="needs.csv")
    took = time.perf_counter() - start
    engine.dispose()
    assert not report.faults, report.faults[:3]
    yield Figure(f"import of {scale.rows:,} needs", scale.rows / took, "rows/s")
