"""What a claim is held against: sentences of a transcript, and what the library knows; pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from ..types import Quotable
from .denial import Terms
from .english import with_base_forms
from .figure import Figure
from .figures import figures_of, with_lent_units, without_set_right, without_taken_back
from .voices import Cast

Similar = Callable[[str, str], float]
# How surely each of some texts, "Speaker: words" lines, supports a claim: logits.
Supports = Callable[[str, Sequence[str]], Sequence[float]]
# Characters of a turn before and after a sentence that are read with it.
_AROUND_CHARS = 110
# Behind a figure, where it may be corrected.
_CORRECTION_CHARS = 60

_YES_OR_NO = re.compile(
    r"^\W*(?:(?P<no>no|not|never|nobody|nothing)|yes|yeah|indeed|right|exactly|correct|sure|"
    r"of course|(?:that|this|it)(?:['’]s|\s+is)\s+(?:true|right|correct|so)|absolutely)\b",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True)
class Source(Quotable):
    """Up to so many sentences in a row that may carry a claim. `around` is the passage that they
    stand in, `also` who else speaks in that transcript, `before` the last sentence of another
    before them, `elsewhere` all that was sent of that transcript, `lead` the last words of the turn
    before, where they open one, `reply` the first of another's behind them, where they end one, and
    `money` the currencies in it all."""

    around: str
    also: tuple[str, ...]
    size: int = 1
    before: str = ""
    elsewhere: str = ""
    lead: str = ""
    reply: str = ""
    money: frozenset[str] = frozenset()

    @cached_property
    def told(self) -> str:
        """What they say, and what they say yes or no to."""
        if not self.before or not (answer := _YES_OR_NO.match(self.text)):
            return self.text
        return f"{'Not' if answer['no'] else ''} {self.before.rstrip('?')}. {self.text}"

    @property
    def asks(self) -> bool:
        """Whether they end in a question."""
        return self.text.rstrip("\"'”’) ").endswith("?")

    @cached_property
    def lines(self) -> str:
        """They with some words around them, as what is said in a talk."""
        said, start, end = self.turn.text, self.quote.start, self.quote.end
        first = max(0, start - _AROUND_CHARS)
        first = said.find(" ", first) + 1 if first else 0
        words = said[min(first, start) : end + _AROUND_CHARS].strip()
        line = f"{self.turn.speaker}: {words}" if self.turn.speaker else words
        return f"Question: {self.before}\n{line}" if self.before and not first else line

    @cached_property
    def figures(self) -> list[Figure]:
        """Those that its speaker doesn't correct at once, in it or behind it."""
        text = self.told + self.turn.text[self.quote.end : self.quote.end + _CORRECTION_CHARS]
        said = without_taken_back(text, figures_of(text, self.heading.date))
        own = [figure for figure in said if figure.start < len(self.told)]
        own = without_set_right(self.told, own, self.reply)
        return with_lent_units(self.told, own, self.money)


@dataclass(frozen=True)
class Context:
    """What a claim is checked with: the people of the library, the terms of a language and a text,
    how alike two texts are in meaning, 0 to 1, and what a network says that has learnt to tell."""

    cast: Cast
    terms: Callable[[str | None, str], AbstractSet[str]]
    similar: Similar
    supports: Supports | None = None

    @cached_property
    def _of_language(self) -> dict[str | None, Terms]:
        return {}

    def terms_of(self, source: Source) -> Terms:
        language = source.heading.language
        if language not in self._of_language:
            self._of_language[language] = lambda text: self.terms(language, with_base_forms(text))
        return self._of_language[language]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a quote does not carry a claim; whether it `speaks_against` it, or has not what the claim
    says of a figure, which is then `absent`."""

    why: str
    speaks_against: bool
    absent: bool = False
