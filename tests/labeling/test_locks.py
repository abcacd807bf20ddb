"""Which rows each verb locks, in which order: gate and worker, work items by id, assignments (PostgreSQL).

On SQLite there is one writer at a time: no statement asks for a lock.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events import recording
from labeling import kill_switch, quieting, spending
from labeling.amending import amend
from labeling.batches import complete_batches
from labeling.beginning import begin_group, warn_of
from labeling.claiming import claim
from labeling.drafting import save_draft
from labeling.expiring import expire_assignments
from labeling.lanes import close_idle_lanes
from labeling.models import Assignment, Resolution
from labeling.moving import move
from labeling.offering import offer
from labeling.pausing import Order, pause
from labeling.recalling import recall_chunk, shorten_chunk
from labeling.renewing import heartbeat, prolong
from labeling.reopening import send_back
from labeling.resuming import resume
from labeling.returning import release
from labeling.reviewing import review
from labeling.scopes import Scope
from labeling.submitting import submit
from labeling.transferring import transfer
from labeling.windows import Weekly
from projects.adding import wait_for_adders
from projects.creating import create_batch
from projects.models import Pause, QuietHours, Task
from tests.factories import CAT, NOON, UserFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import ACCEPTED, make_reviewer, new_key, rejected, reserved, submitted, taken

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)
GRACE = Order("grace", "data", timedelta(minutes=5), text_for_workers="Wait.")
SAVE_ONLY = Order("save_only", "data", text_for_workers="Wait.")
RECALL = Order("recall", "data", text_for_workers="Wait.")
Verb = Callable[[], Any]


def locks(verb: Verb) -> list[str]:
    """The tables of the statements that lock rows, and the gate, in order; “+” passes over what others hold."""
    with CaptureQueriesContext(connection) as captured:
        verb()
    return [name for query in captured.captured_queries if (name := lock_of(query["sql"]))]


def lock_of(sql: str) -> str:
    names = []
    if "pg_advisory_xact_lock_shared" in sql:
        names.append("gate")
    elif "pg_advisory_xact_lock" in sql:
        names.append("gate alone")
    if "FOR NO KEY UPDATE" in sql:
        table = re.match(r'SELECT "[a-z]+_(\w+)"', sql) or re.search(r'FROM "[a-z]+_(\w+)"', sql)
        names.append((table.group(1) if table else sql) + ("+" if "SKIP LOCKED" in sql else ""))
    return " ".join(names)


def a_claim() -> Verb:
    project = make_project()
    make_tasks(project)
    worker = make_worker(project)
    return lambda: claim(worker, at=NOON)


def an_activation() -> Verb:
    project = make_project()
    make_tasks(project)
    worker = make_worker(project)
    reserved(worker)
    return lambda: claim(worker, at=NOON)


def a_release() -> Verb:
    held = some_held()
    return lambda: release(held, at=NOON)


def some_held(**terms: Any) -> Assignment:
    project = make_project(**terms)
    make_tasks(project)
    return taken(make_worker(project))


def a_submit() -> Verb:
    held = some_held()
    return lambda: submit(held, response=CAT, key=new_key(), at=NOON)


def a_late_submit() -> Verb:
    held = some_held()
    expire_assignments(at=LATER)
    return lambda: submit(held, response=CAT, key=new_key(), at=LATER)


def a_redo(*, late: bool = False) -> Verb:
    project = make_project(reviews=1)
    make_tasks(project)
    redo = taken(rejected(project))
    if late:
        expire_assignments(at=LATER)
    return lambda: submit(redo, response=CAT, key=new_key(), at=NOON)


def a_late_redo() -> Verb:
    return a_redo(late=True)


def a_review() -> Verb:
    project = make_project(reviews=1)
    make_tasks(project)
    submitted(make_worker(project))
    held = taken(make_reviewer(project))
    return lambda: review(held, ACCEPTED, key=new_key(), at=NOON)


def a_reopening() -> Verb:
    project = make_project()
    make_tasks(project)
    submitted(make_worker(project))
    found = Resolution.objects.get()
    site = recording.by_site()
    return lambda: send_back(found, reason_class="wrong_label", comment="No.", key="key", by=site, at=NOON)


def an_expiry() -> Verb:
    some_held()
    return lambda: expire_assignments(at=LATER)


def a_pause() -> Verb:
    some_held()
    return lambda: pause([Scope.of(None)], RECALL, by=None, at=NOON)


def a_recall() -> Verb:
    some_held()
    (one,) = pause([Scope.of(None)], RECALL, by=None, at=NOON)
    return lambda: recall_chunk(one, at=NOON)


def a_shortening() -> Verb:
    some_held()
    (one,) = pause([Scope.of(None)], GRACE, by=None, at=NOON)
    return lambda: shorten_chunk(one)


def a_resume_after_saving() -> Verb:
    some_held()
    (one,) = pause([Scope.of(None)], SAVE_ONLY, by=None, at=NOON)
    return lambda: resume(one, by=None, at=NOON)


def a_scheduled_pause() -> Pause:
    later = replace(RECALL, starts_at=LATER, warned=timedelta(hours=1))
    (one,) = pause([Scope.of(None)], later, by=None, at=NOON)
    return one


def a_pause_s_begin() -> Verb:
    one = a_scheduled_pause()
    return lambda: begin_group([one.pk], at=LATER)


def a_warning() -> Verb:
    one = a_scheduled_pause()
    return lambda: warn_of([one.pk], at=LATER)


def some_quiet_hours() -> QuietHours:
    night = Weekly(ZoneInfo("UTC"), frozenset({0}), time(22), time(6))
    return quieting.start([Scope.of(make_project())], night, RECALL, by=None, at=NOON)


def a_start_of_quiet_hours() -> Verb:
    return some_quiet_hours


def more_quiet_hours() -> Verb:
    quiet = some_quiet_hours()
    return lambda: quieting.write_more(quiet.pk, quiet.written_until + timedelta(days=1), at=NOON)


def a_heartbeat() -> Verb:
    held = some_held()
    return lambda: heartbeat(held, active=True, at=NOON)


def an_extension() -> Verb:
    held, admin = some_held(), UserFactory.create()
    return lambda: prolong(held, minutes=5, by=admin, at=NOON)


def a_draft() -> Verb:
    held = some_held()
    return lambda: save_draft(held, revision=0, document=CAT, at=NOON)


def a_closing() -> Verb:
    some_held()
    return close_idle_lanes


def a_batch_s_end() -> Verb:
    project = make_project()
    make_tasks(project, batch=create_batch(project, name="named", by=None, at=NOON))
    submitted(make_worker(project))
    return lambda: complete_batches(at=LATER)


def an_offer() -> Verb:
    project = make_project()
    tasks = make_tasks(project)
    Task.objects.update(offered_at=None)
    tasks[0].work_items.all().delete()
    return lambda: offer(tasks, at=NOON)


def a_move() -> Verb:
    project = make_project()
    tasks = make_tasks(project)
    version = project.current_version
    assert version is not None
    return lambda: move([task.pk for task in tasks], version, at=NOON)


def a_wait_for_adders() -> Verb:
    project = make_project()
    return lambda: wait_for_adders(project.pk)


def a_transfer() -> Verb:
    held = some_held(price_micros=10)
    to, admin = make_worker(held.work_item.task.project), UserFactory.create(is_site_admin=True)
    return lambda: transfer(held, to=to, by=admin, text="They are ill.", at=NOON)


def a_grant() -> Verb:
    project = make_project(price_micros=10, total_cap_micros=15)
    make_tasks(project, 3)
    release(taken(make_worker(project)), at=NOON)
    worker = make_worker(project)
    draw = spending.Draw(project.pk, None, cap_micros=15, share_micros=10)
    return lambda: spending.grant(worker, [draw], at=LATER)


def a_throw() -> Verb:
    held = some_held()
    organization = held.work_item.task.project.organization
    return lambda: kill_switch.throw(organization, reason="x", by=None, at=NOON)


def a_lift() -> Verb:
    switch = kill_switch.throw(make_project().organization, reason="x", by=None, at=NOON)
    return lambda: kill_switch.lift(switch, reason="", by=None, at=NOON)


def an_amendment() -> Verb:
    project = make_project()
    make_tasks(project)
    assignment = submitted(make_worker(project))
    return lambda: amend(assignment, response=CAT, key=new_key(), at=NOON)


LOCKED: dict[Callable[[], Verb], list[str]] = {
    a_claim: ["gate worker", "workitem+"],
    an_activation: ["gate worker", "workitem"],
    a_release: ["workitem"],
    a_submit: [],  # a conditional UPDATE of the item is the lock
    a_late_submit: ["gate worker", "workitem"],
    a_redo: ["workitem"],
    a_late_redo: ["workitem", "gate worker", "workitem", "workitem"],
    a_review: ["gate worker", "workitem"],
    a_reopening: ["workitem"],
    an_expiry: ["workitem", "assignment"],
    a_pause: ["gate alone"],
    a_throw: ["organization", "gate alone", "pause", "workitem", "assignment", "pause"],
    a_lift: ["organization"],
    an_amendment: ["gate worker", "workitem"],
    a_recall: ["pause", "workitem", "assignment"],
    a_shortening: ["pause", "workitem", "assignment"],
    a_resume_after_saving: ["assignment"],
    a_pause_s_begin: ["pause"],
    a_warning: ["pause"],
    a_start_of_quiet_hours: ["gate alone"],
    more_quiet_hours: ["quiethours"],
    a_heartbeat: ["assignment"],
    an_extension: ["assignment"],
    a_draft: ["assignment"],
    a_closing: ["lane"],
    a_batch_s_end: ["batch"],
    an_offer: ["task"],
    a_move: ["task", "workitem"],
    a_wait_for_adders: ["batch"],
    a_transfer: ["gate worker", "workitem", "budgettoken"],
    a_grant: ["budgetpool", "budgettoken", "budgettoken+"],
}


@pytest.mark.parametrize("verb", LOCKED, ids=lambda verb: verb.__name__)
def test_a_verb_locks_in_the_one_order(verb):
    expected = LOCKED[verb] if connection.vendor == "postgresql" else []

    assert locks(verb()) == expected
