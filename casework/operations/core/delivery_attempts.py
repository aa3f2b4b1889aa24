"""What is noted of each attempt to send something: that it began, before, and what came of it, after.

Whoever dies in between leaves an attempt of which nobody knows whether it arrived. The next one says so to its receiver. These
are expressions over a column `tries`, a list of what was tried and when.
"""

from __future__ import annotations

#: Whether the last attempt began, and nothing is known of its end.
UNKNOWN = "coalesce(tries -> -1 ->> 'what' = 'begun', false)"
_SETTLED = f"CASE WHEN {UNKNOWN} THEN tries - (-1) ELSE tries END"
_LEFT = (
    f"CASE WHEN {UNKNOWN} THEN jsonb_set(tries, '{{-1,what}}', '\"begun, and its end is not known\"') ELSE tries END"
)
#: With one that begins now.
BEGUN = f"({_LEFT}) || jsonb_build_array(jsonb_build_object('at', casework_now(), 'what', 'begun'))"
#: With what came of it: :what.
ENDED = f"({_SETTLED}) || jsonb_build_array(jsonb_build_object('at', casework_now(), 'what', CAST(:what AS text)))"
#: How many there were before the one that is under way.
COUNT = f"jsonb_array_length({_SETTLED})"
