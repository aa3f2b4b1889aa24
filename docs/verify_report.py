"""Counts every figure of a stage report again, from its file alone and with nothing of Casework: python verify_report.py FILE

It looks whether each log is an unbroken chain that ends where the report says, whether the programme's log froze what the file has, and
whether each number is what the events add up to. What counts lies beside it in `recount`, in modules of fewer than 300 lines each.
"""

import runpy
import sys
from pathlib import Path

# Also where Python is told to look nowhere but in itself.
sys.path.insert(0, str(Path(__file__).resolve().parent))
runpy.run_module("recount", run_name="__main__")
