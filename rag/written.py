"""A language model's words -> an Answer whose every claim is held against the passages; pure.

A claim is a sentence. It keeps a marker only where a sentence of a passage shares its words and
holds all its figures; its own marker is tried first, then every passage sent. A claim with no
support stays, marked as not supported. (How deep the check goes is the language model issue's.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from index import Passage, Turn
from index.types import Heading

from .cite import UNSUPPORTED, cite, claims, supporting_quote
from .types import Answer, Citation, Quote


def written_answer(
    question: str,
    said: str,
    passages: Sequence[Passage],
    turns: Mapping[str, Mapping[int, Turn]],
    headings: Mapping[str, Heading],
    terms: Callable[[str | None, str], AbstractSet[str]],
) -> Answer | None:
    """The checked answer; None where no claim of it is supported.

    `passages` are those that were sent, so that a marker [n] means `passages[n - 1]`; `terms` are
    of a language and a text.
    """
    citations: dict[Quote, Citation] = {}
    checked = []

    def supporting(claim: str, sources: Sequence[Passage]) -> list[Quote]:
        """The best supporting sentence of each passage that has one, each once."""
        quotes = (
            supporting_quote(
                claim,
                passage,
                turns.get(passage.transcript, {}),
                partial(terms, headings[passage.transcript].language),
            )
            for passage in sources
            if passage.transcript in headings
        )
        return list(dict.fromkeys(quote for quote in quotes if quote is not None))

    for claim, numbers in claims(said):
        named = [passages[n - 1] for n in numbers if 0 < n <= len(passages)]
        quotes = supporting(claim, named) or supporting(claim, passages)[:1]
        if not quotes:
            checked.append(f"{claim} {UNSUPPORTED}")
            continue
        for quote in quotes:
            if quote not in citations:
                turn = turns[quote.transcript][quote.turn]
                heading = headings[quote.transcript]
                citations[quote] = cite(len(citations) + 1, quote, turn, heading, 1.0)
        markers = "".join(f"[{citations[quote].marker}]" for quote in quotes)
        checked.append(f"{claim} {markers}")
    if not citations:
        return None
    return Answer(
        question=question,
        answered=True,
        short=None,
        text=" ".join(checked),
        citations=tuple(citations.values()),
    )
