"""Pages of the auditor's questions, findings and the access log."""
