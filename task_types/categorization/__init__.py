"""One or several categories for a picture or a text."""

from task_types.categorization.checking import check, check_params
from task_types.categorization.comparing import compare
from task_types.categorization.merging import merge
from task_types.categorization.params import Params
from task_types.categorization.plausible import plausible
from task_types.categorization.response import Response
from task_types.categorization.summary import summarise
from task_types.categorization.view import CategoryView, complete_taxonomy, worker_view
from task_types.categorization.wording import MESSAGES
from task_types.kind import TaskType

TYPE = TaskType(
    name="categorization",
    params_model=Params,
    response_model=Response,
    view_type=CategoryView,
    messages=MESSAGES,
    required=(("attachment",), ("categories", "taxonomies")),
    check_params=check_params,
    complete_taxonomy=complete_taxonomy,
    worker_view=worker_view,
    check=check,
    compare=compare,
    merge=merge,
    summarise=summarise,
    plausible=plausible,
    empty={},
)
