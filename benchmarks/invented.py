"""Small transcripts of invented meetings, as many as wanted and the same each time."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

METER = "meter.txt"  # what it says changes between two syncs
METER_QUESTION = "What did the northern and the southern meter of the waterworks show?"
_FIRSTS = "Ada Bo Cyril Dora Emil Freya Gus Hilde Ivo Jana Karl Lena Milo Nora Otto Petra".split()
_LASTS = "Aster Birk Colm Drake Elgin Frost Gray Holt Irwin Jarl Kemp Lund Moss Nash Orr".split()
_SUBJECTS = tuple(
    f"the {name}"
    for name in (
        "new library, tram line, harbour basin, village school, sports hall, northern bridge, "
        "town archive, water tower, night bus, market hall, cycle path, fire station, old mill, "
        "concert house, public bath, wind park"
    ).split(", ")
)
_SAID = (
    "The budget for {subject} is {n} thousand crowns this year.",
    "We agreed to finish {subject} by the {day} of next month.",
    "Nobody has told the neighbours of {subject} anything, and {n} of them have written to us.",
    "I would rather wait with {subject} until the {n} applications have been read.",
    "The contractor of {subject} asks for {n} more days because of the frost.",
    "What worries me about {subject} is that only {n} people came to the hearing.",
    "Then I propose that we vote on {subject} at {n} minutes past ten.",
    "The report says that {subject} saved us {n} hours of work in the last quarter.",
)
_FIRST_DAY = date(2019, 1, 7)


def write_meetings(folder: Path, first: int, count: int) -> None:
    """`count` transcripts of eight turns, by their number."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, first + count):
        chance = random.Random(number)
        people = [f"{chance.choice(_FIRSTS)} {name}" for name in chance.sample(_LASTS, 3)]
        day = _FIRST_DAY + timedelta(days=number % 2500)
        lines = [f"Meeting {number} of the committee, {day:%B} {day.day}, {day.year}"]
        for turn in range(8):
            said = chance.choice(_SAID).format(
                subject=chance.choice(_SUBJECTS),
                n=chance.randrange(3, 900),
                day=chance.choice(("third", "tenth", "twelfth", "last")),
            )
            lines.append(f"{people[turn % 3]}: {said[0].upper()}{said[1:]}")
        (folder / f"meeting-{number:05}.txt").write_text("\n\n".join(lines), encoding="utf-8")


def write_meter(folder: Path, shows: int) -> None:
    """Two places of one transcript that always agree: an answer with both must be of one state."""
    (folder / METER).write_text(
        f"Wanda Quist: The northern meter of the waterworks showed {shows} units.\n\n"
        f"Tore Quist: The southern meter of the waterworks showed {shows} units.\n",
        encoding="utf-8",
    )
