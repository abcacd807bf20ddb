from datetime import timedelta

import pytest

from events.models import Notice, Outbox
from labeling.models import Draft
from labeling.pausing import Order, pause
from labeling.resuming import resume
from labeling.scopes import Scope
from projects.models import PausePolicy
from tests.factories import CAT, NOON, OrganizationFactory, make_project, make_tasks, make_worker
from tests.labeling.steps import reserved, taken
from tests.labeling.stops import stop, working

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=5)


def test_pause_tells_each_person_once_whatever_it_stops():
    first, second = make_project(), make_project()
    make_tasks(first)
    worker, idle, stranger = make_worker(first, second), make_worker(second), make_worker(make_project())
    taken(worker)

    pauses = stop(first, second, policy=PausePolicy.RECALL, ends_at=LATER)

    both = ", ".join(sorted([first.codename, second.codename]))
    told = {notice.user_id: (notice.code, notice.params["codenames"]) for notice in Notice.objects.all()}
    assert told == {
        worker.user_id: ("paused_recall_until", both),
        idle.user_id: ("paused_none_until", second.codename),
    }
    assert stranger.user_id not in told
    assert {one.group for one in pauses} == {pauses[0].group}
    mails = Outbox.objects.filter(kind="mail").order_by("target").values_list("target", flat=True)
    assert list(mails) == sorted([worker.user.email, idle.user.email])


def test_pause_tells_whoever_has_only_a_draft_of_open_work():
    project = make_project()
    left, done = make_tasks(project, 2)
    worker = make_worker(project)
    for task in (left, done):
        Draft.objects.create(work_item=task.work_items.get(), worker=worker, revision=1, document=CAT, saved_at=NOON)
    project.enrollments.update(state="ended")
    stop(project)
    assert Notice.objects.get().user == worker.user

    type(done).objects.update(status="completed")
    stop(project)
    assert Notice.objects.count() == 1


def test_pause_tells_contractors_no_name_of_the_customer():
    organization = OrganizationFactory.create(name="Acme Robotics", slug="acme")
    project = make_project(organization=organization, name="Warehouse shelves")
    working(project)

    (one,) = stop(organization, text_for_staff="They have not paid.", text_for_customer="Please pay.")
    resume(one, by=None, at=NOON)

    kept = [str(row.params) for rows in (Notice.objects.all(), Outbox.objects.all()) for row in rows]
    assert len(kept) == 4
    for hidden in ("Acme", "acme", "Warehouse", "paid", "Please", organization.public_id, project.public_id):
        assert not [text for text in kept if hidden in text]


def test_resume_tells_the_same_people_once():
    project = make_project()
    assignment = working(project)
    (one,) = stop(project)

    resume(one, by=None, at=NOON)

    told = Notice.objects.filter(code="resumed").values_list("user", "params__codenames")
    assert list(told) == [(assignment.worker.user_id, project.codename)]


def test_only_who_has_a_task_in_hand_reads_what_becomes_of_it():
    project = make_project()
    make_tasks(project, 2)
    holder, ahead, idle = (make_worker(project) for _n in range(3))
    taken(holder)
    reserved(ahead)

    pause([Scope.of(project)], Order("recall", "data", text_for_workers="Wait."), by=None, at=NOON)

    told = dict(Notice.objects.values_list("user", "code"))
    assert told == {holder.user_id: "paused_recall", ahead.user_id: "paused_none", idle.user_id: "paused_none"}
