"""The answer of categorization: one name, or a list where several may be chosen."""

from pydantic import BaseModel, ConfigDict


class Response(BaseModel):
    model_config = ConfigDict(extra="allow", strict=True)

    category: str | list[str]
