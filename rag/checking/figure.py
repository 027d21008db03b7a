"""One figure or date of a sentence, and what it may mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Today = tuple[int, int]  # year and month
Key = tuple[str, float | str | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure or date at `text[start:end]`. `keys` are what it may mean; `unit` what it counts,
    where that is one that is known; `lent` are the units that it may have from what is said around
    it, `factor` by how much its unit was turned into a smaller one. `bound` is 1 for "over", -1 for
    "almost"; `is_from` and `is_to` where "from" or "to" stands before it."""

    start: int
    end: int
    keys: frozenset[Key]
    unit: str = ""
    bound: int = 0
    is_from: bool = False
    is_to: bool = False
    lent: frozenset[str] = frozenset()
    factor: float = 1.0

    @property
    def is_date(self) -> bool:
        return any(kind in ("date", "relative") for kind, *_ in self.keys)

    @property
    def is_number(self) -> bool:
        return any(kind == "number" for kind, *_ in self.keys)


def numbers(values: Iterable[float]) -> frozenset[Key]:
    return frozenset(("number", round(float(value), 6), None, None) for value in values)
