"""Stops: after pause() has returned nothing of its scope is handed out, until resume()."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from core import gate
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording, running, telling
from events.models import Event
from events.verbs import Verb
from labeling import eligibility, expiring, places
from labeling.models import Assignment, AssignmentStatus, Draft, Lane, StageKind, WorkItem
from labeling.wording import pause_code
from projects.models import Batch, Enrollment, Pause, PausePolicy, PauseScope, Project, TaskStatus
from workers.models import Worker

CHUNK = 100
RETURNED_FIRST = timedelta(hours=1)
# Long enough for any pause: resuming sets the time that counts.
KEPT_FOR_HOLDER = timedelta(days=365)


@dataclass(frozen=True)
class Scope:
    """What a pause stops: everything, one customer, one project or one batch."""

    kind: str
    organization: Organization | None = None
    project: Project | None = None
    batch: Batch | None = None

    @classmethod
    def of(cls, subject: Organization | Project | Batch | None) -> "Scope":
        """The scope of a customer, project or batch; of the whole site for None."""
        match subject:
            case None:
                return cls(PauseScope.SITE)
            case Organization():
                return cls(PauseScope.ORGANIZATION, organization=subject)
            case Project():
                return cls(PauseScope.PROJECT, project=subject)
            case Batch():
                return cls(PauseScope.BATCH, batch=subject)

    @classmethod
    def of_pause(cls, pause: Pause) -> "Scope":
        return cls(pause.scope, pause.organization, pause.project, pause.batch)

    def within(self, prefix: str) -> Q:
        """The scope as a condition on something whose batch is at `prefix` (`task__batch` of a work item, …)."""
        if self.organization is not None:
            return Q(**{f"{prefix}__organization": self.organization})
        if self.project is not None:
            return Q(**{f"{prefix}__project": self.project})
        return Q(**{prefix: self.batch}) if self.batch is not None else Q()

    def over_batches(self) -> Q:
        """The scope as a condition on batches."""
        if self.organization is not None:
            return Q(organization=self.organization)
        if self.project is not None:
            return Q(project=self.project)
        return Q(pk=self.batch.pk) if self.batch is not None else Q()

    def over_projects(self) -> Q:
        """The scope as a condition on projects."""
        if self.organization is not None:
            return Q(organization=self.organization)
        if self.project is not None:
            return Q(pk=self.project.pk)
        return Q(batches=self.batch) if self.batch is not None else Q()


@dataclass(frozen=True)
class Order:
    """How a pause is to be: what happens to work in hand, until when, and what people read."""

    policy: str
    reason: str
    grace: timedelta | None = None
    ends_at: datetime | None = None
    reviews_go_on: bool = False
    text_for_staff: str = ""
    text_for_workers: str = ""
    text_for_customer: str = ""


@dataclass(frozen=True)
class Preview:
    """Who and what a pause would concern at the moment of counting."""

    people: int
    in_hand: int
    attempts_in_hand: int
    reviews_in_hand: int
    drafts_without_lease: int
    open_places: int
    batches: int
    projects: int
    last_lease_at: datetime | None
    counted_at: datetime
    worker_ids: frozenset[int] = field(repr=False, default=frozenset())

    def counts(self) -> dict[str, int]:
        """The numbers, as the pause's row keeps them."""
        names = ["people", "in_hand", "attempts_in_hand", "reviews_in_hand", "drafts_without_lease", "open_places"]
        return {name: getattr(self, name) for name in [*names, "batches", "projects"]}


def in_hand(scope: Scope, *, reviews_go_on: bool = False) -> QuerySet[Assignment]:
    """The leased assignments that a pause of the scope concerns."""
    found = Assignment.objects.leased().filter(scope.within("work_item__task__batch"))
    return found.exclude(work_item__kind=StageKind.REVIEW) if reviews_go_on else found


def preview(scope: Scope, *, reviews_go_on: bool = False, at: datetime) -> Preview:
    """Reads only."""
    leased = in_hand(scope, reviews_go_on=reviews_go_on)
    active = leased.filter(status=AssignmentStatus.ACTIVE)
    sums = active.aggregate(
        all=Count("pk"),
        reviews=Count("pk", filter=Q(work_item__kind=StageKind.REVIEW)),
        last=Max("lease_expires_at"),
    )
    items = WorkItem.objects.filter(scope.within("task__batch"), open=True)
    concerned = concerned_workers(scope, leased)
    return Preview(
        people=len(concerned),
        in_hand=sums["all"],
        attempts_in_hand=sums["all"] - sums["reviews"],
        reviews_in_hand=sums["reviews"],
        drafts_without_lease=drafts_without_lease(scope).count(),
        open_places=items.aggregate(total=Sum("places_left"))["total"] or 0,
        batches=Batch.objects.filter(scope.over_batches()).count(),
        projects=Project.objects.filter(scope.over_projects()).distinct().count(),
        last_lease_at=sums["last"],
        counted_at=at,
        worker_ids=frozenset(concerned),
    )


def drafts_without_lease(scope: Scope) -> QuerySet[Draft]:
    leased = Assignment.objects.leased().filter(work_item=OuterRef("work_item"), worker=OuterRef("worker"))
    return open_drafts(scope).filter(~Exists(leased))


def open_drafts(scope: Scope) -> QuerySet[Draft]:
    """Drafts of the scope that may still become an answer."""
    return Draft.objects.filter(scope.within("work_item__task__batch"), work_item__task__status=TaskStatus.PENDING)


def concerned_workers(scope: Scope, leased: QuerySet[Assignment]) -> dict[int, set[str]]:
    """Worker → codenames: whoever holds work of the scope, has a draft in it or is enrolled where it reaches."""
    found: dict[int, set[str]] = defaultdict(set)
    enrolled = Enrollment.objects.active().filter(project__in=Project.objects.filter(scope.over_projects()))
    drafts = open_drafts(scope)
    for rows in (
        enrolled.values_list("worker_id", "project__codename"),
        leased.values_list("worker_id", "work_item__task__project__codename"),
        drafts.values_list("worker_id", "work_item__task__project__codename"),
    ):
        for worker_id, codename in rows.distinct().iterator():
            found[worker_id].add(codename)
    return dict(found)


def pause(scopes: Sequence[Scope], order: Order, *, by: User | None, at: datetime) -> list[Pause]:
    """Stop the scopes by one act. When this returns nothing of them is handed out any more."""
    pauses = write_pauses(scopes, order, by=by, at=at)
    # The rows are committed; whoever read the stops before that is waited for here.
    gate.drain()
    return pauses


@action
def write_pauses(scopes: Sequence[Scope], order: Order, *, by: User | None, at: datetime) -> list[Pause]:
    """The rows of one group, their events, the notices and one job each, in one transaction."""
    if (order.policy == PausePolicy.GRACE) != (order.grace is not None):
        raise BusinessError(_("A grace needs its minutes, and only a grace."), code="grace_minutes", status=400)
    refuse_past_end(order.ends_at, at=at)
    if not order.text_for_workers.strip():
        raise BusinessError(_("Say to the workers why it stops."), code="text_for_workers", status=400)
    group = uuid.uuid4()
    counted = [preview(scope, reviews_go_on=order.reviews_go_on, at=at) for scope in scopes]
    pauses = [
        new_pause(scope, order, group=group, counts=before.counts(), by=by, at=at)
        for scope, before in zip(scopes, counted, strict=True)
    ]
    for one in pauses:
        recording.write(pause_event(Verb.PAUSE_STARTED, one, by=by, at=at))
        running.start_job("apply_pause", organization=None, by=by, subject_id=one.public_id, params={}, at=at)
    tell_workers(pauses, at=at)
    return pauses


def refuse_past_end(ends_at: datetime | None, *, at: datetime) -> None:
    if ends_at is not None and ends_at <= at:
        raise BusinessError(_("A pause ends in the future."), code="ends_at", status=400)


def new_pause(
    scope: Scope, order: Order, *, group: uuid.UUID, counts: dict[str, int], by: User | None, at: datetime
) -> Pause:
    return Pause.objects.create(
        scope=scope.kind,
        organization=scope.organization,
        project=scope.project,
        batch=scope.batch,
        policy=order.policy,
        grace_until=None if order.grace is None else at + order.grace,
        reviews_go_on=order.reviews_go_on,
        group=group,
        starts_at=at,
        ends_at=order.ends_at,
        reason=order.reason,
        text_for_staff=order.text_for_staff,
        text_for_workers=order.text_for_workers,
        text_for_customer=order.text_for_customer,
        created_by=by,
        created_at=at,
        counts=counts,
    )


def pause_event(verb: Verb, one: Pause, *, by: User | None, at: datetime) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user(by) if by else recording.by_site(),
        subject_type="pause",
        subject_id=one.public_id,
        organization_id=organization_id_of(one),
        data={"scope": one.scope, "policy": one.policy, "reason": one.reason, "counts": one.counts},
    )


def organization_id_of(one: Pause) -> int | None:
    if one.project is not None:
        return one.project.organization_id
    return one.batch.organization_id if one.batch is not None else one.organization_id


def tell_workers(pauses: Sequence[Pause], *, at: datetime) -> None:
    """One notice and one mail per concerned person, whatever number of scopes the act has."""
    first = pauses[0]
    codenames: dict[int, set[str]] = defaultdict(set)
    holders: set[int] = set()
    for one in pauses:
        leased = in_hand(Scope.of_pause(one), reviews_go_on=one.reviews_go_on)
        for worker_id, names in concerned_workers(Scope.of_pause(one), leased).items():
            codenames[worker_id] |= names
        holders |= set(leased.filter(status=AssignmentStatus.ACTIVE).values_list("worker_id", flat=True))
    groups: dict[tuple[tuple[str, ...], bool], list[int]] = defaultdict(list)
    for worker_id, names in codenames.items():
        groups[tuple(sorted(names)), worker_id in holders].append(worker_id)
    for (group_names, holds), worker_ids in groups.items():
        policy = first.policy if holds else "none"
        telling.tell(
            user_ids(worker_ids),
            code=pause_code(policy, has_end=first.ends_at is not None),
            params=notice_params(first, group_names),
            dedupe_key=f"pause:{first.group}",
            at=at,
            mail=True,
        )


def notice_params(one: Pause, names: Sequence[str]) -> dict[str, Any]:
    """Only codenames and the text for workers: never the customer, or what is for staff."""
    return {
        "codenames": ", ".join(names),
        "count": len(names),
        "until_at": one.grace_until.isoformat() if one.grace_until else "",
        "ends_at": one.ends_at.isoformat() if one.ends_at else "",
        "text": one.text_for_workers,
    }


def user_ids(worker_ids: Sequence[int]) -> list[int]:
    return list(Worker.objects.filter(pk__in=worker_ids).order_by("pk").values_list("user_id", flat=True))


def resume(one: Pause, *, by: User | None, at: datetime) -> Pause:
    """Lift this pause; others over the same work stand. Raises StaleState when somebody else has lifted it."""
    return write_resume(one, by=by, at=at)


@action
def write_resume(one: Pause, *, by: User | None, at: datetime) -> Pause:
    changed = Pause.objects.filter(pk=one.pk, ended_at=None).update(ended_at=at, ended_by=by)
    if not changed:
        raise StaleState(_("This pause is over already."), code="already_over")
    one.refresh_from_db()
    recording.write(pause_event(Verb.PAUSE_ENDED, one, by=by, at=at))
    running.start_job("apply_resume", organization=None, by=by, subject_id=one.public_id, params={}, at=at)
    tell_open_again(one, at=at)
    lanes = Lane.objects.filter(Scope.of_pause(one).within("batch"))
    places.bump(lanes.values_list("pk", flat=True))
    return one


def tell_open_again(one: Pause, *, at: datetime) -> None:
    scope = Scope.of_pause(one)
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for worker_id, names in concerned_workers(scope, in_hand(scope)).items():
        groups[tuple(sorted(names))].append(worker_id)
    for group_names, worker_ids in groups.items():
        telling.tell(
            user_ids(worker_ids),
            code="resumed",
            params={"codenames": ", ".join(group_names), "count": len(group_names)},
            dedupe_key=f"resume:{one.group}",
            at=at,
            mail=True,
        )


def prolong(one: Pause, *, ends_at: datetime | None, by: User | None, at: datetime) -> Pause:
    """Another expected end. Raises StaleState when it is over already: pause again."""
    return write_prolonged(one, ends_at=ends_at, by=by, at=at)


@action
def write_prolonged(one: Pause, *, ends_at: datetime | None, by: User | None, at: datetime) -> Pause:
    refuse_past_end(ends_at, at=at)
    if not Pause.objects.filter(pk=one.pk, ended_at=None).update(ends_at=ends_at):
        raise StaleState(_("This pause is over already: pause again."), code="already_over")
    one.refresh_from_db()
    recording.write(pause_event(Verb.PAUSE_PROLONGED, one, by=by, at=at))
    return one


def end_due_pauses(*, at: datetime) -> int:
    """Lift what was to end by then; the number lifted. `ends_at` means “not before”: this is what makes it end."""
    ended = 0
    for one in Pause.objects.filter(ended_at=None, ends_at__lte=at).order_by("pk"):
        try:
            resume(one, by=None, at=at)
        except StaleState:
            continue
        ended += 1
    return ended


@action
def recall_chunk(one: Pause, *, at: datetime) -> int:
    """Take back up to CHUNK leased assignments of the pause's scope, a single place kept for its holder.

    0 when none is left, or the pause is over.
    """
    if not still_stands(one):
        return 0
    leased = in_hand(Scope.of_pause(one), reviews_go_on=one.reviews_go_on)
    items = locked_chunk(leased)
    leased = leased.filter(work_item_id__in=items)
    assignments = expiring.locked(leased)
    ended = expiring.end_all(assignments, items, AssignmentStatus.RECALLED, at=at)
    for assignment in assignments:
        if items[assignment.work_item_id].places == 1:
            WorkItem.objects.filter(pk=assignment.work_item_id).update(
                reserved_for=assignment.worker_id, reserved_until=at + KEPT_FOR_HOLDER
            )
    return ended


@action
def shorten_chunk(one: Pause) -> int:
    """No lease of the scope beyond the grace, in chunks; 0 when none is left, or the pause is over."""
    if not still_stands(one):
        return 0
    longer = in_hand(Scope.of_pause(one), reviews_go_on=one.reviews_go_on).filter(lease_expires_at__gt=one.grace_until)
    items = locked_chunk(longer)
    ids = [assignment.pk for assignment in expiring.locked(longer.filter(work_item_id__in=items))]
    return Assignment.objects.filter(pk__in=ids).update(lease_expires_at=one.grace_until)


def still_stands(one: Pause) -> bool:
    """Lock the pause: whoever lifts it waits for this chunk, and what is handed out after that is not touched."""
    return Pause.objects.filter(pk=one.pk, ended_at=None).select_for_update(no_key=True).first() is not None


def locked_chunk(assignments: QuerySet[Assignment]) -> dict[int, WorkItem]:
    """The work items of the first CHUNK of the assignments, locked by id."""
    ids = list(assignments.order_by("work_item_id").values_list("work_item_id", flat=True)[:CHUNK])
    return {item.pk: item for item in places.locked(WorkItem.objects.filter(pk__in=ids))}


@action
def offer_returned_first(scope: Scope, *, at: datetime) -> int:
    """After a resume: recalled work is its last holder's first, for a time from now; not what stands still as yet."""
    lanes = Lane.objects.filter(eligibility.unpaused(at=at))
    kept = WorkItem.objects.filter(
        scope.within("task__batch"),
        lane__in=lanes,
        open=True,
        reserved_for__isnull=False,
        reserved_until__gt=at + timedelta(days=30),
    )
    first = list(kept.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    items = places.locked(kept.filter(pk__in=first))
    changed = WorkItem.objects.filter(pk__in=[item.pk for item in items]).update(reserved_until=at + RETURNED_FIRST)
    places.bump(item.lane_id for item in items)
    return changed
