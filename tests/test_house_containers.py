"""There is no container engine where the tests run: what can be known without one is held here."""

import importlib.util
import re
import shlex
from typing import Any

import pytest
import yaml

from tests.machine import ROOT

SETTINGS = ROOT / "config" / "settings.py"
RUNTIME = ("DATA_DIR", "HOST", "PORT", "PUBLIC_URL", "WEB_WORKERS", "WEB_THREADS")
PYTHON_ITSELF = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def ours(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: service for name, service in compose["services"].items() if service.get("build") == "."}


def known_variables() -> set[str]:
    """The names that the settings and the runtime read from the environment."""
    names = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', SETTINGS.read_text(encoding="utf-8"))
    return {*names, *RUNTIME, *(f"{name}_FILE" for name in names)}


def words_of(command: str | list[str]) -> list[str]:
    words = shlex.split(command) if isinstance(command, str) else list(command)
    return shlex.split(words[1]) if words[0] == "CMD-SHELL" else [word for word in words if word != "CMD"]


def test_compose_has_the_processes_of_a_company(compose):
    assert set(compose["services"]) == {"db", "broker", "migration", "web", "live", "worker", "beat", "proxy"}
    assert set(ours(compose)) == {"migration", "web", "live", "worker", "beat"}
    assert {service["image"] for service in ours(compose).values()} == {"plumbline:0.1.0"}


def test_compose_gives_only_variables_that_are_read(compose):
    for name, service in ours(compose).items():
        assert set(service["environment"]) <= known_variables(), name


def test_compose_refuses_to_start_without_its_secrets(compose):
    for name, service in ours(compose).items():
        for variable in ("PUBLIC_URL", "SECRET_KEY", "DATABASE_URL"):
            assert ":?" in service["environment"][variable], f"{name}: {variable}"
    assert ":?" in compose["services"]["db"]["environment"]["POSTGRES_PASSWORD"]


def test_image_tags_are_pinned(compose):
    images = [service["image"] for service in compose["services"].values()]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    loose = [image for image in images if not re.search(r":[0-9][\w.-]*$", image)]

    assert loose == []


def test_commands_start_what_is_there(compose):
    commands = [words_of(service["command"]) for service in ours(compose).values() if "command" in service]
    commands += [
        words_of(service["healthcheck"]["test"]) for service in ours(compose).values() if "healthcheck" in service
    ]
    commands.append(yaml.safe_load(re.findall(r"^CMD (.*)$", DOCKERFILE, re.MULTILINE)[-1]))

    for command in commands:
        if command[:2] == ["python", "-m"]:
            assert importlib.util.find_spec(command[2]), command
        elif command[0] == "python":
            assert (ROOT / command[1]).exists(), command
        else:
            assert command[:3] == ["celery", "-A", "config.celery:app"], command
    assert len(commands) == 8


def test_proxy_sends_live_events_to_their_process(compose):
    told = (ROOT / compose["configs"]["proxy"]["file"]).read_text(encoding="utf-8")

    assert re.findall(r"handle(?: (\S+))? \{\s+reverse_proxy (\w+):(\d+)", told) == [
        ("/live/*", "live", "8001"),
        ("", "web", "8000"),
    ]
    assert "flush_interval -1" in told


def test_there_is_one_beat(compose):
    assert compose["services"]["beat"]["deploy"]["replicas"] == 1
    assert [name for name, service in ours(compose).items() if "beat" in service.get("command", [])] == ["beat"]


def test_volumes_are_declared(compose):
    mounted = {
        volume.split(":")[0] for service in compose["services"].values() for volume in service.get("volumes", [])
    }

    assert mounted == set(compose["volumes"])


def test_dependencies_can_be_waited_for(compose):
    for name, service in compose["services"].items():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][other], f"{name} waits for {other}"


def test_dockerfile_copies_no_secret_and_does_not_run_as_root():
    final = DOCKERFILE.split("FROM ")[-1]

    assert re.search(r"^USER plumbline$", final, re.MULTILINE)
    assert "DATA_DIR=/tmp/build python -m bootstrap build" in DOCKERFILE
    variables = set(re.findall(r"^(?:ENV|   ) ([A-Z_]+)=", final, re.MULTILINE))
    assert variables <= known_variables() | PYTHON_ITSELF
    assert "DATA_DIR" in variables


def test_dockerignore_leaves_out_what_is_local():
    ignored = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split())

    assert {".git", ".venv", ".venv-node", ".env", "var", "frontend/node_modules", "frontend/dist"} <= ignored
