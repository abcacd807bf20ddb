"""Checks of the bytes: whether files can be written, are what was stored, and have room."""

import hashlib
import shutil
import uuid
from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from config.operating.finding import Finding
from core import limits
from core.formats import size
from files.models import File

SAMPLE = 20
READ_AT_ONCE = 1 << 20
LOW_DISK = 2000 * limits.MB
LOW_SHARE = 0.05


def writable(_at: datetime) -> Iterator[Finding]:
    """Writes a small file, reads it again, removes it."""
    key, content = f"doctor/{uuid.uuid4().hex}", b"plumb"
    try:
        saved = default_storage.save(key, ContentFile(content))
        with default_storage.open(saved) as file:
            same = file.read() == content
        default_storage.delete(saved)
    except OSError as error:
        sentence = _("Files cannot be stored: %(error)s.") % {"error": error}
        yield Finding("storage_refuses", sentence, f"ls -ld {settings.DATA_DIR}")
        return
    if not same:
        yield Finding("storage_lies", _("The storage gave back other bytes than it was given."), "dmesg --level=err")


def originals(_at: datetime) -> Iterator[Finding]:
    """The newest and some others: there, and what their checksum says."""
    wrong = [(file, fault) for file in sample() if (fault := fault_of(file))]
    if wrong:
        file, fault = wrong[0]
        sentence = _("Of %(looked)s originals looked at, %(wrong)s are not what was stored; %(key)s %(fault)s.") % {
            "looked": min(SAMPLE, File.objects.count()),
            "wrong": len(wrong),
            "key": file.key,
            "fault": fault,
        }
        yield Finding("originals_damaged", sentence, _("Bring it back from a backup, under this name."))


def sample() -> list[File]:
    half = SAMPLE // 2
    newest = list(File.objects.order_by("-pk")[:half])
    others = File.objects.exclude(pk__in=[file.pk for file in newest]).order_by("?")
    return newest + list(others[: SAMPLE - half])


def fault_of(file: File) -> str:
    """What is wrong with it, in a few words; empty when nothing is."""
    digest = hashlib.sha256()
    try:
        with default_storage.open(file.key) as stream:
            while piece := stream.read(READ_AT_ONCE):
                digest.update(piece)
    except OSError:
        return _("is not there")
    return "" if digest.hexdigest() == file.sha256 else _("has other bytes")


def disk(_at: datetime) -> Iterator[Finding]:
    usage = shutil.disk_usage(settings.DATA_DIR)
    if usage.free < LOW_DISK or usage.free < usage.total * LOW_SHARE:
        sentence = _("Only %(free)s of %(total)s are free where the data lies.") % {
            "free": size(usage.free),
            "total": size(usage.total),
        }
        yield Finding("disk_low", sentence, f"du -sh {settings.DATA_DIR}/*")
