"""Where to look, as chips: the filters that are set, and the limits that a question was understood
to set itself. Each goes with a click; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.dates import is_day
from index.types import Document, Filters

from .conversation import clip
from .plain import date_words, escape


def filters_given(
    speakers: Sequence[str] | None,
    documents: Sequence[str] | None,
    since: str | None,
    until: str | None,
) -> Filters:
    """As a program gives them, one name also by itself; nothing where it gives none."""
    return Filters(speakers or (), documents or (), since, until)  # type: ignore[arg-type]


def filters_chosen(
    speakers: Sequence[str] | None,
    documents: Sequence[str] | None,
    since: str | None,
    until: str | None,
) -> Filters:
    """What was chosen; a date that is none is left out."""
    days = [(day or "").strip()[:10] for day in (since, until)]
    first, last = (day if is_day(day) else None for day in days)
    return filters_given(speakers, documents, first, last)


def filters_held(filters: Filters, documents: Sequence[Document]) -> Filters:
    """The filters without what has left the library meanwhile."""
    names = {name for document in documents for name in document.speakers}
    ids = {document.id for document in documents}
    return replace(
        filters,
        speakers=tuple(name for name in filters.speakers if name in names),
        documents=tuple(name for name in filters.documents if name in ids),
    )


def filters_without(filters: Filters, kind: object, value: object) -> Filters:
    """The filters after a click on one's chip. The words come from a browser."""
    if kind == "speaker":
        return replace(filters, speakers=tuple(v for v in filters.speakers if v != value))
    if kind == "document":
        return replace(filters, documents=tuple(v for v in filters.documents if v != value))
    return replace(filters, since=None, until=None) if kind == "dates" else filters


def filters_html(filters: Filters, documents: Sequence[Document]) -> str:
    """A chip for each filter that is set; nothing where none is."""
    titles = {document.id: document.title for document in documents}
    chips = [("speaker", name, f"said by {name}") for name in filters.speakers]
    chips += [("document", name, f"in {titles.get(name, name)}") for name in filters.documents]
    if filters.since or filters.until:
        chips.append(("dates", "", dates_words(filters)))
    if not chips:
        return ""
    buttons = "".join(
        f'<button type="button" class="chip limit" data-kind="{kind}" data-value="{escape(value)}" '
        f'aria-label="Remove the filter {escape(clip(words, 80))}">{escape(clip(words, 80))} ×'
        "</button>"
        for kind, value, words in chips
    )
    return (
        '<div class="chips" role="group" aria-label="Filters"><span class="label">Searching only'
        f"</span>{buttons}</div>"
    )


def limits_html(limits: Filters, titles: Sequence[str], message: int) -> str:
    """What a question was understood to ask for, each with the way to ask without."""
    words = {
        "speakers": f"said by {' or '.join(limits.speakers)}" if limits.speakers else "",
        "documents": f"in {'; '.join(titles)}" if limits.documents else "",
        "dates": dates_words(limits),
    }
    links = "".join(
        f'<a class="limit" href="#u{message}-{kind}" title="Ask again without this">'
        f"{escape(clip(said, 80))} ×</a> "
        for kind, said in words.items()
        if said
    )
    return f'<p class="limits">Understood: {links}</p>' if links else ""


def dates_words(filters: Filters) -> str:
    first, last = date_words(filters.since), date_words(filters.until)
    if first and last:
        return f"dated {first}" if first == last else f"dated {first} to {last}"
    return f"dated {first} or later" if first else f"dated {last} or earlier" if last else ""
