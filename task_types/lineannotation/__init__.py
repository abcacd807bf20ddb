"""Lines on one picture, as Scale's first image tasks ask for them."""

from pydantic import Field

from task_types.imageannotation.response import MOST_VERTICES, Object, Vertex
from task_types.single_shape import single_shape


class Line(Object):
    vertices: list[Vertex] = Field(max_length=MOST_VERTICES)


TYPE = single_shape("lineannotation", Line)
