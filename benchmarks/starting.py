"""`python -m benchmarks.starting`: what a command costs from its call to its end, cold.

Each runs in a process of its own over the sample transcript, which is indexed before; a first run
of each compiles what is imported and reads it from the disk, and is not counted. Seconds by the
clock tell what a user waits on this machine now, those of the processor what the command itself
costs, however busy the machine is. With `--beside CHECKOUT`, another version's folder, both are
measured in turns.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from .measuring import megabytes

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "data" / "dushanbe-2025-10-10.txt"
COMMANDS = {
    "--help": ["--help"],
    "ask": ["ask", "What trade target was mentioned?"],
    "ask, broadly": ["ask", "What did each side say about trade?"],
    "search": ["search", "nuclear power plant"],
    "list": ["list"],
    "show": ["show", SAMPLE.name],
}
_MAIN = "from rag.cli import main; main()"


class Cost(NamedTuple):
    """Of one process: seconds by the clock and of the processor, and the peak of its memory."""

    wall: float
    cpu: float
    peak_bytes: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.starting")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--beside", type=Path, metavar="CHECKOUT", help="another version's folder")
    chosen = parser.parse_args()
    measure([ROOT, chosen.beside.resolve()] if chosen.beside else [ROOT], chosen.rounds)


def measure(checkouts: Sequence[Path], rounds: int) -> None:
    """Print the cost of each command in each of the folders."""
    print(f"Cold start, median of {rounds}; the smallest in brackets")
    print(f"  {'turncite':16} {'wall s':>14} {'CPU s':>14} {'peak':>9}")
    with tempfile.TemporaryDirectory() as scratch:
        libraries = [_library(Path(scratch) / str(i)) for i in range(len(checkouts))]
        for name, arguments in COMMANDS.items():
            costs: list[list[Cost]] = [[] for _ in checkouts]
            for number in range(rounds + 1):
                for place, (checkout, library) in enumerate(zip(checkouts, libraries, strict=True)):
                    cost = run(checkout, library, arguments)
                    costs[place] += [cost] if number else []
            for checkout, found in zip(checkouts, costs, strict=True):
                print(f"  {name:16} {_row(found)}{'' if checkout == ROOT else '  beside'}")


def run(checkout: Path, library: Path, arguments: Sequence[str]) -> Cost:
    """One command of the version in a folder."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": str(checkout), "TURNCITE_LIBRARY": str(library)}
    command = [sys.executable, "-c", _MAIN, *arguments]
    begun = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=checkout, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    with process:
        assert process.stdout is not None
        process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"turncite {' '.join(arguments)} failed; run it by hand")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def _library(folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(SAMPLE, folder)
    return folder


def _row(costs: Sequence[Cost]) -> str:
    wall, cpu, peak = zip(*costs, strict=True)
    seconds = [f"{statistics.median(each):.2f} ({min(each):.2f})" for each in (wall, cpu)]
    return f"{seconds[0]:>14} {seconds[1]:>14} {megabytes(statistics.median(peak)):>9}"


if __name__ == "__main__":
    main()
