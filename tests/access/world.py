"""Two customers, two contractors, an admin, and one thing of each kind that belongs to the first customer."""

import io
import tempfile
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils import timezone
from PIL import Image

from accounts import inviting, keys
from accounts.models import InvitationRole, Mode, Organization, Role, User
from delivery import callbacks, webhooks
from delivery.exporting import start_export
from delivery.models import Delivery
from events import telling
from events.models import Notice
from events.recording import by_user
from files.ingesting import ingest
from files.models import File
from files.signing import sign, sign_original
from files.storing import store
from files.uploading import begin
from labeling import claiming, pausing, quieting, returning, submitting
from labeling.models import Assignment, CorrectionKind, TimeCorrection
from labeling.scopes import Scope
from labeling.windows import Weekly
from projects import importing
from projects.adding import add_tasks
from projects.creating import create_batch
from projects.drafting import begin_draft
from projects.giving import Given, give_batch
from projects.grouping import create_group
from projects.holding import HoldOrder, put_on_hold
from projects.models import Batch, BatchStatus, HoldReason, PausePolicy, PauseReason, Project, Task, Workforce
from projects.task_rows import NewTask
from projects.walling import start_wall
from quality import gold
from quality.auditing import draw
from tests.automation.steps import make_rule
from tests.factories import (
    CAT,
    MembershipFactory,
    OrganizationFactory,
    UserFactory,
    make_project,
    make_tasks,
    make_worker,
)
from workers import actions as skills
from workers.models import Worker


@dataclass
class World:
    organization: Organization
    owner: User
    mate: User
    stranger: User
    contractor: Worker
    other: Worker
    site_admin: User
    project: Project
    batch: Batch
    task: Task
    file: File
    ids: dict[str, str] = field(default_factory=dict)

    def person(self, who: str) -> User | None:
        return {
            "owner": self.owner,
            "mate": self.mate,
            "stranger": self.stranger,
            "contractor": self.contractor.user,
            "other": self.other.user,
            "site_admin": self.site_admin,
        }.get(who)


def make_world() -> World:
    now = timezone.now()
    organization = OrganizationFactory.create(slug="basalt", name="Basalt")
    owner = MembershipFactory.create(organization=organization, role=Role.ADMIN).user
    project = make_project(organization=organization, name="Street")
    # Somebody else's work, so that the contractor is told from other contractors.
    world = World(
        organization=organization,
        owner=owner,
        mate=MembershipFactory.create(organization=organization, role=Role.MEMBER).user,
        stranger=MembershipFactory.create(role=Role.ADMIN).user,
        contractor=make_worker(project),
        other=make_worker(make_project(name="Elsewhere")),
        site_admin=UserFactory.create(is_site_admin=True),
        project=project,
        batch=create_batch(project, name="First", status=BatchStatus.STAGING, by=owner, at=now),
        task=make_tasks(project, 3)[0],
        file=a_file(organization, owner),
    )
    add_tasks(world.batch, [NewTask(params={"attachment": "text"})], by=owner, at=now)
    some_callbacks(world)
    some_work(world)
    some_administration(world)
    some_conditions(world)
    some_groups(world)
    return world


def a_file(organization: Organization, owner: User) -> File:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "PNG")
    buffer.seek(0)
    file, _new = store(buffer, organization=organization, mode="live", name="a.png", by=owner, at=timezone.now())
    ingest(file.pk, at=timezone.now())
    file.refresh_from_db()
    return file


def some_callbacks(world: World) -> None:
    """An address for all of them, so that the contractor's first answer is told; and a webhook."""
    now, by = timezone.now(), by_user(world.owner)
    callbacks.settings_of(world.organization.pk)
    callbacks.change_address(world.organization, "results@basalt.example", by=by, at=now)
    webhook = webhooks.start_webhook(
        world.organization,
        address="https://basalt.example/told",
        kinds=["export.ready"],
        mode=Mode.LIVE,
        by=world.owner,
        at=now,
    )
    world.ids["webhook"] = webhook.public_id


def some_work(world: World) -> None:
    """The contractor has handed something in, reported something and holds something."""
    now = timezone.now()
    first = claiming.claim(world.contractor, at=now)
    assert isinstance(first, Assignment)
    receipt = submitting.submit(first, response=CAT, key="first-key", at=now)
    second = claiming.claim(world.contractor, at=now)
    assert isinstance(second, Assignment)
    report = returning.report(second, reason="broken", at=now)
    third = claiming.claim(world.contractor, at=now)
    assert isinstance(third, Assignment)
    rendition = world.file.renditions.get(kind="full")
    address = sign(rendition, user=world.contractor.user, expires_at=now + timedelta(minutes=5))
    world.ids |= {
        "correction": a_correction(world.contractor).public_id,
        "submission": receipt["id"],
        "delivery": Delivery.objects.get().public_id,
        "report": report.public_id,
        "assignment": third.public_id,
        "media": address.rsplit("/", 1)[-1],
        "attachment": sign_original(world.file.public_id, expires_at=now + timedelta(minutes=5)).rsplit("/", 1)[-1],
    }


def a_correction(worker: Worker) -> TimeCorrection:
    begins_at = timezone.now() - timedelta(days=1)
    return TimeCorrection.objects.create(
        worker=worker,
        day=begins_at.date(),
        kind=CorrectionKind.ADD,
        begins_at=begins_at,
        ends_at=begins_at + timedelta(minutes=1),
        note="I read.",
        created_at=begins_at,
    )


def some_administration(world: World) -> None:
    now = timezone.now()
    organization, owner = world.organization, world.owner
    invitation, token = inviting.invite(
        email="new@example.org", role=InvitationRole.MEMBER, organization=organization, by=owner, at=now
    )
    lines = Path(tempfile.mkdtemp()) / "texts.jsonl"
    lines.write_text('{"text": "one"}\n', encoding="utf-8")
    job = start_export(world.project, format_code="scale_jsonl", by=owner, at=now)
    order = pausing.Order(PausePolicy.FINISH, PauseReason.DATA, text_for_workers="Wait.", is_customers=True)
    (pause,) = pausing.pause([Scope.of(world.batch)], order, by=world.site_admin, at=now)
    night = Weekly(ZoneInfo("UTC"), frozenset({0}), time(1), time(2))
    telling.tell([owner.pk], code="resumed", params={}, dedupe_key="x", at=now, mail=False)
    upload = begin(organization=organization, by=owner, mode=Mode.LIVE, name="b.png", size=10, at=now)
    sample = draw(world.project, size=1, by=owner, at=now)
    known = gold.order(world.project, NewTask(params={"attachment": "a"}), gold.Key("training", CAT), by=owner, at=now)
    sent = begin(organization=organization, by=owner, mode=Mode.LIVE, name="texts.jsonl", size=16, at=now)
    world.ids |= {
        "import": importing.begin(world.batch, sent, lines, at=now).public_id,
        "draft": begin_draft(organization, by=owner, at=now).public_id,
        "sample": sample.public_id,
        "quality": known.public_id,
        "sampled": Task.objects.get(project=world.project, status="completed").public_id,
        "invitation": invitation.public_id,
        "key": keys.make(organization, keys.KeyTerms(mode=Mode.LIVE), by=owner, at=now)[0].public_id,
        "token": token,
        "job": job.public_id,
        "pause": pause.public_id,
        "quiet_hours": quieting.start([Scope.of(world.batch)], night, order, by=None, at=now).public_id,
        "rule": make_rule(world.project, owner=world.site_admin).public_id,
        "notice": Notice.objects.get(user=owner, code="resumed").public_id,
        "upload": upload.public_id,
        "mate": world.mate.public_id,
        "organization": organization.public_id,
        "file": world.file.public_id,
        "project": world.project.public_id,
        "site_admin": world.site_admin.public_id,
    }


def some_groups(world: World) -> None:
    """A project of the first customer's own people, with a group and a batch that is given to it."""
    now, by = timezone.now(), world.owner
    project = make_project(organization=world.organization, name="Letters", workforce=Workforce.OWN)
    group = create_group(project, "Night", [make_worker(project)], by=by, at=now)
    batch = create_batch(project, name="Letters", by=by, at=now)
    give_batch(batch, Given((group,)), by=by, at=now)
    world.ids |= {"own_project": project.public_id, "own_batch": batch.public_id, "group": group.public_id}


def some_conditions(world: World) -> None:
    """A skill that the contractor has, a hold on them, a wall between the customers."""
    now, by = timezone.now(), world.site_admin
    skill = skills.create_skill("Medical terms", by=by, at=now)
    skills.grant_skill(world.contractor, skill, by=by, at=now)
    hold = put_on_hold(world.contractor, HoldOrder(HoldReason.QUALITY, "Too fast."), by=by, at=now)
    wall = start_wall("Maps", list(Organization.objects.all()), length=timedelta(days=9), by=by, at=now)
    world.ids |= {"skill": skill.public_id, "hold": hold.public_id, "wall": wall.public_id}
