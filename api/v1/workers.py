"""Who works on projects, and how that did. Of the site's contractors nothing but the pseudonym leaves."""

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router
from pydantic import BaseModel, Field

from accounts.models import ApiKey
from api import finding
from api.auth import ADMIN, KeyRequest
from api.tree import ok
from api.v1.listing import one_of
from api.v1.shapes import Error, Json
from delivery.scale_json import stamp
from projects import enrolling, own_people
from projects.models import Enrollment, EnrollmentRole, EnrollmentState, Project
from quality import figures
from quality.figures import Figures
from quality.results import Result

router = Router(tags=["Workers"], auth=ADMIN)
ERRORS = {400: Error, 401: Error, 403: Error, 404: Error, 429: Error}
MOST = 100
DIGITS = 4


class WorkerFilter(BaseModel):
    project: str | None = Field(default=None, description="The project's name.")
    role: str | None = Field(default=None, description=f"One of {', '.join(EnrollmentRole.values)}.")
    state: str | None = Field(default=None, description="`active` or `ended`.")
    limit: int = Field(default=MOST, ge=1, le=MOST)
    next_token: str | None = None


class PutOn(BaseModel):
    project: str = Field(description="The name of a project that your own people do.")
    email: str = Field(max_length=254, description="Of one of your own people, or of a member.")
    role: str = EnrollmentRole.WORKER.value


class TakeOff(BaseModel):
    project: str = Field(description="The name of a project that your own people do.")
    worker: str = Field(description="The pseudonym.")


class VerdictsOut(BaseModel):
    accepted: int
    fixed: int
    rejected: int
    accepted_share: float | None = Field(default=None, description="Absent without any verdict.")
    interval: list[float] | None = Field(default=None, description="The share's 95 % interval (Wilson).")


class WorkerOut(BaseModel):
    """Somebody's standing on one project."""

    worker: str = Field(description="The pseudonym: the same on all projects.")
    email: str | None = Field(default=None, description="Of your own people alone.")
    project: str
    role: str
    state: str
    since: str
    answers: int = Field(description="Handed in, redos too.")
    reviews: int = Field(description="Of others' answers, handed in.")
    reviewed: VerdictsOut = Field(description="What reviewers said of the answers.")
    audited: VerdictsOut = Field(description="What your audits said of them.")


class WorkerPage(BaseModel):
    """A page of standings, the newest first."""

    docs: list[WorkerOut]
    limit: int
    has_more: bool
    next_token: str | None = Field(default=None, description="Ask with it for the next page; absent on the last one.")


@router.get("/workers", response={200: WorkerPage, **ERRORS}, operation_id="workers")
def listed(request: KeyRequest, wanted: Query[WorkerFilter]) -> HttpResponse:
    """Your own people who are or were on your projects, and the site's contractors who have had a task of yours."""
    key = request.auth
    rows = behind(key, matching(key, wanted), wanted.next_token).order_by("-pk")
    found = list(rows[: wanted.limit + 1])
    shown, has_more = found[: wanted.limit], len(found) > wanted.limit
    page: Json = {"docs": standings_json(shown), "limit": wanted.limit, "has_more": has_more}
    return ok(page | {"next_token": token_of(shown[-1])} if has_more else page)


@router.post("/workers/put_on", response={200: WorkerOut, **ERRORS}, operation_id="put_worker_on")
def put_on(request: KeyRequest, order: PutOn) -> HttpResponse:
    """Put one of your own people on a project, or give them another role on it; a member may label from then on."""
    key, at = request.auth, timezone.now()
    role = one_of(order.role, EnrollmentRole.values, "role")
    project = own_project(key, order.project)
    worker = own_people.own_worker(key.organization, order.email.strip(), at=at)
    return shown_one(key, enrolling.enroll(worker, project, role=role, by=None, at=at))


@router.post("/workers/take_off", response={200: WorkerOut, **ERRORS}, operation_id="take_worker_off")
def take_off(request: KeyRequest, order: TakeOff) -> HttpResponse:
    """Take one of your own people off a project: what they have in hand they may finish. Twice changes nothing."""
    key = request.auth
    project = own_project(key, order.project)
    own = standings(key).filter(project=project, worker__pseudonym=finding.stored(order.worker))
    found = own.first()
    if found is None:
        sentence = _("Nobody on the project “%(project)s” has the pseudonym “%(worker)s”.")
        raise Http404(sentence % {"project": project.name, "worker": order.worker[:100]})
    enrolling.end_enrollment(found, by=None, at=timezone.now())
    return shown_one(key, found)


def own_project(key: ApiKey, name: str) -> Project:
    """Raises Http404, and BusinessError `not_own` (400): of the site's contractors the site decides."""
    project = finding.project_named(key, name)
    own_people.refuse_managed(project)
    return project


def standings(key: ApiKey) -> QuerySet[Enrollment]:
    return figures.standings_in(finding.projects_of(key)).select_related("worker__user", "project")


def matching(key: ApiKey, wanted: WorkerFilter) -> QuerySet[Enrollment]:
    """Raises Http404 for a project that is not there, BusinessError (400) for an impossible value."""
    rows = standings(key)
    if wanted.project is not None:
        rows = rows.filter(project=finding.project_named(key, wanted.project))
    if wanted.role is not None:
        rows = rows.filter(role=one_of(wanted.role, EnrollmentRole.values, "role"))
    if wanted.state is not None:
        rows = rows.filter(state=one_of(wanted.state, EnrollmentState.values, "state"))
    return rows


def behind(key: ApiKey, rows: QuerySet[Enrollment], token: str | None) -> QuerySet[Enrollment]:
    """Those that come after the one that the token names. Raises Http404."""
    if token is None:
        return rows
    project, _dot, worker = token.replace("\0", "").partition(".")
    last = standings(key).filter(project__public_id=project, worker__pseudonym=worker).values_list("pk", flat=True)
    pk = last.first()
    if pk is None:
        raise Http404(_("There is no such page."))
    return rows.filter(pk__lt=pk)


def token_of(standing: Enrollment) -> str:
    return f"{standing.project.public_id}.{standing.worker.pseudonym}"


def shown_one(key: ApiKey, standing: Enrollment) -> HttpResponse:
    (found,) = standings_json([standings(key).get(pk=standing.pk)])
    return ok(found)


def standings_json(found: list[Enrollment]) -> list[Json]:
    """Three queries, however many."""
    known = figures.figures_of(found)
    return [standing_json(one, known[one.worker_id, one.project_id]) for one in found]


def standing_json(one: Enrollment, found: Figures) -> Json:
    address = figures.address_of(one)
    return {
        "worker": one.worker.pseudonym,
        **({"email": address} if address else {}),
        "project": one.project.name,
        "role": one.role,
        "state": one.state,
        "since": stamp(one.created_at),
        "answers": found.answers,
        "reviews": found.reviews,
        "reviewed": verdicts_json(found.reviewed),
        "audited": verdicts_json(found.audited),
    }


def verdicts_json(found: Result) -> Json:
    counts: Json = {"accepted": found.accepted, "fixed": found.fixed, "rejected": found.rejected}
    if not found.judged:
        return counts
    sure = [round(end, DIGITS) for end in found.interval]
    return counts | {"accepted_share": round(found.share, DIGITS), "interval": sure}
