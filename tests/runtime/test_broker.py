import os
import tempfile
from pathlib import Path

import pytest
import redis
from kombu import Connection

from config.runtime import broker
from tests import databases


def test_socket_lies_in_the_folder_of_data(tmp_path):
    assert broker.socket_path(Path("/data")) == Path("/data/broker.sock")


def test_socket_of_a_deep_folder_lies_in_a_short_private_one(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    deep = Path("/data") / ("x" * 100)

    path = broker.socket_path(deep)

    assert path.parent.parent == tmp_path
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert broker.socket_path(deep) == path
    assert broker.socket_path(deep / "other") != path
    assert len(path.parent.name) < 40


def test_socket_is_not_put_where_a_link_leads(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    deep = Path("/data") / ("x" * 100)
    folder = broker.socket_path(deep).parent
    folder.rmdir()
    folder.symlink_to(tmp_path)

    with pytest.raises(PermissionError, match="belongs to somebody else"):
        broker.socket_path(deep)


@pytest.mark.parametrize("program", [broker.program, broker.packaged_program], ids=["on PATH", "in the package"])
def test_broker_carries_a_message(program, monkeypatch):
    server = program()
    monkeypatch.setattr(broker, "program", lambda: server)

    with databases.own_broker() as url, Connection(url) as connection:
        queue = connection.SimpleQueue("letters")
        queue.put("hello")

        assert queue.get(timeout=5).payload == "hello"
        queue.close()


def test_broker_is_for_its_owner_only_and_keeps_nothing():
    with databases.own_broker() as url:
        path = Path(url.removeprefix("redis+socket://"))
        client = redis.Redis(unix_socket_path=os.fspath(path))

        assert path.stat().st_mode & 0o777 == 0o700
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("port") == {"port": "0"}
        client.close()
