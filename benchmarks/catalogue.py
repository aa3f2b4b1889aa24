"""How fast a catalogue comes in: what is checked of it alone, the import with index and marks of twins, the same file again, and twins.

The yardstick copies the same rows by COPY into one bare table that has a key and nothing else. Seconds of the processor are this
process's own, without the server's. Of twins it is known which there are: one record in twenty is told twice in the same words, one
in twenty in other words, and one in twenty is another model, told in the words of the first with another figure.
"""

from __future__ import annotations

import csv
import io
import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import Figure, Scale, percentile
from benchmarks.world import World
from casework.engine.case_objects.programme_lists import GLOSSARY, offered, overlay
from casework.operations.catalogue.import_reader import read_rows
from casework.operations.catalogue.import_schemas import REQUIRED, read
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.twins import search_twins
from casework.records.database import transaction

HEADER = (
    "external_id",
    "title",
    "title_zh",
    "owner",
    "description",
    "benefits",
    "readiness",
    "developed_in",
    "deployed_in",
    "standards",
)
#: Words by how often they are said: the nth as often as 1/n.
WORDS = 6_000
#: Of each so many records which are the one before it again: in the same words, in others, and as another model.
TWICE, SAME, RETOLD, MODEL = 20, 1, 11, 15
_SYLLABLES = [
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "ha",
    "je",
    "ki",
    "lo",
    "mu",
    "na",
    "pe",
    "ri",
    "so",
    "tu",
    "va",
    "we",
    "xi",
    "yo",
    "za",
]
#: What the programme's glossary says in both languages: each description says one of them.
TERMS = tuple((entry.label_zh or "", entry.label) for entry in offered(overlay(())[GLOSSARY]))
_CHINESE = ("热泵", "储能", "沼气", "膜分离", "余热回收", "污泥干化", "碳捕集", "光伏")


def catalogue(count: int, seed: int = 1) -> bytes:
    """A table of so many technologies, the same each time."""
    chance = random.Random(seed)
    words = ["".join(chance.choices(_SYLLABLES, k=3)) for _ in range(WORDS)]
    often = [1 / rank for rank in range(1, WORDS + 1)]
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(HEADER)
    told: list[str] = []
    for n in range(count):
        if n % TWICE == RETOLD:
            told = _retold(told, random.Random(n))
        elif n % TWICE == MODEL:
            told = [*told[:3], told[3].replace("50 kW", "80 kW"), *told[4:]]
        elif n % TWICE != SAME:
            said = chance.choices(words, often, k=90)
            title = " ".join(said[:7])
            zh = chance.choice(_CHINESE) + "装置" if n % 16 == 0 else ""
            told = [
                title,
                zh,
                f"Works {n % 900}",
                f"{' '.join(said[7:])} {TERMS[n % len(TERMS)][1]}" + (" 50 kW" if n % TWICE == MODEL - 1 else ""),
                "Energy;Water",
                f"TRL {1 + n % 9}",
                "CN",
                "DE;CN",
                "ISO 14001" if n % 5 == 0 else "",
            ]
        table.writerow([f"t{n}", *told])
    return written.getvalue().encode()


def _retold(told: list[str], chance: random.Random) -> list[str]:
    """The same technology, entered by somebody else: some words changed, the end cut off, an article or capitals in the title."""
    title, zh, owner, description, *rest = told
    words, how = description.split(), chance.random()
    for _ in range(len(words) // 25):
        words[chance.randrange(len(words))] = chance.choice(words)
    title = title.upper() if how > 0.7 else f"A {title}" if how < 0.3 else title
    return [title, zh, owner, " ".join(words[: len(words) * 85 // 100] if how < 0.4 else words), *rest]


def twins_in(count: int, place: int) -> set[tuple[str, str]]:
    """The pairs of a table of so many technologies that are told in one of the two ways, by their numbers."""
    return {(f"t{n - 1}", f"t{n}") for n in range(place, count, TWICE)}


@contextmanager
def written(content: bytes) -> Iterator[Path]:
    """The table as a file: what an import keeps in memory is its own."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "t.csv"
        file.write_bytes(content)
        yield file


@dataclass(frozen=True)
class Spent:
    """What a part of the work took; the peak is that of its process, in MB."""

    wall: float
    cpu: float
    peak: float
    came: Any


def spend(act: Callable[[], Any]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    came = act()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu, _peak(), came)


def _peak() -> float:
    """The most memory that this process has had, in MB. Not `ru_maxrss`: that counts what the process had which began this one."""
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) / 1024


def bring_in(world: World, file: Path) -> Any:
    """Import a file, and give how many records were new and how many changed."""
    engine = world.engine()
    with file.open("rb") as opened:
        report = import_records(engine, "technologies", opened, programme="BENCH", source="bench", name=file.name)
    engine.dispose()
    assert not report.faults, report.faults[:3]
    return report.created, report.updated


#: Which twins were found, by the numbers of the table.
_FOUND = """
    SELECT x.external_id, y.external_id FROM twin_pairs p JOIN technologies x ON x.id = p.one_id JOIN technologies y ON y.id = p.other_id
    WHERE NOT p.apart
"""


def find_twins(world: World) -> Any:
    engine = world.engine()
    looked = search_twins(engine, world.programme)
    with transaction(engine) as db:
        pairs = {tuple(sorted(pair, key=lambda name: int(name[1:]))) for pair in db.exec_driver_sql(_FOUND).all()}
    engine.dispose()
    return looked, pairs


def check(content: bytes) -> int:
    return sum(
        read("technologies", row.values)[0] is not None
        for row in read_rows(io.BytesIO(content), REQUIRED["technologies"])
    )


def copy(world: World, content: bytes) -> None:
    """The same rows by COPY."""
    columns = ", ".join(f"{name} text" for name in HEADER)
    with world.unbound() as db, db.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS bench_rows ({columns}, PRIMARY KEY (external_id))")
        with cursor.copy("COPY bench_rows FROM STDIN WITH (FORMAT csv, HEADER)") as into:
            into.write(content)
        db.commit()
        cursor.execute("DROP TABLE bench_rows")
        db.commit()


def _apart(act: Callable[..., Any], *given: Any) -> Spent:
    """In a process of its own, whose memory is that of the work alone."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_spend, (act, given))


def _spend(act: Callable[..., Any], given: tuple[Any, ...]) -> Spent:
    return spend(lambda: act(*given))


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    count = scale.records
    content = catalogue(count)
    checked = spend(lambda: check(content))
    assert checked.came == count
    yield Figure(f"check {count:,} technologies", count / checked.cpu, "rows/s of CPU", 10_000)
    with written(content) as file:
        yield from _brought_in(world, content, file, count)


def _brought_in(world: World, content: bytes, file: Path, count: int) -> Iterator[Figure]:
    copied = percentile([spend(lambda: copy(world, content)).wall for _ in range(3)], 50)
    done = _apart(bring_in, world, file)
    assert done.came[0] == count
    yield Figure(
        f"import {count:,} technologies",
        count / done.wall,
        "rows/s",
        detail=f"{done.wall:.1f} s, {done.cpu:.1f} s of CPU",
    )
    yield Figure("import / the same rows by COPY", done.wall / copied, "times", detail=f"COPY {copied:.2f} s")
    again = _apart(bring_in, world, file)
    assert again.came == (0, 0), again.came
    yield Figure(
        "the same file again", count / again.wall, "rows/s", detail=f"{again.wall:.1f} s, {again.cpu:.1f} s of CPU"
    )
    twins = _apart(find_twins, world)
    yield Figure(
        "look for their twins",
        count / twins.wall,
        "records/s",
        detail=f"{twins.wall:.1f} s, {twins.cpu:.1f} s of CPU, {len(twins.came[1]):,} pairs",
    )
    yield from _how_well(twins.came[1], count)
    yield Figure(
        "memory of import and twins",
        max(done.peak, twins.peak),
        "MB",
        300,
        most=True,
        detail=f"import {done.peak:.0f} MB",
    )
    whole = done.wall + twins.wall
    yield Figure(
        "import and twins, of 130,000", whole * 130_000 / count, "s", 180, most=True, detail=f"{whole:.1f} s here"
    )


def _how_well(found: set[tuple[str, str]], count: int) -> Iterator[Figure]:
    """How many of the twins that there are were found, and how many of those that were found are twins."""
    same, retold = twins_in(count, SAME), twins_in(count, RETOLD)
    for name, there, aim in (("in the same words", same, 1.0), ("in other words", retold, 0.88)):
        share = len(found & there) / len(there)
        yield Figure(f"twins {name}: found", share, "of 1", aim, detail=f"{len(found & there):,} of {len(there):,}")
    # Those in the same words left out, which nobody could miss.
    others = found - same
    right = len(others & retold) / max(1, len(others))
    yield Figure(
        "found in other words: twins", right, "of 1", 0.98, detail=f"{len(others & retold):,} of {len(others):,}"
    )
