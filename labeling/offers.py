"""What a contractor's home shows of each of their projects: pay, usual time, how much is open, why not."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache
from django.db.models import Count, Sum

from core.money import rounded
from labeling import eligibility, stopping
from labeling.eligibility import Barrier, barrier_of
from labeling.models import Draft, Lane, StageKind, WorkItem
from labeling.usual import usual_times
from projects.models import Enrollment, EnrollmentRole, Hold, Pause, ProjectVersion
from projects.stopping import withheld_from
from workers.models import Worker

COUNTED_FOR_S = 10


@dataclass(frozen=True)
class Offer:
    """One enrollment as its worker sees it. `usual` None: nobody has done enough of it to say.

    `turn_at`: when a ramp lets the worker in, where nothing but ramps is in the way.
    """

    codename: str
    type: str
    role: str
    rate_micros: int
    currency: str
    usual: timedelta | None
    review_days: int
    open_places: int
    barrier: str
    pause: Pause | None
    turn_at: datetime | None
    hold: Hold | None
    drafts: int
    instruction: str

    @property
    def is_open(self) -> bool:
        return self.barrier == "" and self.open_places > 0

    @property
    def hourly_micros(self) -> int | None:
        """What an hour pays at the usual time, in the currency's smallest unit: an estimate is not money owed."""
        if not self.usual or not self.rate_micros:
            return None
        return rounded(round(self.rate_micros * 3600 / self.usual.total_seconds()), self.currency)[0]


def offers(worker: Worker, *, at: datetime) -> list[Offer]:
    """One per active enrollment, those with open work first; a constant number of queries."""
    standings = list(
        Enrollment.objects.active()
        .filter(worker=worker, project__archived_at=None)
        .select_related("project__current_version")
        .order_by("project__codename")[:200]
    )
    ids = [standing.project_id for standing in standings]
    lanes = lanes_of(worker, ids, at=at)
    open_counts = open_places(ids)
    usual = usual_times(ids)
    stops = withheld_from(worker, [standing.project for standing in standings], at=at)
    holds = {hold.project_id: hold for hold in Hold.objects.in_force(at=at).filter(worker=worker)}
    drafts = drafts_of(worker, ids)
    known = Known(lanes, open_counts, usual, stops, holds, drafts)
    return sorted((offer(standing, known) for standing in standings), key=lambda one: not one.is_open)


@dataclass(frozen=True)
class Known:
    """What was read for all of the worker's projects at once, by project; the open places by lane as well."""

    lanes: dict[int, list[Lane]]
    open_counts: dict[int, dict[int, int]]
    usual: dict[int, timedelta]
    stops: dict[int, list[Pause]]
    holds: dict[int | None, Hold]
    drafts: dict[int, int]


def offer(standing: Enrollment, known: Known) -> Offer:
    project, version = standing.project, version_of(standing)
    stage = 1 if standing.role == EnrollmentRole.REVIEWER and len(version.pipeline) > 1 else 0
    kinds = kinds_of(standing)
    withheld = known.stops.get(project.pk, [])
    lanes = [(barrier_of(lane), lane.pk) for lane in known.lanes[project.pk] if lane.kind in kinds]
    barrier = first_barrier([its for its, _lane in lanes])
    open_counts = known.open_counts[project.pk]
    return Offer(
        codename=project.codename,
        type=project.type,
        role=standing.role,
        rate_micros=version.step_rate_micros(stage),
        currency=version.currency,
        usual=known.usual.get(project.pk),
        review_days=version.review_days,
        # Not those in batches that are closed to the worker, while others are not.
        open_places=sum(open_counts.get(lane, 0) for its, lane in lanes if not its or barrier),
        barrier=barrier,
        pause=next((one for one in withheld if one.ended_at is None), None),
        turn_at=stopping.turn_in(withheld, standing.worker_id),
        hold=known.holds.get(project.pk) or known.holds.get(None),
        drafts=known.drafts.get(project.pk, 0),
        instruction=version.instruction,
    )


def version_of(standing: Enrollment) -> ProjectVersion:
    assert standing.project.current_version is not None  # written with the project
    return standing.project.current_version


def kinds_of(standing: Enrollment) -> set[str]:
    match standing.role:
        case EnrollmentRole.WORKER:
            return {StageKind.ATTEMPT}
        case EnrollmentRole.REVIEWER:
            return {StageKind.REVIEW}
    return {StageKind.ATTEMPT, StageKind.REVIEW}


def first_barrier(barriers: Sequence[str]) -> str:
    """Empty when a lane is open, or when there is no lane yet; else the narrowest of the reasons."""
    if not barriers or "" in barriers:
        return ""
    order = list(Barrier)
    return max(barriers, key=lambda barrier: order.index(Barrier(barrier)) if barrier != Barrier.ENDED else -1)


def lanes_of(worker: Worker, project_ids: Sequence[int], *, at: datetime) -> dict[int, list[Lane]]:
    found: dict[int, list[Lane]] = defaultdict(list)
    lanes = Lane.objects.filter(batch__project__in=project_ids).select_related("batch")
    for lane in eligibility.with_barrier(lanes, worker, at=at):
        found[lane.batch.project_id].append(lane)
    return found


def open_places(project_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """project → lane → open places; counted again after COUNTED_FOR_S seconds, for everybody at once."""
    keys = {f"open_places:{pk}": pk for pk in project_ids}
    cached = cache.get_many(keys)
    missing = [pk for key, pk in keys.items() if key not in cached]
    if missing:
        counted: dict[str, dict[int, int]] = {f"open_places:{pk}": {} for pk in missing}
        rows = WorkItem.objects.filter(open=True, lane__project__in=missing)
        sums = rows.values_list("lane__project", "lane").annotate(total=Sum("places_left")).order_by()
        for pk, lane, total in sums:
            counted[f"open_places:{pk}"][lane] = total
        cache.set_many(counted, COUNTED_FOR_S)
        cached |= counted
    return {keys[key]: found for key, found in cached.items()}


def drafts_of(worker: Worker, project_ids: Sequence[int]) -> dict[int, int]:
    """project → drafts of the worker."""
    found = Draft.objects.filter(worker=worker, work_item__task__project__in=project_ids)
    return dict(found.values_list("work_item__task__project").annotate(total=Count("pk")).order_by())
