"""What is filled in to throw the kill switch of a customer, or to lift it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import limits


class KillSwitchForm(forms.Form):
    """The customer's name is typed, so that nobody stops the wrong one. Who confirms gives no reason of their own."""

    reason = forms.CharField(
        label=_("Reason"), max_length=limits.COMMENT_CHARACTERS, widget=forms.Textarea(attrs={"rows": 2})
    )
    name = forms.CharField(label=_("The customer's name"), max_length=limits.NAME_CHARACTERS)

    def __init__(self, *args: Any, name: str, confirms: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.right_name = name
        self.fields["reason"].help_text = _("For the site's admins only.")
        self.fields["name"].help_text = _("Type it as it stands above.")
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        if confirms:
            del self.fields["reason"]

    def clean_name(self) -> str:
        given = str(self.cleaned_data["name"]).strip()
        if given != self.right_name.strip():
            raise forms.ValidationError(_("This is not the name of this customer."), code="wrong_name")
        return given
