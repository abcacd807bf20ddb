"""The environment of the tests: a pytest plugin that is loaded before Django reads the settings.

Each process has a folder of its own for data, below one folder for the run; DATABASE_URL alone is taken over from
outside: it names the server on which the test databases are made.
"""

import os
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest

RUN = os.environ.setdefault("PLUMBLINE_TEST_RUN", secrets.token_hex(4))
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
RUN_DIR = Path(tempfile.gettempdir()) / f"plumbline_test_{RUN}"
DATA_DIR = RUN_DIR / WORKER

os.environ |= {
    "DATA_DIR": str(DATA_DIR),
    "SECRET_KEY": "only-for-the-tests-" + "0" * 40,
    "PUBLIC_URL": "http://localhost:8000",
    "LIVE_EVENTS": "0",  # pages would ask for what no test server answers; who tests it starts a whole site
    "REDIS_URL": "memory://",  # messages stay in the process; who tests the broker starts one (tests/databases.py)
}
for name in (
    "DEV",
    "INSECURE_HTTP",
    "EMAIL_URL",
    "MEDIA_ORIGIN",
    "PORT",
    "HOST",
    "LIVE_ORIGIN",
    "LIVE_PORT",
    "BUCKETS_FILE",
    "FETCH_CA_FILE",
    "FETCH_PORTS",
    "FETCH_PRIVATE_NETWORKS",
):
    os.environ.pop(name, None)
DATA_DIR.mkdir(parents=True, exist_ok=True)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    if WORKER == "main":
        shutil.rmtree(RUN_DIR, ignore_errors=True)
