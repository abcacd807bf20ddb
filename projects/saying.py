"""What this app tells people, in words."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from events.wording import Wording, register

REST = _("What you have in hand you may finish; what you have earned is untouched.")
HOLDS = {
    "hold_started": (
        _("You are on hold on %(codename)s until %(until)s"),
        _("You are on hold until %(until)s"),
    ),
    "hold_changed": (
        _("Your hold on %(codename)s is now until %(until)s"),
        _("Your hold is now until %(until)s"),
    ),
}


def register_words() -> None:
    register_hold_words()
    register("imported", Wording(subject=ngettext_lazy("%(made)s task was made", "%(made)s tasks were made", "made")))
    register(
        "imported_with_refusals",
        Wording(subject=_("%(made)s tasks were made, %(refused)s entries were refused; the others are in")),
    )
    register(
        "enrolled",
        Wording(
            subject=_("You are on %(codename)s"),
            body=_("Its pay, usual time and instructions are on your Work page."),
            link="my:look",
            link_params=("codename",),
        ),
    )
    register(
        "tasks_moved",
        Wording(
            subject=ngettext_lazy(
                "%(count)s open task moved to version %(number)s",
                "%(count)s open tasks moved to version %(number)s",
                "count",
            )
        ),
    )


def register_hold_words() -> None:
    """A hold on one project, and one everywhere."""
    for code, (on_project, everywhere) in HOLDS.items():
        body = format_lazy("%(text)s\n\n{rest}", rest=REST)
        register(code, Wording(subject=on_project, body=body, link="my:work", banner="warn"))
        register(f"{code}_everywhere", Wording(subject=everywhere, body=body, link="my:work", banner="warn"))
    register("hold_ended", Wording(subject=_("Your hold on %(codename)s is lifted"), link="my:work", banner="good"))
    register("hold_ended_everywhere", Wording(subject=_("Your hold is lifted"), link="my:work", banner="good"))
