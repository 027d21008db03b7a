"""Which questions ask for every match of a kind, and of what: "List all dates", "How often was
Rosatom mentioned?". Pure; what matches is in listing.py.

Rules of English. A plural alone asks for no list ("What are the dates of the festival?"): that
something was mentioned must be said, or that all of it is wanted. A question with more in it than
these rules know is none of theirs, as a list of something else would be no answer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# Stands for people whose words are asked for, once their places are known.
_THEM = "\x00"
_NOUNS = {
    "figures": r"figures?|numbers?|statistics?|stats",
    "sums": r"(?:amounts?|sums?) of money|sums?|prices?|costs?",
    "amounts": r"amounts?",
    "shares": r"percentages?|percents?|shares|rates?",
    "dates": r"(?:calendar )?dates?|deadlines?|years",
    "durations": r"durations?|time spans?|lengths? of time|periods?",
    "quantities": r"quantit(?:y|ies)|distances?|lengths?|weights?",
    "targets": r"targets?|goals?|aims?|objectives?",
    "countries": r"countr(?:y|ies)|nations?",
    "names": r"(?:proper )?names?",
    "questions": r"questions?",
}
_NOUN = "|".join(f"(?P<{what}>{pattern})" for what, pattern in _NOUNS.items())
_NO_OTHER_NOUN = rf"(?!\s+(?:{'|'.join(_NOUNS.values())})\b)"
_SAID = (
    r"(?:mention(?:s|ed)?|nam(?:e|es|ed)|cit(?:e|es|ed)|giv(?:e|es|en)|gave|stat(?:e|es|ed)|sa(?:y|ys|id)|"
    r"discuss(?:es|ed)?|list(?:s|ed)?|(?:brought|bring|brings|come|comes|came) up|rais(?:e|es|ed)|"
    r"quot(?:e|es|ed)|refer(?:s|red)? to|us(?:e|es|ed)|announc(?:e|es|ed)|present(?:s|ed)?|"
    r"provid(?:e|es|ed)|talk(?:s|ed)? about|spoken of|report(?:s|ed)?|appear(?:s|ed)?|"
    r"occur(?:s|red)?|set|ask(?:s|ed)?|put|pos(?:e|es|ed))"
)
_REPORTERS = r"(?:reporters?|journalists?|correspondents?|press|media)"
_ABOUT = re.compile(
    r"\b(?:about|on|of|for|regarding|concerning|related to|relating to|in relation to|"
    r"with regard to|in connection with|connected (?:to|with))\s+(?P<what>.+)$",
    re.IGNORECASE,
)
# What ends the subject of a list: "figures about trade were mentioned by ...".
_AFTER = re.compile(
    rf"\s*(?:\b(?:were|was|are|is|have|has|had|did|does|do|that|which|by)\b|{_THEM}).*$",
    re.IGNORECASE | re.DOTALL,
)
_EMPTY = re.compile(
    rf"\b(?:were|was|are|is|have|has|had|been|did|does|do|get|got|being|that|which|there|by|the|a|in|at|"
    rf"during|this|these|all|any|every|each|of|here|anywhere|today|then|they|we|people|speakers?|"
    rf"anyone|everyone|both|sides|leaders|transcripts?|meetings?|interviews?|conversations?|text|"
    rf"talks?|press conference|discussions?|library|together|{_SAID}|{_REPORTERS})\b|{_THEM}|\W",
    re.IGNORECASE,
)
_ASKS_WHAT = re.compile(
    r"^(?P<count>how\s+many\s+(?:different\s+)?)?(?(count)|(?:what|which)(?:\s+(?:are|were))?\s+"
    r"(?:all\s+)?(?:of\s+)?(?:the\s+)?)"
    rf"(?P<kind>(?:[\w’'%-]+\s+){{0,3}}?)(?:{_NOUN})\b{_NO_OTHER_NOUN}(?P<rest>.*)$",
    re.IGNORECASE,
)
_ASKS_ALL = re.compile(
    r"^(?:(?P<verb>list|enumerate|name|show|give|find|collect|extract|get|count|(?:what|which)\s+(?:are|"
    r"were))\s+(?:me\s+|us\s+)?(?P<which>all|every|each|the|any)|all|every|each)\s+(?:single\s+)?(?:of\s+)?(?:the\s+)?"
    rf"(?P<kind>(?:[\w’'%-]+\s+){{0,3}}?)(?:{_NOUN})\b{_NO_OTHER_NOUN}(?P<rest>.*)$",
    re.IGNORECASE,
)
_WHAT_REPORTERS_ASKED = re.compile(
    rf"^what\s+(?:(?:did|do|does)\s+(?:the\s+)?{_REPORTERS}\s+ask|were\s+(?:the\s+)?{_REPORTERS}\s+asking)"
    r"\b(?P<rest>.*)$",
    re.IGNORECASE,
)
_LIST_IT = frozenset("list enumerate show find collect extract count".split())
# What "how many" counts that stands in the words themselves: "How many years" asks for a figure.
_COUNTED = frozenset(("countries", "questions", "names"))
_BY_REPORTERS = re.compile(rf"\b{_REPORTERS}\b(?:['’]s?)?", re.IGNORECASE)
_ADJECTIVES = frozenset(
    "all the main key different various other specific exact concrete important interesting such "
    "any some possible actual of and only single".split()
)
_ITS_NAME = r"(?:the\s+)?(?:words?|terms?|phrases?|names?|expressions?)\s+"
_BY_WHOM = rf"(?:\s+by\s+(?:the\s+)?{_THEM})?"
_DID = rf"(?:did|do|does|has|have)\s+(?:{_THEM}|anyone|anybody|they|people|the speakers?)"
_SPOKEN = (
    r"(?:mention(?:ed)?|said|say|named?|brought\s+up|bring\s+up|cited?|refer(?:red)?\s+to|(?P<use>used?)|"
    r"discussed|talk(?:ed)?\s+about|spoken\s+of|come\s+up)"
)
_HOW_OFTEN = r"how\s+(?:often|many\s+times|frequently)\s+"
_A_MENTION = r"(?:mentions?|occurrences?|references?|instances?)"
_COMES_UP = r"(?:did|does|do)\s+(?P<what>.+?)\s+(?:come\s+up|(?P<use>appear|occur))"
# Whether the pattern asks how often, and the pattern.
_MENTIONS = [
    (counts, re.compile(rf"^{pattern}$", re.IGNORECASE))
    for counts, pattern in (
        (
            False,
            r"(?:(?:list|show|find|give|get|collect|quote)\s+(?:me\s+)?)?"
            r"(?:(?:all|every|each|any)\s+)?(?:single\s+)?(?:of\s+)?(?:the\s+)?"
            rf"{_A_MENTION}\s+(?:of|to)\s+(?P<what>.+?){_BY_WHOM}",
        ),
        (
            True,
            rf"{_HOW_OFTEN}(?:is|was|were|are|has|have|had)\s+(?P<what>.+?)\s+"
            rf"(?:been\s+|get\s+|got\s+)?{_SPOKEN}{_BY_WHOM}",
        ),
        (True, rf"{_HOW_OFTEN}{_DID}\s+{_SPOKEN}\s+(?P<what>.+)"),
        (True, rf"{_HOW_OFTEN}{_COMES_UP}"),
        (
            True,
            rf"how\s+many\s+{_A_MENTION}\s+(?:are\s+there\s+|were\s+there\s+)?(?:of|to)\s+"
            r"(?P<what>.+?)(?:\s+(?:are|were)\s+there)?",
        ),
        (
            False,
            r"(?:where|in\s+(?:which|what)\s+transcripts?)\s+(?:is|was|were|are)\s+"
            rf"(?P<what>.+?)\s+{_SPOKEN}{_BY_WHOM}",
        ),
        (False, rf"where\s+{_DID}\s+{_SPOKEN}\s+(?P<what>.+)"),
        (False, rf"where\s+{_COMES_UP}"),
        (False, r"(?:which|what)\s+transcripts?\s+mentions?\s+(?P<what>.+)"),
    )
]
_POLITE = re.compile(
    r"^(?:please\s+|(?:can|could|would|will)\s+you\s+|tell\s+(?:me|us)\s+)+", re.IGNORECASE
)
_HERE = re.compile(
    r"\s+(?:(?:in|during|across|throughout)\s+(?:all\s+)?(?:the|this|these|that|all)\s+(?:whole\s+)?"
    r"(?:transcripts?|meetings?|interviews?|text|library|conversations?|talks?)|in\s+total|altogether|overall)$",
    re.IGNORECASE,
)
_QUOTES = "\"'“”«»„‘’"
_A_WORD = re.compile(rf"{_ITS_NAME}|[{_QUOTES}]", re.IGNORECASE)
_ONE_OF_SEVERAL = re.compile(r"\s*,\s+(?:(?:and|or)\s+)?|\s+(?:and/or|and|or)\s+", re.IGNORECASE)
# "and" inside a name, which no list of names is.
_ONE_NAME = re.compile(
    r"\b(?:(?:Antigua|Bosnia|Kitts|Tom[eé]|Trinidad|Vincent)\s+and\s|(?:Ministry|Department|Committee|"
    r"Commission|Council|Institute|Office|Agency)\s+(?:of|for|on)\s.*\sand\s+(?-i:[A-Z]))",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"^(?:it|that|this|them|they|he|she|him|her|those|these|anything|something|what|"
    r"(?:that|how|if|whether)\s.+)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """Every match that a question asks for.

    `what` is the kind: a key of the nouns above, or "mentions". `of` is what they must be about,
    for mentions the words themselves; empty for anything. `either` are those of which any is such
    a mention, where several are named ("oil or gas"). `counts`: how often is asked.
    """

    what: str
    of: str = ""
    counts: bool = False
    by_reporters: bool = False
    either: tuple[str, ...] = ()


def listed_in(text: str, speakers: Sequence[tuple[int, int]] = ()) -> Listed | None:
    """What every match of is asked for; None where no such list is asked for.

    `speakers` are the places (start, end) of people whose words are asked for.
    """
    plain = _POLITE.sub("", _HERE.sub("", _masked(text, speakers).strip(" ?.!")))
    for counts, pattern in _MENTIONS:
        if match := pattern.match(plain):
            return _mentions(match["what"], counts) if _of_words(match) else None
    if match := _WHAT_REPORTERS_ASKED.match(plain):
        about = _about(match["rest"])
        return None if about is None else Listed("questions", about, by_reporters=True)
    if (match := _ASKS_ALL.match(plain)) and _is_list(match):
        return _listed(match)
    if (match := _ASKS_WHAT.match(plain)) and _says_mentioned(match):
        counts = match["count"] is not None
        return _listed(match, counts) if not counts or _what(match) in _COUNTED else None
    return None


def _of_words(match: re.Match[str]) -> bool:
    """Whether mentions are asked for: "Where is the tram used?" asks for a place, but of the word
    tram, or where a name appears, for words."""
    what, use = match["what"], match.groupdict().get("use")
    return not use or bool(_A_WORD.match(what)) or (use == "appear" and what[0].isupper())


def stands_as_lister(text: str, start: int, end: int) -> bool:
    """Whether who is named there is said to have mentioned what is listed: "all the figures that
    Putin mentioned", "Which countries does Biden name?"."""
    after = re.match(rf"\s+(?:has\s+|had\s+|have\s+)?{_SAID}\b", text[end:], re.IGNORECASE)
    if re.search(rf"\b{_SAID}\s+by\s+(?:the\s+)?$", text[:start], re.IGNORECASE):
        return True
    return after is not None and not re.search(r"\b(?:of|to|about)\s+$", text[:start])


def _masked(text: str, speakers: Sequence[tuple[int, int]]) -> str:
    for start, end in sorted(speakers, reverse=True):
        text = f"{text[:start]}{_THEM}{text[end:]}"
    return re.sub(rf"(?:the\s+)?{_THEM}(?:(?:\s*,\s*|\s+and\s+)(?:the\s+)?{_THEM})+", _THEM, text)


def _mentions(what: str, counts: bool) -> Listed | None:
    what = re.sub(r"^(?:either|both)\s+", "", _bare(what), flags=re.IGNORECASE)
    phrase = what.strip(_QUOTES)
    quoted = what != phrase and not any(sign in phrase for sign in '"“”«»„')
    one = quoted or _ONE_NAME.search(phrase)
    each = [phrase] if one else [_bare(part).strip(_QUOTES) for part in _ONE_OF_SEVERAL.split(what)]
    if any(not part or _THEM in part or _POINTS_BACK.match(part) for part in each):
        return None
    either = tuple(dict.fromkeys(each))
    if len(either) == 1:
        return Listed("mentions", either[0], counts)
    return Listed("mentions", phrase, counts, either=either)


def _bare(what: str) -> str:
    """What is mentioned, without an article or "the word"."""
    return re.sub(rf"^(?:{_ITS_NAME}|the\s+|an?\s+)", "", what.strip(), flags=re.IGNORECASE)


def _is_list(match: re.Match[str]) -> bool:
    """Whether all of a kind is wanted. "Give me the dates" may mean those of one thing, and what
    "the countries of" something are need nobody have named."""
    if (match["which"] or "").lower() != "the":
        return True
    told_to = match["verb"].lower() in _LIST_IT and _what(match) not in ("countries", "names")
    return _is_plural(match) and (told_to or _says_mentioned(match))


def _says_mentioned(match: re.Match[str]) -> bool:
    rest = match["rest"]
    return bool(re.search(rf"\b{_SAID}\b", rest, re.IGNORECASE)) and _is_plural(match)


def _is_plural(match: re.Match[str]) -> bool:
    return re.search(r"s\b", match[_what(match)]) is not None


def _what(match: re.Match[str]) -> str:
    return next(what for what in _NOUNS if match[what])


def _listed(match: re.Match[str], counts: bool = False) -> Listed | None:
    about = _about(match["rest"])
    if about is None:
        return None
    by_reporters = bool(_BY_REPORTERS.search(f"{match['kind']} {match['rest']}"))
    kind = _BY_REPORTERS.sub("", match["kind"])
    words = [word for word in kind.split() if word.lower() not in _ADJECTIVES]
    what = _what(match)
    of = " ".join(filter(None, [*words, about]))
    return Listed(what, of, counts, by_reporters=by_reporters and what == "questions")


def _about(rest: str) -> str | None:
    """What a list must be about; None where what follows its noun can't be told."""
    match = _ABOUT.search(rest)
    before, what, after = rest, "", ""
    if match:
        before, said = rest[: match.start()], match["what"]
        what = _AFTER.sub("", said)
        after = said[len(what) :]
    if _EMPTY.sub("", before) or _EMPTY.sub("", after):
        return None
    what = what.strip(" ,.;:?!")
    if _POINTS_BACK.match(what) or re.search(r",\s|\bor\b", what, re.IGNORECASE):
        return None  # of several subjects no list would be of all
    return re.sub(r"^(?:the|an?)\s+", "", what, flags=re.IGNORECASE)
