"""`python -m casework_verify` is the command."""

import sys

from casework_verify.command import main

if __name__ == "__main__":
    sys.exit(main())
