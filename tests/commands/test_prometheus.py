"""What we tell, a real Prometheus reads; the alerts and the dashboard speak of what there is, and each alert comes when it should."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from casework.commands.serve import free_port
from casework.counts import FAMILIES
from tests.commands.test_metrics import ask, running
from tests.support.databases import ROOT
from tests.support.programs import PROMETHEUS, NoProgramError, find_program, may_install

pytestmark = pytest.mark.slow
ALERTS, PLAYED, DASHBOARD = (ROOT / "docs" / name for name in ("alerts.yml", "alerts-test.yml", "grafana.json"))


@pytest.fixture(scope="module")
def prometheus() -> str:
    try:
        return find_program(PROMETHEUS, install=may_install())
    except NoProgramError as missing:
        pytest.fail(str(missing))


def expressions() -> list[str]:
    """Everything that the dashboard asks."""
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


@pytest.mark.parametrize("words", [("check", "rules", "alerts.yml"), ("test", "rules", "alerts-test.yml")])
def test_each_alert_is_raised_when_it_should_be(words: tuple[str, ...], prometheus: str) -> None:
    checked = subprocess.run(["promtool", *words], cwd=ROOT / "docs", capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_alert_is_left_out_of_what_is_played() -> None:
    rules = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"][0]["rules"]
    played = yaml.safe_load(PLAYED.read_text("utf-8"))["tests"][1]["promql_expr_test"][0]["exp_samples"]
    assert {rule["alert"] for rule in rules} == {re.findall(r'"(\w+)"', one["labels"])[0] for one in played}


def until(found: Callable[[], Any]) -> Any:
    """What is found at last."""
    end = time.monotonic() + 120
    while not (value := found()):
        assert time.monotonic() < end, "it was not found in two minutes"
        time.sleep(0.2)
    return value


@contextmanager
def scraping(program: str, target: str, folder: Path) -> Iterator[Callable[[str], list[Any]]]:
    """A Prometheus that asks the target each second, for the length of the block: what it answers to an expression."""
    (folder / "prometheus.yml").write_text(
        yaml.safe_dump(
            {
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": [str(ALERTS)],
                "scrape_configs": [{"job_name": "casework", "static_configs": [{"targets": [target]}]}],
            }
        )
    )
    with free_port() as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    asked = [
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address={address}",
    ]
    prometheus = subprocess.Popen([program, *asked], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def query(expression: str) -> list[Any]:
        where = f"http://{address}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        try:
            with urllib.request.urlopen(where, timeout=30) as answer:
                result: list[Any] = json.load(answer)["data"]["result"]
                return result
        except urllib.error.HTTPError as refused:
            pytest.fail(f"{expression}: {refused.read().decode()}")
        except OSError:
            return []

    try:
        yield query
    finally:
        prometheus.send_signal(signal.SIGTERM)
        prometheus.wait(timeout=60)


def test_a_real_prometheus_reads_what_all_processes_have_counted(
    database_url: str, tmp_path: Path, prometheus: str
) -> None:
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(tmp_path / "var")}
    with (
        running(environment, "serve", "--port", "0", "--workers", "2", "--worker") as pages,
        running(environment, "metrics", "--port", "0") as told,
        scraping(prometheus, told.split("/")[2], tmp_path) as query,
    ):
        for _ in range(20):
            assert ask(f"{pages}/health")[0] == 200
        assert ask(f"{pages}/cases/TT-2026-000001")[0] == 200
        until(lambda: query('up{job="casework"} == 1'))
        until(lambda: query('sum(casework_request_seconds_count{route="/health",status="2xx"}) == 20'))
        until(lambda: query('casework_processes{kind="serve"} == 2'))
        names = {one["metric"]["__name__"] for one in query('{job="casework"}')}
        for expression in expressions():
            query(expression)
            asked = set(re.findall(r"\bcasework_[a-z_]+", expression))
            absent = {one for one in asked if one not in names} - LATER
            assert not absent, expression
    everything = {re.sub(r"_(?:bucket|count|sum)$", "", one) for one in names if one.startswith("casework_")}
    assert {one.name for one in FAMILIES} - LATER <= everything


#: What is there only when something has happened: a nightly check, a backup, an action, a job, a case.
LATER = {
    "casework_actions_total", "casework_backup_age_seconds", "casework_cases_broken", "casework_cases_live", "casework_cases_late",
    "casework_checkpoint_age_seconds", "casework_jobs_done_total", "casework_queue_oldest_seconds", "casework_queue_tasks",
}  # fmt: skip


def test_the_dashboard_asks_for_each_figure_that_is_counted() -> None:
    asked = {
        re.sub(r"_(?:bucket|count|sum)$", "", name)
        for one in expressions()
        for name in re.findall(r"casework_\w+", one)
    }
    assert {one.name for one in FAMILIES} <= asked
