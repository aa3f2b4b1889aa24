"""The command `demo`: a programme to look at, and a server to look at it with."""

from __future__ import annotations

import json
import os
import secrets
import sys
from dataclasses import asdict
from pathlib import Path
from socket import socket
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from casework.commands.database import make_ready
from casework.commands.serve import free_port
from casework.demo.audit import audit
from casework.demo.exports import TAMPERED, TRUE, take_out
from casework.demo.story import DOMAIN, Account, accounts, alone, is_all_there_is, is_told, is_whole, tell
from casework.errors import InvalidSettings
from casework.records import database_checks, migrate
from casework.records.database import connect_engine, connected
from casework.settings import Settings, load_settings

ACCOUNTS = "demo-accounts.json"
#: Whom to sign in as first: one for whom the office works, and one of outside.
FIRST = (("Case officer", "chen"), ("Service provider", "assessor"))


@click.command()
@click.option("--cases", type=click.IntRange(1, 1_000_000), help="How many cases. [every script of the demo once]")
@click.option("--no-serve", is_flag=True, help="Make the demo and end.")
@click.option("--json", "as_json", is_flag=True, help="Print address and accounts as one JSON object.")
@click.option("--tokens", is_flag=True, help="Print every account, with a token for the API.")
@click.option("--worker/--no-worker", default=True, show_default=True, help="Let happen what becomes due meanwhile.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port on 127.0.0.1. [any free one]")
def demo(*, cases: int | None, no_serve: bool, as_json: bool, tokens: bool, worker: bool, port: int) -> None:
    """Make a demo with records, people and cases, and serve it on this machine.

    The cases are played by the same operations that people use, over three years of simulated time that end
    today. A demo that is there already is served as it stands, unless another version made it; choose another folder with
    CASEWORK_VAR for a new one.
    """
    settings = load_settings()
    if settings.profile == "production":
        raise InvalidSettings("CASEWORK_PROFILE must not be production: the demo's time is simulated.")
    # Bound before anything else, so that the address can be said at once.
    listener = None if no_serve else free_port(port=port)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}" if listener else None
    _insist_this_form(settings)
    make_ready(settings)
    with alone(settings, lambda: click.echo("Another process is making the demo; waiting for it.", err=True)):
        if is_told(settings) and not is_whole(settings):
            _begin_again(settings)
        if is_told(settings):
            people = _told(settings)
            if not as_json:
                _greet(address, people[0].password)
        else:
            # A password of its own: nobody who knows another demo can sign in to this one.
            password = secrets.token_urlsafe(9)
            if not as_json:
                _greet(address, password)
            people = _tell(settings, password, cases)
    if as_json:
        click.echo(
            json.dumps({"url": address, "accounts": [asdict(account) for account in people]}, ensure_ascii=False)
        )
    else:
        _show(address, people, settings.var, tokens=tokens)
    if listener is not None:
        _serve(listener, with_worker=worker)


#: What the fresh program does: it reads the same settings, and listens where this one said that it would.
_PROGRAM = """
from casework.commands.serve import run
from casework.settings import load_settings
run(load_settings(), "fd://{fd}", workers=1, threads=8, loglevel="warning", with_worker={worker})
"""


def _serve(listener: socket, *, with_worker: bool) -> NoReturn:
    """Serve as a program begun anew.

    The object store keeps threads of its own once it has been used, as it has for the papers of the demo; gunicorn's
    processes, which are copies, would wait for them for ever.
    """
    sys.stdout.flush()
    os.set_inheritable(listener.fileno(), True)
    program = _PROGRAM.format(fd=listener.fileno(), worker=with_worker)
    os.execv(sys.executable, [sys.executable, "-c", program])


def _insist_this_form(settings: Settings) -> None:
    """A demo of another version is not served: its pages would fail where a table or a column of theirs is not there."""
    owner = connect_engine(settings, role="owner")
    try:
        with connected(owner) as db:
            other = migrate.current(db) == migrate.head() and database_checks.differences(db)
    finally:
        owner.dispose()
    if other:
        raise InvalidSettings(
            f"the database here was made by another version of Casework, and this one cannot serve it ({other[0]} {len(other)} differences"
            f" in all). Choose another folder with CASEWORK_VAR, or another database; or remove {settings.var} for a new demo."
        )


def _begin_again(settings: Settings) -> None:
    """A demo whose making was killed midway would show half of its cases for ever."""
    if not is_all_there_is(settings):
        raise InvalidSettings(
            "the demo in this database was broken off, and other records lie there too: choose another folder with"
            " CASEWORK_VAR, or another database."
        )
    click.echo("The making of this demo was broken off; making it anew.", err=True)
    owner = connect_engine(settings, role="owner")
    try:
        migrate.downgrade(owner, "base")
    finally:
        owner.dispose()
    make_ready(settings)


def _tell(settings: Settings, password: str, cases: int | None) -> list[Account]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Playing three years of cases", total=cases)
        tell(settings, password, cases=cases, progress=lambda done, of: bar.update(task, completed=done, total=of))
    take_out(settings)
    audit(settings)
    people = accounts(settings, password)
    _keep(settings.var / ACCOUNTS, people)
    return people


def _told(settings: Settings) -> list[Account]:
    """The accounts of a demo that is there already; new tokens, where nobody kept the first ones."""
    kept = settings.var / ACCOUNTS
    if kept.exists():
        return [Account(**account) for account in json.loads(kept.read_text("utf-8"))["accounts"]]
    return accounts(settings, None)


def _keep(path: Path, people: list[Account]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # For the owner's eyes from the first moment on.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        # The sign-in page shows a card for each of them.
        json.dump({"accounts": [asdict(account) for account in people]}, file, ensure_ascii=False, indent=1)


def _greet(address: str | None, password: str | None) -> None:
    """Where it will run, and two who can sign in, before the minutes that the making takes."""
    if address:
        click.echo(f"Casework opens at {address}")
    for label, key in FIRST:
        click.echo(f"  {label:<18}{key}@{DOMAIN}")
    click.echo(f"  {'Password of all':<18}{password or 'not kept; sign in with a card on the page'}\n")


def _show(address: str | None, people: list[Account], var: Path, *, tokens: bool) -> None:
    if tokens:
        table = Table("E-mail", "Name", "Role", "Organisation", box=None, pad_edge=False)
        table.add_column("Token", no_wrap=True, overflow="ignore")
        for account in people:
            table.add_row(
                account.email, account.name, ", ".join(account.role), account.organisation or "", account.token
            )
        # Wide enough that no token is cut, however narrow the terminal.
        Console(width=max(180, Console().width)).print(table)
    else:
        click.echo(
            f"{len(people)} people can sign in. To list them, with tokens for the API: make demo DEMO_ARGS=--tokens"
        )
    if (var / TAMPERED).exists():
        click.echo(f"A case's file as the auditor took it out: {var / TRUE}")
        click.echo(f"The same with one word of its history changed: {var / TAMPERED}")
        click.echo("Which of the two is whole, tells: casework verify --file FILE")
    if address:
        click.echo(f"Ready: open {address} (Ctrl+C ends it).")
