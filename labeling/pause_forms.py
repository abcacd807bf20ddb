"""The admin's forms for a pause: what happens to work in hand, when, and what people read."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import check_time_zone
from core.choices import Noted
from core.errors import BusinessError
from labeling.pausing import Order
from labeling.windows import Weekly
from projects.models import PausePolicy, PauseReason

MOST_HOURS_AHEAD = 14 * 24
WHEN = {"now": _("Now"), "later": _("At a time"), "weekly": _("Every week: quiet hours")}


class MomentField(forms.DateTimeField):
    """A moment to come in the reader's time zone; may be left empty."""

    def __init__(self, **kwargs: Any) -> None:
        control = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(required=False, widget=control, **kwargs)

    def clean(self, value: Any) -> Any:
        moment = super().clean(value)
        if moment and moment <= timezone.now():
            raise forms.ValidationError(_("This moment is over."))
        return moment


class ClockField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **kwargs)


NOTES: dict[str, Promise] = {
    PausePolicy.FINISH: _("Each worker may submit until their lease ends."),
    PausePolicy.GRACE: _("Everybody may submit for so many minutes more. After that drafts are kept."),
    PausePolicy.SAVE_ONLY: _("Drafts are saved; nothing can be submitted until you resume."),
    PausePolicy.RECALL: _("Assignments end now. Drafts are kept and offered to their authors first."),
}


MISSING: dict[str, dict[str, Promise]] = {
    "later": {"starts_at": _("From when?")},
    "weekly": {
        "weekdays": _("On which days?"),
        "begins": _("From which hour?"),
        "ends": _("Until which hour?"),
        "time_zone": _("On the clock of which time zone?"),
    },
}


def check_names(text: str, hidden_names: Sequence[str]) -> str:
    """The text, if it holds none of the names; raises ValidationError with the first that it does."""
    for name in hidden_names:
        if name.casefold() in text.casefold():
            raise forms.ValidationError(_("This names the customer or the project: “%(name)s”."), params={"name": name})
    return text


class PauseForm(forms.Form):
    when = forms.ChoiceField(label=_("When"), choices=list(WHEN.items()), widget=forms.RadioSelect, initial="now")
    starts_at = MomentField(label=_("From"), help_text=_("In your time zone."))
    warned_hours = forms.IntegerField(
        label=_("Hours ahead at which people are told"), min_value=1, max_value=MOST_HOURS_AHEAD, required=False
    )
    drains = forms.BooleanField(
        label=_("Hand nothing out that could not be finished by then"),
        required=False,
        help_text=_("A project stops handing out when a lease would go beyond the start."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Days on which they begin"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    begins = ClockField(label=_("From (clock)"))
    ends = ClockField(label=_("Until (clock)"), help_text=_("Past midnight where it is earlier."))
    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        validators=[check_time_zone],
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off"}),
    )
    policy = forms.ChoiceField(label=_("Work that is in hand"), widget=forms.RadioSelect, initial=PausePolicy.FINISH)
    minutes = forms.IntegerField(
        label=_("Minutes of grace"), min_value=1, max_value=24 * 60, required=False, help_text=_("Only with “Grace”.")
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=PauseReason.choices)
    ends_at = MomentField(
        label=_("Expected until"), help_text=_("In your time zone. It ends by itself then, not before.")
    )
    reviews_go_on = forms.BooleanField(label=_("Reviews go on"), required=False)
    text_for_staff = forms.CharField(
        label=_("For staff"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Workers and the customer never see this."),
    )
    text_for_workers = forms.CharField(
        label=_("For workers"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Sent as written: name no customer here."),
    )
    text_for_customer = forms.CharField(
        label=_("For the customer"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, hidden_names: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hidden_names = hidden_names
        field = self.fields["policy"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(policy.value, Noted(str(policy.label), str(NOTES[policy]))) for policy in PausePolicy]

    def clean_text_for_workers(self) -> str:
        """Contractors do not see customers: a name that slips in is sent to everybody."""
        return check_names(self.cleaned_data["text_for_workers"], self.hidden_names)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("policy") == PausePolicy.GRACE and not cleaned.get("minutes"):
            self.add_error("minutes", _("How many minutes?"))
        for name, asked in MISSING.get(cleaned.get("when", ""), {}).items():
            if name not in self.errors and cleaned.get(name) in (None, "", []):
                self.add_error(name, str(asked))
        return cleaned

    @property
    def weekly(self) -> Weekly | None:
        """The quiet hours that are asked for."""
        data = self.cleaned_data
        if data["when"] != "weekly":
            return None
        return Weekly(ZoneInfo(data["time_zone"]), frozenset(data["weekdays"]), data["begins"], data["ends"])

    def order(self) -> Order:
        data = self.cleaned_data
        is_later, is_weekly = data["when"] == "later", data["when"] == "weekly"
        return Order(
            policy=data["policy"],
            reason=data["reason"],
            grace=timedelta(minutes=data["minutes"]) if data["policy"] == PausePolicy.GRACE else None,
            ends_at=None if is_weekly else data["ends_at"],
            starts_at=data["starts_at"] if is_later else None,
            warned=timedelta(hours=data["warned_hours"]) if is_later and data["warned_hours"] else None,
            drains=data["drains"] and data["when"] != "now",
            reviews_go_on=data["reviews_go_on"],
            text_for_staff=data["text_for_staff"],
            text_for_workers=data["text_for_workers"],
            text_for_customer=data.get("text_for_customer", ""),
        )


class OwnPauseForm(PauseForm):
    """A customer's: they say to themselves nothing that the site would have to pass on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["text_for_customer"]
        self.fields["text_for_staff"].label = _("For the site’s staff")
        self.fields["text_for_staff"].help_text = _("Workers never see this.")
        when = self.fields["when"]
        assert isinstance(when, forms.ChoiceField)
        when.choices = [(value, label) for value, label in WHEN.items() if value != "weekly"]


class ProlongForm(forms.Form):
    ends_at = MomentField(label=_("Expected until"))


RAMP_MINUTES = [5, 15, 30, 60]
STEP_BY_STEP = _("step by step, over {minutes} minutes")


class ResumeForm(forms.Form):
    """How people come back: all at once, unless somebody says over how many minutes."""

    ramp_minutes = forms.ChoiceField(
        label=_("How people come back"),
        choices=[("0", _("all at once")), *((str(n), format_lazy(STEP_BY_STEP, minutes=n)) for n in RAMP_MINUTES)],
        required=False,
    )

    def ramp(self) -> timedelta:
        """Raises BusinessError for what is none of the choices."""
        if not self.is_valid():
            said = gettext("Choose how people come back: one of the lengths offered.")
            raise BusinessError(said, code="ramp", status=400)
        return timedelta(minutes=int(self.cleaned_data["ramp_minutes"] or 0))
