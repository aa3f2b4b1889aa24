"""The papers that steps ask for by name: few, and only where what follows rests on them."""

from __future__ import annotations

from casework.engine.definition.grammar import Paper

#: What the assessor has stated; a statement that has run out carries nothing.
VERIFICATION_STATEMENT = Paper("verification_statement", "verification statement", valid=True, of="assessment")
SIGNED_AGREEMENT = Paper("signed_agreement", "signed agreement")
#: The authority's letter of intent, before which nothing restricted is signed, and its licence: for an import as for an export.
LETTER_APPLICATION = Paper("letter_application", "application for the letter of intent")
LETTER_OF_INTENT = Paper("letter_of_intent", "authority's letter of intent")
LICENCE_APPLICATION = Paper("licence_application", "application for the licence")
TRADE_LICENCE = Paper("trade_licence", "import or export licence")
#: Its decision where it permits neither.
TRADE_REFUSAL = Paper("trade_refusal", "refusal of the import or export")
#: A pledge exists from its registration, and the bank pays after that.
PLEDGE_CERTIFICATE = Paper("pledge_certificate", "notice of pledge registration")
ACCEPTANCE_CERTIFICATE = Paper("acceptance_certificate", "acceptance certificate")
#: What offices give out once an agreement is signed.
CONTRACT_CERTIFICATE = Paper("contract_certificate", "certificate of the registered contract")
ASSIGNMENT_NOTICE = Paper("assignment_notice", "notice of the registered assignment")
LICENCE_RECORD = Paper("licence_record", "notice of the recorded licence")
TECHNOLOGY_CONTRACT_CERTIFICATE = Paper("technology_contract_certificate", "certificate of the technology contract")
APPRAISAL = Paper("appraisal_report", "appraisal report")
EXCHANGE_CERTIFICATE = Paper("exchange_certificate", "verification of the transfer")
