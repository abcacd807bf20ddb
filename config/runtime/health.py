"""`python -m config.runtime.health`: ends with 0 when the web server beside it answers, for health checks."""

import sys

from config.runtime import site

if __name__ == "__main__":
    sys.exit(0 if site.from_environment().answers() else 1)
