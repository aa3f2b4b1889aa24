"""Timers that fire, due dates, and the calendars that they count by."""
