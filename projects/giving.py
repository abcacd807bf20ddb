"""To whom a batch is given: to groups and single people, or to everybody on its project. A claim reads it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from core import gate
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.verbs import Verb
from projects import own_people
from projects.creating import event_of
from projects.grouping import ids_of, known, lock_groups_of, not_on_it, people_of
from projects.models import Batch, BatchGroup, Enrollment, EnrollmentRole, Group, GroupMember, Project
from workers.models import Worker

# Of the groups to which a batch is given, a list names so many.
MOST_SHOWN = 3


@dataclass(frozen=True)
class Given:
    """Whoever is in one of the groups, and these people; both empty: everybody on the project."""

    groups: tuple[Group, ...] = ()
    people: tuple[Worker, ...] = ()

    @classmethod
    def of(cls, batch: Batch) -> "Given":
        rows = BatchGroup.objects.filter(batch=batch).select_related("group", "worker__user")
        groups = sorted((row.group for row in rows if row.group), key=lambda group: group.name)
        people = sorted((row.worker for row in rows if row.worker), key=lambda worker: worker.user.email)
        return cls(tuple(groups), tuple(people))

    def codes(self) -> dict[str, list[str]]:
        """As an event says it."""
        return {"groups": sorted(group.public_id for group in self.groups), "people": ids_of(self.people)}


@dataclass(frozen=True)
class Audience:
    """What a list shows of those to whom a batch is given; how many of the project's people attempt and review it."""

    groups: tuple[str, ...]
    people: int
    attempt: int
    review: int

    @property
    def first_groups(self) -> tuple[str, ...]:
        return self.groups[:MOST_SHOWN]

    @property
    def more_groups(self) -> int:
        return len(self.groups[MOST_SHOWN:])


def audiences(project: Project) -> dict[int, Audience]:
    """By batch, of those of the project that are given to somebody; one query, three where there are some."""
    rows = BatchGroup.objects.filter(batch__project=project).select_related("group").order_by("group__name", "pk")
    by_batch: dict[int, list[BatchGroup]] = defaultdict(list)
    for row in rows:
        by_batch[row.batch_id].append(row)
    if not by_batch:
        return {}
    members: dict[int, set[int]] = defaultdict(set)
    for group_id, worker_id in GroupMember.objects.filter(group__project=project).values_list("group", "worker"):
        members[group_id].add(worker_id)
    roles = dict(Enrollment.objects.active().filter(project=project).values_list("worker", "role"))
    return {pk: audience(given, members, roles) for pk, given in by_batch.items()}


def audience(given: Sequence[BatchGroup], members: Mapping[int, set[int]], roles: Mapping[int, str]) -> Audience:
    single = {row.worker_id for row in given if row.worker_id is not None}
    reached = single.union(*(members.get(row.group_id, set()) for row in given if row.group_id is not None))
    found = [roles[worker] for worker in reached if worker in roles]
    return Audience(
        groups=tuple(row.group.name for row in given if row.group),
        people=len(single),
        attempt=sum(role != EnrollmentRole.REVIEWER for role in found),
        review=sum(role != EnrollmentRole.WORKER for role in found),
    )


def give_batch(batch: Batch, to: Given, *, by: User | None, at: datetime) -> bool:
    """Whether anything changed. When this returns nothing of the batch is handed out to anybody else.

    Work in hand may be finished. Who was among them stays so without being on the project any more; who is new has to
    be on it. Raises BusinessError `not_own` for a project of the site's contractors, `elsewhere`, `not_on_it`, and
    StaleState for a group that was deleted meanwhile.
    """
    changed = write_given(batch, to, by=by, at=at)
    if changed:
        gate.drain()
    return changed


@action
def write_given(batch: Batch, to: Given, *, by: User | None, at: datetime) -> bool:
    if to != Given():
        own_people.refuse_managed(batch.project)
    lock_groups_of(batch.project)
    was = Given.of(batch)
    before, after = was.codes(), to.codes()
    if before == after:
        return False
    refuse_foreign(batch, to, was)
    BatchGroup.objects.filter(batch=batch).delete()
    BatchGroup.objects.bulk_create([
        *(BatchGroup(batch=batch, group=group) for group in to.groups),
        *(BatchGroup(batch=batch, worker=worker) for worker in to.people),
    ])  # fmt: skip
    changes = {name: {"before": before[name], "after": after[name]} for name in after if before[name] != after[name]}
    recording.write(event_of(Verb.BATCH_CHANGED, batch, by=by, at=at, what="given_to", **changes))
    return True


def refuse_foreign(batch: Batch, to: Given, was: Given) -> None:
    if any(group.project_id != batch.project_id for group in known(to.groups)):
        raise BusinessError(_("This group is another project's."), code="elsewhere", status=400)
    there = {worker.pk for worker in [*people_of(batch.project).values(), *was.people]}
    if absent := next((worker for worker in to.people if worker.pk not in there), None):
        raise not_on_it(absent.user.email)


def names_of(batch_ids: Sequence[int]) -> dict[int, list[str]]:
    """By batch the names of its groups, then the addresses of its single people; one query, every id is there."""
    found: dict[int, list[str]] = {pk: [] for pk in batch_ids}
    rows = BatchGroup.objects.filter(batch__in=batch_ids).order_by("group__name", "worker__user__email")
    named = rows.values_list("batch", "group__name", "worker__user__email")
    for batch_id, name, email in sorted(named, key=lambda row: row[1] is None):
        found[batch_id].append(name or email)
    return found
