"""What people do: one verb function per action. It authorises, asks the engine, and records."""
