"""Try faults for as long as TURNCITE_TORTURE_MINUTES says (10), and count what was survived.

Each kind gets a share of the time and tries its faults in a shuffled order, which
TURNCITE_TORTURE_SEED changes. Exit code 1 where anything was lost, an error came out that is none
of ours, or of some kind nothing was tried.
"""

from __future__ import annotations

import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from . import damage
from .acts import ACTS, DATABASE, Held, Trial, held
from .crowd import crowd
from .forking import Forks, forks

MINUTES = float(os.environ.get("TURNCITE_TORTURE_MINUTES", "10"))
SEED = int(os.environ.get("TURNCITE_TORTURE_SEED", "0"))
WRITING = [name for name in ACTS if name != "look"]
FAULTS = {
    "kill": "killed before a call that writes",
    "torn": "killed in the middle of a write",
    "full": "the disk full from a call on",
    "io": "a call that fails once",
}
# Shares of the time.
SHARES = {"kill": 3, "torn": 2, "full": 2, "io": 2, "files": 2, "values": 3, "flips": 3, "crowd": 1}

Fault = Callable[[], "str | None"]


@dataclass
class Count:
    """Of one kind of fault: how many there are, were tried, and what was not survived."""

    what: str
    known: int | None = None
    tried: int = 0
    lost: list[str] = field(default_factory=list)


def main() -> int:
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # where fsync costs nothing
    scratch = Path(tempfile.mkdtemp(prefix="turncite-torture-", dir=memory))
    chance = random.Random(SEED)
    try:
        shim = _compiled(scratch)
        with forks(shim) as libc, forks() as python:
            trials = {name: Trial(name, scratch) for name in ACTS}
            counts = [
                *(_steps(libc, trials, fault, chance) for fault in FAULTS),
                _damaged(python, trials["look"], "files harmed", _files(trials["look"]), chance),
                _damaged(python, trials["look"], "values nobody wrote", damage.values(), chance),
                _damaged(python, trials["look"], "bits flipped", _flips(chance), chance),
                _crowd(scratch, SHARES["crowd"]),
            ]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return _told(counts)


def _steps(libc: Forks, trials: dict[str, Trial], fault: str, chance: random.Random) -> Count:
    """A fault at each call of each act that writes."""

    def strike(name: str, at: int) -> str | None:
        place = trials[name].place()
        outcome = libc.run(name, place, fault, at)
        if outcome.foreign:
            return f"{name}, call {at}: {outcome.error}"
        try:
            trials[name].check(place)
        except Exception as error:
            return f"{name}, call {at}: {type(error).__name__}: {error}"
        return None

    points = [
        (name, at)
        for name in WRITING
        for at in range(1, libc.run(name, trials[name].place()).steps + 1)
    ]
    chance.shuffle(points)
    work = ((lambda name=name, at=at: strike(name, at)) for name, at in points)
    return _tried(Count(FAULTS[fault], len(points)), work, SHARES[fault])


def _damaged(
    python: Forks,
    trial: Trial,
    what: str,
    harms: Iterator[tuple[str, Callable[[Path], object]]],
    chance: random.Random,
) -> Count:
    """Harm an index; whoever asks gets an answer or an error of ours, and a rebuild mends it."""

    def strike(name: str, harm: Callable[[Path], object]) -> str | None:
        place = trial.place()
        if harm(place / trial.folder) is False:
            return None
        outcome = python.run("look", place)
        if outcome.foreign or outcome.killed:
            return f"{name}: {outcome.error or 'the process died'}"
        if "writer.lock" in outcome.error:  # it says which file is in the way
            return None
        outcome = python.run("rebuild", place)
        if outcome.error or outcome.killed:
            return f"{name}, rebuilt: {outcome.error or 'the process died'}"
        return _lacks(trial, place, name)

    listed = list(itertools.islice(harms, 5000))
    chance.shuffle(listed)
    work = ((lambda name=name, harm=harm: strike(name, harm)) for name, harm in listed)
    share = {"files harmed": "files", "values nobody wrote": "values"}.get(what, "flips")
    return _tried(Count(what, None if share == "flips" else len(listed)), work, SHARES[share])


def _lacks(trial: Trial, place: Path, name: str) -> str | None:
    """What a rebuilt library has not, which the harm did not take itself."""
    assert isinstance(trial.after, Held)
    if name.startswith("feedback.jsonl"):
        return None
    now = held(place / trial.folder)
    if now.judged != trial.after.judged:
        return f"{name}: a judgement is lost"
    if now.files != trial.after.files:
        return f"{name}: a transcript was changed"
    if now.renamed == trial.after.renamed:
        same = now == trial.after
        return None if same else f"{name}: it holds or finds other things after a rebuild"
    if name.startswith(("library.sqlite3", "bits", "meta")):  # where it was kept is gone
        return None if len(now.transcripts) == len(trial.after.transcripts) else f"{name}: lost"
    return f"{name}: a renamed speaker is lost"


def _files(trial: Trial) -> Iterator[tuple[str, Callable[[Path], object]]]:
    for name in damage.files_of_index(trial.place() / trial.folder):
        for how, harm in damage.HARMS.items():
            yield (
                f"{name} {how}",
                lambda library, name=name, harm=harm: damage.harm_file(library, name, harm),
            )


def _flips(chance: random.Random) -> Iterator[tuple[str, Callable[[Path], object]]]:
    name = Path(DATABASE).name
    for number in itertools.count():
        harm = damage.flip(random.Random(chance.random()), 1 + number % 16)
        yield (
            f"bits flipped, {number}",
            lambda library, harm=harm: damage.harm_file(library, name, harm),
        )


def _crowd(scratch: Path, share: float) -> Count:
    """Two that write, killed at random, and one that reads all the while."""
    count = Count("rounds of two writers, one killed, and a reader")
    until = time.monotonic() + _seconds(share)
    while time.monotonic() < until:
        count.tried += 1
        _note(count, crowd(scratch / f"crowd {count.tried}", random.Random(SEED + count.tried)))
        _show(count)
    return count


def _tried(count: Count, work: Iterator[Fault], share: float) -> Count:
    until = time.monotonic() + _seconds(share)
    for strike in work:
        if time.monotonic() > until:
            break
        count.tried += 1
        _note(count, strike())
        _show(count)
    return count


def _note(count: Count, lost: str | None) -> None:
    if lost:
        count.lost.append(lost)
        print(f"NOT SURVIVED: {count.what}: {lost}", file=sys.stderr, flush=True)


def _seconds(share: float) -> float:
    return MINUTES * 60 * share / sum(SHARES.values())


def _show(count: Count) -> None:
    of = f" of {count.known}" if count.known else ""
    lost = f", {len(count.lost)} NOT SURVIVED" if count.lost else ""
    end = "\r" if sys.stderr.isatty() else "\n"
    if end == "\r" or count.tried % 50 == 0:
        print(f"{count.what}: {count.tried}{of}{lost}   ", end=end, file=sys.stderr, flush=True)


def _compiled(scratch: Path) -> Path:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not sys.platform.startswith("linux") or compiler is None:
        sys.exit("make torture needs Linux and a C compiler (cc), for faults of single calls")
    shim = scratch / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"], check=True)
    return shim


def _told(counts: list[Count]) -> int:
    print(f"{'fault':<52}{'of':>7}{'tried':>8}{'survived':>10}")
    for count in counts:
        survived = count.tried - len(count.lost)
        print(f"{count.what:<52}{count.known or '':>7}{count.tried:>8}{survived:>10}")
    lost = [each for count in counts for each in count.lost]
    for each in lost:
        print(f"NOT SURVIVED: {each}")
    idle = [count.what for count in counts if not count.tried]
    for what in idle:
        print(f"NOT TRIED: {what}; set TURNCITE_TORTURE_MINUTES to more than {MINUTES:g}")
    return 1 if lost or idle else 0


if __name__ == "__main__":
    sys.exit(main())
