"""`python -m config.runtime.health`: ends with 0 when the web server beside it answers, for health checks.

With `live` behind it: when live events do.
"""

import sys

from config.runtime import site

if __name__ == "__main__":
    here = site.from_environment()
    sys.exit(0 if (here.live_answers() if "live" in sys.argv[1:] else here.answers()) else 1)
