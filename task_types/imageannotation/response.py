"""The answer of imageannotation: Scale's, in pixels of the upright original."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_ANNOTATIONS = 10_000
MOST_VERTICES = 20_000


class Strict(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)


class Vertex(Strict):
    x: float
    y: float


class Object(Strict):
    uuid: str = Field(min_length=1, max_length=64)
    label: str
    attributes: dict[str, Any] = {}


class Box(Object):
    type: Literal["box"]
    left: float
    top: float
    width: float
    height: float


class Polygon(Object):
    type: Literal["polygon"]
    vertices: list[Vertex] = Field(max_length=MOST_VERTICES)


class Line(Object):
    type: Literal["line"]
    vertices: list[Vertex] = Field(max_length=MOST_VERTICES)


class Dot(Object):
    type: Literal["point"]
    x: float
    y: float


Annotation = Annotated[Box | Polygon | Line | Dot, Field(discriminator="type")]


class Response(Strict):
    annotations: list[Annotation] = Field(max_length=MOST_ANNOTATIONS)
    global_attributes: dict[str, Any] = {}
    # Scale's answers always have it; nothing can be linked here yet.
    links: list[Any] = []
