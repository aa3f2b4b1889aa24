"""How long a webhook that was not taken rests, and when it is given up."""

from __future__ import annotations

from datetime import timedelta

from casework.operations.integrations import webhooks

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def test_a_webhook_rests_longer_each_time_and_is_given_up_after_the_last_pause() -> None:
    rests = [webhooks.rest_after(tried, 100 * DAY) for tried in range(len(webhooks.PAUSES) + 2)]
    assert rests == [*webhooks.PAUSES, None, None]
    assert list(webhooks.PAUSES) == sorted(webhooks.PAUSES)
