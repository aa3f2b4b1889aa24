"""How lists of texts are written for the database: long lists of ids go with many statements, and the driver writes them one by one."""

from __future__ import annotations

from typing import Any

from psycopg.abc import Buffer
from psycopg.types.array import ListDumper


class TextsDumper(ListDumper):
    """Writes plain texts in one go, and leaves all else to the driver: what is nested, is no text, or has to be escaped."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        # Asked by what it writes: the driver in C has dumpers of its own.
        if getattr(self.sub_dumper, "cls", None) is str:
            try:
                told = '","'.join(obj)
            except TypeError:
                return super().dump(obj)
            if told.isascii() and "\\" not in told and "\0" not in told and told.count('"') == 2 * (len(obj) - 1):
                return b'{"' + told.encode() + b'"}'
        return super().dump(obj)
