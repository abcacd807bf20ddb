"""The admin's form for a rule."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from automation.dry_running import MOST_DAYS
from automation.measures import MEASURES
from automation.models import PauseRule, Watched
from core import limits
from core.choices import Noted
from labeling.pause_forms import NOTES, check_names
from labeling.scope_names import hidden_names, name_of
from labeling.scopes import Scope
from projects.models import Batch, BatchStatus, PausePolicy, Project

DAY_MINUTES = 24 * 60
MODES = {
    "watch": (_("Only watch"), _("Nothing is stopped. The owner is told what it would have stopped.")),
    "act": (_("Pause"), _("The project is paused, and the owner is told.")),
}
# What a rule keeps under the name that its form has for it.
SAME = [
    "name", "measure", "threshold_percent", "times_usual", "least_count", "window_minutes", "policy", "grace_minutes",
    "length_minutes", "cool_down_minutes", "text_for_staff", "text_for_workers", "text_for_customer", "owner",
]  # fmt: skip


class RuleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=limits.NAME_CHARACTERS)
    watches = forms.ChoiceField(label=_("Watches"), help_text=_("Each project by itself: what is passed is stopped."))
    measure = forms.ChoiceField(label=_("Measure"), widget=forms.RadioSelect, initial="reports")
    threshold_percent = forms.DecimalField(
        label=_("Threshold, in per cent"), min_value=Decimal("0.01"), max_value=100, decimal_places=2, initial=10
    )
    least_count = forms.IntegerField(
        label=_("Of at least so many"),
        min_value=1,
        max_value=1_000_000,
        initial=20,
        help_text=_("Handed out or reviewed within the window; below that a share says nothing. Not for budgets."),
    )
    window_minutes = forms.IntegerField(
        label=_("Window, in minutes"),
        min_value=5,
        max_value=DAY_MINUTES,
        initial=60,
        help_text=_("What is counted. Not for budgets."),
    )
    times_usual = forms.DecimalField(
        label=_("And so many times the usual"),
        min_value=Decimal("1.1"),
        max_value=100,
        decimal_places=1,
        required=False,
        help_text=_("The project’s own share over the seven days before. Not for budgets."),
    )
    mode = forms.ChoiceField(label=_("What it does"), widget=forms.RadioSelect)
    policy = forms.ChoiceField(label=_("Work that is in hand"), widget=forms.RadioSelect, initial=PausePolicy.FINISH)
    grace_minutes = forms.IntegerField(
        label=_("Minutes of grace"),
        min_value=1,
        max_value=DAY_MINUTES,
        required=False,
        help_text=_("Only with “Grace”."),
    )
    length_minutes = forms.IntegerField(
        label=_("Longest pause, in minutes"),
        min_value=5,
        max_value=30 * DAY_MINUTES,
        initial=120,
        help_text=_("It ends by itself then; you may resume before, or prolong it."),
    )
    cool_down_minutes = forms.IntegerField(
        label=_("Cool-down, in minutes"),
        min_value=5,
        max_value=30 * DAY_MINUTES,
        initial=60,
        help_text=_("After a pause of it the rule leaves the project alone for so long."),
    )
    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=User.objects.none(), help_text=_("Is told by a message and a mail, each time.")
    )
    text_for_workers = forms.CharField(
        label=_("For workers"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Sent as written: name no customer here."),
    )
    text_for_staff = forms.CharField(
        label=_("For staff"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stands on each pause, below the rule’s name and numbers."),
    )
    text_for_customer = forms.CharField(
        label=_("For the customer"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    days = forms.IntegerField(label=_("Days to look back"), min_value=1, max_value=MOST_DAYS, initial=7, required=False)

    def __init__(self, data: Any, *, user: User, rule: PauseRule | None = None, watches: str = "site") -> None:
        new = {"mode": "watch", "owner": user.pk, "watches": watches}
        super().__init__(data, initial=initial_of(rule) if rule else new)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = User.objects.site_admins().order_by("name", "pk")
        policies = [(policy.value, Noted(str(policy.label), str(NOTES[policy]))) for policy in PausePolicy]
        measures = [(one.code, Noted(str(one.name), str(one.note))) for one in MEASURES.values()]
        modes = [(mode, Noted(str(name), str(note))) for mode, (name, note) in MODES.items()]
        choices_of = {"policy": policies, "measure": measures, "mode": modes, "watches": watches_choices(user, rule)}
        for field_name, choices in choices_of.items():
            field = self.fields[field_name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("policy") == PausePolicy.GRACE and not cleaned.get("grace_minutes"):
            self.add_error("grace_minutes", _("How many minutes?"))
        scope = self.scope()
        measure = MEASURES.get(cleaned.get("measure", ""))
        if scope is not None and scope.kind == Watched.BATCH and measure is not None and measure.is_level:
            self.add_error("watches", _("A budget is a project’s: choose the project of this batch."))
        if scope is not None and "text_for_workers" in cleaned:
            try:
                check_names(cleaned["text_for_workers"], names_within(scope))
            except forms.ValidationError as error:
                self.add_error("text_for_workers", error)
        return cleaned

    def scope(self) -> Scope | None:
        """What is watched; None while it is not chosen."""
        kind, _colon, public_id = self.cleaned_data.get("watches", "").partition(":")
        if kind == Watched.SITE:
            return Scope(kind)
        rows: dict[str, Any] = {
            Watched.ORGANIZATION: Organization.objects.all(),
            Watched.PROJECT: Project.objects.select_related("organization"),
            Watched.BATCH: Batch.objects.select_related("project__organization"),
        }
        subject = rows[kind].filter(public_id=public_id).first() if kind in rows else None
        return Scope(kind, subject) if subject is not None else None

    def filled(self, rule: PauseRule) -> PauseRule:
        """The rule with what is in the form; not stored."""
        data, scope = self.cleaned_data, self.scope()
        assert scope is not None  # the form is valid
        for name in SAME:
            setattr(rule, name, data[name])
        rule.grace_minutes = data["grace_minutes"] if data["policy"] == PausePolicy.GRACE else None
        rule.acts = data["mode"] == "act"
        rule.watches = scope.kind
        for kind in (Watched.ORGANIZATION, Watched.PROJECT, Watched.BATCH):
            setattr(rule, kind, scope.subject if scope.kind == kind else None)
        return rule


def initial_of(rule: PauseRule) -> dict[str, Any]:
    own: dict[str, Any] = {name: getattr(rule, name) for name in SAME}
    for name in ("threshold_percent", "times_usual"):
        own[name] = f"{own[name].normalize():f}" if own[name] is not None else None
    watches = f"{rule.watches}:{rule.subject.public_id}" if rule.subject is not None else rule.watches
    return own | {"owner": rule.owner_id, "mode": "act" if rule.acts else "watch", "watches": watches}


def watches_choices(user: User, rule: PauseRule | None) -> list[tuple[Any, Any]]:
    """The site, customers, live projects, named batches in work; what the rule watches now in any case."""
    customers = Organization.objects.visible_to(user).order_by("name", "pk")
    projects = Project.objects.visible_to(user).live().order_by("codename")
    batches = Batch.objects.visible_to(user).filter(status=BatchStatus.IN_PROGRESS, name__isnull=False)
    batches = batches.select_related("project").order_by("project__codename", "pk")
    groups = [
        (_("Customers"), [(f"organization:{one.public_id}", one.name) for one in customers]),
        (_("Projects"), [(f"project:{one.public_id}", one.codename) for one in projects]),
        (_("Batches"), [(f"batch:{one.public_id}", name_of(Scope.of(one))) for one in batches]),
    ]
    found: list[tuple[Any, Any]] = [("site", _("Every project of the site"))]
    if rule is not None and rule.subject is not None:
        found.append((initial_of(rule)["watches"], name_of(Scope.of(rule.subject))))
    return found + [group for group in groups if group[1]]


def names_within(scope: Scope) -> list[str]:
    """What workers must not read: of the customers and projects that the rule could stop."""
    if scope.kind == Watched.SITE:
        return list(Organization.objects.values_list("name", flat=True))
    projects = Project.objects.live().filter(scope.over_projects()).values_list("name", flat=True)
    return [*hidden_names(scope), *(projects if scope.project is None else [])]
