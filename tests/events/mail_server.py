"""A mail server of a few lines: it takes what comes, and hangs up when it is told to."""

import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


class MailServer(socketserver.ThreadingTCPServer):
    """`mails_each`: how many it takes by one connection before it ends that; `refused`: part of addresses unknown here.

    `taken` has the mails, `taken_at` the moments (time.monotonic); before each `before_it_is_taken` is called with how
    many there are.
    """

    daemon_threads = True

    request_queue_size = 50

    def __init__(self, *, mails_each: int, refused: str, before_it_is_taken: Callable[[int], object]) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.mails_each, self.refused, self.before_it_is_taken = mails_each, refused, before_it_is_taken
        self.connections = 0
        self.taken: list[str] = []
        self.taken_at: list[float] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        with suppress(ConnectionError):  # a sender may be killed
            self.talk()

    def talk(self) -> None:
        self.say("220 here")
        taken = 0
        while taken < self.server.mails_each and (line := self.rfile.readline()):
            word = line.split()[0].upper()
            if word == b"DATA":
                self.say("354 go on")
                mail = "".join(self.lines())
                self.server.before_it_is_taken(len(self.server.taken))
                self.server.taken.append(mail)
                self.server.taken_at.append(time.monotonic())
                taken += 1
            if word == b"RCPT" and self.server.refused and self.server.refused.encode() in line:
                self.say("550 nobody of that name")
                continue
            self.say("221 bye" if word == b"QUIT" else "250 ok")

    def lines(self) -> Iterator[str]:
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            yield line.decode()

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def running(
    *, mails_each: int = 1000, refused: str = "", before_it_is_taken: Callable[[int], object] = lambda _taken: None
) -> Iterator[MailServer]:
    with MailServer(mails_each=mails_each, refused=refused, before_it_is_taken=before_it_is_taken) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
