"""Pages of people, roles, invitations and absences."""
