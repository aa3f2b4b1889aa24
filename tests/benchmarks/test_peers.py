"""What stands beside ours does the whole of the standard case; where it is not installed, that is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import peers
from benchmarks.figures import Scale
from benchmarks.world import STEPS, World


@pytest.mark.slow
def test_a_standard_case_goes_through_spiff_workflow(fresh: World) -> None:
    assert peers.installed(), "make peers"
    with fresh.superuser() as db:
        db.execute(peers.TABLES)
    spiff = peers.Spiff(fresh)
    try:
        hand = spiff.open("")
        for _ in range(STEPS):
            assert not spiff.is_completed(hand)
            spiff.claim(hand)
            spiff.complete(hand)
        assert spiff.is_completed(hand)
        kinds = "SELECT kind, count(*) FROM bench_spiff.history WHERE case_id = %s GROUP BY kind ORDER BY kind"
        assert spiff.db.execute(kinds, (hand.case,)).fetchall() == [
            ("claimed", STEPS),
            ("completed", STEPS),
            ("opened", 1),
        ]
        last = "SELECT DISTINCT state FROM bench_spiff.tasks WHERE case_id = %s"
        assert spiff.db.execute(last, (hand.case,)).fetchall() == [("Completed",)]
    finally:
        spiff.close()


@pytest.mark.slow
def test_where_it_is_not_installed_a_line_says_so(
    fresh: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(peers, "FOLDER", tmp_path)
    assert list(peers.measure(fresh, Scale())) == []
    assert "SpiffWorkflow is not installed" in capsys.readouterr().err
