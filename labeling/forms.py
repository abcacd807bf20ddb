"""A worker's form for their time."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.correcting import Wish
from labeling.models import CorrectionKind
from labeling.stretches import Stretch
from labeling.timing import start_of


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
