"""The main process of live events: it has everything loaded, holds the port, and forks the process that serves.

So one that dies is followed by the next within milliseconds, and pages that come back meanwhile wait at the port
instead of being refused. Two such programs share the port, because a main process may die, too.
"""

import os
import resource
import signal
import socket
import sys
import threading
import time
from types import FrameType

import uvicorn

from config import live
from config.runtime import parent_watch, settling, site

BACKLOG = 2048
MOST_STREAMS = 10_000
# Files and connections that are no streams.
OTHER_FILES = 64
# A peer that takes nothing for so long is gone, whatever is still to be sent to it.
SILENCE_MS = 30_000
# Who dies sooner than this is started again after a pause.
SHORT_LIFE_S = 2.0
never = threading.Event()


def main() -> int:
    parent_watch.watch_if_asked()
    here = site.from_environment()
    try:
        listener = listen(here.host, here.live_port)
    except OSError as error:
        sys.stderr.write(f"Cannot listen on {here.host}:{here.live_port}: {error.strerror}. Set LIVE_PORT.\n")
        return 1
    most = allow_files() - OTHER_FILES
    settling.settle()
    return Forking(listener, most=most).run()


def listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The system deals new connections out among those that listen here.
    listener = socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=True)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    if sys.platform == "linux":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENCE_MS)
    return listener


def allow_files() -> int:
    """As many open files as the system lets us have and streams may need; returns how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_STREAMS + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


class Forking:
    """Keeps one serving process there until a signal comes."""

    def __init__(self, listener: socket.socket, *, most: int) -> None:
        self.listener = listener
        self.most = most
        self.child = 0
        self.stopping = False

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        while not self.stopping:
            began = time.monotonic()
            self.child = os.fork()
            if self.child == 0:
                serve(self.listener, most=self.most)
                os._exit(0)
            self.wait()
            never.wait(self.pause_after(began))
        return 0

    def pause_after(self, began: float) -> float:
        """Seconds until the next one: none after a life of some length, or at the end."""
        return SHORT_LIFE_S if time.monotonic() - began < SHORT_LIFE_S and not self.stopping else 0

    def wait(self) -> None:
        _pid, status = os.waitpid(self.child, 0)
        if not self.stopping:
            sys.stderr.write(f"The serving process ended ({os.waitstatus_to_exitcode(status)}); the next one starts.\n")

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True
        if self.child:
            os.kill(self.child, signal.SIGTERM)


def serve(listener: socket.socket, *, most: int) -> None:
    """In the forked process."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    if parent_watch.VARIABLE not in os.environ:
        parent_watch.begin()
    config = uvicorn.Config(
        live.application(most=most),
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,
    )
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
