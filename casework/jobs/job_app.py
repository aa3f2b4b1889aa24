"""The application of procrastinate, with every job."""

from __future__ import annotations

from procrastinate import App, Blueprint, PsycopgConnector

from casework.jobs import file_scans, job_functions, mail_sender, webhook_sender
from casework.jobs.job_registry import TASKS
from casework.jobs.queue import NAMESPACE
from casework.records.database import driver_arguments
from casework.settings import Settings

#: Where jobs stand: each is registered as its module is imported.
JOB_MODULES = (file_scans, job_functions, mail_sender, webhook_sender)


def make_app(settings: Settings) -> App:
    """Procrastinate on the application's own database and role."""
    # Two workers and what they listen with; a connection that is checked out is asked first whether it lives.
    connector = PsycopgConnector(kwargs=driver_arguments(settings), min_size=2, max_size=6, timeout=10)
    app = App(connector=connector)
    # A blueprint of its own for each: once added to an app, its tasks bear the namespace, and would get it again.
    blueprint = Blueprint()
    for name, (queue, run) in TASKS.items():
        blueprint.task(name=name, queue=queue, pass_context=True)(run)
    app.add_tasks_from(blueprint, namespace=NAMESPACE)
    return app
