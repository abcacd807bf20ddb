"""Pauses that somebody may have forgotten: who can end them is reminded, again and again, until they are over."""

from datetime import datetime, timedelta

from accounts.models import Membership, User
from core.actions import action
from events import telling
from labeling.customer_notices import TOLD
from labeling.scopes import Scope
from projects.models import Pause

# How long a pause stands before it may be forgotten, and how often its people are asked.
EVERY = timedelta(days=3)


def remind_of_pauses(*, at: datetime) -> int:
    """Once for each EVERY that a pause without an expected end has stood; the number of pauses somebody heard of."""
    old = Pause.objects.in_force(at=at).filter(ends_at=None, starts_at__lte=at - EVERY)
    return sum(remind(one, at=at) for one in old.order_by("pk"))


@action
def remind(one: Pause, *, at: datetime) -> bool:
    """False when it was done for this stretch before."""
    times = (at - one.starts_at) // EVERY
    reminded = Pause.objects.filter(pk=one.pk, ended_at=None, reminders__lt=times).update(reminders=times)
    if reminded:
        organization = Scope.of_pause(one).organization
        is_own = one.is_customers and organization is not None
        telling.tell(
            people_of(one),
            code="own_pause_forgotten" if is_own else "pause_forgotten",
            params={
                "scope": one.scope,
                "name": name_of(one),
                "days": (at - one.starts_at).days,
                "slug": organization.slug if organization is not None else "",
            },
            dedupe_key=f"pause_forgotten:{one.public_id}:{times}",
            at=at,
            mail=True,
        )
    return bool(reminded)


def people_of(one: Pause) -> list[int]:
    """Of a customer's own pause those who may lift it; of the site's all its admins."""
    organization = Scope.of_pause(one).organization
    if one.is_customers and organization is not None:
        own = Membership.objects.filter(organization=organization, role__in=TOLD)
        return list(own.order_by("pk").values_list("user_id", flat=True))
    return list(User.objects.site_admins().order_by("pk").values_list("pk", flat=True))


def name_of(one: Pause) -> str:
    """For a customer their own name of it, for an admin the codename; nothing for the whole site."""
    project = Scope.of_pause(one).project
    if project is not None:
        return project.name if one.is_customers else project.codename
    return str(Scope.of_pause(one).subject or "")
