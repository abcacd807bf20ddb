"""Params of categorization in Scale's shape."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from task_types.labels import Label, leaves
from task_types.values import Asked


class Params(BaseModel):
    model_config = ConfigDict(extra="allow")

    attachment: str | None = None
    attachment_type: str = "image"
    categories: list[Label] = []
    allow_multiple: bool = False
    # Scale's newer form with several questions; kept, not yet worked on.
    taxonomies: dict[str, Any] | None = None

    def asked(self) -> Asked:
        return Asked(
            name="category",
            type="category",
            choices=tuple(name for name, _display in leaves(self.categories)),
            allow_multiple=self.allow_multiple,
            required=True,
        )
