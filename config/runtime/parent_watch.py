"""A process of the local runtime ends when its parent has gone, however the parent ended.

A thread asks for the parent's id, because that works on every system. A forked child gets a thread of its own.
"""

import os
import threading

VARIABLE = "PLUMBLINE_PARENT"
INTERVAL_S = 0.5
GONE = 75

_never = threading.Event()


def watch_if_asked() -> None:
    """Watch the parent when the supervisor started this process, directly or through others."""
    supervisor = os.environ.get(VARIABLE)
    if supervisor is None or getattr(watch_if_asked, "begun", False):
        return
    setattr(watch_if_asked, "begun", True)  # noqa: B010 (a function's attribute, which mypy does not know)
    # Who begins as a child of process 1 has lost its parent before it could look.
    if os.getppid() == 1 and supervisor != "1":
        os._exit(GONE)
    os.register_at_fork(after_in_child=begin)
    begin()


def begin() -> None:
    threading.Thread(target=end_with, args=[os.getppid()], name="parent-watch", daemon=True).start()


def end_with(parent: int) -> None:
    while os.getppid() == parent:
        _never.wait(INTERVAL_S)
    # Not sys.exit: that would end this thread only, and there is nobody left to clean up for.
    os._exit(GONE)
