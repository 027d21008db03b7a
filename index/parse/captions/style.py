"""How one file of captions prints its speakers, learnt from all of its cues.

A voice tag (`<v Anna Lind>`) is a label by its markup. All other labels are words that may be
speech: "Note: later", "[Music]". So what could be a label is counted over the whole file:
- "X:" is a label where such openings begin most cues (Zoom prints one in each). Elsewhere it
  must have the shape of a name and recur, from the first cues on or beside others that do; or
  stand after ">>" or a dash. A name seen once follows those, unless its words are common ones.
- "[X]" and "(X)" are labels where a colon follows or ">>" or a dash stands before, or where
  they recur before speech. Words for sounds never are.
- A line of its own, above the text of most cues or above their times, is a label if it is a name.
- ">>" tells a change of speaker, and no more; so does a dash that recurs.

A label holds on for the cues below it in files that print one at each change of speaker, as
captioners do: there, a cue without a label follows a labelled one more often than a cue which
repeats its label does. In files that label each cue, a cue without a label has no speaker.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nlargest

from ..names import NOT_SPEAKERS, looks_like_name
from .cues import Cue, is_number
from .voices import fresh_texts, is_aside, lines_of, texts_of

# What captions put into brackets that is no one's name.
_SOUND = re.compile(
    r"""music|applau|laugh|cheer|chuckl|giggl|sigh|gasp|groan|cough|sniff|scream|sob|cry|clap
    |whistl|inaudib|unintellig|indiscern|cross-?talk|silen|pause|nois|sound|background|static|beep
    |bell|phone|ring|foreign|blank|bleep|speak(?!er)|sing|hum|mumbl|whisper|shout|yell|grunt|breath
    |exhal|inhal|clear|knock|door|gun|thunder|wind|bark|no\ audio|end|start|break|intro|outro|theme
    |video|recording|advert|skip|translat|continu|censor|redact|__|musik|gelächter|beifall
    |lachen|musique|rire|música|risas|aplauso|музык|смех|аплод|音乐|音楽|笑|掌声|拍手""",
    re.IGNORECASE | re.VERBOSE,
)
_NOT_IN_NAME = re.compile(r"[!?;…\"“”«»<>=]|\.\s+[a-z]|\.\.")
_MAX_NAME_WORDS = 8
_MAX_HEAD_CHARS = 60

# An opening that covers this share of the cues is how the file prints its speakers.
_EACH_CUE_SHARE = 0.6
_NEARLY_ALL_SHARE = 0.9
_OFTEN_SHARE = 0.02
_EARLY_CUES = 10
# Each name seen once costs a search of the text; a file with more of them lists something else.
_MAX_SEEN_ONCE = 50
_MAX_LABELS = 2000
_MAX_COUNTED = 50_000
_ROLLING_SAMPLE_CUES = 2000
_ROLLING_SHARE = 0.25
# Cues that go on in order for so long after a jump back are a second part, not out of place.
_PART_CUES = 10


@dataclass(frozen=True, slots=True)
class Style:
    """`names`, `brackets`, `heads` (lines above the text) and `cue_names` are the labels borne out.

    `holds`: a label is for the cues below it too. `dashes`: a dash is a change of speaker, and
    `dashes_hold` unless it parts the speakers of one cue only. `rolling`: each cue repeats the
    line before. `shuffled`: cues stand out of the order of their times.
    """

    names: frozenset[str] = frozenset()
    brackets: frozenset[str] = frozenset()
    heads: frozenset[str] = frozenset()
    cue_names: frozenset[str] = frozenset()
    holds: bool = False
    dashes: bool = False
    dashes_hold: bool = False
    rolling: bool = False
    shuffled: bool = False


def read_style(cues: Iterable[Cue], text: str) -> Style:
    """One pass over the cues; `text` is the whole file, searched for words in common use."""
    seen = _Seen()
    for cue in cues:
        seen.add(cue)
    return seen.style(text)


@dataclass(slots=True)
class _Count:
    """How often one possible label was seen: in all, at a cue's start, there in the first cues.

    `repeats` counts the cues right below one with the same label, `followers` those with none.
    """

    lines: int = 0
    cues: int = 0
    early: int = 0
    repeats: int = 0
    followers: int = 0
    is_sure: bool = False


@dataclass(slots=True)
class _Tally:
    """Possible labels of one form. When there are too many, the rarer half is dropped."""

    counts: dict[str, _Count] = field(default_factory=dict)
    last: str = ""

    def add(self, label: str, is_sure: bool = False) -> _Count:
        if len(self.counts) > _MAX_COUNTED:
            kept = _commonest(self.counts, set(self.counts), _MAX_COUNTED // 2)
            self.counts = {label: self.counts[label] for label in kept}
        count = self.counts.get(label)
        if count is None:
            count = self.counts[label] = _Count()
        count.lines += 1
        count.is_sure = count.is_sure or is_sure
        return count

    def open_cue(self, label: str, is_sure: bool, is_early: bool) -> None:
        """Count what a cue begins with, "" for none."""
        if label:
            count = self.add(label, is_sure)
            count.cues += 1
            count.early += is_early
            count.repeats += label == self.last
        elif self.last and (last := self.counts.get(self.last)):
            last.followers += 1
        self.last = label


@dataclass(slots=True)
class _Seen:
    """What the cues so far have shown."""

    cues: int = 0
    voices: _Tally = field(default_factory=_Tally)
    names: _Tally = field(default_factory=_Tally)
    brackets: _Tally = field(default_factory=_Tally)
    heads: _Tally = field(default_factory=_Tally)
    cue_names: _Tally = field(default_factory=_Tally)
    several_lines: int = 0
    chevrons: int = 0
    dashes_alone: int = 0
    dashes_paired: int = 0
    before: list[str] = field(default_factory=list)
    compared: int = 0
    rolled: int = 0
    latest_seconds: float = float("-inf")
    last_seconds: float = float("-inf")
    late_in_order: int = 0
    out_of_place: int = 0
    parts: int = 0

    def add(self, cue: Cue) -> None:
        self._compare_times(cue)
        texts = texts_of(cue.text)
        if not texts:
            return
        self._compare_lines([text for _, text in texts])
        lines = lines_of(texts)
        if lines[0].voice is None and is_aside([line.said for line in lines]):
            return
        self.cues += 1
        first, is_early = lines[0], self.cues <= _EARLY_CUES
        bracket = first.bracket if first.bracket_rest or len(lines) > 1 else ""
        bracket = bracket if bracket and _could_be_bracketed(bracket) else ""
        name = first.name if first.name and _could_be_name(first.name) else ""
        self.voices.open_cue(first.voice or "", True, is_early)
        self.names.open_cue(name, bool(first.change), is_early)
        self.brackets.open_cue(bracket, first.bracket_is_sure, is_early)
        dashes = 0
        for line in lines:
            if line.change:
                self.chevrons += line.change == ">"
                dashes += line.change == "-"
        self.dashes_alone += dashes == 1
        self.dashes_paired += dashes > 1
        for line in lines[1:]:
            if line.name and _could_be_name(line.name):
                self.names.add(line.name, bool(line.change))
            has_words = line.bracket_rest or line is not lines[-1]
            if line.bracket and has_words and _could_be_bracketed(line.bracket):
                self.brackets.add(line.bracket, line.bracket_is_sure)
        if len(lines) > 1:
            self.several_lines += 1
            if not first.name and 0 < len(first.said) <= _MAX_HEAD_CHARS:
                self.heads.add(first.said)
        if cue.name and not is_number(cue.name):
            self.cue_names.add(cue.name)

    def style(self, text: str) -> Style:
        tagged = sum(count.cues for count in self.voices.counts.values())
        names, brackets = frozenset[str](), frozenset[str]()
        if tagged * 2 <= self.cues:  # else words before a colon are the tagged speakers' own
            brackets = _brackets(self.brackets)
            names = _names(self.names, self.cues, text, bool(tagged or brackets))
        labels = [
            *self.voices.counts.values(),
            *(self.names.counts[label] for label in names),
            *(self.brackets.counts[label] for label in brackets),
        ]
        repeats = sum(count.repeats for count in labels)
        followers = sum(count.followers for count in labels)
        dashes_hold = self.dashes_alone > self.dashes_paired
        return Style(
            names=names,
            brackets=brackets,
            heads=_lines_above(self.heads, self.several_lines, self.cues),
            cue_names=_lines_above(self.cue_names, self.cues, self.cues),
            holds=followers > repeats if labels else self.chevrons > 0 or dashes_hold,
            dashes=self.dashes_alone + 2 * self.dashes_paired > 1,
            dashes_hold=dashes_hold,
            rolling=self.rolled > 1 and self.rolled >= _ROLLING_SHARE * self.compared,
            shuffled=self.out_of_place > 0 and self.parts == 0,
        )

    def _compare_times(self, cue: Cue) -> None:
        start = cue.start_seconds
        if start is None:
            return
        # Who talks over another begins before the other ends: that is in order.
        if cue.end_seconds is not None and cue.end_seconds <= self.last_seconds:
            self.out_of_place += 1
        is_late_in_order = self.last_seconds <= start < self.latest_seconds
        self.late_in_order = self.late_in_order + 1 if is_late_in_order else 0
        self.parts += self.late_in_order == _PART_CUES
        self.last_seconds = start
        self.latest_seconds = max(self.latest_seconds, start)

    def _compare_lines(self, now: list[str]) -> None:
        if self.compared < _ROLLING_SAMPLE_CUES:
            fresh = fresh_texts(self.before, now)
            # The same words again and none new may as well be said twice.
            self.rolled += bool(fresh) and fresh != now
            self.compared += 1
            self.before = now


def _names(tally: _Tally, cues: int, text: str, has_others: bool) -> frozenset[str]:
    """Which openings before a colon are names; `has_others` where labels of other forms are."""
    possible = tally.counts
    named = {label for label in possible if _is_name(label)}
    recurring = {label for label, count in possible.items() if count.lines > 1}
    covered = sum(possible[label].cues for label in recurring)
    covered_by_names = sum(possible[label].cues for label in named)
    if covered >= _EACH_CUE_SHARE * cues or covered_by_names >= _NEARLY_ALL_SHARE * cues > 1:
        nearly_all = sum(count.cues for count in possible.values()) >= _NEARLY_ALL_SHARE * cues
        return _commonest(possible, set(possible) if nearly_all else recurring | named)
    strong = (recurring & named) | {label for label in named if possible[label].is_sure}
    once = named - strong if len(named - strong) <= _MAX_SEEN_ONCE else set()
    once = {label for label in once if not _is_common(label, text)}
    # Speakers are printed from the start, or often; what comes late and seldom is a running
    # joke or a list: "Fun Fact:", "Option A:".
    openings = sum(possible[label].cues for label in strong)
    often = len(strong) > 1 and openings >= _OFTEN_SHARE * cues
    begins = any(possible[label].early for label in strong or once)
    borne_out = bool(strong) and (begins or often or has_others)
    borne_out = borne_out or (begins and len(once) > 1)
    return _commonest(possible, strong | once) if borne_out else frozenset()


def _brackets(tally: _Tally) -> frozenset[str]:
    named = {label: count for label, count in tally.counts.items() if _is_name(label)}
    borne_out = any(count.is_sure or count.lines > 1 for count in named.values())
    return _commonest(named, set(named)) if borne_out else frozenset()


def _lines_above(tally: _Tally, of_cues: int, cues: int) -> frozenset[str]:
    """Lines of their own that are names, if nearly all such lines are and they recur."""
    named = {
        label: count
        for label, count in tally.counts.items()
        if label[-1] not in ".,!?:;-" and _is_name(label)
    }
    lines = sum(count.lines for count in named.values())
    fits = lines >= _NEARLY_ALL_SHARE * of_cues and lines >= _EACH_CUE_SHARE * cues
    return _commonest(named, set(named)) if fits and lines > len(named) else frozenset()


def _commonest(
    counts: dict[str, _Count], labels: set[str], most: int = _MAX_LABELS
) -> frozenset[str]:
    if len(labels) > most:
        return frozenset(nlargest(most, labels, key=lambda label: counts[label].lines))
    return frozenset(labels)


def _is_name(label: str) -> bool:
    """In capitals where the script has them; nicknames count only where each cue is labelled."""
    return not label[0].islower() and looks_like_name(label.replace("№", "#"))


@lru_cache(maxsize=4096)
def _could_be_bracketed(label: str) -> bool:
    return not _SOUND.search(label) and _could_be_name(label)


@lru_cache(maxsize=4096)
def _could_be_name(label: str) -> bool:
    words = label.split()
    return (
        len(words) <= _MAX_NAME_WORDS
        and words[0].casefold().strip(".,") not in NOT_SPEAKERS
        and any(char.isalpha() for char in label)
        and _NOT_IN_NAME.search(label) is None
    )


def _is_common(label: str, text: str) -> bool:
    """Whether the file writes all the words of the label in small letters somewhere."""
    words = [word.strip(".,'’").casefold() for word in label.split()]
    return all(word.isalpha() and f" {word} " in text for word in words)
