"""An organization's own workforce: who of its people may be put on its projects, and the lists of who is."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organization, User
from core import gate
from core.actions import action
from core.errors import BusinessError
from projects import enrolling
from projects.models import Enrollment, EnrollmentRole, Project, Workforce
from workers.models import Worker
from workers.receivers import worker_for

# People times projects in one go: each new pair is a row, an event, a notice and a mail.
MOST_AT_ONCE = 1000


@action
def own_worker(organization: Organization, email: str, *, at: datetime) -> Worker:
    """The worker with this address. A member who has never labeled becomes one.

    Raises BusinessError `not_ours` for everybody else, whether they exist or not.
    """
    return worker_with(organization, email, at=at)


@action
def put_on(
    organization: Organization,
    emails: Sequence[str],
    projects: Sequence[Project],
    *,
    by: User | None,
    at: datetime,
) -> list[Enrollment]:
    """Everybody on every project, to attempt; whoever is on it keeps their role. The new ones come back. All or none.

    Raises BusinessError `not_ours`, `not_own` for a project of the site's contractors, and `too_many`.
    """
    check_lists(emails, projects)
    for project in projects:
        refuse_managed(project)
    workers = [worker_with(organization, email, at=at) for email in once(emails)]
    there = set(active(workers, projects).values_list("worker_id", "project_id"))
    new = [(worker, project) for worker in workers for project in projects if (worker.pk, project.pk) not in there]
    return [enrolling.enrolled(*pair, role=EnrollmentRole.WORKER, by=by, at=at) for pair in new]


def take_off(
    organization: Organization,
    emails: Sequence[str],
    projects: Sequence[Project],
    *,
    by: User | None,
    at: datetime,
) -> list[Enrollment]:
    """Everybody off every project; those whose standing ended by it come back. All or none.

    When this returns nothing of the projects is handed out to them any more. Raises BusinessError `not_ours`,
    `not_own` for a project of the site's contractors, and `too_many`.
    """
    ended = write_ends(organization, emails, projects, by=by, at=at)
    if ended:
        gate.drain()
    return ended


@action
def write_ends(
    organization: Organization, emails: Sequence[str], projects: Sequence[Project], *, by: User | None, at: datetime
) -> list[Enrollment]:
    check_lists(emails, projects)
    for project in projects:
        refuse_managed(project)
    workers = [worker for email in once(emails) if (worker := worker_or_member(organization, email))]
    ended = list(active(workers, projects).select_related("worker", "project").order_by("pk"))
    for standing in ended:
        enrolling.end(standing, by=by, at=at)
    return ended


def worker_with(organization: Organization, email: str, *, at: datetime) -> Worker:
    """As own_worker, within an action."""
    found = worker_or_member(organization, email)
    if found is not None:
        return found
    member = members(organization, email).first()
    made = worker_for(member, organization=organization, at=at) if member else None
    if made is None or made.organization_id != organization.pk:
        raise not_ours(email)
    return made


def worker_or_member(organization: Organization, email: str) -> Worker | None:
    """None for a member who is no worker of theirs. Raises BusinessError `not_ours` for everybody else."""
    found = Worker.objects.filter(organization=organization, user__email__iexact=email).first()
    if found is None and not members(organization, email).exists():
        raise not_ours(email)
    return found


def members(organization: Organization, email: str) -> QuerySet[User]:
    return User.objects.filter(email__iexact=email, memberships__organization=organization)


def not_ours(email: str) -> BusinessError:
    sentence = _("Nobody of your own people has the address %(email)s. Invite them as a contractor first.")
    return BusinessError(sentence % {"email": email}, code="not_ours", status=400)


def once(emails: Sequence[str]) -> list[str]:
    """Each address once, whatever its letters' case."""
    return list({email.strip().casefold(): email.strip() for email in emails}.values())


def active(workers: Sequence[Worker], projects: Sequence[Project]) -> QuerySet[Enrollment]:
    return Enrollment.objects.active().filter(worker__in=workers, project__in=projects)


def check_lists(emails: Sequence[str], projects: Sequence[Project]) -> None:
    if len(emails) * len(projects) > MOST_AT_ONCE:
        sentence = _("People times projects are at most %(limit)s at once: send several lists.")
        raise BusinessError(sentence % {"limit": MOST_AT_ONCE}, code="too_many", status=400)


def refuse_managed(project: Project) -> None:
    if project.workforce != Workforce.OWN:
        sentence = _("The project “%(name)s” is done by the site's contractors, not by your own people.")
        raise BusinessError(sentence % {"name": project.name}, code="not_own", status=400)
