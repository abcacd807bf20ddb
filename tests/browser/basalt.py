"""A customer with something on every page: pictures, answers, a rejected one, an import with refusals, a pause."""

from dataclasses import dataclass, replace
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from accounts.models import User
from core.ids import new_public_id
from delivery import callbacks, webhooks
from delivery.models import Attempt, Delivery, Webhook
from events import running
from events.recording import by_user
from files import ingesting
from files.models import File
from labeling import batches
from labeling.claiming import claim
from labeling.importing import finish
from labeling.models import Assignment
from labeling.reviewing import Judgement, review
from labeling.submitting import submit
from projects import adding, creating, drafting, giving, grouping, publishing, receiving
from projects.enrolling import end_enrollment
from projects.giving import Given
from projects.models import (
    Batch,
    BatchStatus,
    Enrollment,
    EnrollmentRole,
    Group,
    Import,
    Pause,
    Project,
    ProjectDraft,
    Task,
)
from projects.task_rows import NewTask
from quality import gold
from quality.models import QualityTask
from tests.browser.world import World
from tests.factories import EnrollmentFactory, UserFactory, WorkerFactory, make_worker

INSTRUCTION = """# What to draw

Draw a box around **every** car and person.

1. A rider with a bicycle is one *Cyclist*.
2. Leave out what is smaller than 8 pixels.

| Seen | Label |
|---|---|
| a van | Car |
"""
PARAMS = {
    "geometries": {
        "box": {"objects_to_annotate": ["Car", "Person", "Cyclist", "Bus"], "min_width": 8, "min_height": 8},
        "polygon": {"objects_to_annotate": ["Sign"]},
    },
    "annotation_attributes": {
        "Hidden": {"type": "category", "choices": ["No", "Partly", "Mostly"], "required": True},
        "Weather": {"type": "category", "choices": ["Dry", "Wet"], "global": True},
    },
}
ANSWER: dict[str, Any] = {
    "annotations": [
        {"type": "box", "uuid": "a", "label": "Car", "left": 40, "top": 200, "width": 180, "height": 90,
         "attributes": {"Hidden": "No"}},
        {"type": "box", "uuid": "b", "label": "Person", "left": 330, "top": 150, "width": 60, "height": 150,
         "attributes": {"Hidden": "Partly"}},
    ],
    "global_attributes": {"Weather": "Dry"},
}  # fmt: skip
REGION = [{"kind": "region", "left": 1, "top": 1, "width": 5, "height": 5}]


@dataclass(frozen=True)
class Basalt:
    """What the pages of the customer are about."""

    pictures: Project
    texts: Project
    paused: Project
    done: Task
    found: Import
    draft: ProjectDraft
    callback: Delivery
    known: QualityTask
    # Of the texts: a group of their people, and a batch that is given to it and to somebody.
    group: Group
    given: Batch
    webhook: Webhook


def scene(number: int) -> bytes:
    """A drawn street, a little different each time."""
    image = Image.new("RGB", (480, 320), (159, 185 - 5 * number, 207))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 220, 480, 320), fill=(108, 109, 112))
    draw.rectangle((40 + 10 * number, 200, 220, 290), fill=(63, 111, 163))
    draw.ellipse((70, 260, 110, 300), fill=(23, 24, 26))
    draw.rectangle((330, 190, 390, 300), fill=(122, 49, 71))
    draw.ellipse((340, 150, 380, 190), fill=(201, 150, 116))
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue()


def make_basalt(world: World) -> Basalt:
    by = world.admin.user
    webhook = open_callbacks(world, by)
    pictures = make_pictures(world, by)
    texts = make_texts(world, by)
    done = work_on(pictures)
    deliver(texts, by)
    publish_again(pictures, by)
    return Basalt(
        pictures,
        texts,
        make_paused(world, by),
        done,
        import_some(texts, by),
        make_draft(world, by),
        answered_callback(),
        make_known(texts),
        *make_groups(texts, by),
        webhook,
    )


def open_callbacks(world: World, by: User) -> Webhook:
    """An address for what the work ends, and a webhook."""
    organization, at = world.organization, timezone.now()
    callbacks.settings_of(organization.pk)
    callbacks.change_address(organization, "https://basalt.example/plumbline/results", by=by_user(by), at=at)
    kinds = ["project.paused", "project.resumed", "export.ready"]
    return webhooks.start_webhook(
        organization, address="https://basalt.example/plumbline/told", kinds=kinds, mode="live", by=by, at=at
    )


def answered_callback() -> Delivery:
    """Of the task that is done: refused twice, then taken; beside it one that was given up."""
    found = Delivery.objects.order_by("pk")[0]
    at = timezone.now()
    tries = [
        ("refused", 503, "<html>Service unavailable</html>"),
        ("fetch_too_slow", None, ""),
        ("", 200, '{"ok": true}'),
    ]
    for error, status, said in tries:
        Attempt.objects.create(
            delivery=found, at=at, duration_ms=183, address=found.address, status=status, error=error, answer=said
        )
    Delivery.objects.filter(pk=found.pk).update(state="delivered", ended_at=at)
    given_up = {"public_id": new_public_id(), "key": "given up", "state": "failed", "ended_at": at, "pk": None}
    for name, value in given_up.items():
        setattr(found, name, value)
    found._state.adding = True
    found.save()
    return Delivery.objects.order_by("pk")[0]


def make_known(project: Project) -> QualityTask:
    """A task with a known answer, for reviewers, and a retired one before it."""
    letter = NewTask(params={"attachments": [{"type": "text", "content": "Thank you, once more."}]})
    tone = {"type": "category", "field_id": "tone", "response": [["kind"]]}
    key = gold.Key("evaluation", {"annotations": {"tone": tone}}, {"annotations": {"tone": tone}})
    gold.order(project, letter, gold.Key("training", key.expected), by=None, at=timezone.now())
    QualityTask.objects.update(retired_at=timezone.now())
    return gold.order(project, letter, key, by=None, at=timezone.now())


def make_pictures(world: World, by: User) -> Project:
    terms = creating.Terms(
        params=PARAMS, instruction=INSTRUCTION, rate_micros=340_000, price_micros=900_000, total_cap_micros=20_000_000
    )
    project = creating.create_project(
        world.organization,
        name="Street furniture, spring capture",
        type="imageannotation",
        terms=terms,
        by=by,
        at=timezone.now() - timedelta(days=2),
    )
    batch = creating.create_batch(project, name="spring-04-harbour-district", by=by, at=timezone.now())
    creating.create_batch(project, name="spring-05-old-town", status=BatchStatus.STAGING, by=by, at=timezone.now())
    for number in range(5):
        given = SimpleUploadedFile(f"street-{number}.png", scene(number))
        assert not receiving.receive(given, batch, by=by, at=timezone.now()).reason
    for file in File.objects.filter(state="uploaded"):
        ingesting.ingest(file.pk, at=timezone.now())
    return project


def work_on(project: Project) -> Task:
    """One answer rejected, done again and accepted; another one waits for its review."""
    author, reviewer = make_worker(project), make_worker(project, role=EnrollmentRole.REVIEWER)
    first = take(author)
    submit(first, response={**ANSWER, "annotations": ANSWER["annotations"][:1]}, key="first-key", at=timezone.now())
    told = Judgement("rejected", None, "missing_object", "Rule 1: the person is missing.", REGION)
    review(take(reviewer), told, key="review-1", at=timezone.now())
    submit(take(author), response=ANSWER, key="second-key", active_ms=74_000, at=timezone.now())
    review(take(reviewer), Judgement("accepted"), key="review-2", at=timezone.now())
    submit(take(author), response=ANSWER, key="third-key", active_ms=61_000, at=timezone.now())
    return first.work_item.task


def take(worker) -> Assignment:
    found = claim(worker, at=timezone.now())
    assert isinstance(found, Assignment)
    return found


def make_texts(world: World, by: User) -> Project:
    fields = [
        {
            "type": "category",
            "field_id": "tone",
            "title": "Tone",
            "choices": ["kind", "neutral", "angry"],
            "required": True,
        },
        {"type": "text", "field_id": "why", "title": "Why", "max_length": 500},
    ]
    return creating.create_project(
        world.organization,
        name="Letters to the editor: tone, and why (all regions, including those that arrived after the deadline)",
        type="textcollection",
        terms=creating.Terms(params={"fields": fields}, pipeline=[{"kind": "attempt", "places": 1}]),
        workforce="own",
        by=by,
        at=timezone.now(),
    )


def make_groups(project: Project, by: User) -> tuple[Group, Batch]:
    """Four people in two groups; one of them, to whom alone a batch is given, has left."""
    at, names = timezone.now(), ["ida", "jon", "magdalena.von-der-hohenlohe-langenburg", "zuri"]
    people = []
    for name in names:
        user = UserFactory.create(email=f"{name}@basalt.example")
        people.append(WorkerFactory.create(user=user, organization=project.organization))
        EnrollmentFactory.create(worker=people[-1], project=project, created_at=at)
    long_name = "Night shift, the ones who know the northern dialects and the old spelling of 1901 🌙"
    night = grouping.create_group(project, long_name, people[:3], by=by, at=at)
    grouping.create_group(project, "Day / 昼", [people[3]], by=by, at=at)
    batch, nobody_s = (
        creating.create_batch(project, name=f"letters-in-{name}", by=by, at=at) for name in ("dialect", "rhyme")
    )
    giving.give_batch(batch, Given((night,), (people[3],)), by=by, at=at)
    giving.give_batch(nobody_s, Given((), (people[3],)), by=by, at=at)
    end_enrollment(Enrollment.objects.select_related("project", "worker").get(worker=people[3]), by=by, at=at)
    return night, batch


def import_some(project: Project, by: User) -> Import:
    batch = Batch.objects.get(project=project, name=None)
    content = b"region,text\nnorth,Thank you for the article\nsouth\neast,\nwest,I disagree\n"
    said = receiving.receive(SimpleUploadedFile("letters.csv", content), batch, by=by, at=timezone.now()).said
    found = Import.objects.get(public_id=said["import"]["id"])
    assert found.job is not None
    running.run(found.job.pk)
    receiving.receive(SimpleUploadedFile("more.csv", b"a,b\n1,2\n"), batch, by=by, at=timezone.now())
    return found


def deliver(project: Project, by: User) -> Batch:
    """A batch whose one letter is done."""
    at = timezone.now()
    batch = creating.create_batch(project, name="letters-of-october", by=by, at=at)
    letter = NewTask(params={"attachments": [{"type": "text", "content": "Thank you for the article."}]})
    (task,) = adding.add_tasks(batch, [letter], by=by, at=at)
    tone = {"type": "category", "field_id": "tone", "response": [["kind"]]}
    finish({task.pk: [{"annotations": {"tone": tone}}]}, at=at)
    batches.complete(batch, at=at)
    return batch


def make_paused(world: World, by: User) -> Project:
    project = creating.create_project(
        world.organization,
        name="Receipts",
        type="categorization",
        terms=creating.Terms(params={"categories": ["food", "travel"]}),
        by=by,
        at=timezone.now(),
    )
    Pause.objects.create(
        scope="project",
        project=project,
        policy="finish",
        reason="instructions",
        starts_at=timezone.now(),
        created_at=timezone.now(),
        created_by=by,
        text_for_customer="Rule 5 is being corrected.",
    )
    return project


def publish_again(project: Project, by: User) -> None:
    assert project.current_version is not None
    terms = publishing.terms_of(project.current_version)
    text = INSTRUCTION.replace("smaller than 8 pixels", "smaller than 12 pixels")
    publishing.publish_version(project, replace(terms, instruction=text), based_on=0, by=by, at=timezone.now())


def make_draft(world: World, by: User) -> ProjectDraft:
    draft = drafting.begin_draft(world.organization, by=by, at=timezone.now())
    names = ("Car", "Person", "Cyclist")
    labels = [{"was": "", "name": name, "geometry": "box", "color": None, "hotkey": None} for name in names]
    hidden = {
        "name": "Hidden",
        "type": "category",
        "description": "How much of it is covered",
        "choices": ["No", "Partly"],
        "multiple": False,
        "required": True,
        "min": None,
        "max": None,
        "global": False,
        "labels": [],
    }
    changes = {"name": "Winter capture", "kind": "imageannotation", "rows": {"labels": labels, "attributes": [hidden]}}
    given = {**changes, "instruction": INSTRUCTION, "rate": 340_000, "price": 900_000}
    for step in ("kind", "taxonomy"):
        drafting.save_draft(draft, given, step=step, is_done=True, at=timezone.now())
    return draft
