"""What a project asks of its tasks, as Scale's task templates say it."""

from typing import Any

from django.utils.translation import gettext as _

from core.errors import BusinessError
from delivery.scale_json import stamp
from projects.models import Project
from task_types import registry
from task_types.orders import ORDERS

Json = dict[str, Any]
WITH_TEMPLATE = ("chat", "textcollection")


def template_of(project: Project) -> Json:
    """Raises BusinessError `no_template` (400) for other kinds of work."""
    if project.type not in WITH_TEMPLATE:
        sentence = _("Only projects of the kinds %(kinds)s have a task template.")
        raise BusinessError(sentence % {"kinds": ", ".join(WITH_TEMPLATE)}, code="no_template", status=400)
    version = project.current_version
    assert version is not None  # written with the project
    schema = {"response_schema": response_schema(project.type)} if registry.is_shown(project.type) else {}
    return {
        "id": project.public_id,
        "version": version.number,
        "created_at": stamp(project.created_at),
        "updated_at": stamp(version.created_at),
        "template_variables": variables_of(project.type, version.params),
        **schema,
    }


def variables_of(type_name: str, params: Json) -> Json:
    """Its own where it has some; else what a task has to bring by name, with what it gets without it."""
    own = params.get("template_variables")
    if isinstance(own, dict):
        return own
    names = [next(iter(group)) for group in ORDERS[type_name].needs]
    return {
        name: {"required": params.get(name) is None}
        | ({"default": params[name]} if params.get(name) is not None else {})
        for name in names
    }


def response_schema(type_name: str) -> Json:
    return registry.get(type_name).response_model.model_json_schema()
