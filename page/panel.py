"""What stands beside the chat: the evidence, and where in the transcripts it lies."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.errors import TurnciteError
from index.media import recording_of

from .conversation import Evidence, Exchange, find_source
from .evidence import evidence_html
from .strips import strips_html

if TYPE_CHECKING:
    from index.types import Hit
    from rag import Assistant

log = logging.getLogger("turncite.page")

NEAR_PASSAGES = 20  # shown on the strips beside the sources


def panel_html(assistant: Assistant, exchanges: Sequence[Exchange], evidence: Evidence) -> str:
    """The evidence, with the way to its recording where one lies beside the transcript; below it
    the places of the answer's other sources and of what is near to the question."""
    of = evidence.transcript
    plays = of is not None and recording_of(assistant.library.path, of.id) is not None
    source = find_source(exchanges, evidence.key)
    exchange = source[0] if source else exchanges[-1] if exchanges else None
    strips = ""
    if exchange is not None and exchange.sources:
        near = _near(assistant, exchange)
        refused = exchange.answer is not None and not exchange.answer.answered
        held = assistant.library.documents()
        strips = strips_html(exchange.sources, near, held, refused=refused)
    return evidence_html(evidence, plays=plays) + strips


def _near(assistant: Assistant, exchange: Exchange) -> list[Hit]:
    """The passages nearest to a question, where it was asked to look."""
    words = exchange.understood or exchange.question
    try:
        return list(assistant.search(words, NEAR_PASSAGES, exchange.within))
    except TurnciteError as error:  # the sources are shown without them
        log.warning("No passages beside the sources: %s", error)
        return []
