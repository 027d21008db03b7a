"""How much of what a claim says stands in a quote: in words, words near in meaning, or figures;
pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from ..wording.values import name_spans
from .denial import Terms
from .english import EMPTY, light, with_kin
from .evidence import Context, Source
from .figures import figures_of, holds

# What a word of little weight counts, and one of a name; and so much of it where it stands only in
# what was said just before, in the same turn, or nearby.
_LITTLE = 0.3
_NAMED = 0.5
_BEFORE = 0.7
_IN_TURN = 0.6
_NEARBY = 0.4
WHOLE = 0.72
# A claim about the talk itself may say what its heading says.
_OF_TALK = re.compile(
    r"\b(?:meeting|met|talks|interview|hearing|transcript|conference|conversation|podcast|episode|"
    r"session|summit|took\s+place|held)\b", re.IGNORECASE,
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_FRAME = re.compile(
    r"\b(?:according|says?|said|stat(?:e[sd]?|ing)|add(?:s|ed)|mention\w*|not(?:es|ed)|explain\w*|"
    r"report\w*|transcripts?|passages?|speakers?|tells?|told|also|noted|remark\w*|point(?:s|ed)\s+out|"
    r"emphasi[sz]\w*|stress\w*|answer\w*|meeting|interview|podcast|confirm\w*|including|"
    r"totall?ing|amounting)\b", re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Account:
    """How much of what a claim says stands in a quote, 0 to 1, and how much of its words alone;
    which telling words are its own, which are missing, and which stand only near the quote."""

    share: float
    of_words: float
    own: AbstractSet[str]
    missing: tuple[str, ...]
    nearby: AbstractSet[str]

    @property
    def whole(self) -> bool:
        """Whether nothing of the claim is missing."""
        return not self.missing and self.share >= WHOLE


def account_of(claim: str, source: Source, context: Context, voices: Sequence[str] = ()) -> Account:
    """What of a claim stands in a quote: in words, words near in meaning, or figures."""
    terms = context.terms_of(source)
    figures = figures_of(claim, source.heading.date)
    counted = [(figure.start, figure.end) for figure in figures]
    names = name_spans(claim) + [(m.start, m.end) for m in context.cast.named(claim)]
    here = terms(f"{source.told} {context.cast.called(source.turn.speaker)}")
    if _OF_TALK.search(claim):
        here = here | terms(f"{source.heading.title} {source.heading.place or ''}")
    asked = source.before if source.before.endswith("?") or not voices else ""
    layers = [
        (1.0, with_kin(here, terms)),
        (_BEFORE, _words_in(asked, terms)),
        (_IN_TURN, _words_in(source.turn.text, terms)),
        (_NEARBY, _words_in(f"{source.around} {source.heading.title}", terms)),
    ]
    of = got = 0.0
    missing: list[str] = []
    own: set[str] = set()
    nearby: set[str] = set()
    framed = _FRAME.sub(lambda words: " " * len(words[0]), claim)
    for word in _WORD.finditer(framed):
        plain = terms(word[0])
        at = (word.start(), word.end())
        if not plain or word[0].lower() in EMPTY or _inside(at, counted):
            continue
        is_name = _inside(at, names)
        weight = _LITTLE if plain <= light(terms) else _NAMED if is_name else 1.0
        wanted = with_kin(plain, terms)
        worth = next((worth for worth, words in layers if _among(wanted, words)), 0.0)
        of += weight
        got += weight * worth
        if weight >= _NAMED and worth == 1:
            own |= plain
        if weight >= _NAMED and 0 < worth < 1:
            nearby |= plain
        if weight == 1.0 and not worth:
            missing.append(word[0])
    held = sum(any(holds(f, other) for other in source.figures) for f in figures)
    share = (got + held) / (of + len(figures)) if of or figures else 0.0
    return Account(share, got / of if of else 0.0, own, tuple(missing), nearby)


@lru_cache(maxsize=1_000)
def _words_in(text: str, terms: Terms) -> AbstractSet[str]:
    return with_kin(terms(text), terms)


def _among(wanted: AbstractSet[str], words: AbstractSet[str]) -> bool:
    """Whether a word is among others, also as the beginning of one or the other way round."""
    return bool(wanted & words) or any(
        len(a) > 3 and len(b) > 3 and a[:4] == b[:4] and (a.startswith(b) or b.startswith(a))
        for a in wanted
        for b in words
        if a[0] != "~"
    )


def _inside(at: tuple[int, int], spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < at[1] and at[0] < end for start, end in spans)
