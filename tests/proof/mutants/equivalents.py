"""Mutants that no test can tell from the original, by their key, each with the reason."""

EQUIVALENT: dict[str, str] = {
    "labeling/eligibility.py:elsewhere: term pk=OuterRef('pk')": (
        "Whoever asks it of an attempt also asks whether the worker has had this item itself; a review is no attempt."
    ),
}
