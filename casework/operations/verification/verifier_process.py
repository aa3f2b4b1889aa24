"""The verifier in a process of its own: `python -I -m casework.operations.verification.verifier_process FOLDER SECONDS ARGUMENTS…`.

It is the command `casework-verify` as everybody has it, found in FOLDER. Files of strangers are read here, so the process may use little of
the machine, and writes no file.
"""

from __future__ import annotations

import resource
import runpy
import sys
from collections.abc import Sequence

MEMORY = 1024**3
VERIFIER = "casework_verify"


def limit(cpu_s: int) -> None:
    """Let this process use little, so many seconds of a processor among it, write no file and start no other one."""
    for what, most in (
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 32),
    ):
        resource.setrlimit(what, (most, most))


def main(arguments: Sequence[str]) -> None:
    """Ends with the exit code of the command."""
    folder, cpu_s, *rest = arguments
    # Last: nothing beside the verifier is taken from there.
    sys.path.append(folder)
    sys.argv = [VERIFIER, *rest]
    limit(int(cpu_s))
    runpy.run_module(VERIFIER, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
