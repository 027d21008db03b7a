"""`python -m benchmarks.load [TRANSCRIPTS]`: many users at once over a real `turncite serve`.

Two scenes, on loopback only. In the first 1, 5, 10, 25 and 50 users ask, follow up, stop, leave
and come back, and the last step lasts for most of `--minutes`; what the server keeps must not grow.
In the second ten users ask while the server reads `--documents` new transcripts; each answer must
be of one state of the index. Exits with 1 where a question failed, or where memory grew.

TRANSCRIPTS is a folder of `files` with questions.json beside them, rows with a `question` each;
without it the sample is asked.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from .invented import METER_QUESTION, write_meetings, write_meter
from .visitor import Asked, Visitor

ROOT = Path(__file__).parents[1]
STEPS = (1, 5, 10, 25, 50)
SYNC_USERS = 10
ALONE_SECONDS = 60.0  # before the sync
# Programs among the users: every fifth.
PROGRAMS = 5
THINK_SECONDS = 2.0
# What the server remembers of a page for an hour; beyond app.MOST_VISITS it forgets the oldest.
VISIT_MB = 0.8
# Its memory may grow by so much more per 1,000 questions once it is warm; the least number of
# questions that tell, and the share of the last step that warms.
MOST_GROWTH_MB = 10.0
TELLING_QUESTIONS = 300
WARMING = 0.3
_SAMPLE_SECONDS = 2.0
# What the meter shows, before the sync and after it.
BEFORE, AFTER = 1847, 2963
_ANSWERED = ("answered", "refused")


@dataclass(slots=True)
class Sample:
    """The server at one moment."""

    at: float
    megabytes: float
    files: int
    threads: int


@dataclass(slots=True)
class Server:
    """A `turncite serve` in a process of its own."""

    url: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)  # on stderr
    samples: list[Sample] = field(default_factory=list)

    def look(self) -> Sample:
        home = Path(f"/proc/{self.process.pid}")
        status = dict(line.split(":", 1) for line in (home / "status").read_text().splitlines())
        return Sample(
            time.monotonic(),
            int(status["VmRSS"].split()[0]) / 1024,
            len(list((home / "fd").iterdir())),
            int(status["Threads"]),
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load")
    parser.add_argument("transcripts", nargs="?", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0, help="of the first scene")
    parser.add_argument("--users", type=int, default=STEPS[-1])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--scene", choices=["both", "users", "sync"], default="both")
    parser.add_argument("--quick", action="store_true", help="1 minute, 300 documents")
    chosen = parser.parse_args()
    minutes, documents = (1.0, 300) if chosen.quick else (chosen.minutes, chosen.documents)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        library = Path(scratch) / "library"
        questions = make_library(library, chosen.transcripts)
        if chosen.scene != "sync":
            with serving(library) as server:
                wrong += asyncio.run(many_users(server, questions, chosen.users, minutes * 60))
        if chosen.scene != "users":
            write_meter(library, BEFORE)
            write_meetings(library / "meetings", 0, max(20, documents // 100))
            with serving(library) as server:
                wrong += asyncio.run(beside_a_sync(server, library, questions, documents))
    print(f"\n{'; '.join(wrong)}" if wrong else "\nNothing failed.")
    sys.exit(1 if wrong else 0)


def make_library(folder: Path, transcripts: Path | None) -> list[str]:
    """The transcripts' copy, and what is asked of it."""
    if transcripts is None:
        folder.mkdir()
        shutil.copy(next((ROOT / "data").glob("*.txt")), folder)
        files = sorted((ROOT / "benchmarks" / "questions").glob("*.jsonl"))
        rows = [json.loads(line) for path in files for line in path.read_text().splitlines()]
    else:
        shutil.copytree(transcripts / "files", folder, copy_function=shutil.copyfile)
        rows = json.loads((transcripts / "questions.json").read_text(encoding="utf-8"))
    return [" ".join(row["question"].split()) for row in rows]


@contextmanager
def serving(library: Path) -> Iterator[Server]:
    """The server, warm; its memory is looked at all the while."""
    command = [sys.executable, "-c", "from rag.cli import main; main()", "serve"]
    process = subprocess.Popen(
        [*command, "--library", str(library), "--port", "0"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stderr
    ended = threading.Event()
    try:
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        if found is None:
            sys.exit(f"the server did not start: {line or process.stderr.read()}")
        server = Server(found[0].rstrip("/"), process)

        def listen() -> None:
            server.said += process.stderr or ()

        def watch() -> None:
            while not ended.wait(_SAMPLE_SECONDS) and process.poll() is None:
                server.samples.append(server.look())

        for work in (listen, watch):
            threading.Thread(target=work, daemon=True).start()
        with httpx.Client(base_url=server.url, trust_env=False, timeout=300) as web:
            ask(web, "What was decided?")
        yield server
    finally:
        ended.set()
        process.terminate()
        process.wait(30)


def ask(web: httpx.Client, question: str) -> dict[str, Any]:
    """As a program does."""
    return call(web, "ask", [question, [], [], None, None, True])


def call(web: httpx.Client, name: str, data: list[Any]) -> dict[str, Any]:
    event = web.post(f"/gradio_api/call/{name}", json={"data": data}).json()["event_id"]
    said = web.get(f"/gradio_api/call/{name}/{event}", timeout=None).text
    kind, _, text = said.rpartition("data: ")
    if "event: complete" not in kind:
        raise ValueError(f"{name}: {said.strip()[-300:]}")
    result: dict[str, Any] = json.loads(text)[0]
    return result


async def many_users(
    server: Server, questions: Sequence[str], most: int, seconds: float
) -> list[str]:
    """What went wrong while more and more users asked."""
    steps = [users for users in STEPS if users < most] + [most]
    brief = seconds * 0.4 / max(1, len(steps) - 1)
    print(f"{len(questions)} questions; a user thinks for {THINK_SECONDS:g} s; every "
          f"{PROGRAMS}th is a program\n{HEADS}")  # fmt: skip
    asked: list[Asked] = []
    opened: list[float] = []
    for users in steps:
        last = users == most
        length = seconds * 0.6 if last else brief
        of_step, opened, begun = await step(server, questions, users, length)
        asked += of_step
        print(row(str(users), of_step, server, length), flush=True)
    wrong = faults(asked, server)
    print(f"\nThe last step, {length:.0f} s with {most} users")
    counts = Counter(one.user for one in of_step if one.outcome in _ANSWERED)
    browsers = [counts[user] for user in range(most) if not _is_program(user)]
    print(f"  answers of a user, least and most      {min(browsers)} and {max(browsers)}")
    stopped = Counter(one.outcome for one in of_step)
    print(f"  stopped, left                          {stopped['stopped']}, {stopped['left']}")
    told = [one for one in of_step if one.waited > 2 * 1.5 and not _is_program(one.user)]
    print(f"  waited more than 3 s on the page       {len(told)}, of them told their place "
          f"{sum(bool(one.told) for one in told)}")  # fmt: skip
    ratios = [one.took / one.promised for one in of_step
              if one.promised and one.outcome in _ANSWERED]  # fmt: skip
    if ratios:
        low, middle, high = np.percentile(ratios, [10, 50, 90])
        print(f"  time until the answer / the time told  {middle:.2f} (10% below {low:.2f}, "
              f"10% above {high:.2f})")  # fmt: skip
    return wrong + growth(server, of_step, opened, begun)


def growth(
    server: Server, asked: Sequence[Asked], opened: Sequence[float], begun: float
) -> list[str]:
    """Memory, open files and threads in the last step, in which pages were `opened` at these times;
    what of it is wrong."""
    samples = [sample for sample in server.samples if sample.at >= begun]
    warm_at = begun + WARMING * (samples[-1].at - begun)
    warm = [sample for sample in samples if sample.at >= warm_at]
    ends = np.sort([one.sent_at + one.took for one in asked])
    done = np.searchsorted(ends, [sample.at for sample in warm])
    questions = int(done[-1] - done[0])
    sizes = np.array([sample.megabytes for sample in warm])
    visits = np.searchsorted(np.sort(opened), [sample.at for sample in warm])
    slope, less = (
        np.polyfit(done / 1000, each, 1)[0] if questions else 0.0
        for each in (sizes, sizes - VISIT_MB * visits)
    )
    print(f"  memory, first, after warming, last     {samples[0].megabytes:.0f}, "
          f"{sizes[0]:.0f}, {sizes[-1]:.0f} MB")  # fmt: skip
    print(f"  its growth per 1,000 questions         {slope:+.1f} MB over {questions} questions, "
          f"{visits[-1] - visits[0]} visits;\n  less {VISIT_MB} MB a visit"
          f"                  {less:+.1f} MB")  # fmt: skip
    print(f"  open files, after warming and last     {warm[0].files}, {warm[-1].files}; "
          f"threads {warm[0].threads}, {warm[-1].threads}")  # fmt: skip
    if questions < TELLING_QUESTIONS:
        print(f"  (fewer than {TELLING_QUESTIONS} questions tell nothing of growth)")
        return []
    if less > MOST_GROWTH_MB:
        return [f"memory grew by {less:.1f} MB per 1,000 questions beside what visits leave"]
    return []


async def beside_a_sync(
    server: Server, library: Path, questions: Sequence[str], documents: int
) -> list[str]:
    """What went wrong while ten users asked and the server read new transcripts."""
    print(f"\n{SYNC_USERS} users, alone and while {documents} transcripts are read\n{HEADS}")
    questions = [*questions, *[METER_QUESTION] * (len(questions) // 4 + 1)]
    alone, *_ = await step(server, questions, SYNC_USERS, ALONE_SECONDS)
    print(row("alone", alone, server, ALONE_SECONDS), flush=True)
    write_meetings(library / "meetings", 20_000, documents)
    write_meter(library, AFTER)
    before = time.monotonic()
    syncing = asyncio.create_task(asyncio.to_thread(_synced, server.url))
    visitors = users_of(server, questions, SYNC_USERS)
    going = asyncio.gather(*(one.ask_while(lambda: not syncing.done()) for one in visitors))
    report = await syncing
    seconds = time.monotonic() - before
    await going
    beside = [one for visitor in visitors for one in visitor.asked]
    print(row("a sync beside", beside, server, seconds))
    read = sum(file["state"] == "read" for file in report["files"])
    print(f"  {read} files read in {seconds:.0f} s, {read / seconds:.1f}/s; "
          f"p95 of the answer {_p(beside, 95) / _p(alone, 95):.1f} times that alone")  # fmt: skip
    return faults([*alone, *beside], server) + torn([*alone, *beside], library)


def _synced(url: str) -> dict[str, Any]:
    with httpx.Client(base_url=url, trust_env=False, timeout=300) as web:
        return call(web, "sync", [False])


def torn(asked: Sequence[Asked], library: Path) -> list[str]:
    """Answers that are not of one state of the index: with words that no transcript has, or of two
    states of one, or of the state before after one of the state that followed."""
    wrong, new_since = [], math.inf
    for one in sorted(asked, key=lambda one: one.sent_at + one.took):
        if one.question == METER_QUESTION and one.outcome == "answered":
            shown = {int(value) for value in re.findall(rf"{BEFORE}|{AFTER}", one.said)}
            if len(shown) != 1:
                wrong.append(f"an answer has {len(shown)} states of the meter: {one.said[:300]}")
            if shown == {AFTER}:
                new_since = min(new_since, one.sent_at + one.took)
            elif one.sent_at > new_since:
                wrong.append("an answer of the state before came after one of the next")
        if one.said.startswith("{"):
            for cited in json.loads(one.said)["citations"]:
                path = library / cited["transcript"]
                if path.parent.name == "meetings" and cited["quote"] not in path.read_text():
                    wrong.append(f"{cited['transcript']} does not say: {cited['quote']}")
    return wrong


async def step(
    server: Server, questions: Sequence[str], users: int, seconds: float
) -> tuple[list[Asked], list[float], float]:
    """What so many users asked in these seconds, when they opened pages, and when they began."""
    begun = time.monotonic()
    visitors = users_of(server, questions, users)
    going = lambda: time.monotonic() < begun + seconds  # noqa: E731
    await asyncio.gather(*(one.ask_while(going) for one in visitors))
    asked = [one for visitor in visitors for one in visitor.asked]
    return asked, [at for visitor in visitors for at in visitor.opened], begun


def users_of(server: Server, questions: Sequence[str], users: int) -> list[Visitor]:
    return [
        Visitor(number, server.url, questions, THINK_SECONDS, _is_program(number))
        for number in range(users)
    ]


def _is_program(user: int) -> bool:
    return user % PROGRAMS == PROGRAMS - 1


HEADS = (
    f"  {'users':>14} {'asked':>6} {'failed':>6} {'answers/s':>9} {'waited p50':>10} {'p95':>6} "
    f"{'answer p50':>10} {'p95':>6} {'memory':>8}"
)


def row(name: str, asked: Sequence[Asked], server: Server, seconds: float) -> str:
    """A line of the table: seconds, and the server's memory at its end."""
    answered = [one for one in asked if one.outcome in _ANSWERED]
    return (
        f"  {name:>14} {len(asked):6} {sum(one.failed for one in asked):6} "
        f"{len(answered) / seconds:9.2f} {_p(asked, 50, 'waited'):10.1f} "
        f"{_p(asked, 95, 'waited'):6.1f} {_p(asked, 50):10.1f} {_p(asked, 95):6.1f} "
        f"{server.look().megabytes:5.0f} MB"
    )


def _p(asked: Sequence[Asked], percent: float, of: str = "took") -> float:
    """Of those that were answered; of a program it isn't known how long it waited."""
    seconds = [
        getattr(one, of)
        for one in asked
        if one.outcome in _ANSWERED and (of == "took" or not _is_program(one.user))
    ]
    return float(np.percentile(seconds, percent)) if seconds else math.nan


def faults(asked: Sequence[Asked], server: Server) -> list[str]:
    """What went wrong, each kind once with its number."""
    kinds = Counter(one.outcome for one in asked if one.failed)
    wrong = [f"{count} times {kind}" for kind, count in kinds.most_common()]
    if traces := sum("Traceback" in line for line in server.said):
        wrong.append(f"{traces} stack traces on the server: {''.join(server.said)[-1500:]}")
    return wrong


if __name__ == "__main__":
    main()
