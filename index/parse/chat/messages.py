"""One line of a chat log -> who, when and what, in the layouts of the common chat programs.

A layout is a pattern of a whole line that other texts don't have: `<nick>` behind a clock (IRC),
"From Anna to Everyone:" or a name between two tabs behind a clock (Zoom), a name behind a date
and a dash or brackets (WhatsApp, Telegram, Matrix), a name beside a date or a clock with AM or PM
and the message below (Discord, Slack, Teams). "Name: text" alone is no chat, and neither is
"Anna Lind  0:15", which is how Otter prints speech.

Clocks become seconds since the first message of the log; where the clock shows an earlier time
than before, midnight has passed. A recording's own clock, as Zoom prints it ("00:03:38"), counts
from the recording's start and is kept.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ..lines import Line
from ..names import NOT_SPEAKERS, looks_like_name


class Stamp(NamedTuple):
    """When, as printed: the date ("" where there is none) and the seconds since midnight."""

    date: str
    seconds: float


class Found(NamedTuple):
    """A line that begins a message; without `who` it is a line of the program, not a message."""

    who: str | None
    text: str
    stamp: Stamp | None


_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]{0,6}\.?"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6}"
_NUMERIC = r"(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d\d?[-/.]\d\d?[-/.](?:\d{4}|\d\d)|\d\d?/\d\d?)"
_DATE = (
    rf"(?:(?:{_WEEKDAY},?\s)?(?:{_NUMERIC}|\d\d?[\s-]{_MONTH}(?:,?[\s-](?:\d{{4}}|\d\d(?![:\d])))?"
    rf"|{_MONTH}\s\d\d?(?:st|nd|rd|th)?(?:,?\s\d{{4}})?)|Today|Yesterday|{_WEEKDAY})"
)
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s?(?P<half>[AaPp]\.?\s?[Mm])\b\.?)?(?:Z|\s?UTC|[+-]\d\d:?\d\d)?"
)
_MOMENT = rf"(?:(?P<date>{_DATE})(?:T|,?\s+(?:at\s+)?|,))?{_CLOCK}"

# Left-to-right marks and their like, which WhatsApp puts where its own words begin.
MARKS = "\u200e\u200f\u202a\u202b\u202c\u2068\u2069\ufeff"
_MARKS = rf"[{MARKS}]*"
_FORMATTING = re.compile(r"\x03(?:\d{1,2}(?:,\d{1,2})?)?|[\x02\x0f\x16\x1d\x1f]")

_STAMP = re.compile(rf"\s*(?:[-*>]\s+)?(?P<open>[\[(])?\s?{_MOMENT}\s?(?P<close>[\])])?(?=[\s<]|$)")
_NICK = re.compile(
    r"\s*[*_`\\]{0,4}(?P<escaped>&lt;|<)\s?(?P<who>[^<>\n]{1,80}?)\s?(?:>|&gt;)[*_`]{0,3}(?:\s|$)"
)
# Without a time before it, a nick must look like one: no tag, no address, no words.
_BARE_NICK = re.compile(r"[@+%&~!]?(?P<name>[A-Za-z_\[\]`^{|}\d][^\s<>/=@\"']{0,39})")
_TAGS = frozenset(
    "a b i u p br hr li ul ol td th tr em h1 h2 h3 h4 h5 h6 div span pre code html head body "
    "table strong title script style small sub sup dl dt dd img nav main section article".split()
)
_EVENT = re.compile(r"\s*(?:-->\|?|\|?<--|-!-|\*{1,3}|=-=|={3}|---?|<-|->|[→←⇐⇒↔—•])(?:\s|$)")
_COLUMNS = re.compile(rf"(?P<date>{_NUMERIC})\s{_CLOCK}\t(?P<who>[^\t]{{0,60}})\t(?P<text>.*)")

_ZOOM = re.compile(
    rf"\s*{_MOMENT}\s+(?:From|Von|De|Da|Van)\s+(?P<who>\S.{{0,80}}?)"
    r"(?:\s+(?:[Tt]o|[Aa]n|à|a|para|naar)\s+.{1,120}?)?"
    r"\s*(?:\((?:Direct Message|Privately|Direktnachricht)\))?\s*:(?:\s(?P<text>.*)|$)"
)
_ZOOM_TABS = re.compile(rf"\s*{_MOMENT}\t\s*(?P<who>[^\t\n]{{1,100}}?)\s?:\t(?P<text>.*)")
_WEBEX = re.compile(rf"from (?P<who>\S.{{0,80}}?) to .{{1,80}}?:\s+{_MOMENT}\s*(?P<text>)")

_MESSENGER = re.compile(
    rf"{_MARKS}(?P<open>\[)?{_MOMENT}(?(open)\]\s*(?:[-–]\s)?|\s[-–]\s+)(?P<rest>.*)"
)
_LABEL = re.compile(r"(?:~\s?)?(?P<who>[^:\n\"“”«»]{1,100}?)\s?:(?:\s(?P<text>.*)|$)")

_HEADER_BEFORE = re.compile(
    rf"(?P<who>[^\s\d\[].{{0,60}}?)(?:\s+[—–-]\s+|,?\s+\[?|\s?\[|(?=\d\d?:\d\d\s?[AP]M)){_MOMENT}\]?"
)
_HEADER_AFTER = re.compile(rf"\[{_MOMENT}\]\s+(?P<who>[^\s\[].{{0,60}}?)(?:\s\(pinned\))?")
_ONLY_MOMENT = re.compile(rf"\s*{_MOMENT}\s*")
_APP = re.compile(r"\s*\b(?:APP|BOT)$")


def _stamp(match: re.Match[str]) -> Stamp | None:
    hour, minute = int(match["hour"]), int(match["minute"])
    half = (match["half"] or "")[:1].casefold()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 29 or minute > 59:  # some count the hours on past midnight
        return None
    return Stamp(match["date"] or "", hour * 3600.0 + minute * 60 + int(match["second"] or 0))


def _has_date_or_half(match: re.Match[str]) -> bool:
    return bool(match["date"] or match["half"])


def read_irc(line: str) -> Found | None:
    """`[Tue 10:02] <nick> text`, `10:02 < nick> text`, weechat's columns; joins as notices."""
    columns = _COLUMNS.fullmatch(line)
    if columns is not None:
        who = columns["who"].strip()
        nick = None if not who or _EVENT.match(who + " ") or who == "--" else nick_of(who)
        return Found(nick, _clean(columns["text"]), _stamp(columns))
    when = _STAMP.match(line)
    stamp = _stamp(when) if when else None
    start = when.end() if when and stamp else 0
    nick_match = _NICK.match(line, start)
    if nick_match is not None and (stamp or _is_bare_nick(nick_match["who"], line)):
        text = line[nick_match.end() :]
        if nick_match["escaped"] == "&lt;":
            text = html.unescape(text)
        return Found(nick_of(nick_match["who"]), _clean(text), stamp)
    rest = line[start:].strip()
    if _EVENT.match(line, start) or (when and stamp and rest and (when["open"] or when["date"])):
        return Found(None, rest, stamp)
    return None


def _is_bare_nick(who: str, line: str) -> bool:
    match = _BARE_NICK.fullmatch(who)
    name = match["name"].casefold() if match else ""
    return bool(name) and name not in _TAGS and f"</{name}" not in line.casefold()


def _clean(text: str) -> str:
    return _FORMATTING.sub("", text).strip()


def nick_of(printed: str) -> str:
    """The nick without the sign of its rank and without its host: "@anna!n=a@host" is anna."""
    nick = printed.strip().split("!")[0] if "!" in printed[1:] else printed.strip()
    bare = nick.lstrip("@+%&~!.* ") if re.match(r"[@+%&~!.*][\w\[`^{|\\]", nick) else nick
    return bare.replace("\\_", "_").strip() or printed.strip()


def read_zoom(line: str) -> Found | None:
    r"""`10:02:11 From Anna to Everyone: text`, `00:12:33\tAnna:\ttext`, and Webex's order."""
    match = _ZOOM.match(line) or _ZOOM_TABS.match(line) or _WEBEX.fullmatch(line)
    stamp = _stamp(match) if match else None
    if match is None or stamp is None:
        return None
    return Found(match["who"].strip(), (match["text"] or "").strip(), stamp)


def read_messenger(line: str) -> Found | None:
    """`12/05/2021, 10:02 - Anna: text` and `[12/05/21, 10:02:11 AM] Anna: text`."""
    match = _MESSENGER.match(line)
    stamp = _stamp(match) if match and match["date"] else None
    if match is None or stamp is None:
        return None
    label = _LABEL.match(match["rest"].lstrip(MARKS))
    if label is None:
        return Found(None, match["rest"].strip(), stamp)
    # The mark before the program's own words stays: it tells them from the person's.
    return Found(label["who"].strip(MARKS + " "), label["text"] or "", stamp)


def read_header(line: str) -> Found | None:
    """`Anna — 12/05/2021 10:02`, `Anna  10:02 AM`, `[10:02 AM] Anna`, `Anna, [5.12.21 10:02]`."""
    text = line.strip(MARKS + " \t*_#")
    if len(text) > 120 or ":" not in text:
        return None
    match = _HEADER_BEFORE.fullmatch(text) or _HEADER_AFTER.fullmatch(text)
    stamp = _stamp(match) if match and _has_date_or_half(match) else None
    if match is None or stamp is None:
        return None
    who = match["who"].strip(" ,—–-*_")
    words = who.split()
    if not words or len(words) > 6 or re.search(r"[:;?!\"“”]|\.\s*$", who) or who[0].isdigit():
        return None
    if words[0].casefold().strip(",.") in NOT_SPEAKERS or re.fullmatch(_DATE, who):
        return None
    return Found(who, "", stamp)


def with_headers_joined(lines: Sequence[Line]) -> list[Line]:
    """The lines with a name and the time below it on one line, as Slack's are when copied."""
    joined: list[Line] = []
    for line in lines:
        moment = _ONLY_MOMENT.fullmatch(line.text) if len(line.text) < 60 else None
        name = joined[-1].text.strip() if joined else ""
        if moment and moment["half"] and len(name) < 60 and looks_like_name(name):
            joined[-1] = Line(joined[-1].number, f"{name}  {line.text.strip()}")
        else:
            joined.append(line)
    return joined


def is_app(who: str) -> bool:
    """Whether the name is marked as a program's, as Slack and Discord do."""
    return _APP.search(who) is not None


@dataclass(frozen=True, slots=True)
class Layout:
    """How one family of programs prints a message, and how sure a file must be to be it.

    `min_share` is the share of lines that must begin a message or be a notice, between the first
    message and the last; the rest are further lines of messages, which `goes_on` allows after a
    blank line too.
    """

    name: str
    read: Callable[[str], Found | None]
    min_messages: int
    min_share: float
    goes_on: bool


LAYOUTS = (
    Layout("irc", read_irc, 3, 0.6, False),
    Layout("zoom", read_zoom, 2, 0.25, True),
    Layout("messenger", read_messenger, 2, 0.2, True),
    Layout("header", read_header, 3, 0.1, True),
)
# A chat is most of its file, not a quotation in one.
_MIN_PART_OF_FILE = 0.4
_MAX_LINES = 3000


def layout_of(lines: list[str]) -> Layout | None:
    """The layout that the lines are in, blank ones aside; None where they are no chat log."""
    lines = [line for line in lines if line.strip()][:_MAX_LINES]
    best: tuple[int, Layout] | None = None
    for layout in LAYOUTS:
        found = [layout.read(line[:400]) for line in lines]
        said = [index for index, one in enumerate(found) if one and one.who is not None]
        if len(said) < layout.min_messages:
            continue
        part = found[said[0] : said[-1] + 1]
        fitting = sum(one is not None for one in part)
        if fitting < layout.min_share * len(part) or len(part) < _MIN_PART_OF_FILE * len(lines):
            continue
        if best is None or len(said) > best[0]:
            best = (len(said), layout)
    return best[1] if best else None


_FIELDS = re.compile(r"(\d+)[-/.](\d+)[-/.](\d+)")
_DAY_FIRST = re.compile(rf"(?P<day>\d\d?)[\s-](?P<month>{_MONTH})(?:,?[\s-](?P<year>\d+))?")
_MONTH_FIRST = re.compile(rf"(?P<month>{_MONTH})\s(?P<day>\d\d?)\D*(?P<year>\d{{4}})?")
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_WEEKDAYS = "mon tue wed thu fri sat sun".split()
_DAY = 86_400.0
# A clock that goes back by less than this was only set right, or lines changed places.
_BACK_OVER_MIDNIGHT = 6 * 3600.0
# Where the first message is this early, the clock is a recording's and not a wall's.
_RECORDING_BEGINS = 3600.0


def is_month_first(stamps: Sequence[Stamp]) -> bool:
    """Whether 1/3/24 is January 3: as a month above 12 or, failing that, the order says."""
    fields = [tuple(map(int, match.groups())) for match in map(_numbers, stamps) if match]
    pairs = [(first, second) for first, second, third in fields if first <= 31 and third > 0]
    if any(first > 12 for first, _ in pairs):
        return False
    if any(second > 12 for _, second in pairs):
        return True
    by_month = [(third, first, second) for first, second, third in fields]
    by_day = [(third, second, first) for first, second, third in fields]
    return by_month == sorted(by_month) and by_day != sorted(by_day)


def _numbers(stamp: Stamp) -> re.Match[str] | None:
    return _FIELDS.search(stamp.date)


def day_of(stamp: Stamp, month_first: bool) -> date | None:
    """The day, where the stamp has a year."""
    numeric = _numbers(stamp)
    named = _DAY_FIRST.search(stamp.date) or _MONTH_FIRST.search(stamp.date)
    if numeric is not None:
        first, second, third = map(int, numeric.groups())
        if len(numeric[1]) == 4:
            year, month, day = first, second, third
        else:
            year = third + (2000 if third < 100 else 0)
            month, day = (first, second) if month_first else (second, first)
    elif named is not None and named["year"]:
        year = int(named["year"]) + (2000 if len(named["year"]) < 4 else 0)
        month, day = _MONTHS.index(named["month"][:3].casefold()) + 1, int(named["day"])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def seconds_of(stamps: Sequence[Stamp | None]) -> list[float | None]:
    """The time of each message: since the first, or since a recording began."""
    given = [stamp for stamp in stamps if stamp is not None]
    if not given:
        return [None] * len(stamps)
    month_first = is_month_first(given)
    dated = any(stamp.date for stamp in given)
    start = 0.0
    if dated or given[0].seconds >= _RECORDING_BEGINS:
        start = _days(given[0], None, 0.0, month_first) * _DAY + given[0].seconds
    times: list[float | None] = []
    last: Stamp | None = None
    days = 0.0
    for stamp in stamps:
        if stamp is None:
            times.append(None)
            continue
        days = _days(stamp, last, days, month_first)
        times.append(days * _DAY + stamp.seconds - start)
        last = stamp
    return times


def _days(stamp: Stamp, last: Stamp | None, days: float, month_first: bool) -> float:
    """The number of the stamp's day, which only counts beside those of the other stamps."""
    day = day_of(stamp, month_first)
    if day is not None:
        return float(day.toordinal())
    if last is None:
        return days
    named = (_DAY_FIRST.search(last.date) or _MONTH_FIRST.search(last.date)) and (
        _DAY_FIRST.search(stamp.date) or _MONTH_FIRST.search(stamp.date)
    )
    if named:
        between = _day_of_year(stamp) - _day_of_year(last)
        return days + between + (366 if between < -180 else 0)
    before, now = _weekday(last), _weekday(stamp)
    if before is not None and now is not None:
        return days + (now - before) % 7
    return days + (1 if stamp.seconds < last.seconds - _BACK_OVER_MIDNIGHT else 0)


def _weekday(stamp: Stamp) -> int | None:
    short = stamp.date[:3].casefold()
    return _WEEKDAYS.index(short) if short in _WEEKDAYS else None


def _day_of_year(stamp: Stamp) -> int:
    day = day_of(Stamp(f"{stamp.date} 2000", 0.0), False)
    return day.timetuple().tm_yday if day else 0
