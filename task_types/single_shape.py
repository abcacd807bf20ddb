"""Scale's first image tasks, each with one shape: worked on as imageannotation, in the spelling of their own.

Their params have the labels and limits of the shape at the top; objects of their answers have no `type`, for the task
has one. Everything is translated there and back here, and nothing is done twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ConfigDict, Field, ValidationError, create_model

from task_types import imageannotation
from task_types.attributes import Attribute
from task_types.chance import Chance
from task_types.finding import Finding, FindingPath, findings_of
from task_types.imageannotation.params import Geometry
from task_types.imageannotation.response import MOST_ANNOTATIONS, Object, Strict
from task_types.imageannotation.view import ImageView
from task_types.kind import Json, MediaSizes, TaskType

IMAGE = imageannotation.TYPE
SHAPES = {"annotation": "box", "lineannotation": "line", "pointannotation": "point", "polygonannotation": "polygon"}
"""The one shape of each of these kinds."""

LIMITS = frozenset(Geometry.model_fields)
"""What stands at the shape in imageannotation's params, and at the top in these."""


class Params(Geometry):
    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    attachment: str | None = None
    annotation_attributes: dict[str, Attribute] = {}


def single_shape(name: str, objects: type[Object]) -> TaskType:
    """The kind of work of that name, one of SHAPES; `objects` is the model of its objects."""
    return _Single(name, SHAPES[name], objects).task_type()


def with_shapes(name: str, response: Json) -> Json:
    """A response of any kind that draws on pictures, as imageannotation writes it; the same where it is one."""
    if name not in SHAPES:
        return response
    objects = [{**one, "type": SHAPES[name]} for one in response.get("annotations", [])]
    return {**response, "annotations": objects}


class _Single:
    def __init__(self, name: str, shape: str, objects: type[Object]) -> None:
        self.name, self.shape = name, shape
        self.response_model = create_model(
            "Response",
            __base__=Strict,
            annotations=(list[objects], Field(max_length=MOST_ANNOTATIONS)),  # type: ignore[valid-type]  # made here
            global_attributes=(dict[str, Any], {}),
        )

    def task_type(self) -> TaskType:
        return TaskType(
            name=self.name,
            params_model=Params,
            response_model=self.response_model,
            view_type=ImageView,
            messages=IMAGE.messages,
            required=(("attachment",), ("objects_to_annotate",)),
            check_params=self.check_params,
            complete_taxonomy=self.complete_taxonomy,
            worker_view=self.worker_view,
            check=self.check,
            compare=self.compare,
            merge=self.merge,
            summarise=IMAGE.summarise,
            plausible=self.plausible,
            empty=IMAGE.empty,
        )

    def params_to_image(self, params: Json) -> dict[str, Any]:
        """Everything else stays where it is."""
        wanted = {key: params[key] for key in LIMITS if key in params}
        rest = {key: value for key, value in params.items() if key not in LIMITS and key != "geometries"}
        return {**rest, "geometries": {self.shape: wanted}}

    def to_image(self, response: Json) -> Json:
        return with_shapes(self.name, response)

    def from_image(self, response: Json) -> dict[str, Any]:
        objects = [{key: one[key] for key in one if key != "type"} for one in response["annotations"]]
        rest = {key: value for key, value in response.items() if key != "links"}
        return {**rest, "annotations": objects}

    def own_path(self, path: FindingPath) -> FindingPath:
        """A path in imageannotation's params, as it is in these."""
        return path[2:] if path[:1] == ("geometries",) else path

    def check_params(self, params: Json) -> list[Finding]:
        try:
            Params.model_validate(params)
        except ValidationError as error:
            return findings_of(error, params)
        found = IMAGE.check_params(self.params_to_image(params))
        return [Finding(one.code, one.params, self.own_path(one.path)) for one in found]

    def complete_taxonomy(self, params: Json, previous: Json, renames: Mapping[str, str]) -> dict[str, Any]:
        return IMAGE.complete_taxonomy(self.params_to_image(params), previous, renames)

    def worker_view(self, params: Json, taxonomy: Json) -> Json:
        return IMAGE.worker_view(self.params_to_image(params), taxonomy)

    def check(self, response: Any, params: Json, taxonomy: Json, media_sizes: MediaSizes) -> list[Finding]:
        try:
            self.response_model.model_validate(response)
        except ValidationError as error:
            return findings_of(error, response)
        return IMAGE.check(self.to_image(response), self.params_to_image(params), taxonomy, media_sizes)

    def compare(self, a: Json, b: Json) -> float:
        return IMAGE.compare(self.to_image(a), self.to_image(b))

    def merge(self, responses: Sequence[Json]) -> tuple[dict[str, Any], float]:
        merged, confidence = IMAGE.merge([self.to_image(response) for response in responses])
        return self.from_image(merged), confidence

    def plausible(self, params: Json, chance: Chance) -> dict[str, Any]:
        return self.from_image(IMAGE.plausible(self.params_to_image(params), chance))
