"""Making projects, versions and batches."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError
from django.utils.translation import gettext as _

from accounts.models import Mode, Organization, User
from core.actions import action
from core.errors import BusinessError
from events import recording
from events.models import Event
from events.verbs import Verb
from files import addresses
from files.addresses import FetchError
from projects.changing import checked_metadata
from projects.models import Batch, BatchKind, BatchStatus, Product, Project, ProjectVersion, Workforce
from projects.naming import checked_name, new_codename
from projects.order_keys import next_key
from task_types import ordering, registry
from task_types.ordering import check_given
from task_types.values import without_nulls

STANDARD_PIPELINE: list[dict[str, Any]] = [{"kind": "attempt", "places": 1}, {"kind": "review"}]


# More people on one task would be a slip of the finger.
MOST_PLACES = 1000
# Whoever fixed an answer judges no fix of their fix: labeling.eligibility.own_part looks back as far as this needs.
MOST_REVIEWS = 4


@dataclass(frozen=True)
class Terms:
    """Everything that a version decides. Money in micros of the organization's currency."""

    params: dict[str, Any]
    taxonomy: dict[str, Any] = field(default_factory=dict)
    instruction: str = ""
    pipeline: list[dict[str, Any]] = field(default_factory=lambda: list(STANDARD_PIPELINE))
    rate_micros: int = 0
    price_micros: int = 0
    day_cap_micros: int | None = None
    total_cap_micros: int | None = None
    lease_s: int = 1800
    lease_limit_s: int = 4 * 3600
    skips_per_day: int = 5
    review_days: int = 7


def create_project(
    organization: Organization,
    *,
    name: str,
    type: str,  # noqa: A002 (the word of the field)
    terms: Terms,
    workforce: str = Workforce.MANAGED,
    product: str = Product.ENTERPRISE,
    dataset: str = "",
    mode: str = Mode.LIVE,
    by: User | None,
    at: datetime,
) -> Project:
    """A project with its version 0 and its standing batch.

    Raises BusinessError: `bad_name`, `name_taken`, `unknown_type`, `bad_params` with the type's findings.
    """
    name = checked_name(name)
    check_terms(type, terms)
    try:
        return write_project(
            organization,
            name=name,
            type=type,
            terms=terms,
            workforce=workforce,
            product=product,
            dataset=dataset,
            mode=mode,
            by=by,
            at=at,
        )
    except IntegrityError as error:
        if not Project.objects.filter(organization=organization, mode=mode, name=name).exists():
            raise
        raise BusinessError(_("There is a project with this name already."), code="name_taken") from error


def check_terms(type: str, terms: Terms) -> None:  # noqa: A002 (the word of the field)
    """Raises BusinessError `unknown_type`, `bad_params`, `bad_pipeline`, `bad_money`.

    What the params do not say as yet may come with each task; what they say has to have its form.
    """
    if type not in registry.ALL_NAMES:
        raise BusinessError(_("There is no such kind of work."), code="unknown_type", status=400)
    if findings := check_given(type, terms.params):
        raise BusinessError(ordering.sentence(findings[0]), code="bad_params", status=400, findings=findings)
    kinds = [step.get("kind") for step in terms.pipeline]
    if kinds[:1] != ["attempt"] or any(kind != "review" for kind in kinds[1:]) or len(kinds) > 1 + MOST_REVIEWS:
        sentence = _("A pipeline is an attempt, then at most %(most)s reviews.")
        raise BusinessError(sentence % {"most": MOST_REVIEWS}, code="bad_pipeline", status=400)
    check_numbers(terms)


def check_numbers(terms: Terms) -> None:
    """What the database would refuse later, or nobody could ever do."""
    for step in terms.pipeline:
        places, rate = step.get("places", 1), step.get("rate_micros", 0)
        most = MOST_PLACES if step["kind"] == "attempt" else 1
        if type(places) is not int or not 1 <= places <= most or type(rate) is not int or rate < 0:
            sentence = _("An attempt has 1 to %(most)s places, a review one; a step pays 0 or more.")
            raise BusinessError(sentence % {"most": MOST_PLACES}, code="bad_pipeline", status=400)
    money = [terms.rate_micros, terms.price_micros, terms.day_cap_micros or 0, terms.total_cap_micros or 0]
    if min(money) < 0:
        raise BusinessError(_("Rates, prices and caps are 0 or more."), code="bad_money", status=400)


@action
def write_project(
    organization: Organization,
    *,
    name: str,
    type: str,  # noqa: A002 (the word of the field)
    terms: Terms,
    workforce: str,
    product: str = Product.ENTERPRISE,
    dataset: str = "",
    implicit: bool = False,
    mode: str,
    by: User | None,
    at: datetime,
) -> Project:
    project = Project.objects.create(
        organization=organization,
        mode=mode,
        name=name,
        codename=new_codename(name, organization.name),
        type=type,
        workforce=workforce,
        product=product,
        dataset=dataset,
        implicit=implicit,
        created_by=by,
        created_at=at,
    )
    write_version(project, terms, number=0, by=by, at=at)
    Batch.objects.create(
        organization=organization,
        mode=mode,
        project=project,
        name=None,
        order_key=next_key(organization.pk, mode),
        created_by=by,
        created_at=at,
    )
    recording.write(
        event_of(Verb.PROJECT_CREATED, project, by=by, at=at, type=type),
        event_of(Verb.VERSION_PUBLISHED, project, by=by, at=at, number=0),
    )
    return project


def write_version(project: Project, terms: Terms, *, number: int, by: User | None, at: datetime) -> ProjectVersion:
    taxonomy = complete_taxonomy(project.type, terms)
    version = ProjectVersion.objects.create(
        project=project,
        number=number,
        params=terms.params,
        taxonomy=taxonomy,
        instruction=terms.instruction,
        pipeline=terms.pipeline,
        rate_micros=terms.rate_micros,
        price_micros=terms.price_micros,
        currency=project.organization.currency,
        day_cap_micros=terms.day_cap_micros,
        total_cap_micros=terms.total_cap_micros,
        lease_s=terms.lease_s,
        lease_limit_s=terms.lease_limit_s,
        skips_per_day=terms.skips_per_day,
        review_days=terms.review_days,
        created_by=by,
        created_at=at,
    )
    Project.objects.filter(pk=project.pk).update(current_version=version)
    project.current_version = version
    return version


def complete_taxonomy(type: str, terms: Terms) -> dict[str, Any]:  # noqa: A002 (the word of the field)
    """Of params that nobody can work on as yet the taxonomy stays as it is: its keys outlive them."""
    params = without_nulls(terms.params)
    if not registry.can_be_worked_on(type, params):
        return terms.taxonomy
    return registry.get(type).complete_taxonomy(params, terms.taxonomy, {})


def create_batch(
    project: Project,
    *,
    name: str,
    kind: str = BatchKind.PRODUCTION,
    status: str = BatchStatus.IN_PROGRESS,
    callback: str = "",
    metadata: dict[str, Any] | None = None,
    by: User | None,
    at: datetime,
) -> Batch:
    """A named batch, last in the order.

    `callback`: a web or an e-mail address. Raises BusinessError `bad_name`, `name_taken`, `bad_callback`,
    `bad_metadata`.
    """
    name = checked_name(name)
    terms = {"callback": checked_callback(callback), "metadata": checked_metadata(metadata or {})}
    try:
        return write_batch(project, name, kind, status, by=by, at=at, **terms)
    except IntegrityError as error:
        if not Batch.objects.filter(organization=project.organization, mode=project.mode, name=name).exists():
            raise
        raise BusinessError(_("There is a batch with this name already."), code="name_taken") from error


def checked_callback(address: str) -> str:
    """Whether it can be reached shows when something is sent there. Raises BusinessError `bad_callback` (400)."""
    address = address.strip()
    try:
        if "@" in address and "/" not in address:
            validate_email(address)
        elif address:
            addresses.read(address, ports=settings.FETCH_PORTS)
    except (FetchError, ValidationError):
        sentence = _("A callback is a web address with http or https, or an e-mail address.")
        raise BusinessError(sentence, code="bad_callback", status=400) from None
    return address


@action
def write_batch(
    project: Project, name: str, kind: str, status: str, *, by: User | None, at: datetime, **terms: Any
) -> Batch:
    batch = Batch.objects.create(
        organization_id=project.organization_id,
        mode=project.mode,
        project=project,
        name=name,
        kind=kind,
        status=status,
        order_key=next_key(project.organization_id, project.mode),
        created_by=by,
        created_at=at,
        **terms,
    )
    recording.write(event_of(Verb.BATCH_CREATED, batch, by=by, at=at, kind=kind))
    return batch


@action
def finalize_batch(batch: Batch, *, by: User | None, at: datetime) -> Batch:
    """Staging → in progress: its work is handed out from now on. Raises BusinessError `not_staging`."""
    changed = Batch.objects.filter(pk=batch.pk, status=BatchStatus.STAGING).update(status=BatchStatus.IN_PROGRESS)
    if not changed:
        raise BusinessError(_("This batch has been launched already."), code="not_staging")
    batch.status = BatchStatus.IN_PROGRESS
    recording.write(event_of(Verb.BATCH_FINALIZED, batch, by=by, at=at))
    return batch


def event_of(verb: Verb, subject: Project | Batch, *, by: User | None, at: datetime, **data: Any) -> Event:
    """An event of a project or batch, done by a person or, without one, by the site."""
    return recording.event(
        verb,
        at=at,
        actor=recording.by_user_or_site(by),
        subject_type=subject._meta.model_name or "",
        subject_id=subject.public_id,
        organization_id=subject.organization_id,
        data=data,
    )
