"""Whether a claim says the opposite of a sentence: one denies what the other says, or says the
other word of a pair; pure. English words.

A "not" or its kin denies its part of the sentence; two of them make it said again. "No other path
but" and "not only" deny nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

Terms = Callable[[str], AbstractSet[str]]

_HARMLESS = re.compile(
    r"\bnot\s+(?:only|just|least|merely|simply|to mention)\b|\bno\s+(?:doubt|less|more|fewer|later|"
    r"sooner|wonder|matter)\b|\bno\s+other\b(?=[^.;]*\b(?:but|than)\b)|\bnothing\s+but\b"
    r"|\bcannot\s+but\b|\bwhy\s+not\b|\bor\s+not\b|\bno\s+one['’]s\b|\bnone\s+other\b",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|nowhere|without|cannot|hardly|scarcely|"
    r"unable|lacks?|lacked|refus\w+|refrain\w*|reject\w*|den(?:y|ies|ied|ying)|declin(?:e|es|ed)\s+to|"
    r"fail(?:s|ed)?\s+(?:to|the|an?|its|their|his|her)\b|oppos\w+|against|ruled?\s+out|avoid\w*|"
    r"far\s+from|(?:stay|keep|kept|stayed)\s+(?:off|away|out)|yet\s+to|disagree\w*|unlikely|unwilling)\b|\w+n['’]t\b",
    re.IGNORECASE,
)
# "Disagree" and its kin are denials of a word that they hold.
_HELD = {"disagre": "agree", "unlikely": "likely", "unable": "able", "unwilling": "willing"}
# A denial reaches to the end of its part of the sentence, and no further than so many words.
_PART = re.compile(
    r"[,;:!?–—]|\.(?=\s|$)|\b(?:but|because|although|though|while|whereas|since|so that|and)\b",
    re.IGNORECASE,
)
_REACH = 7
# What there is none of, where its part of the sentence ends with it.
_NO_THING = re.compile(
    r"\b(?:no|nothing)\s+(?!(?:one|longer|more|less|fewer|doubt|way|matter|wonder|idea|other|good|sir|"
    r"thanks|else|yet|at|now|today|there|here|about|but|special)\b)"
    r"([\w’'-]+)(?=\s*(?:[.,;:!?]|$))",
    re.IGNORECASE,
)
# "Neither for nor against" takes no side.
_TAKES_NO_SIDE = re.compile(r"\bneither\s+(?:for|in)\b[^.;]{0,30}?\s+nor\b", re.IGNORECASE)
_SIDED = re.compile(
    r"\b(?:against|oppos\w+|reject\w*|support\w*|favou?rs?|in\s+favou?r|back(?:s|ed))\b",
    re.IGNORECASE,
)
_QUOTED_LEAD = re.compile(r"^\s*(?:no|yes|well|right|ok(?:ay)?)\s*[,.!]\s+(?=\S)", re.IGNORECASE)

_PAIRS = [
    tuple(pair.split("/"))
    for pair in (
        "rise rises rose risen rising increase increases increased increasing grow grows grew "
        "grown growing gain gained higher up climbed more expand expanded/fall falls fell fallen "
        "falling decrease decreases decreased decreasing drop drops dropped decline declines "
        "declined lower down shrink shrank shrunk less fewer reduce reduced reducing cut",
        "agree agrees agreed accept accepts accepted approve approved support supports supported "
        "welcome welcomed/disagree disagrees disagreed reject rejects rejected oppose opposes "
        "opposed refuse refuses refused",
        "open opens opened opening start starts started begin begins began/close closes closed "
        "closing end ends ended stop stops stopped finish finished",
        "before/after", "first/last", "best/worst", "win wins won/lose loses lost",
        "buy buys bought/sell sells sold", "export exports exported/import imports imported",
        "north northern/south southern", "east eastern/west western", "early earlier/late later",
        "longest long longer/shortest short shorter", "largest biggest large big larger/smallest "
        "small smaller", "highest/lowest", "deep deeper deepest/shallow shallower",
        "good/bad", "strong stronger/weak weaker", "old older oldest/young younger youngest new "
        "newer newest", "possible/impossible", "easy/difficult hard",
        "cheap cheaper/expensive dear",
        "optimistic confident certain/pessimistic doubtful uncertain", "friend friends ally "
        "allies/enemy enemies", "always/never", "all every everyone everybody/none nobody",
        "success successful successfully/failure unsuccessful failed", "public/private",
        "majority/minority", "profit profits/loss losses", "arrive arrived/leave left depart",
        "men man male/women woman female", "safe/dangerous unsafe", "legal/illegal",
        "hire hires hired hiring/fire fired dismiss dismissed",
        "die dies died dead/recover recovers recovered survive survives survived",
    )
]  # fmt: skip
_SIDES = [[frozenset(side.split()) for side in pair] for pair in _PAIRS]


def opposed(claim: str, sentence: str, terms: Terms) -> bool:
    """Whether the claim says the opposite of the sentence."""
    if _TAKES_NO_SIDE.search(sentence) and _SIDED.search(claim):
        return not _denied(_SIDED.sub(" ", claim))
    return _denies_other(claim, sentence, terms) or _says_other(claim, sentence)


def has_none(claim: str, said: str, terms: Terms) -> bool:
    """Whether a claim tells of something of which there is said to be none: "water, but no ash"."""
    for none in _NO_THING.finditer(said):
        thing = terms(none[1])
        others = terms(f"{said[: none.start()]} {said[none.end() :]}")
        if thing and thing.isdisjoint(others) and thing <= _split(claim, _denied(claim), terms)[0]:
            return True
    return False


def _denies_other(claim: str, sentence: str, terms: Terms) -> bool:
    """Whether one of the two denies what the other says in the same words."""
    ours, theirs = _denied(claim), _denied(sentence)
    if not ours and not theirs:
        return False
    our_words, their_words = _split(claim, ours, terms), _split(sentence, theirs, terms)
    if ours and not theirs:
        return True
    said, denied = our_words
    their_said, their_denied = their_words
    clash = (said & their_denied - their_said) | (denied & their_said - their_denied)
    accord = denied & their_denied
    if theirs and not ours:
        return bool(said & (their_denied - their_said)) and bool(their_denied)
    return len(clash) > len(accord)


def _denied(text: str) -> list[tuple[int, int]]:
    """The parts of a text that are denied, up to so many words behind the denial; what is denied
    twice is in two."""
    plain = _QUOTED_LEAD.sub(lambda lead: " " * len(lead[0]), text)
    plain = _HARMLESS.sub(lambda idiom: " " * len(idiom[0]), plain)
    edges = [0, *(edge for stop in _PART.finditer(plain) for edge in stop.span()), len(plain)]
    found = []
    for cue in _DENIES.finditer(plain):
        start = max(edge for edge in edges if edge <= cue.start())
        end = min(edge for edge in edges if edge >= cue.end())
        words = list(re.finditer(r"\S+", plain[cue.end() : end]))[:_REACH]
        found.append((start, cue.end() + (words[-1].end() if words else 0)))
    return found


def _split(
    text: str, denied: Iterable[tuple[int, int]], terms: Terms
) -> tuple[AbstractSet[str], AbstractSet[str]]:
    """The terms of a text that are said, and those that are denied."""
    spans = list(denied)
    said: set[str] = set()
    not_said: set[str] = set()
    for word in re.finditer(r"[\w’'-]+", text):
        held = next((to for of, to in _HELD.items() if word[0].lower().startswith(of)), None)
        if held is None and _DENIES.fullmatch(word[0]):
            continue
        times = sum(start <= word.start() < end for start, end in spans)
        (not_said if times % 2 else said).update(terms(held or word[0]))
    return said, not_said


def _says_other(claim: str, sentence: str) -> bool:
    """Whether the claim has one word of a pair and the sentence only the other, neither denied."""
    ours, theirs = _plain_words(claim), _plain_words(sentence)
    return any(
        ours & here and not ours & there and theirs & there and not theirs & here
        for sides in _SIDES
        for here, there in (sides, sides[::-1])
    )


def _plain_words(text: str) -> set[str]:
    """The words of what is not denied."""
    for start, end in _denied(text):
        text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
    return {word.lower() for word in re.findall(r"[^\W\d_]+", _spared(text))}


def _spared(text: str) -> str:
    """A text without phrases in which a word of a pair means something else."""
    return re.sub(
        r"\b(?:more|less|fewer|up|down)\s+(?:than|to)\b|\bno\s+(?:more|less|longer)\b|\b(?:so|as)\s+"
        r"long\s+as\b|\b(?:years?|months?|days?)\s+old\b|\blast\s+(?=\w)|\bat\s+(?:first|last|least|"
        r"most)\b|\bafter\s+all\b|\bmore\s+(?=\w+\b)|\bthe\s+first\b|\bend\s+of\b",
        " ", text, flags=re.IGNORECASE,
    )  # fmt: skip
