"""The people of the demo, and the accounts that `make run` prints."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password

from accounts.models import Membership, Organization, Role, User
from workers.models import Worker, WorkerLanguage

PASSWORD = "plumb-the-line-26"  # noqa: S105 (printed on purpose; refused wherever strangers could sign in)
ADMIN = "admin@plumbline.example"
CONTRACTORS = [f"contractor{number}@plumbline.example" for number in range(1, 9)]
REVIEWERS = ["reviewer1@plumbline.example", "reviewer2@plumbline.example"]
CUSTOMERS = {
    "basalt": ("Basalt Mobility", "USD", "Europe/Berlin", ["mara@basalt.example", "ivo@basalt.example"]),
    "tern": ("Tern & Thistle Foods", "EUR", "Africa/Nairobi", ["lena@tern.example"]),
}


@dataclass(frozen=True)
class Cast:
    admin: User
    contractors: list[Worker]
    reviewers: list[Worker]
    organizations: dict[str, Organization]
    members: dict[str, User]


def make_people(*, at: datetime) -> Cast:
    """Everybody, all with PASSWORD; who is there already stays as they are."""
    hashed = make_password(PASSWORD)
    admin = user(ADMIN, "Ada Lindqvist", hashed, is_site_admin=True)
    contractors = [worker(email, f"Contractor {n}", hashed, "Africa/Nairobi") for n, email in enumerate(CONTRACTORS, 1)]
    reviewers = [worker(email, f"Reviewer {n}", hashed, "Asia/Kolkata") for n, email in enumerate(REVIEWERS, 1)]
    organizations = {slug: organization(slug) for slug in CUSTOMERS}
    members = {slug: join(organizations[slug], slug, hashed) for slug in CUSTOMERS}
    return Cast(admin, contractors, reviewers, organizations, members)


def user(email: str, name: str, hashed: str, **more: object) -> User:
    found, _made = User.objects.get_or_create(email=email, defaults={"name": name, "password": hashed, **more})
    return found


def worker(email: str, name: str, hashed: str, time_zone: str) -> Worker:
    person = user(email, name, hashed, time_zone=time_zone)
    found, _made = Worker.objects.get_or_create(user=person)
    WorkerLanguage.objects.get_or_create(worker=found, code="en")
    return found


def organization(slug: str) -> Organization:
    name, currency, time_zone, _emails = CUSTOMERS[slug]
    defaults = {"name": name, "currency": currency, "time_zone": time_zone}
    found, _made = Organization.objects.get_or_create(slug=slug, defaults=defaults)
    return found


def join(customer: Organization, slug: str, hashed: str) -> User:
    """The organization's members, the first of them its admin, who is returned."""
    people = [user(email, email.split("@")[0].title(), hashed) for email in CUSTOMERS[slug][3]]
    for number, person in enumerate(people):
        role = Role.MEMBER if number else Role.ADMIN
        Membership.objects.get_or_create(organization=customer, user=person, defaults={"role": role})
    return people[0]


def account_list() -> str:
    """What `make run` prints."""
    lines = [
        f"  {ADMIN:34} site admin",
        f"  {CUSTOMERS['basalt'][3][0]:34} customer, {CUSTOMERS['basalt'][0]}",
        f"  {CUSTOMERS['tern'][3][0]:34} customer, {CUSTOMERS['tern'][0]}",
        f"  {CONTRACTORS[0]:34} contractor",
        f"  {REVIEWERS[0]:34} contractor who reviews",
    ]
    return "\n".join([*lines, f"  The password of all demo accounts is {PASSWORD}"]) + "\n"
