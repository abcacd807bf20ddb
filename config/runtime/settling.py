"""What a process has loaded at its start stays: Python's collector need not look at all of it again and again."""

import gc


def settle() -> None:
    """When everything is loaded. What becomes garbage later is still collected."""
    gc.collect()
    gc.freeze()
