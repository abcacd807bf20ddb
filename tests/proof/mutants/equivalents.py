"""Mutants that no test can tell from the original, by their key, each with the reason."""

EQUIVALENT: dict[str, str] = {}
