"""Formats of the field; pure functions over tasks that have been read already."""
