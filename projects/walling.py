"""Walls between competing customers. Their events are the site's: no customer learns who else is one."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import Organization, User
from core import gate
from core.actions import action
from core.errors import BusinessError, StaleState
from events import recording
from events.models import Event
from events.verbs import Verb
from projects.models import Wall, WallMember


def start_wall(name: str, members: Sequence[Organization], *, length: timedelta, by: User, at: datetime) -> Wall:
    """Who has worked for one member within the length gets nothing of the others. It counts when this returns.

    Raises BusinessError for fewer than two members, or without a length.
    """
    wall = write_wall(name, members, length=length, by=by, at=at)
    gate.drain()
    return wall


@action
def write_wall(name: str, members: Sequence[Organization], *, length: timedelta, by: User, at: datetime) -> Wall:
    different = {organization.pk: organization for organization in members}
    if len(different) < 2:
        raise BusinessError(_("A wall stands between at least two customers."), code="members", status=400)
    if length <= timedelta():
        raise BusinessError(_("A wall has a length of at least a day."), code="length", status=400)
    wall = Wall.objects.create(name=name, length=length, created_by=by, created_at=at)
    WallMember.objects.bulk_create(WallMember(wall=wall, organization=one) for one in different.values())
    ids = sorted(one.public_id for one in different.values())
    recording.write(event_of(Verb.WALL_STARTED, wall, by=by, at=at, members=ids, days=length.days))
    return wall


@action
def end_wall(wall: Wall, *, by: User, at: datetime) -> None:
    """From now on it keeps nobody out. Raises StaleState when it has ended already."""
    if not Wall.objects.filter(pk=wall.pk, ended_at=None).update(ended_at=at, ended_by=by):
        raise StaleState(_("This wall has ended already."), code="already_over")
    wall.ended_at, wall.ended_by = at, by
    recording.write(event_of(Verb.WALL_ENDED, wall, by=by, at=at))


def event_of(verb: Verb, wall: Wall, *, by: User, at: datetime, **data: object) -> Event:
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user(by),
        subject_type="wall",
        subject_id=wall.public_id,
        data=data,
    )
