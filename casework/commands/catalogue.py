"""The command `catalogue`: the index of needs and technologies, and how good what it finds is."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine

from casework.commands.database import make_where_none_is
from casework.errors import InvalidForm, UnknownName
from casework.matching.weights import FIRST, SHIPPED, Weights, values_of, weights_of
from casework.operations.matching import judging, meanings, reindexing
from casework.operations.matching.similar_texts import Without
from casework.operations.matching.text_model import installed
from casework.operations.people import programme_weights
from casework.records.database import connect_engine, transaction
from casework.settings import load_settings


@click.group()
def catalogue() -> None:
    """Look after the catalogue: what of it can be found, and how well."""


@catalogue.command()
@click.option("--programme", metavar="CODE", help="The programme. [all of them]")
@click.option("--again", is_flag=True, help="Make every record again, also where nothing has changed.")
def index(programme: str | None, *, again: bool) -> None:
    """Bring the index after the needs and technologies. It goes on where it was ended, and may be run at any time."""
    engine = connect_engine(load_settings())
    try:
        programmes = reindexing.programmes_of(engine, programme)
        if programme and not programmes:
            raise UnknownName("programme", programme)
        with _progress() as bar:
            task, done = bar.add_task("records", total=None), 0
            for id in programmes:
                done += reindexing.reindex(
                    engine,
                    id,
                    again=again,
                    progress=lambda noun, more: bar.update(task, description=noun, advance=more),
                )
    finally:
        engine.dispose()
    click.echo(f"Indexed {done:,} records." if done else "Every record is in the index as it stands.")


@catalogue.command()
@click.option("--programme", metavar="CODE", help="The programme. [all of them]")
@click.option("--off", is_flag=True, help="Switch it off, and forget what was kept.")
def embed(programme: str | None, *, off: bool) -> None:
    """Switch on that needs are met by similar texts too, and look at what each technology means.

    It takes a thirtieth of a second for a text of 700 letters, goes on where it was ended, and may be run at any time. From then
    on a worker looks at what is new. It needs the model, which is installed by itself.
    """
    if not off and not installed():
        raise click.ClickException("The model is not installed: docs/how-to/switch-on-similar-texts.md says how to.")
    engine = connect_engine(load_settings())
    try:
        programmes = reindexing.programmes_of(engine, programme)
        if programme and not programmes:
            raise UnknownName("programme", programme)
        with _progress() as bar:
            done = 0
            for id in programmes:
                if off:
                    meanings.switch_off(engine, id)
                    continue
                meanings.switch_on(engine, id)
                told = partial(_tell, bar, bar.add_task("technologies"))
                done += meanings.embed(engine, id, progress=told)
    finally:
        engine.dispose()
    if off:
        click.echo("Needs are met by words alone.")
    else:
        click.echo(f"Looked at {done:,} technologies." if done else "Every technology was looked at as it stands.")


@catalogue.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option(
    "--weights",
    "said",
    metavar="FILE|CODE:N",
    help="Order by these weights: a file of JSON, or version N of the programme CODE. [as the product begins]",
)
@click.option(
    "--words", "words_only", is_flag=True, help="Compare no texts by what they mean, also where a model is there."
)
def judge(folder: Path, *, as_json: bool, words_only: bool, said: str | None) -> None:
    """Measure ranked lists on the judged collection in FOLDER, beside plain BM25.

    FOLDER holds documents.jsonl (id, title, text), queries.jsonl (id, text, language) and qrels.tsv (query, document, grade). They are
    indexed in temporary tables, of which nothing stays. Where there is no database yet, one is made. A file of weights says what is
    to be tried before anybody proposes it: {"title": 3, "b": 0.6}; what it does not name is as the product begins.
    """
    try:
        collection = judging.read_collection(folder)
    except ValueError as fault:
        raise click.ClickException(str(fault)) from None
    settings = load_settings()
    make_where_none_is(settings)
    engine = connect_engine(settings)
    try:
        weights = _weights_of(engine, said)
        with _progress() as bar:
            task = bar.add_task("documents")
            figures = judging.judge(
                engine,
                collection,
                similar=not words_only,
                weights=weights,
                progress=lambda what, done, of: bar.update(task, description=what, completed=done, total=of),
            )
    finally:
        engine.dispose()
    if as_json:
        click.echo(json.dumps(figures))
        return
    for name in ("bm25", "words", "ours"):
        click.echo(f"{name:<6}" + "  ".join(f"{measure} {value:.4f}" for measure, value in figures[name].items()))
    by = "" if figures["p"] is None else f", by chance as far from words alone in {figures['p']:.4f} of cases"
    if said is not None:
        click.echo(f"Weights: {', '.join(f'{name} {value}' for name, value in figures['weights'].items())}.")
    click.echo(f"Channels: {', '.join(figures['channels'])}{by}.")
    for channel, why in figures["without"].items():
        told = ", ".join(f"{_WITHOUT[reason]} ({count:,} queries)" for reason, count in why.items())
        click.echo(f"Without {channel}: {told}.")
    click.echo(f"{figures['documents']:,} documents, {figures['queries']:,} queries, {figures['seconds']} s.")


def _weights_of(engine: Engine, said: str | None) -> Weights:
    """The weights of a file, or of a version of a programme."""
    if said is None:
        return SHIPPED
    if (version := _VERSION.fullmatch(said)) is not None and not Path(said).exists():
        with transaction(engine) as db:
            for id in reindexing.programmes_of(engine, version[1]):
                if (found := programme_weights.version_of(db, id, int(version[2]))) is not None:
                    return found
        raise click.ClickException(f"{said}: there is no such version of a programme's weights.")
    try:
        with Path(said).open("rb") as file:
            told = json.loads(file.read(_MOST_BYTES))
        if not isinstance(told, dict):
            raise ValueError("an object is wanted")
        return weights_of(FIRST, programme_weights.cleaned(told, values_of(SHIPPED)))
    except InvalidForm as refusal:
        faults = "; ".join(f"{name}: {why}" for name, why in sorted(refusal.fields.items()))
        raise click.ClickException(f"{said}: {faults}") from None
    except (OSError, ValueError, RecursionError) as fault:
        raise click.ClickException(f"{said}: this is no file of weights ({fault}).") from None


#: A version of a programme's weights, and as much as a file of weights may have.
_VERSION, _MOST_BYTES = re.compile(r"([A-Z]{2,8}):([0-9]{1,6})"), 100_000
#: Why what texts mean was not compared.
_WITHOUT = {
    judging.NOT_ASKED: "--words was given",
    Without.NOT_INSTALLED: "the model is not installed",
    Without.NOT_SWITCHED_ON: "it is not switched on",
    Without.NOT_MADE: "the model could read no document",
    Without.LANGUAGE: "in a language that the model does not know",
}


def _tell(bar: Progress, task: TaskID, done: int, of: int) -> None:
    bar.update(task, completed=done, total=of)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)
