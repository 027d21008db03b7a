"""What is typed in the minutes of a meeting on IRC and is no speech: commands, entries, bots.

The words are those of W3C's bots (Zakim, RRSAgent, trackbot), of the call bridges named voip, and
of what people type to them; MeetBot and its like are known by their names only.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..speech import Head


class Typed(NamedTuple):
    """A message as typed."""

    number: int
    who: str
    text: str
    seconds: float | None


_BOT = re.compile(
    r"zakim.*|rrs?agent.*|trackbot.*|scribot|agendabot|github-bot|ghurlbot|gb|tracbot|voip(?:-\w+)?"
    r"|meetbot|meetingology|zodbot|ubottu|ubot\w|supybot|limnoria|botbot|chanserv|nickserv",
    re.IGNORECASE,
)
_ANY_BOT = re.compile(r".*[a-z_-]bot[\d_]*", re.IGNORECASE)

_FIELD = re.compile(
    r"(?P<key>meeting|date|topic|sub-?topic|agenda|chairs?|scribes?|scribe ?nick|scribe ?options"
    r"|present|regrets|guests?|attendees|participants|previous meeting|next meeting|log|minutes"
    r"|phone|irc|agendum|dial-?in)\s*[:+=]\s*(?P<value>.*)",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"q\s?[+=?-].*|q|qq\+.*|queue\s?[+=?-].*|queue|v\?|vote\?|agenda\s?[+?=-].*|agenda"
    r"|(?:present|regrets|scribe|chair)\s?[+?=-].*"
    r"|(?:next|move to next|close|take up|open|skip) (?:agendum|item|agenda|issue|action)\b.*"
    r"|(?:draft|make|publish) (?:minutes|log\w*)\b.*"
    r"|(?:zakim|rrsagent|trackbot|scribot|agendabot|voip[\w-]*|github-?bot|ghurlbot|gb)\s?[,:]\s.*"
    r"|i([/|])(?!\s).+\1.*|action-\d+\b.{0,60}|issue-\d+\b[^:]{0,60}"
    r"|who is (?:here|on the phone)\??|\*?/me\b.*|#\w+",
    re.IGNORECASE,
)
_ACK = re.compile(r"(?i:ack)(?=[\sA-Z]|$).{0,60}")
_CORRECTION = re.compile(r"s([/|]).+\1.*")
_VOTE = re.compile(
    r"[+-]?\s?[01](?:\.\d+)?[\s.!]*|[+-]\d+(?:\.\d+)?[\s.!]*|\W*(?:aye|abstain)\W*", re.I
)
_EMOJI_ONLY = re.compile(r"[\u2190-\u2bff\ufe0f\u200d\U0001F000-\U0001FAFF\s]+")
_URL = r"(?:https?|ftp|irc|mailto|sips?)[:/]\S+"
# A link, alone or under a caption of a few words.
_LINK = re.compile(
    rf"(?:(?:[^\s:]+ ){{0,4}}[^\s:]+\s?:\s+|[^\s:]+ |[.…\s]*)(?:->\s*)?{_URL}\s*|->\s*{_URL}.*"
)
_NOTE = re.compile(r"\[.*\]|\(scribe .*\)", re.DOTALL)
# Where RRSAgent says that it keeps the log, W3C's addresses have the day.
_LOGGED = re.compile(r"logging to \S{1,80}?/(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)-")
_ITSELF = re.compile(r"has (?:joined|left|quit|changed the topic)\b")


def is_bot(nick: str) -> bool:
    """Whether the nick is that of a program which meetings on IRC are run with."""
    return _BOT.fullmatch(nick) is not None


def is_any_bot(nick: str) -> bool:
    """The same, or one that is called a bot: no person with such a nick takes part in minutes."""
    return is_bot(nick) or _ANY_BOT.fullmatch(nick) is not None


def why_not_speech(one: Typed, head: Head) -> str | None:
    """What the line is, if it is no speech; the meeting's name and date go to `head`."""
    text = one.text.strip()
    if is_any_bot(one.who):
        logged = _LOGGED.match(text)
        if logged is not None and head.date is None:
            head.read_date("-".join(logged.groups()))
        return "the words of a bot"
    if _ITSELF.match(text.removeprefix(one.who).lstrip()) and text.startswith(one.who):
        return "a notice of the chat program"
    if _COMMAND.fullmatch(text) or _ACK.fullmatch(text):
        return "a command"
    entry = _FIELD.fullmatch(text)
    if entry is not None:
        key = entry["key"].casefold()
        if key == "meeting" and head.title is None and entry["value"].strip():
            head.title = entry["value"].strip()
        elif key == "date":
            head.read_date(entry["value"].strip())
        return "a topic of the minutes" if "topic" in key else "an entry of the minutes"
    if _CORRECTION.fullmatch(text):
        return "a correction of the minutes"
    if _VOTE.fullmatch(text) or _EMOJI_ONLY.fullmatch(text):
        return "a reaction"
    if _LINK.fullmatch(text):
        return "a link"
    return "a note of the scribe" if _NOTE.fullmatch(text) else None
