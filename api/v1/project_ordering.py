"""From the bodies of `POST /v1/projects` and `setParams` to a project and its versions."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import ApiKey
from api.v1.shapes import ParamsOrder, ProjectOrder
from core import jsonio, limits
from core.errors import BusinessError
from projects import creating, publishing
from projects.creating import MOST_PLACES, STANDARD_PIPELINE, Terms
from projects.models import Product, Project, Workforce

Json = dict[str, Any]
# Where nothing is said of it.
CONSENSUS_ATTEMPTS = 3


def order(key: ApiKey, wanted: ProjectOrder, *, at: datetime) -> Project:
    """The project, stored. Raises BusinessError with what is wrong."""
    params, instruction = parted(wanted.params or {})
    product = product_of(wanted)
    return creating.create_project(
        key.organization,
        name=wanted.name,
        type=wanted.type,
        terms=Terms(params=params, instruction=instruction or "", pipeline=pipeline_of(wanted)),
        workforce=Workforce.OWN if product == Product.STUDIO else Workforce.MANAGED,
        product=product,
        dataset=wanted.datasetId or "",
        mode=key.mode,
        by=None,
        at=at,
    )


def parted(params: Json) -> tuple[Json, str | None]:
    """(params, instruction), of which the latter has a place of its own in a version; None where it is not said."""
    instruction = params.get("instruction")
    if instruction is not None and not isinstance(instruction, str):
        raise bad_params(_('Parameter is invalid, reason: "instruction" must be a string'))
    if instruction is not None and len(instruction) > limits.INSTRUCTION_CHARACTERS:
        sentence = _("An instruction has at most %(limit)s characters.")
        raise bad_params(sentence % {"limit": limits.INSTRUCTION_CHARACTERS})
    rest = {name: value for name, value in params.items() if name != "instruction"}
    if len(jsonio.written(rest)) > limits.PARAMS:
        sentence = _("A project's parameters are larger than %(limit)s bytes.") % {"limit": limits.PARAMS}
        raise BusinessError(sentence, code="too_large", status=413)
    return rest, instruction


def bad_params(sentence: str) -> BusinessError:
    return BusinessError(sentence, code="bad_params", status=400)


def product_of(wanted: ProjectOrder) -> Product:
    if wanted.rapid and wanted.studio:
        raise bad_params(_("A project is either Rapid or Studio, not both."))
    if wanted.rapid:
        return Product.RAPID
    return Product.STUDIO if wanted.studio else Product.ENTERPRISE


def pipeline_of(wanted: ProjectOrder) -> list[Json]:
    """One attempt and a review; of a consensus so many attempts, whose answers are merged."""
    if (wanted.pipeline or wanted.consensus_config is not None) and not wanted.studio:
        raise bad_params(_("“pipeline” and “consensus_config” are for Studio projects."))
    if wanted.pipeline != "consensus_task":
        if wanted.consensus_config is not None:
            raise bad_params(_("“consensus_config” goes with the pipeline “consensus_task”."))
        return list(STANDARD_PIPELINE)
    return [{"kind": "attempt", "places": attempts_in(wanted.consensus_config)}]


def attempts_in(config: int | Json | None) -> int:
    found = config.get("attempts", CONSENSUS_ATTEMPTS) if isinstance(config, dict) else config
    if found is None:
        return CONSENSUS_ATTEMPTS
    if type(found) is not int or not 2 <= found <= MOST_PLACES:
        sentence = _("“consensus_config” is a number from 2 to %(most)s, or an object with it as “attempts”.")
        raise bad_params(sentence % {"most": MOST_PLACES})
    return found


def set_params(project: Project, wanted: ParamsOrder, *, at: datetime) -> None:
    given = {name: value for name, value in wanted.model_dump(exclude_unset=True).items() if name != "patch"}
    params, instruction = parted(given)
    publishing.set_params(project, params, instruction, patch=bool(wanted.patch), by=None, at=at)
