"""A claim of a language model against a sentence of a transcript; pure.

A sentence carries a claim where it holds its quoted words, figures, dates and names, is of the
speaker that the claim names, denies nothing of it, and says it in words or in meaning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..question import content_words
from .account import WHOLE, Account, account_of
from .english import EMPTY
from .evidence import Context, Source
from .faults import denied_nearby, fault_of
from .figures import figures_of, holds, of_one_kind
from .quoted import holds_quoted, quoted_in
from .voices import sayers

# A claim is said where the share of its words that stands in a quote and how alike the two are in
# meaning come to so much, less some for each telling word that is missing: set on the scripted
# answers of tests/data/written. Where all is there, it need not be taken apart.
_ENOUGH = 0.95
_OF_MISSING = 0.3
_LEAST = 0.5
_ALL = 0.85
# What a network that has learnt to tell says of it, a logit, counts so much, up to so much.
_OF_LEARNT = 0.12
_LEARNT_AT_MOST = 4.0
_LEAST_LEARNT = 0.25
# Another figure of that kind, in a sentence that has so much more of the words, is proof against.
_MORE = 0.25
NOT_SAID = "no sentence says this"

_CLAUSE = re.compile(
    r"(?:,|;)?\s+(?:and|but|while|whereas|although|though|because|since(?!\s+\d)|so\s+that|unless)\s+"
    r"|[;:]\s+|\s[–—]\s|,\s+(?:with|as|so)\s+|,\s+(?=(?:which|who|where|\w+ing)\b)",
    re.IGNORECASE,
)
# Behind these somebody else may be heard.
_APART = re.compile(r";|\b(?:while|whereas|although|though)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a claim: the source that carries it, `whole` where it has every word, or why
    none does."""

    source: Source | None
    fault: str = ""
    whole: bool = False


def find_support(
    claim: str, sources: Sequence[Source], context: Context, voices: Sequence[str] = ()
) -> Finding:
    """The sentence that carries a claim best, or what is wrong with the claim.

    `voices` are whose words it says it gives, where that stands before it. A sentence that says
    nearly all of it, but of another or the other way round, is proof against it.
    """
    if not _says_something(claim):
        return Finding(None, "it says too little to be checked")
    voices = voices or sayers(claim, context.cast)
    quoted = quoted_in(claim)
    sources = [source for source in sources if holds_quoted(quoted, source)] if quoted else sources
    if quoted and not sources:
        return Finding(None, f"no transcript says “{quoted[0]}”")
    accounts = [(account_of(claim, source, context, voices), source) for source in sources]
    first_fault, floor = "", 0.0
    for account, source in sorted(accounts, key=lambda found: (-found[0].share, found[1].size)):
        if account.share < floor:
            break
        fault = fault_of(claim, source, context, voices) or denied_nearby(
            claim, account.nearby, source, context.terms_of(source)
        )
        if not fault:
            if quoted or _is_said(claim, source, account, context):
                if not _rivalled(claim, source, account, accounts):
                    return Finding(source, whole=account.whole)
            elif not first_fault:
                first_fault = NOT_SAID
            continue
        if account.share > 0 and not (first_fault or fault.absent):
            first_fault = fault.why
        if fault.speaks_against and account.share >= WHOLE:
            floor = max(floor, 0.9 * account.share)
    return Finding(None, first_fault or _absent_figure(claim, sources) or NOT_SAID)


def _rivalled(
    claim: str, source: Source, account: Account, accounts: Sequence[tuple[Account, Source]]
) -> bool:
    """Whether another sentence says much more of the claim, of another figure of that kind."""
    wanted = [figure for figure in figures_of(claim, source.heading.date) if figure.is_number]
    return any(
        other.of_words >= account.of_words + _MORE
        and rival.size == 1
        and any(of_one_kind(figure, held) for figure in wanted for held in rival.figures)
        and not any(holds(figure, held) for figure in wanted for held in rival.figures)
        for other, rival in accounts
        if wanted
    )


def _absent_figure(claim: str, sources: Sequence[Source]) -> str:
    """What is wrong with a figure that no sentence holds."""
    for figure in figures_of(claim):
        if not any(holds(figure, held) for source in sources for held in source.figures):
            return f"no quote holds “{claim[figure.start : figure.end]}”"
    return ""


def clauses(claim: str) -> list[tuple[str, bool]]:
    """The parts of a claim that say something by themselves, one where it can't be parted; and
    whether each may go on with what somebody says in the part before."""
    parts: list[tuple[str, bool]] = []
    at, goes_on = 0, False
    for joint in _CLAUSE.finditer(claim):
        left, right = claim[at : joint.start()], claim[joint.end() :]
        if _says_something(left) and _says_something(right):
            parts.append((left, goes_on))
            at, goes_on = joint.end(), not _APART.search(joint[0])
    return [*parts, (claim[at:], goes_on)]


def _is_said(claim: str, source: Source, account: Account, context: Context) -> bool:
    least = _LEAST_LEARNT if context.supports else _LEAST
    if account.share < least:
        return False
    if account.share >= _ALL and not account.missing:
        return True
    alike = context.similar(claim, _spoken(source))
    said = account.share + alike - _OF_MISSING * len(account.missing)
    if context.supports:
        (learnt,) = context.supports(claim, [source.lines])
        said += _OF_LEARNT * max(-_LEARNT_AT_MOST, min(_LEARNT_AT_MOST, learnt))
    return said >= _ENOUGH


def _spoken(source: Source) -> str:
    return f"{source.turn.speaker}: {source.text}" if source.turn.speaker else source.text


def _says_something(part: str) -> bool:
    words = [word for word in content_words(part) if word.lower() not in EMPTY]
    return len(words) >= 2 or (bool(words) and len(part.split()) >= 4)
