"""What admins type about who may be handed a project's work: requirements, holds, walls."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organization
from projects.holding import HoldOrder
from projects.models import Enrollment, HoldReason, Project
from projects.requiring import Requirements
from workers.forms import CountriesField, LanguagesField
from workers.models import Skill, Worker


class MomentInput(forms.DateTimeInput):
    """The browser's own control for a day and a time."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class RequirementsForm(forms.Form):
    skills = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Skills, all of them"),
        queryset=Skill.objects.none(),
        required=False,
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    languages = LanguagesField(
        label=gettext_lazy("Languages, one of them"), help_text=gettext_lazy("One on a line. Empty: any language.")
    )
    countries = CountriesField(
        label=gettext_lazy("Countries, one of them"), help_text=gettext_lazy("One on a line. Empty: any country.")
    )

    def __init__(self, data: Any = None, *, project: Project) -> None:
        known = Requirements.of(project)
        initial = {
            "skills": [skill.public_id for skill in known.skills],
            "languages": known.languages,
            "countries": known.countries,
        }
        super().__init__(data, initial=initial)
        field = self.fields["skills"]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # declared above
        usable = Skill.objects.for_people_of(project.organization)
        kept = usable.filter(pk__in=[skill.pk for skill in known.skills])
        field.queryset = (usable.in_use() | kept).order_by("name", "pk")

    def requirements(self) -> Requirements:
        data = self.cleaned_data
        return Requirements(tuple(data["skills"]), data["languages"], data["countries"])


class HoldForm(forms.Form):
    """A hold on one of the worker's projects, or everywhere."""

    where = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    reason = forms.ChoiceField(label=gettext_lazy("Reason"), choices=HoldReason.choices)
    text = forms.CharField(
        label=gettext_lazy("For the contractor"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Sent as written: name no customer here."),
    )
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        required=False,
        widget=MomentInput(),
        help_text=gettext_lazy("In your time zone. Every hold ends: left empty, after 30 days."),
    )

    def __init__(self, data: Any = None, *, worker: Worker) -> None:
        super().__init__(data, auto_id="hold_%s")
        standings = Enrollment.objects.filter(worker=worker).select_related("project__organization")
        self.projects = {one.project.public_id: one.project for one in standings.order_by("project__codename")}
        field = self.fields["where"]
        assert isinstance(field, forms.ChoiceField)  # declared above
        field.choices = [("", _("Everywhere")), *((key, one.codename) for key, one in self.projects.items())]

    def clean_until(self) -> Any:
        until = self.cleaned_data["until"]
        if until and until <= timezone.now():
            raise forms.ValidationError(_("This moment is over."))
        return until

    def clean_text(self) -> str:
        """Contractors do not see customers: the names of those they work for, and the chosen project's own."""
        text: str = self.cleaned_data["text"]
        hidden = {one.organization.name for one in self.projects.values()}
        if chosen := self.projects.get(self.cleaned_data.get("where", "")):
            hidden.add(chosen.name)
        for name in sorted(hidden):
            if name.casefold() in text.casefold():
                raise forms.ValidationError(
                    _("This names the customer or the project: “%(name)s”."), params={"name": name}
                )
        return text

    def order(self) -> HoldOrder:
        data = self.cleaned_data
        return HoldOrder(
            HoldReason(data["reason"]), data["text"], project=self.projects.get(data["where"]), until=data["until"]
        )


class HoldEndForm(forms.Form):
    until = forms.DateTimeField(label=gettext_lazy("Until"), widget=MomentInput())


class WallForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Only site admins ever read it.")
    )
    members = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Customers"),
        queryset=Organization.objects.order_by("name", "pk"),
        to_field_name="public_id",
        widget=forms.CheckboxSelectMultiple,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days"),
        min_value=1,
        max_value=3650,
        initial=90,
        help_text=gettext_lazy("So long after the last work for one of them nothing of the others is handed out."),
    )

    def clean_members(self) -> list[Organization]:
        members = list(self.cleaned_data["members"])
        if len(members) < 2:
            raise forms.ValidationError(_("A wall stands between at least two customers."))
        return members

    def length(self) -> timedelta:
        return timedelta(days=self.cleaned_data["days"])
