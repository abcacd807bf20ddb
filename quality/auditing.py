"""The customer audits: draw a sample, take a task of it, give a verdict."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording
from events.models import Event
from events.verbs import Verb
from labeling import answers, places, reopening, resolving
from labeling.models import Resolution, ResolutionSource, ReviewStatus
from labeling.reviewing import Judgement, check_reasons
from projects.models import Batch, Project, Task, TaskStatus
from quality.models import Audit, AuditLease, AuditVerdict, Sample, SampledTask

LEASE = timedelta(minutes=30)
MOST_IN_A_SAMPLE = 1000
# Among more than that many the sample is drawn from this many, the newest.
DRAWN_FROM = 100_000


def unaudited(project: Project, batch: Batch | None = None) -> QuerySet[Task]:
    """Completed tasks that can be looked at, whose present answer nobody of the customer has judged."""
    judged = Audit.objects.filter(resolution__task=OuterRef("pk"), resolution__current=True)
    rows = Task.objects.filter(project=project, status=TaskStatus.COMPLETED, is_shown=True).filter(~Exists(judged))
    # What an audit has fixed is the customer's own answer.
    work = Resolution.objects.filter(task=OuterRef("pk"), current=True).exclude(source=ResolutionSource.AUDIT)
    rows = rows.filter(Exists(work))
    return rows.filter(batch=batch) if batch else rows


@action
def draw(
    project: Project, *, size: int, batch: Batch | None = None, send_back: bool = True, by: User, at: datetime
) -> Sample:
    """A sample of at most so many tasks, each as likely as the other. Raises BusinessError `nothing_to_audit`."""
    ids = list(unaudited(project, batch).order_by("-pk").values_list("pk", flat=True)[:DRAWN_FROM])
    if not ids:
        raise BusinessError(
            _("There is nothing to audit: no completed task without a verdict."), code="nothing_to_audit"
        )
    chosen = secrets.SystemRandom().sample(ids, min(size, len(ids), MOST_IN_A_SAMPLE))
    sample = Sample.objects.create(project=project, batch=batch, send_back=send_back, drawn_by=by, drawn_at=at)
    SampledTask.objects.bulk_create([SampledTask(sample=sample, task_id=pk) for pk in chosen])
    return sample


@action
def take_next(sample: Sample, *, by: User, at: datetime) -> Task | None:
    """The next task of the sample that nobody looks at, leased to this person; None when none is left."""
    AuditLease.objects.filter(by=by).delete()
    AuditLease.objects.filter(expires_at__lte=at).delete()
    taken = AuditLease.objects.filter(task=OuterRef("task"))
    open_rows = SampledTask.objects.filter(~Exists(taken), sample=sample, verdict="")
    for row in open_rows.filter(task__in=unaudited(sample.project)).select_related("task").order_by("pk")[:20]:
        # Two who take the same one at the same moment: the unique task lets one of them.
        AuditLease.objects.bulk_create([AuditLease(task=row.task, by=by, expires_at=at + LEASE)], ignore_conflicts=True)
        if AuditLease.objects.filter(task=row.task, by=by).exists():
            return row.task
    return None


@action
def hold(task: Task, *, by: User, at: datetime) -> bool:
    """Renew one's own lease, or take the free task again; False when somebody else looks at it."""
    AuditLease.objects.filter(by=by).exclude(task=task).delete()
    AuditLease.objects.filter(task=task, expires_at__lte=at).delete()
    AuditLease.objects.bulk_create([AuditLease(task=task, by=by, expires_at=at + LEASE)], ignore_conflicts=True)
    return bool(AuditLease.objects.filter(task=task, by=by).update(expires_at=at + LEASE))


def audit(sample: Sample, task: Task, judgement: Judgement, *, by: User, at: datetime) -> Audit:
    """Store the verdict and what follows from it.

    Raises BusinessError: `incomplete` for a rejection without reason (400), `unknown_verdict` (400), `not_held` when
    somebody else has the task, `audited` when the answer has a verdict; Findings for a fix that the linter refuses.
    """
    if judgement.verdict not in AuditVerdict.values:
        raise BusinessError(_("A verdict is accepted, fixed or rejected."), code="unknown_verdict", status=400)
    if judgement.verdict == AuditVerdict.REJECTED:
        check_reasons(judgement)
    if judgement.verdict == AuditVerdict.FIXED:
        answers.check(judgement.response, task=task, version=task.version)
    try:
        return write_audit(sample, task, judgement, by=by, at=at)
    except IntegrityError:
        raise judged() from None


@action
def write_audit(sample: Sample, task: Task, judgement: Judgement, *, by: User, at: datetime) -> Audit:
    places.locked_of_task(task.pk)
    if not AuditLease.objects.running(at=at).filter(task=task, by=by).exists():
        raise StaleState(_("Somebody else looks at this task now."), code="not_held")
    found = current_answer(task)
    is_rejected = judgement.verdict == AuditVerdict.REJECTED
    given = Audit.objects.create(
        task=task,
        resolution=found,
        by=by,
        verdict=judgement.verdict,
        reason_class=judgement.reason_class if is_rejected else "",
        comment=judgement.comment,
        evidence=judgement.evidence if is_rejected else [],
        sent_back=is_rejected and sample.send_back and not reopening.is_called_off(task),
        at=at,
    )
    lanes, more = follow(given, judgement.response, at=at)
    SampledTask.objects.filter(sample=sample, task=task).update(verdict=given.verdict)
    AuditLease.objects.filter(task=task).delete()
    recording.write(event_of(given, at=at), *more)
    places.bump(lanes)
    return given


def audit_by_key(task: Task, *, accepted: bool, comment: str, response: Any = None, at: datetime) -> Audit:
    """The verdict of the API, without a sample and without a redo; with a response it is fixed by it.

    Raises BusinessError `not_completed`, `audited` when the answer has a verdict, `accepted_and_fixed` (400), and
    `bad_response` (400) for what nobody could hand in.
    """
    verdict = AuditVerdict.ACCEPTED if accepted else AuditVerdict.REJECTED
    if response is not None:
        if accepted:
            sentence = _("Accept the answer, or send a better one with “accepted” false: not both.")
            raise BusinessError(sentence, code="accepted_and_fixed", status=400)
        verdict = AuditVerdict.FIXED
        answers.check_sent(response, type_name=task.type, content=task.content, version=task.version, task=task)
    try:
        return write_audit_by_key(task, Judgement(verdict, response, comment=comment), at=at)
    except IntegrityError:
        raise judged() from None


@action
def write_audit_by_key(task: Task, judgement: Judgement, *, at: datetime) -> Audit:
    places.locked_of_task(task.pk)
    found = current_answer(task)
    # Of what an audit has fixed there is no verdict, for it is the customer's own answer; but it may be mended.
    is_own = found.source == ResolutionSource.AUDIT
    if is_own and (judgement.verdict != AuditVerdict.FIXED or judgement.response == found.response):
        raise judged()
    given = Audit.objects.create(
        task=task,
        resolution=found,
        by=None,
        verdict=judgement.verdict,
        comment=judgement.comment,
        at=at,
    )
    follow(given, judgement.response, at=at)
    AuditLease.objects.filter(task=task).delete()
    recording.write(event_of(given, at=at))
    return given


def judged() -> StaleState:
    return StaleState(_("This answer has a verdict already."), code="audited")


def current_answer(task: Task) -> Resolution:
    """Raises StaleState `not_completed` where the task has none."""
    with_task = Resolution.objects.select_related("task__project", "task__batch", "task__version", "submission")
    found = with_task.filter(task=task, current=True).first()
    if found is None:
        raise StaleState(_("Only a completed task can be audited."), code="not_completed")
    return found


def follow(given: Audit, response: Any, *, at: datetime) -> tuple[list[int], list[Event]]:
    """What the verdict brings about: lanes that opened, and events."""
    match given.verdict:
        case AuditVerdict.ACCEPTED:
            Resolution.objects.filter(pk=given.resolution_id).update(review_status=ReviewStatus.ACCEPTED)
            reopening.accept_answers(given.resolution, at=at)
        case AuditVerdict.FIXED:
            fix = resolving.decide(
                given.resolution.task, response, source=ResolutionSource.AUDIT, submission=None, at=at
            )
            Audit.objects.filter(pk=given.pk).update(fix=fix)
            Resolution.objects.filter(pk=fix.pk).update(review_status=ReviewStatus.FIXED)
        case AuditVerdict.REJECTED:
            Resolution.objects.filter(pk=given.resolution_id).update(review_status=ReviewStatus.REJECTED)
            if not given.sent_back:
                return [], []
            return reopening.send_back(
                given.resolution,
                reason_class=given.reason_class,
                comment=given.comment,
                key=f"audit:{given.public_id}",
                by=recording.by_user_or_site(given.by),
                at=at,
            )
    return [], []


def event_of(given: Audit, *, at: datetime) -> Event:
    return recording.event(
        Verb.AUDIT_GIVEN,
        at=at,
        actor=recording.by_user_or_site(given.by),
        subject_type="task",
        subject_id=given.task.public_id,
        organization_id=given.task.organization_id,
        data={"verdict": given.verdict, "reason": given.reason_class, "number": given.resolution.number},
    )
