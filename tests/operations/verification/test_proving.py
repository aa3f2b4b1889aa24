"""A backup is good when it was restored into a server of its own and everything there was verified; of a base see `test_moments`."""

from __future__ import annotations

from casework.operations.verification.proving import prove_backup
from casework.records.backup_folders import list_backups
from tests.support.backed_up import Office


def test_a_backup_is_good_when_it_was_restored_and_proved(office: Office) -> None:
    backup = office.back_up()
    assert not backup.is_good
    proved = prove_backup(office.settings, backup)
    assert proved.proof is not None
    assert proved.proof["faults"] == []
    assert (list_backups(office.shelf)[0].is_good, proved.proof["events"], proved.proof["documents"]) == (
        True,
        office.events(),
        1,
    )
    assert not any(
        (office.settings.var / "backup-scratch").iterdir() if (office.settings.var / "backup-scratch").exists() else ()
    )
