"""Boxes, polygons, lines and points on one picture, with attributes."""

from task_types.imageannotation.checking import check, check_params
from task_types.imageannotation.comparing import compare
from task_types.imageannotation.merging import merge
from task_types.imageannotation.params import Params
from task_types.imageannotation.plausible import plausible
from task_types.imageannotation.response import Response
from task_types.imageannotation.summary import summarise
from task_types.imageannotation.view import ImageView, complete_taxonomy, worker_view
from task_types.imageannotation.wording import MESSAGES
from task_types.kind import TaskType

TYPE = TaskType(
    name="imageannotation",
    params_model=Params,
    response_model=Response,
    view_type=ImageView,
    messages=MESSAGES,
    required=(("attachment",), ("geometries",)),
    check_params=check_params,
    complete_taxonomy=complete_taxonomy,
    worker_view=worker_view,
    check=check,
    compare=compare,
    merge=merge,
    summarise=summarise,
    plausible=plausible,
    empty={"annotations": [], "global_attributes": {}, "links": []},
)
