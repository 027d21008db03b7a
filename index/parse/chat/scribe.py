"""IRC logs of meetings where a scribe types what others say -> who said what.

In a log as W3C groups keep it, `<scribe> anna: text` is Anna's speech, `... text` goes on with what
that scribe typed last, and a line of the scribe's without a name is the scribe's own. Scribes are
those who are announced ("scribe: nick", "scribe+"), and others whose lines are nearly all of that
form: one takes over when the scribe speaks. Where someone else types a single `anna: text`, it is
Anna's speech if the scribes have her speak and she hasn't typed just before; else it is said to
her.

Queue commands, votes, topics, links and bots are no speech and are reported. What was proposed,
resolved or assigned is no one's speech, but what a meeting is searched for: it becomes a turn
without a speaker. A nick is another name of a person only where the log says so: "present+
Anna_Lind" typed by anna, or a call "Anna Lind [SIP/42]" that is said to be anna's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ...types import TimeMark
from ..names import NOT_SPEAKERS, looks_like_name
from ..speech import Head, Speech
from .minutes import Typed, is_any_bot, why_not_speech

_ANNOUNCED = re.compile(
    r"(?:scribes?|scribe ?nick)\s*[:=+]\s*(?P<nicks>.*)|i(?:'m| am| will) scrib(?:e|ing)\b.*",
    re.IGNORECASE,
)
_PRESENT = re.compile(r"present\s?[+:=]+\s*(?P<names>.*)", re.IGNORECASE)
_BEGINS_AS_VOTE = re.compile(r"[+-]\s?\d")
_DECISION = re.compile(
    r"\W{0,2}(?:draft |straw ?poll |proposed )?(?:proposal|proposed|proposes|resolution|resolved"
    r"|action|issue|decision|decided|consensus|straw ?poll)(?:\s?[#-]?\d+)?\s*:\s*\S.*",
    re.IGNORECASE | re.DOTALL,
)
_GOES_ON = re.compile(r"(?:\.{2,}|…)\s*:?\s*(?P<text>.*)", re.DOTALL)
_NAMED = re.compile(
    r"(?P<name>[^\s:<>,;\"]{1,40}(?: [A-ZÀ-Þ][\w.'’-]{0,20}){0,2})\s?:(?P<gap>\s*)(?P<text>\S.*)",
    re.DOTALL,
)
_CALL = re.compile(r"(?P<name>[^\[(<>]{2,50}?) ?[\[(](?P<line>[^\])\s]{3,60})[\])] (?:has|is) ")
_CALLER = re.compile(
    r"voip[\w-]*[:,]\s*(?P<line>\w{2,40}) is (?P<who>\S{1,40})$"
    r"|(?P<who2>\S{1,40}) is now associated with (?P<line2>\S{3,60}?)\.?$"
    r"|Associated (?P<who3>\S{1,40}) with (?P<line3>\S{3,60}?)\.?$"
)
_WORDS = re.compile(r"[^\W_]{4,40}")
_AFTER_ARTICLE = re.compile(
    r"\b(?:an?|the|this|that|these|those|our|my|your|its|some|any|one|no)\s+(?P<word>[a-z]\w+)"
)
# What a scribe may begin a line of notes with, beside the words of NOT_SPEAKERS.
_NO_NAMES = NOT_SPEAKERS | frozenset(
    "problem also so yes no well however e.g i.e eg ie option reason idea todo fyi btw context "
    "goal first second third other another comment comments concern clarification correction "
    "suggestion reminder result results question questions answer answers summary all".split()
)

_MIN_SCRIBED = 10
_SCRIBED_SHARE = 0.6
_MIN_TAKEN_OVER = 3
# Someone who typed within so many lines is being answered; then "anna: yes" is said to her.
_JUST_BEFORE = 12
_MAX_OUTSIDERS = 20
_MAX_CALLS = 1000


def is_scribed(typed: Sequence[Typed]) -> bool:
    """Whether someone is announced as scribe, or one types what many say who type less."""
    if any(_ANNOUNCED.fullmatch(one.text) for one in typed):
        lines = (_NAMED.fullmatch(one.text) or _GOES_ON.fullmatch(one.text) for one in typed)
        return sum(line is not None for line in lines) >= _MIN_TAKEN_OVER
    return bool(_undeclared(typed, _MIN_SCRIBED))


def read_scribed(typed: Sequence[Typed], head: Head) -> list[Speech]:
    """The turns in order; what is no speech goes to `head`."""
    full = _full_names(typed)
    kept: list[Typed] = []
    for one in typed:
        why = why_not_speech(one, head)
        if why:
            head.report(one.number, f"<{one.who}> {one.text}", why)
        else:
            kept.append(one)
    scribes = {nick.casefold() for nick in _announced(typed)}
    scribes |= {nick.casefold() for nick in _undeclared(kept, _MIN_TAKEN_OVER)}
    names = _Names(typed, kept, scribes)
    turns = _turns(kept, scribes, names, _outsiders(typed, kept, scribes, names), head)
    return [turn.speech(full) for turn in turns]


@dataclass(slots=True)
class _Turn:
    label: str | None
    pieces: list[tuple[str, float | None]] = field(default_factory=list)

    def speech(self, full: dict[str, str]) -> Speech:
        marks: list[TimeMark] = []
        offset = 0
        for text, seconds in self.pieces:
            if seconds is not None:
                marks.append(TimeMark(offset, seconds))
            offset += len(text) + 1
        label = self.label and _spaced(full.get(self.label.casefold(), self.label))
        text = " ".join(text for text, _ in self.pieces)
        return Speech(label, text, self.pieces[0][1], marks=tuple(marks) if len(marks) > 1 else ())


def _spaced(name: str) -> str:
    """ "Anna_Lind" as it is meant: IRC has no spaces in nicks."""
    parts = name.split("_")
    words = all(part[:1].isupper() and not part.isdigit() for part in parts)
    return " ".join(parts) if len(parts) > 1 and words else name


def _announced(typed: Sequence[Typed]) -> set[str]:
    """The nicks that are said to scribe; "scribe+" alone is said of oneself."""
    nicks: set[str] = set()
    for one in typed:
        match = _ANNOUNCED.fullmatch(one.text)
        if match is not None:
            named = re.findall(r"[^\s,;]+", match["nicks"] or "")
            nicks.update(named or [one.who])
    return nicks


def _undeclared(typed: Sequence[Typed], at_least: int) -> set[str]:
    """Those whose lines are nearly all `name: text` or its continuation.

    Most of those named must type less than they are said to say, for in a chat, whom one
    addresses types too; and a single name without any continuation may be addressed as well.
    """
    remarks: Counter[str] = Counter()
    goes_on: Counter[str] = Counter()
    names: dict[str, Counter[str]] = {}
    for one in typed:
        match = _NAMED.fullmatch(one.text)
        if match is not None and match["gap"] and not _is_known_word(match["name"]):
            names.setdefault(one.who, Counter())[match["name"].casefold()] += 1
        elif one.who in names and _GOES_ON.fullmatch(one.text):
            goes_on[one.who] += 1
        elif not why_not_speech(one, Head()) and not _DECISION.fullmatch(one.text):
            remarks[one.who] += 1
    found = set()
    typing = Counter({who.casefold(): count for who, count in remarks.items()})
    for who, named in names.items():
        count = named.total() + goes_on[who]
        others = {name: times for name, times in named.items() if name != who.casefold()}
        silent = sum(times for name, times in others.items() if typing[name] < times)
        if (
            count >= max(at_least, _SCRIBED_SHARE * (count + remarks[who]))
            and silent * 2 > sum(others.values())
            and (len(others) > 1 or goes_on[who])
        ):
            found.add(who)
    return found


def _is_known_word(name: str) -> bool:
    return name.casefold().strip("*_#") in _NO_NAMES


class _Names:
    """The names under which people speak or type in this log, folded."""

    def __init__(self, typed: Sequence[Typed], kept: Sequence[Typed], scribes: set[str]) -> None:
        self.typists = {one.who.casefold() for one in typed}
        scribed: Counter[str] = Counter()
        nouns: set[str] = set()
        for one in kept:
            match = _NAMED.fullmatch(one.text) if one.who.casefold() in scribes else None
            if match is not None:
                scribed[match["name"].casefold()] += 1
            nouns.update(word["word"] for word in _AFTER_ARTICLE.finditer(one.text))
        self.scribed = {
            name
            for name, count in scribed.items()
            if name in self.typists or count > 1 or name not in nouns
        }

    def is_name(self, name: str, gap: str, text: str) -> bool:
        """Whether a scribe's `name: text` names a speaker."""
        folded = name.casefold()
        if _is_known_word(name) or text.startswith("//") or not re.search(r"[^\W\d_]", name):
            return False
        if folded in self.typists:
            return True
        if not gap or folded not in self.scribed:
            return False
        return looks_like_name(name) or " " not in name


def _outsiders(
    typed: Sequence[Typed], kept: Sequence[Typed], scribes: set[str], names: _Names
) -> set[str]:
    """Who typed one remark and shows in no other way: on the channel, but not in the meeting."""
    remarks = Counter(one.who for one in kept)
    signs = Counter(one.who for one in typed)
    voters = {one.who for one in kept if _BEGINS_AS_VOTE.match(one.text)}
    seen = scribes | names.scribed | _mentioned(typed)
    lone = [
        who
        for who, count in remarks.items()
        if count == signs[who] == 1 and who not in voters and who.casefold() not in seen
    ]
    if len(lone) > _MAX_OUTSIDERS:
        return set()  # where so many type once, they are the meeting
    listed = {
        word.casefold()
        for one in typed
        if is_any_bot(one.who) or _PRESENT.match(one.text)
        for word in _WORDS.findall(one.text)
    }
    return {who for who in lone if not any(word in who.casefold() for word in listed)}


def _mentioned(typed: Sequence[Typed]) -> set[str]:
    """The nicks that someone else mentions, folded."""
    nicks = {one.who.casefold() for one in typed}
    return {
        word
        for one in typed
        for word in re.split(r"[\s,:;.?!()]+", one.text.casefold())
        if word in nicks and word != one.who.casefold()
    }


def _turns(
    kept: Sequence[Typed], scribes: set[str], names: _Names, outsiders: set[str], head: Head
) -> list[_Turn]:
    turns: list[_Turn] = []
    last_of: dict[str, _Turn] = {}
    last_scribed: _Turn | None = None
    typed_at: dict[str, int] = {}
    for index, one in enumerate(kept):
        if one.who in outsiders:
            why = "typed on the channel by someone not in the meeting"
            head.report(one.number, f"<{one.who}> {one.text}", why)
            continue
        is_scribe = one.who.casefold() in scribes
        goes_on = _GOES_ON.fullmatch(one.text)
        before = last_of.get(one.who) or (last_scribed if is_scribe else None)
        if goes_on is not None and before is not None:
            if goes_on["text"]:
                before.pieces.append((goes_on["text"], one.seconds))
            continue
        label: str | None = one.who
        text = one.text
        named = _NAMED.fullmatch(text)
        if _DECISION.fullmatch(text):
            label = None
        elif named is not None and (
            names.is_name(named["name"], named["gap"], named["text"])
            if is_scribe
            else _stands_in(named, one, names, typed_at, index)
        ):
            label, text = named["name"], named["text"]
        elif not is_scribe:
            typed_at[one.who.casefold()] = index
        turn = _Turn(label, [(text, one.seconds)])
        turns.append(turn)
        last_of[one.who] = turn
        if is_scribe and label is not None:
            last_scribed = turn
    return turns


def _stands_in(
    named: re.Match[str], one: Typed, names: _Names, typed_at: dict[str, int], index: int
) -> bool:
    """Whether one who is no scribe types what another says, rather than answers someone."""
    name = named["name"].casefold()
    if name not in names.scribed or name == one.who.casefold() or not named["gap"]:
        return False
    return index - typed_at.get(name, -_JUST_BEFORE) >= _JUST_BEFORE


def _full_names(typed: Sequence[Typed]) -> dict[str, str]:
    """The full name of a nick, folded, where the log itself gives one and only one."""
    given: dict[str, set[str]] = {}
    calls = {
        match["line"]: match["name"].strip()
        for one in typed
        if is_any_bot(one.who) and (match := _CALL.match(one.text))
    }
    if len(calls) > _MAX_CALLS:
        calls = {}
    for one in typed:
        present = _PRESENT.fullmatch(one.text)
        if present is not None and _is_full(present["names"]):
            given.setdefault(one.who.casefold(), set()).add(present["names"].strip())
        caller = _CALLER.fullmatch(one.text)
        if caller is not None:
            line = caller["line"] or caller["line2"] or caller["line3"]
            nick = caller["who"] or caller["who2"] or caller["who3"]
            names = {name for call, name in calls.items() if call.endswith(line)}
            if len(names) == 1 and _is_full(name := names.pop()):
                given.setdefault(nick.casefold(), set()).add(name)
    return {nick: names.pop().replace("_", " ") for nick, names in given.items() if len(names) == 1}


def _is_full(name: str) -> bool:
    words = name.replace("_", " ").split()
    return 2 <= len(words) <= 4 and all(word[0].isupper() for word in words) and "," not in name
