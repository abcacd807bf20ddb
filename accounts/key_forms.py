"""What people say of a new API key."""

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.keys import KeyTerms
from accounts.models import KeyScope, Mode
from core import limits

MODES = [
    (Mode.LIVE.value, _("Live: people work on what is ordered")),
    (Mode.TEST.value, _("Test: tasks are done at once, with made-up answers; nobody works and nothing is charged")),
]
DAYS = [("", _("Never")), ("30", _("After 30 days")), ("90", _("After 90 days")), ("365", _("After a year"))]


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=limits.NAME_CHARACTERS,
        help_text=_("What uses it, such as a script or a server."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    mode = forms.ChoiceField(label=_("World"), choices=MODES, widget=forms.RadioSelect, initial=Mode.LIVE.value)
    scopes = forms.MultipleChoiceField(
        label=_("It may"),
        choices=KeyScope,
        widget=forms.CheckboxSelectMultiple,
        initial=[KeyScope.READ.value, KeyScope.WRITE.value],
    )
    days = forms.ChoiceField(label=_("Ends"), choices=DAYS, required=False)
    per_minute = forms.IntegerField(
        label=_("Requests in a minute"),
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("Empty: as many as this site allows."),
    )

    def terms(self, *, at: datetime) -> KeyTerms:
        """What was chosen; only after is_valid."""
        given = self.cleaned_data
        return KeyTerms(
            mode=given["mode"],
            scopes=given["scopes"],
            name=given["name"],
            expires_at=at + timedelta(days=int(given["days"])) if given["days"] else None,
            per_minute=given["per_minute"],
        )
