"""Chat logs -> a Transcript: layouts, times, what is no speech, and meetings with a scribe."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parse import parse_file
from index.parse.chat.reader import parse_chat
from index.types import Transcript


def chat(text: str) -> Transcript:
    transcript = parse_chat("log.txt", text)
    assert transcript is not None
    return transcript


def said(text: str) -> list[tuple[str | None, str]]:
    """(speaker, text) of every turn."""
    return [(turn.speaker, turn.text) for turn in chat(text).turns]


def times(text: str) -> list[float | None]:
    return [turn.start_seconds for turn in chat(text).turns]


def unread(text: str) -> list[tuple[int, str]]:
    """(line, why) of what is no speech."""
    return [(line.line, line.why) for line in chat(text).unread]


TALK = [("anna", "Is the tram late?"), ("bo", "It is."), ("anna", "Again?")]

# Layouts


@pytest.mark.parametrize(
    "form",
    [
        "[Tue 10:02]\t<{}>\t{}",
        "[Tue 10:02:11] <{}>\t{}",
        "[14 Jan 10:02] <{}> {}",
        "[10:02] <{}> {}",
        "10:02 < {}> {}",
        "10:02 <@{}> {}",
        "10:02:11 <+{}> {}",
        "[10:02:11] <{}> {}",
        "(10:02:11 AM) <{}> {}",
        "2013-12-17T10:02:11Z <{}> {}",
        "[2018-02-05T16:01:11.770Z]\t<{}>\t{}",
        "[2013-12-17 10:02:11] <{}> {}",
        "Dec 17 10:02:11 <{}>\t{}",
        "2013-12-17 10:02:11\t{}\t{}",
        "2013-12-17 10:02:11\t@{}\t{}",
        "<{}> {}",
        "**\\<{}>** {}  ",
        "10:02 &lt;{}&gt; {}",
        "[10:02] <{}!n=x@10.0.0.1> {}",
    ],
)
def test_irc_layouts(form):
    """The nick is the speaker, without the signs of rank and host, in what clients and bots log."""
    lines = "\n".join(form.format(who, text) for who, text in TALK)
    turns = said(lines)
    assert turns == TALK


@pytest.mark.parametrize(
    "form",
    [
        "00:12:33\t{}:\t{}",
        "10:02:11\t From {} : {}",
        "10:02:11 From {} to Everyone: {}",
        "10:02:11 From {} To Everyone : {}",
        "10:02:11 From {} to Everyone:\n\t{}",
        "10:02:11 From {} to Dina Moe (Direct Message):\n{}",
        "2021-05-12 10:02:11 From {} to Everyone: {}",
        "from {} to everyone:    10:02 AM\n{}",
        "12/05/2021, 10:02 - {}: {}",
        "12.05.21, 10:02 - {}: {}",
        "5/12/21, 10:02\u202fAM - {}: {}",
        "[12/05/21, 10:02:11] {}: {}",
        "\u200e[12/05/21, 10:02:11] {}: {}",
        "[12.05.2021 10:02] {}: {}",
        "2021-05-12, 10:02 - {}: {}",
        "12/05/2021, 10:02 a. m. - {}: {}",
        "{} — 12/05/2021 10:02\n{}",
        "{} — Today at 10:02 AM\n{}",
        "{}  10:02 AM\n{}\n",
        "{}\n  10:02 AM\n{}\n",
        "{} [10:02 AM]\n{}",
        "{} 12/5/2021 10:02 AM\n{}",
        "[5/12 10:02 AM] {}\n{}",
        "[05-Dec-21 10:02 AM] {}\n{}\n",
        "{}, [12.05.21 10:02]\n{}\n",
        "{}, Mon 10:02 AM\n{}",
    ],
)
@pytest.mark.parametrize(
    "names", [("Anna Lind", "Bo"), ("Prof. Ek", "Cy & Bo"), ("Élan", "Åsa O'")]
)
def test_messenger_layouts(form, names):
    """Zoom, WhatsApp, Telegram, Discord, Slack and Teams print names of more words."""
    talk = [(names[0], "Is it late?"), (names[1], "It is."), (names[0], "Again?")]
    assert said("\n".join(form.format(who, text) for who, text in talk)) == talk


@pytest.mark.parametrize(
    "text",
    [
        "Anna: Is the tram late?\nBo: It is.\nAnna: Again?\n",
        "Anna Lind  0:15\nIs the tram late?\n\nBo Ek  1:02\nIt is.\n\nAnna Lind  1:20\nAgain?\n",
        "[00:01:02] Anna: Is the tram late?\n[00:01:10] Bo: It is.\n[00:01:12] Anna: Again?\n",
        "00:01:02 Anna: Is the tram late?\n00:01:10 Bo: It is.\n00:01:12 Anna: Again?\n",
        "Anna (10:02):\nIs it?\nBo (10:03):\nIt is.\nAnna (10:04):\nAgain?\n",
        "<p> One.\n<p> Two.\n<b> Three.\n",
        "<title>A page</title>\n<td> One </td>\n<anna>text</anna>\n<bo> is</bo>\n",
        "May 5, 2021 10:02 AM\nThe council met.\nMay 6, 2021 10:02 AM\nIt met again.\n",
        "The clerk read:\n10:02 <anna> hello\n10:02 <bo> hi\n10:03 <anna> bye\n"
        + "More prose.\n" * 20,
        "Date: 10:02 AM\nx\nTime: 10:03 AM\ny\nTopic: 10:04 AM\nz\n",
        "",
        "\n\n",
    ],
)
def test_what_is_no_chat(text):
    """Labelled transcripts, pages, dated prose and a chat that is only quoted are left alone."""
    assert parse_chat("x.txt", text) is None


def test_chat_in_a_page():
    """Front matter, headings and fences around a log; a message may be wrapped, once."""
    text = (
        '---\ntitle: "#12 Trams"\nlayout: log\n---\n\n## Log\n\n```\n'
        "13:01 <@anna> Hello.\n13:01 < bo> The tram\nis late.\n\n13:02 -!- bo is now known as bob\n"
        "13:03 < bob> Very.\n13:04 <@anna> Why?\n13:04 < bob> Snow.\n```\n\nSee you next week.\n"
    )
    transcript = chat(text)
    assert transcript.title == "#12 Trams"
    assert said(text) == [
        ("anna", "Hello."),
        ("bob", "The tram\nis late."),
        ("bob", "Very."),
        ("anna", "Why?"),
        ("bob", "Snow."),
    ]
    assert [(line.line, line.text, line.why) for line in transcript.unread] == [
        (3, "layout: log", "front matter that is not used"),
        (6, "## Log", "above the chat"),
        (13, "13:02 -!- bo is now known as bob", "a notice of the chat program"),
        (19, "See you next week.", "no part of a message"),
    ]


# Times


@pytest.mark.parametrize(
    ("stamps", "expected"),
    [
        (["[23:58]", "[23:59]", "[00:01]"], [0, 60, 180]),
        (["[10:02:11]", "[10:02:10]", "[11:02:11]"], [0, -1, 3600]),
        (["[Mon 23:00]", "[Tue 01:00]", "[Wed 01:00]"], [0, 7200, 93600]),
        (["[28 Feb 10:00]", "[28 Feb 11:00]", "[02 Mar 10:00]"], [0, 3600, 3 * 86400]),
        (["[31 Dec 10:00]", "[01 Jan 10:00]", "[01 Jan 11:00]"], [0, 86400, 90000]),
        (["[2021-02-28 10:00]", "[2021-03-01 10:00]", "[2021-03-01 9:00]"], [0, 86400, 82800]),
        (["(11:59:59 AM)", "(12:00:00 PM)", "(1:00:00 PM)"], [0, 1, 3601]),
        (["", "", ""], [None, None, None]),
    ],
)
def test_clock_times_count_from_the_first_message(stamps, expected):
    """Midnights, weekdays, days of a month and dates are counted; a clock may be set back."""
    assert times("\n".join(f"{stamp} <n{i}> hello" for i, stamp in enumerate(stamps))) == expected


def test_times_of_a_recording():
    """A clock that begins below an hour counts from the start of a recording, and is kept."""
    assert times("00:03:38\tAnna:\tHello\n01:04:08\tBo:\tHi\n") == [218, 3848]
    assert times("15:29:08\t From Anna : Hello\n15:30:08\t From Bo : Hi\n") == [0, 60]


@pytest.mark.parametrize(
    ("dates", "date"),
    [
        (("12/05/2021", "13/05/2021"), "2021-05-12"),
        (("5/12/21", "5/13/21"), "2021-05-12"),
        (("1/3/24", "1/3/24"), "2024-03-01"),
        (("1/3/24", "2/2/24"), "2024-01-03"),
        (("2021/05/12", "2021/05/13"), "2021-05-12"),
        (("12.05.2021", "12.05.2021"), "2021-05-12"),
        (("45/45/2021", "45/45/2021"), None),
    ],
)
def test_date_of_a_chat(dates, date):
    """The first message's; whether the month comes first shows in all dates and their order."""
    assert chat(f"{dates[0]}, 10:02 - Anna: Hi\n{dates[1]}, 10:03 - Bo: Hi\n").date == date


# What is no speech


def test_zoom_reactions_and_replies():
    """Reactions are reported, in other languages too; a reply keeps only its own words."""
    text = (
        "00:03:38\tAnna:\tIs the tram late?\n"
        '00:03:40\tBo:\tReacted to "Is the tram..." with 👍\n'
        '00:03:41\tCy:\tReacted to Tram.jpg with "😂"\n'
        '00:03:42\tDina:\tHeeft gereageerd op "Is the tram..." met ❤️\n'
        '00:03:43\tBo:\tRemoved a 👍 reaction from "Is the tram..."\n'
        '00:03:50\tBo:\tReplying to "Is the tram..."\n\nVery late.\n\nHere is why:\nhttps://a.b\n'
        '00:04:00\tCy:\tAntwoord verzenden naar "Very late."\n\nYes\n'
        '00:04:10\tCy:\tI said "no" twice\n'
    )
    assert said(text) == [
        ("Anna", "Is the tram late?"),
        ("Bo", "Very late.\nHere is why:\nhttps://a.b"),
        ("Cy", "Yes"),
        ("Cy", 'I said "no" twice'),
    ]
    quotation = "a quotation of the message that this answers"
    reactions = [(line, "a reaction") for line in (2, 3, 4, 5)]
    assert unread(text) == [*reactions, (6, quotation), (12, quotation)]
    assert [person.name for person in chat(text).people] == ["Anna", "Bo", "Cy"]


def test_whatsapp_furniture():
    """Notices, media, deleted messages and marks of edits are reported; long messages are whole."""
    text = (
        "1/15/25, 9:00 AM - Tram Club: Messages and calls are end-to-end encrypted. Tap for more.\n"
        "1/15/25, 9:01 AM - Anna created group “Tram Club”\n"
        "1/15/25, 9:02 AM - Anna: Is it late?\n\nOr: is it cancelled?\n"
        "1/15/25, 9:03 AM - Bo: <Media omitted>\n"
        "1/15/25, 9:04 AM - Bo: IMG-1.jpg (file attached)\nThe stop\n"
        "1/15/25, 9:05 AM - Bo: This message was deleted\n"
        "1/15/25, 9:06 AM - Bo: late <This message was edited>\n"
        "1/15/25, 9:07 AM - Anna: \u200eimage omitted\n"
        '1/15/25, 9:08 AM - Anna changed the subject from "a" to "Bo: b"\n'
        "1/15/25, 9:09 AM - Anna: 👍\n"
    )
    transcript = chat(text)
    assert (transcript.title, transcript.date) == ("Tram Club", "2025-01-15")
    assert said(text) == [
        ("Anna", "Is it late?\nOr: is it cancelled?"),
        ("Bo", "The stop"),
        ("Bo", "late"),
        ("Anna", "👍"),
    ]
    assert [(line.line, line.text) for line in transcript.unread][3:] == [
        (7, "1/15/25, 9:04 AM - Bo: IMG-1.jpg (file attached)"),
        (9, "1/15/25, 9:05 AM - Bo: This message was deleted"),
        (10, "<This message was edited>"),
        (11, "1/15/25, 9:07 AM - Anna: \u200eimage omitted"),
        (12, '1/15/25, 9:08 AM - Anna changed the subject from "a" to "Bo: b"'),
    ]


def test_what_stands_beside_messages():
    """Counted reactions, days and an exporter's blocks are no message; an app is no speaker."""
    text = (
        "Channel: trams\nAnna — Today at 10:02 AM\nIs it late?\n👍\n2\n3 replies\n"
        "Monday, May 3rd\nBo — Today at 10:03 AM\n42\n10:05\nIt is.\n{Reactions}\n"
        "TramBot BOT — Today at 10:04 AM\nLine 1 is late.\n"
    )
    assert said(text) == [("Anna", "Is it late?"), ("Bo", "42\nIt is.")]
    assert chat(text).title == "trams"
    assert [line for line, _ in unread(text)] == [4, 5, 6, 7, 10, 12, 13, 14]


def test_irc_notices():
    """Who comes, goes and acts is reported, in the layouts of several clients."""
    text = (
        "10:02 <anna> Hello\n10:02 -!- cy [c@h] has joined #trams\n10:02 --> dina joined\n"
        "10:02 *** You connected\n10:02 → eva joined\n10:02 =-= bo is now known as bob\n"
        "10:03 <bob> Hi\n10:03 * bob waves\n10:03 <anna> x\n10:04 |<-- bob has left\n"
    )
    assert [speaker for speaker, _ in said(text)] == ["anna", "bob", "anna"]
    assert [why for _, why in unread(text)].count("an action, not a message") == 1
    assert len(unread(text)) == 7


def test_changes_of_nicks():
    """A change that the log tells of makes one person, under the nick used most; else two stay."""
    text = (
        "10:00 <anna_> hi\n10:01 -!- anna_ is now known as anna\n10:02 <anna> a\n10:03 <anna> b\n"
        "10:04 <guest1> c\n10:05 -!- guest1 is now known as bo\n10:05 <bo> d\n10:06 <bo> d\n"
        "10:06 <guest1> e\n10:07 -!- guest1 is now known as cy\n10:07 <cy> f\n10:08 <cy> g\n"
    )
    assert [speaker for speaker, _ in said(text)] == ["anna"] * 3 + ["bo"] * 3 + ["cy"] * 3


def test_signs_before_messages():
    """Some servers put + or - before each message; a message that is nothing else is empty."""
    lines = [("anna", "+Hello"), ("bo", "-1 is my answer"), ("anna", "+"), ("bo", "-No")]
    text = "\n".join(f"[14 Jan 10:02] <{who}!n={who}@h.org> {text}" for who, text in lines)
    assert said(text) == [("anna", "Hello"), ("bo", "1 is my answer"), ("bo", "No")]
    assert unread(text) == [(3, "an empty message")]


def test_bots_and_bridges():
    """A meeting's bot is no speaker; who types over a bridge is, and not the bridge."""
    text = "10:00 <zodbot> Meeting started. Information about MeetBot at x\n"
    text += "10:00 <anna> hello\n10:00 <openstack> Meeting started Thu Jan 5. The chair is anna.\n"
    text += "".join(f"10:0{i} <relay> <Bo Ek> line {i}\n" for i in range(6))
    assert said(text) == [("anna", "hello"), *(("Bo Ek", f"line {i}") for i in range(6))]
    assert unread(text) == [(1, "the words of a bot"), (3, "the words of a bot")]


# Meetings with a scribe


def minutes(*lines: str) -> str:
    return "\n".join(
        f"[Tue 10:{index:02}] <{line.split(' ', 1)[0]}> {line.split(' ', 1)[1]}"
        for index, line in enumerate(lines)
    )


def test_scribed_meeting():
    """The scribed are the speakers; the scribe's and others' own lines are theirs."""
    text = minutes(
        "bo Meeting: Tram Group",
        "bo Date: 17 December 2013",
        "bo scribe: cy",
        "anna present+ Anna_Lind",
        "cy anna: The tram is late.",
        "cy ... It will be later.",
        "dina q+ to ask why",
        "Zakim I see dina on the speaker queue",
        "cy …: Much later.",
        "bo ack dina",
        "cy dina: Why?",
        "dina I mean line 1",
        "bo +1",
        "dina +1 with thanks",
        "cy s/Why/When/",
        "bo PROPOSAL: Buy a tram.",
        "bo RESOLVED: Buy a tram.",
        "cy That was quick.",
        "cy [silence]",
        "bo Topic: Any other business",
        "bo Timetable: https://tram.org",
        "cy Anna: Thank you.",
        "rrsagent draft minutes",
    )
    transcript = chat(text)
    assert (transcript.title, transcript.date) == ("Tram Group", "2013-12-17")
    assert said(text) == [
        ("Anna Lind", "The tram is late. It will be later. Much later."),
        ("dina", "Why?"),
        ("dina", "I mean line 1"),
        ("dina", "+1 with thanks"),
        (None, "PROPOSAL: Buy a tram."),
        (None, "RESOLVED: Buy a tram."),
        ("cy", "That was quick."),
        ("Anna Lind", "Thank you."),
    ]
    turn = transcript.turns[0]
    assert [(turn.text[mark.offset :][:4], mark.seconds) for mark in turn.marks] == [
        ("The ", 240.0),
        ("It w", 300.0),
        ("Much", 480.0),
    ]
    assert [(line.line, line.why) for line in transcript.unread] == [
        (1, "an entry of the minutes"),
        (2, "an entry of the minutes"),
        (3, "an entry of the minutes"),
        (4, "a command"),
        (7, "a command"),
        (8, "the words of a bot"),
        (10, "a command"),
        (13, "a reaction"),
        (15, "a correction of the minutes"),
        (19, "a note of the scribe"),
        (20, "a topic of the minutes"),
        (21, "a link"),
        (23, "the words of a bot"),
    ]


def test_date_of_a_log_at_w3c():
    """RRSAgent says on which day it logs."""
    text = "16:59:44 <RRSAgent> logging to https://www.w3.org/2023/11/15-trams-irc\n"
    text += "16:59:45 <anna> scribe+\n" + "16:59:46 <anna> bo: The tram is late.\n" * 3
    assert chat(text).date == "2023-11-15"


def test_another_takes_over_while_the_scribe_speaks():
    """What nearly all of someone's lines are, that is what they are: speech of the scribe."""
    text = minutes(
        "anna scribe: anna",
        "anna bo: We begin.",
        "bo anna: I have seen the tram.",
        "bo ... It was late.",
        "bo ... It was blue.",
        "anna anna: So I have.",
        "anna bo: Good.",
    )
    assert said(text) == [
        ("bo", "We begin."),
        ("anna", "I have seen the tram. It was late. It was blue."),
        ("anna", "So I have."),
        ("bo", "Good."),
    ]


def test_one_stands_in_and_one_answers():
    """A typed `name: text` is said by the name who is heard, and to the name who has typed."""
    text = minutes(
        "anna scribe: anna",
        "anna bo: The tram is late.",
        "cy present+",
        "cy bo: It was late before, too.",
        "anna bo: That is so.",
        "dina I came by bus.",
        "cy dina: Which bus?",
        "cy Let us go on.",
    )
    assert said(text)[1] == ("bo", "It was late before, too.")
    assert said(text)[3:] == [
        ("dina", "I came by bus."),
        ("cy", "dina: Which bus?"),
        ("cy", "Let us go on."),
    ]


def test_scribe_without_announcement():
    """One who types what many say who type nothing is a scribe; one who answers all is not."""
    spoken = [f"cy {name}: This is remark {i}." for i in range(4) for name in ("Bo", "Eva", "Per")]
    assert {speaker for speaker, _ in said(minutes(*spoken))} == {"Bo", "Eva", "Per"}
    asked = [
        line
        for i in range(6)
        for name in ("bo", "eva")
        for line in (f"{name} How is {i}?", f"{name} Or {i}?", f"cy {name}: It is {i}.")
    ]
    assert {speaker for speaker, _ in said(minutes(*asked))} == {"bo", "eva", "cy"}


def test_someone_on_the_channel():
    """One lone remark of someone who shows in no other way is no speech of the meeting."""
    text = minutes(
        "anna scribe: anna",
        "anna bo: The tram is late.",
        "anna bo: Very late.",
        "passerby what is a tram",
        "guest hello bo",
        "anna bo: Hello guest.",
    )
    assert [speaker for speaker, _ in said(text)] == ["bo", "bo", "guest", "bo"]
    assert unread(text)[1:] == [(4, "typed on the channel by someone not in the meeting")]


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        (("bo present+ Bo_Ek",), "Bo Ek"),
        (("bo present+ Bo_Ek", "bo present+ Bo_Moe"), "bo"),
        (("voip-x Bo Ek [SIP/42] has joined the conference.", "anna voip: 42 is bo"), "Bo Ek"),
        (("voip-x Bo Ek [SIP/42] has joined the conference.",), "bo"),
        (("anna present+ bo, eva",), "bo"),
    ],
)
def test_full_names(lines, name):
    """A nick has the one full name that the log says it has; what is only likely is not taken."""
    text = minutes("anna scribe: anna", *lines, "anna bo: One.", "anna bo: Two.", "anna bo: Three.")
    assert {speaker for speaker, _ in said(text)} == {name}


@pytest.mark.parametrize(
    "line",
    [
        "note: nothing",
        "yes from: Bo, Eva",
        "question: why?",
        "http://a.b/c is down",
        "option: a tram",
    ],
)
def test_what_a_scribe_notes(line):
    """A scribe's line may begin with a word and a colon and name nobody."""
    text = minutes("anna scribe: anna", "anna bo: One.", "anna bo: Two.", f"anna {line}")
    assert said(text)[-1] == ("anna", line)


# Whatever the text


PARTS = st.sampled_from(
    "[10:02] 10:02 10:02:11 [Tue|10:02] 12/05/2021,|10:02|- [12/05/21,|10:02:11|AM] <anna> <@bo> "
    "< cy> * --> -!- From|Anna|to|Everyone: Anna: anna: ... … +1 q+ ack scribe:|anna scribe+ "
    "PROPOSAL:|x present+|Anna_Lind s/a/b/ hello the|tram|is|late https://a.b \u200e "
    "<Media|omitted> "
    'is|now|known|as Reacted|to|"x"|with|👍 Anna|—|Today|at|10:02|AM [SIP/42] voip:|42|is|bo ``` # '
    "--- 99:99 [45/45/2021|29:59] Topic: \t".split(" ")
)
LINE = st.lists(PARTS, max_size=5).map(lambda parts: " ".join(parts).replace("|", " "))
FRONTS = st.sampled_from(
    ["[10:02] <anna> ", "10:02 <bo> ", "<cy> ", "12/05/2021, 10:02 - Anna: ", "00:01:02\tBo:\t"]
)
LOG = FRONTS.flatmap(
    lambda front: st.lists(
        st.one_of(LINE.map(front.__add__), LINE.map(front.__add__), LINE, st.text(max_size=30)),
        max_size=25,
    ).map(lambda lines: [f"{front}hello"] * 3 + lines)
)


def words_of(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text)


@given(LOG)
def test_nothing_is_lost(lines):
    """Every line of a chat log is in one turn or is reported, once."""
    lines = [f"{line} zq{index}" if index % 2 else line for index, line in enumerate(lines)]
    transcript = parse_chat("x.txt", "\n".join(lines))
    if transcript is None:
        return
    turns = [turn.text for turn in transcript.turns]
    assert [turn.position for turn in transcript.turns] == list(range(len(turns)))
    assert all(text.strip() == text and text for text in turns)
    unread = [line.text for line in transcript.unread]
    held = words_of(" ".join([*turns, *unread, transcript.title]))
    names = words_of(" ".join(label for person in transcript.people for label in person.labels))
    marks = Counter(word for word in held if re.fullmatch(r"zq\d+", word))
    assert {f"zq{index}" for index in range(1, len(lines), 2)} <= {*marks, *names}
    assert set(marks.values()) <= {1}
    front = set("10 02 11 AM 12 05 2021 21 45 29 59 00 01 99 Today at Tue From to Everyone".split())
    words = {word for line in lines for word in words_of(line)}
    assert words - {*held, *names} <= front


@pytest.mark.parametrize(
    "text",
    [
        "10:02 <anna> " + "a " * 200_000 + "\n",
        "10:02 <anna> http:" + "." * 200_000 + " x\n",
        "10:02 * " + "x" * 200_000 + "\n",
        "10:02:11 From " + "x to " * 40_000 + "\n",
        "[" * 200_000 + "\n",
        "<" * 200_000 + "\n",
        " " * 200_000 + "x\n",
        "12/05/2021, 10:02 - " + "\u200e" * 200_000 + "\n",
        '00:01:02\tBo:\tReacted to "' + '"' * 200_000 + "\n",
        "10:02 <anna> " + "(" * 200_000 + "\n",
    ],
)
def test_long_lines_take_linear_time(text):
    """One line of 200,000 characters, whatever it is, among a chat."""
    irc = "10:02 <anna> scribe: anna\n10:02 <anna> bo: x\n10:03 <anna> ... y\n10:04 <anna> eva: z\n"
    zoom = "00:01:02\tBo:\thello\n00:01:03\tAnna:\thello\n"
    whatsapp = "12/05/2021, 10:02 - Anna: hello\n12/05/2021, 10:02 - Bo: hello\n"
    for before in (irc, zoom, whatsapp):
        assert chat(before + text + before).turns[0].text


# Real logs


def test_real_scribed_meeting(shared: Path):
    """76 to 84 speeches of six people, as counted by hand; here with five decisions of nobody's."""
    transcript = parse_file(shared / "data/transcripts/files/52-w3c-jsonld-irc-2013.log")
    speakers = [turn.speaker for turn in transcript.turns]
    assert {speaker: speakers.count(speaker) for speaker in speakers} == {
        "gkellogg": 32,
        "mlnt": 17,
        "manu": 9,
        "pkuyken": 8,
        "dlongley": 4,
        "niklasl": 3,
        None: 5,
    }
    body = "\n".join(turn.text for turn in transcript.turns)
    for furniture in ("has joined", "has left", "voip", "Agenda:", "Topic:", "q+", "ack ", "+1"):
        assert furniture not in body
