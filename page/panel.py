"""What stands beside the chat: the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.media import recording_of

from .conversation import Evidence, Exchange
from .evidence import evidence_html

if TYPE_CHECKING:
    from rag import Assistant


def panel_html(assistant: Assistant, exchanges: Sequence[Exchange], evidence: Evidence) -> str:
    """The evidence, with the way to its recording where one lies beside the transcript."""
    of = evidence.transcript
    plays = of is not None and recording_of(assistant.library.path, of.id) is not None
    return evidence_html(evidence, plays=plays)
