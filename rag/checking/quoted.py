"""The words that a claim has in quotation marks, and whether a sentence holds them; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .evidence import Source

_QUOTED = re.compile(
    r"“([^“”]+)”|\"([^\"]+)\"|„([^„“”]+)[“”]|«([^«»]+)»|「([^「」]+)」"
    r"|(?<![\w’'])[‘']([^‘'’]+(?:['’]\w[^‘'’]*)*)['’](?!\w)"
)
_LEFT_OUT = re.compile(r"\s*(?:\[?\.\.\.\]?|\[?…\]?)\s*")


def quoted_in(claim: str) -> list[str]:
    """What stands in quotation marks, in order, each once; what it leaves out parts it."""
    found = (next(filter(None, match.groups())) for match in _QUOTED.finditer(claim))
    pieces = (piece for words in found for piece in _LEFT_OUT.split(words))
    return list(dict.fromkeys(p for p in (_even(piece).strip(" ,.;:!?") for piece in pieces) if p))


def holds_quoted(quoted: Sequence[str], source: Source) -> bool:
    text = _even(source.text)
    return all(words in text for words in quoted)


def _even(text: str) -> str:
    """A text with one kind of space, apostrophe and dash, which quoting may change."""
    text = re.sub(r"[‘’]", "'", re.sub(r"[–—−]", "-", text))
    return " ".join(text.split())
