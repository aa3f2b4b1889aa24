"""The rules of addresses, each ready to be matched, and ready to be written once the first address is written by it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from werkzeug.routing import Rule


class LateRule(Rule):
    """A rule that compiles what writes its addresses when one is written: most of the API's never are, and to compile all of
    them took a tenth of a start."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        # Werkzeug's own. Should it be called otherwise some day, rules are compiled at once again, and nothing else changes.
        compiled = cache(partial(super()._compile_builder, append_unknown))

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            return compiled()(rule, **values)

        return build


__all__ = ["LateRule"]
