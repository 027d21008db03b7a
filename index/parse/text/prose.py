"""Lines between two labels -> the words that were said, and the times within them.

Separators, headings, stage directions, markup and annotations on lines of their own are no
speech: they are reported. In what was said, Markdown's and HTML's marks fall away and the words
stay, so that a quote reads as it was spoken.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...sentences import ends_sentence
from ...types import TimeMark
from ..clock import CLOCK, is_only_clocks, leading_clock, only_clock
from ..lines import Line
from ..speech import Head

RULE = "a separator"
MARKUP = "markup"
HEADING = "a heading"
STAGE_DIRECTION = "a stage direction"
ANNOTATION = "an annotation"
BREAK = "a break"
FURNITURE = "page furniture"

_RULE = re.compile(r"[\W_]+")
_TAGS = (
    "a abbr audio b big blockquote br center cite code del details div em figure font h1 h2 h3 h4 "
    "h5 h6 hr i iframe img ins li mark ol p pre q s small source span strike strong sub summary "
    "sup table tbody td th thead tr u ul video"
)
_TAG = re.compile(rf"</?(?:{'|'.join(_TAGS.split())})(?:\s[^<>]*)?/?>|<!--.*?-->", re.IGNORECASE)
_MARKUP_LINE = re.compile(
    r"{%.*%}|{{.*}}|{:.*}|!\[[^\]]*\]\([^)]*\)|<!--.*|.*-->|</?[a-z!/][^>]*>", re.I
)
_HEADING = re.compile(r"#{1,6}\s+\S.*|#[^\s#].*[^#\s]\s#?")
_ANNOTATION = re.compile(
    r"_\w+\s*:.*|\]\s*(?:printing transcript|discussi(?:on|ng) ).*|Section [A-Z][A-Z ]+"
)
_CREDIT = re.compile(r"[*_]*transcribed by https?://\S+", re.IGNORECASE)
_EXAMINER = re.compile(r"by (?:mr|ms|mrs|dr)\.? [\w'’. -]{2,40}:(?: \(.*\))?", re.IGNORECASE)
_BREAK = re.compile(r"[*_]*(?:break|pause|ad break|music)[*_]*\s*:?[*_]*(?P<rest>.*)", re.I)
_BRACKETED = r"(?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\])"
_ASIDE = re.compile(rf"[*_]*{_BRACKETED}(?:\s*{_BRACKETED}){{0,4}}[.,;*_]*")
_ITALIC_ASIDE = re.compile(r"([*_])(?=[^\s*_])[^*_]+(?<=\S)\1")
_UNDERLINE = re.compile(r"={3,}|-{3,}|~{3,}")
_WHOLLY_BOLD = re.compile(r"\*\*(?=\S)[^*]+(?<=\S)\*\*|__(?=\S)[^_]+(?<=\S)__")
_MIN_RULE_CHARS = 3
_MAX_ASIDE_CHARS = 300
_MAX_HEADING_WORDS = 14
_FOOT = re.compile(
    r"""transcri(?:bed|pt|ption)\ (?:by|ended|provided|produced|courtesy)\b.*
    | this\ (?:editable\ )?transcript\b.*(?:generated|edited|errors).*
    | .*\bhttps?://(?:www\.)?otter\.ai\S*
    | \W*(?:meeting|recording|session|call|transcript(?:ion)?)\ (?:was\ )?
      (?:ended|stopped|adjourned|concluded)\b.*
    | \W*end(?:\ of\ (?:transcript|recording|interview|tape|file|meeting).*)?\W*
    | \#{2,} | -?\ ?30\ ?-?
    | (?:last\ updated|page\ last|copyright|©|all\ rights\ reserved).*
    | (?:share|print|download|back\ to\ top|related|see\ also|tags?:|topics?:|comments?)\b
      [^.!?]{0,30}
    | (?:end\s+)?\d{1,2}[:.]\d{2}\s*[ap]\.?\s?m\.?(?:\s+\(?[a-z]{2,4}\)?)?\.?""",
    re.IGNORECASE | re.VERBOSE,
)
_MAX_FOOT_LINES = 8
_MAX_LINK_CHARS = 80
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d?);", re.I)
_LINK = re.compile(r"!?\[(?P<text>[^\[\]]*)\]\((?P<url>[^()\s]*)(?:\s\"[^\"]*\")?\)")
_GLOSSARY = re.compile(r"\[(?:glossary|time):(?P<term>[^|\[\]]*)(?:\|(?P<shown>[^\[\]]*))?\]")
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_ITALIC = re.compile(r"(?<![\w*])([*_])(?=[^\s*_])([^*_\n]+?)(?<=\S)\1(?![\w*])")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!|<>~-])")
# After a lone hyphen it is the dash's other half, as PDFs of court reporters have it.
_HALF_DASH = re.compile(r"(?<!\w)-\u00ad")
_SOFT_HYPHEN = re.compile(r"(?<=[^\W\d_])\u00ad\s*(?=[^\W\d_])|\u00ad")

_STAMPED = re.compile(rf"{CLOCK}\s+\S")
# Text is hard-wrapped when its lines keep to a width and most of them end mid-sentence.
_WRAP_CHARS = 100
_WRAP_SHARE = 0.4


def not_speech(text: str) -> str | None:
    """Why a whole line is no speech, or None where it may be."""
    line = text.strip()
    if _RULE.fullmatch(line) and not line.strip("-=_*~─—–·• .#<>|+:`"):
        unheard = not line.strip(". …") or len(line) < _MIN_RULE_CHARS  # "..." and "—"
        return None if unheard else RULE
    if _MARKUP_LINE.fullmatch(line) or not _TAG.sub("", line).strip():
        return MARKUP
    if _HEADING.fullmatch(line) and not is_only_clocks(line):
        return HEADING
    if _ANNOTATION.fullmatch(line):
        return ANNOTATION
    if _CREDIT.fullmatch(line):
        return FURNITURE
    if _EXAMINER.fullmatch(line):
        return HEADING  # "BY MR. SMITH:" says who asks from here on
    pause = _BREAK.fullmatch(line)
    if pause and re.sub(r"\\", "", pause["rest"]).strip() and is_only_clocks(pause["rest"]):
        return BREAK
    return None


def is_aside(text: str) -> bool:
    """Whether a paragraph is a stage direction, wholly in brackets or italics: "(Laughter.)"."""
    line = text.strip().replace("\\[", "[").replace("\\]", "]")
    if len(line) > _MAX_ASIDE_CHARS:
        return False
    return _ASIDE.fullmatch(line) is not None or _ITALIC_ASIDE.fullmatch(line) is not None


def clean(text: str) -> str:
    """The words of a paragraph without the marks of Markdown and HTML. Links keep their address."""
    if "<" in text:
        text = _TAG.sub(lambda tag: " " if tag.group().lower().startswith("<br") else "", text)
    if "[" in text:
        text = _GLOSSARY.sub(lambda match: match["shown"] or match["term"], text)
        text = _LINK.sub(_shown_link, text)
    if "*" in text or "_" in text:
        text = _ITALIC.sub(r"\2", _BOLD.sub(r"\2", text))
    if "\\" in text:
        text = _ESCAPE.sub(r"\1", text)
    if "&" in text:
        text = _ENTITY.sub(lambda entity: html.unescape(entity.group()), text)
    if "\u00ad" in text:
        text = _SOFT_HYPHEN.sub("", _HALF_DASH.sub("--", text))
    text = text.replace("**", "")  # what emphasis over several paragraphs leaves
    return re.sub(r"[ \t\u00a0\f\v]+", " ", text).strip()


def _shown_link(match: re.Match[str]) -> str:
    text, url = match["text"], match["url"]
    return f"{text} ({url})" if text and url and text != url else text or url


def speech_of(
    lines: Sequence[Line], head: Head, *, wrapped: bool, stamped: bool = False
) -> tuple[str, tuple[TimeMark, ...]]:
    """The words of the lines in paragraphs, and the times printed among them.

    `wrapped`: lines were cut to a width, so only blank ones part paragraphs. `stamped`: each
    line begins with a time, so one without brackets is no speech either.
    """
    paragraphs = _paragraphs(lines, head, wrapped, stamped)
    asides = [is_aside(paragraph.text) for paragraph in paragraphs]
    keeps_asides = all(asides)  # a turn that is nothing but "(Inaudible)"
    texts: list[str] = []
    marks: list[TimeMark] = []
    offset = 0
    for paragraph, aside in zip(paragraphs, asides, strict=True):
        if aside and not keeps_asides:
            head.report(paragraph.number, paragraph.text, STAGE_DIRECTION)
            continue
        text = clean(paragraph.text)
        if not text:
            head.report(paragraph.number, paragraph.text, MARKUP)
            continue
        if paragraph.seconds is not None:
            marks.append(TimeMark(offset, paragraph.seconds))
        texts.append(text)
        offset += len(text) + 1
    return "\n".join(texts), tuple(marks)


@dataclass(slots=True)
class _Paragraph:
    number: int
    text: str
    seconds: float | None


def _paragraphs(
    lines: Sequence[Line], head: Head, wrapped: bool, stamped: bool
) -> list[_Paragraph]:
    paragraphs: list[_Paragraph] = []
    open_, seconds = False, None
    for index, line in enumerate(lines):
        text = line.text.strip()
        if not text:
            open_ = False
            continue
        why = not_speech(text) or _printed_heading(lines, index)
        if why is not None:
            head.report(line.number, line.text, why)
            open_ = False
            continue
        alone = only_clock(text)
        if alone is not None:
            seconds, open_ = alone, False
            continue
        clock = leading_clock(text)
        if clock and (clock.bracketed or stamped) and clock.stop < len(text):
            text, seconds, open_ = text[clock.stop :], clock.seconds, False
        aside = is_aside(text)
        if open_ and wrapped and seconds is None and not aside:
            before = paragraphs[-1]
            # a line that ends within a word goes on without a space
            before.text = before.text + ("" if before.text.endswith("\u00ad") else " ") + text
        else:
            paragraphs.append(_Paragraph(line.number, text, seconds))
            seconds = None
        open_ = not aside
    return paragraphs


def _printed_heading(lines: Sequence[Line], index: int) -> str | None:
    """Why a line is a heading by its print: underlined, or apart in capitals or wholly bold."""
    text = lines[index].text.strip()
    below = lines[index + 1].text.strip() if index + 1 < len(lines) else ""
    words = text.split()
    following = below or (lines[index + 2].text.strip() if index + 2 < len(lines) else "")
    goes_on = text[-1] == "," and following.isupper()
    if len(words) > _MAX_HEADING_WORDS or (ends_sentence(text) and not goes_on):
        return None
    if text[-1] in ",;:-–—" and not goes_on:
        return None
    above = lines[index - 1].text if index else "x"
    if _UNDERLINE.fullmatch(below) and not above.strip() and len(text) <= len(below) + 2:
        return HEADING
    bold = _WHOLLY_BOLD.fullmatch(text) is not None
    shouted = len(words) > 1 and text.isupper() and sum(char.isalpha() for char in text) >= 8
    if bold and not above.strip() and not below:
        return HEADING
    apart = all(not near.strip() or near.isupper() for near in (above, below))
    return HEADING if shouted and apart and index else None


def foot_of(lines: Sequence[Line]) -> int:
    """Where the foot begins: closing lines such as "Transcribed by ..." or "12:47 P.M. EST"."""
    foot, seen = _end_matter(lines), 0
    for index in range(len(lines) - 1, -1, -1):
        text = lines[index].text.strip().strip("*_ ")
        if not text:
            continue
        seen += 1
        if seen > _MAX_FOOT_LINES:
            break
        if _FOOT.fullmatch(text):
            foot = index
        elif not _RULE.fullmatch(text):
            break
    return foot


def _end_matter(lines: Sequence[Line]) -> int:
    """Where a heading begins that only links and labels of a page follow, and no sentence."""
    seen = 0
    for index in range(len(lines) - 1, -1, -1):
        text = lines[index].text.strip()
        if not text:
            continue
        if seen and _HEADING.fullmatch(text):
            return index
        seen += 1
        if seen > _MAX_FOOT_LINES or ends_sentence(text) or len(text) > _MAX_LINK_CHARS:
            break
    return len(lines)


def is_wrapped(texts: Sequence[str]) -> bool:
    """Whether the lines were cut to a width, so that most end within a sentence."""
    filled = [text.strip() for text in texts if text.strip()]
    followed = [text.strip() for text, after in pairwise(texts) if text.strip() and after.strip()]
    if not followed:
        return False
    widths = sorted(len(text) for text in filled)
    if widths[int(len(widths) * 0.99)] > _WRAP_CHARS:
        return False
    broken = sum(not ends_sentence(text) for text in followed)
    return broken >= len(followed) * _WRAP_SHARE


def is_stamped(texts: Sequence[str]) -> bool:
    """Whether half of the filled lines begin with a time, brackets or not."""
    filled = [text.strip() for text in texts if text.strip()]
    timed = sum(_STAMPED.match(text) is not None for text in filled)
    return timed >= 4 and timed * 2 >= len(filled)
