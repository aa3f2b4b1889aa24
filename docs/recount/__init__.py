"""Counts every figure of a stage report again, from its file alone and with nothing of Casework: `python verify_report.py FILE`.

Each module has one subject and fewer than 300 lines, and reads the standard library alone: `reading` opens the file and looks whether its
logs are unbroken, `cases` and `programme` read what the events say, `way`, `steps`, `deal`, `more`, `result` and `beside` count, `rules`
says what must hold of what is told outside the office, and `verdict` compares.
"""
