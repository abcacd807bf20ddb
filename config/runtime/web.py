"""The web server's main process: granian; in the local runtime it watches its parent."""

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from config.runtime import parent_watch, site
from core import env


def main() -> None:
    parent_watch.watch_if_asked()
    here = site.from_environment()
    Server(
        "config.wsgi:application",
        address=here.host,
        port=here.port,
        interface=Interfaces.WSGI,
        workers=env.integer("WEB_WORKERS", 2),
        blocking_threads=env.integer("WEB_THREADS", 8),
        websockets=False,
        log_level=LogLevels.info,
        respawn_failed_workers=True,
        workers_kill_timeout=5,
    ).serve()


if __name__ == "__main__":
    main()
