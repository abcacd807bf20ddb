"""Points on one picture, as Scale's first image tasks ask for them."""

from task_types.imageannotation.response import Object
from task_types.single_shape import single_shape


class Dot(Object):
    x: float
    y: float


TYPE = single_shape("pointannotation", Dot)
