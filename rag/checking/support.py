"""A claim of a language model against a sentence of a transcript; pure.

A sentence carries a claim where it holds its quoted words, figures, dates and names, is of the
speaker that the claim names, denies nothing of it, and says it in words or in meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from index.sentences import sentences

from ..question import content_words, sentence_outlook
from ..types import Quotable
from ..wording.values import name_spans
from .denial import Terms, opposed
from .english import EMPTY, LIGHT, kin_of, light, with_base_forms
from .figures import Figure, behind, figures_of, holds, neighbours, of_one_kind, with_lent_units
from .said import LINK
from .voices import Cast, said_of_another, sayers, subjects, tells_of

Similar = Callable[[str, str], float]

# A claim is said where the share of its words that stands in a quote and how alike the two are in
# meaning come to so much, less some for each telling word that is missing: set on the scripted
# answers of tests/data/written. Where all is there, it need not be taken apart.
_ENOUGH = 0.95
_OF_MISSING = 0.3
_LEAST = 0.5
_WHOLE = 0.72
# Another figure of that kind, in a sentence that has so much more of the words, is proof against.
_MORE = 0.25
NOT_SAID = "no sentence says this"
# What a word of little weight counts, and one of a name; and so much of it where it stands only in
# what was said just before, in the same turn, or nearby.
_LITTLE = 0.3
_NAMED = 0.5
_BEFORE = 0.7
_IN_TURN = 0.6
_NEARBY = 0.4

_QUOTED = re.compile(
    r"“([^“”]+)”|\"([^\"]+)\"|„([^„“”]+)[“”]|«([^«»]+)»|「([^「」]+)」"
    r"|(?<![\w’'])[‘']([^‘'’]+(?:['’]\w[^‘'’]*)*)['’](?!\w)"
)
_LEFT_OUT = re.compile(r"\s*(?:\[?\.\.\.\]?|\[?…\]?)\s*")
_CLAUSE = re.compile(
    r"(?:,|;)?\s+(?:and|but|while|whereas|although|though|because|since(?!\s+\d)|so\s+that|unless)\s+"
    r"|[;:]\s+|\s[–—]\s|,\s+(?:with|as|so)\s+|,\s+(?=(?:which|who|where|\w+ing)\b)",
    re.IGNORECASE,
)
# Behind these somebody else may be heard.
_APART = re.compile(r";|\b(?:while|whereas|although|though)\b", re.IGNORECASE)
# A claim about the talk itself may say what its heading says.
_OF_TALK = re.compile(
    r"\b(?:meeting|met|talks|interview|hearing|transcript|conference|conversation|podcast|episode|"
    r"session|summit|took\s+place|held)\b", re.IGNORECASE,
)  # fmt: skip
_ASKS = re.compile(r"\b(?:ask\w*|question\w*|wonder\w*|inquir\w*|want\w*\s+to\s+know)\b", re.I)
_YES_OR_NO = re.compile(
    r"^\W*(?:(?P<no>no|not|never|nobody|nothing)|yes|yeah|indeed|right|exactly|correct|sure|of course|"
    r"(?:that|this|it)(?:['’]s|\s+is)\s+(?:true|right|correct|so)|absolutely)\b", re.IGNORECASE
)  # fmt: skip
# What is said only for a case, and what tells of one.
_IF = re.compile(r"^\W*(?:\w+\W+){0,2}?if\b|\bwould\b[^.]*\bif\b|\bif\b[^.]*\b(?:would|['’]d|will|['’]ll)\b", re.I)
_SUPPOSES = re.compile(
    r"\b(?:if|would|could|should|were|condition\w*|unless|provided|providing|case|may|might|as\s+long|"
    r"depend\w*|assum\w*|suppos\w*|threat\w*|warn\w*|once|when|until|ready|willing)\b", re.IGNORECASE,
)  # fmt: skip
# What no near word can stand for: the highest degree, all of them.
_STRONG = re.compile(
    r"\b(?P<most>larg|bigg|great|high|low|long|short|strong|weak|old|young|fast|slow|deep|wid|rich|poor|"
    r"small|wors|few|heavi|light|cheap|clos|hard|eas[iy])est\b|\b(?:best|worst|sole|solely|exclusively|"
    r"unanimous(?:ly)?|always|never|entirely|completely|everyone|everybody|everywhere)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_FRAME = re.compile(
    r"\b(?:according|says?|said|stat(?:e[sd]?|ing)|add(?:s|ed)|mention\w*|not(?:es|ed)|explain\w*|"
    r"report\w*|transcripts?|passages?|speakers?|tells?|told|also|noted|remark\w*|point(?:s|ed)\s+out|"
    r"emphasi[sz]\w*|stress\w*|answer\w*|meeting|interview|podcast|confirm\w*|including|"
    r"totall?ing|amounting)\b", re.IGNORECASE,
)  # fmt: skip
_VERB = re.compile(
    r"^\s+(?:is|was|has|had|will|would|can|could|did|does|are|were|says?|said|plans|wants|expects|"
    r"\w{3,}ed)\b"
)
_NO_NAME = re.compile(
    r"(?:s|ing|[ts]ion|ment|ity|[ea]nce|ship|ness|th|age|ism|ure|ly|ed|ory|ics|[aeo]ct|one|body|"
    r"thing)$|^(?:it|he|she|they|we|you|this|that|there|here|who|what|when|where|how|why|if|so|"
    r"both|each|all|some|many|most|none|no|yes|trade|work|today|now|then|people|money)$"
)
_TITLES = frozenset("mr mrs ms dr president minister prime host chair sir professor".split())


@dataclass(frozen=True)
class Source(Quotable):
    """Up to so many sentences in a row that may carry a claim. `around` is the passage that they
    stand in, `also` who else speaks in that transcript, `before` the last
    sentence of another before them, `elsewhere` all that was sent of that transcript, and `money`
    the currencies in it."""

    around: str
    also: tuple[str, ...]
    size: int = 1
    before: str = ""
    elsewhere: str = ""
    money: frozenset[str] = frozenset()

    @cached_property
    def told(self) -> str:
        """What they say, and what they say yes or no to."""
        if not self.before or not (answer := _YES_OR_NO.match(self.text)):
            return self.text
        return f"{'Not' if answer['no'] else ''} {self.before.rstrip('?')}. {self.text}"

    @cached_property
    def figures(self) -> list[Figure]:
        return with_lent_units(self.told, figures_of(self.told, self.heading.date), self.money)


@dataclass(frozen=True)
class Context:
    """What a claim is checked with: the people of the library, the terms of a language and a text,
    and how alike two texts are in meaning, 0 to 1."""

    cast: Cast
    terms: Callable[[str | None, str], AbstractSet[str]]
    similar: Similar

    @cached_property
    def _of_language(self) -> dict[str | None, Terms]:
        return {}

    def terms_of(self, source: Source) -> Terms:
        language = source.heading.language
        if language not in self._of_language:
            self._of_language[language] = lambda text: self.terms(language, with_base_forms(text))
        return self._of_language[language]


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
    sources = [source for source in sources if _holds_quoted(quoted, source)] if quoted else sources
    if quoted and not sources:
        return Finding(None, f"no transcript says “{quoted[0]}”")
    accounts = [(_account(claim, source, context, voices), source) for source in sources]
    first_fault, floor = "", 0.0
    for account, source in sorted(accounts, key=lambda found: (-found[0].share, found[1].size)):
        if account.share < floor:
            break
        fault = _fault(claim, source, context, voices) or _denied_nearby(
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
        if fault.speaks_against and account.share >= _WHOLE:
            floor = max(floor, 0.9 * account.share)
    return Finding(None, first_fault or _absent_figure(claim, sources) or NOT_SAID)


def _rivalled(
    claim: str, source: Source, account: _Account, accounts: Sequence[tuple[_Account, Source]]
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


def _denied_nearby(
    claim: str, words: AbstractSet[str], source: Source, terms: Terms
) -> _Fault | None:
    """Whether what the claim adds to the quote from the same turn is denied there."""
    text = source.turn.text
    for start, end in sentences(text) if words else ():
        if words & terms(text[start:end]) and opposed(claim, text[start:end], terms):
            return _Fault("the transcripts say the opposite", True)
    return None


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


def quoted_in(claim: str) -> list[str]:
    """What stands in quotation marks, in order, each once; what it leaves out parts it."""
    found = (next(filter(None, match.groups())) for match in _QUOTED.finditer(claim))
    pieces = (piece for words in found for piece in _LEFT_OUT.split(words))
    return list(dict.fromkeys(p for p in (_even(piece).strip(" ,.;:!?") for piece in pieces) if p))


@dataclass(frozen=True, slots=True)
class _Fault:
    why: str
    speaks_against: bool
    absent: bool = False


def _fault(claim: str, source: Source, context: Context, voices: Sequence[str]) -> _Fault | None:
    """What speaks against a sentence as the support of a claim."""
    speaker = source.turn.speaker
    terms = context.terms_of(source)
    if source.text.rstrip("\"'”’) ").endswith("?") and not _ASKS.search(claim):
        return _Fault("it was only asked", False)
    if voices and speaker not in voices:
        return _Fault(f"the words are {speaker or 'nobody named'}’s, not {voices[0]}’s", True)
    if wrong := _wrong_figure(claim, source, terms):
        return wrong
    if name := _missing_name(claim, source, context.cast, terms):
        return _Fault(f"the quote does not name {name}", True)
    if other := _said_of_other(claim, source, context.cast, terms):
        return _Fault(f"it is said of {other}", True)
    for people in subjects(claim, context.cast):
        if not tells_of(claim, people, speaker, source.told, context.cast, terms):
            return _Fault(f"the words tell of {speaker or 'another'}, not of {people[0]}", True)
    if opposed(claim, source.told, terms):
        return _Fault("the transcripts say the opposite", True)
    if strong := _missing_strong(claim, source, terms):
        return _Fault(f"the quote does not say “{strong}”", False)
    if _only_supposed(claim, source, terms):
        return _Fault("it was only supposed", False)
    return None


def _only_supposed(claim: str, source: Source, terms: Terms) -> bool:
    """Whether all of a quote that speaks of the claim's matter is said for a case only."""
    if _SUPPOSES.search(claim) or not _IF.search(source.told):
        return False
    said = [source.told[start:end] for start, end in sentences(source.told)]
    wanted = terms(claim) - light(terms)
    return all(_IF.search(sentence) for sentence in said if wanted & terms(sentence))


def _missing_strong(claim: str, source: Source, terms: Terms) -> str | None:
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
    names += [
        (a, b) for a, b in name_spans(text) if not any(x < b and a < y for x, y in names)
    ]
    heads = [(m.start, m.end) for m in cast.named(claim)] or name_spans(claim)
    for start, end in heads[:1]:
        if len(names) < 2 or not re.match(r"^\W*(?:\w+\W+){0,2}$", claim[:start]):
            continue
        said = terms(claim[start:end])
        own = [span for span in names if terms(text[slice(*span)]) & said]
        others = [span for span in names if span not in own and _heads(text, span)]
        if own and others and said_of_another(claim[end:], own, others, text, terms):
            return text[slice(*others[0])]
    return None


def _heads(text: str, span: tuple[int, int]) -> bool:
    """Whether a name opens a sentence or a part of it."""
    return re.search(r"(?:^|[.,;:!?–—]\s*|\b(?:and|but|while|whereas|that)\s+)$", text[: span[0]]) is not None


def _wrong_figure(claim: str, source: Source, terms: Terms) -> _Fault | None:
    wanted = figures_of(claim, source.heading.date)
    for figure in wanted:
        said = claim[figure.start : figure.end]
        held = [other for other in source.figures if holds(figure, other)]
        if not held and _is_one_of(figure, said, source.told):
            continue
        if not held:
            if _is_day_of_talk(figure, wanted, source):
                continue
            return _Fault(f"no quote holds “{said}”", False, absent=True)
        if not any(_in_place(claim, figure, wanted, source, other, terms) for other in held):
            return _Fault(f"“{said}” is said of something else", True)
    if _of_another_time(wanted, source):
        return _Fault("it is said of another time", True)
    if any(figure.is_number for figure in wanted):
        ours, theirs = sentence_outlook(claim), sentence_outlook(source.told)
        if ours and theirs and ours != theirs:
            return _Fault("one speaks of what has been, the other of what is to come", True)
    return None


def _is_one_of(figure: Figure, said: str, text: str) -> bool:
    """Whether a figure is one of something that the quote has with an article: "a year"."""
    counted = re.fullmatch(r"one\s+(\w+)", said, re.IGNORECASE)
    return bool(counted and re.search(rf"\ban?\s+{counted[1]}\b", text, re.IGNORECASE))


def _of_another_time(wanted: Sequence[Figure], source: Source) -> bool:
    """Whether a number stands in a sentence that has dates, but none of the claim's."""
    dates = [figure for figure in wanted if figure.is_date]
    if source.size == 1 or not dates:
        return False
    for figure in wanted:
        if not figure.is_number:
            continue
        apart = []
        for start, end in sentences(source.told):
            inside = [f for f in source.figures if start <= f.start < end]
            if any(holds(figure, f) for f in inside):
                own = [f for f in inside if f.is_date]
                apart.append(bool(own) and not any(holds(d, f) for d in dates for f in own))
        if apart and all(apart):
            return True
    return False


def _is_day_of_talk(figure: Figure, wanted: Sequence[Figure], source: Source) -> bool:
    """Whether a date of a claim is the day of the talk, given beside the dates of the quote."""
    if not source.heading.date:
        return False
    day = figures_of(source.heading.date)[0]
    own = [f for f in source.figures if any(kind in ("date", "relative") for kind, *_ in f.keys)]
    kept = all(any(holds(other, mine) for other in wanted) for mine in own)
    return kept and holds(figure, day)


def _in_place(
    claim: str, figure: Figure, wanted: Sequence[Figure], source: Source, held: Figure, terms: Terms
) -> bool:
    """Whether a figure is said of the same as in the claim, where the sentence has others of its
    kind: no other of them stands among more of the claim's words."""
    if not figure.is_number:
        return True
    numbers = [f for f in source.figures if f.is_number]
    def terms(text: str, plain: Terms = terms) -> AbstractSet[str]:
        found = plain(text) - light(plain)
        return found | _named_kin(found, plain)

    here = terms(neighbours(source.told, held, numbers))
    counted = terms(behind(claim, figure)) & terms(source.told)
    if not figure.unit and counted and not counted & (here | terms(behind(source.told, held))):
        return False
    rivals = [f for f in numbers if f is not held and of_one_kind(f, held)]
    if (figure.is_from and held.is_from) or (figure.is_to and held.is_to):
        return True
    if figure.is_from and not held.is_from and any(rival.is_from for rival in rivals):
        return False
    started = [f for f in wanted if f.is_from and f is not figure]
    rivals = [f for f in rivals if not (f.is_from and any(holds(other, f) for other in started))]
    if not here:  # "and it would be 2.8"
        return True
    ours = terms(neighbours(claim, figure, [f for f in wanted if f.is_number]))
    near = len(ours & here)
    return all(len(ours & terms(neighbours(source.told, f, numbers))) <= near for f in rivals)


def _missing_name(claim: str, source: Source, cast: Cast, terms: Terms) -> str | None:
    """A name of the claim that the quote has not. One that stands around it may be added to the
    quote's own names, not put in the place of one."""
    heading = source.heading
    here = terms(f"{source.told} {cast.called(source.turn.speaker)}")
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
    missing = [claim[a:b] for a, b in spans if not _stand_in(claim[a:b], here, terms)]
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
    fuller = [n for n in missing if terms(n) & here and _stand_in(n, elsewhere, terms)]
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


@dataclass(frozen=True, slots=True)
class _Account:
    """How much of what a claim says stands in a quote, 0 to 1, and how much of its words alone;
    which telling words do not, and which stand only near the quote."""

    share: float
    of_words: float
    missing: tuple[str, ...]
    nearby: AbstractSet[str]

    @property
    def whole(self) -> bool:
        """Whether nothing of the claim is missing."""
        return not self.missing and self.share >= _WHOLE


def _account(
    claim: str, source: Source, context: Context, voices: Sequence[str] = ()
) -> _Account:
    """What of a claim stands in a quote: in words, words near in meaning, or figures."""
    terms = context.terms_of(source)
    figures = figures_of(claim, source.heading.date)
    counted = [(figure.start, figure.end) for figure in figures]
    names = name_spans(claim) + [(m.start, m.end) for m in context.cast.named(claim)]
    here = terms(f"{source.told} {context.cast.called(source.turn.speaker)}")
    if _OF_TALK.search(claim):
        here = here | terms(f"{source.heading.title} {source.heading.place or ''}")
    asked = source.before if source.before.endswith("?") or not voices else ""
    layers = [(1.0, here), (_BEFORE, terms(asked)), (_IN_TURN, terms(source.turn.text))]
    layers.append((_NEARBY, terms(f"{source.around} {source.heading.title}")))
    layers = [(worth, words | _named_kin(words, terms)) for worth, words in layers]
    of = got = 0.0
    missing: list[str] = []
    nearby: set[str] = set()
    framed = _FRAME.sub(lambda words: " " * len(words[0]), claim)
    for word in _WORD.finditer(framed):
        plain = terms(word[0])
        at = (word.start(), word.end())
        if not plain or word[0].lower() in EMPTY or _inside(at, counted):
            continue
        is_name = _inside(at, names)
        weight = _LITTLE if plain <= light(terms) else _NAMED if is_name else 1.0
        wanted = plain | _named_kin(plain, terms)
        worth = next((worth for worth, words in layers if _among(wanted, words)), 0.0)
        of += weight
        got += weight * worth
        if weight >= _NAMED and 0 < worth < 1:
            nearby |= plain
        if weight == 1.0 and not worth:
            missing.append(word[0])
    held = sum(any(holds(f, other) for other in source.figures) for f in figures)
    share = (got + held) / (of + len(figures)) if of or figures else 0.0
    return _Account(share, got / of if of else 0.0, tuple(missing), nearby)


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


def _named_kin(words: AbstractSet[str], terms: Terms) -> AbstractSet[str]:
    return {f"~{group}" for group in kin_of(words, terms)}


def _is_said(claim: str, source: Source, account: _Account, context: Context) -> bool:
    import rag.checking.support as me
    if getattr(me, "LOG", None) is not None:
        me.LOG.append((claim, source.told, round(account.share, 2), account.missing, round(context.similar(claim, _spoken(source)), 2)))
    if account.share < _LEAST:
        return False
    alike = context.similar(claim, _spoken(source))
    return account.share + alike - _OF_MISSING * len(account.missing) >= _ENOUGH


def _spoken(source: Source) -> str:
    return f"{source.turn.speaker}: {source.text}" if source.turn.speaker else source.text


def _holds_quoted(quoted: Sequence[str], source: Source) -> bool:
    text = _even(source.text)
    return all(words in text for words in quoted)


def _even(text: str) -> str:
    """A text with one kind of space, apostrophe and dash, which quoting may change."""
    text = re.sub(r"[‘’]", "'", re.sub(r"[–—−]", "-", text))
    return " ".join(text.split())


def _says_something(part: str) -> bool:
    words = [word for word in content_words(part) if word.lower() not in EMPTY]
    return len(words) >= 2
