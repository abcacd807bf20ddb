"""Why there is nothing for a worker: one reason from a fixed list, when to come back, what to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from labeling import conditions_in_words, eligibility, spending, stopping
from labeling.announcing import minute_after
from labeling.eligibility import Barrier
from labeling.models import Assignment, Lane, StageKind, WorkItem
from projects.models import Enrollment, Hold, ProjectVersion, Task
from workers.models import Worker


class Reason(models.TextChoices):
    NO_PROJECT = "no_project", gettext_lazy("You are not on a project yet.")
    HOLD = "hold", gettext_lazy("You are on hold.")
    RAMP = "ramp", gettext_lazy("Work comes back step by step.")
    PAUSED = "paused", gettext_lazy("Paused.")
    NOT_STARTED = "not_started", gettext_lazy("The work has not been launched yet.")
    ROLE = "role", gettext_lazy("Only work for another role is open.")
    HOURS = "hours", gettext_lazy("You have worked the hours that are set for you.")
    COUNTRY = "country", gettext_lazy("This project is for people in other countries.")
    LANGUAGE = "language", gettext_lazy("This project is for people who work in another language.")
    SKILL = "skill", gettext_lazy("This project needs a skill that you have not proved.")
    WALL = "wall", gettext_lazy("This does not go together with other work that you have done lately.")
    GROUP = "group", gettext_lazy("What is open is given to other people on the project.")
    CAP_REACHED = "cap_reached", gettext_lazy("The project's budget for now is used up.")
    RESERVED = "reserved", gettext_lazy("What is left is kept for its authors for a while.")
    OWN_WORK = "own_work", gettext_lazy("What is left is your own work, which others check.")
    ALL_IN_HANDS = "all_in_hands", gettext_lazy("All remaining tasks are in other people's hands.")
    PREPARING = "preparing", gettext_lazy("New tasks are being prepared.")
    ALL_DONE = "all_done", gettext_lazy("Everything is done.")


OF_BARRIER = {
    Barrier.NOT_ENROLLED: Reason.NO_PROJECT,
    Barrier.HOLD: Reason.HOLD,
    Barrier.PAUSED: Reason.PAUSED,
    Barrier.NOT_STARTED: Reason.NOT_STARTED,
    Barrier.ENDED: Reason.ALL_DONE,
    Barrier.ROLE: Reason.ROLE,
    Barrier.HOURS: Reason.HOURS,
    Barrier.COUNTRY: Reason.COUNTRY,
    Barrier.LANGUAGE: Reason.LANGUAGE,
    Barrier.SKILL: Reason.SKILL,
    Barrier.WALL: Reason.WALL,
    Barrier.GROUP: Reason.GROUP,
}
# The reason that is nearest to work is the one that helps.
NEAREST_FIRST = [
    Reason.CAP_REACHED,
    Reason.RESERVED,
    Reason.ALL_IN_HANDS,
    Reason.OWN_WORK,
    Reason.PREPARING,
    Reason.HOURS,
    Reason.RAMP,
    Reason.PAUSED,
    Reason.NOT_STARTED,
    Reason.GROUP,
    Reason.WALL,
    Reason.SKILL,
    Reason.LANGUAGE,
    Reason.COUNTRY,
    Reason.ROLE,
    Reason.HOLD,
    Reason.ALL_DONE,
]


@dataclass(frozen=True)
class Explanation:
    """`message` and `what_to_do` are sentences in the reader's language; `next_at` None: nobody can say."""

    reason: Reason
    message: str
    what_to_do: str
    next_at: datetime | None = None
    codename: str = ""


def explain(worker: Worker, *, project_id: int | None = None, at: datetime) -> Explanation:
    """Why a claim found nothing: over all of the worker's projects, or for one of them."""
    enrolled = Enrollment.objects.active().filter(worker=worker)
    if project_id is not None:
        enrolled = enrolled.filter(project_id=project_id)
    standings = list(enrolled.select_related("project__current_version__project__organization")[:50])
    if hold := Hold.objects.in_force(at=at).filter(worker=worker, project=None).first():
        return put(Reason.HOLD, at=at, next_at=hold.until, text=hold.text)
    if not standings:
        return put(Reason.NO_PROJECT, at=at)
    found = [explain_project(worker, standing, at=at) for standing in standings]
    return min(found, key=lambda one: NEAREST_FIRST.index(one.reason))


def explain_project(worker: Worker, standing: Enrollment, *, at: datetime) -> Explanation:
    """The one reason for one project."""
    project = standing.project
    lanes = eligibility.with_barrier(Lane.objects.filter(batch__project=project), worker, at=at)
    barriers = [(eligibility.barrier_of(lane), lane) for lane in lanes]
    barred = {Barrier(barrier): lane for barrier, lane in barriers if barrier}
    open_lanes = [lane for barrier, lane in barriers if not barrier]
    reason, next_at = of_open_lanes(worker, open_lanes, standing, at=at) if open_lanes else (None, None)
    if reason in {None, Reason.ALL_DONE} and barred:
        nearest = min(barred, key=lambda barrier: NEAREST_FIRST.index(OF_BARRIER.get(barrier, Reason.ALL_DONE)))
        if OF_BARRIER[nearest] != Reason.ALL_DONE:
            return of_barrier(worker, nearest, barred[nearest], at=at)
    if reason in {None, Reason.ALL_DONE} and preparing(project.pk):
        reason = Reason.PREPARING
    return put(reason or Reason.ALL_DONE, at=at, next_at=next_at, codename=project.codename)


def of_barrier(worker: Worker, barrier: Barrier, lane: Lane, *, at: datetime) -> Explanation:
    project = lane.batch.project
    if barrier == Barrier.PAUSED:
        return of_pauses(worker, lane, at=at)
    if barrier == Barrier.HOLD:
        hold = Hold.objects.in_force(at=at).filter(worker=worker, project=project).first()
        if hold is not None:
            return put(Reason.HOLD, at=at, next_at=hold.until, text=hold.text, codename=project.codename)
    if found := conditions_in_words.of_barrier(worker, barrier, project, at=at):
        text, next_at = found
        return put(OF_BARRIER[barrier], at=at, next_at=next_at, text=text, codename=project.codename)
    return put(OF_BARRIER[barrier], at=at, codename=project.codename)


def of_pauses(worker: Worker, lane: Lane, *, at: datetime) -> Explanation:
    project = lane.batch.project
    assert project.current_version is not None  # written with the project
    ahead = timedelta(seconds=project.current_version.lease_s)
    withheld = stopping.withheld_by(lane.batch, lane.kind, worker, ahead=ahead, at=at)
    if (turn_at := stopping.turn_in(withheld, worker.pk)) is not None:
        text = step_by_step(turn_at, at=at)
        return put(Reason.RAMP, at=at, next_at=turn_at, text=text, codename=project.codename)
    standing = [one for one in withheld if one.ended_at is None]
    ends = [one.turn_of(worker.pk) if one.ended_at else one.ends_at for one in withheld]
    known = [one for one in ends if one is not None]
    # It is open again when the last of them has ended; nobody can say when where one has no end.
    next_at = max(known) if known and len(known) == len(ends) else None
    text = standing[0].text_for_workers if standing else ""
    return put(Reason.PAUSED, at=at, next_at=next_at, text=text, codename=project.codename)


def step_by_step(turn_at: datetime, *, at: datetime) -> str:
    """What somebody reads whose turn in a ramp is to come."""
    by = formats.moment(minute_after(turn_at), now=at)
    return _("Work comes back step by step; yours by %(time)s.") % {"time": by}


def of_open_lanes(
    worker: Worker, lanes: list[Lane], standing: Enrollment, *, at: datetime
) -> tuple[Reason | None, datetime | None]:
    """Why nothing comes from lanes that are open to the worker."""
    ids = [lane.pk for lane in lanes]
    mine = [eligibility.open_items(worker, lane, lane.kind) for lane in lanes]
    if any(items.exists() for items in mine):
        version = standing.project.current_version
        if version is not None and cap_reached(version, caps=version, at=at):
            return Reason.CAP_REACHED, next_day(version, at=at)
        until = [items.aggregate(first=Min("reserved_until"))["first"] for items in mine]
        return Reason.RESERVED, min((one for one in until if one is not None), default=None)
    items = WorkItem.objects.filter(lane_id__in=ids)
    held = Assignment.objects.leased().filter(work_item__in=items).exclude(worker=worker)
    if (first := held.aggregate(first=Min("lease_expires_at"))["first"]) is not None:
        return Reason.ALL_IN_HANDS, max(first, at)
    return (Reason.OWN_WORK, None) if items.filter(open=True).exists() else (Reason.ALL_DONE, None)


def cap_reached(version: ProjectVersion, *, caps: ProjectVersion, at: datetime) -> bool:
    """Whether a spend cap leaves less than one share of a task of the version; `caps` are the current version's."""
    today = spending.budget_day(version.project.organization.time_zone, at=at)
    return any(
        spending.spare_micros(draw.project_id, day=draw.day, cap_micros=draw.cap_micros) < draw.share_micros
        for draw in spending.draws_of(StageKind.ATTEMPT, 1, version, caps=caps, day=today)
    )


def next_day(version: ProjectVersion, *, at: datetime) -> datetime | None:
    """When the day's budget begins anew; None where only the cap of all days is set."""
    if version.day_cap_micros is None:
        return None
    local = at.astimezone(ZoneInfo(version.project.organization.time_zone))
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def preparing(project_id: int) -> bool:
    waiting = Task.objects.filter(project_id=project_id, status="pending", offered_at=None)
    return waiting.filter(Q(attachments__state="waiting")).exists()


def put(
    reason: Reason, *, at: datetime, next_at: datetime | None = None, text: str = "", codename: str = ""
) -> Explanation:
    return Explanation(
        reason=reason,
        message=text or str(reason.label),
        what_to_do=what_to_do(reason),
        next_at=next_at if next_at and next_at > at else None,
        codename=codename,
    )


WHAT_TO_DO = {
    Reason.NO_PROJECT: gettext_lazy("You are told as soon as you are put on a project."),
    Reason.HOLD: gettext_lazy("Your pay is untouched. You can appeal."),
    Reason.RAMP: gettext_lazy("Come back at the time shown. What you have earned is untouched."),
    Reason.PAUSED: gettext_lazy("You are told when it is open again. What you have earned is untouched."),
    Reason.CAP_REACHED: gettext_lazy("Nothing about you caused this. Come back when the budget begins anew."),
    Reason.ALL_IN_HANDS: gettext_lazy("Nothing about you caused this. Come back at the time shown."),
    Reason.RESERVED: gettext_lazy("Nothing about you caused this. Come back at the time shown."),
    Reason.OWN_WORK: gettext_lazy("Other people review it. You are told the result."),
    Reason.PREPARING: gettext_lazy("It takes a few minutes."),
    Reason.HOURS: gettext_lazy("The limit protects you. Come back at the time shown."),
    Reason.COUNTRY: gettext_lazy("Is your country on file right? Ask the person who runs your team."),
    Reason.LANGUAGE: gettext_lazy("If you work in it, ask the person who runs your team to add it."),
    Reason.SKILL: gettext_lazy("Ask the person who runs your team how to prove it."),
    Reason.GROUP: gettext_lazy("Ask the person who runs your team if you should work on it too."),
    Reason.WALL: gettext_lazy("It protects the people whose data you saw. Come back at the time shown."),
}


def what_to_do(reason: Reason) -> str:
    return str(WHAT_TO_DO.get(reason, _("You are told when there is new work.")))
