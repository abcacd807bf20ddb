import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now

from accounts.cutting_off import CutOffError
from accounts.models import Role
from delivery import exporting
from events import running
from events.models import Job
from labeling import kill_switch
from tests.delivery.making import add_task, make_picture_project
from tests.factories import MembershipFactory, UserFactory, make_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    return make_picture_project()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.EmailBackend")
    return client


def member(project, role=Role.MANAGER) -> Client:
    return signed_in(MembershipFactory.create(organization=project.organization, role=role).user)


def address(project, name="exports", **more) -> str:
    kwargs = {"slug": project.organization.slug, "project_id": project.public_id, **more}
    return reverse(f"delivery:{name}", kwargs=kwargs)


def make_export(project, client) -> Job:
    assert client.post(address(project), {"format": "scale_jsonl"}).status_code == 302
    job = Job.objects.latest("pk")
    running.run(job.pk)
    job.refresh_from_db()
    return job


def test_a_manager_exports_and_downloads(project):
    task = add_task(project)
    client = member(project)
    job = make_export(project, client)

    page = client.get(address(project))
    file = client.get(address(project, "export_file", job_id=job.public_id))

    assert address(project, "export_file", job_id=job.public_id) in page.content.decode()
    assert task.public_id in file.getvalue().decode()
    assert file["Content-Disposition"] == f'attachment; filename="Stra-en-1-{job.created_at:%Y-%m-%d}.jsonl"'
    assert file["X-Content-Type-Options"] == "nosniff"
    assert file["Cache-Control"] == "private, no-store"


def test_the_list_shows_only_this_projects_exports(project):
    client = member(project)
    other = make_picture_project(name="Other")
    make_export(project, client)
    theirs = make_export(other, member(other))

    page = client.get(address(project)).content.decode()

    assert page.count('class="job"') == 1
    assert theirs.public_id not in page


@pytest.mark.parametrize(
    "data", [{}, {"format": "coco2"}, {"format": "coco", "batch": "nope"}, {"format": "coco", "status": "x"}]
)
def test_a_wrong_choice_is_answered_with_the_form(project, data):
    client = member(project)

    assert client.post(address(project), data).status_code == 422
    assert not Job.objects.exists()


def test_another_projects_batch_is_no_choice(project):
    foreign = make_picture_project(name="Other").batches.get()

    assert member(project).post(address(project), {"format": "coco", "batch": foreign.public_id}).status_code == 422


def who(project):
    stranger = make_picture_project(name="Other")
    yield "member", member(project, Role.MEMBER), 403
    yield "stranger", member(stranger), 404
    yield "contractor", signed_in(make_worker(project).user), 404
    yield "site admin", signed_in(UserFactory.create(is_site_admin=True)), 403
    yield "anonymous", Client(), 302


def test_nobody_else_sees_lists_starts_or_downloads_an_export(project):
    job = make_export(project, member(project))

    for name, client, status in who(project):
        file = address(project, "export_file", job_id=job.public_id)
        answers = [client.get(address(project)), client.get(file), client.post(address(project), {"format": "coco"})]
        assert [answer.status_code for answer in answers] == [status] * 3, name
    assert Job.objects.count() == 1


def test_a_download_needs_the_projects_own_address(project):
    client = member(project)
    other = make_picture_project(name="Other")
    theirs = make_export(other, member(other))

    assert client.get(address(project, "export_file", job_id=theirs.public_id)).status_code == 404


def test_a_deleted_file_is_not_found_and_the_page_says_so(project):
    client = member(project)
    job = make_export(project, client)
    Job.objects.filter(pk=job.pk).update(result_key="")

    assert client.get(address(project, "export_file", job_id=job.public_id)).status_code == 404
    assert "deleted after 30 days" in client.get(address(project)).content.decode()


def test_of_a_customer_who_is_cut_off_no_export_begins_and_none_is_downloaded(project):
    add_task(project)
    client = member(project)
    job = make_export(project, client)
    file = address(project, "export_file", job_id=job.public_id)
    switch = kill_switch.throw(project.organization, reason="A court order.", by=None, at=now())

    closed = [client.get(file).status_code, client.post(address(project), {"format": "scale_jsonl"}).status_code]
    with pytest.raises(CutOffError):  # whoever had passed the door before
        exporting.start_export(project, format_code="scale_jsonl", by=UserFactory.create(), at=now())
    kill_switch.lift(switch, reason="", by=None, at=now())

    assert (closed, Job.objects.filter(kind="export").count()) == ([403, 403], 1)
    assert client.get(file).getvalue()
