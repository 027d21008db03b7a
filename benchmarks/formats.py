"""`python -m benchmarks.formats FOLDER`: real transcripts as read, beside what is expected.

FOLDER holds `expected.json` and `files/`. For each file: turns (merged or labelled count), speakers
and furniture within turns, each miss with its reason; then the speed of reading by format, and
its share of a sync, whose cost is the embedding of the passages.
"""

from __future__ import annotations

import json
import re
import sys
import time
import unicodedata
from pathlib import Path

from index.chunk import chunk
from index.embed import SentenceTransformerEmbedder
from index.errors import UnreadableFile
from index.parse import parse_file
from index.speakers import is_anonymous
from index.types import Transcript

# Why a file is not as expected, by its number there.
REASONS = {
    "52": "the turns expected here are every line that was typed; read are the 76 to 84 speeches "
    "that the scribe took down, and decisions",
    "56": "the count expected has segments without a speaker as turns; they hold no word",
}
_SECONDS = 0.5  # each file is read for at least so long
_EMBEDDED = 96  # passages, for the rate of a sync


def main(folder: Path) -> None:
    entries = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    print(f"{'file':38} {'turns':>6} {'expected':>9}  speakers")
    right = sum(_row(folder, entry) for entry in entries)
    print(
        f"{right} of {len(entries)} with the turns and speakers expected, no furniture in a turn\n"
    )
    _speed([folder / entry["file"] for entry in entries])


def _row(folder: Path, entry: dict[str, object]) -> bool:
    path = folder / str(entry["file"])
    try:
        transcript = parse_file(path)
    except UnreadableFile as error:
        print(f"{path.name:38} {'-':>6} {'':>9}  {error.why}")
        return False
    spoken = [turn for turn in transcript.turns if turn.speaker]
    counts = {entry["turns_labelled"], entry["turns_merged"]} - {None}
    turns = len(transcript.turns) if entry["speakers"] else len(spoken)
    strangers = [name for name in _names(transcript) if not _is_expected(name, entry)]
    speech = "\n".join(turn.text for turn in transcript.turns)
    furniture = [
        text for text in _list(entry["boilerplate_not_speech"]) if len(text) > 3 and text in speech
    ]
    good = turns in counts and not strangers and not furniture
    expected = "/".join(str(count) for count in sorted(counts, key=str))
    notes = [
        f"{len(_names(transcript))}",
        *([f"not expected: {', '.join(strangers)}"] if strangers else []),
        *([f"furniture: {'; '.join(furniture)}"] if furniture else []),
        *([] if good else [REASONS.get(str(entry["nn"]), "no reason known")]),
    ]
    print(f"{path.name:38} {turns:>6} {expected:>9}  {'; '.join(notes)}")
    return good


def _names(transcript: Transcript) -> list[str]:
    return list(dict.fromkeys(turn.speaker for turn in transcript.turns if turn.speaker))


def _is_expected(name: str, entry: dict[str, object]) -> bool:
    """Whether a speaker is one expected: by name, alias, nick, surname, or as a part in general."""
    aliases = entry["aliases"] if isinstance(entry["aliases"], dict) else {}
    expected = [*_list(entry["speakers"]), *aliases, *map(str, aliases.values())]
    words = [_words(one) for one in expected]
    own = _words(re.sub(r"\([^)]*\)", " ", name)) or _words(name)
    return any(own == other[: len(own)] or own[-1] in other for other in words) or (
        is_anonymous(name) and any(is_anonymous(one) or "?" in one for one in expected)
    )


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.findall(r"\w+", "".join(char for char in plain if not unicodedata.combining(char)))


def _list(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else []


def _speed(paths: list[Path]) -> None:
    embedder = SentenceTransformerEmbedder()
    passages = []
    spent: dict[str, tuple[float, float]] = {}
    reading = 0.0
    for path in paths:
        try:
            transcript = parse_file(path)  # once, for the imports
        except UnreadableFile:
            continue
        cut = chunk(transcript, embedder.count_tokens, embedder.max_tokens)
        passages += [passage.text for passage in cut]
        runs, start = 0, time.process_time()
        while time.process_time() - start < _SECONDS:
            parse_file(path)
            runs += 1
        seconds = (time.process_time() - start) / runs
        reading += seconds
        size, total = spent.get(path.suffix, (0.0, 0.0))
        spent[path.suffix] = (size + path.stat().st_size / 1e6, total + seconds)
    print("Reading, MB/s of CPU time")
    for suffix, (size, seconds) in sorted(spent.items()):
        print(f"  {suffix:8} {size / seconds:6.1f}")
    sample = passages[:: max(1, len(passages) // _EMBEDDED)]
    start = time.process_time()
    embedder.embed_passages(sample)
    embedding = (time.process_time() - start) / len(sample) * len(passages)
    print(f"  {reading / (reading + embedding):.1%} of a sync's CPU time over these files")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.formats FOLDER")
    main(Path(sys.argv[1]))
