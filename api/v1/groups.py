"""Groups of a project's own people, and to which of them a batch is given."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, Field

from api import finding
from api.auth import ADMIN, KeyRequest
from api.tree import ok
from api.v1.shapes import Error
from api.v1.studio import StudioBatch, one_batch
from core.errors import BusinessError
from projects import giving, grouping, own_people
from projects.giving import Given
from projects.grouping import GroupChange, people_of, people_on
from projects.models import Batch, Group, GroupMember, Project
from workers.models import Worker

router = Router(tags=["Studio"])
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}
MOST = own_people.MOST_AT_ONCE


class GroupOrder(BaseModel):
    name: str = Field(description="Once in the project, and not like an e-mail address.")
    emails: list[str] = Field(default=[], max_length=MOST, description="Of people who are on the project.")


class GroupMembers(BaseModel):
    add_emails: list[str] = Field(default=[], max_length=MOST, description="Of people who are on the project.")
    remove_emails: list[str] = Field(default=[], max_length=MOST, description="The same; nobody is in both lists.")


class GivenOrder(BaseModel):
    groups: list[str] = Field(
        max_length=MOST, description="Names, addresses of single people, or both; empty: everybody on the project."
    )


class StudioWorker(BaseModel):
    id: str
    email: str


class StudioGroup(BaseModel):
    id: str
    name: str = Field(description="Of a group of one: the person's address.")
    num_workers: int = Field(alias="numWorkers")
    is_singleton: bool = Field(alias="isSingleton", description="It is there because that person is on the project.")
    workers: list[StudioWorker]


@router.get(
    "/studio/projects/{path:project}/groups",
    response={200: list[StudioGroup], **ERRORS},
    by_alias=True,
    auth=ADMIN,
    operation_id="project_groups",
)
def groups(request: KeyRequest, project: str) -> HttpResponse:
    """The groups of the project, then one for each person on it: a batch can be given to either."""
    found = finding.project_named(request.auth, project)
    alone = [group_of_one(worker) for worker in people_of(found).values()]
    return ok(made_groups(Group.objects.filter(project=found)) + alone)


@router.post(
    "/studio/projects/{path:project}/groups",
    response={200: StudioGroup, 409: Error, **ERRORS},
    by_alias=True,
    auth=ADMIN,
    operation_id="create_project_group",
)
def create_group(request: KeyRequest, project: str, order: GroupOrder) -> HttpResponse:
    """Make a group of people who are on the project. 400 names who is not, 409 says that the name is taken."""
    found = finding.project_named(request.auth, project)
    own_people.refuse_managed(found)
    people = people_on(found, order.emails)
    return one_group(grouping.create_group(found, order.name, people, by=None, at=timezone.now()))


@router.put(
    "/studio/projects/{path:project}/groups/{path:group}",
    response={200: StudioGroup, **ERRORS},
    by_alias=True,
    auth=ADMIN,
    operation_id="update_project_group",
)
def update_group(request: KeyRequest, project: str, group: str, members: GroupMembers) -> HttpResponse:
    """Put people into the group and take people out. Who is out gets no more of its batches from the answer on."""
    found = group_named(finding.project_named(request.auth, project), group)
    refuse_both(members)
    add, remove = (people_on(found.project, emails) for emails in (members.add_emails, members.remove_emails))
    grouping.change_group(found, GroupChange(add=add, remove=remove), by=None, at=timezone.now())
    return one_group(found)


@router.put(
    "/studio/batches/{path:batch}",
    response={200: StudioBatch, **ERRORS},
    by_alias=True,
    auth=ADMIN,
    operation_id="assign_studio_batch",
)
def assign_batch(request: KeyRequest, batch: str, order: GivenOrder) -> HttpResponse:
    """Give the batch to these and nobody else, its attempts and its reviews: what is handed out from the answer on."""
    found = finding.batch_named(request.auth, batch)
    giving.give_batch(found, given_named(found, order.groups), by=None, at=timezone.now())
    return one_batch(found)


def group_named(project: Project, name: str) -> Group:
    """Raises Http404, and BusinessError `singleton` (400) for the address of somebody on the project."""
    name = finding.stored(name)
    found = Group.objects.filter(project=project, name=name).select_related("project").first()
    if found is not None:
        return found
    if name.casefold() in people_of(project):
        raise BusinessError(_("The group of one person cannot be changed."), code="singleton", status=400)
    raise no_group(name)


def no_group(name: str) -> Http404:
    return Http404(_("There is no group with the name “%(name)s”.") % {"name": name})


def refuse_both(members: GroupMembers) -> None:
    added = {email.strip().casefold() for email in members.add_emails}
    if twice := [email for email in members.remove_emails if email.strip().casefold() in added]:
        sentence = _("%(email)s is in both lists.")
        raise BusinessError(sentence % {"email": twice[0]}, code="in_both_lists", status=400)


def given_named(batch: Batch, names: Sequence[str]) -> Given:
    """The groups with these names, and the people with these addresses, each once.

    Raises Http404 for an unknown name, and BusinessError `not_on_it` (400) for the address of nobody on the project.
    """
    names = list(dict.fromkeys(name.strip() for name in names))
    made = {group.name: group for group in Group.objects.filter(project=batch.project_id, name__in=names)}
    there = {worker.user.email.casefold(): worker for worker in Given.of(batch).people} | people_of(batch.project)
    people: dict[int, Worker] = {}
    for name in names:
        if name in made:
            continue
        if worker := there.get(name.casefold()):
            people[worker.pk] = worker
        else:
            raise grouping.not_on_it(name) if grouping.is_address(name) else no_group(name)
    return Given(tuple(made.values()), tuple(people.values()))


def one_group(group: Group) -> HttpResponse:
    (found,) = made_groups(Group.objects.filter(pk=group.pk))
    return ok(found)


def made_groups(groups: QuerySet[Group]) -> list[dict[str, Any]]:
    """By name; two queries."""
    members = GroupMember.objects.filter(worker__user__is_active=True).select_related("worker__user")
    with_people = groups.prefetch_related(Prefetch("members", members.order_by("worker__user__email")))
    return [
        studio_group(one.public_id, one.name, [member.worker for member in one.members.all()], is_singleton=False)
        for one in with_people.order_by("name", "pk")
    ]


def group_of_one(worker: Worker) -> dict[str, Any]:
    return studio_group(worker.public_id, worker.user.email, [worker], is_singleton=True)


def studio_group(public_id: str, name: str, workers: Sequence[Worker], *, is_singleton: bool) -> dict[str, Any]:
    return {
        "id": public_id,
        "name": name,
        "numWorkers": len(workers),
        "isSingleton": is_singleton,
        "workers": [{"id": worker.public_id, "email": worker.user.email} for worker in workers],
    }
