"""The papers that steps ask for by name: few, and only where what follows rests on them."""

from __future__ import annotations

from casework.engine.definition.grammar import Paper

#: What the assessor has stated; a statement that has run out carries nothing.
VERIFICATION_STATEMENT = Paper("verification_statement", "verification statement", valid=True, of="assessment")
SIGNED_AGREEMENT = Paper("signed_agreement", "signed agreement")
#: A pledge exists from its registration, and the bank pays after that.
PLEDGE_CERTIFICATE = Paper("pledge_certificate", "pledge registration certificate")
ACCEPTANCE_CERTIFICATE = Paper("acceptance_certificate", "acceptance certificate")
