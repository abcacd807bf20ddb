from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from delivery.kinds import formats_for
from projects.models import Batch, Project, TaskStatus


class ExportForm(forms.Form):
    """What to export and how; the choices are those of one project."""

    format = forms.ChoiceField(label=_("Format"), widget=forms.RadioSelect)
    batch = forms.ModelChoiceField(
        label=_("Batch"),
        queryset=Batch.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=_("All batches"),
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("Every status")), *TaskStatus.choices]
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        formats = formats_for(project.type)
        self.fields["format"] = forms.ChoiceField(
            label=_("Format"),
            widget=forms.RadioSelect,
            choices=[(found.code, found.name) for found in formats],
            initial=formats[0].code,
        )
        batches = self.fields["batch"]
        assert isinstance(batches, forms.ModelChoiceField)
        batches.queryset = Batch.objects.filter(project=project).order_by("order_key", "pk")
