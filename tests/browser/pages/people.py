"""People with a window each: who they are, and how they get in."""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page, expect

from accounts.models import Role, User
from projects.models import Enrollment, EnrollmentRole, Project
from tests.browser.looking import LOOKS, Watched, open_page
from tests.browser.site import Site, sign_in
from tests.factories import NOON, PASSWORD, MembershipFactory, OrganizationFactory, UserFactory, WorkerFactory
from workers.models import Worker

# Several processes share the machine with the browser; what is right does not become wrong by being slow.
expect.set_options(timeout=15_000)


@dataclass
class Windows:
    """Each person's browser window, in which nothing may go wrong in the console."""

    browser: Browser
    site: Site
    stack: ExitStack
    watched: list[Watched] = field(default_factory=list)
    # Parts of complaints that a test brings about on purpose.
    expected: tuple[str, ...] = ()

    def open(self, user: User | None = None) -> Page:
        """Signed in, where somebody is given."""
        page = self.stack.enter_context(open_page(self.browser, self.site.url, LOOKS[0]))
        self.watched.append(Watched(page))
        if user:
            sign_in(page, user)
        return page

    def check(self) -> None:
        complaints = [said for watched in self.watched for said in watched.complaints]
        left = [said for said in complaints if not any(part in said for part in self.expected)]
        assert not left, "\n".join(left)


@contextmanager
def open_windows(browser: Browser, site: Site) -> Iterator[Windows]:
    with ExitStack() as stack:
        windows = Windows(browser, site, stack)
        yield windows
        windows.check()


def make_customer(name: str = "Basalt Mapping", slug: str = "basalt") -> User:
    """An organization's admin, who can sign in by password."""
    organization = OrganizationFactory.create(slug=slug, name=name)
    user = UserFactory.create(email=f"runa@{slug}.example", name="Runa Lindqvist")
    MembershipFactory.create(organization=organization, user=user, role=Role.ADMIN)
    return with_password(user)


def make_contractor(pseudonym: str, project: Project | None = None, *, reviews: bool = False) -> Worker:
    worker = WorkerFactory.create(pseudonym=pseudonym, user__email=f"{pseudonym.lower()}@example.org")
    with_password(worker.user)
    if project:
        enroll(worker, project, reviews=reviews)
    return worker


def enroll(worker: Worker, project: Project, *, reviews: bool = False) -> None:
    role = EnrollmentRole.REVIEWER if reviews else EnrollmentRole.WORKER
    Enrollment.objects.create(worker=worker, project=project, role=role, created_at=NOON)


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in_by_form(page: Page, user: User) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).not_to_have_url(re.compile("/accounts/login/"))
