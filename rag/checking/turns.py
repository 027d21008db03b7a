"""A claim against what somebody says in one go, where it draws together several sentences; pure.

What can be looked up must be there: quoted words, figures, names, whose words they are. The rest is
weighed: what a network says that has learnt to tell, how much of the words is there, and what
speaks against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import mul
from typing import NamedTuple

from .account import Account, account_of
from .denial import Terms, has_none
from .english import telling
from .evidence import Context, Source
from .faults import ASKS, missing_name, missing_strong
from .figure import Figure
from .figures import figures_of, holds
from .following import follows
from .placing import counts_another, is_end_of_change, wrong_figure
from .plans import only_planned
from .quoted import holds_quoted, quoted_in
from .voices import subjects, tells_of


class Signs(NamedTuple):
    """What speaks for some words of a talk as the support of a claim, and against: what the network
    says, the share of the claim's words, likeness in meaning, how many telling words are missing,
    figures that only follow from what is said, whether the rules find a sentence that carries it;
    then a figure said of something else, another person told of, less than its superlatives."""

    learnt: float
    share: float
    alike: float
    missing: float
    worked_out: float
    by_rules: float
    other_figure: float
    other_person: float
    not_so_strong: float


# How much each counts: logistic regression on scripted answers, with half as much again for a
# false one, but for another's figures and words, which count more than they came to
# (training/LOG.md).
WEIGHTS = Signs(
    learnt=0.55,
    share=0.54,
    alike=1.81,
    missing=0.17,
    worked_out=1.16,
    by_rules=2.45,
    other_figure=-2.5,
    other_person=-1.5,
    not_so_strong=-1.08,
)
AT_FIRST = -1.67
_LEARNT_WITHIN = (-4.0, 5.0)
_MISSING_AT_MOST = 5
# Words that are read in one go, how many of the turns with most of a claim are weighed, and in how
# many sentences what carries it is shown.
_WORDS = 90
_WEIGHED = 3
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sentences in a row of one turn, as one source and each by itself."""

    whole: Source
    sentences: Sequence[Source]

    @property
    def asks(self) -> bool:
        """Whether nothing but questions is in it."""
        return all(source.asks for source in self.sentences)


def stretches(sources: Iterable[Source]) -> Iterator[Stretch]:
    """The turns of single sentences, long ones in stretches that overlap."""
    of_turn: dict[tuple[str, int], list[Source]] = {}
    for source in sources:
        of_turn.setdefault((source.quote.transcript, source.quote.turn), []).append(source)
    for said in of_turn.values():
        said.sort(key=lambda source: source.quote.start)
        sizes = [len(source.text.split()) for source in said]
        reached = 0
        for first in range(len(said)):
            last, words = first, 0
            while last < len(said) and (last == first or words + sizes[last] <= _WORDS):
                words += sizes[last]
                last += 1
            if last > reached:
                reached = last
                yield Stretch(_joined(said[first], said[last - 1], last - first), said[first:last])


def carrying(
    claim: str,
    among: Iterable[Stretch],
    context: Context,
    voices: Sequence[str],
    *,
    by_rules: bool,
) -> list[Source] | None:
    """The sentences that carry a claim, none where it isn't carried; None where no turn has all
    that must be there. `by_rules` tells whether a sentence carries it by the rules of support."""
    accounts = {
        stretch.whole.quote: (account_of(claim, stretch.whole, context, voices), stretch)
        for stretch in among
        if not stretch.asks or ASKS.search(claim)
    }
    ranked = sorted(accounts.values(), key=lambda found: -found[0].share)[:_WEIGHED]
    weighed: list[tuple[float, Stretch, list[Account], int]] = []
    for account, stretch in ranked:
        if _has_all(claim, stretch.whole, context, voices):
            each = [account_of(claim, said, context, voices) for said in stretch.sentences]
            nearest = _nearest(claim, stretch, each, context)
            signs = signs_of(
                claim, account, stretch.whole, stretch.sentences[nearest], context, by_rules
            )
            weight = AT_FIRST + sum(map(mul, WEIGHTS, signs))
            weighed.append((weight, stretch, each, nearest))
    if not weighed:
        return None
    weight, stretch, each, nearest = max(weighed, key=lambda found: found[0])
    return _shown(claim, stretch, each, nearest) if weight > 0 else []


def _has_all(claim: str, source: Source, context: Context, voices: Sequence[str]) -> bool:
    """Whether all is there that can be looked up."""
    terms = context.terms_of(source)
    return (
        (not voices or source.turn.speaker in voices)
        and holds_quoted(quoted_in(claim), source)
        and all(
            _has_figure(claim, figure, source, terms)
            for figure in figures_of(claim, source.heading.date)
        )
        and not missing_name(claim, source, context.cast, terms, of_turn=True)
        and not has_none(claim, source.told, terms)
        and not only_planned(claim, source.told, telling(terms))
    )


def _has_figure(claim: str, figure: Figure, source: Source, terms: Terms) -> bool:
    return any(
        holds(figure, held)
        and not counts_another(claim, figure, source, held, terms)
        and not is_end_of_change(claim, figure, held)
        for held in source.figures
    ) or follows(claim, figure, source.told, source.figures)


def signs_of(
    claim: str,
    account: Account,
    source: Source,
    nearest: Source,
    context: Context,
    by_rules: bool,
) -> Signs:
    """Of a stretch of a turn, `nearest` its sentence with most of the claim."""
    terms = context.terms_of(source)
    least, most = _LEARNT_WITHIN
    (learnt,) = context.supports(claim, [source.lines]) if context.supports else (0.0,)
    wanted = figures_of(claim, source.heading.date)
    worked_out = sum(not any(holds(each, held) for held in source.figures) for each in wanted)
    told = all(
        tells_of(claim, people, source.turn.speaker, source.told, context.cast, terms)
        for people in subjects(claim, context.cast)
    )
    return Signs(
        learnt=max(least, min(most, learnt)),
        share=account.share,
        alike=max(context.similar(claim, each.text) for each in (source, nearest)),
        missing=min(len(account.missing), _MISSING_AT_MOST),
        worked_out=worked_out,
        by_rules=by_rules,
        other_figure=wrong_figure(claim, source, terms) is not None and not worked_out,
        other_person=not told,
        not_so_strong=missing_strong(claim, source, terms) is not None,
    )


def _shown(claim: str, stretch: Stretch, accounts: Sequence[Account], nearest: int) -> list[Source]:
    """The sentence `nearest` to a claim, and those with more of what the stretch has of its words,
    figures and quoted words; sentences in a row as one."""
    whole, quoted = stretch.whole, quoted_in(claim)
    wanted = figures_of(claim, whole.heading.date)
    at = whole.quote.start - (len(whole.told) - len(whole.text))

    def carried_by(each: Source, account: Account) -> set[object]:
        start, end = each.quote.start - at, each.quote.end - at
        held = [figure for figure in whole.figures if start <= figure.start < end]
        return {
            *account.own,
            *(figure for figure in wanted if any(holds(figure, other) for other in held)),
            *(words for words in quoted if holds_quoted([words], each)),
        }

    carried = list(map(carried_by, stretch.sentences, accounts))
    shown = {nearest}
    while len(shown) < _SHOWN:
        have = set[object]().union(*(carried[number] for number in shown))
        best = max(range(len(carried)), key=lambda number: len(carried[number] - have))
        if carried[best] <= have:
            break
        shown.add(best)
    return [
        _joined(stretch.sentences[first], stretch.sentences[last], last - first + 1)
        for first, last in _runs(sorted(shown))
    ]


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """The first and last of those that follow one another."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


def _nearest(claim: str, stretch: Stretch, accounts: Sequence[Account], context: Context) -> int:
    """Which of its sentences has most of the claim, in words and in meaning."""
    return max(
        range(len(accounts)),
        key=lambda number: (
            accounts[number].share + context.similar(claim, stretch.sentences[number].text)
        ),
    )


def _joined(first: Source, last: Source, size: int) -> Source:
    quote = replace(first.quote, end=last.quote.end)
    return replace(first, quote=quote, size=size, reply=last.reply)
