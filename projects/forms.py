"""What people type into the pages of projects."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import limits
from core.choices import Noted
from projects import asking
from projects.fields import MoneyField, NameField
from projects.models import Batch, BatchKind, BatchStatus, EnrollmentRole, Filling, Project, TaskStatus, Workforce
from projects.wording import kind_name, kind_note
from task_types import registry


class KindForm(forms.Form):
    """The first step: what for, and what kind of work."""

    name = NameField()
    kind = forms.ChoiceField(label=_("Kind of work"), widget=forms.RadioSelect)
    content = forms.ChoiceField(
        label=_("What is looked at"),
        choices=[("image", _("Pictures")), ("text", _("Texts"))],
        initial="image",
        help_text=_("Shapes are drawn on pictures only; a form may be about both."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds()  # type: ignore[attr-defined]  # a ChoiceField


def kinds() -> list[tuple[str, str]]:
    """Those that a person can put together on a page; all others come through the API."""
    return [(name, Noted(kind_name(name), kind_note(name))) for name in registry.NAMES if name in asking.KINDS]


class InstructionForm(forms.Form):
    instruction = forms.CharField(
        label=_("Instructions"),
        required=False,
        max_length=limits.INSTRUCTION_CHARACTERS,
        help_text=_("Markdown. Contractors read this beside every task."),
        widget=forms.Textarea(attrs={"rows": 20}),
    )


class PipelineForm(forms.Form):
    places = forms.IntegerField(
        label=_("People for each task"),
        min_value=1,
        max_value=25,
        help_text=_("With more than one, their answers are merged."),
    )
    reviews = forms.TypedChoiceField(
        label=_("Reviews"),
        coerce=int,
        choices=[
            (0, _("None: the answer counts as it is handed in")),
            (1, _("One: somebody accepts, fixes or rejects each answer")),
            (2, _("Two: a second person looks at what the first one passed")),
        ],
        widget=forms.RadioSelect,
    )
    review_days = forms.IntegerField(
        label=_("Days for a review"),
        min_value=1,
        max_value=60,
        help_text=_("What nobody has reviewed by then is accepted and paid."),
    )


class PeopleForm(forms.Form):
    workforce = forms.ChoiceField(label=_("Who does the work"), choices=Workforce, widget=forms.RadioSelect)
    rate = MoneyField(
        label=_("Pay for an accepted answer or review"),
        required=False,
        help_text=_("Frozen when a task is taken; empty means unpaid."),
    )
    price = MoneyField(label=_("Price of a completed task"), required=False, help_text=_("What your budget counts."))
    lease_minutes = forms.IntegerField(
        label=_("Minutes for a task"),
        min_value=5,
        max_value=24 * 60,
        help_text=_("Working on it renews them."),
    )
    skips_per_day = forms.IntegerField(label=_("Skips a day"), min_value=0, max_value=1000)


class CapsForm(forms.Form):
    """The last step: what may be spent, before anything is handed out."""

    day_cap = MoneyField(label=_("Spend at most a day"), required=False, help_text=_("Empty: no limit."))
    total_cap = MoneyField(label=_("Spend at most in all"), required=False, help_text=_("Empty: no limit."))
    items = forms.IntegerField(label=_("Estimate for so many tasks"), min_value=1, max_value=100_000_000, initial=1000)


class BatchForm(forms.Form):
    """A new batch."""

    name = NameField()
    kind = forms.ChoiceField(label=_("Kind"), choices=BatchKind, initial=BatchKind.PRODUCTION)
    status = forms.ChoiceField(
        label=_("Hand out"),
        choices=[
            (BatchStatus.STAGING, _("When I launch it")),
            (BatchStatus.IN_PROGRESS, _("As soon as a task is ready")),
        ],
        initial=BatchStatus.STAGING,
        widget=forms.RadioSelect,
    )


class TaskFilter(forms.Form):
    """What the list of tasks shows; sent by GET, so that the address is the view."""

    search = forms.CharField(label=_("Id or unique id"), required=False, max_length=255)
    status = forms.ChoiceField(label=_("State"), required=False)
    batch = forms.ModelChoiceField(
        label=_("Batch"), required=False, queryset=Batch.objects.none(), to_field_name="public_id"
    )

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["status"].choices = [("", _("Every state")), *TaskStatus.choices]  # type: ignore[attr-defined]
        batch = self.fields["batch"]
        assert isinstance(batch, forms.ModelChoiceField)  # declared above
        batch.queryset = Batch.objects.filter(project=project).order_by("order_key", "pk")
        batch.empty_label = str(_("Every batch"))


class TermsForm(PipelineForm):
    """What a version decides beside taxonomy and instruction."""

    rate = PeopleForm.base_fields["rate"]
    price = PeopleForm.base_fields["price"]
    lease_minutes = PeopleForm.base_fields["lease_minutes"]
    skips_per_day = PeopleForm.base_fields["skips_per_day"]
    day_cap = CapsForm.base_fields["day_cap"]
    total_cap = CapsForm.base_fields["total_cap"]


NOTES = {
    Filling.FINISH: _("Whole results come early, one after the other."),
    Filling.BREADTH: _("Each task gets its first answer before any gets a second."),
}


class FillingForm(forms.Form):
    """Which task is next while one has places left."""

    filling = forms.ChoiceField(
        label=_("Where several people answer a task"),
        choices=lambda: [(filling.value, Noted(str(filling.label), str(NOTES[filling]))) for filling in Filling],
        widget=forms.RadioSelect,
    )


class EnrollForm(forms.Form):
    """Puts one of the organization's own people on a project."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, help_text=_("A member, or a contractor that you have invited.")
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=EnrollmentRole, initial=EnrollmentRole.WORKER, widget=forms.RadioSelect
    )
