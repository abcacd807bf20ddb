"""The answer of textcollection: Scale's long form.

`response` is a list of answers, each a list of values; there is one answer, and one value except where several choices
are taken.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Value = str | int | float | bool
MOST_VALUES = 1000


class FieldAnswer(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)

    type: str
    field_id: str
    response: list[Annotated[list[Value], Field(max_length=MOST_VALUES)]] = Field(max_length=1)

    def values(self) -> list[Value]:
        return self.response[0] if self.response else []


class Response(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True, allow_inf_nan=False)

    annotations: dict[str, FieldAnswer]
