"""What managers tick about their own people: who is in a group, and to whom a batch is given."""

from typing import Any

from django import forms
from django.db.models import Count, Q, QuerySet, Subquery
from django.db.models.expressions import OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.choices import Noted
from projects.fields import NameField
from projects.giving import Given
from projects.models import Enrollment, EnrollmentRole, Group, Project
from workers.models import Worker


def people_to_tick(project: Project, also: tuple[Worker, ...] = ()) -> QuerySet[Worker]:
    """Everybody on the project with their `role` there, and these others, by their addresses."""
    standing = Enrollment.objects.active().filter(project=project, worker=OuterRef("pk"))
    people = Worker.objects.annotate(role=Subquery(standing.values("role"))).select_related("user")
    on_it = Q(role__isnull=False, user__is_active=True)
    return people.filter(on_it | Q(pk__in=[worker.pk for worker in also])).order_by("user__email")


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def __init__(self, **more: Any) -> None:
        widget = forms.CheckboxSelectMultiple
        super().__init__(Worker.objects.none(), to_field_name="public_id", required=False, widget=widget, **more)

    def label_from_instance(self, worker: Any) -> str:
        role = str(EnrollmentRole(worker.role).label) if worker.role else _("Not on the project any more")
        return Noted(worker.user.email, role)


class GroupsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic in the stubs only
    def __init__(self, **more: Any) -> None:
        widget = forms.CheckboxSelectMultiple
        super().__init__(Group.objects.none(), to_field_name="public_id", required=False, widget=widget, **more)

    def label_from_instance(self, group: Any) -> str:
        count = group.people_count
        return Noted(group.name, ngettext("%(count)s person", "%(count)s people", count) % {"count": count})


class GroupForm(forms.Form):
    name = NameField(help_text=gettext_lazy("Only you and your colleagues read it."))
    people = PeopleField(label=gettext_lazy("People in it"))

    def __init__(self, data: Any = None, *, project: Project, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["people"]
        assert isinstance(field, PeopleField)  # declared above
        field.queryset = people_to_tick(project)


EVERYBODY, THESE = "everybody", "these"


class GivenForm(forms.Form):
    whom = forms.ChoiceField(
        label=gettext_lazy("Who gets tasks of it"),
        choices=lambda: [(EVERYBODY, _("Everybody on the project")), (THESE, _("Only those who are ticked below"))],
        widget=forms.RadioSelect,
    )
    groups = GroupsField(label=gettext_lazy("Groups"))
    people = PeopleField(label=gettext_lazy("Single people"))

    def __init__(self, data: Any = None, *, project: Project, given: Given) -> None:
        initial = {
            "whom": EVERYBODY if given == Given() else THESE,
            "groups": [group.public_id for group in given.groups],
            "people": [worker.public_id for worker in given.people],
        }
        super().__init__(data, initial=initial)
        groups, people = self.fields["groups"], self.fields["people"]
        assert isinstance(groups, GroupsField)  # declared above
        assert isinstance(people, PeopleField)
        groups.queryset = project.groups.annotate(people_count=Count("members")).order_by("name", "pk")
        people.queryset = people_to_tick(project, given.people)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("whom") == THESE and not data.get("groups") and not data.get("people"):
            self.add_error("whom", _("Tick a group or a person, or give it to everybody."))
        return data

    def given(self) -> Given:
        data = self.cleaned_data
        return Given() if data["whom"] == EVERYBODY else Given(tuple(data["groups"]), tuple(data["people"]))
