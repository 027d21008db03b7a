"""What speaks against a quote as the support of a claim; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from index.sentences import sentences

from ..wording.values import name_spans
from .denial import Terms, opposed
from .english import LIGHT, kin_of, light, telling
from .evidence import Context, Fault, Source
from .figures import figures_of
from .placing import wrong_figure
from .plans import only_planned
from .voices import Cast, first_persons, said_of_another, subjects, tells_of

ASKS = re.compile(r"\b(?:ask\w*|question\w*|wonder\w*|inquir\w*|want\w*\s+to\s+know)\b", re.I)
# What is said only for a case, and what tells of one.
_IF = re.compile(
    r"^\W*(?:\w+\W+){0,2}?if\b|\bwould\b[^.]*\bif\b|\bif\b[^.]*\b(?:would|['’]d|will|['’]ll)\b",
    re.I,
)
_SUPPOSES = re.compile(
    r"\b(?:if|would|could|should|were|condition\w*|unless|provided|providing|case|may|might|"
    r"as\s+long|depend\w*|assum\w*|suppos\w*|threat\w*|warn\w*|once|when|until|ready|willing)\b",
    re.IGNORECASE,
)  # fmt: skip
# What no near word can stand for: the highest degree, all of them.
_STRONG = re.compile(
    r"\b(?P<most>larg|bigg|great|high|low|long|short|strong|weak|old|young|fast|slow|deep|wid|rich|"
    r"poor|small|wors|few|heavi|light|cheap|clos|hard|eas[iy])est\b|\b(?:best|worst|sole|solely|"
    r"exclusively|unanimous(?:ly)?|always|never|entirely|completely|everyone|everybody|everywhere)\b",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"\b[A-Z][\w’'-]*")
_VERB = re.compile(
    r"^\s+(?:is|was|has|had|will|would|can|could|did|does|are|were|says?|said|plans|wants|expects|"
    r"\w{3,}ed)\b"
)
_NO_NAME = re.compile(
    r"(?:s|ing|[ts]ion|ment|ity|[ea]nce|ship|ness|th|age|ism|ure|ly|ed|ory|ics|[aeo]ct|one|body|"
    r"thing)$|^(?:it|he|she|they|we|you|this|that|there|here|who|what|when|where|how|why|if|so|"
    r"both|each|all|some|many|most|none|no|yes|trade|work|today|now|then|people|money)$"
)
# A word that opens a sentence is none of the name behind it: "Because McCrone".
_OPENER = re.compile(
    r"^(?:because|although|though|while|when|after|before|since|if|both|unlike|like|whereas|as|only|"
    r"even|for|at|in|on|with|by|from|to|and|but|so|however|once|until|instead|neither|either|that)\s+",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:we|our|ours|us)\b|\bwe['’]", re.IGNORECASE)
_TITLES = frozenset("mr mrs ms dr president minister prime host chair sir professor".split())


def fault_of(claim: str, source: Source, context: Context, voices: Sequence[str]) -> Fault | None:
    """What speaks against a sentence as the support of a claim."""
    speaker = source.turn.speaker
    terms = context.terms_of(source)
    if source.asks and not ASKS.search(claim):
        return Fault("it was only asked", False)
    if voices and speaker not in voices:
        return Fault(f"the words are {speaker or 'nobody named'}’s, not {voices[0]}’s", True)
    if wrong := wrong_figure(claim, source, terms):
        return wrong
    if name := missing_name(claim, source, context.cast, terms):
        return Fault(f"the quote does not name {name}", True)
    if other := _said_of_other(claim, source, context.cast, terms):
        return Fault(f"it is said of {other}", True)
    for people in subjects(claim, context.cast):
        if not tells_of(claim, people, speaker, source.told, context.cast, terms):
            return Fault(f"the words tell of {speaker or 'another'}, not of {people[0]}", True)
    if opposed(claim, source.told, telling(terms)):
        return Fault("the transcripts say the opposite", True)
    if strong := missing_strong(claim, source, terms):
        return Fault(f"the quote does not say “{strong}”", False)
    if only_planned(claim, source.told, telling(terms)):
        return Fault("it was only planned", False)
    if _only_supposed(claim, source, terms):
        return Fault("it was only supposed", False)
    return None


def denied_nearby(
    claim: str, words: AbstractSet[str], source: Source, terms: Terms
) -> Fault | None:
    """Whether what the claim adds to the quote from the same turn is denied there."""
    text = source.turn.text
    for start, end in sentences(text) if words else ():
        if words & terms(text[start:end]) and opposed(claim, text[start:end], telling(terms)):
            return Fault("the transcripts say the opposite", True)
    return None


def _only_supposed(claim: str, source: Source, terms: Terms) -> bool:
    """Whether all of a quote that speaks of the claim's matter is said for a case only."""
    if _SUPPOSES.search(claim) or not _IF.search(source.told):
        return False
    said = [source.told[start:end] for start, end in sentences(source.told)]
    wanted = terms(claim) - light(terms)
    return all(_IF.search(sentence) for sentence in said if wanted & terms(sentence))


def missing_strong(claim: str, source: Source, terms: Terms) -> str | None:
    """A word such as "largest" or "unanimously" of the claim that the quote has no match for."""
    kin = kin_of(terms(source.told), terms)
    for word in _STRONG.finditer(claim):
        wanted = terms(word[0])
        if not wanted & terms(source.told) and not (word["most"] and kin_of(wanted, terms) & kin):
            return word[0]
    return None


def _said_of_other(claim: str, source: Source, cast: Cast, terms: Terms) -> str | None:
    """Whom the quote says of what the claim says of one that the quote names too."""
    text = source.told
    names = [(m.start, m.end) for m in cast.named(text)]
    names += [(a, b) for a, b in name_spans(text) if not any(x < b and a < y for x, y in names)]
    heads = [(m.start, m.end) for m in cast.named(claim)] or name_spans(claim)
    for start, end in heads[:1]:
        if not re.match(r"^\W*(?:\w+\W+){0,2}$", claim[:start]):
            continue
        said = terms(claim[start:end])
        own = [m.span() for m in _CAPITAL.finditer(text) if terms(m[0]) & said]
        others = [
            (a, b) for a, b in names if _heads(text, (a, b)) and not any(a <= x < b for x, _ in own)
        ]
        if not said & terms(cast.called(source.turn.speaker)):
            others += [span for span in first_persons(text) if _heads(text, span)]
        if own and others and said_of_another(claim[end:], own, others, text, terms):
            return text[slice(*others[0])]
    return None


def _heads(text: str, span: tuple[int, int]) -> bool:
    """Whether a name opens a sentence or a part of it."""
    return (
        re.search(r"(?:^|[.,;:!?–—]\s*|\b(?:and|but|while|whereas|that)\s+)$", text[: span[0]])
        is not None
    )


def missing_name(
    claim: str, source: Source, cast: Cast, terms: Terms, *, of_turn: bool = False
) -> str | None:
    """A name of the claim that the quote has not. One that stands around it may be added to the
    quote's own names, not put in the place of one; of what is said in a turn, names may also stand
    in what leads to it, or be whom it speaks of as "we"."""
    heading = source.heading
    lead = source.lead if of_turn else ""
    here = terms(f"{lead} {source.told} {cast.called(source.turn.speaker)}")
    people = cast.named(claim)
    near_people = {*source.also, source.turn.speaker}
    for mention in people:
        known = near_people & {*mention.people}
        if not known and not _stand_in(claim[mention.start : mention.end], here, terms):
            return claim[mention.start : mention.end]
    spans = [
        (start, end)
        for start, end in [*_opening_name(claim), *name_spans(claim)]
        if not any(m.start < end and start < m.end for m in people)
        and not figures_of(claim[start:end])
    ]
    named = [_OPENER.sub("", claim[a:b]) for a, b in spans]
    missing = [name for name in named if not _stand_in(name, here, terms)]
    if not missing:
        return None
    ours = terms(claim)
    called = cast.named(source.told)
    own = [
        source.told[a:b]
        for a, b in name_spans(source.told)
        if not any(m.start < b and a < m.end for m in called) and not figures_of(source.told[a:b])
    ]
    around = terms(f"{source.around} {heading.title} {heading.place or ''}")
    kept = all(_stand_in(name, ours, terms) for name in own)
    elsewhere = terms(source.elsewhere)
    of_us = of_turn and _OURS.search(source.told)
    fuller = [
        name
        for name in missing
        if (of_us or terms(name) & here) and _stand_in(name, elsewhere, terms)
    ]
    return next(
        (n for n in missing if n not in fuller and not (kept and _stand_in(n, around, terms))), None
    )


def _opening_name(claim: str) -> list[tuple[int, int]]:
    """A single word that opens the claim and, by the verb behind it, seems to be a name."""
    match = re.match(r"\W*([A-Z][\w’'-]+)", claim)
    if match is None or not _VERB.match(claim[match.end() :]):
        return []
    if _NO_NAME.search(match[1].lower()) or match[1].lower() in LIGHT:
        return []
    return [match.span(1)]


def _stand_in(name: str, known: AbstractSet[str], terms: Terms) -> bool:
    """Whether the words of a name are among the terms, also in another form, as "Russian" is of
    "Russia"."""
    words = [w for w in terms(re.sub(r"['’]s\b", "", name)) if w not in _TITLES]
    return all(
        word in known
        or (len(word) > 3 and any(len(t) > 3 and t[:4] == word[:4] and
                                  (t.startswith(word) or word.startswith(t)) for t in known))
        for word in words
    )  # fmt: skip
