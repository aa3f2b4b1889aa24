"""People, their roles, invitations, absences and leaving."""
