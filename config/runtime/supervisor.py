"""Starts the programs, keeps them running, stops them together."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from types import FrameType

from config.runtime import broker, parent_watch, programs
from config.runtime.child import Child
from config.runtime.site import Site

TICK_S = 0.2
SHORTEN_LOGS_S = 60.0
# All stop within ten seconds: most at once, a worker after what it is doing, the rest by force.
PATIENCE_S = 7.0
BROKER_PATIENCE_S = 2.0
# The worker waits until the page can be seen, but not for a web server that does not come up.
WEB_FIRST_S = 30.0


def say(text: str) -> None:
    print(text, flush=True)


class Supervisor:
    """One run, from the first process to the last."""

    def __init__(self, site: Site, *, dev: bool) -> None:
        self.site = site
        self.dev = dev
        self.env = programs.environment(site) | ({"DEV": "1"} if dev else {})
        self.broker = programs.own_broker(site, self.env)
        self.children: list[Child] = []
        self.stopping = False
        self.is_shown = False
        self.woken, self.wake = socket.socketpair()

    def run(self) -> int:
        """Run until a signal comes; returns the exit code."""
        self.listen_to_signals()
        try:
            return self.serve()
        finally:
            self.stop()

    def listen_to_signals(self) -> None:
        # A wake-up socket instead of a lock: a handler that takes a lock can meet itself.
        self.wake.setblocking(False)
        self.woken.setblocking(False)
        signal.set_wakeup_fd(self.wake.fileno())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.note_signal)

    def note_signal(self, _number: int, _frame: FrameType | None) -> None:
        self.stopping = True

    def pause(self) -> None:
        """Wait for a tick or a signal."""
        if select.select([self.woken], [], [], TICK_S)[0]:
            self.woken.recv(64)

    def serve(self) -> int:
        self.start_broker()
        if code := self.prepare():
            return 0 if self.stopping else code
        web = programs.web_that_reloads(self.site, self.env) if self.dev else programs.web(self.site, self.env)
        self.children.append(web)
        if self.dev:
            self.children.append(programs.vite(self.env))
        self.wait_until_shown(web)
        self.children += programs.live(self.site, self.env)
        self.children += programs.background(self.site, self.env)
        logs_at = time.monotonic()
        while not self.stopping:
            self.tick()
            if time.monotonic() - logs_at > SHORTEN_LOGS_S:
                logs_at = time.monotonic()
                self.shorten_logs()
            self.pause()
        return 0

    def start_broker(self) -> None:
        if self.broker:
            self.children.append(self.broker)
            self.tick()
        elif not os.environ.get("REDIS_URL"):
            say("No Valkey or Redis server was found: pages work, but nothing happens in the background.")
            say("Install one (Debian: apt-get install redis-server), or set REDIS_URL.")

    def prepare(self) -> int:
        """Migrations and the demo; returns the exit code."""
        say("Preparing the database")
        env = {**os.environ, **self.env, parent_watch.VARIABLE: str(os.getpid())}
        process = subprocess.Popen([sys.executable, "-m", "config.runtime.prepare"], env=env, stdin=subprocess.DEVNULL)
        while process.poll() is None:
            if self.stopping:
                process.terminate()
                return process.wait()
            self.tick()
            self.pause()
        return process.returncode

    def wait_until_shown(self, web: Child) -> None:
        deadline = time.monotonic() + WEB_FIRST_S
        while not web.said_ready and not self.stopping and time.monotonic() < deadline:
            self.tick()
            self.pause()

    def tick(self) -> None:
        for child in self.children:
            if line := child.tick(time.monotonic()):
                say(line)
                if child.name == "web" and child.said_ready and not self.is_shown:
                    self.show_address()

    def show_address(self) -> None:
        self.is_shown = True
        say(f"\nPlumbline is at {self.site.public_url}  (Ctrl-C stops it; data and logs are in {self.site.data_dir})\n")
        if self.site.accounts.exists():
            say(self.site.accounts.read_text(encoding="utf-8"))

    def shorten_logs(self) -> None:
        for child in self.children:
            child.shorten_log()

    def stop(self) -> None:
        """End all processes; the broker last, so that the worker can give its messages back."""
        say("Stopping")
        others = [child for child in self.children if child is not self.broker]
        self.end(others, patience_s=PATIENCE_S)
        if self.broker:
            self.end([self.broker], patience_s=BROKER_PATIENCE_S)
            broker.remove_socket(broker.socket_path(self.site.data_dir), self.site.data_dir)

    def end(self, children: Iterable[Child], *, patience_s: float) -> None:
        self.stopping = False  # a second Ctrl-C is an order to stop at once
        deadline = time.monotonic() + patience_s
        for child in children:
            child.ask_to_stop()
        while not all(child.has_ended() for child in children) and time.monotonic() < deadline and not self.stopping:
            self.pause()
        for child in children:
            child.kill()
