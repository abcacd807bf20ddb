"""What customers are told of a pause: their projects by their own names, and the text that is meant for them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from accounts.models import Membership, Organization, Role
from events import telling
from labeling.scopes import Scope
from projects.models import Pause, Project

# Those who may pause and resume themselves.
TOLD = [Role.ADMIN, Role.MANAGER]
MOST_NAMES = 5


def tell_of_pause(pauses: Sequence[Pause], *, at: datetime) -> None:
    """A notice and a mail for each, whatever number of scopes the act has; not of quiet hours, every day anew.

    Of a kill switch they are told otherwise.
    """
    first = pauses[0]
    if first.quiet_hours_id is not None or first.kill_switch_id is not None:
        return
    code = "work_paused" if first.ends_at is None else "work_paused_until"
    more = {"text": first.text_for_customer, "ends_at": first.ends_at.isoformat() if first.ends_at else ""}
    tell(pauses, code, more, f"work_paused:{first.group}", but_not=first.created_by_id, at=at)


def tell_of_resume(pauses: Sequence[Pause], *, at: datetime) -> None:
    """One for each, of all that one act has lifted."""
    first = pauses[0]
    if first.quiet_hours_id is not None or first.kill_switch_id is not None:
        return
    all_in = first.all_in_at
    code = "work_resumed" if all_in is None else "work_resumed_step_by_step"
    more = {} if all_in is None else {"all_in_at": all_in.isoformat()}
    tell(pauses, code, more, f"work_resumed:{first.group}:{first.public_id}", but_not=first.ended_by_id, at=at)


def tell(
    pauses: Iterable[Pause], code: str, params: dict[str, Any], dedupe_key: str, *, but_not: int | None, at: datetime
) -> None:
    for organization, names in concerned(pauses).items():
        own = Membership.objects.filter(organization=organization, role__in=TOLD).exclude(user=but_not)
        telling.tell(
            own.order_by("pk").values_list("user_id", flat=True),
            code=code,
            params=params | {"projects": listed(names), "count": len(names), "slug": organization.slug},
            # Somebody may manage two of the customers.
            dedupe_key=f"{dedupe_key}:{organization.pk}",
            at=at,
            mail=True,
        )


def concerned(pauses: Iterable[Pause]) -> dict[Organization, list[str]]:
    """The customers with the names of their projects that a pause reaches."""
    found: dict[Organization, set[str]] = defaultdict(set)
    for one in pauses:
        projects = Project.objects.live().filter(Scope.of_pause(one).over_projects()).select_related("organization")
        for project in projects.order_by("pk").iterator():
            found[project.organization].add(project.name)
    return {organization: sorted(names) for organization, names in found.items()}


def listed(names: Sequence[str]) -> str:
    """The first of them; the notice says how many there are."""
    return ", ".join(names[:MOST_NAMES]) + (", …" if len(names) > MOST_NAMES else "")
