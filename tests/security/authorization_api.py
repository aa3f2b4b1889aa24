"""Who may do what over the API: every route with every role, on objects of here, of elsewhere, and of nowhere.

What a row says is told in `authorization_rows`; nobody without a token gets in (401).
"""

from __future__ import annotations

from dataclasses import replace

from tests.security.authorization_api_cases import CASES
from tests.security.authorization_api_registers import REGISTERS
from tests.security.authorization_rows import Row

TABLE: tuple[Row, ...] = tuple(replace(row, api=True) for row in (*CASES, *REGISTERS))
