"""What people do: one verb function per deed. It authorises, asks the engine, and records."""
