"""How sure a share is."""

from math import sqrt

# Two-sided, 95 %.
Z = 1.959963984540054


def wilson(good: int, count: int, *, z: float = Z) -> tuple[float, float]:
    """The interval of a share of `good` out of `count`; (0, 1) for none. It never leaves [0, 1].

    Source: Wilson (1927), Journal of the American Statistical Association 22(158), pp. 209–212.
    """
    if count == 0:
        return 0.0, 1.0
    share, square = good / count, z * z
    middle = (share + square / (2 * count)) / (1 + square / count)
    spread = z / (1 + square / count) * sqrt(share * (1 - share) / count + square / (4 * count * count))
    return max(0.0, middle - spread), min(1.0, middle + spread)
