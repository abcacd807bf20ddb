"""Names that no contractor may ever meet, a world in which they are planted, and the search for them."""

import base64
import binascii
import html
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote_plus

from django.utils import timezone
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from accounts.models import Membership, Organization, Role
from events import running, sending
from events.models import Job, JobState
from files import ingesting, storing
from files.models import File
from labeling import pausing, resuming
from labeling.pausing import Order
from labeling.scopes import Scope
from projects import adding, creating
from projects.models import EnrollmentRole, PausePolicy, PauseReason, Project, Task
from projects.task_rows import NewTask
from tests.factories import MembershipFactory, OrganizationFactory, make_worker
from workers.models import Worker

# Words of no language, so that each find is a leak.
NAMES = (
    "zirkonfeld", "quetzalbau", "nachtigallhain", "wolframkamera", "molybdaenhof", "basiliskenweg", "tagpfauenrad",
    "hrothgar", "silbernagel", "exifkobaltin", "xmpturmalin", "pngsmaragd", "rubinschacht", "staffgraphit",
    "kundenopal",
)  # fmt: skip
SIZE = (640, 400)
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><creator>Xmpturmalin</creator></x:xmpmeta>'
RUN_OF_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
ESCAPE = re.compile(rb"\\u00([0-9a-f]{2})")
PARAMS = {"geometries": {"box": {"objects_to_annotate": ["Car"]}}, "callback_url": "https://rubinschacht.example/cb"}


@dataclass(frozen=True)
class Planted:
    """What was planted: names, and ids that only the customer may know."""

    organization: Organization
    project: Project
    worker: Worker
    reviewer: Worker
    secrets: tuple[str, ...]

    def leaks_in(self, content: bytes | str, *, where: str) -> list[str]:
        """Each secret that the content says, openly or in a usual disguise."""
        return [f"{secret} in {where}" for secret in sorted(found_in(content, self.secrets))]


def plant(*, pictures: int = 3) -> Planted:
    """A customer whose names are everywhere that a name can be, and two people who work for them."""
    organization = OrganizationFactory.create(name="Zirkonfeld Optik", slug="zirkonfeld-optik")
    member = MembershipFactory.create(
        organization=organization,
        user__name="Hrothgar Silbernagel",
        user__email="hrothgar@zirkonfeld.example",
        role=Role.ADMIN,
    )
    project = plant_project(organization, member)
    tasks = plant_tasks(project, member, pictures)
    worker, reviewer = make_worker(project), make_worker(project, role=EnrollmentRole.REVIEWER)
    ids = [organization.public_id, project.public_id, member.user.public_id]
    ids += [task.public_id for task in tasks] + [batch.public_id for batch in project.batches.all()]
    ids += [str(value) for file in File.objects.all() for value in (file.public_id, file.sha256)]
    return Planted(organization, project, worker, reviewer, (*NAMES, *ids))


def plant_project(organization: Organization, member: Membership) -> Project:
    pipeline = [{"kind": "attempt", "places": 1}, {"kind": "review", "rate_micros": 120_000}]
    terms = creating.Terms(params=PARAMS, instruction="Draw **every** car.", pipeline=pipeline, rate_micros=340_000)
    return creating.create_project(
        organization,
        name="Quetzalbau Kartierung",
        type="imageannotation",
        terms=terms,
        by=member.user,
        at=timezone.now(),
    )


def plant_tasks(project: Project, member: Membership, count: int) -> list[Task]:
    batch = creating.create_batch(
        project, name="Nachtigallhain", status="in_progress", by=member.user, at=timezone.now()
    )
    new = [
        NewTask(
            files=[plant_file(project, member, number)],
            metadata={"site": "Molybdaenhof"},
            tags=["tagpfauenrad"],
            unique_id=f"Basiliskenweg-{number}",
        )
        for number in range(count)
    ]
    tasks = adding.add_tasks(batch, new, by=member.user, at=timezone.now())
    for file in File.objects.filter(state="uploaded"):
        ingesting.ingest(file.pk, at=timezone.now())
    return tasks


def plant_file(project: Project, member: Membership, number: int) -> File:
    ending = "png" if number % 2 else "jpg"
    file, _new = storing.store(
        io.BytesIO(picture(number)),
        organization=project.organization,
        mode=project.mode,
        name=f"wolframkamera-{number}.{ending}",
        by=member.user,
        at=timezone.now(),
    )
    return file


def picture(number: int) -> bytes:
    """A JPEG or PNG that says whose it is in every block that can say something."""
    image = Image.new("RGB", SIZE, (90, 120, 40 * number % 255))
    ImageDraw.Draw(image).rectangle((100, 100, 300, 250), fill=(200, 30, 30))
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x8298] = "Exifkobaltin", "Hrothgar Silbernagel", "Zirkonfeld"
    target = io.BytesIO()
    if number % 2:
        text = PngInfo()
        text.add_text("Author", "Pngsmaragd")
        text.add_itxt("Comment", "Pngsmaragd", zip=True)
        image.save(target, "PNG", pnginfo=text, exif=exif)
    else:
        image.save(target, "JPEG", exif=exif, xmp=XMP, comment=b"Zirkonfeld")
    return target.getvalue()


def pause_and_resume(planted: Planted) -> None:
    """So that people are told: what is for staff and for the customer is not for them."""
    order = Order(
        policy=PausePolicy.FINISH,
        reason=PauseReason.INSTRUCTIONS,
        text_for_staff="Staffgraphit",
        text_for_workers="Rule 5 is being corrected.",
        text_for_customer="Kundenopal",
    )
    for subject in (planted.project, planted.organization):
        [pause] = pausing.pause([Scope.of(subject)], order, by=None, at=timezone.now())
        resuming.resume(pause, by=None, at=timezone.now())
    for job in Job.objects.filter(state=JobState.QUEUED):
        running.run(job.pk)


def send_all_mail() -> None:
    while sending.send_next(at=timezone.now() + timedelta(seconds=1)):
        pass


def found_in(content: bytes | str, secrets: Iterable[str]) -> set[str]:
    data = content.encode() if isinstance(content, str) else content
    texts = set(disguises(data))
    return {secret for secret in secrets if any(secret.casefold().encode() in text for text in texts)}


def disguises(data: bytes) -> Iterator[bytes]:
    """The content as it is, and as whoever unpacks it sees it; all in small letters."""
    plain = without_escapes(data)
    yield from (data.lower(), plain.lower(), data.replace(b"\0", b"").lower())
    for run in RUN_OF_BASE64.findall(plain):
        yield from (decoded.lower() for decoded in decodings(run))


def without_escapes(data: bytes) -> bytes:
    """Percent signs, HTML entities, and the escapes of JSON."""
    text = unquote_plus(html.unescape(data.decode("utf-8", "replace"))).encode()
    return ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), text)


def decodings(run: bytes) -> Iterator[bytes]:
    """As base64, wherever in the run it begins, and as hex."""
    text = run.translate(bytes.maketrans(b"-_", b"+/"))
    for start in range(4):
        part = text[start:]
        yield base64.b64decode(part[: len(part) // 4 * 4])
        yield base64.b64decode(part + b"=" * (-len(part) % 4)) if len(part) % 4 != 1 else b""
    try:
        yield binascii.unhexlify(run[: len(run) // 2 * 2])
    except binascii.Error:
        return
