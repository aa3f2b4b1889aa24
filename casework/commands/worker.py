"""The command `worker`: what happens by itself."""

from __future__ import annotations

import signal

import click

from casework import logs, telemetry
from casework.commands.serve import insist_ready
from casework.counts import open_folder, writing
from casework.jobs.worker import Worker  # noqa: TID253  this command does nothing else
from casework.records.database import watch_database
from casework.settings import load_settings


@click.command()
@click.option(
    "--concurrency", type=click.IntRange(1, 32), default=4, show_default=True, help="Jobs of each kind at once."
)
def worker(concurrency: int) -> None:
    """Let happen what is due: deadlines, notifications, mails; until a signal ends it.

    Several may run side by side, on this machine and on others: everything happens once. Deadlines go by the
    database's time. It says once a minute what it has done. In the profile production, unless CASEWORK_PROFILE
    says otherwise.
    """
    settings = load_settings(default_profile="production")
    insist_ready(settings, working=True)
    logs.configure()
    watch_database(settings)
    runner = Worker(settings, concurrency=concurrency, say=click.echo)
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: runner.stop())
    with writing(open_folder(settings.counts_dir), runner.counts, "worker"), telemetry.sending("worker"):
        runner.run()
