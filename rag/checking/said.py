"""The raw words of a language model -> plain claims with the numbers of their markers; pure.

What a model thinks aloud goes, and so does everything that a page, a terminal or a Markdown viewer
could obey: tags, images, links and addresses. What is left is words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.sentences import sentences

from ..prompt import clean
from ..types import REFUSAL
from .refusal import says_not_there

LINK = "(link left out)"

_THOUGHTS = r"think|thinking|thought|thoughts|reasoning|reflection|analysis|scratchpad"
_OPENED = rf"(?:<\|?(?:{_THOUGHTS})\|?>|\[(?:THINK|THINKING)\])"
_CLOSED = rf"(?:<\|?/(?:{_THOUGHTS})\|?>|\[/(?:THINK|THINKING)\])"
_THOUGHT = re.compile(rf"{_OPENED}.*?(?:{_CLOSED}|\Z)", re.DOTALL | re.IGNORECASE)
# Some templates open the thought themselves, so that only its end is in the answer.
_THOUGHT_END = re.compile(rf"\A.*{_CLOSED}", re.DOTALL | re.IGNORECASE)
# What gpt-oss writes where its server leaves its channels in.
_CHANNELS = re.compile(r"\A.*<\|channel\|>final<\|message\|>", re.DOTALL)
_OTHER_CHANNEL = re.compile(r"<\|channel\|>(?!final).*", re.DOTALL)
_CONTROL = re.compile(r"<\|[a-z_]{2,20}\|>")
# The beginning of a tag, of which the rest has not come yet.
_BEGUN = re.compile(r"(?:<[|/]{0,2}[a-z_]{0,12}\|?|\[/?[A-Z]{0,8})\Z")

_ADDRESS = r"(?:\b(?:https?|ftp|file|javascript|data|mailto|tel|vbscript):[^\s<>]+|\bwww\.[^\s<>]+)"
# A run of one sign is of no use to who reads, and long to look through.
_LONG_RUN = re.compile(r"(\W)\1{20,}")
_MARKUP: list[tuple[re.Pattern[str], str]] = [
    (re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL), ""),
    (re.compile(r"<(script|style|svg|iframe)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.I), ""),
    (re.compile(r"!\[[^\]\n]*\](?:\([^)\n]*\)?|\[[^\]\n]*\])"), ""),
    (re.compile(r"^[ \t]*\[[^\]\n]+\]:[ \t]*\S.*$", re.MULTILINE), ""),
    (re.compile(r"\[(?P<n>\d{1,3})\](?:\([^)\n]*\))"), r"[\g<n>]"),
    (re.compile(r"\[(?P<n>[^\]\n]+)\]\([^)\n]*\)?"), r"\g<n>"),
    (re.compile(r"<(?:/?[A-Za-z!?][^<>\n]*>?|/)"), ""),
    (re.compile(_ADDRESS, re.IGNORECASE), LINK),
    (re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*[|:\s-]*-{3,}[|:\s-]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:#{1,6}|>+)[ \t]+", re.MULTILINE), ""),
    (re.compile(r"`+|\*\*|__|~~|^[ \t]*\|[ \t]*|[ \t]*\|[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"[ \t]+\|[ \t]+"), ", "),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
]  # fmt: skip
_BULLET = re.compile(r"^[ \t]*(?:[-*+•–]|\d{1,2}[.)])[ \t]+", re.MULTILINE)

_WORD = r"(?:passages?|sources?|excerpts?|references?|refs?\.?|citations?|no\.?|nr\.?)"
_NUMBER = rf"[#^n°]?\s*(?:{_WORD}\s*)?[#^]?(?!(?:19|20)\d\d\b)\d{{1,4}}(?::\d+)?(?:†[^\]】,;]*)?"
_NUMBERS = rf"{_NUMBER}(?:\s*(?:,|;|&|\+|and|to|\.\.+|[–—-])\s*{_NUMBER})*"
_MARKER = re.compile(
    rf"[\[［【〔⟦]\s*{_NUMBERS}\s*[\]］】〕⟧]|\(\s*{_WORD}\s*{_NUMBERS}\s*\)", re.IGNORECASE
)
_PLAIN = r"\s*\[(?!(?:19|20)\d\d\])\d{1,4}\]"
_RANGE = re.compile(r"(\d{1,4})(?:†[^\]】,;]*)?\s*(?:[–—-]|to|\.\.+)\s*\D{0,12}?(\d{1,4})")
_LONGEST_RANGE = 20

# Talk around an answer, which claims nothing.
_COURTESY = re.compile(
    r"^\W*(?:sure|certainly|of course|here(?:['’]s| is| are)|based on|according to the|in summary|"
    r"to summari[sz]e|answer|the answer is|summary|okay|ok|great question|thank you for)\b"
    r"[^.\d]*[:!]$"
    r"|^\W*(?:sure|certainly|of course|great question)\W*$"
    r"|\b(?:let me know if|i hope (?:this|that) helps|hope this helps|feel free to|is there "
    r"anything else|if you (?:have|need|would like) (?:any|more|further))\b",
    re.IGNORECASE,
)
_SHORT = re.compile(
    r"^\W*(?:yes|no|correct|indeed|right|true|false|sure|ja|nein|oui|non|да|нет)\W*$", re.IGNORECASE
)
_LINK = re.escape(LINK)
# Spaces before a sign, a comma that a marker left at the end, links one behind the other.
_LEFT_OVER = re.compile(rf"\s+(?=[.,;:!?](?:\s|$))|,(?=[.!?]?$)|(?:\s*{_LINK})+(?=\s*{_LINK})")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of a model's answer. `parts` are its words before each group of markers with the
    numbers of these; `lead` is the line above a list that it stands in."""

    text: str
    parts: tuple[tuple[str, tuple[int, ...]], ...]
    lead: str = ""
    opens_line: bool = False

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(dict.fromkeys(number for _, numbers in self.parts for number in numbers))

    @property
    def refuses(self) -> bool:
        """Whether it says that the passages do not tell."""
        if self.text.strip() == REFUSAL:
            return True
        return says_not_there(self.text)


def spoken(raw: str, *, ended: bool = True) -> str:
    """The words without what the model thought before; until it has `ended`, without the beginning
    of a tag either."""
    text = _CHANNELS.sub("", raw) if "<|channel|>" in raw else raw
    text = _OTHER_CHANNEL.sub("", text)
    text = _THOUGHT_END.sub("", _THOUGHT.sub("", text))
    text = _CONTROL.sub("", text)
    return (text if ended else _BEGUN.sub("", text)).strip()


def plain(text: str) -> str:
    """The words without markup, addresses and control characters; markers become [n]."""
    text = _LONG_RUN.sub(lambda run: run[0][:20], clean(text.replace("\r\n", "\n")))
    text = _MARKER.sub(lambda marker: "".join(f"[{n}]" for n in _numbers(marker[0])), text)
    before = None
    while before != text:  # what is taken out may join the halves of another
        before = text
        for pattern, instead in _MARKUP:
            text = pattern.sub(instead, text)
    return re.sub(r"[ \t]+", " ", text).strip()


def claims_of(text: str) -> list[Claim]:
    """The claims of a plain text, in order. "Yes." is part of the sentence behind it."""
    found: list[Claim] = []
    lead, opening = "", ""
    for line in text.split("\n"):
        if not line.strip():
            continue
        is_item = _BULLET.match(line) is not None
        line = _BULLET.sub("", line).strip()
        if not is_item:
            lead = ""
        if line.endswith(":") and len(line) < 200:
            if not _COURTESY.search(line):
                lead = opening = f"{opening} {line}".strip()
            continue
        words, marks = _lifted(line)
        for start, end in sentences(words):
            sentence = words[start:end]
            if _SHORT.match(sentence) and end < len(words):
                opening = f"{opening} {sentence}".strip()
                continue
            cuts = [(at - start, numbers) for at, numbers in marks if start < max(at, 1) <= end]
            claim = _claim(opening, sentence, cuts, lead, start == 0)
            if re.search(r"\w", claim.text) and not _COURTESY.search(claim.text):
                found.append(claim)
            opening = ""
    return [*found, _claim("", opening.rstrip(":"), [], "", True)] if opening else found


def _lifted(line: str) -> tuple[str, list[tuple[int, tuple[int, ...]]]]:
    """A line without its markers, and where these stood with their numbers. A marker belongs to
    the words before it, also behind a full stop."""
    words, at = "", 0
    marks = []
    for group in re.finditer(rf"(?:{_PLAIN})+", line):
        words += line[at : group.start()]
        marks.append((len(words), tuple(dict.fromkeys(map(int, re.findall(r"\d+", group[0]))))))
        at = group.end()
    return words + line[at:], marks


def _claim(
    opening: str,
    sentence: str,
    cuts: Sequence[tuple[int, tuple[int, ...]]],
    lead: str,
    opens_line: bool,
) -> Claim:
    parts: list[tuple[str, tuple[int, ...]]] = []
    begun, at = opening, 0
    for cut, numbers in cuts:
        words = f"{begun} {sentence[at:cut]}".strip()
        if re.search(r"\w", words) or not parts:
            parts.append((words, numbers))
            begun = ""
        else:  # markers with nothing but a comma between
            parts[-1] = (parts[-1][0], tuple(dict.fromkeys((*parts[-1][1], *numbers))))
        at = cut
    rest = f"{begun} {sentence[at:]}".strip()
    if re.search(r"\w", rest) or not parts:
        parts.append((rest, ()))
    else:  # a full stop, or the end of a quotation
        parts[-1] = (f"{parts[-1][0]}{rest}", parts[-1][1])
    text = " ".join(f"{opening} {sentence}".split())
    text = _LEFT_OVER.sub("", text)
    return Claim(text, tuple(parts), lead, opens_line)


def _numbers(marker: str) -> Iterator[int]:
    """The numbers of a marker, those between the ends of a range too."""
    for first, last in _RANGE.findall(marker):
        a, b = int(first), int(last)
        if a < b <= a + _LONGEST_RANGE:
            yield from range(a, b)
    yield from (int(n) for n in re.findall(r"\d{1,4}", re.sub(r"(?::\d+)?†[^\]】,;]*", "", marker)))
