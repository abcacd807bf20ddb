"""Params of imageannotation in Scale's shape."""

from pydantic import BaseModel, ConfigDict, Field

from task_types.attributes import Attribute
from task_types.labels import Label

SUPPORTED = ("box", "polygon", "line", "point")
FEWEST_VERTICES = {"polygon": 3, "line": 2}


class Geometry(BaseModel):
    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    objects_to_annotate: list[Label]
    min_height: float = Field(default=0, ge=0)
    min_width: float = Field(default=0, ge=0)
    min_vertices: int | None = Field(default=None, ge=0)
    max_vertices: int | None = None
    can_rotate: bool = False

    def fewest_vertices(self, name: str) -> int:
        """Scale's default is 1, but a polygon of two vertices is none."""
        return max(self.min_vertices or 0, FEWEST_VERTICES.get(name, 1))


class Params(BaseModel):
    model_config = ConfigDict(extra="allow")

    attachment: str | None = None
    geometries: dict[str, Geometry] = Field(min_length=1)
    annotation_attributes: dict[str, Attribute] = {}
