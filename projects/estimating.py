"""What a number of tasks costs its customer and pays its workers: arithmetic over a version's terms."""

from dataclasses import dataclass

from projects.creating import Terms


@dataclass(frozen=True)
class Estimate:
    """For `items` completed tasks, in micros; each answer is reviewed as often as the pipeline says."""

    items: int
    price_micros: int
    pay_micros: int

    @property
    def margin_micros(self) -> int:
        return self.price_micros - self.pay_micros


def estimate(terms: Terms, items: int) -> Estimate:
    """Pay if every answer and review is accepted: fewer are paid where some are rejected."""
    places = int(terms.pipeline[0].get("places", 1))
    rates = [int(step.get("rate_micros", terms.rate_micros)) for step in terms.pipeline]
    return Estimate(items, items * terms.price_micros, items * places * sum(rates))
