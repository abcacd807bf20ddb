"""SQLite as Django knows it, with writers that let one another in (base.py)."""
