"""Groups of a project's own people: made, changed, deleted.

Whoever is taken out of a group gets nothing more of the batches that are given to it, from the moment that the verb
returns. What they have in hand they may finish.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from core import gate
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording
from events.models import Event
from events.verbs import Verb
from projects import own_people
from projects.models import Batch, BatchGroup, BatchStatus, Enrollment, Group, GroupMember, Project, Workforce
from projects.naming import bad_name, checked_name
from workers.models import Worker

# Of the batches that stand in the way of a deletion, so many are named.
MOST_NAMED = 5
# A path of the API ends in it.
RESERVED_PART = "groups"


@dataclass(frozen=True)
class GroupChange:
    """What is to be different; who comes in has to be on the project."""

    name: str | None = None
    add: Sequence[Worker] = ()
    remove: Sequence[Worker] = ()


@action
def create_group(project: Project, name: str, people: Sequence[Worker], *, by: User | None, at: datetime) -> Group:
    """Raises BusinessError `not_own` for a project of the site's contractors, `bad_name`, `name_taken`, `not_on_it`."""
    own_people.refuse_managed(project)
    name = checked_group_name(name)
    lock_groups_of(project)
    refuse_taken(project, name)
    group = Group.objects.create(project=project, name=name, created_at=at)
    GroupMember.objects.bulk_create(GroupMember(group=group, worker=worker) for worker in on_the_project(group, people))
    recording.write(event_of(Verb.GROUP_CREATED, group, by=by, at=at, added=ids_of(people)))
    return group


def change_group(group: Group, change: GroupChange, *, by: User | None, at: datetime) -> None:
    """What is so already is passed over.

    Raises BusinessError `bad_name`, `name_taken`, `not_on_it`; StaleState for a group that was deleted meanwhile.
    """
    if write_change(group, change, by=by, at=at):
        gate.drain()


@action
def write_change(group: Group, change: GroupChange, *, by: User | None, at: datetime) -> bool:
    """Whether somebody was taken out."""
    lock_groups_of(group.project)
    group = known([group])[0]
    there = set(GroupMember.objects.filter(group=group).values_list("worker_id", flat=True))
    added = [worker for worker in change.add if worker.pk not in there]
    removed = [worker for worker in change.remove if worker.pk in there]
    is_renamed = rename(group, group.name if change.name is None else checked_group_name(change.name))
    GroupMember.objects.filter(group=group, worker__in=removed).delete()
    GroupMember.objects.bulk_create(GroupMember(group=group, worker=worker) for worker in on_the_project(group, added))
    if is_renamed or added or removed:
        changes = {"added": ids_of(added), "removed": ids_of(removed), "renamed": is_renamed}
        recording.write(event_of(Verb.GROUP_CHANGED, group, by=by, at=at, **changes))
    return bool(removed)


def rename(group: Group, name: str) -> bool:
    if name == group.name:
        return False
    refuse_taken(group.project, name)
    Group.objects.filter(pk=group.pk).update(name=name)
    return True


def delete_group(group: Group, *, by: User | None, at: datetime) -> None:
    """Batches that were given to others as well stay with those.

    Raises BusinessError `given` while a batch is given to it alone: all on the project would get that one.
    """
    write_deletion(group, by=by, at=at)
    gate.drain()


@action
def write_deletion(group: Group, *, by: User | None, at: datetime) -> None:
    lock_groups_of(group.project)
    refuse_given(group)
    BatchGroup.objects.filter(group=group).delete()
    recording.write(event_of(Verb.GROUP_DELETED, group, by=by, at=at))
    group.delete()


def refuse_given(group: Group) -> None:
    if names := [str(batch) for batch in given_to_it_alone(group)[:MOST_NAMED]]:
        sentence = _("Say first who else works on what is given to this group alone: %(names)s.")
        raise BusinessError(sentence % {"names": ", ".join(f"“{name}”" for name in names)}, code="given")


def given_to(group: Group) -> QuerySet[Batch]:
    """The batches that are given to it, in their order; of one that was cancelled nothing is ever handed out."""
    found = Batch.objects.filter(given_to__group=group).exclude(status=BatchStatus.CANCELED)
    return found.order_by("order_key", "pk")


def given_to_it_alone(group: Group) -> QuerySet[Batch]:
    return given_to(group).exclude(pk__in=BatchGroup.objects.exclude(group=group).values("batch"))


def lock_groups_of(project: Project) -> None:
    # Who changes groups of one project, or gives its batches to them, comes here one after the other.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def known(groups: Sequence[Group]) -> list[Group]:
    """As they are now. Raises StaleState when one is gone."""
    found = {group.pk: group for group in Group.objects.filter(pk__in=[one.pk for one in groups])}
    if missing := [one for one in groups if one.pk not in found]:
        raise StaleState(_("The group “%(name)s” was deleted.") % {"name": missing[0].name}, code="group_gone")
    return [found[one.pk] for one in groups]


def on_the_project(group: Group, people: Sequence[Worker]) -> Sequence[Worker]:
    """The same people, whose enrollments are held: who takes them off the project comes before or after."""
    standings = Enrollment.objects.active().filter(project=group.project_id, worker__in=people)
    there = {one.worker_id for one in standings.order_by("pk").select_for_update(no_key=True)}
    if absent := next((worker for worker in people if worker.pk not in there), None):
        raise not_on_it(absent.user.email)
    return people


def people_on(project: Project, emails: Sequence[str]) -> list[Worker]:
    """Those of the project's people who have the addresses, each once. Raises BusinessError `not_on_it` (400)."""
    by_email = people_of(project)
    wanted = {email.casefold(): email for email in own_people.once(emails)}
    if absent := [email for key, email in wanted.items() if key not in by_email]:
        raise not_on_it(absent[0])
    return [by_email[key] for key in wanted]


def people_of(project: Project) -> dict[str, Worker]:
    """Its own people by their addresses in lower case, in order; none where the site's contractors do the work."""
    own = Enrollment.objects.active().filter(project=project, project__workforce=Workforce.OWN)
    standings = own.filter(worker__user__is_active=True)
    workers = [one.worker for one in standings.select_related("worker__user").order_by("worker__user__email")]
    return {worker.user.email.casefold(): worker for worker in workers}


def not_on_it(email: str) -> BusinessError:
    sentence = _("Nobody on this project has the address %(email)s. Put them on the project first.")
    return BusinessError(sentence % {"email": email}, code="not_on_it", status=400)


def checked_group_name(name: str) -> str:
    """The name as it is stored. Raises BusinessError `bad_name` (400)."""
    name = checked_name(name)
    if RESERVED_PART in name.split("/"):
        raise bad_name(_("No part of a group's name between slashes is “%(part)s”.") % {"part": RESERVED_PART})
    if is_address(name):
        raise bad_name(_("A group is not called like an e-mail address: each person is a group of their own already."))
    return name


def is_address(name: str) -> bool:
    try:
        validate_email(name)
    except ValidationError:
        return False
    return True


def refuse_taken(project: Project, name: str) -> None:
    if Group.objects.filter(project=project, name=name).exists():
        raise BusinessError(_("There is a group with this name already."), code="name_taken")


def ids_of(people: Sequence[Worker]) -> list[str]:
    return sorted(worker.public_id for worker in people)


def event_of(verb: Verb, group: Group, *, by: User | None, at: datetime, **data: object) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user_or_site(by),
        subject_type="group",
        subject_id=group.public_id,
        organization_id=group.project.organization_id,
        data={"project": group.project.public_id, **data},
    )
