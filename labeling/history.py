"""All that happened to one task, as its customer reads it: workers are pseudonyms, one's own people go by e-mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Membership, Organization
from core import formats
from events.models import ActorKind, Event
from events.verbs import Verb
from labeling.models import Assignment, Review, Submission
from labeling.reviewing import reason_class_name
from projects.models import Project, Task, TaskStatus, Workforce
from workers.models import Worker

MOST_EVENTS = 200


@dataclass(frozen=True)
class Entry:
    """A line of the timeline component."""

    title: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Turn:
    """One person's turn at the task, an attempt or a review."""

    assignment: Assignment
    who: str
    submission: Submission | None
    review: Review | None
    spent: timedelta

    @property
    def reason(self) -> str:
        """The reviewer's class and words; empty where nothing was rejected."""
        if self.review is None or not self.review.reason_class:
            return ""
        words = {"reason": reason_class_name(self.review.reason_class), "comment": self.review.comment}
        return _("%(reason)s: %(comment)s") % words


def turns_of(task: Task, project: Project) -> list[Turn]:
    """Whoever had the task in hand, in order."""
    rows = Assignment.objects.filter(work_item__task=task).select_related("worker__user", "work_item")
    rows = rows.select_related("submission", "review").order_by("claimed_at", "pk")
    return [
        Turn(
            row,
            name_of(row.worker, project),
            getattr(row, "submission", None),
            getattr(row, "review", None),
            timedelta(milliseconds=row.active_ms),
        )
        for row in rows
    ]


def name_of(worker: Worker, project: Project) -> str:
    if project.workforce == Workforce.OWN and worker.organization_id == project.organization_id:
        return worker.user.email
    return _("Worker %(pseudonym)s") % {"pseudonym": worker.pseudonym}


def timeline_of(task: Task, turns: Iterable[Turn], project: Project) -> list[Entry]:
    """The newest first; at most MOST_EVENTS."""
    assignments = [turn.assignment.public_id for turn in turns]
    about = Q(subject_type="task", subject_id=task.public_id) | Q(subject_type="assignment", subject_id__in=assignments)
    found = list(Event.objects.filter(about, organization_id=task.organization_id).order_by("-pk")[:MOST_EVENTS])
    workers = {turn.assignment.worker.public_id: turn.who for turn in turns}
    members = members_of(project.organization, [event.actor_id for event in found])
    return [Entry(str(Verb(event.verb).label), by_whom(event, workers, members), event.at) for event in found]


def members_of(organization: Organization, ids: Iterable[str]) -> dict[str, str]:
    rows = Membership.objects.filter(organization=organization, user__public_id__in=set(ids)).select_related("user")
    return {row.user.public_id: row.user.name or row.user.email for row in rows}


def by_whom(event: Event, workers: Mapping[str, str], members: Mapping[str, str]) -> str:
    match event.actor_kind:
        case ActorKind.WORKER:
            return workers.get(event.actor_id, _("a contractor"))
        case ActorKind.USER:
            return members.get(event.actor_id, _("somebody of the site"))
        case ActorKind.API_KEY:
            return _("an API key")
    return _("the site")


def cost_note(task: Task) -> str:
    """What the task costs its customer, in words."""
    version = task.version
    price = formats.money(version.price_micros, version.currency)
    if task.status == TaskStatus.COMPLETED:
        return _("%(price)s, due since it was completed") % {"price": price}
    return _("%(price)s, due when it is completed") % {"price": price}
