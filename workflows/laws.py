"""The articles that set limits: each stands in `docs/explanation/law.md`, with where it was read."""

from __future__ import annotations

from casework.engine.definition.grammar import Law

#: The registration of a technology contract across the border (C9).
CONTRACT_REGISTRATION = Law(
    "contract_registration", "Measures on Registering Technology Import and Export Contracts (Order 3 of 2009) Art. 6"
)
