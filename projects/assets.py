"""Files that are given by themselves, to be named by tasks later: uploaded, or fetched from an address."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.cutting_off import refuse_cut_off
from accounts.models import Organization
from core.actions import action
from core.errors import BusinessError
from files import addresses, bringing, buckets, fetch_orders, storing
from files.addresses import FetchError
from files.models import Fetch, File
from files.names import clean_name
from files.storing import Readable
from projects import sources
from projects.changing import checked_metadata
from projects.models import Asset, Project

REFERENCE_CHARACTERS = 255


@dataclass(frozen=True)
class Labels:
    """What is said of a file; a name of its own where `name` is empty."""

    name: str = ""
    reference_id: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    projects: tuple[Project, ...] = ()


def upload(
    organization: Organization, stream: Readable, name: str, labels: Labels, *, mode: str, at: datetime
) -> Asset:
    """Raises BusinessError `reference_taken`, `empty` (400), `too_large` (413), `bad_reference`, `bad_metadata`."""
    check(organization, labels, mode=mode)
    file, _is_new = storing.store(stream, organization=organization, mode=mode, name=name, by=None, at=at)
    return written(organization, labels, mode=mode, name=name, at=at, file=file)


def fetch(organization: Organization, address: str, labels: Labels, *, mode: str, at: datetime) -> Asset:
    """The file at the address, which is asked for it soon.

    Raises BusinessError as `upload`, and 400 with a code of files/reasons.py for what is no address.
    """
    check(organization, labels, mode=mode)
    try:
        if buckets.is_address(address):
            buckets.check(address, organization.slug)
        else:
            addresses.read(address, ports=settings.FETCH_PORTS)
    except FetchError as error:
        raise sources.refused(error.code, **error.params) from None
    return written(organization, labels, mode=mode, name=bringing.name_of(address), at=at, address=address)


def check(organization: Organization, labels: Labels, *, mode: str) -> None:
    checked_metadata(labels.metadata)
    reference = labels.reference_id
    if reference is None:
        return
    if not 1 <= len(reference) <= REFERENCE_CHARACTERS:
        sentence = _("A reference_id is a text of 1 to %(limit)s characters.") % {"limit": REFERENCE_CHARACTERS}
        raise BusinessError(sentence, code="bad_reference", status=400)
    if Asset.objects.filter(organization=organization, mode=mode, reference_id=reference).exists():
        raise taken()


def taken() -> BusinessError:
    return BusinessError(_("There is a file with this reference_id already."), code="reference_taken")


def written(organization: Organization, labels: Labels, *, mode: str, at: datetime, **more: Any) -> Asset:
    try:
        return write(organization, labels, mode=mode, at=at, **more)
    except IntegrityError:
        check(organization, labels, mode=mode)
        raise


@action
def write(
    organization: Organization,
    labels: Labels,
    *,
    mode: str,
    name: str,
    at: datetime,
    file: File | None = None,
    address: str = "",
) -> Asset:
    refuse_cut_off(organization.pk)
    fetched: Fetch | None = None
    if file is None:
        fetched = fetch_orders.order(organization.pk, mode=mode, named=[address], at=at)[address]
    asset = Asset.objects.create(
        organization=organization,
        mode=mode,
        file=file,
        fetch=fetched,
        name=clean_name(labels.name or name),
        reference_id=labels.reference_id,
        metadata=labels.metadata,
        created_at=at,
    )
    asset.projects.set(labels.projects)
    return asset
