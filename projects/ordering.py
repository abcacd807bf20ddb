"""The order in which work is handed out: a claim reads it, so changing it writes no work items."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Mode, Organization, User
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.models import Event
from events.verbs import Verb
from projects.creating import event_of
from projects.models import Batch, BatchStatus, Project
from projects.order_keys import all_of, between, recommended, space

# Of those that an order lacks, so many are named.
MOST_NAMED = 20


@action
def move_batch(
    batch: Batch, *, before: Batch | None = None, after: Batch | None = None, by: User | None, at: datetime
) -> None:
    """Put it right before or right after another batch of its organization; holds from the next claim on.

    Where it stands there already, nothing happens. Raises BusinessError `no_place` unless one of the two is given, and
    `elsewhere` for another customer's batch or one of the other mode.
    """
    other = before or after
    if other is None or (before and after):
        raise BusinessError(_("Say before or after which batch it comes."), code="no_place", status=400)
    if (other.organization_id, other.mode) != (batch.organization_id, batch.mode):
        raise BusinessError(_("These batches are not in one order."), code="elsewhere", status=400)
    lock_order(batch.organization_id)
    if other.pk == batch.pk or neighbour(other, above=before is not None) == batch:
        return
    key = key_beside(batch, other, above=before is not None)
    Batch.objects.filter(pk=batch.pk).update(order_key=key)
    place = {"before" if before else "after": other.public_id}
    recording.write(event_of(Verb.BATCH_REORDERED, batch, by=by, at=at, **place))


def lock_order(organization_id: int) -> None:
    # Two who move batches of one customer come here one after the other: the second sees where the first one's stands.
    Organization.objects.select_for_update(no_key=True).get(pk=organization_id)


def neighbour(batch: Batch, *, above: bool, without: Batch | None = None) -> Batch | None:
    """The batch next to this one, read anew; None at the end of the order."""
    key = Batch.objects.values_list("order_key", flat=True).get(pk=batch.pk)
    others = all_of(batch.organization_id, batch.mode)
    if without:
        others = others.exclude(pk=without.pk)
    if above:
        return others.filter(Q(order_key__lt=key) | Q(order_key=key, pk__lt=batch.pk)).last()
    return others.filter(Q(order_key__gt=key) | Q(order_key=key, pk__gt=batch.pk)).first()


def key_beside(batch: Batch, other: Batch, *, above: bool) -> int:
    """The key with which the batch stands next to the other one; all keys are spaced anew where there is no room."""
    key = free_key(batch, other, above=above)
    if key is None:
        space(all_of(batch.organization_id, batch.mode))
        key = free_key(batch, other, above=above)
    assert key is not None, "there is room after the keys were spaced"
    return key


def free_key(batch: Batch, other: Batch, *, above: bool) -> int | None:
    beside = neighbour(other, above=above, without=batch)
    own = Batch.objects.values_list("order_key", flat=True).get(pk=other.pk)
    its = beside.order_key if beside else None
    return between(its, own) if above else between(own, its)


@action
def set_order(organization: Organization, names: Sequence[str], *, by: User | None, at: datetime, mode: str) -> bool:
    """All open batches that have a name, in this order; the others stay where they are. False: they stand so already.

    Raises BusinessError `unknown` (404), `bad_order` (400): they name what is no such batch, there twice, or missing.
    """
    lock_order(organization.pk)
    now = list(open_named(organization.pk, mode))
    by_name = {str(batch.name): batch for batch in now}
    check_order(names, by_name)
    wanted = [by_name[name] for name in names]
    if wanted == now:
        return False
    space(all_of(organization.pk, mode))
    places = open_named(organization.pk, mode).values_list("order_key", flat=True)
    for batch, key in zip(wanted, places, strict=True):
        batch.order_key = key
    Batch.objects.bulk_update(wanted, ["order_key"], batch_size=500)
    recording.write(order_event(organization, "given", by=by, at=at))
    return True


def open_named(organization_id: int, mode: str) -> QuerySet[Batch]:
    """The batches that have a name and are not over, in their order."""
    found = all_of(organization_id, mode).filter(status__in=[BatchStatus.STAGING, BatchStatus.IN_PROGRESS])
    return found.filter(name__isnull=False, project__archived_at=None)


def place_of(batch: Batch) -> int | None:
    """Among those, from 1; None for a batch that is none of them."""
    found = open_named(batch.organization_id, batch.mode)
    row = found.filter(pk=batch.pk).values_list("order_key", flat=True).first()
    if row is None:
        return None
    return found.filter(Q(order_key__lt=row) | Q(order_key=row, pk__lte=batch.pk)).count()


def check_order(names: Sequence[str], by_name: dict[str, Batch]) -> None:
    known = set(names)
    if unknown := [name for name in names if name not in by_name]:
        sentence = _("There is no open batch with the name “%(name)s”.") % {"name": unknown[0]}
        raise BusinessError(sentence, code="unknown", status=404)
    if len(known) != len(names):
        twice = next(name for number, name in enumerate(names) if name in names[:number])
        raise BusinessError(_("“%(name)s” is there twice.") % {"name": twice}, code="bad_order", status=400)
    if missing := [name for name in by_name if name not in known]:
        said = ", ".join(f"“{name}”" for name in missing[:MOST_NAMED])
        sentence = _("Say the place of every open batch. Missing, %(count)s of them: %(names)s.")
        raise BusinessError(sentence % {"count": len(missing), "names": said}, code="bad_order", status=400)


@action
def reset_order(organization: Organization, *, by: User | None, at: datetime, mode: str = Mode.LIVE) -> bool:
    """Back to the recommended order of all its batches; False where that is how they stand."""
    lock_order(organization.pk)
    now = list(all_of(organization.pk, mode).values_list("pk", flat=True))
    if now == list(recommended(organization.pk, mode).values_list("pk", flat=True)):
        return False
    space(recommended(organization.pk, mode))
    recording.write(order_event(organization, "recommended", by=by, at=at))
    return True


def order_event(organization: Organization, order: str, *, by: User | None, at: datetime) -> Event:
    return recording.event(
        Verb.BATCH_REORDERED,
        at=at,
        actor=recording.by_user_or_site(by),
        subject_type="organization",
        subject_id=organization.public_id,
        organization_id=organization.pk,
        data={"order": order},
    )


@action
def change_filling(project: Project, filling: str, *, by: User | None, at: datetime) -> None:
    """Which of the project's tasks is next, from the next claim on. The same again changes nothing."""
    if Project.objects.filter(pk=project.pk).exclude(filling=filling).update(filling=filling):
        recording.write(event_of(Verb.PROJECT_CHANGED, project, by=by, at=at, filling=filling))
