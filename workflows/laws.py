"""The articles that set limits: each stands in `docs/explanation/law.md`, with where it was read."""

from __future__ import annotations

from casework.engine.definition.grammar import Law

#: The authority's decision on the import or export of restricted technology (C3).
RESTRICTED_TRADE = Law("restricted_trade", "Regulations on Technology Import and Export Arts 10 to 12, 30 to 32")
#: The licence for it, asked for with the contract: for an export (C7), and for an import (C12).
EXPORT_LICENCE = Law("export_licence", "Regulations on Technology Import and Export Arts 34, 35")
IMPORT_LICENCE = Law("import_licence", "Regulations on Technology Import and Export Arts 14, 16")
#: Both of an import at once, asked for with the signed contract (C19).
IMPORT_AT_ONCE = Law("import_at_once", "Regulations on Technology Import and Export Art. 15")
#: The licence for what is dual use (C15).
DUAL_USE_LICENCE = Law("dual_use_licence", "Dual-Use Regulations Art. 17")
#: The registration of a technology contract across the border (C9).
CONTRACT_REGISTRATION = Law(
    "contract_registration", "Measures on Registering Technology Import and Export Contracts (Order 3 of 2009) Art. 6"
)
#: The certificate of that registration (C8).
CONTRACT_CERTIFICATE = Law("contract_certificate", "Regulations on Technology Import and Export Arts 18, 37")
#: The record of a patent licence (B11).
LICENCE_RECORDING = Law("licence_recording", "Implementing Rules of the Patent Law Art. 15")
#: The decision on registering a technology contract at home (D1).
TECHNOLOGY_CONTRACT = Law("technology_contract", "Beijing Technology Market Regulations Art. 22")
#: Both parties ask a court to confirm a settlement (I9).
COURT_CONFIRMATION = Law("court_confirmation", "Civil Procedure Law Art. 205")
