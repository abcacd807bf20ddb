"""The forms in which people edit what a project asks for: rows of labels, attributes, categories or fields.

A row can be added, removed and moved by a button of the form itself, without a script: then nothing is checked yet, and
what was typed comes back.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import limits
from projects.fields import GEOMETRIES, LinesField
from task_types import registry
from task_types.labels import HOTKEYS
from task_types.wording import sentence

Json = dict[str, Any]
MOST_ROWS = 100
COLORS = [
    (0, gettext_lazy("Blue")),
    (1, gettext_lazy("Amber")),
    (2, gettext_lazy("Green")),
    (3, gettext_lazy("Pink")),
    (4, gettext_lazy("Violet")),
    (5, gettext_lazy("Yellow")),
    (6, gettext_lazy("Orange")),
    (7, gettext_lazy("Grey")),
]
VALUE_TYPES = [
    ("category", gettext_lazy("One of several choices")),
    ("boolean", gettext_lazy("Yes or no")),
    ("number", gettext_lazy("A number")),
    ("text", gettext_lazy("Words")),
]


class RowForm(forms.Form):
    """One row; `was` is its name in the version that is edited, empty for a new one."""

    was = forms.CharField(required=False, max_length=limits.NAME_CHARACTERS, widget=forms.HiddenInput)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=limits.NAME_CHARACTERS)

    @property
    def title(self) -> str:
        return str(self["name"].value() or _("New"))


def hotkey_field() -> forms.TypedChoiceField:
    keys = [("", gettext_lazy("the next free one")), *((key, key) for key in HOTKEYS)]
    return forms.TypedChoiceField(label=gettext_lazy("Key"), choices=keys, required=False, empty_value=None)


class LabelForm(RowForm):
    geometry = forms.ChoiceField(label=gettext_lazy("Shape"), choices=list(GEOMETRIES.items()))
    color = forms.TypedChoiceField(
        label=gettext_lazy("Colour"),
        choices=[("", gettext_lazy("the next one")), *COLORS],
        coerce=int,
        required=False,
        empty_value=None,
    )
    hotkey = hotkey_field()

    @property
    def note(self) -> str:
        return str(GEOMETRIES.get(str(self["geometry"].value()), ""))

    @property
    def swatch(self) -> int:
        value = self["color"].value()
        return int(value) + 1 if str(value or "").isdigit() or value == 0 else 0


class CategoryForm(RowForm):
    hotkey = hotkey_field()
    note = ""


class ValueForm(RowForm):
    """What attributes and fields share: a type and what belongs to it."""

    type = forms.ChoiceField(label=gettext_lazy("Answer"), choices=VALUE_TYPES)
    description = forms.CharField(label=gettext_lazy("Hint"), required=False, max_length=1000, widget=forms.TextInput)
    choices = LinesField(label=gettext_lazy("Choices"), required=False, help_text=gettext_lazy("One on a line."))
    multiple = forms.BooleanField(label=gettext_lazy("Several may be chosen"), required=False)
    required = forms.BooleanField(label=gettext_lazy("Has to be answered"), required=False)
    min = forms.FloatField(label=gettext_lazy("At least"), required=False)
    max = forms.FloatField(label=gettext_lazy("At most"), required=False)

    @property
    def note(self) -> str:
        return str(dict(VALUE_TYPES).get(str(self["type"].value()), ""))

    def clean(self) -> Json:
        cleaned = super().clean() or {}
        if cleaned.get("type") == "category" and not cleaned.get("choices"):
            self.add_error("choices", _("Give at least one choice."))
        low, high = cleaned.get("min"), cleaned.get("max")
        if low is not None and high is not None and low > high:
            self.add_error("max", _("This is below the least."))
        return cleaned


class AttributeForm(ValueForm):
    asked = forms.ChoiceField(
        label=gettext_lazy("Asked for"),
        choices=[("object", gettext_lazy("each object")), ("task", gettext_lazy("the whole picture"))],
    )
    labels = LinesField(
        label=gettext_lazy("Only for these labels"),
        required=False,
        help_text=gettext_lazy("One on a line; nothing means all labels."),
    )


class FieldForm(ValueForm):
    name = forms.CharField(label=gettext_lazy("Question"), max_length=limits.NAME_CHARACTERS)
    max_length = forms.IntegerField(
        label=gettext_lazy("Most characters"), required=False, min_value=1, max_value=100_000
    )


class ShapesForm(forms.Form):
    min_side = forms.FloatField(
        label=gettext_lazy("Smallest side of a box"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("In pixels of the picture."),
    )


class CategoriesForm(forms.Form):
    content = forms.ChoiceField(
        label=gettext_lazy("What is sorted"),
        choices=[("image", gettext_lazy("Pictures")), ("text", gettext_lazy("Texts"))],
        widget=forms.RadioSelect,
    )
    multiple = forms.BooleanField(label=gettext_lazy("Several categories may be chosen"), required=False)


ROW_FORMS: dict[str, dict[str, type[RowForm]]] = {
    "imageannotation": {"labels": LabelForm, "attributes": AttributeForm},
    "categorization": {"categories": CategoryForm},
    "textcollection": {"fields": FieldForm},
}
SINGLE_FORMS: dict[str, type[forms.Form]] = {
    "imageannotation": ShapesForm,
    "categorization": CategoriesForm,
    "textcollection": forms.Form,
}
FIRST = {"labels", "categories", "fields"}


if TYPE_CHECKING:
    BaseRows = forms.BaseFormSet[RowForm]
else:
    BaseRows = forms.BaseFormSet  # generic for the type checker only


class RowFormSet(BaseRows):
    """Names may not be there twice, except for labels of different shapes."""

    def clean(self) -> None:
        seen: set[tuple[str, ...]] = set()
        for form in self.forms:
            row = form.cleaned_data if form.is_valid() else {}
            name = (row.get("name", ""), row.get("geometry", ""))
            if name[0] and name in seen:
                form.add_error("name", _("“%(name)s” is there twice. Choose another name.") % {"name": name[0]})
            seen.add(name)


class Editor:
    """All forms of one kind of work, filled from rows or from what was sent."""

    def __init__(self, kind: str, rows: Json, data: QueryDict | None = None) -> None:
        self.kind = kind
        self.before = rows
        self.data = data
        self.single = SINGLE_FORMS[kind](data, initial=rows, prefix="one")
        self.lists = {name: self.formset(name, form, rows.get(name, [])) for name, form in ROW_FORMS[kind].items()}
        self.problems: list[str] = []

    def formset(self, name: str, form: type[RowForm], rows: Sequence[Json]) -> RowFormSet:
        made = forms.formset_factory(
            form,
            formset=RowFormSet,
            extra=0,
            max_num=MOST_ROWS,
            absolute_max=MOST_ROWS + 1,
            min_num=1 if name in FIRST else 0,
            validate_min=True,
            validate_max=True,
        )
        found = made(self.data, initial=[shown(row) for row in rows], prefix=name)
        assert isinstance(found, RowFormSet)  # the factory was told so
        return found

    def is_valid(self) -> bool:
        good = [self.single.is_valid(), *(one.is_valid() for one in self.lists.values())]
        return all(good)

    def rows(self) -> Json:
        """The rows as they are kept; only after is_valid."""
        found: Json = {**self.before, **self.single.cleaned_data}
        for name, formset in self.lists.items():
            groups = {row["was"]: row["group"] for row in self.before.get(name, []) if row.get("group")}
            found[name] = [kept(form.cleaned_data, groups) for form in formset.forms]
        return found

    def typed(self, deed: str) -> Json:
        """What was typed, unchecked, with one row added, removed or moved: `labels:add`, `labels:remove:2`, …"""
        found: Json = {**self.before, **self.typed_single()}
        for name, formset in self.lists.items():
            found[name] = [typed_row(form) for form in formset.forms]
        name, _colon, what = deed.partition(":")
        if name in self.lists:
            change(found[name], what)
        return found

    def typed_single(self) -> Json:
        return {name: self.single[name].value() for name in self.single.fields}

    def note_problems(self, params: Json) -> bool:
        """What the kind of work says of the params as a whole, in words; True where there is nothing."""
        kind = registry.get(self.kind)
        self.problems = [sentence(finding, kind.messages, _) for finding in kind.check_params(params)]
        return not self.problems

    @property
    def count(self) -> int:
        """How many things there are to fix."""
        wrong = sum(len(form.errors) for formset in self.lists.values() for form in formset.forms)
        lists = sum(len(formset.non_form_errors()) for formset in self.lists.values())
        return wrong + lists + len(self.single.errors) + len(self.problems)


def shown(row: Json) -> Json:
    """A row as its form shows it."""
    found = {**row}
    if "global" in row:
        found["asked"] = "task" if row["global"] else "object"
    if "title" in row:
        found["name"] = row["title"]
    return found


def kept(cleaned: Json, groups: Mapping[str, Any]) -> Json:
    """A row as projects/asking takes it."""
    row = {**cleaned}
    if "asked" in row:
        row["global"] = row.pop("asked") == "task"
    if "max_length" in row:
        row["title"] = row["name"]
    if row.get("was") in groups:
        row["group"] = groups[row["was"]]
    return row


def typed_row(form: RowForm) -> Json:
    row = {name: form[name].value() for name in form.fields}
    for name, field in form.fields.items():
        if isinstance(field, LinesField):
            row[name] = [line.strip() for line in str(row[name] or "").splitlines() if line.strip()]
        if isinstance(field, forms.BooleanField):
            row[name] = bool(row[name])
    if "asked" in row:
        row["global"] = row.pop("asked") == "task"
    if "max_length" in row:
        row["title"] = row["name"]
    return row


def change(rows: list[Json], what: str) -> None:
    """add, remove:n, up:n, down:n; anything else changes nothing."""
    verb, _colon, number = what.partition(":")
    place = int(number) if number.isdecimal() else -1
    if verb == "add" and len(rows) < MOST_ROWS:
        rows.append({"was": "", "name": "", "open": True})
    if not 0 <= place < len(rows):
        return
    match verb:
        case "remove":
            del rows[place]
        case "up" if place > 0:
            rows[place - 1], rows[place] = rows[place], rows[place - 1]
        case "down" if place < len(rows) - 1:
            rows[place + 1], rows[place] = rows[place], rows[place + 1]
