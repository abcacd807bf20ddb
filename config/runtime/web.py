"""The web server's main process: granian; in the local runtime it watches its parent."""

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from config.runtime import parent_watch, site
from core import env

WORKERS = 2
# More of them wait for one another inside Python: with eight, a pair of claim and submission took an eighth more CPU.
THREADS = 4


def main() -> None:
    parent_watch.watch_if_asked()
    here = site.from_environment()
    Server(
        "config.wsgi:application",
        address=here.host,
        port=here.port,
        interface=Interfaces.WSGI,
        workers=env.integer("WEB_WORKERS", WORKERS),
        blocking_threads=env.integer("WEB_THREADS", THREADS),
        websockets=False,
        log_level=LogLevels.info,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    ).serve()


if __name__ == "__main__":
    main()
