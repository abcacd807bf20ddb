"""The demo's projects, pictures and work in every state. Everything goes through the product's own verbs."""

import io
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from accounts.models import Organization
from automation import making, tallying
from automation.models import PauseRule, Watched
from config.demo import scenes, texts
from config.demo.people import Cast
from events import sealing
from files.ingesting import ingest
from files.models import File
from files.storing import store
from labeling.claiming import claim, reserve
from labeling.drafting import save_draft
from labeling.models import Assignment
from labeling.pausing import Order, pause
from labeling.returning import report, skip
from labeling.reviewing import Judgement, review
from labeling.scopes import Scope
from labeling.submitting import submit
from projects.adding import add_tasks
from projects.creating import Terms, create_batch, create_project
from projects.models import BatchStatus, Enrollment, EnrollmentRole, PausePolicy, PauseReason, Project
from projects.task_rows import NewTask
from workers.models import Worker

CENT = 10_000
BOXES = """Draw one **tight box** around every person and vehicle that you can see at least a tenth of.

## Rules

1. The box touches the outermost pixels. No margin.
2. A person in a car is part of the car.
3. Parked cars count. Reflections do not.
"""
SHELVES = """Draw a **tight box** around every product.

- A bottle has a neck, a can has none.
- Mark spills with a polygon and price tags with a point.
- What is cut off at the edge counts when you can name it.
"""
STREET_PARAMS = {
    "attachment_type": "image",
    "geometries": {"box": {"objects_to_annotate": ["Car", "Person"], "min_width": 4, "min_height": 4}},
    "annotation_attributes": {
        "hidden": {"type": "category", "description": "How much is hidden?", "choices": ["No", "Partly", "Mostly"]}
    },
}
SHELF_PARAMS = {
    "attachment_type": "image",
    "geometries": {
        "box": {"objects_to_annotate": ["Bottle", "Box", "Can"]},
        "polygon": {"objects_to_annotate": ["Spill"]},
        "point": {"objects_to_annotate": ["Price tag"]},
    },
}
TOPIC_PARAMS = {
    "attachment_type": "text",
    "categories": ["delivery", "product", "billing", "account", "service", "praise"],
}
MOOD_PARAMS = {"attachment_type": "text", "categories": ["content", "neutral", "annoyed"]}
NEEDED = {"required": True}
FORM_PARAMS = {
    "fields": [
        {"type": "category", "field_id": "clean", "title": "Is the shelf tidy?", "choices": ["Yes", "No"], **NEEDED},
        {"type": "number", "field_id": "gaps", "title": "How many gaps do you see?", "min": 0, "max": 50, **NEEDED},
        {"type": "text", "field_id": "note", "title": "Anything unusual?", "required": False},
        {"type": "boolean", "field_id": "tags", "title": "Price tags can be read", "required": False},
    ]
}


@dataclass
class Picture:
    file: File
    scene: scenes.Scene


@dataclass
class Stage:
    """What the demo's makers pass on: who is there, when it is, and chance that is the same each time."""

    cast: Cast
    at: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(26))  # noqa: S311 (no secret)

    def ago(self, **span: float) -> datetime:
        return self.at - timedelta(**span)


def build(stage: Stage, *, big: int = 0) -> None:
    """The whole site, older work first; `big` more tasks of text for whoever wants to see thousands of rows."""
    streets = pictures(stage, stage.cast.organizations["basalt"], scenes.street, range(36))
    shelves = pictures(stage, stage.cast.organizations["tern"], scenes.shelf, range(24))
    street_boxes(stage, streets)
    audit = shelf_audit(stage, shelves)
    basalt_texts(stage)
    reviews = tern_rest(stage, shelves, big=big)
    work_in_hand(stage, audit, reviews, shelves)
    watch(stage)


def pictures(
    stage: Stage, organization: Organization, draw: Callable[[int], scenes.Scene], numbers: Sequence[int]
) -> list[Picture]:
    found = []
    for number in numbers:
        scene = draw(number)
        file, _new = store(
            io.BytesIO(scene.png),
            organization=organization,
            mode="live",
            name=f"camera-{number:03}.png",
            by=stage.cast.members[organization.slug],
            at=stage.ago(days=12),
        )
        found.append(Picture(file, scene))
    with ThreadPoolExecutor(max_workers=4) as pool:
        list(pool.map(lambda picture: read(picture.file, at=stage.ago(days=12)), found))
    for picture in found:
        picture.file.refresh_from_db()
    return found


def read(file: File, *, at: datetime) -> None:
    try:
        ingest(file.pk, at=at)
    finally:
        connection.close()


def project(stage: Stage, slug: str, name: str, kind: str, params: dict[str, Any], **terms: Any) -> Project:
    instruction = terms.pop("instruction", "Read the whole text, then choose what fits best.")
    return create_project(
        stage.cast.organizations[slug],
        name=name,
        type=kind,
        terms=Terms(params=params, instruction=instruction, **terms),
        by=stage.cast.members[slug],
        at=stage.ago(days=12),
    )


def enroll(stage: Stage, project: Project, *, contractors: int = 8, reviewers: int = 2) -> None:
    rows = [(worker, EnrollmentRole.WORKER) for worker in stage.cast.contractors[:contractors]]
    rows += [(worker, EnrollmentRole.REVIEWER) for worker in stage.cast.reviewers[:reviewers]]
    Enrollment.objects.bulk_create(
        [Enrollment(worker=worker, project=project, role=role, created_at=stage.ago(days=12)) for worker, role in rows]
    )


def picture_tasks(found: Sequence[Picture]) -> list[NewTask]:
    return [NewTask(files=[picture.file], metadata={"camera": picture.file.name}) for picture in found]


def text_tasks(count: int, *, start: int = 0) -> list[NewTask]:
    return [NewTask(params={"attachment": texts.message(number)}) for number in range(start, start + count)]


def street_boxes(stage: Stage, streets: Sequence[Picture]) -> None:
    by = stage.cast.members["basalt"]
    two = [{"kind": "attempt", "places": 1}, {"kind": "review", "rate_micros": 12 * CENT}]
    boxes = project(
        stage, "basalt", "Street boxes", "imageannotation", STREET_PARAMS,
        instruction=BOXES, pipeline=two, rate_micros=34 * CENT, price_micros=80 * CENT,
    )  # fmt: skip
    enroll(stage, boxes)
    first = create_batch(boxes, name="October drive", by=by, at=stage.ago(days=11))
    add_tasks(first, picture_tasks(streets[:24]), by=by, at=stage.ago(days=11))
    label_pictures(stage, boxes, streets, attempts=16, reviews=11, since=10)
    staged = create_batch(boxes, name="November drive", status=BatchStatus.STAGING, by=by, at=stage.ago(days=1))
    add_tasks(staged, picture_tasks(streets[24:]), by=by, at=stage.ago(days=1))


def shelf_audit(stage: Stage, shelves: Sequence[Picture]) -> Project:
    by = stage.cast.members["tern"]
    two = [{"kind": "attempt", "places": 1}, {"kind": "review", "rate_micros": 25 * CENT}]
    boxes = project(
        stage, "tern", "Shelf audit", "imageannotation", SHELF_PARAMS,
        instruction=SHELVES, pipeline=two, rate_micros=90 * CENT, price_micros=200 * CENT,
    )  # fmt: skip
    enroll(stage, boxes, contractors=5)
    add_tasks(standing(boxes), picture_tasks(shelves), by=by, at=stage.ago(days=8))
    label_pictures(stage, boxes, shelves, attempts=9, reviews=6, since=4)
    return boxes


def basalt_texts(stage: Stage) -> None:
    by = stage.cast.members["basalt"]
    topics = project(
        stage, "basalt", "Support topics", "categorization", TOPIC_PARAMS,
        pipeline=[{"kind": "attempt", "places": 1}], rate_micros=5 * CENT, price_micros=12 * CENT,
    )  # fmt: skip
    enroll(stage, topics)
    add_tasks(standing(topics), text_tasks(120), by=by, at=stage.ago(days=9))
    label_texts(stage, topics, count=60, since=26)
    moods = project(
        stage, "basalt", "Mood, three opinions", "categorization", MOOD_PARAMS,
        pipeline=[{"kind": "attempt", "places": 3}], rate_micros=4 * CENT, price_micros=30 * CENT,
    )  # fmt: skip
    enroll(stage, moods)
    add_tasks(standing(moods), text_tasks(60), by=by, at=stage.ago(days=6))
    label_texts(stage, moods, count=45, since=9)
    paused = project(
        stage, "basalt", "Incident reports", "categorization", TOPIC_PARAMS,
        rate_micros=9 * CENT, price_micros=20 * CENT,
    )  # fmt: skip
    enroll(stage, paused, contractors=6)
    add_tasks(standing(paused), text_tasks(80), by=by, at=stage.ago(days=4))
    stop(stage, paused)


def tern_rest(stage: Stage, shelves: Sequence[Picture], *, big: int) -> Project:
    by = stage.cast.members["tern"]
    form = project(
        stage, "tern", "Shelf questions", "textcollection", FORM_PARAMS,
        instruction="Look at the whole picture before you answer.", rate_micros=15 * CENT, price_micros=35 * CENT,
    )  # fmt: skip
    enroll(stage, form, contractors=5)
    add_tasks(standing(form), picture_tasks(shelves[:18]), by=by, at=stage.ago(days=3))
    reviews = project(
        stage, "tern", "Product reviews", "categorization", MOOD_PARAMS,
        pipeline=[{"kind": "attempt", "places": 1}], rate_micros=3 * CENT, price_micros=8 * CENT,
        day_cap_micros=400 * CENT,
    )  # fmt: skip
    enroll(stage, reviews)
    add_tasks(standing(reviews), text_tasks(240 + big), by=by, at=stage.ago(days=2))
    label_texts(stage, reviews, count=30, since=3)
    project(stage, "tern", "Recipe cards", "categorization", TOPIC_PARAMS)
    return reviews


def standing(project: Project) -> Any:
    return project.batches.get(name=None)


def label_pictures(
    stage: Stage, project: Project, found: Sequence[Picture], *, attempts: int, reviews: int, since: float
) -> None:
    """Answers from `since` days ago on, eight a day; verdicts from a day later on."""
    truth = {picture.file.pk: picture.scene.objects for picture in found}
    for number in range(attempts):
        worker = stage.cast.contractors[number % 5]
        at = stage.ago(days=since - number / 8)
        taken = claim(worker, at=at, project_id=project.pk)
        if isinstance(taken, Assignment):
            answer = boxes_of(truth[file_of(taken)], stage.chance, number)
            hand_in(taken, answer, seconds=90 + 7 * number, at=at)
    for number in range(reviews):
        judge(stage, project, stage.cast.reviewers[number % 2], number, at=stage.ago(days=since - 1 - number / 8))


def hand_in(taken: Assignment, answer: dict[str, Any], *, seconds: int, at: datetime) -> None:
    done_at = at + timedelta(seconds=seconds)
    submit(taken, response=answer, key=f"demo-{taken.public_id}", active_ms=1000 * seconds, at=done_at)


def file_of(assignment: Assignment) -> int:
    return int(assignment.work_item.task.attachments.values_list("file_id", flat=True)[0])


def boxes_of(objects: list[tuple[str, scenes.Box]], chance: random.Random, number: int) -> dict[str, Any]:
    """The truth with the small errors of a hand."""
    annotations = []
    for index, (label, (left, top, width, height)) in enumerate(objects):
        jitter = [chance.uniform(-2, 2) for _side in range(4)]
        annotations.append(
            {
                "uuid": f"{number:08x}-0000-4000-8000-{index:012x}",
                "type": "box",
                "label": label,
                "left": max(0.0, round(left + jitter[0], 1)),
                "top": max(0.0, round(top + jitter[1], 1)),
                "width": round(min(width + jitter[2], 1199 - left - jitter[0]), 1),
                "height": round(min(height + jitter[3], 799 - top - jitter[1]), 1),
                "attributes": {},
            }
        )
    return {"annotations": annotations, "global_attributes": {}, "links": []}


def judge(stage: Stage, project: Project, reviewer: Worker, number: int, *, at: datetime) -> None:
    taken = claim(reviewer, at=at, project_id=project.pk, kind="review")
    if not isinstance(taken, Assignment) or taken.work_item.subject is None:
        return
    verdict = Judgement("accepted")
    if number % 5 == 3:
        evidence = [{"kind": "task"}]
        verdict = Judgement("rejected", None, "missing_object", "The one at the right edge has no box.", evidence)
    elif number % 5 == 1:
        verdict = Judgement("fixed", taken.work_item.subject.response, comment="One edge was two pixels off.")
    review(taken, verdict, key=f"demo-{taken.public_id}", active_ms=25_000, at=at)


def label_texts(stage: Stage, project: Project, *, count: int, since: float) -> None:
    """Answers from `since` hours ago on, one every three minutes."""
    version = project.current_version
    assert version is not None  # written with the project
    choices = version.params["categories"]
    for number in range(count):
        worker = stage.cast.contractors[number % 6]
        at = stage.ago(hours=since, minutes=-number * 3)
        taken = claim(worker, at=at, project_id=project.pk)
        if not isinstance(taken, Assignment):
            continue
        if number == 17:
            skip(taken, reason="unclear", at=at)
        elif number == 23:
            report(taken, reason="unreadable", comment="The text ends in the middle of a word.", at=at)
        else:
            answer = {"category": stage.chance.choice(choices)}
            hand_in(taken, answer, seconds=12 + number % 9, at=at)


def work_in_hand(stage: Stage, boxes: Project, texts_project: Project, shelves: Sequence[Picture]) -> None:
    """Somebody is in the middle of a picture at this moment, and somebody has just begun a text."""
    taken = claim(stage.cast.contractors[0], at=stage.at, project_id=boxes.pk)
    if isinstance(taken, Assignment):
        scene = next(picture.scene for picture in shelves if picture.file.pk == file_of(taken))
        half = boxes_of(scene.objects[: len(scene.objects) // 2], stage.chance, 99)
        save_draft(taken, revision=0, document=half, at=stage.at)
        reserve(stage.cast.contractors[0], at=stage.at, project_id=boxes.pk)
    claim(stage.cast.contractors[3], at=stage.at, project_id=texts_project.pk)


def stop(stage: Stage, project: Project) -> None:
    pause(
        [Scope.of(project)],
        Order(
            policy=PausePolicy.FINISH,
            reason=PauseReason.INSTRUCTIONS,
            text_for_staff="Rule 2 contradicts the example. Waiting for the customer.",
            text_for_workers="Rule 2 is being corrected.",
            text_for_customer="We found two readings of rule 2 and stopped until it is clear.",
        ),
        by=stage.cast.admin,
        at=stage.ago(hours=5),
    )


def watch(stage: Stage) -> None:
    """A rule that only watches, and the counts that a dry run of it reads: beat would make them a minute later."""
    making.make_rule(
        PauseRule(
            name="Too many reports",
            measure="reports",
            threshold_percent=2,
            least_count=10,
            window_minutes=12 * 60,
            watches=Watched.SITE,
            length_minutes=120,
            cool_down_minutes=60,
            text_for_workers="The data is being checked.",
            owner=stage.cast.admin,
        ),
        by=stage.cast.admin,
        at=stage.ago(days=1),
    )
    sealing.seal()
    tallying.tally(at=stage.at)
