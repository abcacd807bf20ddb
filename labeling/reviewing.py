"""A verdict on a submission: handed in like work, on a work item of a review stage."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import jsonio, limits
from core.actions import action
from core.errors import BusinessError
from events import recording, telling
from events.verbs import Verb
from labeling import eligibility, offering, pipeline, places, resolving, signals, submitting, timing
from labeling.answers import check, latest_response
from labeling.claiming import event_of
from labeling.drafting import drop_draft, keep_as_draft
from labeling.models import Assignment, AssignmentStatus, Draft, Review, StageKind, Submission, Verdict, WorkItem
from labeling.receipts import receipt

REDO_RESERVED = timedelta(hours=24)
REASON_CLASSES = {
    "wrong_label": gettext_lazy("Wrong label"),
    "missing_object": gettext_lazy("Something is missing"),
    "extra_object": gettext_lazy("Something is too much"),
    "imprecise": gettext_lazy("Not precise enough"),
    "wrong_attribute": gettext_lazy("Wrong attribute or answer"),
    "instructions": gettext_lazy("Instructions not followed"),
    "unusable": gettext_lazy("Unusable"),
}
EVIDENCE_KINDS = {"object", "region", "task"}


def reason_class_name(code: str) -> str:
    return str(REASON_CLASSES.get(code, code))


@dataclass(frozen=True)
class Judgement:
    """What a reviewer says of a submission."""

    verdict: str
    response: Any = None
    reason_class: str = ""
    comment: str = ""
    evidence: list[dict[str, Any]] = field(default_factory=list)

    def checksum(self) -> str:
        return jsonio.checksum(
            [self.verdict, self.response, self.reason_class, self.comment, self.evidence],
        )


def review(
    assignment: Assignment, judgement: Judgement, *, key: str, active_ms: int = 0, at: datetime
) -> dict[str, Any]:
    """Store the verdict and what follows from it; a repeat with the same key gets the first receipt.

    Raises BusinessError: `incomplete` for a rejection without class, comment or evidence (400), `draft_kept` when a
    pause or the lease's end forbids it, `already_submitted`; Findings for a fix that the linter refuses.
    """
    if assignment.work_item.kind != StageKind.REVIEW:
        raise BusinessError(_("This is not a review: hand in an answer."), code="not_a_review", status=400)
    if earlier := Review.objects.filter(assignment=assignment).first():
        return repeated(assignment, earlier, key, judgement)
    check_judgement(assignment, judgement)
    submitting.refuse_while_paused(assignment, judgement.response or {}, at=at)
    try:
        return give(assignment, judgement, key=key, active_ms=active_ms, at=at)
    except IntegrityError as error:
        if earlier := Review.objects.filter(assignment=assignment).first():
            return repeated(assignment, earlier, key, judgement)
        raise BusinessError(_("This key was used for other work."), code="key_used") from error
    except submitting.TooLate:
        if judgement.response:
            keep_as_draft(assignment, document=judgement.response, at=at)
        raise BusinessError(submitting.too_late_sentence(), code="draft_kept") from None


def check_judgement(assignment: Assignment, judgement: Judgement) -> None:
    match judgement.verdict:
        case Verdict.ACCEPTED:
            return
        case Verdict.FIXED:
            check(judgement.response, task=assignment.work_item.task, version=assignment.version)
        case Verdict.REJECTED:
            check_reasons(judgement)
        case _:
            raise BusinessError(_("A verdict is accepted, fixed or rejected."), code="unknown_verdict", status=400)


def check_reasons(judgement: Judgement) -> None:
    """A rejection is a claim that has to be justified: class, comment and evidence."""
    missing = [
        name
        for name, given in [
            ("reason_class", judgement.reason_class in REASON_CLASSES),
            ("comment", bool(judgement.comment.strip()) and len(judgement.comment) <= limits.COMMENT_CHARACTERS),
            ("evidence", is_evidence(judgement.evidence)),
        ]
        if not given
    ]
    if missing:
        sentence = _("A rejection needs a reason, a comment and the place it is about.")
        raise BusinessError(sentence, code="incomplete", status=400, missing=missing)


def is_evidence(evidence: Any) -> bool:
    if not isinstance(evidence, list) or not 1 <= len(evidence) <= 100:
        return False
    return all(isinstance(one, dict) and one.get("kind") in EVIDENCE_KINDS for one in evidence)


def repeated(assignment: Assignment, earlier: Review, key: str, judgement: Judgement) -> dict[str, Any]:
    assignment.refresh_from_db()
    first = receipt(assignment)
    if earlier.key == key and earlier.checksum == judgement.checksum():
        return first
    raise BusinessError(_("You have given your verdict already."), code="already_submitted", receipt=first)


@action
def give(assignment: Assignment, judgement: Judgement, *, key: str, active_ms: int, at: datetime) -> dict[str, Any]:
    """All of the task's items are locked by id: the subject's, this one, and whatever completes the task with them.

    The worker before them: a verdict after its lease depends on what else of the task they have.
    """
    submitting.lock_worker(assignment.worker_id)
    submitting.refuse_of_cut_off(assignment)
    item = next(one for one in places.locked_of_task(assignment.work_item.task_id) if one.pk == assignment.work_item_id)
    assignment = Assignment.objects.select_related("worker__user", "version", "work_item__task").get(pk=assignment.pk)
    if earlier := Review.objects.filter(assignment=assignment).first():
        return repeated(assignment, earlier, key, judgement)
    fill(assignment, item)
    Assignment.objects.filter(pk=assignment.pk).update(
        status=AssignmentStatus.SUBMITTED, counted=True, ended_at=at, active_ms=active_ms
    )
    timing.note_sign(assignment, at=at)
    assignment.status, assignment.counted = AssignmentStatus.SUBMITTED, True
    given = write_review(assignment, item, judgement, key=key, at=at)
    drop_draft(assignment)
    recording.write(
        event_of(Verb.REVIEW_GIVEN, assignment, at=at, verdict=judgement.verdict, reason=judgement.reason_class)
    )
    signals.work_handed_in.send(Assignment, assignment=assignment, at=at)
    places.bump(follow(given, item, judgement, key=key, at=at))
    return receipt(assignment)


def fill(assignment: Assignment, item: WorkItem) -> None:
    """The locked item's place is done.

    A verdict after its lease counts as long as nobody else has taken the review, and its reviewer no place of the task.
    Raises submitting.TooLate.
    """
    late = submitting.is_late(assignment)
    if not late and assignment.status != AssignmentStatus.ACTIVE:
        raise submitting.TooLate
    if late and not (eligibility.may_fill(assignment.worker, item) and places.take_place(item.pk)):
        raise submitting.TooLate
    WorkItem.objects.filter(pk=item.pk).update(places_done=F("places_done") + 1)


def write_review(assignment: Assignment, item: WorkItem, judgement: Judgement, *, key: str, at: datetime) -> Review:
    assert item.subject_id is not None  # a review item has one
    return Review.objects.create(
        assignment=assignment,
        submission_id=item.subject_id,
        key=key,
        checksum=judgement.checksum(),
        verdict=judgement.verdict,
        reason_class=judgement.reason_class if judgement.verdict == Verdict.REJECTED else "",
        evidence=judgement.evidence if judgement.verdict == Verdict.REJECTED else [],
        comment=judgement.comment,
        reviewed_at=at,
    )


def follow(given: Review, item: WorkItem, judgement: Judgement, *, key: str, at: datetime) -> list[int]:
    """What the verdict brings about; the lanes that opened."""
    if given.verdict == Verdict.REJECTED:
        return send_back(given.submission, item.task, review=given, at=at)
    passing = given.submission
    if given.verdict == Verdict.FIXED:
        passing = write_fix(given, judgement.response, key=key, at=at)
    task = item.task
    decision = pipeline.after_verdict(
        task.version.pipeline,
        item.stage,
        passing=passing.pk,
        passed=resolving.passed_answers(task),
        needed=resolving.needed_answers(task),
    )
    if not isinstance(decision, pipeline.OpenReviews):
        root = resolving.root_of(passing).assignment
        signals.work_accepted.send(Assignment, assignment=root, at=at, review=given)
    return resolving.go_on(task, decision, round_number=item.round, at=at)


def write_fix(given: Review, response: Any, *, key: str, at: datetime) -> Submission:
    """No verdict edits an answer: the fix is a submission of its own."""
    return Submission.objects.create(
        assignment=given.assignment,
        author=given.assignment.worker,
        key=key,
        task=given.submission.task,
        response=response,
        checksum=jsonio.checksum(response),
        fixes=given.submission,
        submitted_at=at,
    )


def send_back(subject: Submission, task: Any, *, review: Review, at: datetime) -> list[int]:
    """The answer counts no more; its place moves to a redo that is its author's first, with the answer as the draft."""
    root, lane_id = move_to_redo(subject, task, at=at)
    signals.work_rejected.send(Assignment, assignment=root.assignment, at=at, review=review)
    tell_author(root, review.reason_class, review.comment, key=f"review:{review.public_id}", at=at)
    return [lane_id]


def move_to_redo(subject: Submission, task: Any, *, at: datetime) -> tuple[Submission, int]:
    """The attempt that no longer counts, and the lane of its redo; the caller holds the task's items and bumps last."""
    root = resolving.root_of(subject)
    attempt = root.assignment
    if not Assignment.objects.filter(pk=attempt.pk, counted=True).update(counted=False):
        raise BusinessError(_("This answer was sent back already."), code="not_counted")
    places.move_place_away(attempt.work_item)
    latest = WorkItem.objects.filter(task=task, stage=0).aggregate(latest=Max("round"))["latest"]
    redo = offering.open_redo(
        task, subject_id=subject.pk, round_number=latest + 1, author=root.author, until=at + REDO_RESERVED
    )
    Draft.objects.create(work_item=redo, worker=root.author, revision=1, document=latest_response(subject), saved_at=at)
    return root, redo.lane_id


def tell_author(root: Submission, reason_class: str, comment: str, *, key: str, at: datetime) -> None:
    telling.tell(
        [root.author.user_id],
        code="work_rejected",
        params={
            "codename": root.task.project.codename,
            "reason_class": reason_class,
            "comment": comment,
            "until_at": (at + REDO_RESERVED).isoformat(),
        },
        dedupe_key=key,
        at=at,
        mail=True,
    )
