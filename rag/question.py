"""What a question asks for, by rules said in words: no model is needed.

"How much", "when", "who" name the kind of value that answers; "target" or "last year" say
whether a figure ahead or one already reached is meant; a name of the library's people together
with a verb of saying means their words (people.py, saying.py); dates and transcripts may say
where to look (period.py, documents.py); the rest, its frame left out (frame.py), is what the
question is about, and other names in it must occur in what answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.errors import InputError
from index.gloss import glossed
from index.lexicon import in_latin
from index.types import Document

from .wording.documents import Named, documents_named
from .wording.frame import is_broad, is_of_each, phrases_of, subject_of, without_courtesy
from .wording.listed import Listed, listed_in, stands_as_lister
from .wording.people import Mention, mentions
from .wording.period import Period, period_of
from .wording.saying import who_says
from .wording.values import DIGITS, find_values, name_spans

MAX_QUESTION_CHARS = 2_000

# In order: the first pattern that matches names the kind of answer wanted.
_WANTED = [
    ("list", r"^(?:please\s+)?(?:list|enumerate|name)\s+(?:all|the|some|every|each|two|three|four|"
             r"five)\b|^(?:what|which) else\b|\b(?:what|which)(?:\s+(?:are|were))?"
             r"(?:\s+(?:the|some|of|other|main|key|different|all|two|three|four|five|six)\b)*\s+"
             r"(?:reasons|topics|issues|subjects|points|things|themes|areas|problems|advantages|"
             r"disadvantages|benefits|drawbacks|barriers|difficulties|challenges|steps|measures|"
             r"options|conditions|arguments|concerns|questions|changes|decisions|ideas|features|"
             r"examples|priorities|criteria)\b"),
    ("who_said", r"^(?:and\s+)?who\s+(?:\w+ly\s+)?(?:said|says|say|asked|asks|mentioned|mentions|"
                 r"talked|spoke|thanked|announced|raised|told|called|noted|promised|expressed|"
                 r"described|remarked|stressed|stated|claimed|argued|predicted|suggested|thinks|"
                 r"believes|expects|hopes|wants|brought up|is looking forward)\b"
                 r"|\b(?:which|who) of the (?:\w+ )?(?:leaders|speakers|people|men|women|sides|"
                 r"presidents|participants)\b"),
    ("date", r"\bhow soon\b|\b(?:what|which|on what|on which)\s+(?:\w+\s+)?(?:date|day|month|year|"
             r"time)\b|^(?:since |by |and |until )?when\b|^(?:the )?dates?\b|\bdeadline\b"),
    ("duration", r"\bhow long\b|\bduration\b|\bhow many (?:\w+ )?(?:days|hours|minutes|weeks|"
                 r"months|years)\b"),
    ("count", r"\bhow many\b|\bnumber of\b|\bhow often\b"),
    ("amount", r"\bhow (?:much|big|large|high|far|tall|old|fast)\b"),
    ("person", r"^(?:and |by |to |with )?whom?\b|^whose\b|\b(?:which|what) (?!did |do)(?:\w+ )?"
               r"(?:person|man|woman|minister|president|leader|official|journalist|reporter|"
               r"speaker|statesman)\b"),
    ("place", r"^(?:from |to |and )?where\b|\b(?:which|what) (?:\w+ )?(?:city|cities|country|"
              r"countries|place|town|island|region|venue)\b|^(?:the )?(?:place|venue|location)\b"),
    ("name", r"\b(?:which|what) (?!did |do)(?:\w+ ){0,2}(?:company|companies|organi[sz]ation|bloc|"
             r"event|festival|union|agency|bank|firm|party|project|song|policy|team)\b|"
             r"\bname of\b|\bcalled\?*$"),
    ("reason", r"^(?:and )?why\b|\bwhat (?:is|was) the reason|\bfor what reason\b"),
    ("yes_no", r"^(?:is|are|was|were|do|does|did|will|would|can|could|has|have|had|should|may)\b"),
    ("statement", r"^how\b|\b(?:say|says|said|think|thinks|describe|explain|feel|view|call)\b"),
    ("amount", r"\b(?:amount|value|worth|cost|costs|price|volume|turnover|percent\w*|share|rate|"
               r"size|length|distance|target|goal|figure|total|budget|salary|revenue|investment)\b"),
]  # fmt: skip
_COMPILED = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _WANTED]

# The kinds of value (see values.py) that answer each kind of question.
ANSWERED_BY: dict[str, tuple[str, ...]] = {
    "date": ("date",),
    "duration": ("duration", "quantity"),  # "how long" is asked of speeches and of borders
    "count": ("number", "quantity", "duration", "share"),
    "amount": ("money", "share", "quantity", "number", "duration"),
    "place": ("name",),
    "person": ("name",),
    "name": ("name",),
}

# Asks for what was talked about, whatever value is in it: "What was discussed about the budget?"
_OF_TALK = re.compile(
    r"^(?:please\s+)?(?:summari[sz]e|describe|explain|discuss|tell me about)\b|\b(?:discuss\w*|"
    r"opinions?|views?|think|thought|attitudes?|conclusions?|(?:said|talk\w*|say) (?:about|on))\b",
    re.IGNORECASE,
)
_STRICTLY_A_SUM = re.compile(r"\b(?:how much|costs?|prices?|salary|budget)\b", re.IGNORECASE)

_AHEAD = re.compile(
    r"\b(?:targets?|goals?|aims?|objectives?|milestones?|plans?|planned|forecasts?|expect\w*|"
    r"intend\w*|projected|hopes?|ambitions?|will|going to|upcoming|next|soon)\b", re.IGNORECASE
)  # fmt: skip
_BEHIND = re.compile(
    r"\b(?:last|ago|previous\w*|already|so far|to date|achieved|actual\w*|reached|past|current\w*|"
    r"completed|finished|did|was|were)\b", re.IGNORECASE
)  # fmt: skip
# What frames a question without being asked for: "What target was mentioned?" asks for no past.
_FRAME = re.compile(
    r"\b(?:was|were|is|are|did\s+\w+|been)\s+(?:\w+\s+)?(?:mention(?:ed)?|said|discussed|named|"
    r"given|stated|cited|announced|set)\b|^(?:please\s+)?(?:can you\s+)?(?:tell me|summari[sz]e|"
    r"describe|explain|list|give me|show me)\b(?:\s+(?:the )?(?:discussion|debate) (?:about|on))?"
    r"|\baccording to\b|\bin the (?:transcripts?|meeting|interview|text)\b", re.IGNORECASE
)  # fmt: skip
_STOP = frozenset(
    "what which who whom whose when where why how did do does done is are was were be been being "
    "has have had having will would can could should may might must shall the a an of in on at to "
    "for from with by about as and or that this these those there it its their his her he she "
    "they them we us our you your i my me if than then so not no but also very more most any some "
    "much many long soon name give between during into over say says said tell told mention "
    "mentioned according speak spoke talk talked ask asked please one two".split()
)
# Words of questions about a talk, which tell one place in it from another least.
_FRAME_WORDS = frozenset(
    "summarize summarise discussion discussions discuss discussed think thinks thought team group "
    "meeting opinion opinions idea ideas whole view views decide decided suggest suggested "
    "recommend recommended propose proposed agree agreed explain explained describe described "
    "introduce introduced participants committee members".split()
)
_TALK_WORDS = frozenset(
    "summary overview recap outline main key important points point side sides both each everyone "
    "everybody transcript transcripts interview conversation press conference debate highlights "
    "takeaways talks leaders presidents parties speakers session hearing briefing call episode "
    "gaggle topics subjects themes issues covered raised addressed podcast file "
    "everything whole content contents happened topic subject".split()
)
_HOW_MANY = re.compile(r"\bhow many\s+(?P<phrase>(?:[\w’'-]+\s*){1,6})", re.IGNORECASE)
_COUNTED_ENDS = re.compile(
    r"\b(?:are|is|was|were|did|do|does|has|have|had|will|would|can|could|in|of|on|at|to|for|from|"
    r"with|by|there|that|which|who)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:[.,’'-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Question:
    """A question understood; `said` is it as it was asked, `text` its gloss where it has one.

    `subject` is what it is about, a phrase without the frame; `words` carry its meaning, and
    `core` are those of them that tell what is asked from other talk. `documents`, `since` and
    `until` (YYYY-MM-DD, inclusive) say where to look. `phrases` stood in quotation marks.
    `listed` is what every match of is asked for; `broad` whether all that was said on the subject
    is, and `of_each` whether by each of those who speak on it.
    """

    text: str
    said: str
    core: str
    subject: str
    wants: str
    outlook: str | None
    said_by: tuple[str, ...]
    about: tuple[str, ...]
    names: tuple[str, ...]
    words: tuple[str, ...]
    counted: str | None
    phrases: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None
    listed: Listed | None = None
    broad: bool = False
    of_each: bool = False

    @property
    def strict(self) -> bool:
        """Whether only a value of the kind asked for can answer."""
        always = self.wants in ("date", "duration", "count", "place")
        return always or bool(self.wants == "amount" and _STRICTLY_A_SUM.search(self.text))

    @property
    def scoped(self) -> bool:
        """Whether it says where to look."""
        return bool(self.documents or self.since or self.until)

    @property
    def content(self) -> str:
        """Its words that carry meaning; all of it where none does."""
        return " ".join(self.words) or self.text

    @property
    def for_value(self) -> bool:
        """Whether something that one sentence holds is asked for, not talk about a subject."""
        if self.broad or _OF_TALK.search(self.text):
            return False
        return self.wants in (*ANSWERED_BY, "who_said", "yes_no")

    @property
    def topic(self) -> tuple[str, ...]:
        """The words of its subject that no question about talk has as such; none where all that
        was said is asked for."""
        words = content_words(self.subject)
        return tuple(w for w in words if w.casefold() not in _FRAME_WORDS | _TALK_WORDS)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of value that would answer; empty where any words may."""
        return ANSWERED_BY.get(self.wants, ())


def understand(
    text: str,
    people: Sequence[str] = (),
    documents: Sequence[Document] = (),
    *,
    scoped: bool = True,
) -> Question:
    """Read a question; `people` are the speakers of the library, `documents` its transcripts.

    Unless `scoped`, dates and transcripts that it names are words like others. Raises InputError
    for an empty question, or one too long to be a question.
    """
    said = text = " ".join(text.encode("utf-8", "replace").decode().split())  # no half characters
    if not any(char.isalnum() for char in text):
        raise InputError("the question is empty; ask for example: What was decided, and by whom?")
    if len(text) > MAX_QUESTION_CHARS:
        raise InputError(
            f"the question has {len(text):,} characters; ask in at most {MAX_QUESTION_CHARS:,}"
        )
    roles = [role for document in documents for role in document.roles]
    gloss = glossed(text)
    if gloss:
        named_here = mentions(text, people, roles)
        text = gloss.but_for([(mention.start, mention.end) for mention in named_here], text)
        text = re.sub(r"^That\b", "What", text)  # "Que dit ...", "Что сказал ..."
    places = documents if scoped else ()
    period = period_of(text, [document.date for document in places if document.date])
    named = documents_named(text, places)
    plain = _without_scope(text, period, named)
    found = _mentions(plain, people, roles)
    spans = [(mention.start, mention.end) for mention in found]
    saying = who_says(plain, spans)
    if gloss:  # whose words are asked for shows in the order of their own language
        theirs = who_says(said, [(mention.start, mention.end) for mention in named_here])
        says_it = {m.people for m, says in zip(named_here, theirs, strict=True) if says}
        saying = [says or m.people in says_it for m, says in zip(found, saying, strict=True)]
    listed = listed_in(plain, [span for span, says in zip(spans, saying, strict=True) if says])
    if listed is None:
        listing = [
            says or stands_as_lister(plain, *at) for at, says in zip(spans, saying, strict=True)
        ]
        listed = listed_in(plain, [at for at, lists in zip(spans, listing, strict=True) if lists])
        saying = listing if listed else saying
    said_by = _people(m.people for m, says in zip(found, saying, strict=True) if says)
    mentioned = _people(m.people for m in found)
    speakers = [span for span, says in zip(spans, saying, strict=True) if says]
    subject = subject_of(plain, speakers)
    words = content_words(plain)
    telling = [word for word in words if word.casefold() not in _FRAME_WORDS] or words
    asked = without_courtesy(plain)
    wants = next((kind for kind, pattern in _COMPILED if pattern.search(asked)), "any")
    open_to_all = wants in ("statement", "any", "list", "reason")
    of_each = open_to_all and (len(said_by) > 1 or is_of_each(asked))
    return Question(
        text=text,
        said=said,
        core=" ".join([*telling, *((said,) if gloss else ())]) or text,
        subject=subject or text,
        wants="list" if listed else wants,
        outlook=_outlook(plain),
        said_by=said_by,
        about=tuple(person for person in mentioned if person not in said_by),
        names=tuple(_names(plain, mentioned)),
        words=words,
        counted=_counted(plain),
        phrases=phrases_of(said if gloss else plain),
        documents=named.documents if named else (),
        since=period.since if period else None,
        until=period.until if period else None,
        listed=listed,
        broad=listed is None and (of_each or is_broad(plain) or is_broad(asked)),
        of_each=of_each,
    )


def _mentions(text: str, people: Sequence[str], roles: Sequence[tuple[str, str]]) -> list[Mention]:
    """Where people are named, also in Latin letters where their name has others."""
    abroad = (name for name in people if not name.isascii())
    spelled = {" ".join(map(in_latin, name.split())): name for name in abroad}
    found = mentions(text, [*people, *(name for name in spelled if name.isascii())], roles)
    return [replace(m, people=_people([[spelled.get(p, p) for p in m.people]])) for m in found]


def _without_scope(text: str, period: Period | None, named: Named | None) -> str:
    """The question without the words that only say where to look; all of it where none is left."""
    spans = [(named.start, named.end)] if named else []
    if period:
        spans.append((period.start, period.end))
    inside = {at for start, end in spans for at in range(start, end)}
    plain = "".join(" " if at in inside else char for at, char in enumerate(text))
    plain = re.sub(r"\s+(?=[,?.!])", "", " ".join(plain.split())).strip(" ,")
    return plain if content_words(plain) else text


def _people(groups: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for group in groups for person in group))


def content_words(text: str) -> tuple[str, ...]:
    """The words that carry the meaning, in order, each once."""
    words = (match.group() for match in _WORD.finditer(text))
    return tuple(dict.fromkeys(word for word in words if word.casefold() not in _STOP))


def _outlook(text: str) -> str | None:
    """ "ahead" for what is aimed at or to come, "behind" for what has been, None for neither."""
    return sentence_outlook(_FRAME.sub(" ", text))


def sentence_outlook(text: str) -> str | None:
    """The same for a sentence of a transcript."""
    ahead, behind = bool(_AHEAD.search(text)), bool(_BEHIND.search(text))
    if ahead == behind:
        return None
    return "ahead" if ahead else "behind"


def _counted(text: str) -> str | None:
    """What "how many" counts: the last plural before the verb, "branches" of "how many
    university branches are there"."""
    match = _HOW_MANY.search(text)
    if match is None:
        return None
    phrase = _COUNTED_ENDS.split(match["phrase"], maxsplit=1)[0].split()
    plurals = [word for word in phrase if re.search(r"s$|^people$|^children$|^(?:wo)?men$", word)]
    return plurals[0] if plurals else (phrase[-1] if phrase else None)


def _names(text: str, mentioned: Sequence[str]) -> Iterable[str]:
    """Names and figures in the question, the library's people left out, each once.

    Of "$30 billion" or "last year" only digits and capitals count: units are written many ways.
    """
    known = _STOP | {part.casefold() for person in mentioned for part in person.split()}
    spans = name_spans(text[:1].lower() + text[1:])  # the first capital is the sentence's
    spans += [(v.start, v.end) for v in find_values(text) if v.kind not in ("name", "number")]
    for start, end in dict.fromkeys(spans):
        for word in re.findall(r"[^\W_]+(?:[.,][^\W_]+)*", text[start:end]):
            folded = word.casefold()
            if folded in DIGITS:
                yield DIGITS[folded]
            elif word.isdigit() or (len(word) > 1 and word != folded and folded not in known):
                yield word
