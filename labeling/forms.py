"""The admin's forms for a pause, and a worker's for their time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.choices import Noted
from labeling.correcting import Wish
from labeling.models import CorrectionKind
from labeling.pausing import Order
from labeling.stretches import Stretch
from labeling.timing import start_of
from projects.models import PausePolicy, PauseReason

NOTES: dict[str, Promise] = {
    PausePolicy.FINISH: _("Each worker may submit until their lease ends."),
    PausePolicy.GRACE: _("Everybody may submit for so many minutes more. After that drafts are kept."),
    PausePolicy.SAVE_ONLY: _("Drafts are saved; nothing can be submitted until you resume."),
    PausePolicy.RECALL: _("Assignments end now. Drafts are kept and offered to their authors first."),
}


def check_names(text: str, hidden_names: Sequence[str]) -> str:
    """The text, if it holds none of the names; raises ValidationError with the first that it does."""
    for name in hidden_names:
        if name.casefold() in text.casefold():
            raise forms.ValidationError(_("This names the customer or the project: “%(name)s”."), params={"name": name})
    return text


class PauseForm(forms.Form):
    policy = forms.ChoiceField(label=_("Work that is in hand"), widget=forms.RadioSelect, initial=PausePolicy.FINISH)
    minutes = forms.IntegerField(
        label=_("Minutes of grace"), min_value=1, max_value=24 * 60, required=False, help_text=_("Only with “Grace”.")
    )
    reason = forms.ChoiceField(label=_("Reason"), choices=PauseReason.choices)
    ends_at = forms.DateTimeField(
        label=_("Expected until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone. It ends by itself then, not before."),
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

    def clean_ends_at(self) -> Any:
        ends_at = self.cleaned_data["ends_at"]
        if ends_at and ends_at <= timezone.now():
            raise forms.ValidationError(_("This moment is over."))
        return ends_at

    def clean_text_for_workers(self) -> str:
        """Contractors do not see customers: a name that slips in is sent to everybody."""
        return check_names(self.cleaned_data["text_for_workers"], self.hidden_names)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("policy") == PausePolicy.GRACE and not cleaned.get("minutes"):
            self.add_error("minutes", _("How many minutes?"))
        return cleaned

    def order(self) -> Order:
        data = self.cleaned_data
        is_grace = data["policy"] == PausePolicy.GRACE
        return Order(
            policy=data["policy"],
            reason=data["reason"],
            grace=timedelta(minutes=data["minutes"]) if is_grace else None,
            ends_at=data["ends_at"],
            reviews_go_on=data["reviews_go_on"],
            text_for_staff=data["text_for_staff"],
            text_for_workers=data["text_for_workers"],
            text_for_customer=data["text_for_customer"],
        )


class ProlongForm(forms.Form):
    ends_at = forms.DateTimeField(
        label=_("Expected until"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class CorrectionForm(forms.Form):
    """A stretch of one day by the clock there. Where an hour happens twice, two ticks say which one is meant."""

    kind = forms.ChoiceField(
        label=_("What is wrong"), choices=CorrectionKind.choices, widget=forms.RadioSelect, initial=CorrectionKind.ADD
    )
    begins = forms.TimeField(label=_("From"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    begins_again = forms.BooleanField(label=_("From is after the clocks have gone back"), required=False)
    ends = forms.TimeField(
        label=_("Until"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("00:00 is the midnight at the end of the day."),
    )
    ends_again = forms.BooleanField(label=_("Until is after the clocks have gone back"), required=False)
    note = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("An admin reads it.")
    )

    def __init__(self, *args: Any, day: date, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day, self.zone = day, zone
        if not has_an_hour_twice(day, zone):
            del self.fields["begins_again"], self.fields["ends_again"]

    def clean_begins(self) -> datetime:
        return self.instant(self.cleaned_data["begins"], again="begins_again")

    def clean_ends(self) -> datetime:
        ends: time = self.cleaned_data["ends"]
        if ends == time():
            return start_of(self.day + timedelta(days=1), self.zone)
        return self.instant(ends, again="ends_again")

    def instant(self, clock: time, *, again: str) -> datetime:
        is_second = bool(self.data.get(self.add_prefix(again)))
        local = datetime.combine(self.day, clock, self.zone).replace(fold=int(is_second and again in self.fields))
        at = local.astimezone(UTC)
        if at.astimezone(self.zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            raise forms.ValidationError(_("There is no such time on this day: the clocks go forward."))
        return at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "begins" in cleaned and "ends" in cleaned and cleaned["begins"] >= cleaned["ends"]:
            self.add_error("ends", _("The end comes after the begin."))
        return cleaned

    def wish(self) -> Wish:
        cleaned = self.cleaned_data
        return Wish(self.day, cleaned["kind"], Stretch(cleaned["begins"], cleaned["ends"]))


def has_an_hour_twice(day: date, zone: ZoneInfo) -> bool:
    return start_of(day + timedelta(days=1), zone) - start_of(day, zone) > timedelta(days=1)
