"""What people type to draw a sample."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import jsonio, limits
from core.errors import BusinessError
from projects.models import Batch, Project
from quality.auditing import MOST_IN_A_SAMPLE


class SampleForm(forms.Form):
    size = forms.IntegerField(
        label=_("How many"), min_value=1, max_value=MOST_IN_A_SAMPLE, initial=25, help_text=_("Drawn by chance.")
    )
    batch = forms.ModelChoiceField(
        label=_("From"), queryset=Batch.objects.none(), to_field_name="public_id", required=False
    )
    send_back = forms.TypedChoiceField(
        label=_("A rejected task"),
        coerce=lambda value: value == "yes",
        choices=[("yes", _("is done again, its author first")), ("no", _("is only noted"))],
        initial="yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        batch = self.fields["batch"]
        assert isinstance(batch, forms.ModelChoiceField)  # declared above
        batch.queryset = Batch.objects.filter(project=project).order_by("order_key", "pk")
        batch.empty_label = str(_("Every batch"))


class ExpectedForm(forms.Form):
    expected_response = forms.CharField(
        label=_("The answer that is expected"),
        widget=forms.Textarea(attrs={"rows": 16, "dir": "ltr", "spellcheck": "false"}),
        max_length=limits.PARAMS,
        help_text=_("JSON, as it stands in the task's response."),
    )

    def clean_expected_response(self) -> Any:
        try:
            return jsonio.parse(self.cleaned_data["expected_response"])
        except BusinessError as error:
            raise forms.ValidationError(str(error)) from None
