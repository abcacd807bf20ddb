import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Mode
from core.errors import BusinessError
from events.models import Event
from files import bringing, fetch_orders
from files.addresses import FetchError
from files.models import Fetch, FetchState, File, FileState
from labeling.models import WorkItem
from projects import counting, reasons
from projects.adding import add_tasks
from projects.models import Attachment, AttachmentState, Project, Task, TaskStatus
from projects.readiness import file_was_read
from projects.sources import Source, sources_of
from projects.task_rows import NewTask
from tests.bucket_store import Store, entry, serving, write_list
from tests.factories import NOON, OrganizationFactory, make_project

A, B = "https://store.example/a.png", "https://store.example/b.png"


@pytest.mark.parametrize(
    ("type_name", "params", "found"),
    [
        ("imageannotation", {"attachment": A}, [Source(A)]),
        ("imageannotation", {"attachment": A, "attachment_type": "image"}, [Source(A)]),
        ("categorization", {"attachment": "a text", "attachment_type": "text"}, []),
        ("categorization", {"attachment": A, "attachment_type": "website"}, []),
        ("comparison", {"attachments": [A, B]}, [Source(A), Source(B)]),
        ("textcollection", {"attachments": [{"type": "image", "content": A}]}, [Source(A)]),
        ("textcollection", {"attachments": [{"content": "a"}, {"type": "pdf", "content": B}]}, [Source(B)]),
        ("textcollection", {"attachments": [{"content": "a text"}, "another text"]}, []),
        (
            "imageannotation",
            {"attachment": A, "context_attachments": [{"attachment": B}, {"other": A}]},
            [Source(A), Source(B, "context_attachment")],
        ),
        ("imageannotation", {"attachment": 4, "attachments": {"a": A}, "context_attachments": "x"}, []),
        ("imageannotation", {"attachment": "", "attachments": [None, ["x"], {"type": "image"}]}, []),
        ("imageannotation", {"attachment": "scaledata://a/b"}, [Source("scaledata://a/b")]),
        ("imageannotation", {}, []),
    ],
)  # fmt: skip
def test_sources_of_finds_addresses_where_the_vendor_puts_them(type_name, params, found):
    assert sources_of(type_name, params) == found


def add(project: Project, *new: NewTask) -> list[Task]:
    return add_tasks(project.batches.get(name=None), new, by=None, at=NOON)


def file_of(project: Project, state: str = FileState.READY, mode: str = Mode.LIVE) -> File:
    count = File.objects.count()
    return File.objects.create(
        organization=project.organization,
        mode=mode,
        sha256=f"{count:064d}",
        bytes=10,
        key=f"key-{count}",
        state=state,
        created_at=NOON,
    )


def named(*addresses: str) -> NewTask:
    return NewTask(sources=[Source(address) for address in addresses])


def attached(task: Task) -> list[tuple[str, int, str, str]]:
    rows = Attachment.objects.filter(task=task).order_by("role", "position")
    return list(rows.values_list("role", "position", "source", "state"))


@pytest.mark.django_db
def test_add_tasks_waits_for_what_is_at_an_address():
    project = make_project()

    (task,) = add(project, NewTask(sources=[Source(A), Source(B, "context_attachment")]))

    assert attached(task) == [("attachment", 0, A, "waiting"), ("context_attachment", 0, B, "waiting")]
    assert (task.offered_at, WorkItem.objects.count()) == (None, 0)
    waiting = Fetch.objects.order_by("address").values_list("organization", "mode", "address", "state", "due_at")
    assert list(waiting) == [(project.organization_id, "live", address, "waiting", NOON) for address in (A, B)]


@pytest.mark.django_db
def test_add_tasks_counts_positions_behind_the_files():
    project = make_project()

    (task,) = add(project, NewTask(files=[file_of(project)], sources=[Source(A), Source(B)]))

    assert attached(task) == [
        ("attachment", 0, "", "ready"),
        ("attachment", 1, A, "waiting"),
        ("attachment", 2, B, "waiting"),
    ]


@pytest.mark.django_db
def test_an_address_is_asked_once_for_all_tasks_that_name_it():
    project, other = make_project(), make_project()

    add(project, *[named(A) for _n in range(5)])
    add(project, named(A))
    add(other, named(A))

    assert sorted(Fetch.objects.values_list("organization", flat=True)) == sorted(
        [project.organization_id, other.organization_id]
    )
    assert Attachment.objects.filter(fetch__organization=project.organization).count() == 6


@pytest.mark.django_db
def test_a_fetched_file_settles_all_tasks_that_wait_for_it():
    project = make_project()
    first, second = add(project, named(A), named(A))
    (third,) = add(project, named(A, B))
    fetch, other = Fetch.objects.order_by("address")

    bringing.finish(fetch, file_of(project), at=NOON)

    assert set(Task.objects.filter(offered_at=NOON)) == {first, second}
    assert attached(third) == [("attachment", 0, A, "ready"), ("attachment", 1, B, "waiting")]
    bringing.finish(other, file_of(project), at=NOON)
    assert WorkItem.objects.count() == 3


@pytest.mark.django_db
def test_a_fetched_file_that_is_not_read_yet_keeps_them_waiting():
    project = make_project()
    (task,) = add(project, named(A))
    file = file_of(project, FileState.UPLOADED)

    bringing.finish(Fetch.objects.get(), file, at=NOON)

    assert attached(task) == [("attachment", 0, A, "waiting")]
    assert (Attachment.objects.get().file, WorkItem.objects.count()) == (file, 0)


@pytest.mark.django_db
def test_what_cannot_be_fetched_ends_its_tasks_with_the_reason():
    project = make_project()
    tasks = add(project, named(A), named(B), named(A, B))
    fetch = Fetch.objects.get(address=A)

    bringing.fail(fetch, FetchError("http_status", status=404), at=NOON)

    fetch.refresh_from_db()
    assert (fetch.state, fetch.ended_at) == (FetchState.FAILED, NOON)
    failed = Task.objects.filter(status=TaskStatus.ERROR, error_code="attachment_broken", completed_at=NOON)
    assert set(failed) == {tasks[0], tasks[2]}
    sentence = "The server did not give the file: it answered with status 404."
    assert {reasons.fault(task) for task in failed} == {sentence}
    told = Event.objects.filter(verb="task_errored").values_list("subject_id", flat=True)
    assert set(told) == {tasks[0].public_id, tasks[2].public_id}


@pytest.mark.django_db
def test_after_an_end_the_same_address_is_asked_again():
    project = make_project()
    add(project, named(A))
    bringing.fail(Fetch.objects.get(), FetchError("http_status", status=404), at=NOON)

    (task,) = add(project, named(A))

    assert list(Fetch.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "waiting"]
    assert attached(task) == [("attachment", 0, A, "waiting")]


@pytest.mark.django_db
def test_our_own_address_is_a_file_that_is_here():
    project = make_project()
    file = file_of(project)
    address = f"scaledata://{project.organization.public_id}/{file.public_id}"

    (task,) = add(project, named(address))

    assert attached(task) == [("attachment", 0, address, "ready")]
    assert (Attachment.objects.get().file, task.offered_at, Fetch.objects.count()) == (file, NOON, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("whose", ["nobody", "another", "other_mode", "wrong_name"])
def test_our_own_address_names_nobody_elses_file(whose):
    project, other = make_project(), make_project()
    theirs, in_test = file_of(other), file_of(project, mode=Mode.TEST)
    mine, us, them = file_of(project).public_id, project.organization.public_id, other.organization.public_id
    address = {
        "nobody": f"scaledata://{us}/nothing",
        "another": f"scaledata://{us}/{theirs.public_id}",
        "other_mode": f"scaledata://{us}/{in_test.public_id}",
        "wrong_name": f"scaledata://{them}/{mine}",
    }[whose]

    with pytest.raises(BusinessError) as caught:
        add(project, named(address))

    assert (caught.value.code, caught.value.status) == ("file_unknown", 400)
    assert str(caught.value) == "There is no such file among your files here."
    assert Task.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("cat.png", "address_unreadable"),
        ("s3://bucket/cat.png", "address_scheme"),
        ("gs://bucket/cat.png", "address_scheme"),
        ("file:///etc/passwd", "address_scheme"),
        ("https://store.example/" + "x" * 2000, "address_too_long"),
        ("http://[::1", "address_unreadable"),
        ("http://a\nb/", "address_unreadable"),
    ],
)
def test_what_is_no_address_is_refused_with_a_sentence(address, code):
    with pytest.raises(BusinessError) as caught:
        add(make_project(), named(A), named(address))

    assert (caught.value.code, caught.value.status) == (code, 400)
    assert (Task.objects.count(), Fetch.objects.count()) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 50])
def test_addresses_cost_a_constant_number_of_queries(count):
    project = make_project()
    batch = project.batches.get(name=None)
    add(project, named(A))

    with CaptureQueriesContext(connection) as few:
        add_tasks(batch, [named(B)], by=None, at=NOON)
    with CaptureQueriesContext(connection) as found:
        add_tasks(batch, [named(f"https://store.example/{n}") for n in range(count)], by=None, at=NOON)

    assert len(found) == len(few)


@pytest.mark.django_db
def test_another_organization_is_not_told_of_a_failure():
    project, other = make_project(organization=OrganizationFactory.create()), make_project()
    add(project, named(A))
    add(other, named(A))

    bringing.fail(Fetch.objects.get(organization=project.organization), FetchError("not_reached"), at=NOON)

    assert list(Attachment.objects.filter(state=AttachmentState.BROKEN).values_list("task__project", flat=True)) == [
        project.pk
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("when", ["before", "after", "named"])
def test_a_text_where_a_picture_is_expected_ends_the_task(when):
    project = make_project()
    file = file_of(project)
    File.objects.update(type="text/plain")
    address = f"scaledata://{project.organization.public_id}/{file.public_id}" if when == "named" else A
    if when == "after":
        File.objects.update(state=FileState.UPLOADED)

    (task,) = add(project, named(address))
    if when != "named":
        bringing.finish(Fetch.objects.get(), file, at=NOON)
    if when == "after":
        File.objects.update(state=FileState.READY)
        file_was_read(File.objects.get(), at=NOON)

    task.refresh_from_db()
    assert (task.status, Attachment.objects.get().error_code) == (TaskStatus.ERROR, "not_a_picture")
    assert reasons.fault(task) == "This project labels pictures; this is a text."


@pytest.mark.django_db
def test_fetching_counts_the_tasks_of_each_batch_that_wait():
    project, other = make_project(), make_project()
    add(project, named(A), named(A, B), NewTask(), named("https://store.example/c.png"))
    add(other, named(A))
    bringing.finish(Fetch.objects.get(address="https://store.example/c.png"), file_of(project), at=NOON)
    batch, third = project.batches.get(), make_project().batches.get()

    assert counting.fetching([batch.pk, third.pk]) == {batch.pk: 2}


def imported(project: Project, address: str = A) -> tuple[Fetch, str]:
    """A file that the customer imports, and our address of it."""
    fetch = fetch_orders.import_file(project.organization, mode=Mode.LIVE, address=address, at=NOON)
    return fetch, f"scaledata://{project.organization.public_id}/{fetch.public_id}"


@pytest.mark.django_db
def test_an_imported_file_is_named_before_it_is_here():
    project = make_project()
    fetch, address = imported(project)

    (early,) = add(project, named(address))
    bringing.finish(fetch, file_of(project), at=NOON)
    (late,) = add(project, named(address))

    assert attached(early) == attached(late) == [("attachment", 0, address, "ready")]
    assert WorkItem.objects.count() == 2
    assert Fetch.objects.get() == fetch


@pytest.mark.django_db
def test_an_import_of_what_is_under_way_is_the_same():
    project = make_project()
    (task,) = add(project, named(A))

    first, address = imported(project)
    again, same = imported(project)

    assert (first.pk, address) == (again.pk, same)
    assert Attachment.objects.get(task=task).fetch == first


@pytest.mark.django_db
def test_an_import_that_failed_is_said_to_whoever_names_it():
    project = make_project()
    fetch, address = imported(project)
    bringing.fail(fetch, FetchError("http_status", status=404), at=NOON)

    with pytest.raises(BusinessError, match="status 404") as caught:
        add(project, named(address))

    assert (caught.value.code, caught.value.status) == ("http_status", 400)


@pytest.mark.django_db
def test_an_import_is_its_own_organizations():
    project, other = make_project(), make_project()
    fetch, _address = imported(other)

    with pytest.raises(BusinessError) as caught:
        add(project, named(f"scaledata://{project.organization.public_id}/{fetch.public_id}"))

    assert caught.value.code == "file_unknown"
    with pytest.raises(FetchError):
        imported(project, "cat.png")


@pytest.mark.django_db
def test_a_bucket_is_named_by_those_for_whom_it_is_opened(settings, tmp_path):
    project, other = make_project(), make_project()
    write_list(settings, tmp_path, entry("s3://scans", project.organization.slug))
    address = "s3://scans/a b?.png"

    (task,) = add(project, named(address))
    refused = {}
    for place, wanted in [(other, address), (other, "s3://unknown/a b?.png"), (project, "s3://unknown/a.png")]:
        with pytest.raises(BusinessError) as caught:
            add(place, named(wanted))
        refused[caught.value.code, str(caught.value), caught.value.status] = wanted

    assert attached(task) == [("attachment", 0, address, "waiting")]
    assert list(Fetch.objects.values_list("organization", "address")) == [(project.organization_id, address)]
    # One sentence for all three: nobody learns what is opened for somebody else.
    sentence = (
        "Only addresses that begin with https:// or http:// are fetched, and files at s3:// or gs:// in buckets that "
        "those who run this site have opened for your organization. Ask them to, or give a pre-signed https address."
    )
    assert list(refused) == [("address_scheme", sentence, 400)]


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 3])
def test_addresses_in_buckets_cost_a_constant_number_of_queries(count, settings, tmp_path):
    project = make_project()
    first, batch = (project.batches.get(name=None) for _turn in range(2))
    write_list(settings, tmp_path, entry("s3://scans", project.organization.slug))

    with CaptureQueriesContext(connection) as few:
        add_tasks(first, [named(A)], by=None, at=NOON)
    with CaptureQueriesContext(connection) as found:
        add_tasks(batch, [named(f"s3://scans/{n}") for n in range(count)], by=None, at=NOON)

    assert len(found) == len(few)


@pytest.mark.django_db
def test_a_store_that_refuses_ends_the_task_with_a_reason_and_without_a_signature(settings, tmp_path):
    project = make_project()
    with serving(Store({}, NOON, denied=frozenset({"/scans/a.png"})), settings) as store:
        endpoint = store.url().rstrip("/")
        write_list(settings, tmp_path, entry("s3://scans", project.organization.slug, endpoint=endpoint))
        (task,) = add(project, named("s3://scans/a.png"))
        bringing.bring_due(clock=lambda: NOON)

    task.refresh_from_db()
    assert (task.status, task.error_code) == (TaskStatus.ERROR, "attachment_broken")
    assert "status 403): it has none of this name, or this site's key may not read it" in reasons.fault(task)
    assert (Fetch.objects.get().error_params, Attachment.objects.get().source) == ({"status": 403}, "s3://scans/a.png")
