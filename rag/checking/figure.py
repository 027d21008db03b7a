"""One figure or date of a sentence, and what it may mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Today = tuple[int, int]  # year and month
Key = tuple[str, float | str | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure or date at `text[start:end]`. `keys` are what it may mean; `unit` what it counts,
    where that is one that is known, `factor` by how much that was turned into a smaller one,
    `scale` that of "million"; `lent` are the units, with their factors, that it may have from what
    is said around it. `bound` is 1 for "over", -1 for "almost"; `is_from` and `is_to` where "from"
    or "to" stands before it."""

    start: int
    end: int
    keys: frozenset[Key]
    unit: str = ""
    bound: int = 0
    is_from: bool = False
    is_to: bool = False
    lent: frozenset[tuple[str, float]] = frozenset()
    factor: float = 1.0
    scale: float = 1.0

    @property
    def is_date(self) -> bool:
        return any(kind in ("date", "relative") for kind, *_ in self.keys)

    @property
    def is_number(self) -> bool:
        return any(kind == "number" for kind, *_ in self.keys)

    @property
    def values(self) -> list[float]:
        """What a number may be worth."""
        return [value for _, value, *_ in self.keys if isinstance(value, float)]

    def may_be(self, unit: str) -> bool:
        """Whether it counts this, or may."""
        return unit == self.unit or any(unit == lent for lent, _ in self.lent)


def numbers(values: Iterable[float]) -> frozenset[Key]:
    return frozenset(("number", round(float(value), 6), None, None) for value in values)
