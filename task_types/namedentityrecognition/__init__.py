"""Entities in a text, which may overlap and lie in one another, with attributes and relations."""

from task_types.kind import TaskType
from task_types.namedentityrecognition.checking import check, check_params
from task_types.namedentityrecognition.comparing import compare
from task_types.namedentityrecognition.merging import merge
from task_types.namedentityrecognition.params import Params
from task_types.namedentityrecognition.plausible import plausible
from task_types.namedentityrecognition.response import Response
from task_types.namedentityrecognition.summary import summarise
from task_types.namedentityrecognition.view import EntityView, complete_taxonomy, worker_view
from task_types.namedentityrecognition.wording import MESSAGES

TYPE = TaskType(
    name="namedentityrecognition",
    params_model=Params,
    response_model=Response,
    view_type=EntityView,
    messages=MESSAGES,
    required=(("text",), ("labels",)),
    check_params=check_params,
    complete_taxonomy=complete_taxonomy,
    worker_view=worker_view,
    check=check,
    compare=compare,
    merge=merge,
    summarise=summarise,
    plausible=plausible,
    empty={"annotations": [], "relationships": []},
)
