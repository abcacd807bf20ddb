"""The filter of the events."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from core.ids import ID_CHARACTERS
from events.verbs import Verb


class EventFilter(forms.Form):
    """Each chain is an organization's; without one the site's own."""

    organization = forms.ModelChoiceField(
        Organization.objects.order_by("name"),
        to_field_name="slug",
        required=False,
        empty_label=_("The site itself"),
        label=_("Organization"),
    )
    verb = forms.ChoiceField(choices=[("", _("Everything")), *Verb.choices], required=False, label=_("What happened"))
    subject = forms.CharField(
        max_length=ID_CHARACTERS, required=False, strip=True, label=_("Id of what it happened to")
    )
