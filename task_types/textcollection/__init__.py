"""A form about a picture, a text, or nothing at all."""

from task_types.kind import TaskType
from task_types.textcollection.checking import check, check_params
from task_types.textcollection.comparing import compare
from task_types.textcollection.merging import merge
from task_types.textcollection.params import Params
from task_types.textcollection.plausible import plausible
from task_types.textcollection.response import Response
from task_types.textcollection.summary import summarise
from task_types.textcollection.view import FormView, complete_taxonomy, worker_view
from task_types.textcollection.wording import MESSAGES

TYPE = TaskType(
    name="textcollection",
    params_model=Params,
    response_model=Response,
    view_type=FormView,
    messages=MESSAGES,
    required=(("fields",),),
    check_params=check_params,
    complete_taxonomy=complete_taxonomy,
    worker_view=worker_view,
    check=check,
    compare=compare,
    merge=merge,
    summarise=summarise,
    plausible=plausible,
    empty={"annotations": {}},
)
