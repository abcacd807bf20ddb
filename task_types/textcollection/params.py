"""Params of textcollection in Scale's shape."""

from pydantic import BaseModel, ConfigDict, Field

from task_types.labels import Label, ValueChoice, leaves
from task_types.values import Asked


class FormField(BaseModel):
    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    type: str
    field_id: str = Field(min_length=1)
    title: str = ""
    description: str = ""
    required: bool = False
    choices: list[str | ValueChoice | Label] = []
    min: float | None = None
    max: float | None = None
    max_length: int | None = Field(default=None, ge=1)
    # Absent: several may be chosen where max_choices allows more than one.
    allow_multiple: bool | None = None
    min_choices: int | None = None
    max_choices: int | None = None

    def takes_several(self) -> bool:
        if self.allow_multiple is not None:
            return self.allow_multiple
        return (self.max_choices or 1) > 1

    def named_choices(self) -> list[tuple[str, str]]:
        """(name, shown name): Scale's value and label; names are text, also where the value is a number."""
        found: list[tuple[str, str]] = []
        for choice in self.choices:
            if isinstance(choice, ValueChoice):
                found.append((str(choice.value), choice.label))
            else:
                found += leaves([choice])
        return found

    def asked(self) -> Asked:
        several = self.takes_several()
        return Asked(
            name=self.title or self.field_id,
            type=self.type,
            choices=tuple(name for name, _display in self.named_choices()),
            # The values of an answer always stand in a list.
            allow_multiple=True,
            required=self.required,
            min=self.min,
            max=self.max,
            max_length=self.max_length,
            min_choices=self.min_choices if several else None,
            max_choices=self.max_choices if several else 1,
        )


class TextAttachment(BaseModel):
    model_config = ConfigDict(extra="allow")

    type: str = "text"
    content: str = ""


class Params(BaseModel):
    model_config = ConfigDict(extra="allow")

    attachments: list[TextAttachment] = []
    fields: list[FormField] = Field(min_length=1)
