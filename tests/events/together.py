"""Several threads that do something at the same moment, each with a connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

R = TypeVar("R")


def together(*functions: Callable[[], R]) -> list[R]:
    """Run the functions at the same time; their results, in order. What one of them raises is raised here."""
    start = threading.Barrier(len(functions))

    def run(function: Callable[[], R]) -> R:
        start.wait(timeout=10)
        try:
            return function()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(functions)) as pool:
        futures = [pool.submit(run, function) for function in functions]
        return [future.result(timeout=30) for future in futures]
