"""What people choose to see what their projects cost."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.costs import Period

MOST_DAYS = 366


class DayField(forms.DateField):
    """By the browser's own control."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False, **kwargs)


class CostFilter(forms.Form):
    """Whole days; one project is shown day by day."""

    since = DayField(label=_("From"))
    until = DayField(label=_("Up to and including"))
    project = forms.CharField(max_length=32, required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            self.add_error("until", _("The end has to be after the beginning."))
        return found


def period_of(since: date | None, until: date | None, *, zone: str) -> Period:
    """From the beginning of one day to the end of the other, in that time zone."""
    midnight = time(tzinfo=ZoneInfo(zone))
    return Period(
        datetime.combine(since, midnight) if since else None,
        datetime.combine(until + timedelta(days=1), midnight) if until else None,
    )
