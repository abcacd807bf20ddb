"""Imports: what is good is in, what is not is said with its reason, and nothing comes twice."""

import zipfile
from io import BytesIO
from typing import Any

import pytest

from accounts.models import Membership, Mode, Organization, User
from core.errors import BusinessError
from events import running
from events.models import Event, Job, JobState
from files import texts as texts_module
from files import uploading
from files.models import Fetch, File
from projects import chunks, creating, importing, taking
from projects.models import Attachment, Batch, Import, Project, Task
from tests.bucket_store import entry, write_list
from tests.factories import NOON, MembershipFactory, OrganizationFactory, make_project
from tests.projects.test_views import BOXES, png

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def membership() -> Membership:
    return MembershipFactory.create(organization=OrganizationFactory.create())


@pytest.fixture
def texts(membership) -> Project:
    return make_project(organization=membership.organization)


@pytest.fixture
def pictures(membership) -> Project:
    terms = creating.Terms(params=BOXES)
    return creating.create_project(
        membership.organization, name="Pictures", type="imageannotation", terms=terms, by=None, at=NOON
    )


def bring(project: Project, by: User, name: str, content: bytes) -> dict[str, Any]:
    """The way of an upload from a page; what was said at its end."""
    batch = Batch.objects.get(project=project, name=None)
    upload = uploading.begin(
        organization=project.organization,
        by=by,
        mode=Mode.LIVE,
        name=name,
        size=len(content),
        target_kind="batch",
        target_id=batch.public_id,
        at=NOON,
    )
    uploading.add_chunk(upload, BytesIO(content), offset=0)
    return uploading.finish(upload, at=NOON)


def zipped(**entries: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("_", "."), content)
    return target.getvalue()


def imported(said: dict[str, Any]) -> Import:
    found = Import.objects.get(public_id=said["import"]["id"])
    assert found.job is not None
    running.run(found.job.pk)
    return Import.objects.get(pk=found.pk)


def refusals(found: Import) -> list[tuple[int, str, str]]:
    return list(found.refusals.order_by("number").values_list("number", "name", "code"))


def texts_of(project: Project) -> list[str]:
    tasks = Task.objects.filter(project=project).order_by("pk").select_related("content")
    return [task.content.params["attachment"] for task in tasks]


def test_an_archive_keeps_the_good_and_says_why_not_the_others(pictures, membership):
    content = zipped(
        a_png=png("red"), b_txt=b"no picture", c_png=png("blue"), d_png=b"\x89PNG\r\n\x1a\nbroken", e_png=png()
    )

    found = imported(bring(pictures, membership.user, "all.zip", content))

    assert (found.position, found.made, found.refused) == (5, 4, 1)
    assert refusals(found) == [(2, "b.txt", "not_a_picture")]
    assert Task.objects.filter(project=pictures).count() == 4
    assert File.objects.count() == 3  # the same picture twice is stored once
    assert found.job.state == JobState.DONE
    assert not (uploading.folder() / found.upload_id).exists()


def test_a_table_gives_a_task_for_each_row_and_the_line_of_each_mistake(texts, membership):
    content = b'id,text\n1,"Hello\nworld"\n2\n3,Bye\n4,\n'

    found = imported(bring(texts, membership.user, "rows.csv", content))

    assert texts_of(texts) == ["Hello\nworld", "Bye"]
    assert refusals(found) == [(4, "", "row_columns"), (6, "", "empty_text")]
    assert [task.content.metadata for task in Task.objects.order_by("pk").select_related("content")] == [
        {"id": "1"},
        {"id": "3"},
    ]


@pytest.mark.parametrize("name", ["rows.csv", "rows.jsonl"])
def test_a_table_with_the_usual_column_asks_for_nothing(name, texts, membership):
    content = {"rows.csv": b"id,text\n1,Hello\n", "rows.jsonl": b'{"id": 1, "text": "Hello"}\n'}

    said = bring(texts, membership.user, name, content[name])

    found = Import.objects.get()
    assert said == {"import": {"id": found.public_id, "needs_column": False}}
    assert found.job is not None


def test_json_lines_are_read_like_a_table(texts, membership):
    content = b'{"text": "one", "source": {"page": 3}}\n[1]\n{"text": 7}\n{"other": "x"}\n'

    found = imported(bring(texts, membership.user, "rows.jsonl", content))

    assert texts_of(texts) == ["one"]
    assert [code for _number, _name, code in refusals(found)] == [
        "row_not_an_object",
        "column_not_text",
        "column_missing",
    ]


def test_a_table_without_the_usual_column_waits_for_the_choice(texts, membership):
    said = bring(texts, membership.user, "rows.csv", b"id,review\n1,Hello\n")
    found = Import.objects.get(public_id=said["import"]["id"])
    assert said["import"]["needs_column"]
    assert found.job is None

    importing.choose_column(found, "review", by=membership.user, at=NOON)
    running.run(Import.objects.get(pk=found.pk).job_id)

    assert texts_of(texts) == ["Hello"]


def test_a_runner_that_dies_between_two_writes_doubles_nothing(texts, membership, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 10)
    monkeypatch.setattr(importing, "STEP_S", 0)
    rows = "".join(f"{number}\n" for number in range(35))
    said = bring(texts, membership.user, "rows.csv", f"text\n{rows}".encode())
    found = Import.objects.get(public_id=said["import"]["id"])
    monkeypatch.setattr(running, "keep", dying_keep(running.keep))

    for _run in range(20):
        Job.objects.filter(pk=found.job_id, state=JobState.QUEUED).update(tries=0)
        running.run(found.job_id)

    assert Job.objects.get(pk=found.job_id).state == JobState.DONE
    assert texts_of(texts) == [str(number) for number in range(35)]


def test_more_rows_than_a_chunk_holds(texts, membership):
    rows = [str(number) for number in range(chunks.CHUNK + 1)]

    said = bring(texts, membership.user, "rows.csv", "\n".join(["text", *rows]).encode())
    running.run(Import.objects.get(public_id=said["import"]["id"]).job_id)

    assert texts_of(texts) == rows


def dying_keep(keep):
    """Every second step's record is lost, as when the runner is killed after the tasks were written."""
    turns = iter(range(1000))

    def maybe(*args, **kwargs):
        if next(turns) % 2 == 0:
            raise RuntimeError("killed")
        return keep(*args, **kwargs)

    return maybe


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", "id,text\n" + "".join(f'{number},"text\n{number}"\n\n' for number in range(20))),
        ("rows.jsonl", "".join(f'{{"text": "text\\n{number}"}}\n\n' for number in range(20))),
    ],
)
def test_another_runner_goes_on_where_the_last_one_stopped(name, content, texts, membership, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 6)
    broken = {"rows.csv": "7\n", "rows.jsonl": "[\n"}[name]
    said = bring(texts, membership.user, name, (content + broken).encode("utf-16"))
    found = Import.objects.get(public_id=said["import"]["id"])
    read_lines = watch_lines(monkeypatch)
    monkeypatch.setattr(running, "RUN", running.RUN * 0)
    real = chunks.next_chunk
    monkeypatch.setattr(chunks, "next_chunk", lambda reading, *, most, until: real(reading, most=most, until=until + 9))
    monkeypatch.setattr(importing, "STEP_S", 0)

    while Job.objects.get(pk=found.job_id).state != JobState.DONE:
        running.run(found.job_id)

    found.refresh_from_db()
    assert texts_of(texts) == [f"text\n{number}" for number in range(20)]
    assert (found.position, found.made, found.refused) == (21, 20, 1)
    last_line = len((content + broken).splitlines())
    assert [number for number, _name, _code in refusals(found)] == [last_line]
    assert len(read_lines) < 2 * last_line  # four runners, and each line but the head was read once


def test_who_was_overtaken_writes_nothing_more(texts, membership, monkeypatch):
    """A runner that was silent for too long, while another has taken in the first row."""
    monkeypatch.setattr(chunks, "CHUNK", 10)
    rows = "".join(f"{number}\n" for number in range(35))
    said = bring(texts, membership.user, "rows.csv", f"text\n{rows}".encode())
    job = Job.objects.get(pk=Import.objects.get(public_id=said["import"]["id"]).job_id)
    take_in, turns = importing.take_in, iter(range(1000))

    def overtaken(found, chunk, *, at):
        if next(turns) == 0:
            assert take_in(found, chunks.Chunk(chunk.arrivals[:1], is_last=False), at=at)
        return take_in(found, chunk, at=at)

    monkeypatch.setattr(importing, "take_in", overtaken)
    first = importing.step(job)
    second = importing.step(job)

    assert (first.done, first.finished) == (1, False)
    assert (second.done, second.finished) == (35, True)
    assert texts_of(texts) == [str(number) for number in range(35)]


def watch_lines(monkeypatch) -> list[bytes]:
    """The lines that are read from now on."""
    seen: list[bytes] = []
    real = texts_module.Lines.raw_line

    def raw_line(self):
        seen.append(line := real(self))
        return line

    monkeypatch.setattr(texts_module.Lines, "raw_line", raw_line)
    return seen


def test_cancel_stops_within_a_chunk_and_keeps_what_is_in(texts, membership, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 10)
    monkeypatch.setattr(importing, "STEP_S", 0)
    rows = "".join(f"{number}\n" for number in range(35))
    said = bring(texts, membership.user, "rows.csv", f"text\n{rows}".encode())
    found = Import.objects.get(public_id=said["import"]["id"])
    keep = running.keep

    def cancel_after(job, progress, *, at):
        running.cancel(job, by=membership.user, at=NOON)
        return keep(job, progress, at=at)

    monkeypatch.setattr(running, "keep", cancel_after)
    running.run(found.job_id)

    assert Job.objects.get(pk=found.job_id).state == JobState.CANCELED
    assert Task.objects.filter(project=texts).count() == 1  # with no time left a step takes one row


def test_an_archive_that_is_none_is_refused_at_once(pictures, membership):
    with pytest.raises(Exception, match="damaged"):
        bring(pictures, membership.user, "all.zip", b"no archive at all")

    assert not Import.objects.exists()


def test_finishing_an_upload_again_makes_no_second_task(pictures, membership):
    bring(pictures, membership.user, "one.png", png())
    batch = Batch.objects.select_related("project__current_version").get(project=pictures)
    upload = uploading.Upload.objects.get()
    path = uploading.path_of(upload)
    path.write_bytes(png())

    first, second = (taking.taken(batch, upload, path, at=NOON) for _turn in range(2))

    assert first["task"]["id"] == second["task"]["id"]
    assert Task.objects.count() == 1


def test_an_import_says_once_for_each_chunk_what_it_has_made(texts, membership, monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK", 2)
    bring(texts, membership.user, "rows.csv", b'text\na\nb\n""\nc\nd\n')

    job = Job.objects.get()
    running.run(job.pk)

    told = Event.objects.exclude(verb__startswith="job_").order_by("pk").values_list("verb", "data")
    batch = Batch.objects.get(project=texts).public_id
    made = [(verb, data["made"], data.get("batch", batch)) for verb, data in told if verb.endswith("imported")]
    assert made == [("tasks_imported", 2, batch), ("tasks_imported", 1, batch), ("tasks_imported", 1, batch)]
    assert list(told)[-1][0] == "import_finished"


A, B = "https://store.example/a.png", "https://store.example/b.png"


def sources_in(project: Project) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    rows = Attachment.objects.filter(task__project=project).order_by("task")
    return list(rows.values_list("source", "task__content__params", "task__content__metadata"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", f"id,url\n1,{A}\n2, {B} \n".encode()),
        ("rows.jsonl", f'{{"id": "1", "url": "{A}"}}\n{{"id": "2", "url": "{B}"}}\n'.encode()),
    ],
)
def test_a_table_of_addresses_gives_a_task_for_each_picture(name, content, pictures, membership):
    found = imported(bring(pictures, membership.user, name, content))

    assert (found.column, found.holds, found.made, found.refused) == ("url", "address", 2, 0)
    assert sources_in(pictures) == [(A, {"attachment": A}, {"id": "1"}), (B, {"attachment": B}, {"id": "2"})]
    assert set(Fetch.objects.values_list("address", "state")) == {(A, "waiting"), (B, "waiting")}


def test_a_table_of_addresses_says_which_lines_are_none(pictures, membership):
    there = File.objects.create(
        organization=pictures.organization, sha256="0" * 64, bytes=1, key="k", state="ready", created_at=NOON
    )
    own = f"scaledata://{pictures.organization.public_id}"
    rows = [A, "cat.png", "s3://bucket/cat.png", '""', f"{own}/{there.public_id}", f"{own}/gone", "https://a.example/x"]

    found = imported(bring(pictures, membership.user, "rows.csv", "\n".join(["url", *rows]).encode()))

    assert refusals(found) == [
        (3, "", "address_unreadable"),
        (4, "", "address_scheme"),
        (5, "", "empty_address"),
        (7, "", "file_unknown"),
    ]
    assert [source for source, _params, _metadata in sources_in(pictures)] == [A, rows[4], rows[6]]


def test_who_labels_both_says_what_the_column_holds(membership):
    both = form_project(membership.organization)
    said = bring(both, membership.user, "rows.csv", f"url\n{A}\n".encode())
    found = Import.objects.get()
    assert (said["import"]["needs_column"], found.job) == (True, None)

    importing.choose_column(found, "url", "address", by=membership.user, at=NOON)
    running.run(Import.objects.get().job_id)

    assert sources_in(both) == [(A, {"attachments": [{"type": "image", "content": A}]}, {})]


def test_a_column_of_what_the_project_does_not_take_is_refused(texts, membership):
    bring(texts, membership.user, "rows.csv", b"a,b\n1,2\n")

    with pytest.raises(BusinessError) as caught:
        importing.choose_column(Import.objects.get(), "a", "address", by=membership.user, at=NOON)

    assert caught.value.code == "unknown_content"


def test_an_address_that_many_rows_name_is_fetched_once(pictures, membership):
    imported(bring(pictures, membership.user, "rows.csv", ("url\n" + f"{A}\n" * 1000).encode()))

    assert (Fetch.objects.count(), Attachment.objects.filter(fetch__address=A).count()) == (1, 1000)


def form_project(organization: Organization) -> Project:
    """Its tasks may be about pictures and texts."""
    terms = creating.Terms(params={"fields": [{"type": "text", "field_id": "note", "title": "Note"}]})
    return creating.create_project(organization, name="Both", type="textcollection", terms=terms, by=None, at=NOON)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", b"url\ns3://scans/a b.png\ns3://other/b.png\n"),
        ("rows.jsonl", b'{"url": "s3://scans/a b.png"}\n{"url": "s3://other/b.png"}\n'),
    ],
)
def test_a_table_names_files_in_the_customers_own_buckets(name, content, pictures, membership, settings, tmp_path):
    slug = pictures.organization.slug
    write_list(settings, tmp_path, entry("s3://scans", slug), entry("s3://other", "somebody"))

    found = imported(bring(pictures, membership.user, name, content))

    line = 3 if name == "rows.csv" else 2
    assert refusals(found) == [(line, "", "address_scheme")]
    assert [source for source, _params, _metadata in sources_in(pictures)] == ["s3://scans/a b.png"]
