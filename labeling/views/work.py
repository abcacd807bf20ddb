"""The contractor's home, one project of theirs, and what they have done."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from core.paging import keyset_page
from events.models import Notice
from events.views import Message, in_words
from labeling import explaining, hours, returning, stopping, timing
from labeling.answers import latest_response
from labeling.models import Assignment, AssignmentStatus, Draft, Review, Submission
from labeling.offers import offers
from labeling.payload import shown
from projects import instructions
from projects.models import Enrollment
from workers.access import WorkerRequest, worker_required


@require_GET
@worker_required
def work(request: WorkerRequest) -> HttpResponse:
    """What do I do now: the task in hand, what is open, what is not and why."""
    now = timezone.now()
    found = offers(request.worker, at=now)
    hand = in_hand(request)
    turns = [one.turn_at for one in found if one.turn_at is not None]
    of_day, of_week = hours.hours_of(request.worker, timing.day_of(request.worker, at=now))
    return render(
        request,
        "labeling/work.html",
        {
            "of_day": of_day,
            "of_week": of_week,
            "now": now,
            "hand": hand,
            "turn_said": explaining.step_by_step(min(turns), at=now) if turns else "",
            "draft": Draft.objects.filter(work_item=hand.work_item, worker=request.worker).first() if hand else None,
            "open": [one for one in found if one.is_open],
            "closed": [one for one in found if not one.is_open],
            "explanation": explaining.explain(request.worker, at=now)
            if not any(one.is_open for one in found)
            else None,
            "messages_told": latest_messages(request),
        },
    )


def latest_messages(request: WorkerRequest) -> list[Message]:
    return in_words(list(Notice.objects.visible_to(request.user).unread().order_by("-pk")[:3]))


def in_hand(request: WorkerRequest) -> Assignment | None:
    active = Assignment.objects.visible_to(request.user).active()
    return active.select_related("version", "work_item__task__project").first()


@require_GET
@worker_required
def look(request: WorkerRequest, codename: str) -> HttpResponse:
    """Is it worth it: pay, time, instructions, and why there may be nothing."""
    now = timezone.now()
    standing = get_object_or_404(
        Enrollment.objects.active().select_related("project"), worker=request.worker, project__codename=codename
    )
    offer = next(one for one in offers(request.worker, at=now) if one.codename == codename)
    why = None if offer.is_open else explaining.explain(request.worker, project_id=standing.project_id, at=now)
    stopping.refuse_to_show(standing.project.organization_id)
    instruction = instructions.render(standing.project, offer.instruction, user=request.user, at=now)
    context = {"offer": offer, "why": why, "instruction": instruction, "hand": in_hand(request)}
    return render(request, "labeling/look.html", context)


@require_POST
@worker_required
def release(request: WorkerRequest, public_id: str) -> HttpResponse:
    """The page's own button; the workbench has a call of its own."""
    mine = Assignment.objects.visible_to(request.user).select_related("worker__user", "version", "work_item__task")
    returning.release(get_object_or_404(mine, public_id=public_id), at=timezone.now())
    return redirect("my:work")


@require_GET
@worker_required
def record(request: WorkerRequest) -> HttpResponse:
    """What have I done, and what became of it."""
    mine = Submission.objects.filter(author=request.worker).select_related(
        "assignment__version", "assignment__work_item", "task__project"
    )
    page = keyset_page(mine, request, order=("-id",))
    verdicts = {
        review.submission_id: review for review in Review.objects.filter(submission__in=page.rows).order_by("pk")
    }
    rows = [(one, verdicts.get(one.pk), outcome(one, verdicts.get(one.pk))) for one in page.rows]
    return render(request, "labeling/record.html", {"page": page, "rows": rows})


def outcome(submission: Submission, review: Review | None) -> str:
    """The state that the worker reads: a name of core.states."""
    if review is not None:
        return review.verdict
    if not submission.assignment.counted:
        return "dismissed" if submission.assignment.status == AssignmentStatus.SUBMITTED else "released"
    return "completed" if submission.task.status == "completed" else "in_review"


@require_GET
@worker_required
def submission(request: WorkerRequest, public_id: str) -> HttpResponse:
    """What happened to this one: my answer, the reviewer's verdict with reason and comment, the difference, the pay."""
    mine = Submission.objects.filter(author=request.worker).select_related(
        "assignment__version", "assignment__worker__user", "assignment__work_item", "task__project", "task__content"
    )
    found = get_object_or_404(mine, public_id=public_id)
    stopping.refuse_to_show(found.task.organization_id)
    reviews = list(Review.objects.filter(submission=found).select_related("assignment").order_by("pk"))
    fix = Submission.objects.filter(fixes=found).order_by("pk").last()
    return render(
        request,
        "labeling/submission.html",
        {
            "submission": found,
            "reviews": reviews,
            "fix": fix,
            "state": outcome(found, reviews[-1] if reviews else None),
            "amendments": list(found.amendments.order_by("number")),
            "payload": shown(
                found.task,
                found.assignment.version,
                latest_response(fix or found),
                user=request.user,
                at=timezone.now(),
            ),
        },
    )
