"""What the benchmarks measure with: processes of their own, percentiles, memory."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from .corpus import ASKED

Row = tuple[str, str]  # a name and a value with its unit
SPAWN = multiprocessing.get_context("spawn")  # not fork: nothing is inherited, no memory shared


def alone(work: Callable[..., Any], *arguments: Any) -> Any:
    """What `work` returns, run in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=SPAWN) as pool:
        return pool.submit(work, *arguments).result()


def times(work: Callable[[int], Any]) -> str:
    """Each question twice, after one that warms."""
    work(0)
    taken = []
    for place in [*range(ASKED), *range(ASKED)]:
        begun = time.perf_counter()
        work(place)
        taken.append(time.perf_counter() - begun)
    return percentiles(taken)


def percentiles(seconds: Sequence[float]) -> str:
    half, most = np.percentile(seconds, [50, 95]) * 1000
    return f"{half:.1f} / {most:.1f} ms"


def memory() -> dict[str, int]:
    """Of this process, in bytes."""
    lines = Path("/proc/self/status").read_text().splitlines()
    sizes = (line.split() for line in lines if line.endswith(" kB"))
    return {name.rstrip(":"): int(kb) * 1024 for name, kb, _ in sizes}


def megabytes(size: float) -> str:
    return f"{size / 1e6:,.{1 if size < 1e7 else 0}f} MB"
