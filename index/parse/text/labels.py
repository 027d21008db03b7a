"""Which lines of a text begin a turn, and who speaks there.

Labels are printed in many shapes: "Name:", "**Name:**", "Name  0:15", a name alone on its line,
"Q    Why", ">> NAME:", "Mr. SMITH. Thank you". Many lines look like one and aren't: "Note:",
"https:", "On innovation:", a heading in capitals. So the file decides as a whole:

1. Each line is a candidate in the shapes that fit it (`label_shapes.candidates`).
2. Who recurs is a speaker. The shape that most recurring candidates have is the file's own;
   other shapes count only for people known from it (`_main_shape`).
3. What is seen once is a speaker only if it looks as those who recur do (bold or not, capitals
   or not, alone on its line or not), opens a paragraph, and isn't made of the words that the
   text uses for other things (`_accepted`).
4. Where nobody recurs, candidates must open half of the paragraphs.

All else stays text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ...sentences import ends_sentence
from ..names import (
    OFFICES_AND_PARTS,
    is_named_in_a_few_signs,
    is_ordinary,
    key_of,
    looks_like_name,
    name_words,
)
from .label_shapes import (
    AFTER_RULE,
    SEPARATOR,
    Candidate,
    Label,
    candidates,
    is_upper,
    opens_paragraph,
)

__all__ = ["Label", "find_labels"]

_MIN_SHARE_OF_PARAGRAPHS = 0.5
_MIN_SHARE_OF_LOOK = 0.08
_COLUMN_SHARE = 0.3
_MIN_SHARE_OPENING = 0.7
_PAGE_REFERENCE = re.compile(r"(?:pages?|p\.|pp\.)\s*\d{1,4}", re.IGNORECASE)


def find_labels(lines: Sequence[str]) -> list[Label]:
    """The labels that begin turns, in order of their lines."""
    filled = [index for index, line in enumerate(lines) if line.strip()]
    everyone = [candidate for index in filled for candidate in candidates(lines, index)]
    shape, counts = _main_shape(everyone, len(filled))
    accepted = _accepted(lines, everyone, shape, counts, len(filled))
    labels: list[Label] = []
    after = 0
    for candidate in sorted(accepted, key=lambda candidate: candidate.label.index):
        if candidate.label.index >= after:
            labels.append(candidate.label)
            after = candidate.label.index + candidate.label.lines
    return labels


def _main_shape(everyone: list[Candidate], lines: int) -> tuple[str, Counter[str]]:
    """The shape that most of those who recur in it are printed in, and how often each recurs."""
    by_shape: dict[str, Counter[str]] = {}
    for candidate in everyone:
        by_shape.setdefault(candidate.shape, Counter())[candidate.key] += 1
    ruled = sum(1 for c in everyone if c.shape == "alone" and AFTER_RULE in c.look)
    weight = {shape: _weight(shape, counts, lines, ruled) for shape, counts in by_shape.items()}
    # Where they weigh alike, the surer shape wins.
    order = ("colon", "timed", "columns", "stop", "dash", "front", "alone")
    shape = max(order, key=lambda name: (weight.get(name, 0), -order.index(name)))
    if not weight.get(shape):
        shape = "colon"
    return shape, by_shape.get(shape, Counter())


def _weight(shape: str, counts: Counter[str], lines: int, ruled: int) -> float:
    recurring = {key: count for key, count in counts.items() if count > 1}
    total = sum(recurring.values())
    if shape == "colon":
        return total
    if shape == "timed":
        return sum(counts.values()) * 1.5 if sum(counts.values()) > 1 else 0
    if shape == "alone" and ruled >= 3:
        return ruled
    if shape == "columns":
        return 2 * total if total >= max(4, lines * _COLUMN_SHARE) else 0
    if shape == "front" and total * 2 < lines:
        return 0
    # Rarer shapes need more to be believed: two who recur, or one among several.
    several = len(recurring) > 1 or len(counts) > 2
    return total if several and max(recurring.values(), default=0) > 1 else 0


def _accepted(
    lines: Sequence[str], everyone: list[Candidate], shape: str, counts: Counter[str], filled: int
) -> list[Candidate]:
    """The candidates that are labels; `filled` is how many lines aren't blank."""
    main = [candidate for candidate in everyone if candidate.shape == shape]
    if not main or (shape == "timed" and _is_programme(lines, main)):
        return []
    if shape in ("timed", "columns"):
        return main + _known_elsewhere(everyone, shape, {c.key for c in main})
    if shape == "colon":
        main = _without_headline(lines, main, counts)
    ruled = [c for c in main if AFTER_RULE in c.look]
    if len(ruled) * 2 > len(main):
        return ruled + [c for c in everyone if c.shape == "colon" and _is_label_too(lines, c)]
    words = _lower_words(lines)
    recurring = [c for c in main if counts[c.key] > 1]
    if recurring:
        kept = _alike(main, recurring, counts, words, filled)
        return kept + _known_elsewhere(everyone, shape, {c.key for c in kept})
    openers = sum(1 for i, line in enumerate(lines) if line.strip() and opens_paragraph(lines, i))
    dense = len(main) >= max(2, openers * _MIN_SHARE_OF_PARAGRAPHS)
    return [
        c
        for c in main
        if dense or (_is_sure(c) and (_is_upper_or_part(c) or not _is_ordinary(c, words)))
    ]


def _alike(
    main: list[Candidate],
    recurring: list[Candidate],
    counts: Counter[str],
    words: set[str],
    filled: int,
) -> list[Candidate]:
    """Those who recur, and those seen once who are printed as they are."""
    looks = Counter(candidate.look for candidate in recurring)
    enough = max(1, len(recurring) * _MIN_SHARE_OF_LOOK)
    in_use = {look for look, count in looks.items() if count >= enough}
    rests: dict[str, list[str]] = {}
    for candidate in main:
        rests.setdefault(candidate.key, []).append(candidate.label.rest)
    speakers = {
        c.key
        for c in recurring
        if (counts[c.key] > 2 or c.look in in_use)
        and not _is_thing(c, counts[c.key], words)
        and not _is_field(c, rests[c.key])
    }
    # Where speech engines end no sentence, speakers don't open paragraphs either; and where
    # every other line has a label, the next may have one.
    unended = sum(c.opens for c in recurring) < len(recurring) * _MIN_SHARE_OPENING
    anywhere = unended or len(recurring) * 2 >= filled
    chevrons = sum(c.mark == ">>" for c in main)

    def is_seen_once(c: Candidate) -> bool:
        if counts[c.key] > 1 or _is_field(c, rests[c.key]):
            return False
        if _is_known_by(c, speakers):
            return True
        placed = c.opens or (anywhere and len(name_words(c.label.name or "")) > 1)
        return placed and c.look in in_use and _is_someone(c, words, len(recurring), main)

    kept = [
        c
        for c in main
        if c.key in speakers or (c.label.name is None and chevrons > 1) or is_seen_once(c)
    ]
    first = min((c.label.index for c in kept if c.look in in_use), default=0)
    return [
        c for c in kept if c.look in in_use or c.label.index > first or _is_known_by(c, speakers)
    ]


def _is_programme(lines: Sequence[str], main: list[Candidate]) -> bool:
    """Whether names with times follow each other with nothing said between, as in a programme."""
    places = {candidate.label.index for candidate in main}
    empty = 0
    for candidate in main:
        after = candidate.label.index + candidate.label.lines
        while after < len(lines) and not lines[after].strip():
            after += 1
        empty += after == len(lines) or after in places
    return empty * 2 > len(main)


def _is_label_too(lines: Sequence[str], candidate: Candidate) -> bool:
    """Whether a label before a colon speaks in a file that has names alone on their lines."""
    before = lines[candidate.label.index - 1].strip() if candidate.label.index else ""
    apart = SEPARATOR.fullmatch(before) is not None
    name = candidate.label.name or ""
    return is_upper(name) and (apart or (candidate.opens and len(name_words(name)) > 1))


def _is_known_by(candidate: Candidate, speakers: set[str]) -> bool:
    """Whether a label seen once is of one who recurs by name, surname or initials."""
    name = candidate.label.name or ""
    words = key_of(name.partition(",")[0]).split()
    if len(words) < 2:
        return False
    if any(" ".join(words[-size:]) in speakers for size in range(1, len(words))):
        return True
    beside = re.search(r"\((\w{2,4})\)$", name)
    initials = beside[1].casefold() if beside else "".join(word[0] for word in words)
    return initials in speakers and len(initials) > 1 and candidate.opens


def _is_field(candidate: Candidate, rests: Sequence[str]) -> bool:
    """Whether a label heads an entry of a form or of a list of contents: nothing is said after it.

    "### Moderator: Danny", "Host: Anna Lind", "OPENING ADDRESS BY: PAGE 6".
    """
    name = candidate.label.name or ""
    if all(_PAGE_REFERENCE.fullmatch(rest) for rest in rests):
        return True
    if len(rests) == 1 and rests[0].isupper() and " " in rests[0] and not ends_sentence(rests[0]):
        return True
    if not _is_part(name):
        return False
    heading = candidate.mark.startswith("#")
    return all(
        looks_like_name(rest) and not ends_sentence(rest) and (heading or " " in rest)
        for rest in rests
    )


def _known_elsewhere(everyone: list[Candidate], shape: str, known: set[str]) -> list[Candidate]:
    """Candidates of other shapes whose label is known: "MS. DALTON." beside "MS. DALTON:"."""
    return [
        c
        for c in everyone
        if c.shape != shape
        and c.opens
        and c.key in known
        and (
            c.shape in ("colon", "timed")
            or (c.shape == "stop" and is_upper(c.label.name or ""))
            or (c.shape == "alone" and c.look[1] is True)  # in bold
        )
    ]


def _without_headline(
    lines: Sequence[str], main: list[Candidate], counts: Counter[str]
) -> list[Candidate]:
    """Without a first line that is a title such as "Town Hall: March Session".

    It names nobody who speaks again where others do, ends in no full stop, and stands apart.
    """
    first = next(i for i, line in enumerate(lines) if line.strip())
    label = main[0].label
    alone = label.index == first and not "".join(lines[first + 1 : first + 2]).strip()
    once = counts[main[0].key] == 1 < max(counts.values())
    if alone and once and label.rest and not ends_sentence(label.rest):
        return main[1:]
    return main


def _lower_words(lines: Sequence[str]) -> set[str]:
    return {word for line in lines for word in re.findall(r"[^\W\d_]{2,}", line) if word.islower()}


def _is_thing(candidate: Candidate, count: int, words: set[str]) -> bool:
    """Whether a label that recurs is a word of the text and no name: "remember", "step"."""
    name = candidate.label.name or ""
    if candidate.label.name is None or key_of(name) in OFFICES_AND_PARTS or is_upper(name):
        return False
    return count < 3 and len(name_words(name)) < 2 and is_ordinary(name, words)


def _is_someone(
    candidate: Candidate, words: set[str], recurring: int, main: list[Candidate]
) -> bool:
    """Whether a label seen once, in the look of those who recur, is a person too."""
    name = candidate.label.name
    if name is None:
        return True
    if not is_named_in_a_few_signs(name):
        return False
    if _is_upper_or_part(candidate):
        return True
    return not _is_ordinary(candidate, words) and (
        _is_sure(candidate) or recurring * 4 >= len(main)
    )


def _is_upper_or_part(candidate: Candidate) -> bool:
    name = candidate.label.name or ""
    return (len(name) > 1 and is_upper(name)) or _is_part(name)


def _is_ordinary(candidate: Candidate, words: set[str]) -> bool:
    return is_ordinary(candidate.label.name or "", words)


def _is_part(name: str) -> bool:
    return any(word.casefold().strip(".") in OFFICES_AND_PARTS for word in name_words(name))


def _is_sure(candidate: Candidate) -> bool:
    """Whether a label seen once is surely a speaker: a full name, in capitals, or a part."""
    name = candidate.label.name
    if name is None:
        return False
    timed = candidate.label.seconds is not None
    return timed or _is_upper_or_part(candidate) or len(name_words(name)) >= 2
