"""What this app tells people, in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from events.wording import Wording, register


def register_words() -> None:
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
