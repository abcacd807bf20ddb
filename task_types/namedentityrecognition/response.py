"""The answer of namedentityrecognition: Scale's. Offsets count the text's code points; `end` is behind the last one."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

MOST_ENTITIES = 20_000
MOST_RELATIONS = 20_000


class Strict(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)


class Entity(Strict):
    id: str = Field(min_length=1, max_length=64)
    start: int = Field(ge=0)
    end: int
    text: str
    label: str
    attributes: dict[str, Any] = {}


class Relationship(Strict):
    id: str = Field(min_length=1, max_length=64)
    source_ref: str
    target_ref: str
    name: str = ""


class Response(Strict):
    annotations: list[Entity] = Field(max_length=MOST_ENTITIES)
    relationships: list[Relationship] = Field(default=[], max_length=MOST_RELATIONS)
    # Of the text as a whole, where the params ask for it.
    global_attributes: dict[str, Any] = {}
