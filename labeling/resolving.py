"""From passed answers to the task's decided answer."""

from datetime import datetime
from typing import Any

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery, Sum

from core.errors import StaleState
from core.prepared import Prepared, PreparedInsert, PreparedUpdate
from events import recording
from events.verbs import Verb
from labeling import offering, pipeline, places, signals
from labeling.answers import with_latest_response
from labeling.models import Resolution, ResolutionSource, Review, Submission, Verdict, WorkItem
from projects.models import Task, TaskStatus
from task_types import registry


def go_on(task: Task, decision: pipeline.Decision, *, round_number: int, at: datetime) -> list[int]:
    """Carry out what the pipeline decided; the lanes that opened, for the caller to bump last."""
    match decision:
        case pipeline.OpenReviews(stage=stage, submission_ids=ids):
            return offering.open_reviews(task, stage, ids, round_number=round_number)
        case pipeline.Resolve(submission_ids=ids):
            resolve(task, ids, at=at)
    return []


def after_attempt(item: WorkItem, filled: places.Filled, submission: Submission, *, at: datetime) -> list[int]:
    """What follows when the submission has filled the last place of the locked item; the lanes that opened."""
    if not filled.is_complete:
        return []
    task = item.task
    responses = {submission.pk: submission.response}
    if filled.round == 1 and filled.places == 1:
        # The whole first stage is this one answer: nothing else has to be read.
        counted, needed = [submission.pk], 1
    elif len(task.version.pipeline) > 1:
        counted, needed = counted_in(item), 0  # reviews ask for no more than these
    else:
        responses, needed = counted_responses(task)
        counted = list(responses)
    decision = pipeline.after_attempt(task.version.pipeline, counted=counted, passed=counted, needed=needed)
    if not isinstance(decision, pipeline.Resolve):
        return go_on(task, decision, round_number=item.round, at=at)
    if counted == [submission.pk]:
        decide(task, submission.response, source=ResolutionSource.ATTEMPT, submission=submission, at=at)
    else:
        decide_merged(task, list(responses.values()), at=at)
    return []


def counted_in(item: WorkItem) -> list[int]:
    counted = Submission.objects.filter(assignment__work_item=item, assignment__counted=True)
    return list(counted.order_by("pk").values_list("pk", flat=True))


def counted_responses(task: Task) -> tuple[dict[int, Any], int]:
    """By submission, the oldest first, what counts of a task without reviews, and how many answers it needs."""
    rows = COUNTED.rows(task=task.pk)
    return {pk: response for pk, response, _needed in rows}, rows[0][2]


def needed_answers(task: Task) -> int:
    """Places of the first stage: a rejection moves one from item to item and keeps the sum."""
    total = first_stage(task.pk).aggregate(total=Sum("places"))["total"]
    return int(total or 0)


def first_stage(task: int | OuterRef) -> QuerySet[WorkItem]:
    return WorkItem.objects.filter(task=task, stage=0)


COUNTED = Prepared(
    lambda task: (
        with_latest_response(Submission.objects.filter(task=task, assignment__counted=True))
        .annotate(
            needed=Subquery(
                first_stage(OuterRef("task")).values("task").annotate(total=Sum("places")).values("total"),
                output_field=IntegerField(),
            )
        )
        .order_by("pk")
        .values_list("pk", "latest_response", "needed")
    ),
    task=int,
)


def passed_answers(task: Task) -> list[int]:
    """Submissions that have passed the last stage and still count, the oldest first."""
    steps = task.version.pipeline
    if len(steps) == 1:
        counted = Submission.objects.filter(task=task, assignment__counted=True)
        return list(counted.order_by("pk").values_list("pk", flat=True))
    last = Review.objects.filter(
        assignment__work_item__task=task,
        assignment__work_item__stage=len(steps) - 1,
        verdict__in=[Verdict.ACCEPTED, Verdict.FIXED],
    ).select_related("assignment__submission", "submission__assignment")
    answers = [answer_of(review) for review in last.order_by("pk")]
    return [answer.pk for answer in answers if root_of(answer).assignment.counted]


def answer_of(review: Review) -> Submission:
    """What the review passed: its subject, or the reviewer's fix of it."""
    if review.verdict == Verdict.FIXED:
        return Submission.objects.get(assignment=review.assignment)
    return review.submission


def root_of(submission: Submission) -> Submission:
    """The attempt behind a fix, or behind a fix of a fix; an attempt is its own root."""
    while submission.fixes is not None:
        submission = submission.fixes
    return submission


def resolve(task: Task, submission_ids: tuple[int, ...], *, at: datetime) -> Resolution:
    """Store the task's answer and complete it. One passed answer is taken as it is, several are merged by the type."""
    answers: list[Any] = list(with_latest_response(Submission.objects.filter(pk__in=submission_ids)).order_by("pk"))
    responses = [answer.latest_response for answer in answers]
    if len(answers) == 1:
        source = ResolutionSource.REVIEW if len(task.version.pipeline) > 1 else ResolutionSource.ATTEMPT
        return decide(task, responses[0], source=source, submission=answers[0], at=at)
    return decide_merged(task, responses, at=at)


def decide_merged(task: Task, responses: list[Any], *, at: datetime) -> Resolution:
    merged, _confidence = registry.get(task.type).merge(responses)
    return decide(task, merged, source=ResolutionSource.CONSENSUS, submission=None, at=at)


def decide(task: Task, response: Any, *, source: str, submission: Submission | None, at: datetime) -> Resolution:
    """A new version of the task's answer, the current one from now on; a pending task is completed by it."""
    resolution = first_version(task, response, source, submission, at=at)
    if resolution is None:
        number = Resolution.objects.filter(task=task).count()
        Resolution.objects.filter(task=task, current=True).update(current=False)
        resolution = Resolution.objects.create(
            task=task, number=number, source=source, response=response, submission=submission, resolved_at=at
        )
    complete(task, at=at)
    signals.task_resolved.send(Task, task=task, resolution=resolution, at=at)
    recording.write(
        recording.event(
            Verb.TASK_COMPLETED,
            at=at,
            actor=recording.by_site(),
            subject_type="task",
            subject_id=task.public_id,
            organization_id=task.organization_id,
            data={"source": source, "number": resolution.number},
        )
    )
    return resolution


FIRST = PreparedInsert(
    Resolution,
    "task",
    "number",
    "current",
    "source",
    "response",
    "submission",
    "resolved_at",
    on_conflict="ON CONFLICT DO NOTHING",
)
COMPLETE = PreparedUpdate(
    lambda task, at: (
        Task.objects.filter(pk=task, status__in=[TaskStatus.PENDING, TaskStatus.COMPLETED]),
        {"status": TaskStatus.COMPLETED, "completed_at": at, "updated_at": at},
    ),
    returning=["id"],
    task=int,
    at=datetime,
)


def first_version(
    task: Task, response: Any, source: str, submission: Submission | None, *, at: datetime
) -> Resolution | None:
    """Number 0 of the task's answer; None where it has one already."""
    submission_id = submission.pk if submission else None
    key = FIRST.key(task.pk, 0, True, source, response, submission_id, at)
    if key is None:
        return None
    return Resolution(
        pk=key, task=task, number=0, source=source, response=response, submission=submission, resolved_at=at
    )


def complete(task: Task, *, at: datetime) -> None:
    """Pending becomes completed, a completed one stays so; StaleState, at the action's end, where it was cancelled."""
    COMPLETE.at_end(then=refuse_ended, task=task.pk, at=at)


def refuse_ended(changed: int | None) -> None:
    if changed is None:
        raise StaleState("This task has ended.", code="task_ended")
