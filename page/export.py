"""A conversation as a file: Markdown to read, JSON for programs, each with its full citations.

Whatever was said is data: its signs are escaped, so that a Markdown viewer shows words and fetches
nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from rag.compose import place_of
from rag.types import Answer, Citation

from .conversation import Exchange


def as_markdown(exchanges: Sequence[Exchange]) -> str:
    """Questions, answers and every quote with its speaker and place."""
    parts = ["# Conversation with Turncite"]
    for exchange in exchanges:
        parts.append(f"## {escape(exchange.question)}")
        if exchange.note:
            parts.append(f"*{escape(exchange.note)}*")
        if exchange.answer is None:
            parts.append(escape(exchange.error or "Not answered."))
            continue
        parts += _answer(exchange.answer)
    return "\n\n".join(parts) + "\n"


def as_json(exchanges: Sequence[Exchange]) -> str:
    """The same as one JSON document: of each question what `turncite ask --json` prints."""
    rows = [
        {
            "asked": exchange.question,
            "note": exchange.note,
            "error": exchange.error,
            "answer": exchange.answer.as_json() if exchange.answer else None,
        }
        for exchange in exchanges
    ]
    return json.dumps({"conversation": rows}, ensure_ascii=False, indent=2) + "\n"


def as_text(answer: Answer) -> str:
    """An answer to paste anywhere: its words, and for each citation who, what, when and where."""
    lines = []
    for citation in (*answer.citations, *answer.nearest):
        words = "" if answer.answered and not answer.model else f": “{citation.quote}”"
        lines.append(f"[{citation.marker}] {citation.title}, {place_of(citation)}{words}")
    return "\n".join([answer.text, "", *lines]).strip()


def escape(text: str) -> str:
    """`text` as Markdown that means nothing but its words (CommonMark 0.31, section 2.4)."""
    text = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", text)
    return "  \n".join(line.strip() for line in text.split("\n") if line.strip())


def _answer(answer: Answer) -> list[str]:
    parts = [escape(answer.text)]
    if answer.model:
        parts.append(f"*Written by {escape(answer.model)}; each sentence was checked.*")
    if answer.nearest:
        parts.append("Nearest passages:")
    return parts + [_citation(citation) for citation in (*answer.citations, *answer.nearest)]


def _citation(citation: Citation) -> str:
    quote = escape(citation.quote).replace("\n", "\n> ")
    place = f"{citation.title}, {place_of(citation)}"
    return f"> \\[{citation.marker}\\] {quote}\n>\n> {escape(place)}"
