"""What rules can watch. A measure is a share: so many of so many, of one project's work, up to a full minute.

A new measure is one line here. If it counts something new, it is two columns of Tally, filled by automation.tallying,
as well; grading by gold tasks will be one, when there are gold tasks.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects.models import PauseReason


@dataclass(frozen=True)
class Measure:
    """`part` of `whole`: columns of Tally, summed over a rule's window; of a level the latest, over no window.

    `counted`: what `whole` counts, for people. `reason`: of the pause that comes of it.
    """

    code: str
    name: str | Promise
    note: str | Promise
    counted: str | Promise
    reason: PauseReason
    part: str = ""
    whole: str = ""
    # A value of BudgetSpan: not a count of what happened, but how full something is.
    span: str = ""

    @property
    def is_level(self) -> bool:
        return bool(self.span)


MEASURES = {
    one.code: one
    for one in [
        Measure(
            "reports",
            _("Reports"),
            _("Tasks that workers report as broken, of all that are handed out."),
            _("handed out"),
            PauseReason.DATA,
            part="reported",
            whole="handed_out",
        ),
        Measure(
            "skips",
            _("Skips"),
            _("Tasks that workers skip, of all that are handed out."),
            _("handed out"),
            PauseReason.INSTRUCTIONS,
            part="skipped",
            whole="handed_out",
        ),
        Measure(
            "rejections",
            _("Rejections"),
            _("Answers that reviewers send back, of all that they review."),
            _("reviewed"),
            PauseReason.QUALITY,
            part="rejected",
            whole="reviewed",
        ),
        Measure(
            "day_budget",
            _("Budget of the day"),
            _("What is handed out today, of the project’s spend cap of a day. Only projects that have one."),
            _("of the cap"),
            PauseReason.BUDGET,
            span="day",
        ),
        Measure(
            "whole_budget",
            _("Budget in all"),
            _("What was ever handed out, of the project’s spend cap of all days. Only projects that have one."),
            _("of the cap"),
            PauseReason.BUDGET,
            span="all",
        ),
    ]
}
