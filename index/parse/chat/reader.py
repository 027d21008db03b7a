"""Chat logs of IRC, Zoom, WhatsApp, Discord, Slack and their like -> a Transcript.

A text is a chat log where most of its lines fit one layout (messages.py); one who
typed is the speaker of what was typed, and every message is a turn. Reactions, pictures and what
the program itself says are no speech and are reported, and so is the quotation above a reply. On
IRC someone may write down what others say: scribe.py.

Times are seconds since the first message, midnights counted, or those of a recording's own clock.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from ...types import Transcript
from ..lines import Line, lines_of, numbered
from ..speech import Head, Speech, assemble
from ..text.front_matter import read_front_matter
from .messages import (
    MARKS,
    Layout,
    Stamp,
    day_of,
    is_app,
    is_month_first,
    layout_of,
    seconds_of,
    with_headers_joined,
)
from .minutes import Typed, is_bot
from .scribe import is_scribed, read_scribed

# A chat shows itself by its first lines, if it is one; a large text isn't read twice.
_SAMPLE_CHARS = 200_000
_BLANK = MARKS + " \t"
_HEADING = re.compile(r"#{1,6}\s+(?P<title>[^\s#].*)")
_FIELD = re.compile(r"(?P<key>title|meeting|channel|subject)\s*:\s*(?P<title>\S.*)", re.I)
_FENCE = re.compile(r"\s*(?:```|~~~)")

_EMOJI = r"(?:[\u200d\ufe0f\u20e3\u2190-\u2bff\U0001F000-\U0001FAFF]|:[\w+-]{1,40}:)"
_REACTION = re.compile(
    r"(?:reacted to|removed an? .{1,40} reaction|heeft gereageerd op|reagierte auf|hat auf|hat mit"
    r"|a réagi à|reaccionó a|reagiu a|ha reagito a)\s.*[\"“”„«].*",
    re.IGNORECASE | re.DOTALL,
)
_REPLY = re.compile(
    r"(?:replying to|antwoord verzenden naar|antwoorden op|antwort(?:en)? auf|réponse à"
    r"|respondiendo a|respondendo a|rispondendo a)\s+[\"“”„«].*"
    r"|[^\W\d_]+(?: [^\W\d_]+){0,4} [\"“„«].{1,80}(?:\.\.\.|…)[\"“”»]",
    re.IGNORECASE,
)
_MAX_REACTION_LINES = 3
# What WhatsApp prints where something stood that it doesn't export, by the languages it has most.
_PLACEHOLDER = re.compile(
    r"<[^<>\n]{3,90}>|null|.{0,90}\((?:file attached|archivo adjunto|Datei angehängt|fichier joint"
    r"|arquivo anexado|file allegato|bestand bijgevoegd|файл добавлен)\)"
    r"|(?:image|video|GIF|audio|sticker|document|contact card) omitted"
    r"|(?:This message was deleted|You deleted this message|Se eliminó este mensaje"
    r"|Eliminaste este mensaje|Diese Nachricht wurde gelöscht|Du hast diese Nachricht gelöscht"
    r"|Ce message a été supprimé|Mensagem apagada|Questo messaggio è stato eliminato"
    r"|Dit bericht is verwijderd|Данное сообщение удалено|Missed (?:voice|video) call)\.?",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"(?:Messages and calls are|Messages you send to this group are now"
    r"|Messages to this (?:chat|group) are now|Los mensajes y las llamadas"
    r"|Nachrichten und Anrufe|Les messages et les appels"
    r"|As mensagens e (?:as )?(?:ligações|chamadas)|I messaggi e le chiamate|Berichten en oproepen"
    r"|Сообщения и звонки)\b",
    re.IGNORECASE,
)
_EDITED = re.compile(rf"\s[{MARKS}]*(?P<mark><[^\W\d_][^<>\n/:@]{{5,60}}>|\(edited\))$")
_GROUP_NAMED = re.compile(r"created group [\"“](?P<title>[^\"”]{1,120})[\"”]")

# Beside messages in what is copied from Slack, Discord and Teams, or exported by tools.
_BESIDE = re.compile(
    rf"(?:{_EMOJI}|\s)+\d{{0,4}}|\d{{1,3}}|\d\d?:\d\d(?:\s?[AP]M)?"
    r"|\d+ repl(?:y|ies)|last reply .*|view thread|new|edited"
    r"|\(edited\)|\{(?:reactions|attachments|embed|stickers)\}|also sent to the channel"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day,? .{3,20}|today|yesterday|[-=_*]{3,}.*",
    re.IGNORECASE,
)

_ACTION = re.compile(r"\*\s+(?!\*)\S+\s+(?!\()\S")
_COMES_OR_GOES = re.compile(
    r"\bhas (?:joined|left|quit)\b|\bjoined the channel|\bis now known as\b|\bsets? mode\b"
    r"|\bmode/#|\bhas changed the topic\b|\bJoins?:|\bQuits?:|\bParts?:|\bYou (?:dis)?connected\b",
)
_RENAMED = re.compile(r"(?P<old>\S{1,80}) (?:is|are) now known as (?P<new>\S{1,80})")
_RELAYED = re.compile(
    r"<[@+%&~\u200b]{0,2}(?P<who>[^<>\s][^<>\n]{0,60})>\s+(?P<text>\S.*)", re.DOTALL
)
_MEETBOT = re.compile(r"Meeting (?:started|ended) .*|Information about MeetBot\b")
_MIN_RELAYED = 5
_WITH_HOST = re.compile(r"<[^<>!\s]+![^<>\s]+@[^<>\s]+>")
_MIN_SIGNED, _SIGNED_SHARE = 3, 0.8


@dataclass(slots=True)
class _Message:
    """A message or, without `who`, a notice: its lines as printed, the first without its front."""

    who: str | None
    first: str
    stamp: Stamp | None
    lines: list[Line] = field(default_factory=list)

    @property
    def text(self) -> str:
        rest = (line.text.strip(_BLANK) for line in self.lines[1:])
        return "\n".join(part for part in (self.first.strip(_BLANK), *rest) if part).strip()

    def report(self, head: Head, why: str) -> None:
        for line in self.lines:
            head.report(line.number, line.text, why)


def parse_chat(transcript_id: str, text: str) -> Transcript | None:
    """Read a chat log; None where the text is none."""
    sample = lines_of(text[:_SAMPLE_CHARS])
    layout = layout_of(sample)
    below = layout is None
    if below:
        layout = layout_of([line.text for line in with_headers_joined(numbered(sample))])
    if layout is None:
        return None
    head = Head()
    lines = numbered(lines_of(text.lstrip("\ufeff")))
    if below:
        lines = with_headers_joined(lines)
    messages = _messages(read_front_matter(lines, head), layout, head)
    _take_signs_off(messages)
    typed = _typed(messages, layout, head)
    if layout.name == "irc":
        typed = _under_one_nick(typed, messages)
        if is_scribed(typed):
            pieces = read_scribed(typed, head)
        else:
            pieces = _as_typed(_relayed(_without_bots(typed, head)))
    else:
        pieces = _as_typed(typed)
    if not pieces:
        return None
    return assemble(transcript_id, head, pieces, merge=False)


def _as_typed(typed: Sequence[Typed]) -> list[Speech]:
    return [Speech(one.who, one.text, one.seconds) for one in typed]


def _messages(lines: list[Line], layout: Layout, head: Head) -> list[_Message]:
    messages: list[_Message] = []
    begun = follows = stamped = False
    for line in lines:
        found = layout.read(line.text)
        if found and found.who is None and not found.stamp and stamped and follows:
            found = None  # a list within a message
        if found and (begun or found.who is not None or found.stamp):
            messages.append(_Message(found.who, found.text, found.stamp, [line]))
            begun = begun or found.who is not None
            stamped = stamped or found.stamp is not None
            follows = True
            continue
        if _FENCE.match(line.text):
            follows = False
            if re.search(r"\w", line.text):
                head.report(line.number, line.text, "a mark of the page")
        elif not messages:
            _read_head_line(line, head)
        elif not line.text.strip():
            follows = follows and layout.goes_on
        elif follows and not (layout.name == "irc" and _HEADING.match(line.text)):
            messages[-1].lines.append(line)
        else:
            head.report(line.number, line.text, "no part of a message")
    return messages


def _read_head_line(line: Line, head: Head) -> None:
    text = line.text.strip(_BLANK)
    if not re.search(r"\w", text) or head.read_date(text):
        return
    title = _HEADING.fullmatch(text) or _FIELD.fullmatch(text)
    if title is not None and head.title is None:
        head.title = title["title"].strip("*_# ")
    else:
        head.report(line.number, line.text, "above the chat")


def _take_signs_off(messages: Sequence[_Message]) -> None:
    """Take off the + or - that some servers put before a message, for a known nick or not."""
    hosts = [message for message in messages if _WITH_HOST.search(message.lines[0].text[:200])]
    signed = [message for message in hosts if message.first[:1] in ("+", "-")]
    if len(signed) >= max(_MIN_SIGNED, _SIGNED_SHARE * len(hosts)):
        for message in signed:
            message.first = message.first[1:].strip()


def _typed(messages: Sequence[_Message], layout: Layout, head: Head) -> list[Typed]:
    """What people typed, when; the rest is reported."""
    times = seconds_of([message.stamp for message in messages])
    typed: list[Typed] = []
    stamp: Stamp | None = None
    for message, seconds in zip(messages, times, strict=True):
        if message.who is None:
            _report_notice(message, head)
            continue
        text = message.text if layout.name == "irc" else _said(message, layout, head)
        if not text and not message.text:
            message.report(head, "an empty message")
        elif text:
            stamp = stamp or message.stamp
            typed.append(Typed(message.lines[0].number, message.who, text, seconds))
    if stamp is not None and head.date is None:
        stamps = [message.stamp for message in messages if message.stamp]
        day = day_of(stamp, is_month_first(stamps))
        head.date = day.isoformat() if day else None
    return typed


def _report_notice(message: _Message, head: Head) -> None:
    line = message.lines[0].text
    named = _GROUP_NAMED.search(line)
    if named is not None and head.title is None:
        head.title = named["title"]
    action = _ACTION.match(message.first) and not _COMES_OR_GOES.search(message.first)
    message.report(head, "an action, not a message" if action else "a notice of the chat program")


def _said(message: _Message, layout: Layout, head: Head) -> str:
    """The words of a message that are its sender's own; the others are reported."""
    lines = [Line(message.lines[0].number, message.first), *message.lines[1:]]
    lines = [line for line in lines if line.text.strip()]
    printed = message.lines[0]
    whole = message.text
    if _REACTION.fullmatch(whole) and len(lines) <= _MAX_REACTION_LINES:
        message.report(head, "a reaction")
        return ""
    if message.who and is_app(message.who):
        message.report(head, "the words of a program")
        return ""
    if _NOTICE.match(whole.strip(_BLANK)):
        message.report(head, "a notice of the chat program")
        return ""
    kept: list[str] = []
    for index, line in enumerate(lines):
        why = _why_not_said(line.text, layout, first=index == 0)
        if index == 0 and len(lines) > 1 and _REPLY.fullmatch(line.text.strip()):
            why = "a quotation of the message that this answers"
        if why:
            raw = printed if line.number == printed.number else line
            head.report(raw.number, raw.text, why)
            continue
        edited = _EDITED.search(line.text)
        if edited is not None:
            head.report(line.number, edited["mark"], "a mark of the chat program")
        text = line.text[: edited.start()] if edited else line.text
        kept.append(text.strip(_BLANK))
    return "\n".join(text for text in kept if text).strip()


def _why_not_said(text: str, layout: Layout, *, first: bool) -> str | None:
    bare = text.strip(_BLANK)
    if layout.name == "messenger" and (
        _PLACEHOLDER.fullmatch(bare) or text.lstrip(" ").startswith("\u200e")
    ):
        return "a picture, a file or a notice, not words"
    if layout.name == "header" and not first and _BESIDE.fullmatch(bare):
        return "what the chat program shows beside a message"
    return None


def _under_one_nick(typed: Sequence[Typed], messages: Sequence[_Message]) -> list[Typed]:
    """The same under the nick that each person types most with, where the log tells of a change."""
    changes = [
        (message.lines[0].number, match["old"], match["new"])
        for message in messages
        if message.who is None and (match := _RENAMED.search(message.first))
    ]
    if not changes:
        return list(typed)
    changes.reverse()
    # A nick that was given up may be someone else's when it is seen again.
    person_of: dict[str, int] = {}
    persons: list[int] = []
    ids = count()
    for one in typed:
        while changes and changes[-1][0] < one.number:
            _, old, new = changes.pop()
            person_of[new] = person_of.pop(old) if old in person_of else next(ids)
        persons.append(person_of.setdefault(one.who, next(ids)))
    nicks: dict[int, Counter[str]] = {}
    for person, one in zip(persons, typed, strict=True):
        nicks.setdefault(person, Counter())[one.who] += 1
    return [
        one._replace(who=nicks[person].most_common(1)[0][0])
        for person, one in zip(persons, typed, strict=True)
    ]


def _without_bots(typed: Sequence[Typed], head: Head) -> list[Typed]:
    """The same without the lines of known bots and of those that behave like one."""
    bots = {one.who for one in typed if is_bot(one.who) or _MEETBOT.match(one.text)}
    for one in typed:
        if one.who in bots:
            head.report(one.number, f"<{one.who}> {one.text}", "the words of a bot")
    return [one for one in typed if one.who not in bots]


def _relayed(typed: Sequence[Typed]) -> list[Typed]:
    """The same with the senders on other networks, whose words a bridge types for them."""
    lines = Counter(one.who for one in typed)
    relays = Counter(one.who for one in typed if _RELAYED.fullmatch(one.text))
    bridges = {who for who, count in relays.items() if count >= max(_MIN_RELAYED, lines[who] * 0.8)}
    return list(_through(bridges, typed))


def _through(bridges: set[str], typed: Sequence[Typed]) -> Iterator[Typed]:
    for one in typed:
        match = _RELAYED.fullmatch(one.text) if one.who in bridges else None
        yield one._replace(who=match["who"], text=match["text"]) if match else one
