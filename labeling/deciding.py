"""The admin's forms about work that somebody has in hand, and about why somebody does not get it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from labeling.pause_forms import check_names
from projects.models import Task
from workers.models import Worker

MOST_MINUTES = 24 * 60
WHY_HELP = _("The worker reads this as written: name no customer here.")


class WorkerField(forms.CharField):
    """A contractor, given by pseudonym or e-mail address; its value is the Worker."""

    def __init__(self, **kwargs: Any) -> None:
        words = {"label": _("Contractor"), "help_text": _("Pseudonym or e-mail address.")}
        super().__init__(max_length=254, **(words | kwargs))

    def clean(self, value: Any) -> Any:
        text = super().clean(value).removeprefix("Worker ")
        found = Worker.objects.filter(pseudonym__iexact=text) or Worker.objects.filter(user__email__iexact=text)
        worker = found.select_related("user").first()
        if worker is None:
            raise forms.ValidationError(_("There is no contractor of this name."))
        return worker


class TaskField(forms.CharField):
    """A task, given by its id; its value is the Task."""

    def clean(self, value: Any) -> Any:
        rows = Task.objects.select_related("project__current_version", "version__project__organization")
        task = rows.filter(public_id=super().clean(value)).first()
        if task is None:
            raise forms.ValidationError(_("There is no task with this id."))
        return task


class WhyForm(forms.Form):
    worker = WorkerField()
    task = TaskField(label=_("Task"), max_length=64, help_text=_("Its id, as the console shows it."))


class ToldForm(forms.Form):
    """`hidden_names` are those that workers must not read."""

    def __init__(self, *args: Any, hidden_names: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hidden_names = hidden_names

    def clean_text(self) -> str:
        return check_names(self.cleaned_data["text"], self.hidden_names)


class TakeBackForm(ToldForm):
    text = forms.CharField(label=_("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text=WHY_HELP)


class ProlongLeaseForm(forms.Form):
    minutes = forms.IntegerField(label=_("Minutes more"), min_value=1, max_value=MOST_MINUTES, initial=15)


class TransferForm(ToldForm):
    to = WorkerField(label=_("To"))
    text = forms.CharField(
        label=_("Why"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The worker who has it now reads this as written: name no customer here."),
    )
