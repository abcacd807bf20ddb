"""Everything from a server that speaks Scale's API, by the command."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Organization
from delivery.scale_json import tasks_json
from events.models import Event
from labeling.models import Resolution, WorkItem
from leaving.models import Counterpart, Origin
from leaving.scale import counterparts, gateway, importing
from payments.models import LedgerLine
from projects.creating import create_batch
from projects.models import Attachment, Batch, BatchStatus, Project, Task
from tests.answering import HERE, Stranger, allow, answering
from tests.bucket_store import entry, write_list
from tests.factories import NOON, OrganizationFactory, make_project, make_tasks
from tests.leaving.vendor import KEY, Vendor, answer_of

Json = dict[str, Any]
BOX = {"box": {"objects_to_annotate": ["car", "person"], "min_height": 10, "min_width": 10}}
ANNOTATIONS = [
    {
        "uuid": "65ec97be",
        "type": "box",
        "label": "car",
        "left": 97.5,
        "top": 120,
        "width": 30,
        "height": 41,
        "attributes": {},
    }
]


def project(name: str = "kitti_labeling", **more: Any) -> Json:
    first = {"version": 0, "created_at": "2021-04-25T07:38:32.368Z", "geometries": BOX, "instruction": "Boxes."}
    second = {"version": 1, "created_at": "2021-05-25T07:38:32.368Z", "geometries": BOX, "instruction": "Tight boxes."}
    return {
        "name": name, "type": "imageannotation", "created_at": "2021-04-25T07:38:32.368Z",
        "param_history": [first, second], **more,
    }  # fmt: skip


def batch(name: str, **more: Any) -> Json:
    return {
        "name": name, "project": "kitti_labeling", "status": "in_progress", "created_at": "2021-04-26T07:38:32.368Z",
        "metadata": {"city": "Karlsruhe"}, "callback": "", **more,
    }  # fmt: skip


def task(number: int, status: str = "completed", **more: Any) -> Json:
    done = {"completed_at": f"2021-06-{number % 28 + 1:02}T10:00:00.500Z", "response": {"annotations": ANNOTATIONS}}
    return {
        "task_id": f"5774cc78b01249ab09f08{number:03}", "type": "imageannotation", "status": status,
        "created_at": f"2021-05-{number % 28 + 1:02}T10:00:00.250Z", "project": "kitti_labeling",
        "instruction": "Also far away.\n\nTight boxes.", "metadata": {"frame": number}, "is_test": False,
        "params": {"attachment": f"https://pictures.example.com/{number}.png", "geometries": BOX},
        **(done if status == "completed" else {}), **more,
    }  # fmt: skip


@pytest.fixture
def vendor() -> Vendor:
    return Vendor(
        projects=[project()],
        batches=[batch("kitti_1"), batch("kitti_2", calibration_batch=True)],
        tasks=[
            task(1, batch="kitti_1", tags=["a", "b"], unique_id="frame-1", priority=30,
                 customer_review_status="accepted"),
            task(2, "pending", batch="kitti_1"),
            task(3, batch="kitti_2", prev_responses=[{"annotations": []}]),
            task(4),
            task(5, "pending"),
            task(6, "canceled", batch="kitti_2"),
            task(7, "error", batch="kitti_2"),
        ],
    )  # fmt: skip


@pytest.fixture
def server(vendor: Vendor, settings, monkeypatch) -> Iterator[Stranger]:
    monkeypatch.setenv("SCALE_KEY", KEY)
    with answering(vendor.say, host=HERE) as stranger:
        allow(settings, stranger)
        yield stranger


@pytest.fixture
def basalt(transactional_db) -> Organization:
    return OrganizationFactory.create(slug="basalt")


@pytest.fixture
def waits(monkeypatch) -> list[float]:
    """Seconds that would have been waited."""
    found: list[float] = []
    monkeypatch.setattr(gateway, "wait", found.append)
    return found


def run(server: Stranger, **options: Any) -> str:
    out = StringIO()
    call_command("import_scale", "basalt", url=server.url("/v1"), key_env="SCALE_KEY", stdout=out, **options)
    return out.getvalue()


def ours(number: int) -> Task:
    return Task.objects.get(public_id=Counterpart.objects.get(theirs=task(number)["task_id"]).ours)


def test_projects_come_with_all_their_versions(basalt, server):
    run(server)

    found = Project.objects.get()
    assert (found.organization, found.name, found.type, found.workforce) == (
        basalt, "kitti_labeling", "imageannotation", "managed",
    )  # fmt: skip
    assert list(found.versions.order_by("number").values_list("number", "instruction", "params")) == [
        (0, "Boxes.", {"geometries": BOX}), (1, "Tight boxes.", {"geometries": BOX}),
    ]  # fmt: skip
    assert found.current_version.number == 1


def test_tasks_come_with_all_that_is_theirs(basalt, server, vendor):
    said = run(server)

    assert "3 finished tasks and 2 open ones came in, with 7 files; 2 had ended there without an answer;" in said
    theirs, found = vendor.tasks[0], ours(1)
    home = next(row for row in tasks_json(Task.objects.filter(pk=found.pk)))
    same = ["customer_review_status", "type", "status", "created_at", "completed_at", "instruction", "params",
            "metadata", "tags", "unique_id",
            "project", "batch", "priority", "response"]  # fmt: skip
    assert {name: home[name] for name in same} == {name: theirs[name] for name in same}
    assert [ours(number).status for number in range(1, 8)] == [
        "completed", "pending", "completed", "completed", "pending", "canceled", "error",
    ]  # fmt: skip
    assert ours(1).content.params == {
        "attachment": "https://pictures.example.com/1.png", "instruction": "Also far away.",
    }  # fmt: skip


def test_batches_are_staged_while_they_have_open_tasks(basalt, server):
    said = run(server)

    found = {one.name: (one.kind, one.status, one.metadata) for one in Batch.objects.exclude(name=None)}
    karlsruhe = {"city": "Karlsruhe"}
    assert found == {
        "kitti_1": ("production", BatchStatus.STAGING, karlsruhe),
        "kitti_2": ("calibration", BatchStatus.IN_PROGRESS, karlsruhe),
        "kitti_labeling: open tasks": ("production", BatchStatus.STAGING, {}),
    }
    assert (ours(4).batch.name, ours(5).batch.name) == (None, "kitti_labeling: open tasks")
    assert "Open tasks wait in batches that are staged" in said


def test_finished_tasks_make_no_work_and_files_are_fetched_as_for_any_task(basalt, server):
    run(server)

    assert (WorkItem.objects.count(), LedgerLine.objects.count()) == (0, 0)
    rows = Resolution.objects.filter(task=ours(3)).order_by("number").values_list("number", "source", "current")
    assert list(rows) == [(0, "import", False), (1, "import", True)]
    attached = Attachment.objects.get(task=ours(2))
    assert (attached.source, attached.state) == ("https://pictures.example.com/2.png", "waiting")
    assert attached.fetch is not None
    verbs = set(Event.objects.filter(verb__startswith="task").values_list("verb", flat=True))
    assert verbs == {"tasks_imported"}


def test_a_second_run_takes_nothing_twice_and_what_is_new(basalt, server, vendor):
    run(server)
    vendor.tasks.insert(0, task(8))
    vendor.projects[0]["param_history"].append({"version": 2, "geometries": BOX, "instruction": "Tighter."})

    said = run(server)

    assert "1 finished tasks and 0 open ones came in, with 1 files; 7 were here already; 0 were not taken." in said
    assert (Project.objects.count(), Batch.objects.count(), Task.objects.count()) == (1, 4, 8)
    assert Project.objects.get().versions.count() == 3
    assert Origin.objects.get().checkpoint == {}


def test_whoever_is_killed_goes_on_with_the_page_where_it_was(basalt, server, vendor, monkeypatch):
    whole = importing.store_page
    pages = []

    def killed(*args: Any) -> None:
        pages.append(args)
        if len(pages) == 3:
            raise KeyboardInterrupt
        whole(*args)

    monkeypatch.setattr(importing, "store_page", killed)
    with pytest.raises(KeyboardInterrupt):
        run(server, page_size=2)
    assert Task.objects.count() == 4
    assert Origin.objects.get().checkpoint == {"kitti_labeling": task(4)["task_id"]}
    vendor.asked.clear()

    run(server, page_size=2)

    tokens = [path for path in vendor.asked if path.startswith("/v1/tasks")]
    assert len(tokens) == 2
    assert f"next_token={task(4)['task_id']}" in tokens[0]
    assert Task.objects.count() == Counterpart.objects.filter(kind="task").count() == 7


def test_a_kill_between_making_a_project_and_noting_it_makes_no_second_one(basalt, server, monkeypatch):
    settle = counterparts.settle
    monkeypatch.setattr(counterparts, "settle", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run(server)
    assert Project.objects.count() == 1
    monkeypatch.setattr(counterparts, "settle", settle)

    run(server)

    assert (Project.objects.count(), Project.objects.get().versions.count(), Task.objects.count()) == (1, 2, 7)


def test_it_waits_as_long_as_the_server_asks_for(basalt, server, vendor, waits):
    busy = {"status_code": 429, "error": "Too many requests"}
    vendor.before += [
        answer_of(busy, "429 Too Many Requests", **{"Retry-After": "7"}),
        answer_of({}, "503 Service Unavailable"),
        answer_of(busy, "429 Too Many Requests", **{"Retry-After": "999999"}),
    ]

    run(server)

    assert waits == [7.0, 2.0, 120.0]
    assert Task.objects.count() == 7


def test_a_server_that_stays_away_is_named_and_what_came_is_kept(basalt, server, vendor, waits):
    def away() -> bytes | None:
        is_late = sum(path.startswith("/v1/tasks") for path in vendor.asked) > 1
        vendor.before.append(away)
        return answer_of({}, "502 Bad Gateway") if is_late else None

    vendor.before.append(away)

    with pytest.raises(CommandError, match=r"does not answer: HTTP 502\. Run the command again later"):
        run(server, page_size=3)

    assert Task.objects.count() == 3
    assert len(waits) == gateway.MOST_TRIES


def test_a_dry_run_writes_nothing(basalt, server):
    said = run(server, dry_run=True)

    assert "3 finished tasks and 2 open ones came in, with 7 files; 2 had ended there" in said
    assert (Project.objects.count(), Task.objects.count(), Origin.objects.count()) == (0, 0, 0)


def test_only_the_projects_that_are_named(basalt, server, vendor):
    vendor.projects.append(project("other"))

    said = run(server, project=["other", "unheard"])

    assert [one.name for one in Project.objects.all()] == ["other"]
    assert "task of unheard: There is no project of this name." in said


def test_what_cannot_be_taken_is_named_with_its_reason(basalt, server, vendor):
    make_project(organization=basalt, name="taken")
    make_tasks(Project.objects.get(), 1, unique_id="frame-1")
    vendor.projects += [project("lidar", type="telepathy"), project("taken")]
    vendor.tasks += [
        task(11, "pending", params={"attachment": "s3://bucket/a.png"}),
        task(12, params={"attachment": "scaledata://somebody/a.png"}),
        task(13, response={"annotations": [{"type": "box", "label": "tram"}]}),
        task(14, response=None),
        task(15, type="categorization"),
        task(16, "resting"),
        task(17, metadata={"long": "x" * 70_000}),
        task(18, "pending", params={"attachment": "scaledata://somebody/b.png"},
             attachmentS3Downloads=[{"s3URL": "https://pictures.example.com/signed?x=1"}]),
        {"task_id": None, "project": "kitti_labeling"},
    ]  # fmt: skip

    said = run(server)

    def line(number: int) -> str:
        return f"task {task(number)['task_id']}: "

    assert "task of lidar: The project was not taken: " in said
    assert "task of taken: The project was not taken: There is a project of this name already" in said
    assert line(1) + "Its unique_id belongs to another task here already; it came without one." in said
    assert line(11) + "Its file cannot be fetched from here: “s3://bucket/a.png”." in said
    assert line(12) + "It came with its answer, but its file cannot be fetched from here" in said
    assert line(13) + "The answer is not what the kind of work takes here (missing); it came as it was." in said
    assert line(14) + "It is completed there, but without a response: it is open here." in said
    assert line(15) + "Its kind of work is categorization, and the project's is another." in said
    assert line(16) + "Its status “resting” is none that this site knows." in said
    assert line(17) + "Its data and what could not be taken over are larger than 64 kB together." in said
    assert "task None: The task has no id" in said
    assert Attachment.objects.get(task=ours(18)).source == "https://pictures.example.com/signed?x=1"
    assert ours(1).unique_id is None
    assert not Counterpart.objects.filter(theirs__in=[task(number)["task_id"] for number in (11, 15, 16, 17)]).exists()


def test_what_the_workbench_cannot_show_comes_in_and_waits(basalt, server, vendor):
    vendor.projects = [project(type="segmentannotation", param_history=[{"version": 0, "labels": ["Road"]}])]
    answer = {"labelMapping": {"Road": {"index": 1, "color": "#010203"}}}
    params = {"attachment": "https://pictures.example.com/1.png", "labels": ["Road"]}
    vendor.batches = []
    vendor.tasks = [
        task(1, type="segmentannotation", params=params, response=answer),
        task(2, "pending", type="segmentannotation", params=params),
    ]

    said = run(server)

    assert "1 finished tasks and 1 open ones came in" in said
    assert "is not what the kind of work takes" not in said
    assert Resolution.objects.get(task=ours(1)).response == answer
    assert [ours(number).is_shown for number in (1, 2)] == [False, False]


def test_forms_come_in_our_long_form(basalt, server, vendor):
    fields = [
        {"type": "text", "field_id": "summary", "title": "Summary"},
        {"type": "category", "field_id": "tone", "title": "Tone", "choices": [{"label": "Kind", "value": "kind"}]},
    ]
    vendor.projects = [project(type="textcollection", param_history=[{"version": 0, "fields": fields}])]
    vendor.tasks = [
        task(1, type="textcollection",
             params={"attachments": [{"type": "text", "content": "Thank you."}], "fields": fields},
             response={"annotations": {"summary": "Thanks", "tone": ["kind"]}})
    ]  # fmt: skip

    said = run(server)

    assert Resolution.objects.get().response == {
        "annotations": {
            "summary": {"type": "text", "field_id": "summary", "response": [["Thanks"]]},
            "tone": {"type": "category", "field_id": "tone", "response": [["kind"]]},
        }
    }
    assert "The answer is not what" not in said


def test_a_wrong_key_and_other_faults_are_one_sentence_without_the_key(basalt, server, vendor, monkeypatch, settings):
    monkeypatch.setenv("SCALE_KEY", "live_wrong")
    with pytest.raises(CommandError, match=r"cannot be read: HTTP 401 \(Unauthorized\)\.") as refused:
        run(server)
    assert "live_wrong" not in str(refused.value)
    monkeypatch.setenv("SCALE_KEY", "")
    with pytest.raises(CommandError, match="SCALE_KEY is empty"):
        run(server)
    monkeypatch.setenv("SCALE_KEY", KEY)
    for answer in (
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{{{{",
        answer_of({"docs": 7}),
        answer_of([7, None, {}]),
    ):
        vendor.before.append(answer)
        if answer == answer_of([7, None, {}]):
            run(server)
        else:
            with pytest.raises(CommandError, match="cannot be read"):
                run(server)
    settings.FETCH_PRIVATE_NETWORKS = []
    with pytest.raises(CommandError, match="cannot be read"):
        run(server)
    with pytest.raises(CommandError, match="There is no organization"):
        call_command("import_scale", "nobody", url=server.url("/v1"), key_env="SCALE_KEY")
    assert Task.objects.count() == 0


def test_two_customers_and_two_worlds_are_apart(basalt, server):
    OrganizationFactory.create(slug="gneiss")
    run(server)
    run(server, mode="test")
    call_command("import_scale", "gneiss", url=server.url("/v1"), key_env="SCALE_KEY", stdout=StringIO())

    assert sorted(Origin.objects.values_list("organization__slug", "mode")) == [
        ("basalt", "live"), ("basalt", "test"), ("gneiss", "live"),
    ]  # fmt: skip
    assert Task.objects.count() == 21


def test_a_batch_name_that_is_taken_elsewhere_is_said(basalt, server):
    create_batch(make_project(organization=basalt), name="kitti_1", by=None, at=NOON)

    said = run(server)

    assert "The batch was not taken, its tasks came without it: There is a batch with this name already." in said
    assert (ours(1).batch.name, ours(2).batch.name) == (None, "kitti_labeling: open tasks")


def test_files_in_the_organizations_own_buckets_are_fetched_from_there(basalt, server, vendor, settings, tmp_path):
    settings.FETCH_PORTS = [*settings.FETCH_PORTS, 443]
    write_list(settings, tmp_path, entry("s3://cows", basalt.slug), entry("s3://other", "somebody"))
    vendor.tasks = [
        task(1, "pending", params={"attachment": "s3://cows/a b.png"}),
        task(2, "pending", params={"attachment": "s3://other/a.png"}),
    ]
    tried = run(server, dry_run=True)

    said = run(server)

    assert list(Attachment.objects.values_list("source", flat=True)) == ["s3://cows/a b.png"]
    for told in (tried, said):
        assert f"task {task(2)['task_id']}: Its file cannot be fetched from here: “s3://other/a.png”." in told
        assert f"task {task(1)['task_id']}: " not in told
