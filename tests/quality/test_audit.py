"""The customer audits: what each verdict brings about, for the answer and for the money."""

import json

import pytest
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from labeling.claiming import claim
from labeling.models import Assignment, Resolution, Submission, WorkItem
from labeling.reviewing import Judgement, review
from labeling.submitting import submit
from leaving.storing import Brought, take_in
from payments.models import AccountKind, LedgerLine
from projects.models import Batch, Project, Task
from projects.task_rows import NewTask
from quality import auditing, results
from quality.intervals import wilson
from quality.models import Audit, AuditLease, Sample
from tests.factories import (
    CAT,
    DOG,
    NOON,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    make_project,
    make_tasks,
    make_worker,
)
from workers.models import Worker

pytestmark = pytest.mark.django_db(transaction=True)
WHOLE = [{"kind": "task"}]
REJECTED = Judgement("rejected", None, "wrong_label", "It is a dog.", WHOLE)


@pytest.fixture
def membership():
    return MembershipFactory.create(organization=OrganizationFactory.create(slug="basalt"), role=Role.MEMBER)


@pytest.fixture
def project(membership) -> Project:
    return make_project(organization=membership.organization, rate_micros=340_000)


@pytest.fixture
def worker(project):
    return make_worker(project)


def taken(worker: Worker) -> Assignment:
    found = claim(worker, at=NOON)
    assert isinstance(found, Assignment)
    return found


def complete(worker, project: Project, count: int = 1) -> list[Task]:
    """So many tasks, each with the answer cat."""
    tasks = make_tasks(project, count)
    for number in range(count):
        submit(taken(worker), response=CAT, key=f"key-number-{number}", at=NOON)
    return list(Task.objects.filter(pk__in=[task.pk for task in tasks]))


def test_a_rejected_answer_from_elsewhere_is_work_like_new(membership, project, worker):
    brought = Brought(NewTask(params={"attachment": "Miau", "attachment_type": "text"}, unique_id="theirs"), [DOG, CAT])
    take_in(project.batches.get(name=None), [brought], by=None, at=NOON)
    task = Task.objects.get()
    sample = auditing.draw(project, size=1, by=membership.user, at=NOON)
    assert auditing.take_next(sample, by=membership.user, at=NOON) == task
    assert not isinstance(claim(worker, at=NOON), Assignment)

    auditing.audit(sample, task, REJECTED, by=membership.user, at=NOON)

    task.refresh_from_db()
    assert (task.status, task.completed_at) == ("pending", None)
    assert not Resolution.objects.filter(current=True).exists()
    submit(taken(worker), response=DOG, key="again", at=NOON)
    rows = Resolution.objects.order_by("number").values_list("number", "source", "response", "current")
    assert list(rows) == [(0, "import", DOG, False), (1, "import", CAT, False), (2, "attempt", DOG, True)]


def test_an_accepted_answer_from_elsewhere_pays_nobody(membership, project):
    brought = Brought(NewTask(params={"attachment": "Miau", "attachment_type": "text"}, unique_id="theirs"), [CAT])
    take_in(project.batches.get(name=None), [brought], by=None, at=NOON)
    sample = auditing.draw(project, size=1, by=membership.user, at=NOON)
    task = auditing.take_next(sample, by=membership.user, at=NOON)

    auditing.audit(sample, task, Judgement("accepted", None, "", "", []), by=membership.user, at=NOON)

    assert LedgerLine.objects.count() == 0
    assert Audit.objects.get().verdict == "accepted"


def balance(kind: str) -> int:
    return LedgerLine.objects.filter(account__kind=kind).aggregate(total=Sum("amount_micros"))["total"] or 0


def sampled(project: Project, user, **more) -> tuple[Sample, Task]:
    """A sample of one, and its task, held."""
    sample = auditing.draw(project, size=1, by=user, at=NOON, **more)
    task = auditing.take_next(sample, by=user, at=NOON)
    assert task is not None
    return sample, task


def test_accepting_makes_the_pay_final(project, worker, membership):
    complete(worker, project)
    sample, task = sampled(project, membership.user)

    auditing.audit(sample, task, Judgement("accepted"), by=membership.user, at=NOON)

    assert (balance(AccountKind.PROVISIONAL), balance(AccountKind.FINAL)) == (0, 340_000)
    assert Task.objects.get().status == "completed"
    assert not auditing.unaudited(project).exists()


def test_a_fix_is_a_version_of_the_answer_and_no_submission_changes(project, worker, membership):
    complete(worker, project)
    sample, task = sampled(project, membership.user)

    given = auditing.audit(sample, task, Judgement("fixed", DOG), by=membership.user, at=NOON)

    rows = Resolution.objects.order_by("number").values_list("number", "source", "response", "current")
    assert list(rows) == [(0, "attempt", CAT, False), (1, "audit", DOG, True)]
    assert Submission.objects.get().response == CAT
    assert Audit.objects.get(pk=given.pk).fix.number == 1
    assert not auditing.unaudited(project).exists()


def test_a_fix_that_the_linter_refuses_changes_nothing(project, worker, membership):
    complete(worker, project)
    sample, task = sampled(project, membership.user)

    with pytest.raises(Exception, match="something to fix"):
        auditing.audit(sample, task, Judgement("fixed", {"category": "cow"}), by=membership.user, at=NOON)

    assert not Audit.objects.exists()


def test_a_rejection_sends_the_task_back_and_reverses_pay_that_is_not_final(project, worker, membership):
    complete(worker, project)
    Batch.objects.update(status="completed")
    sample, task = sampled(project, membership.user)

    auditing.audit(sample, task, REJECTED, by=membership.user, at=NOON)

    assert Task.objects.get().status == "pending"
    assert Batch.objects.get().status == "in_progress"
    assert balance(AccountKind.PROVISIONAL) == 0
    redo = WorkItem.objects.get(open=True)
    assert (redo.round, redo.reserved_for, redo.subject.response) == (2, worker, CAT)
    again = taken(worker)
    submit(again, response=DOG, key="second-key", at=NOON)
    assert Resolution.objects.get(current=True).response == DOG
    assert Task.objects.get().status == "completed"
    assert auditing.unaudited(project).count() == 1


def test_final_pay_stays_when_a_reviewed_answer_is_rejected(membership):
    project = make_project(organization=membership.organization, rate_micros=340_000, reviews=1)
    complete(make_worker(project), project)
    reviewer = make_worker(project, role="reviewer")
    review(taken(reviewer), Judgement("accepted"), key="review-1", at=NOON)
    sample, task = sampled(project, membership.user)

    auditing.audit(sample, task, REJECTED, by=membership.user, at=NOON)

    assert balance(AccountKind.FINAL) == 340_000
    assert Task.objects.get().status == "pending"


def test_a_rejection_may_only_be_noted(project, worker, membership):
    complete(worker, project)
    sample, task = sampled(project, membership.user, send_back=False)

    auditing.audit(sample, task, REJECTED, by=membership.user, at=NOON)

    assert Task.objects.get().status == "completed"
    assert not WorkItem.objects.filter(open=True).exists()


def test_merged_answers_are_all_done_again(membership):
    project = make_project(organization=membership.organization, places=2)
    first, second = make_worker(project), make_worker(project)
    (task,) = make_tasks(project)
    for number, author in enumerate([first, second]):
        submit(taken(author), response=CAT, key=f"key-number-{number}", at=NOON)
    sample, task = sampled(project, membership.user)

    auditing.audit(sample, task, REJECTED, by=membership.user, at=NOON)

    assert {item.reserved_for for item in WorkItem.objects.filter(open=True)} == {first, second}
    for number, author in enumerate([first, second]):
        submit(taken(author), response=DOG, key=f"again-number-{number}", at=NOON)
    assert Resolution.objects.get(current=True).response == DOG


def test_two_auditors_never_look_at_the_same_task(project, worker, membership):
    complete(worker, project, 3)
    colleague = UserFactory.create()
    sample = auditing.draw(project, size=3, by=membership.user, at=NOON)

    first = auditing.take_next(sample, by=membership.user, at=NOON)
    second = auditing.take_next(sample, by=colleague, at=NOON)

    assert first is not None
    assert second is not None
    assert first != second
    assert not auditing.hold(second, by=membership.user, at=NOON)
    assert AuditLease.objects.filter(by=colleague).get().task == second
    with pytest.raises(Exception, match="Somebody else"):
        auditing.audit(sample, second, Judgement("accepted"), by=membership.user, at=NOON)
    assert auditing.hold(second, by=membership.user, at=NOON + auditing.LEASE)


def test_one_verdict_for_one_answer(project, worker, membership):
    complete(worker, project)
    sample, task = sampled(project, membership.user)
    auditing.audit(sample, task, Judgement("accepted"), by=membership.user, at=NOON)
    auditing.hold(task, by=membership.user, at=NOON)

    with pytest.raises(Exception, match="verdict already"):
        auditing.audit(sample, task, Judgement("accepted"), by=membership.user, at=NOON)

    assert auditing.take_next(sample, by=membership.user, at=NOON) is None


def test_the_share_of_good_ones_comes_with_its_interval():
    low, high = wilson(90, 100)

    assert (round(low, 4), round(high, 4)) == (0.8256, 0.9448)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(5, 5)[1] == 1.0


def test_results_count_each_verdict(project, worker, membership):
    complete(worker, project, 3)
    sample = auditing.draw(project, size=3, by=membership.user, at=NOON)
    for judgement in [Judgement("accepted"), Judgement("fixed", DOG), REJECTED]:
        task = auditing.take_next(sample, by=membership.user, at=NOON)
        assert task is not None
        auditing.audit(sample, task, judgement, by=membership.user, at=NOON)

    assert results.of_samples([sample])[sample.pk] == results.Result(size=3, accepted=1, fixed=1, rejected=1)
    assert results.of_project(project).judged == 3


def address(name: str, project: Project, *more: str) -> str:
    return reverse(f"customer:{name}", args=["basalt", project.public_id, *more])


def test_an_audit_on_the_page_from_drawing_to_the_end(client, project, worker, membership):
    complete(worker, project, 2)
    client.force_login(membership.user)

    answer = client.post(address("project_audit", project), {"size": "5", "send_back": "yes"})
    page = client.get(answer["Location"])
    assert page.context["payload"]["mode"] == "audit"
    body = json.dumps({"verdict": "accepted"})
    answer = client.post(page.context["verdict_url"], body, content_type="application/json")
    page = client.get(answer.json()["next"])
    answer = client.post(
        page.context["verdict_url"], json.dumps({"verdict": "rejected"}), content_type="application/json"
    )
    assert (answer.status_code, answer.json()["error"]["missing"]) == (400, ["reason_class", "comment", "evidence"])
    body = json.dumps({"verdict": "rejected", "reason_class": "wrong_label", "comment": "A dog.", "evidence": WHOLE})
    answer = client.post(page.context["verdict_url"], body, content_type="application/json")

    assert answer.json()["next"] == address("project_audit", project)
    assert "A dog." in client.get(address("project_audit", project)).content.decode()


def test_a_stranger_finds_no_audit_and_an_empty_one_says_so(client, project, membership):
    client.force_login(membership.user)
    stranger = Client()
    stranger.force_login(MembershipFactory.create().user)

    assert stranger.get(address("project_audit", project)).status_code == 404
    answer = client.post(address("project_audit", project), {"size": "5", "send_back": "yes"})
    assert answer.status_code == 422
    assert "no completed task without a verdict" in answer.content.decode()
    assert client.post(address("project_audit", project), {"size": "x"}).status_code == 422
