"""A mail server of a few lines: it takes what comes, and hangs up when it is told to."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class MailServer(socketserver.ThreadingTCPServer):
    """`mails_each`: how many it takes by one connection before it ends that."""

    daemon_threads = True

    def __init__(self, *, mails_each: int) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.mails_each = mails_each
        self.connections = 0
        self.taken: list[str] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self.server.connections += 1
        self.say("220 here")
        taken = 0
        while taken < self.server.mails_each and (line := self.rfile.readline()):
            word = line.split()[0].upper()
            if word == b"DATA":
                self.say("354 go on")
                self.server.taken.append("".join(self.lines()))
                taken += 1
            self.say("221 bye" if word == b"QUIT" else "250 ok")

    def lines(self) -> Iterator[str]:
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            yield line.decode()

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@contextmanager
def running(*, mails_each: int = 1000) -> Iterator[MailServer]:
    with MailServer(mails_each=mails_each) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
