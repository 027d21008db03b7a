"""A question that leans on what was asked before -> one that stands alone, by rules; pure.

"And Russia?" repeats the last question for Russia; "Why?" asks on about it; "he" is the person
last named, "it" what the last question was about. What can't be put into the sentence follows
it in brackets. A question that stands alone stays as it is, and so does one that can't be told
from such: what is carried over wrongly is worse than what is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .question import MAX_QUESTION_CHARS, content_words
from .wording.frame import phrases_of, subject_of
from .wording.people import Mention, mentions
from .wording.saying import who_says
from .wording.values import MONTHS, name_spans

History = Sequence[tuple[str, str]]

# Follow-ups of follow-ups are traced back so far.
_EXCHANGES = 3
_MAX_TOPIC_WORDS = 14
_AUX = (
    r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|shall|may|might|must"
    r"|isn['’]t|wasn['’]t|doesn['’]t|didn['’]t|won['’]t)"
)
_WITHIN = r"(?:(?:by|since|until|from|to|for|with|in|at|on|over|about|of|against|under)\s+)?"
_AND = re.compile(r"^(?:and|but|so|or|ok(?:ay)?|also|then)\b[,\s]+(?=\S)", re.IGNORECASE)
_WHAT_ABOUT = re.compile(r"^(?:(?:what|how)\s+about|and(?:\s+for|\s+about)?)\s+(?P<what>.+)$", re.I)
_ASKS = re.compile(
    rf"^{_WITHIN}(?:(?:the\s+)?"
    rf"(?:what|which|who|whom|whose|when|where|why|how)\b|{_AUX}\s)",
    re.IGNORECASE,
)
# A question word with its noun at most, and no verb: "By when?", "How much?", "Which ones?"
_BARE = re.compile(
    rf"^{_WITHIN}(?:"
    r"(?:why|when|where|who|whom|how|what)(?:\s+(?:not|else|so|exactly|though|come))?"
    r"|how\s+(?:much|many|long|often|far|soon|big|high|large)(?:\s+(?!of\s+(?:it|them|that|those)\b)"
    r"[\w’'-]+){0,2}"
    r"|(?:which|what)\s+(?:ones?|year|month|day|date|time|place|country|city|one|kind|sort)"
    r"|what\s+for|which)$",
    re.IGNORECASE,
)
_VERBLESS = re.compile(rf"\b{_AUX}\b|\b\w+ed\b", re.IGNORECASE)
_WHO_SAID = re.compile(
    r"^(?:and\s+)?(?:who|which of them)\s+(?:exactly\s+)?(?:said|says|told\s+\w+|mentioned|claimed|"
    r"asked|stated)\s+(?:that|this|it|so)$",
    re.IGNORECASE,
)
_LEADING = re.compile(
    rf"^{_WITHIN}"
    rf"(?:what|which|whose|how\s+(?:much|many|long|often|far|soon|big|high|large)|how|when|where|"
    rf"why|who|whom)(?:\s+(?!{_AUX}\b)[\w’'%-]+){{0,4}}?\s+(?P<aux>{_AUX})\s+",
    re.IGNORECASE,
)
_QUESTION_WORD = re.compile(
    rf"^{_WITHIN}"
    r"(?:what(?:['’]s)?|which|whose|when|where|why|whom?|how(?:\s+(?:much|many|long|often|far|big|"
    r"high|large))?)\s+",
    re.IGNORECASE,
)
_FIRST_AUX = re.compile(rf"^{_AUX}\s+(?:there\s+)?", re.IGNORECASE)
_ADVERBIAL = re.compile(
    r"^(?:(?:when|where|why|how)|what)\s+(?P<aux>" + _AUX + r")\s+(?P<rest>.+)$", re.I
)
# It that stands for nothing: "Is it true that", "How long will it take".
_EMPTY_IT = re.compile(
    r"\b(?:is|was|be|it|will|would)\s+(?:it\s+)?(?:\w+ly\s+)?(?!reach|expect)\w+\s+(?:\w+\s+)?"
    r"(?:that|to|if|whether)\b|\b(?:take|takes|took|make|makes|made)\s+it\b"
    r"|\bit\s+(?:take|takes|took|comes?|came)\b",
    re.IGNORECASE,
)
_AT_END = re.compile(
    r"\b(?:about|of|for|on|to|with|from|against|by|in|after|before|than|do|did|like|done)\s+"
    r"(?P<it>it|that|this|these|those|them)$",
    re.IGNORECASE,
)
_SUBJECT_IT = re.compile(
    rf"^(?:what\s+if|{_AUX})\s+(?P<it>(?:it|its|that)\b(?!\s+(?:be|there)\b)|(?:this|those|these)$)",
    re.IGNORECASE,
)
_THEY = re.compile(rf"^{_AUX}\s+they(?:\s+[\w’'-]+){{1,3}}$", re.IGNORECASE)
_OF_THEM = re.compile(
    r"\bof\s+(?:them|those|these)\b|\b(?:much|part|share|percent|most|some|any|all|enough|rest|half)"
    r"\s+of\s+(?:it|that|this)\b",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:ones?|then|there|that\s+time|at\s+that\s+point)$|\b(?:that|those|such)\s+(?:an?\s+)?\w+$",
    re.IGNORECASE,
)
_HE = re.compile(r"\b(?P<who>he|she|him|his|her)\b", re.IGNORECASE)
_SOMEBODY = re.compile(
    r"\b(?:who|someone|somebody|anyone|(?:the|a|an|his|her|this|that)\s+(?:\w+\s+)?(?:\w+(?:ist|ian|"
    r"man|woman|person|eer)|minister|president|professor|doctor|manager|designer|speaker|leader|"
    r"director|officer|player|teacher|astronaut|host|guest|chair|boy|girl|mother|father|author|"
    r"passenger|pilot|driver|member|marketing|user interface|expert|guy|lady|king|queen))\b",
    re.IGNORECASE,
)
# What "it" can't mean.
_NO_THINGS = frozenset("get gets got have had know known enough else happen happened".split())
_WHO_DID = re.compile(rf"^whom?\b(?=\s+{_AUX}\b)", re.IGNORECASE)
# Before a name that "he" may be; "with Russia" and "visit Russia" are more often no person.
_BEFORE_PERSON = re.compile(
    r"(?:^|\b(?:about|by|did|does|is|was|will|has|who|named|called))\s*$", re.IGNORECASE
)
_OPEN_REPLY = re.compile(
    r"^(?:what|how)\s+did\s+[\w.’' -]+?\s+(?:reply|respond|answer|react|disagree)$", re.IGNORECASE
)
# Behind a value that is listed, and before a date where several transcripts are quoted.
_SPEAKER = re.compile(
    r"^(?:[^\n“”]+ · )?(?P<name>[^\n:“”()·]{1,60}?)(?: \([^()\n]*\))?:\s“", re.MULTILINE
)
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)*\b")
_PREPOSITION = re.compile(r"^(?:in|on|since|before|after|for|from|with|by|at|to|about)\s+", re.I)
_DATE = rf"(?:(?:{MONTHS})(?:\s+(?:19|20)\d\d)?|(?:19|20)\d\d|last\s+(?:year|month|week))"
_WHEN = re.compile(rf"^(?:(?:in|for)\s+)?{_DATE}$")
_A_WHEN = re.compile(rf"(?:\bin\s+)?\b{_DATE}\b")


def resolve(question: str, history: History, people: Sequence[str] = ()) -> str:
    """The question as one that stands alone. `history` holds earlier questions with the texts of
    their answers, oldest first; `people` are the speakers of the library."""
    asked = " ".join(question.split())
    if not history or len(asked) > MAX_QUESTION_CHARS:
        return question
    *before, (last, answer) = history[-_EXCHANGES:]
    earlier = resolve(last, before, people)[:MAX_QUESTION_CHARS].strip(" ?!.")
    found = _Exchange(earlier, answer, people).follow(asked.rstrip(" ?!."))
    return f"{found[0].upper()}{found[1:]}?" if found else question


def leans_still(question: str, alone: str) -> bool:
    """Whether a follow-up that the rules made `alone` still leans on what was asked before: its
    subject only stands beside it in brackets, or nobody was found whom "he" could mean."""
    if alone == question:
        return _HE.search(question) is not None
    return alone.endswith(")?")


class _Exchange:
    """The last question, made to stand alone, and its answer: what a follow-up leans on."""

    def __init__(self, question: str, answer: str, people: Sequence[str]) -> None:
        self.question = question
        self.answer = answer
        self.people = people
        self.named = mentions(question, people)
        self.saying = who_says(question, [(m.start, m.end) for m in self.named])

    def follow(self, asked: str) -> str:
        """The follow-up with what it leans on; nothing where it stands alone."""
        if _WHO_SAID.match(asked):
            return f"who said “{self._quote()}”" if self._quote() else self._beside(asked)
        about = _WHAT_ABOUT.match(asked)
        if about and not _ASKS.match(about["what"]) and not _HE.search(asked):
            return self._for(about["what"])
        plain = _AND.sub("", asked)
        if _ASKS.match(plain) and _is_bare(plain):
            return self._asked_on(plain)
        with_names = self._with_names(plain)
        if with_names != plain and _HE.search(with_names):
            return self._beside(with_names)
        with_topic = self._with_topic(with_names)
        if with_topic != plain:
            return with_topic
        if plain != asked and _ASKS.match(plain):
            return self._beside(plain)
        return self._beside(plain) if _OPEN_REPLY.match(plain) else ""

    def _for(self, what: str) -> str:
        """The last question, asked for something or somebody else."""
        them = mentions(f"and {what}", self.people)
        if them and self.named:
            speakers = [m for m, says in zip(self.named, self.saying, strict=True) if says]
            instead = (speakers or self.named)[0]
            return _put(self.question, instead.start, instead.end, re.sub(r"^the\s+", "", what))
        if them:
            return f"what did {what} say about {self.topic()}"
        if _WHEN.match(what):
            when = re.sub(r"^(?:(?:in|for)\s+)?(?!last)", "in ", what)
            before = _A_WHEN.search(self.question)
            if before:
                return _put(self.question, before.start(), before.end(), when)
            return f"{self.question} {when}"
        bare = _PREPOSITION.sub("", what)
        topic = self.topic()
        at = self.question.rfind(topic)
        for spans in (_numbers(topic, bare), _names(topic, bare, self.named, self.question)):
            if spans and at >= 0:
                start, end = spans[-1]
                article = 4 * topic[:start].lower().endswith("the ") * bare[0].isupper()
                return _put(self.question, at + start - article, at + end, bare)
        if self._framed() and at >= 0:
            return _put(self.question, at, at + len(topic), bare)
        return f"what about {bare} ({topic})"

    def _asked_on(self, bare: str) -> str:
        """The last question with another question word; "What did he say?" as "Why did he say
        that?"."""
        match = _ADVERBIAL.match(self.question)
        if not match or re.search(r"\b(?:many|much|which|what|whom?|else)\b", bare, re.IGNORECASE):
            return self._beside(bare)
        aux, rest = match["aux"], match["rest"]
        if self.question.lower().startswith("what"):
            if aux.lower() != "did" or not any(self.saying):
                return self._beside(bare)
            rest = re.sub(r"\s+(about|of|on|to)\s+", r" that \1 ", rest, count=1)
        return f"{bare} {aux} {rest}"

    def _with_names(self, asked: str) -> str:
        """He, she and their kin as the person last named, unless the question names one."""
        match = _HE.search(asked)
        if not match or self._names_somebody(asked[: match.start()]):
            return asked
        word = match["who"].lower()
        speaks = who_says(asked, [match.span()])[0]
        name = self._person(word, speaks)
        if not name:
            return asked
        rest = asked[match.end() :]
        owns = word == "his" or (word == "her" and re.match(r"\s+\w", rest) is not None)
        text = f"{asked[: match.start()]}{name}{'’s' if owns else ''}{rest}"
        return re.sub(rf"\b{word}\b", name, text) if word in ("he", "she") else text

    def _names_somebody(self, before: str) -> bool:
        named = mentions(before, self.people) or name_spans(before[:1].lower() + before[1:])
        return bool(named or _SOMEBODY.search(_WHO_DID.sub("", before)))

    def _person(self, word: str, speaks: bool) -> str:
        """Whom a pronoun means: one who speaks before others where it says something; in the
        answer to "who?", whom it names."""
        own = [self.question[m.start : m.end] for m in self.named]
        others = [
            self.question[start:end]
            for start, end in name_spans(self.question[:1].lower() + self.question[1:])
            if not any(m.start < end and start < m.end for m in self.named)
            and _BEFORE_PERSON.search(self.question[:start])
        ]
        cited = [match["name"] for match in _SPEAKER.finditer(self.answer)][:1]
        if re.match(r"who\b", self.question, re.IGNORECASE) and (quote := self._quote()):
            spans = name_spans(quote)
            others = [quote[start:end] for start, end in spans[:1]] or others
        order = [*own[::-1], *cited, *others] if speaks else [*others[::-1], *own[::-1], *cited]
        return next((name for name in order if _may_be(word, name)), "")

    def _with_topic(self, asked: str) -> str:
        """It, this and that as what the last question was about."""
        match = _AT_END.search(asked)
        if match and not _content_before(asked, match.start("it"), self.people):
            return self._put_topic(asked, match.start("it"), match.end("it"))
        lead = _LEADING.match(asked)
        start = lead.start("aux") if lead else 0
        match = _SUBJECT_IT.match(asked[start:])
        joins = match and match["it"].lower() == "that" and content_words(asked[:start])
        if match and not joins and not _EMPTY_IT.search(asked):
            return self._put_topic(asked, start + match.start("it"), start + match.end("it"))
        if _THEY.match(asked[start:]) and not content_words(asked[:start]):
            return self._beside(asked)
        pointing = _OF_THEM.search(asked) or _POINTING.search(asked)
        if pointing and not _content_before(asked, pointing.start(), self.people):
            return self._beside(asked)
        return asked

    def _put_topic(self, asked: str, start: int, end: int) -> str:
        if self._framed() and asked[start:end].lower() in ("it", "that", "this", "them"):
            return _put(asked, start, end, self.topic())
        return self._beside(asked)

    def _beside(self, asked: str) -> str:
        return f"{asked} ({self.topic()})"

    def _framed(self) -> bool:
        """Whether the topic is a thing, which can stand for "it"."""
        subject = self._subject()
        named = re.match(r"what(?:['’]s|\s+(?:is|was|are|were))\s+(?=the\s|[A-Z])", subject, re.I)
        return subject.casefold() != self.question.casefold() or named is not None

    def topic(self) -> str:
        """What the last question was about, its question word and auxiliary left out."""
        topic = _QUESTION_WORD.sub("", self._subject(), count=1)
        topic = re.sub(r"\b(?:do|does|did)\s+", "", _FIRST_AUX.sub("", topic, count=1))
        return " ".join(topic.split()[:_MAX_TOPIC_WORDS])

    def _subject(self) -> str:
        places = [(m.start, m.end) for m, says in zip(self.named, self.saying, strict=True) if says]
        return subject_of(self.question, places)

    def _quote(self) -> str:
        quotes = phrases_of(self.answer)
        return quotes[0] if quotes else ""


def _is_bare(asked: str) -> bool:
    return _BARE.match(asked) is not None and _VERBLESS.search(asked) is None


def _content_before(asked: str, end: int, people: Sequence[str]) -> bool:
    """Whether something stands before that "it" could mean within the question itself."""
    lead = _LEADING.match(asked)
    start = lead.end() if lead and lead.end() <= end else 0
    inner: list[Mention] = mentions(asked, people)
    text = "".join(
        " " if at < start or any(m.start <= at < m.end for m in inner) else char
        for at, char in enumerate(asked[:end])
    )
    words = [word for word in content_words(text) if word[0].islower()]
    return len([word for word in words if word not in _NO_THINGS]) > 1


def _may_be(word: str, name: str) -> bool:
    """Whether a title in a name leaves a pronoun possible."""
    title = name.split()[0].casefold().strip(".")
    if word in ("she", "her"):
        return title not in ("mr", "sir", "lord", "herr")
    return title not in ("mrs", "ms", "miss", "lady", "frau")


def _put(text: str, start: int, end: int, what: str) -> str:
    return f"{text[:start]}{what}{text[end:]}"


def _numbers(topic: str, what: str) -> list[tuple[int, int]]:
    """Where the topic has a number, if that is what is asked for instead."""
    if not _NUMBER.fullmatch(what):
        return []
    return [match.span() for match in _NUMBER.finditer(topic)]


def _names(topic: str, what: str, named: Sequence[Mention], question: str) -> list[tuple[int, int]]:
    """Where the topic has a name that is no person's, if a name is asked for instead."""
    if not what[0].isupper():
        return []
    people = {question[m.start : m.end].casefold() for m in named}
    spans = [(start - 2, end - 2) for start, end in name_spans(f"a {topic}")]
    return [span for span in spans if topic[slice(*span)].casefold() not in people]
