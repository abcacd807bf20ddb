"""What the supervisor knows from the environment: where data and people are. It does not read the settings."""

import errno
import http.client
import os
import socket
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Site:
    """One running Plumbline: its folder of data and its address."""

    data_dir: Path
    host: str
    port: int
    public_url: str
    live_port: int

    @property
    def loopback(self) -> str:
        """The address at which this machine reaches the web server."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 (compared, not bound)

    @property
    def accounts(self) -> Path:
        """The file in which seed leaves the demo accounts."""
        return self.data_dir / "demo-accounts.txt"

    def log(self, name: str) -> Path:
        return self.data_dir / "logs" / f"{name.replace(' ', '-')}.log"

    def with_free_live_port(self) -> Self:
        """Another port for live events where the next one is taken. Raises ValueError for one that somebody has named.

        The system would let it be shared with whoever listens there, another site perhaps.
        """
        if self.is_free(self.live_port):
            return self
        if os.environ.get("LIVE_PORT"):
            raise ValueError(f"LIVE_PORT={self.live_port} is taken by another program. Stop that, or choose another.")
        with socket.socket(self.family, socket.SOCK_STREAM) as probe:
            probe.bind((self.host, 0))
            return replace(self, live_port=probe.getsockname()[1])

    @property
    def family(self) -> socket.AddressFamily:
        return socket.AF_INET6 if ":" in self.host else socket.AF_INET

    def is_free(self, port: int) -> bool:
        return replace(self, port=port).port_problem() is None

    def port_problem(self) -> str | None:
        """Why the web server could not listen; None when it can."""
        with socket.socket(self.family, socket.SOCK_STREAM) as listener:
            # What a stopped server leaves in TIME_WAIT is no obstacle; what listens is one.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((self.host, self.port))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    another = f"PORT={self.port + 1} make run"
                    return f"Port {self.port} is taken by another program. Stop that, or choose another port: {another}"
                return f"Cannot listen on {self.host}:{self.port}: {error.strerror}."
        return None

    def answers(self) -> bool:
        """Whether the web server says that it is alive."""
        return self.says_ok(self.port, "/healthz")

    def live_answers(self) -> bool:
        """Whether live events do."""
        return self.says_ok(self.live_port, "/live/healthz")

    def says_ok(self, port: int, path: str) -> bool:
        connection = http.client.HTTPConnection(self.loopback, port, timeout=2)
        try:
            connection.request("GET", path, headers={"Host": urlsplit(self.public_url).netloc})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def from_environment() -> Site:
    """Raises ValueError with a sentence when PORT or LIVE_PORT is no port."""
    port = port_named("PORT", 8000)
    return Site(
        data_dir=Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve(),
        host=os.environ.get("HOST") or "127.0.0.1",
        port=port,
        public_url=os.environ.get("PUBLIC_URL") or f"http://localhost:{port}",
        live_port=port_named("LIVE_PORT", min(port + 1, 65535)),
    )


def port_named(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(f"{name} is {text!r}: it has to be a number from 1 to 65535.")
    return int(text)
