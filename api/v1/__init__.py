"""The first tree, as Scale's client knows it, and what we add to it."""
