"""What the Makefile calls: `python3 -m bootstrap run|dev|test|proof|mutants|check`."""

import os
import shutil
import sys

# Any Python 3 reads this file, so that an old one can say what is missing.
if sys.version_info < (3, 11):  # noqa: UP036 (this is the check that tells an old Python so)
    for name in ("python3.13", "python3.12", "python3.11"):
        if shutil.which(name):
            os.execvp(name, [name, "-m", "bootstrap", *sys.argv[1:]])
    found = ".".join(map(str, sys.version_info[:2]))
    sys.exit(
        f"Plumbline needs Python 3.11 or newer; this is {found}. "
        "Install a newer one, or name it: make run PYTHON=/path/to/python3"
    )

from bootstrap import commands

sys.exit(commands.main(sys.argv[1:]))
