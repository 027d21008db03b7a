"""Data -> inert HTML. Transcripts, names, titles, questions and file names are data: every one of
them goes through `escape` on its way to the page."""

from __future__ import annotations

import re

from rag.compose import long_date


def escape(text: str) -> str:
    """`text` as inert HTML that is inert Markdown too.

    The chat runs Markdown over its HTML, so each ASCII sign and line end becomes a numeric
    reference, which is never markup in either language (CommonMark 0.31, section 2.5).
    """
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", "\ufffd", text)
    return re.sub(r"[\n\r!-/:-@\[-`{-~]", lambda sign: f"&#{ord(sign[0])};", text)


def date_words(iso: str | None) -> str:
    return long_date(iso) if iso else ""
