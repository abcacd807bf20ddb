"""The customer of one cell: what a call names is ordered, by the vendor's client, when it is first named."""

from datetime import timedelta
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.utils import timezone
from scaleapi import ScaleClient
from scaleapi.api_client.v2 import BatchOperationRequest, CreateBatchRequest, CreateChatTaskRequest
from scaleapi.tasks import TaskType

from accounts import keys
from accounts.models import ApiKey, Role
from labeling import batches
from projects.models import Task
from tests.api.asking import client_of, key_of
from tests.factories import MembershipFactory, OrganizationFactory, UserFactory, WorkerFactory

BOX = TaskType.ImageAnnotation
PROJECT, OTHER_PROJECT, BATCH, STAGED = "Cows / 牛? #1", "Own people's, 50%", "Herd & co. / 1", "Herd 2"
OWN_BATCH, GROUP = "Herd of our own / 1", "Nights & weekends / #1"
FORM, TALKS, TALK_BATCH = "Forms", "Talks + ü", "Talks of May"
FIELDS = [{"type": "text", "field_id": "colour", "title": "Colour"}]
PARAMS: dict[str, Any] = {
    "instruction": "Be exact.",
    "geometries": {"box": {"min_height": 10, "min_width": "10", "objects_to_annotate": ["big cow", "baby cow"]}},
}
# What a task is ordered with; `colour` is a parameter that nobody knows.
ATTACHED = {"attachment": "https://example.org/cows.jpg", "attachment_type": "image", "colour": "brown"}
ORDER: dict[str, Any] = {
    **ATTACHED,
    "callback_url": "https://example.org/hook",
    "instruction": "Draw a box around each cow.",
    "metadata": {"row": 7, "ü": [1, None]},
    "tags": ["b", "a"],
    "priority": 30,
}
BATCH_TERMS: dict[str, Any] = {"callback": "https://example.org/done", "metadata": {"herd": {"n": 1}}}
TALK: dict[str, Any] = {"template_variables": {"topic": "Kühe"}, "metadata": {"row": {"a": 1}}}
LATER = timedelta(hours=1)


class Customer:
    """Its `client` may do everything, in the world `mode`."""

    schema = "imageannotation"

    def __init__(self, url: str, mode: str) -> None:
        self.url, self.mode = url, mode
        self.organization = OrganizationFactory.create(name="Basalt")
        self.client = client_of(url, self.organization, mode=mode)

    def in_the_other_world(self) -> ScaleClient:
        return client_of(self.url, self.organization, mode="test" if self.mode == "live" else "live")

    def dead_keys(self) -> list[str]:
        """One that was never made, one that is revoked, one that is over."""
        revoked, over = key_of(self.organization, mode=self.mode), key_of(self.organization, mode=self.mode)
        made = ApiKey.objects.filter(organization=self.organization).order_by("-pk")
        last, before = made[:2]
        keys.revoke(before, by=None, at=timezone.now())
        ApiKey.objects.filter(pk=last.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
        return [f"{self.mode}_0123456789_" + "0" * 48, revoked, over]

    @cached_property
    def project(self) -> str:
        self.client.create_project(PROJECT, BOX, params=PARAMS)
        return PROJECT

    @cached_property
    def other_project(self) -> str:
        """Of the own people."""
        self.client.create_project(OTHER_PROJECT, BOX, params=PARAMS, studio=True)
        return OTHER_PROJECT

    @cached_property
    def form(self) -> str:
        self.client.create_project(FORM, TaskType.TextCollection, params={"fields": FIELDS})
        return FORM

    @cached_property
    def batch(self) -> str:
        self.client.create_batch(self.project, BATCH, **BATCH_TERMS)
        return BATCH

    @cached_property
    def batch_id(self) -> str:
        return str(self.client.v2.get_batch(batch_name=self.batch).id)

    @cached_property
    def staged(self) -> str:
        """A batch that waits for its launch."""
        order = CreateBatchRequest(name=STAGED, project_name=self.project, staging_batch=True)
        self.client.v2.create_batch(order)
        return STAGED

    @cached_property
    def paused(self) -> str:
        self.client.v2.pause_batch(BatchOperationRequest(batch_name=self.batch))
        return self.batch

    @cached_property
    def called_off(self) -> str:
        self.client.v2.cancel_batch(BatchOperationRequest(batch_name=self.batch))
        return self.batch

    @cached_property
    def task(self) -> str:
        return str(self.client.create_task(BOX, **ORDER, batch=self.batch, unique_id="cow-1").id)

    @cached_property
    def other_task(self) -> str:
        """Younger than `task`."""
        assert self.task
        return str(self.client.create_task(BOX, **ORDER, batch=self.batch, unique_id="cow-2").id)

    @cached_property
    def talks(self) -> str:
        self.client.create_project(TALKS, TaskType.Chat)
        return TALKS

    @cached_property
    def talk(self) -> str:
        """A chat task; in the test world it is done."""
        self.client.create_batch(self.talks, TALK_BATCH)
        return str(self.client.v2.create_chat_task(CreateChatTaskRequest(batch_name=TALK_BATCH, **TALK)).task_id)

    @cached_property
    def annotation(self) -> str:
        return f"{self.talk}-0-0"

    @cached_property
    def delivery(self) -> str:
        """The batch of `talk`, completed."""
        assert self.talk
        batches.complete_batches(at=timezone.now() + LATER)
        return str(Task.objects.get(public_id=self.talk).batch.public_id)

    @cached_property
    def dataset(self) -> str:
        assert self.delivery
        return str(Task.objects.get(public_id=self.talk).project.public_id)

    @cached_property
    def member(self) -> str:
        """Of two members one who is no admin."""
        for name, role in (("mara", Role.ADMIN), ("otto", Role.MEMBER)):
            user = UserFactory.create(email=f"{name}@{self.organization.slug}.example", name="Otto Lind Berg")
            MembershipFactory.create(organization=self.organization, user=user, role=role)
        return f"otto@{self.organization.slug}.example"

    @cached_property
    def own_worker(self) -> str:
        user = UserFactory.create(email=f"ida@{self.organization.slug}.example", name="")
        return str(WorkerFactory.create(organization=self.organization, user=user).user.email)

    @cached_property
    def assigned(self) -> str:
        """One of the own people who is on `other_project`."""
        self.client.add_studio_assignments([self.own_worker], [self.other_project])
        return self.own_worker

    @cached_property
    def colleague(self) -> str:
        """Another one of them, later in the alphabet."""
        user = UserFactory.create(email=f"jon@{self.organization.slug}.example", name="")
        email = str(WorkerFactory.create(organization=self.organization, user=user).user.email)
        self.client.add_studio_assignments([email], [self.other_project])
        return email

    @cached_property
    def group(self) -> str:
        """With `assigned` in it."""
        self.client.create_project_group(self.other_project, [self.assigned], GROUP)
        return GROUP

    @cached_property
    def own_batch(self) -> str:
        """Of `other_project`."""
        self.client.create_batch(self.other_project, OWN_BATCH)
        return OWN_BATCH


NAMED = ("project", "other_project", "form", "talks", "batch", "staged", "paused", "called_off", "own_batch", "group")
NOBODY = SimpleNamespace(
    **dict.fromkeys(NAMED, "Nothing"),
    **dict.fromkeys(("task", "other_task", "talk", "delivery", "dataset", "schema"), "fake_id_qwertyuiop"),
    **dict.fromkeys(("member", "own_worker", "assigned", "colleague"), "nobody@example.org"),
    annotation="fake_id_qwertyuiop-0-0",
)
