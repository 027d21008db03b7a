"""Which transcripts a question names: by file, by title, or as "the Bundestag session"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.types import Document

from .names import fold

# A name that fits more transcripts than this names none of them.
_MAX_NAMED = 3
_SHORTEST_TITLE = 8
_NOUN = (
    r"(?:(?:press|news)\s+conference|meeting|interview|episode|session|hearing|transcript|briefing|"
    r"call|podcast|conference|gaggle|debate|show|speech|sitting|recording|file|document|"
    r"conversation|arguments?|presser|panel|webinar|seminar|q\s?&\s?a|lecture|audio|chat)"
)
_PLACE = r"(?:in|at|during|from|according\s+to)"
# Before words such as "interview" this says where to look, too; before a title alone it may not.
_WHOLE = (
    r"(?P<keep>(?:summary|overview|recap|outline|gist|points|highlights|messages|takeaways)\s+of|"
    r"summari[sz]e|recap|outline|sum\s+up)"
)
_BEFORE = re.compile(
    rf"\b(?:{_WHOLE}|{_PLACE})\s+(?:(?:the|this|that|his|her|their|our)\s+)?(?P<words>(?:[\w.’'/-]+\s+){{1,6}}?)"
    rf"{_NOUN}\b(?:\s+(?:number\s+|no\.?\s*|#)?(?P<number>\d+))?",
    re.IGNORECASE,
)
_BEHIND = re.compile(
    rf"\b(?:{_WHOLE}|{_PLACE})\s+(?:(?:the|an?|this|that|his|her|their|our)\s+)?(?:press\s+|news\s+)?(?P<noun>{_NOUN})\s+(?:"
    rf"(?:number\s+|no\.?\s*|#)?(?P<number>\d+)(?:\s+of\s+(?:the\s+)?(?P<of>[\w’'-]+(?:\s+[A-Z][\w’'-]+)*))?"
    rf"|(?:with|between|of|by)\s+(?P<words>(?:(?:the|and)\s+)?[A-Z][\w.’'-]*(?:\s+(?:(?:and|of|the)\s+)?[A-Z0-9][\w.’'-]*)*))",
    re.IGNORECASE,
)
_BEFORE_TITLE = re.compile(
    rf"(?:\b(?:{_PLACE}|im|in\s+de[rm]|aus|en|dans|в)\s+(?:the\s+)?|\b{_NOUN}\s+)[\"“„«'‘]?$|[\"“„«]$",
    re.IGNORECASE,
)
_BEHIND_TITLE = re.compile(rf"^[\"”“»'’]?\s+{_NOUN}\b", re.IGNORECASE)
_EMPTY = frozenset(
    "the a an and of in on at to for with by from this that last first second latest previous next "
    "recent whole same mr mrs ms dr president minister prime press news joint their his her our"
    .split()
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Named:
    """The ids of the transcripts named, and where in the question (start, end) they are."""

    documents: tuple[str, ...]
    start: int
    end: int


def documents_named(text: str, documents: Sequence[Document]) -> Named | None:
    """The few transcripts that the question names; None for none, or for nearly all.

    A file's name counts wherever it stands; without its ending, and so a title, only where it is
    a place, in quotation marks or beside a word such as "interview": "climate change" is a
    subject. Other words count where they say which meeting, interview or such is meant, and each
    of them is in a transcript's title or file name, or is a name of one who speaks there.
    """
    return _by_name(text, documents) or _by_words(text, documents)


def _by_name(text: str, documents: Sequence[Document]) -> Named | None:
    found: dict[tuple[int, int], list[str]] = {}
    folded = text.casefold()
    for document in documents:
        file = document.id.rpartition("/")[2]
        for name in (file, file.rpartition(".")[0], document.title):
            if name.casefold() not in folded or not (name == file or _is_long(name)):
                continue  # the quick way out, for libraries of many
            match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
            if match and (name == file or _is_place(text, *match.span())):
                found.setdefault(match.span(), []).append(document.id)
                break
    if not found:
        return None
    start, end = max(found, key=lambda span: span[1] - span[0])
    ids = found[start, end]
    return Named(tuple(ids), start, end) if len(ids) <= _MAX_NAMED else None


def _is_long(name: str) -> bool:
    """Whether it can't stand in a question by chance."""
    return len(name) >= _SHORTEST_TITLE and len(_WORD.findall(name)) > 1


def _is_place(text: str, start: int, end: int) -> bool:
    """Whether what stands there is where to look, and not what to look for."""
    return bool(_BEFORE_TITLE.search(text[:start]) or _BEHIND_TITLE.match(text[end:]))


def _by_words(text: str, documents: Sequence[Document]) -> Named | None:
    for pattern in (_BEFORE, _BEHIND):
        for match in pattern.finditer(text):
            said = " ".join(
                part
                for name, part in match.groupdict().items()
                if part and name not in ("noun", "keep")
            )
            words = [w for w in _words(said) if w not in _EMPTY]
            if not words:
                continue
            ids = [d.id for d in documents if _fits(words, match.groupdict(), d)]
            if 0 < len(ids) <= _MAX_NAMED and len(ids) < max(2, len(documents)):
                return Named(tuple(ids), max(match.start(), match.end("keep")), match.end())
    return None


def _fits(words: Sequence[str], parts: dict[str, str | None], document: Document) -> bool:
    """Whether all the words are of a transcript; a number must be one of its file or title."""
    said = f"{document.title} {document.id} {' '.join(document.speakers)}".casefold()
    if said.isascii() and not all(word.rstrip("s") in said for word in words):
        return False  # the quick way out, for libraries of many
    own = _words(f"{document.title} {document.id}")
    run = "".join(own)
    speakers = {part for name in document.speakers for part in _words(name) if len(part) > 2}
    number = parts.get("number")
    if number and number.lstrip("0") not in {word.lstrip("0") for word in own}:
        return False
    squeezed = "".join(word for word in words if not word.isdigit())
    if len(squeezed) > 5 and squeezed in run:
        return True
    return all(word in own or word.rstrip("s") in own or word in speakers for word in words)


def _words(text: str) -> list[str]:
    return [fold(word).removesuffix("'s") for word in _WORD.findall(re.sub(r"['’]s\b", "", text))]
