"""One person of each kind, and what they look at: enough that no page is empty."""

from dataclasses import dataclass

from django.utils import timezone

from accounts import inviting
from accounts.models import InvitationRole, Membership, Organization, Role, User
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory, WorkerFactory
from workers.models import Worker


@dataclass(frozen=True)
class World:
    organization: Organization
    admin: Membership
    member: Membership
    site_admin: User
    worker: Worker
    nowhere: User
    token: str

    def person(self, who: str) -> User | None:
        """Who looks at a page: nobody, site_admin, customer, contractor or nowhere."""
        return {
            "nobody": None,
            "site_admin": self.site_admin,
            "customer": self.admin.user,
            "contractor": self.worker.user,
            "nowhere": self.nowhere,
        }[who]


def make_world() -> World:
    organization = OrganizationFactory.create(slug="basalt", name="Basalt Mapping")
    site_admin = UserFactory.create(email="ada@example.org", name="Ada Mensah", is_site_admin=True)
    admin = MembershipFactory.create(
        organization=organization, user__email="runa@basalt.example", user__name="Runa Lindqvist", role=Role.ADMIN
    )
    member = MembershipFactory.create(
        organization=organization, user__email="jonas@basalt.example", user__name="Jonas Weber", role=Role.MEMBER
    )
    worker = WorkerFactory.create(
        pseudonym="M4T9",
        user__email="wanjiru@example.org",
        user__name="Wanjiru Kamau",
        user__time_zone="Africa/Nairobi",
    )
    nowhere = UserFactory.create(email="new@example.org", name="")
    token = invite_some(organization, by=site_admin)
    return World(organization, admin, member, site_admin, worker, nowhere, token)


def invite_some(organization: Organization, *, by: User) -> str:
    """The token of the one whose page is looked at."""
    at = timezone.now()
    inviting.invite(email="kim@example.org", role=InvitationRole.WORKER, organization=None, by=by, at=at)
    _invitation, token = inviting.invite(
        email="lena@basalt.example", role=InvitationRole.MANAGER, organization=organization, by=by, at=at
    )
    return token


def grow(world: World) -> None:
    """More of everything that is listed somewhere."""
    for number in range(3):
        MembershipFactory.create(organization=world.organization, role=Role.MEMBER)
        MembershipFactory.create(user=world.nowhere)
        WorkerFactory.create()
        inviting.invite(
            email=f"more{number}@basalt.example",
            role=InvitationRole.MEMBER,
            organization=world.organization,
            by=world.site_admin,
            at=timezone.now(),
        )
        inviting.invite(
            email=f"more{number}@example.org",
            role=InvitationRole.WORKER,
            organization=None,
            by=world.site_admin,
            at=timezone.now(),
        )
