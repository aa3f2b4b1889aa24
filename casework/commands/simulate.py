"""The command `simulate`: a programme's year in minutes, and whether everything came when it should."""

from __future__ import annotations

import json
import shutil
import signal
import sys
import tempfile
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from casework.commands.database import make_ready
from casework.demo.simulation import MOST_TOLD, Summary, simulate
from casework.errors import InvalidSettings
from casework.records import embedded
from casework.settings import Settings, load_settings


@click.command("simulate")
@click.option("--cases", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="How many cases.")
@click.option("--days", type=click.IntRange(1, 1000), default=365, show_default=True, help="How many days.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another number, other delays.")
@click.option(
    "--starts", type=click.DateTime(["%Y-%m-%d"]), default="2026-01-05", show_default=True, help="The first day."
)
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
def simulate_command(cases: int, days: int, seed: int, starts: datetime, as_json: bool) -> None:
    """Simulate a programme's time with many cases, and check that everything came at its minute.

    People act late, and sometimes never; reminders, escalations and lapses come from the real clocks. Afterwards every
    one of them is held against a plan that was counted apart, every explained date against its minutes, and every night
    case hygiene is looked at. The same cases, days, seed and first day give the same summary.

    Works in a database of its own, which is gone at the end: nothing of yours is read or changed. Exits with 1 when
    something is not as it should be.
    """
    settings = load_settings()
    if settings.profile == "production":
        raise InvalidSettings("CASEWORK_PROFILE must not be production: the time is simulated.")
    # Whoever is told to stop takes the server along as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    folder = Path(tempfile.mkdtemp(prefix="casework-"))
    # The server may run as a user of its own.
    folder.chmod(0o711)
    try:
        summary = _shown(Settings(profile="demo", var=folder), cases, days, seed, starts)
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder, ignore_errors=True)
    if as_json:
        click.echo(json.dumps(asdict(summary), ensure_ascii=False))
    else:
        _tell(summary)
    if not summary.clean:
        raise click.exceptions.Exit(1)


def _shown(settings: Settings, cases: int, days: int, seed: int, starts: datetime) -> Summary:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Making an empty database", total=None)
        make_ready(settings)

        def day(done: int, of: int) -> None:
            bar.update(task, description="Simulating days", completed=done, total=of)
            if not console.is_terminal and done % 30 == 0:
                console.print(f"{done} of {of} days")

        return simulate(settings, cases=cases, days=days, seed=seed, starts=starts.date(), progress=day)


def _tell(summary: Summary) -> None:
    click.echo(f"{summary.cases} cases over {summary.days} days from {summary.starts}, seed {summary.seed}")
    click.echo(
        f"  {summary.actions} actions, {summary.refused} that came too late, {summary.silent} cases where people fell silent"
    )
    click.echo(f"  {summary.events} events, {summary.clocks} clocks")
    click.echo(f"  fired: {', '.join(f'{n} {what}' for what, n in summary.steps.items()) or 'nothing'}")
    click.echo(f"  {summary.ledgers} explained dates, {summary.counted_minutes} minutes counted")
    click.echo(f"  {summary.nights} nights, {_broken(summary)}")
    click.echo(f"  stand at the end: {', '.join(f'{n} {state}' for state, n in summary.states.items())}")
    click.echo(f"  digest {summary.digest}")
    for words in summary.wrong[:MOST_TOLD]:
        click.echo(f"WRONG: {words}")
    if len(summary.wrong) > MOST_TOLD:
        click.echo(f"… and {len(summary.wrong) - MOST_TOLD} more")
    click.echo("Everything came at its minute." if summary.clean else "Not everything is as it should be.")


def _broken(summary: Summary) -> str:
    return ", ".join(f"{n} times {kind}" for kind, n in summary.breaches.items()) or "all clean"
