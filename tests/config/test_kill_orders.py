"""The kill switch with little left running: the command, orders in files, and what happens while they wait."""

import io
import json
import threading
import time

import pytest
from celery.exceptions import Ignore
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections
from django.utils import timezone

from accounts import kill_orders
from accounts.models import KillSwitch, is_cut_off
from config import jobs
from config.models import Pulse
from config.operating import obeying
from config.operating.diagnosis import diagnose
from core import gate
from core.ids import new_public_id
from events import running
from events.models import Event, Outbox
from labeling import beginning, cut_off_notices, kill_switch, pausing
from labeling.claiming import Nothing, claim
from labeling.models import AssignmentStatus
from projects.models import Pause
from tests.factories import NOON, OrganizationFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import taken

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(obeying.Trying, "failed_at", float("-inf"))
    monkeypatch.setattr(obeying.Trying, "ignored", set())
    return tmp_path / "kill-switch"


def say(*args: str) -> str:
    out = io.StringIO()
    call_command("killswitch", *args, stdout=out)
    return out.getvalue()


def order(organization: str) -> kill_orders.KillOrder:
    return kill_orders.KillOrder(new_public_id(), organization, NOON, "A court order.")


@pytest.fixture
def database_away(monkeypatch):
    """Whatever throws finds no database; the test itself still looks into it."""

    def fail(*_args, **_more):
        raise OperationalError("connection refused")

    monkeypatch.setattr(kill_switch, "write_throw", fail)
    return monkeypatch


def test_the_command_throws_and_lifts_and_lists():
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    slug, public_id = project.organization.slug, project.organization.public_id

    thrown = say("throw", slug, "--reason", "A court order.")

    assignment.refresh_from_db()
    assert "tasks in hand: 1" in thrown
    assert assignment.status == AssignmentStatus.RECALLED
    assert is_cut_off(project.organization_id)
    assert f"{public_id} {slug}: cut off since" in say("list")
    say("lift", public_id)
    assert not is_cut_off(project.organization_id)
    assert say("list") == ""


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (["throw", "nobody", "--reason", "x"], "no customer nobody"),
        (["throw", "nobody"], "Say why"),
        (["throw"], "Say whose"),
        (["lift", "nobody"], "no customer nobody"),
    ],
)
def test_the_command_refuses_what_cannot_be(args, sentence, folder):
    with pytest.raises(CommandError, match=sentence):
        say(*args)

    assert not folder.exists()


def test_the_command_refuses_to_throw_or_lift_twice():
    slug = OrganizationFactory.create().slug
    say("throw", slug, "--reason", "x")
    with pytest.raises(CommandError, match="already"):
        say("throw", slug, "--reason", "x")
    say("lift", slug)
    with pytest.raises(CommandError, match="not cut off"):
        say("lift", slug)


def test_without_the_database_the_command_leaves_an_order_and_says_so(database_away):
    organization = OrganizationFactory.create()

    with pytest.raises(CommandError, match="An order is left") as left:
        say("throw", organization.slug, "--reason", "x")

    assert left.value.returncode == 3
    assert len(kill_orders.waiting()) == 1
    assert not is_cut_off(organization.pk)


def test_a_database_that_hangs_is_left_alone_within_the_patience(monkeypatch):
    organization = OrganizationFactory.create()
    monkeypatch.setattr(kill_switch, "write_throw", lambda *_args, **_more: threading.Event().wait(30))
    monkeypatch.setattr("config.management.commands.killswitch.PATIENCE_S", 0.2)
    begun = time.monotonic()

    with pytest.raises(CommandError, match="An order is left"):
        say("throw", organization.slug, "--reason", "x")

    assert time.monotonic() - begun < 3


def test_a_row_that_is_locked_for_long_is_not_waited_for():
    """Somebody's transaction holds the customer's row, or the only writer's place."""
    organization = OrganizationFactory.create()
    held, release = threading.Event(), threading.Event()
    holder = threading.Thread(target=hold, args=(organization, held, release))
    holder.start()
    held.wait(10)
    begun = time.monotonic()
    try:
        with pytest.raises(CommandError, match="An order is left"):
            say("throw", organization.slug, "--reason", "x")
        took = time.monotonic() - begun
    finally:
        release.set()
        holder.join(20)

    assert took < 5
    assert obeying.obeyed()
    assert is_cut_off(organization.pk)


def hold(organization, held, release) -> None:
    from django.db import transaction

    try:
        with transaction.atomic():
            type(organization).objects.select_for_update().get(pk=organization.pk)
            type(organization).objects.filter(pk=organization.pk).update(currency="EUR")
            held.set()
            release.wait(15)
    finally:
        connection.close()


def test_while_an_order_waits_everything_is_closed_and_then_it_is_carried_out(client, database_away):
    project = make_project()
    make_tasks(project)
    kill_orders.leave(order(project.organization.public_id))

    answers = {path: client.get(path).status_code for path in ("/accounts/login/", "/my/", "/healthz", "/readyz")}
    why = client.get("/readyz").json()
    with pytest.raises(Ignore):
        jobs.show_life()
    codes = [finding.code for finding in diagnose(at=timezone.now())]

    assert answers == {"/accounts/login/": 503, "/my/": 503, "/healthz": 200, "/readyz": 503}
    assert "order to cut a customer off waits" in why["why"]
    assert "kill_order_waits" in codes
    assert Pulse.objects.count() == 0


def test_the_first_request_carries_an_order_out_before_it_is_answered(client):
    project = make_project()
    make_tasks(project)
    kill_orders.leave(order(project.organization.public_id))

    answer = client.get("/accounts/login/")

    assert answer.status_code == 200
    assert is_cut_off(project.organization_id)
    assert claim(make_worker(project), at=timezone.now()) is Nothing.EMPTY
    assert kill_orders.waiting() == []
    assert KillSwitch.objects.get().reason == "A court order."


def test_a_job_that_celery_hands_a_worker_is_not_begun_while_an_order_waits(database_away):
    kill_orders.leave(order(OrganizationFactory.create().slug))

    assert jobs.show_life.apply().state == "IGNORED"
    assert Pulse.objects.count() == 0


def test_a_job_carries_an_order_out_before_it_begins():
    organization = OrganizationFactory.create()
    kill_orders.leave(order(organization.slug))

    jobs.show_life()

    assert is_cut_off(organization.pk)
    assert Pulse.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"organization": "else"}, {"reason": "y"}, {"signature": "0" * 64}, {"at": "noon"}])
def test_a_forged_order_is_not_obeyed_and_is_said(client, folder, wrong):
    organization = OrganizationFactory.create(slug="basalt")
    OrganizationFactory.create(slug="else")
    path = kill_orders.leave(order(organization.slug))
    path.write_text(json.dumps(json.loads(path.read_text()) | wrong))

    assert client.get("/accounts/login/").status_code == 200

    assert KillSwitch.objects.count() == 0
    assert [one.suffix for one in folder.iterdir()] == [".refused"]
    assert "kill_order_refused" in {finding.code for finding in diagnose(at=timezone.now())}
    assert "kill_order_refused" in {one["code"] for one in client.get("/readyz").json()["degraded"]}


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b"null"])
def test_rubbish_in_the_folder_is_no_order(client, folder, content):
    folder.mkdir()
    (folder / "x.order").write_bytes(content)
    (folder / "notes.txt").write_bytes(content)

    assert client.get("/accounts/login/").status_code == 200
    assert {one.name for one in folder.iterdir()} == {"x.refused", "notes.txt"}


def test_an_order_for_nobody_is_said_and_stops_nothing_for_ever(client):
    kill_orders.leave(order("basalt"))

    assert client.get("/accounts/login/").status_code == 200
    assert kill_orders.refused() != []


def test_what_cannot_be_moved_away_is_ignored_and_still_said(client, folder, monkeypatch):
    def refuse(_name):
        raise PermissionError("read-only")

    monkeypatch.setattr(kill_orders, "set_aside", refuse)
    folder.mkdir()
    (folder / "x.order").write_bytes(b"{}")

    assert [client.get("/accounts/login/").status_code for _n in range(2)] == [200, 200]
    assert "kill_order_refused" in {finding.code for finding in diagnose(at=timezone.now())}


def test_a_folder_that_cannot_be_read_closes_the_site(client, folder):
    folder.touch()  # no folder at all

    assert client.get("/accounts/login/").status_code == 503


def test_an_order_that_was_carried_out_is_not_carried_out_again():
    """Its file came back, or its removal was interrupted."""
    organization = OrganizationFactory.create()
    left = order(organization.slug)
    kill_orders.leave(left)
    assert obeying.obeyed()
    kill_orders.leave(left)
    assert obeying.obeyed()
    kill_switch.lift(KillSwitch.objects.get(), reason="", by=None, at=timezone.now())
    kill_orders.leave(left)

    assert obeying.obeyed()
    assert not is_cut_off(organization.pk)
    assert (KillSwitch.objects.count(), Pause.objects.count()) == (1, 1)


def test_an_order_for_somebody_who_is_cut_off_is_done():
    organization = OrganizationFactory.create()
    say("throw", organization.slug, "--reason", "x")
    kill_orders.leave(order(organization.slug))

    assert obeying.obeyed()
    assert kill_orders.waiting() == []


def test_many_at_once_carry_an_order_out_once():
    organization = OrganizationFactory.create()
    kill_orders.leave(order(organization.slug))
    found: list[bool] = []

    def look() -> None:
        try:
            found.append(obeying.obeyed())
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert found.count(True) >= 1
    assert obeying.obeyed()
    assert (KillSwitch.objects.count(), Pause.objects.count()) == (1, 1)


def state() -> tuple[int, ...]:
    events = Event.objects.filter(verb__in=["kill_switch_thrown", "pause_started"]).count()
    return KillSwitch.objects.count(), Pause.objects.count(), events, Outbox.objects.count()


@pytest.mark.parametrize("step", ["write_group", "begin", "cancel_all", "tell_thrown", "drain"])
def test_a_connection_lost_in_the_middle_leaves_all_or_nothing_and_the_order_gets_it_done(step, monkeypatch):
    project = make_project()
    make_tasks(project)
    assignment = taken(make_worker(project))
    nothing = state()
    lose_connection_at(step, monkeypatch)

    with pytest.raises(CommandError, match="An order is left"):
        say("throw", project.organization.slug, "--reason", "x")

    connection.close()
    after = state()
    whole = step == "drain"  # it comes after the commit
    assert (after == nothing) is not whole
    assert is_cut_off(project.organization_id) is whole
    assert obeying.obeyed()
    assignment.refresh_from_db()
    assert assignment.status == AssignmentStatus.RECALLED
    assert state()[:3] == (1, 1, 2)
    assert is_cut_off(project.organization_id)


PLACES = {
    "write_group": ("labeling.kill_switch.pausing.write_group", pausing.write_group),
    "begin": ("labeling.kill_switch.beginning.begin", beginning.begin),
    "cancel_all": ("labeling.kill_switch.running.cancel_all", running.cancel_all),
    "tell_thrown": ("labeling.cut_off_notices.tell_thrown", cut_off_notices.tell_thrown),
    "drain": ("labeling.kill_switch.gate.drain", gate.drain),
}


def lose_connection_at(step: str, monkeypatch) -> None:
    """Once: after the step was done, and before what follows it."""
    path, original = PLACES[step]
    lost: list[str] = []

    def lose(*args, **more):
        found = original(*args, **more)
        if not lost:
            lost.append(step)
            end_backend()
        return found

    monkeypatch.setattr(path, lose)


def end_backend() -> None:
    """PostgreSQL ends the connection as an operator would; SQLite has nobody who could, and fails like a full disk."""
    if connection.vendor != "postgresql":
        raise OperationalError("disk I/O error")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    another = connections.create_connection("default")
    with another.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    another.close()
    connection.cursor().execute("SELECT 1")


def test_looking_for_orders_costs_microseconds(folder):
    def look_us() -> float:
        begun = time.perf_counter()
        for _n in range(2000):
            obeying.obeyed()
        return (time.perf_counter() - begun) / 2000 * 1e6

    without = min(look_us() for _n in range(3))
    folder.mkdir()
    within = min(look_us() for _n in range(3))

    print(f"no folder {without:.1f} us, an empty one {within:.1f} us")  # noqa: T201 (what the guide says)
    assert max(without, within) < 200
