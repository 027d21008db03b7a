"""The guides as tests read them: their blocks, what is to be run of them, their links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LANGUAGES = {"sh", "console", "python", "json", "text"}
_BLOCK = re.compile(
    r"^(?:<!-- not run: (?P<why>[^>]+) -->\n+)?```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Block:
    """What stands between two fences; `why` says why it can't be run, in a comment before it."""

    guide: str
    line: int
    language: str
    text: str
    why: str | None

    @property
    def place(self) -> str:
        return f"{self.guide}:{self.line}"

    @property
    def runs(self) -> bool:
        return self.language in ("sh", "console", "python") and self.why is None


def blocks_of(path: Path) -> list[Block]:
    text = path.read_text(encoding="utf-8")
    guide = path.relative_to(ROOT).as_posix()
    return [
        Block(
            guide,
            text.count("\n", 0, found.start("language")) + 1,
            found["language"],
            found["text"],
            found["why"],
        )
        for found in _BLOCK.finditer(text)
    ]


def prose_of(path: Path) -> str:
    """The text without its blocks."""
    return _BLOCK.sub("", path.read_text(encoding="utf-8"))


def commands_of(block: Block) -> Iterator[tuple[str, str]]:
    """The commands of a console block, each with what it prints. "..." on a line stands for any
    lines, and at a line's end for the rest of it."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        while command.endswith("\\"):
            more, _, shown = shown.partition("\n")
            command = f"{command[:-1]}{more}"
        yield command, shown


def is_shown(shown: str, printed: str) -> bool:
    """Whether a command printed what a guide says it does; ends of lines apart."""
    said = "".join(f"{line.rstrip()}\n" for line in printed.strip().split("\n"))
    wanted = "".join(map(_pattern, shown.strip().split("\n")))
    return re.fullmatch(wanted, said) is not None


def _pattern(line: str) -> str:
    if line == "...":
        return r"(?:.*\n)*?"
    return re.escape(line.removesuffix("...")) + (r".*\n" if line.endswith("...") else r"\n")


def anchors_of(path: Path) -> set[str]:
    """The names of its headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", _BLOCK.sub("", path.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
