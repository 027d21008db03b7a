"""What matches in a turn, for a question that asks for every match (see listed.py). Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from index import Turn
from index.sentences import sentences
from index.words import count_words, split_words

from ..question import sentence_outlook
from ..wording.listed import Listed
from ..wording.values import MONTHS_OR_SHORT, Value, find_values, name_spans
from .countries import countries
from .sameness import key_of

# Words to the terms by which they are found, in order.
TermsOf = Callable[[str], Sequence[str]]

_KINDS = {
    "figures": ("money", "share", "quantity", "number"),
    "sums": ("money", "number"),
    "amounts": ("money", "quantity", "number"),
    "shares": ("share",),
    "dates": ("date",),
    "durations": ("duration",),
    "quantities": ("quantity",),
    "targets": ("money", "share", "quantity", "number"),
}
# What a turn must hold for any such value to be in it: values are found far more slowly.
_CALENDAR = re.compile(rf"\b(?:{MONTHS_OR_SHORT})\b|\b(?:19|20)\d\d\b|\b\w{{3,6}}day\b")
_MAY_COUNT = re.compile(
    r"\d|[$€£¥₽₸₹%]|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|"
    r"thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion|trillion|"
    r"dozen|half|percent)s?\b",
    re.IGNORECASE,
)
_SCALED = re.compile(
    r"\d|[a-z]\s+(?:hundred|thousand|million|billion|trillion|mln|bln|bn)", re.IGNORECASE
)
# A number in words counts something where a plural follows: "nine branches", and not "those two".
_COUNTS = re.compile(
    r"^\s+(?!(?:is|was|has|does|this|us|as|plus|minus|years)\b)(?:\w+\s)?[a-z]+s\b"
)
_CURRENCY_AFTER = re.compile(
    r"^\s+(?:[A-Z]\w+\s+)?(?:dollars?|euros?|pounds?|ro?ubles?|tenge|yuan|renminbi|yen|rupees?|pesos?|"
    r"francs?|cents?|kron(?:or|er|a|e)|crowns?|zloty|forints?|liras?|dirhams?|riyals?|dinars?|won|"
    r"rand|reais|real|shekels?|bitcoins?|ether)\b"
)
_JOINED_BEFORE = re.compile(r"[^\W\d_]-?$|[/:]$")
_JOINED_AFTER = re.compile(r"^(?!(?:bn|mn|[kmb])\b)[^\W\d_]|^[/:]\d")
# As a noun: "objective perspectives" and "ambition" alone aim at nothing.
_GOAL = re.compile(
    r"\b(?:targets?|goals?|objectives?(?=\s+(?:is|was|are|were|will|would|of|to|for|that|in)\b|\W*$)|"
    r"aims?)\b",
    re.IGNORECASE,
)
_REACH = re.compile(
    r"\b(?:targets?|goals?|objectives?|aims?|aiming|milestones?|reach\w*|achiev\w+|attain\w*|"
    r"by (?:the end of )?20\d\d)\b",
    re.IGNORECASE,
)
# What follows tells how it came out: "our aim was $100 billion, and we exceeded that".
_CAME_OUT = re.compile(r"[,;]\s+(?:and|but)\s+(?:we|it|they|this|I)\b|\bexceed", re.IGNORECASE)
_GOES_ON = re.compile(
    r"(?:(?:and|but|so)[,\s]+)?(?:it|its|they|their|this|that|these|those|which|now|then|today|last|"
    r"next|in|by|from|since|of)\b",
    re.IGNORECASE,
)
_QUESTION_MARKS = ("?", "？", "؟")
# "Right?" and "You mean?" ask for nothing that a list of questions should hold.
_QUESTION_WORDS = 4
_GOAL_WORDS = 6
# Names in capitals that are other words in small letters; "NATO" may be written "Nato".
_SMALL_TOO = frozenset("US IT WHO AI IS OR IN ON AM ME NO CAN MAY ACT AIDS ICE START SALT".split())
_POSSESSIVE = re.compile(r"(?<=\w)['’]s\b", re.IGNORECASE)
_COMMON_START = 5


@dataclass(frozen=True, slots=True)
class Match:
    """A match in `turn.text[start:end]`, whole sentences. `value` is what matches in them, where it
    is less, and `key` what all the matches share that say the same; `times` is how often
    it is in there."""

    transcript: str
    turn: Turn
    start: int
    end: int
    value: str
    key: str
    times: int = 1


def matches_in(
    transcript: str, turn: Turn, listed: Listed, wanted: Sequence[str], terms: TermsOf
) -> Iterator[Match]:
    """The matches of a turn, in order; `wanted` are the terms of what they must be about."""
    if listed.what == "mentions":
        yield from _mentions(transcript, turn, listed, terms)
    elif listed.what == "questions":
        yield from _questions(transcript, turn, wanted, terms)
    else:
        yield from _valued(transcript, turn, listed.what, wanted, terms)


def holds(listed: Listed, text: str) -> bool:
    """Whether a sentence has a value of the kind that is listed."""
    return any(True for _ in _values(listed.what, text))


def _valued(
    transcript: str, turn: Turn, what: str, wanted: Sequence[str], terms: TermsOf
) -> Iterator[Match]:
    """Values in sentences that are about what is wanted: its words are there, or in the sentence
    before, where this one goes on with it: that one had no value, or "it" is what this one has."""
    if not _may_hold(what, turn.text):
        return
    before, had_one = frozenset[str](), False
    for start, end in sentences(turn.text):
        text = turn.text[start:end]
        here = frozenset(terms(text)) if wanted else before
        found = list(_values(what, text)) if _may_hold(what, text) else []
        near = here | before if not had_one or _GOES_ON.match(text) else here
        if about(wanted, near):
            for words, key in found:
                yield Match(transcript, turn, start, end, words, key)
        before, had_one = here, bool(found)


def _may_hold(what: str, text: str) -> bool:
    if what in ("countries", "names", "targets"):
        return True
    return (_CALENDAR if what == "dates" else _MAY_COUNT).search(text) is not None


def _values(what: str, text: str) -> Iterator[tuple[str, str]]:
    """The values of a sentence, each with its key."""
    if what == "countries":
        for _, _, country in countries(text):
            yield country, country
        return
    if what == "names":
        for start, end in name_spans(text):
            if not _CALENDAR.fullmatch(text[start:end]):
                yield text[start:end], text[start:end].casefold()
        return
    if what == "targets" and not _is_aim(text):
        return
    kinds = _KINDS.get(what, ())
    found = [v for v in find_values(text) if v.kind in kinds and _is_one(what, text, v)]
    if what == "targets":
        first, out = _REACH.search(text), _CAME_OUT.search(text)
        last = out.start() if out else len(text)
        ahead = [v for v in found if first and first.start() <= v.start < last]
        if not ahead and _GOAL.search(text) and count_words(text) >= _GOAL_WORDS:
            yield "", text
        found = ahead
    for value in found:
        words = text[value.start : value.end]
        yield words, key_of(words, value.kind)


def _is_one(what: str, text: str, value: Value) -> bool:
    """Whether a value is what a list of its kind should hold: "G7" is no figure."""
    words = text[value.start : value.end]
    if what == "dates":
        return _CALENDAR.search(words) is not None
    if what == "amounts" and words.endswith("times"):
        return False
    if value.kind != "number":
        return not re.match(r"(?:hundreds|thousands|[mbtr]+illions)\b", words, re.IGNORECASE)
    if _JOINED_BEFORE.search(text[: value.start]) or _JOINED_AFTER.match(text[value.end :]):
        return False
    if what == "sums":  # currencies that values.py doesn't know, or an adjective before one
        return _CURRENCY_AFTER.match(text[value.end :]) is not None
    if what == "amounts":
        return re.search(r"\d", words) is not None
    return bool(_SCALED.search(words) or _COUNTS.match(text[value.end :]))


def _is_aim(text: str) -> bool:
    """Whether a sentence says what is aimed at."""
    if asks(text):
        return False
    outlook = sentence_outlook(text)
    return outlook != "behind" and bool(
        _GOAL.search(text) or (outlook == "ahead" and _REACH.search(text))
    )


def mentioned(listed: Listed) -> tuple[str, ...]:
    """The words of which any is a mention."""
    return listed.either or (listed.of,)


def _mentions(transcript: str, turn: Turn, listed: Listed, terms: TermsOf) -> Iterator[Match]:
    exact = [words for words in mentioned(listed) if words in _SMALL_TOO or not terms(words)]
    forms = [re.compile(rf"(?<!\w){re.escape(words)}(?!\w)") for words in exact]
    runs = [_in_order(words, terms) for words in mentioned(listed) if words not in exact]
    for start, end in sentences(turn.text):
        text = turn.text[start:end]
        times = sum(len(form.findall(text)) for form in forms)
        if runs:
            times += _count_runs(runs, _in_order(text, terms))
        if times:
            key = f"{turn.position} {start}"
            yield Match(transcript, turn, start, end, "", key, times)


def _in_order(text: str, terms: TermsOf) -> list[str]:
    """The terms of all words of a text, of a small word itself: "Bank of China" is not "the bank,
    China said"."""
    words = split_words(_POSSESSIVE.sub("", text))
    return [term for word in words for term in terms(word) or (word,)]


def _count_runs(runs: Sequence[list[str]], held: list[str]) -> int:
    """How often terms stand one behind the other as in any of the runs; of two that begin at one
    place the longer."""
    found = at = 0
    runs = sorted(runs, key=len, reverse=True)
    while at < len(held):
        size = next((len(run) for run in runs if run == held[at : at + len(run)]), 0)
        found += size > 0
        at += size or 1
    return found


def _questions(
    transcript: str, turn: Turn, wanted: Sequence[str], terms: TermsOf
) -> Iterator[Match]:
    """Runs of questions, each run as one: what is put together is asked together."""
    if not any(mark in turn.text for mark in _QUESTION_MARKS):
        return
    run: tuple[int, int] | None = None
    before, lead = frozenset[str](), frozenset[str]()
    for start, end in [*sentences(turn.text), (len(turn.text), len(turn.text))]:
        text = turn.text[start:end]
        if asks(text):
            run, lead = (run[0], end) if run else (start, end), lead if run else before
        elif run:
            words = turn.text[slice(*run)]
            held = lead | frozenset(terms(words)) if wanted else lead
            if count_words(words) >= _QUESTION_WORDS and about(wanted, held):
                key, times = f"{turn.position} {run[0]}", len(sentences(words))
                yield Match(transcript, turn, *run, "", key, times)
            run = None
        before = frozenset(terms(text)) if wanted else before


def asks(text: str) -> bool:
    """Whether a sentence ends as a question."""
    return text.rstrip("\"'”’) ").endswith(_QUESTION_MARKS)


def about(wanted: Sequence[str], held: AbstractSet[str]) -> bool:
    """Whether terms hold all that are wanted, also in another form: "Kazakh" for "Kazakhstan"."""
    return all(
        term in held
        or (
            len(term) >= _COMMON_START
            and any(
                len(other) >= _COMMON_START and (other.startswith(term) or term.startswith(other))
                for other in held
            )
        )
        for term in wanted
    )
