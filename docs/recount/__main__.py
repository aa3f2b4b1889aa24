"""Run as a folder of scripts: `python -m recount FILE`, where it lies."""

import sys

from .verdict import main

sys.exit(main(sys.argv[1]))
