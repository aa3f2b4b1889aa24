"""The schemas of a case that is opened in an emergency."""

from __future__ import annotations

from casework.api.protocol.fields import Answer, Body, SomeWords


class Emergency(Body):
    reason: SomeWords


class GlassBroken(Answer):
    id: str
    number: str
    until: str
