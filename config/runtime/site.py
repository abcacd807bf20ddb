"""What the supervisor knows from the environment: where data and people are. It does not read the settings."""

import errno
import http.client
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Site:
    """One running Plumbline: its folder of data and its address."""

    data_dir: Path
    host: str
    port: int
    public_url: str

    @property
    def loopback(self) -> str:
        """The address at which this machine reaches the web server."""
        return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104 (compared, not bound)

    @property
    def accounts(self) -> Path:
        """The file in which seed leaves the demo accounts."""
        return self.data_dir / "demo-accounts.txt"

    def log(self, name: str) -> Path:
        return self.data_dir / "logs" / f"{name}.log"

    def port_problem(self) -> str | None:
        """Why the web server could not listen; None when it can."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as listener:
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
        connection = http.client.HTTPConnection(self.loopback, self.port, timeout=2)
        try:
            connection.request("GET", "/healthz", headers={"Host": urlsplit(self.public_url).netloc})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def from_environment() -> Site:
    """Raises ValueError with a sentence when PORT is no port."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise ValueError(f"PORT is {text!r}: it has to be a number from 1 to 65535.")
    return Site(
        data_dir=Path(os.environ.get("DATA_DIR") or ROOT / "var").resolve(),
        host=os.environ.get("HOST") or "127.0.0.1",
        port=int(text),
        public_url=os.environ.get("PUBLIC_URL") or f"http://localhost:{text}",
    )
