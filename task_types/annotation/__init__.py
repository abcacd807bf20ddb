"""Boxes on one picture, as Scale's first image tasks ask for them."""

from task_types.imageannotation.response import Object
from task_types.single_shape import single_shape


class Box(Object):
    left: float
    top: float
    width: float
    height: float


TYPE = single_shape("annotation", Box)
