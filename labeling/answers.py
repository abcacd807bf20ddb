"""The answer that counts of a submission, and whether a response may be handed in."""

from collections.abc import Sequence
from typing import Any, Protocol

import orjson
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from core import limits
from core.errors import BusinessError
from labeling.models import Amendment, Submission
from projects.models import Attachment, ProjectVersion, Task
from projects.showing import params_over
from task_types import registry
from task_types.finding import Finding
from task_types.wording import sentence as sentence_of

Json = dict[str, Any]
# Findings in one sentence.
MOST_SAID = 3


class Findings(BusinessError):
    """The linter found something; nothing was written."""

    status = 422

    def __init__(self, findings: Sequence[Finding], type_name: str) -> None:
        super().__init__(_("There is something to fix."), code="findings")
        self.findings = list(findings)
        self.type_name = type_name


def latest_response(submission: Submission) -> Json:
    """The response of the latest amendment, else the submission's own."""
    amendment = Amendment.objects.filter(submission=submission).order_by("-number").first()
    response: Json = amendment.response if amendment else submission.response
    return response


def with_latest_response(submissions: QuerySet[Submission]) -> QuerySet[Submission, Any]:
    """The same as `latest_response` of each of them."""
    amended = Amendment.objects.filter(submission=OuterRef("pk")).order_by("-number").values("response")[:1]
    return submissions.annotate(latest_response=Coalesce(Subquery(amended), F("response")))


class HasParams(Protocol):
    """A task's content, as far as it matters here."""

    @property
    def params(self) -> Json: ...


def effective_params(version: HasParams, content: HasParams) -> Json:
    """The version's params with the task's own over them; null says nothing, as if it were not there."""
    return params_over(version.params, content.params)


def sizes_of(task: Task) -> list[tuple[int, int]]:
    """(width, height) in pixels of the upright originals of the task's pictures, in order."""
    ready = Attachment.objects.filter(task=task, file__width__isnull=False).order_by("role", "position")
    return [(width, height) for width, height in ready.values_list("file__width", "file__height") if width and height]


def check(response: Any, *, task: Task, version: ProjectVersion, has_files: bool = True) -> None:
    """Raises Findings when the type's linter finds something in the response. `has_files`: what the caller knows."""
    kind = registry.get(task.type)
    params = effective_params(version, task.content)
    if found := kind.check(response, params, version.taxonomy, sizes_of(task) if has_files else []):
        raise Findings(found, task.type)


def check_sent(
    response: Any, *, type_name: str, content: HasParams, version: ProjectVersion, task: Task | None
) -> None:
    """An answer that a program sends, by the kind of work itself where the workbench shows it; else any object.

    `task`: whose pictures say where the edges are. Raises BusinessError `bad_response` (400), with findings in words.
    """
    if not isinstance(response, dict) or len(orjson.dumps(response)) > limits.PARAMS:
        sentence = _("An answer is a JSON object of at most %(limit)s bytes.") % {"limit": limits.PARAMS}
        raise BusinessError(sentence, code="bad_response", status=400)
    params = effective_params(version, content)
    if not registry.can_be_worked_on(type_name, params):
        return
    kind = registry.get(type_name)
    taxonomy = kind.complete_taxonomy(params, version.taxonomy, {})
    if findings := kind.check(response, params, taxonomy, sizes_of(task) if task else []):
        said = "; ".join(sentence_of(finding, kind.messages) for finding in findings[:MOST_SAID])
        sentence = _("Nobody could hand this answer in: %(why)s") % {"why": said}
        raise BusinessError(sentence, code="bad_response", status=400)
