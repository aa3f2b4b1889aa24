"""The auditor's questions and findings."""
