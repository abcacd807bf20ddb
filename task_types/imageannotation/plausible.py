"""A made-up answer for the test world."""

from typing import Any

from task_types.attributes import Attribute, plausible_attributes
from task_types.chance import Chance
from task_types.imageannotation.params import Geometry, Params
from task_types.kind import Json
from task_types.labels import leaves
from task_types.plausible_shapes import shape_for

MOST_OBJECTS = 3


def plausible(params: Json, chance: Chance) -> dict[str, Any]:
    """One to three objects of each shape that is asked for, with all of their attributes."""
    read = Params.model_validate(params)
    named = read.annotation_attributes.items()
    of_object = {name: one for name, one in named if not one.of_task}
    of_task = {name: one for name, one in named if one.of_task}
    annotations = [
        _object(name, wanted, of_object, chance)
        for name, wanted in read.geometries.items()
        for _number in range(chance.whole(1, MOST_OBJECTS))
    ]
    return {"annotations": annotations, "global_attributes": plausible_attributes(of_task, chance), "links": []}


def _object(name: str, wanted: Geometry, attributes: dict[str, Attribute], chance: Chance) -> dict[str, Any]:
    label = chance.pick([label for label, _display in leaves(wanted.objects_to_annotate)])
    sizes = {**wanted.model_dump(include={"min_width", "min_height", "max_vertices"})}
    shape = shape_for(name, {**sizes, "min_vertices": wanted.fewest_vertices(name)}, chance)
    asked = {key: one for key, one in attributes.items() if one.belongs_to(label)}
    return {
        "uuid": chance.uuid(),
        "type": name,
        "label": label,
        **shape,
        "attributes": plausible_attributes(asked, chance),
    }
