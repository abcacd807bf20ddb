"""Telling open pages of notices as soon as they are stored: what the process for live events runs (config/live.py)."""
