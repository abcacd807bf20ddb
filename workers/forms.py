"""What admins type about workers: their skills, country, languages and hours."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import codes, formats
from workers.actions import Profile
from workers.models import Skill, Worker

SECONDS = Decimal(3600)


class CodesField(forms.CharField):
    """Countries or languages by name or code, one on a line; cleaned into sorted codes."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, code_of: Callable[[str], str | None], name_of: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.code_of, self.name_of = code_of, name_of

    def clean(self, value: Any) -> tuple[str, ...]:
        lines = [line.strip() for line in super().clean(value).replace(",", "\n").splitlines() if line.strip()]
        known = {line: self.code_of(line) for line in lines}
        if unknown := [line for line, code in known.items() if code is None]:
            raise forms.ValidationError(
                _("Nobody knows “%(names)s”: write a name or a code."), params={"names": "”, “".join(unknown)[:200]}
            )
        return tuple(sorted({code for code in known.values() if code}))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(self.name_of(code) for code in value) if isinstance(value, tuple) else value


class LanguagesField(CodesField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(code_of=codes.language_of, name_of=formats.language, **kwargs)


class CountriesField(CodesField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(code_of=codes.country_of, name_of=formats.country, **kwargs)


class HoursField(forms.DecimalField):
    """Hours, cleaned into seconds; None where nothing is written."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        limits: dict[str, Any] = {"min_value": Decimal("0.25"), "max_value": Decimal(most), "decimal_places": 2}
        super().__init__(required=False, **limits, **kwargs)

    def clean(self, value: Any) -> int | None:
        hours = super().clean(value)
        return None if hours is None else int(hours * SECONDS)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return f"{(value / SECONDS).quantize(Decimal('0.01')).normalize():f}"


class ProfileForm(forms.Form):
    country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        choices=lambda: [("", _("Not on file")), *codes.countries()],
    )
    languages = LanguagesField(label=gettext_lazy("Languages"), help_text=gettext_lazy("One on a line."))
    day_limit_s = HoursField(label=gettext_lazy("Hours a day at most"), most=24)
    week_limit_s = HoursField(
        label=gettext_lazy("Hours a week at most"), most=168, help_text=gettext_lazy("Recorded time, from Monday.")
    )

    @classmethod
    def of(cls, worker: Worker, data: Any = None) -> "ProfileForm":
        known = Profile.of(worker)
        initial = {name: getattr(known, name) for name in cls.base_fields}
        return cls(data, initial=initial, auto_id="profile_%s")

    def profile(self) -> Profile:
        return Profile(**self.cleaned_data)


class SkillForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Contractors read it where a project asks for it."),
    )


class GrantForm(forms.Form):
    skill = forms.ModelChoiceField(
        label=gettext_lazy("Skill"),
        queryset=Skill.objects.none(),
        to_field_name="public_id",
        empty_label=gettext_lazy("Choose a skill"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Valid up to and including"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, data: Any = None, *, worker: Worker) -> None:
        super().__init__(data, auto_id="grant_%s")
        field = self.fields["skill"]
        assert isinstance(field, forms.ModelChoiceField)  # declared above
        field.queryset = Skill.objects.in_use().for_people_of(worker.organization).order_by("name", "pk")

    def clean_last_day(self) -> Any:
        day = self.cleaned_data["last_day"]
        if day is not None and day < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return day

    def expires_at(self) -> datetime | None:
        """The midnight after the day, in the admin's time zone; None: it stays valid."""
        day = self.cleaned_data["last_day"]
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), time())) if day else None
