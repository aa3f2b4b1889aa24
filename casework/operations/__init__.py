"""What people do: one verb function per deed."""
