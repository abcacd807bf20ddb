"""Real exports of Label Studio (tests/leaving/label_studio) by the command, and home again by our own export."""

import json
import shutil
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from accounts.models import Organization
from delivery.scale_json import tasks_json
from events.models import Event, Outbox
from files.jobs import ingest_file
from files.models import File
from labeling.models import Lane, Resolution, WorkItem
from leaving.label_studio import importing
from payments.models import LedgerLine
from projects.models import Attachment, Batch, BatchStatus, Project, Task, TaskStatus
from tests.bucket_store import entry, write_list
from tests.factories import NOON, OrganizationFactory

EXPORTS = Path(__file__).parent / "label_studio"
PICTURES = {
    "b5a06cf4-crossing.png": (640, 480), "33bc5ebb-bridge.png": (801, 533), "0fe5742f-tunnel.png": (320, 240),
    "31ae8292-garage.png": (200, 100),
}  # fmt: skip


@pytest.fixture
def media(tmp_path):
    folder = tmp_path / "upload" / "1"
    folder.mkdir(parents=True)
    for name, size in PICTURES.items():
        Image.new("RGB", size, (len(name), size[0] % 256, 90)).save(folder / name)
    return tmp_path


@pytest.fixture
def basalt(db) -> Organization:
    return OrganizationFactory.create(slug="basalt")


def run(name: str, **options) -> str:
    out = StringIO()
    export = options.pop("export", EXPORTS / f"{name}.json")
    options = {"config": EXPORTS / f"{name}.xml", "project": name.title(), **options}
    call_command("import_label_studio", "basalt", export, stdout=out, **options)
    return out.getvalue()


def read_all_files() -> None:
    for file in File.objects.order_by("pk"):
        ingest_file(file.pk)


def task_of(number: int) -> Task:
    return Task.objects.get(unique_id__endswith=f":{number}")


def test_a_real_export_of_shapes_comes_in(basalt, media):
    said = run("street", media=media)

    project = Project.objects.get()
    batch = project.batches.exclude(name=None).get()
    assert (project.name, project.type, project.workforce) == ("Street", "imageannotation", "own")
    assert project.current_version.instruction == "Draw every car, lane and lamp."
    assert (batch.name, batch.status) == ("Street: Label Studio", BatchStatus.STAGING)
    states = Task.objects.filter(batch=batch).order_by("pk").values_list("unique_id", "status", "offered_at")
    begins = f"label-studio:{project.public_id}:1:"
    assert {unique_id.removeprefix(begins): (status, offered) for unique_id, status, offered in states} == {
        "1": ("completed", None), "2": ("completed", None), "3": ("pending", None), "4": ("pending", None),
        "5": ("pending", None),
    }  # fmt: skip
    assert "2 finished tasks and 3 open ones came in, with 4 files; 0 were here already; 0 were not taken." in said
    assert "task 1: BrushLabels “mask” cannot be shown here yet; the result is kept in the metadata." in said
    assert "task 2: A turned box came as the upright box around it; what it was is kept in the metadata." in said
    assert "EllipseLabels “round” cannot be shown here yet; its results are kept in the metadata." in said
    assert "Open tasks wait in the batch “Street: Label Studio” until somebody launches it." in said
    assert task_of(5).attachments.get().source == "https://pictures.example.com/market.jpg"
    assert task_of(4).content.params["hypothesis"]["annotations"][0]["label"] == "Car"


def test_a_finished_task_makes_no_work_no_money_and_tells_nobody(basalt, media):
    run("street", media=media)
    read_all_files()

    finished = Task.objects.filter(status=TaskStatus.COMPLETED)
    assert len(finished) == 2
    assert not WorkItem.objects.filter(task__in=finished).exists()
    assert WorkItem.objects.count() == 2  # of the two open tasks whose pictures are here
    assert LedgerLine.objects.count() == 0
    assert Outbox.objects.filter(kind__contains="callback").count() == 0
    verbs = Event.objects.filter(verb__startswith="task").values_list("verb", "data__made")
    assert list(verbs) == [("tasks_imported", 5)]
    assert {lane.batch.status for lane in Lane.objects.all()} == {BatchStatus.STAGING}


def test_all_annotations_are_versions_of_the_answer(basalt, media):
    run("street", media=media)

    rows = Resolution.objects.filter(task=task_of(2)).order_by("number")
    assert [(row.number, row.current, row.source, row.submission) for row in rows] == [
        (0, False, "import", None), (1, True, "import", None),
    ]  # fmt: skip
    assert [len(row.response["annotations"]) for row in rows] == [0, 2]


def test_boxes_come_home_within_half_a_pixel(basalt, media):
    run("street", media=media)
    read_all_files()

    given = {task["id"]: task for task in json.loads((EXPORTS / "street.json").read_bytes())}
    ours = {row["unique_id"].rsplit(":", 1)[1]: row for row in tasks_json(Task.objects.all())}
    compared = 0
    for number in (1, 2):
        home = {one["uuid"]: one for one in ours[str(number)]["response"]["annotations"]}
        newest = max(given[number]["annotations"], key=lambda one: (one["ground_truth"], one["updated_at"]))
        for result in newest["result"]:
            if result["type"] != "rectanglelabels" or result["value"]["rotation"]:
                continue
            sides = result["original_width"], result["original_height"]
            wanted = [
                result["value"][name] / 100 * sides[i % 2] for i, name in enumerate(("x", "y", "width", "height"))
            ]
            found = [home[result["id"]][name] for name in ("left", "top", "width", "height")]
            assert found == pytest.approx(wanted, abs=0.5)
            assert [home[result["id"]]["label"]] == result["value"]["rectanglelabels"]
            compared += 1
    assert compared == 2
    width, height = File.objects.filter(attachments__task=task_of(1)).values_list("width", "height").get()
    assert (width, height) == (640, 480)


def test_a_second_run_takes_nothing_twice_and_brings_what_was_missing(basalt, media):
    aside = media.parent / "aside.png"
    shutil.move(media / "upload" / "1" / "0fe5742f-tunnel.png", aside)
    first = run("street", media=media)
    shutil.move(aside, media / "upload" / "1" / "0fe5742f-tunnel.png")
    before = list(Task.objects.order_by("pk").values_list("pk", "unique_id"))

    second = run("street", media=media)
    third = run("street", media=media)

    assert "task 3: “0fe5742f-tunnel.png” is in no folder that was given." in first
    assert "Mend what is named and run the command again: what is here already is not taken twice." in first
    assert "0 finished tasks and 1 open ones came in, with 1 files; 4 were here already; 0 were not taken." in second
    assert "0 finished tasks and 0 open ones came in, with 0 files; 5 were here already; 0 were not taken." in third
    assert list(Task.objects.order_by("pk").values_list("pk", "unique_id"))[:4] == before
    assert (Project.objects.count(), Batch.objects.count(), Task.objects.count()) == (1, 2, 5)


def test_whoever_is_killed_goes_on_where_it_stood(basalt, media, monkeypatch):
    rows = [{"id": number, "data": {"text": f"Letter {number}"}, "annotations": []} for number in range(120)]
    export = media / "many.json"
    export.write_text(json.dumps(rows))
    take_in = importing.storing.take_in
    calls = []

    def killed(*args, **kwargs):
        calls.append(len(args[1]))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return take_in(*args, **kwargs)

    monkeypatch.setattr(importing.storing, "take_in", killed)
    with pytest.raises(KeyboardInterrupt):
        run("mail", export=export)
    assert Task.objects.count() == 50

    said = run("mail", export=export)

    assert "0 finished tasks and 70 open ones came in, with 0 files; 50 were here already; 0 were not taken." in said
    assert Task.objects.values("unique_id").distinct().count() == 120


def test_a_dry_run_says_the_same_and_writes_nothing(basalt, media):
    dry = run("street", media=media, dry_run=True)

    assert (Project.objects.count(), Task.objects.count(), File.objects.count()) == (0, 0, 0)
    assert [line for line in run("street", media=media).splitlines() if "Open tasks" not in line] == dry.splitlines()


def test_texts_with_categories_come_in_and_their_batch_needs_no_launch(basalt):
    said = run("mail", workforce="managed")

    assert "task 7: Labels “entity” cannot be shown here yet; the result is kept in the metadata." in said
    assert [row["response"] for row in tasks_json(Task.objects.all())] == [
        {"category": ["card", "complaint"]}, {"category": ["transfer"]},
    ]  # fmt: skip
    assert task_of(6).content.metadata["ref"] == "A1"
    assert Batch.objects.exclude(name=None).get().status == BatchStatus.IN_PROGRESS


def test_forms_come_in_as_json_lines_too(basalt, tmp_path):
    lines = tmp_path / "form.jsonl"
    lines.write_text("\n".join(json.dumps(row) for row in json.loads((EXPORTS / "form.json").read_bytes())))

    run("form", export=lines)

    answers = Resolution.objects.get().response["annotations"]
    assert {name: one["response"] for name, one in answers.items()} == {
        "tone": [["cross"]], "summary": [["They waited."]], "clarity": [[3]], "people": [[3]],
    }  # fmt: skip
    assert Task.objects.filter(status=TaskStatus.PENDING).count() == 1


def test_worlds_and_projects_are_apart(basalt):
    run("mail")
    run("mail", mode="test")
    run("mail", project="Other")

    assert sorted(Task.objects.values_list("mode", "project__name")) == [
        ("live", "Mail"), ("live", "Mail"), ("live", "Other"), ("live", "Other"), ("test", "Mail"), ("test", "Mail"),
    ]  # fmt: skip


def test_what_cannot_be_is_one_sentence(basalt, tmp_path, media):
    run("mail")
    with pytest.raises(CommandError, match="its kind of work is another one: categorization"):
        run("street", project="Mail", media=media)
    with pytest.raises(CommandError, match="There is no organization “nobody”"):
        call_command("import_label_studio", "nobody", "x.json", config="x.xml", project="X")
    with pytest.raises(CommandError, match="No such file"):
        run("mail", export=tmp_path / "none.json")
    with pytest.raises(CommandError, match="is no folder"):
        run("mail", media=tmp_path / "none")
    broken = tmp_path / "csv.json"
    broken.write_text("id,text\n1,hello\n")
    with pytest.raises(CommandError, match="no JSON array of tasks"):
        run("mail", export=broken)
    laughs = tmp_path / "laughs.xml"
    laughs.write_text('<!DOCTYPE View [<!ENTITY a "a">]><View/>')
    with pytest.raises(CommandError, match="document type"):
        run("mail", config=laughs)


def test_no_picture_and_no_text_gets_in_by_its_name_alone(basalt, media):
    (media / "upload" / "1" / "0fe5742f-tunnel.png").write_text("a text")
    (media / "upload" / "1" / "31ae8292-garage.png").write_bytes(b"")

    said = run("street", media=media)

    assert "task 3: This project labels pictures; this is a text." in said
    assert "task 4: The file is empty." in said
    assert "2 were not taken" in said


def test_a_customer_who_is_cut_off_gets_nothing_in(basalt, monkeypatch):
    monkeypatch.setattr("accounts.cutting_off.is_cut_off", lambda _pk: True)

    with pytest.raises(CommandError, match="cut off"):
        run("mail")

    assert Task.objects.count() == 0


def test_a_hostile_export_leaves_remarks_and_no_trace_of_what_it_names(basalt, tmp_path):
    rows = [
        {"id": 1, "data": {"image": "file:///etc/passwd"}},
        {"id": 2, "data": {"image": "../../../../etc/passwd"}},
        {"id": 3, "data": {"image": "http://user:pass@10.0.0.1\\@example.org/"}},
        {"id": "x" * 500, "data": {"image": "a" * 70_000}},
        {"id": 5, "data": {"image": "s3://b/a.png"}, "annotations": {"a": 1}, "predictions": "no"},
    ]
    plan = importing.plan_of(EXPORTS / "street.xml")
    into = importing.open_project(basalt, plan, name="S", workforce="own", mode="live", by=None, at=NOON)

    report = importing.import_all(BytesIO(json.dumps(rows).encode()), plan, into, importing.Folder(tmp_path))

    assert (report.refused, Task.objects.count(), File.objects.count()) == (5, 0, 0)


def test_what_the_folder_lacks_is_fetched_from_the_organizations_bucket(basalt, tmp_path, settings):
    write_list(settings, tmp_path, entry("s3://cows", basalt.slug), entry("s3://other", "somebody"))
    rows = [{"id": bucket, "data": {"image": f"s3://{bucket}/a b.png"}} for bucket in ("cows", "other")]
    export = json.dumps(rows).encode()
    plan = importing.plan_of(EXPORTS / "street.xml")
    tried = importing.try_out(BytesIO(export), plan, importing.Folder(None), slug=basalt.slug)
    into = importing.open_project(basalt, plan, name="S", workforce="own", mode="live", by=None, at=NOON)

    report = importing.import_all(BytesIO(export), plan, into, importing.Folder(None))

    assert [(one.open, one.refused) for one in (tried, report)] == [(1, 1), (1, 1)]
    assert list(Attachment.objects.values_list("source", flat=True)) == ["s3://cows/a b.png"]
