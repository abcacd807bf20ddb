"""Who may be handed what, in plain Python over the rows: written from the rules, not from the claim's query."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Mode
from labeling.models import Assignment, Review, StageKind, Submission, WorkDay, WorkedFor, WorkItem
from projects.models import (
    Batch,
    BatchGroup,
    BatchStatus,
    Enrollment,
    GroupMember,
    Hold,
    Pause,
    Project,
    RequiredSkill,
    Requirement,
    Wall,
)
from workers.models import Worker, WorkerLanguage, WorkerSkill

HAD = {"reserved", "active", "submitted", "skipped"}
LEASED = {"reserved", "active"}
ROLES = {StageKind.ATTEMPT: {"worker", "both"}, StageKind.REVIEW: {"reviewer", "both"}}


def allowed(worker: Worker, *, at: datetime, but: int | None = None) -> set[int]:
    """The open work items that the worker may be handed at that moment, as if the assignment `but` were not."""
    items = list(WorkItem.objects.filter(open=True).select_related("task__project", "task__batch", "task__version"))
    mine = [one for one in Assignment.objects.filter(worker=worker).select_related("work_item") if one.pk != but]
    return {
        item.pk
        for item in items
        if may_be_worked_on(worker, item, at=at)
        and is_free_for(worker, item, mine, at=at)
        and not is_capped(item, at=at)
    }


def may_be_worked_on(worker: Worker, item: WorkItem, *, at: datetime) -> bool:
    """What concerns the project, the batch and the kind of work, whatever the single item is."""
    task = item.task
    project = task.project
    return (
        task.batch.status == BatchStatus.IN_PROGRESS
        and project.archived_at is None
        and project.mode == Mode.LIVE
        and is_enrolled(worker, project, item.kind)
        and not is_held(worker, project, at=at)
        and not is_paused(item, worker, at=at)
        and has_hours_left(worker, at=at)
        and has_what_is_asked(worker, project, at=at)
        and not is_behind_a_wall(worker, project, at=at)
        and is_given(task.batch, worker)
    )


def is_enrolled(worker: Worker, project: Project, kind: str) -> bool:
    standing = Enrollment.objects.filter(worker=worker, project=project, state="active").first()
    return standing is not None and standing.role in ROLES[StageKind(kind)]


def is_held(worker: Worker, project: Project, *, at: datetime) -> bool:
    holds = Hold.objects.filter(worker=worker)
    return any(one.ended_at is None and at < one.until and one.project_id in {None, project.pk} for one in holds)


def is_paused(item: WorkItem, worker: Worker, *, at: datetime) -> bool:
    version: Any = item.task.project.current_version
    lease = timedelta(seconds=version.lease_s)
    return any(
        (has_begun(one, lease, at=at) if one.ended_at is None else is_before_the_turn(one, worker, at=at))
        and stops(one, item.task, worker)
        and not (one.reviews_go_on and item.kind == StageKind.REVIEW)
        for one in Pause.objects.all()
    )


def is_before_the_turn(pause: Pause, worker: Worker, *, at: datetime) -> bool:
    return pause.ramp_s > 0 and at < pause.turn_of(worker.pk)


def has_begun(pause: Pause, lease: timedelta, *, at: datetime) -> bool:
    """One that drains as soon as a lease would not end before it; quiet hours until they end."""
    is_over = pause.quiet_hours_id is not None and pause.ends_at is not None and pause.ends_at <= at
    return not is_over and (pause.starts_at <= at or (pause.drains and pause.starts_at < at + lease))


def stops(pause: Pause, task: Any, worker: Worker) -> bool:
    asked = RequiredSkill.objects.filter(project=task.project).values_list("skill", flat=True)
    concerned: dict[str, bool] = {
        "site": True,
        "type": pause.type == task.project.type,
        "skill": pause.skill_id in asked,
        "country": pause.country == worker.country,
        "organization": pause.organization_id == task.organization_id,
        "project": pause.project_id == task.project_id,
        "batch": pause.batch_id == task.batch_id,
    }
    return concerned[pause.scope]


def has_hours_left(worker: Worker, *, at: datetime) -> bool:
    """The machine's workers live in UTC."""
    today = at.date()
    worked = {one.day: one.worked_ms for one in WorkDay.objects.filter(worker=worker)}
    week = [today - timedelta(days=back) for back in range(today.weekday() + 1)]
    of_the_week = sum(worked.get(day, 0) for day in week)
    limits = [(worker.day_limit_s, worked.get(today, 0)), (worker.week_limit_s, of_the_week)]
    return not any(limit is not None and spent >= limit * 1000 for limit, spent in limits)


def has_what_is_asked(worker: Worker, project: Project, *, at: datetime) -> bool:
    skills = {
        one.skill_id
        for one in WorkerSkill.objects.filter(worker=worker)
        if one.revoked_at is None and (one.expires_at is None or one.expires_at > at)
    }
    asked = Requirement.objects.filter(project=project)
    countries = {one.code for one in asked if one.kind == "country"}
    languages = {one.code for one in asked if one.kind == "language"}
    spoken = {one.code for one in WorkerLanguage.objects.filter(worker=worker)}
    return (
        {one.skill_id for one in RequiredSkill.objects.filter(project=project)} <= skills
        and (not countries or worker.country in countries)
        and (not languages or bool(languages & spoken))
    )


def is_given(batch: Batch, worker: Worker) -> bool:
    rows = list(BatchGroup.objects.filter(batch=batch))
    groups = {one.group_id for one in GroupMember.objects.filter(worker=worker)}
    return not rows or any(one.worker_id == worker.pk or one.group_id in groups for one in rows)


def is_behind_a_wall(worker: Worker, project: Project, *, at: datetime) -> bool:
    """What is noted of whom they worked for is checked by itself (check_worked_for)."""
    worked = {one.organization_id: one.last_at for one in WorkedFor.objects.filter(worker=worker)}
    for wall in Wall.objects.filter(ended_at=None):
        members = {one.organization_id for one in wall.members.all()}
        others = members - {project.organization_id}
        if len(others) < len(members) and any(worked[one] > at - wall.length for one in others & set(worked)):
            return True
    return False


def is_free_for(worker: Worker, item: WorkItem, mine: list[Assignment], *, at: datetime) -> bool:
    """What concerns the single item: kept for somebody else, had before, or nothing that they may do twice."""
    kept = item.reserved_until is not None and item.reserved_until > at and item.reserved_for_id != worker.pk
    had = [one for one in mine if one.status in HAD]
    if kept or item.places_left < 1 or any(one.work_item_id == item.pk for one in had):
        return False
    elsewhere = [one for one in had if one.work_item.task_id == item.task_id]
    if item.kind == StageKind.REVIEW:
        return not is_own_work(worker, item, elsewhere)
    if item.reserved_for_id == worker.pk:
        return not any(one.counted or one.status in LEASED for one in elsewhere)
    return not elsewhere


def is_own_work(worker: Worker, item: WorkItem, of_task: list[Assignment]) -> bool:
    """Whoever attempted the task, wrote or fixed the subject, or has judged it already."""
    subject = item.subject
    assert subject is not None
    authors = set()
    one: Submission | None = subject
    while one is not None:
        authors.add(one.author_id)
        one = one.fixes
    attempted = any(one.work_item.kind == StageKind.ATTEMPT for one in of_task)
    judged = Review.objects.filter(submission=subject, assignment__worker=worker).exists()
    return attempted or worker.pk in authors or judged


def is_capped(item: WorkItem, *, at: datetime) -> bool:
    """Whether the item costs a share, and one of the caps of its project's current version has none left."""
    version = item.task.version
    if item.round > 1 or item.kind == StageKind.REVIEW or not version.price_micros:
        return False
    share = -(-version.price_micros // version.pipeline[0].get("places", 1))
    drawn = Assignment.objects.filter(version__project=item.task.project_id).values_list("share_day", "share_micros")
    ever, today = sum(micros for _day, micros in drawn), sum(micros for day, micros in drawn if day == at.date())
    current = Project.objects.select_related("current_version").get(pk=item.task.project_id).current_version
    assert current is not None  # written with the project
    caps = [(current.total_cap_micros, ever), (current.day_cap_micros, today)]
    return any(cap is not None and cap - spent < share for cap, spent in caps)
