"""What is talked about, as phrases that read well behind "about": "the nuclear power plant". Rules
of English; pure."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from index import Turn
from index.sentences import sentences

_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
# What may stand before a phrase that names a thing, and what ends one.
_OWNED = frozenset("our their its his her your my".split())
_BEFORE = _OWNED | frozenset("the a an of in about on for by with from between into across".split())
_AFTER = _BEFORE | frozenset(
    "at to as and or but that which who is are was were be been has have had will would can could "
    "should may might must because if when where while than so not do does did over after before "
    "through during under against within without we i you they it he she there this these those "
    "what how also costs says needs makes means goes wants works comes takes gets opens pays gives "
    "helps looks seems runs starts applies becomes said went came got took made gave paid "
    "met".split()
)
# Words that name nothing, alone or in front of what they describe, and names of times.
_WEAK = frozenset(
    "able absolute absolutely actual actually afternoon all another any anybody anything applause "
    "april area areas aspect attention audience audio august back background bad basis best "
    "better big bit both bunch call case cases certain chance clear close colleague colleagues "
    "com common complete concern copy counsel couple course crosstalk current day days deal "
    "december detail details different difficult direction dr each easy effort else end entire "
    "episode evening event every everybody everything exact example extent extra fact far favor "
    "february few final fine first five folks following four friday full fun further future "
    "general gentleman gentlemen gonna good gosh gotta great group guy guys half hand happy hard "
    "head heads help high hmm honor hour hours http https huge idea ideas important inaudible "
    "individual interest interesting interruption issue issues january july june just justice key "
    "kind ladies large last late latest laughs laughter least level like list little long "
    "lot lots madam main major majority manner many march matter maximum mean means member middle "
    "minister minute minutes mister moment moments monday month months morning most mr mrs ms "
    "much name necessary need needs net new next nice night no nobody notes november number "
    "numbers october oh ok okay old one ones only open opportunity order org other others own "
    "parameter part particular parts past people percent person piece place places podcast point "
    "points position possible present president previous problem problems process prof proper "
    "purpose question questions quick range real really reason reasons recent record regard "
    "related relevant respect rest result results right rog roger room same saturday second "
    "section sense september serious set several short show side sides significant similar simple "
    "single sir situation small some something sort speaker speakers special specific sponsor "
    "start step stuff subject such sunday sure talk term terms thank thanks them thing things "
    "third three thursday time times today tomorrow tonight top total transcript true tuesday "
    "turn two type types uh um update updates use various version very video view visit wanna way "
    "ways wednesday week weeks well while whole word words work world wrong www yeah year years "
    "yes yesterday".split()
)
_NO_NOUN = re.compile(r"(?:ly|ed|ing)$")
_NO_END = re.compile(r"(?:ly|ed)$")
_MOST_WORDS = 3
_LEAST_LETTERS = 4  # of a word alone that is no name


@dataclass(frozen=True, slots=True)
class Topic:
    """`phrase` is as it was said most often, `spoken` with the article that goes before it; it
    stands in `sentences` of `turns`, which hold it so many times."""

    phrase: str
    spoken: str
    turns: tuple[int, ...]
    sentences: int
    is_name: bool


def topics_of(turns: Iterable[Turn], but: Collection[str] = ()) -> list[Topic]:
    """The phrases that come back in these turns, the most telling first; none with a word of
    `but`, such as a name of who speaks there."""
    left_out = {word.casefold() for name in but for word in _WORD.findall(name)}
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    heads: dict[str, Counter[str]] = defaultdict(Counter)
    places: dict[str, list[int]] = defaultdict(list)
    for turn in turns:
        for start, end in sentences(turn.text):
            seen = set()
            for before, phrase in _phrases(turn.text[start:end]):
                key = phrase.casefold()
                if left_out & set(key.split()):
                    continue
                forms[key][phrase] += 1
                heads[key][before] += 1
                seen.add(key)
            for key in seen:
                places[key].append(turn.position)
    topics = [_topic(forms[key], heads[key], at) for key, at in places.items() if len(at) > 1]
    return sorted(topics, key=_telling, reverse=True)


def _telling(topic: Topic) -> float:
    """A phrase of several words or a name says more than a word that is said as often."""
    words = len(topic.phrase.split())
    return min(topic.sentences, 5) * (1 + 0.8 * (words - 1)) * (1.6 if topic.is_name else 1.0)


def _topic(forms: Counter[str], heads: Counter[str], at: Sequence[int]) -> Topic:
    phrase = forms.most_common(1)[0][0]
    said = sum(heads.values())
    owned = sum(heads[word] for word in _OWNED)
    plural = re.search(r"[^s]s$", phrase) is not None
    # "the tram", and of "our alliance" too; but "trams" and "trade".
    article = heads["the"] * 2 >= said or (owned * 2 > said and not plural)
    return Topic(
        phrase,
        f"the {phrase}" if article else phrase,
        tuple(dict.fromkeys(at)),
        len(at),
        all(map(_is_capital, phrase.split())),
    )


def _phrases(sentence: str) -> Iterator[tuple[str, str]]:
    """Each run of words that may name a thing, with the word before it."""
    if "<" in sentence or sentence.isupper():  # markup; and capitals tell no name there
        return
    words = list(_WORD.finditer(sentence))
    at = 0
    while at < len(words):
        first = at
        while at < len(words) and words[at].group().casefold() not in _AFTER:
            at += 1
            if at < len(words) and sentence[words[at - 1].end() : words[at].start()] != " ":
                break
        run = [word.group() for word in words[first:at]]
        before = words[first - 1].group().casefold() if first else ""
        if first and sentence[words[first - 1].end() : words[first].start()] != " ":
            before = ""
        at += 1 if at == first else 0
        while len(run) > 1 and _NO_END.search(run[-1]):  # "our mutual trade reached"
            run.pop()
        # "the Supreme Court met" speaks of the court.
        name = [*takewhile(_is_capital, run)]
        for said in (run, name) if 1 < len(name) < len(run) else (run,):
            if _names_a_thing(said, before, opens=first == 0):
                yield before, " ".join(said)


def _names_a_thing(run: Sequence[str], before: str, *, opens: bool) -> bool:
    if not run or len(run) > _MOST_WORDS or any(_is_weak(word) for word in run):
        return False
    name = all(map(_is_capital, run)) and not (opens and len(run) == 1)
    if len(run) == 1:
        alone = len(run[0]) >= _LEAST_LETTERS and before in _BEFORE
        return (name and len(run[0]) > 1) or (alone and not _NO_NOUN.search(run[0]))
    return name or (before in _BEFORE and not _NO_NOUN.search(run[-1]))


def _is_capital(word: str) -> bool:
    return word[0].isupper()


def _is_weak(word: str) -> bool:
    folded = word.casefold()
    # "U" of "the Japan-U.S. alliance" is no word of its own.
    return folded in _WEAK or "'" in word or "’" in word or len(word.rpartition("-")[2]) < 2
