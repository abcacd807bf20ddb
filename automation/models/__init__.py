"""Rules that pause by themselves, what they found, and the counts that they read."""

from automation.models.counts import BudgetLevel, BudgetSpan, Tally, TallyMark
from automation.models.rules import Outcome, PauseRule, RuleFiring, Watched

__all__ = ["BudgetLevel", "BudgetSpan", "Outcome", "PauseRule", "RuleFiring", "Tally", "TallyMark", "Watched"]
