"""The second tree, as the `v2` of Scale's client knows it."""
