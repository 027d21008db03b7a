"""Where a question is looked for: what the user filters by, else what the question itself says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches

from index import Filters, Library
from index.errors import EmptyLibrary, NotInLibrary
from index.types import Document

from .question import Question
from .types import Limit

# Transcripts searched that are named one by one.
_MAX_TITLES = 3


def searchable(library: Library, filters: Filters | None) -> list[Document]:
    """The transcripts there are. What can only find nothing is refused: EmptyLibrary, and
    NotInLibrary for a name that isn't in it."""
    documents = library.documents()
    if not documents:
        raise EmptyLibrary(
            f"{library.path} holds no transcripts yet; add some with: turncite add FILE"
        )
    known = {document.id for document in documents}
    for document in filters.documents if filters else ():
        if document not in known:
            raise NotInLibrary(f"{document} is not in this library; see: turncite list")
    speakers = speakers_of(documents)
    for speaker in filters.speakers if filters else ():
        if speaker not in speakers:
            close = get_close_matches(speaker, speakers, 1, 0.4)
            hint = f"; did you mean {close[0]}?" if close else "; see: turncite list"
            raise NotInLibrary(f"{speaker} does not speak in this library{hint}")
    return documents


def scope_of(question: Question, filters: Filters | None, documents: Sequence[Document]) -> Filters:
    """The filters to search with.

    The user's hold always, and so does whose words the question asks for. The transcripts and
    the dates that it names hold as far as a transcript is left: a question that names what
    the library lacks is looked for without.
    """
    given = by_speakers(question, filters)
    return next(
        (scope for scope in _narrower(question, given) if any(within(documents, scope))), given
    )


def limits_of(scope: Filters, filters: Filters | None) -> Filters:
    """What of a scope is not the user's filters, but the question's own."""
    given = filters or Filters()
    dated = given.since or given.until
    return Filters(
        () if given.speakers else scope.speakers,
        () if given.documents else scope.documents,
        None if dated else scope.since,
        None if dated else scope.until,
    )


def beyond_limits(question: Question, limits: Collection[Limit]) -> Question:
    """The question without what it says of speakers, documents or dates. Whose words it asks for
    are then people whom it is about."""
    if "speakers" in limits:
        about = tuple(dict.fromkeys((*question.said_by, *question.about)))
        question = replace(question, said_by=(), about=about)
    if "documents" in limits:
        question = replace(question, documents=())
    return replace(question, since=None, until=None) if "dates" in limits else question


def by_speakers(question: Question, filters: Filters | None) -> Filters:
    """The filters, and where they name nobody, those whose words the question asks for."""
    given = filters or Filters()
    return given if given.speakers else replace(given, speakers=question.said_by)


def within(documents: Sequence[Document], filters: Filters) -> list[Document]:
    """The transcripts that pass, of speakers those where one of them speaks."""
    return [
        document
        for document in documents
        if document.within(filters) and filters.allow(document.speakers)
    ]


def searched_in(question: Question, scope: Filters, documents: Sequence[Document]) -> str:
    """What was looked through, in words."""
    places = within(documents, replace(scope, speakers=()))
    which = which_of(places, scope)
    what = f"Searched {len(places)} transcript{'s' if len(places) != 1 else ''}{which}"
    if question.said_by:
        comma = "," if scope.since or scope.until else ""
        what += f"{comma} for what {' and '.join(question.said_by)} said"
    return f"{what}."


def which_of(places: Sequence[Document], scope: Filters) -> str:
    """Which transcripts the scope leaves, in words to put behind "3 transcripts"; nothing where it
    is all of them."""
    which = ""
    if scope.documents and len(places) <= _MAX_TITLES:
        which = f" ({'; '.join(document.title for document in places)})"
    dates = _dated(scope.since, scope.until)
    return f"{which}, dated {dates}" if dates else which


def speakers_of(documents: Sequence[Document]) -> list[str]:
    """Every speaker's name, each once, in order of the transcripts."""
    return list(dict.fromkeys(name for document in documents for name in document.speakers))


def _dated(since: str | None, until: str | None) -> str:
    if since and until:
        return since if since == until else f"{since} to {until}"
    return f"{since} or later" if since else f"{until} or earlier" if until else ""


def _narrower(question: Question, given: Filters) -> Iterator[Filters]:
    """What the question adds to the filters, most first."""
    by_dates = given
    if (question.since or question.until) and not (given.since or given.until):
        by_dates = replace(given, since=question.since, until=question.until)
    if question.documents and not given.documents:
        yield replace(by_dates, documents=question.documents)
        yield replace(given, documents=question.documents)
    yield by_dates
