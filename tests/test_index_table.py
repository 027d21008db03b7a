"""CSV, TSV and their like -> a Transcript: delimiters, columns, rows, and what is no speech."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnreadableFile
from index.parse.tables.reader import parse_table
from index.types import TimeMark, Transcript, UnreadLine

NOT_READ = "neither speaker, speech nor time"


def table(text: str, name: str = "x.csv") -> Transcript:
    return parse_table(Path(name), text, name)


def said(text: str, name: str = "x.csv") -> list[tuple[str | None, str]]:
    """(speaker, text) of every turn."""
    return [(turn.speaker, turn.text) for turn in table(text, name).turns]


def timed(text: str, name: str = "x.csv") -> list[tuple[float | None, float | None, str]]:
    return [(t.start_seconds, t.end_seconds, t.text) for t in table(text, name).turns]


def unread(text: str) -> list[tuple[int, str, str]]:
    return [(line.line, line.text, line.why) for line in table(text).unread]


# How the rows are written


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters(delimiter, end):
    """Whatever stands between the cells and at the end of the rows; other delimiters are words."""
    others = " ".join({",", ";", "|"} - {delimiter})
    rows = [("speaker", "text"), ("Anna", f"Hello {others} there."), ("Bo", "Yes. It is.")]
    text = "\ufeff" + end.join(delimiter.join(row) for row in rows)
    assert said(text) == [("Anna", f"Hello {others} there."), ("Bo", "Yes. It is.")]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ('"Yes, I ""do"" so."', 'Yes, I "do" so.'),
        ('"One.\n\nTwo,  three."', "One.\nTwo, three."),
        ('No, I said "no".', 'No, I said "no".'),
        ("Yes, well, no, so.", "Yes, well, no, so."),
        ("It &amp; <i>that</i>", "It & that"),
    ],
)
def test_cells_of_speech(cell, words):
    """Quoted or not, over several lines, with commas and quotes in the words."""
    text = f"speaker,text\nBo,Well then.\nAnna,{cell}\nBo,Good.\nCy,So.\n"
    assert said(text) == [("Bo", "Well then."), ("Anna", words), ("Bo", "Good."), ("Cy", "So.")]


def test_quotes_escaped_by_a_backslash():
    text = 'speaker,text\nAnna,"He said \\"hi\\", ok."\nBo,"Yes, \\"so\\" it is."\n'
    assert said(text) == [("Anna", 'He said "hi", ok.'), ("Bo", 'Yes, "so" it is.')]


def test_a_quote_left_open_swallows_nothing():
    text = 'speaker|text\nAnna|"Hello there.\nBo|Yes, it is.\nCy|6 - "\n'
    assert said(text) == [("Anna", '"Hello there.'), ("Bo", "Yes, it is."), ("Cy", '6 - "')]


def test_excel_names_its_delimiter():
    assert said("sep=;\nSprecher;Text\nAnna;Ja, gut\nBo;Nein, nein\n") == [
        ("Anna", "Ja, gut"),
        ("Bo", "Nein, nein"),
    ]


def test_one_column():
    """Rows without speakers; commas part nothing."""
    assert said('text\n"Hello, there."\nHow are you, friend?\n') == [
        (None, "Hello, there."),
        (None, "How are you, friend?"),
    ]


def test_rows_of_another_length():
    """What is read is read; a row without the cell of speech, and what is too much, is reported."""
    text = "text,speaker\nHello.,Anna\nYes.,Bo,surplus\n\n,Cy\nGood.,Anna\nSo.,Bo\n"
    assert said(text) == [("Anna", "Hello."), ("Bo", "Yes."), ("Anna", "Good."), ("Bo", "So.")]
    assert unread(text) == [(3, "surplus", "more cells than the table has columns")]
    assert unread("speaker,text\nAnna,Hello.\nBo said so\nCy,Yes.\n") == [
        (3, "Bo said so", "a row without speech")
    ]


def test_a_cell_of_a_megabyte():
    """No limit of the csv module cuts speech."""
    words = "word " * 200_000
    assert len(said(f"speaker,text\nAnna,{words}\nBo,Yes.\n")[0][1]) == len(words) - 1


# Which column says what


@pytest.mark.parametrize(
    "head",
    [
        "Speaker,Text",
        "speaker_name,utterance",
        "Character,Line",
        "Name,Sentence",
        "char,dialog",
        "speakerName,spokenWords",
        "nome,fala",
        "orador,intervención",
        "orateur,texte",
        "Redner,Rede",
        "спикер,текст",
        "发言人,内容",
        "話者,発言",
        "speaker label,text_en",
    ],
)
def test_names_of_columns(head):
    """In several languages and styles."""
    assert said(f"{head}\nAnna,We begin here.\nBo,Yes we do.\n") == [
        ("Anna", "We begin here."),
        ("Bo", "Yes we do."),
    ]


def test_columns_that_are_not_read_are_named_once():
    text = (
        "id,show,line,character,full_text,character_words,writer\n"
        "1,Boats,1,Anna,[Stands.] Look there!,Look there!,Cy Berg\n"
        "2,Boats,2,Scene Description,The sea is calm.,NA,Cy Berg\n"
        "3,Boats,3,Bo,It is a boat. [Sits.],It is a boat.,Cy Berg\n"
        "4,Boats,4,Setting,A harbour.,A harbour.,Cy Berg\n"
    )
    transcript = table(text)
    assert [(t.speaker, t.text) for t in transcript.turns] == [
        ("Anna", "Look there!"),
        ("Bo", "It is a boat."),
    ]
    assert transcript.title == "Boats"
    assert transcript.unread == (
        UnreadLine(1, "columns not read: id, line, full_text, writer", NOT_READ),
        UnreadLine(3, "The sea is calm.", "a row without speech"),
        UnreadLine(5, "A harbour.", "an aside, not speech"),
    )


def test_a_parliament():
    """Given and family name are joined; party and role are no part of the label."""
    text = (
        "session,first_name,last_name,party,date,speech_content\n"
        "1,Anna,Lind,Red,1949-09-07,Good day to you.\n"
        "1,Bo,Ek,Blue,1949-09-07,Thank you very much.\n"
    )
    transcript = table(text)
    assert [(t.speaker, t.text) for t in transcript.turns] == [
        ("Anna Lind", "Good day to you."),
        ("Bo Ek", "Thank you very much."),
    ]
    assert transcript.date == "1949-09-07"
    assert transcript.unread == (UnreadLine(1, "columns not read: session, party", NOT_READ),)


@pytest.mark.parametrize(
    ("days", "date"),
    [
        (("2020-10-01", "2020-10-01"), "2020-10-01"),
        (("2020-10-01T09:00:00Z", "2020-10-01T10:30:00Z"), "2020-10-01"),
        (("May 5, 2025", "May 5, 2025"), "2025-05-05"),
        (("26.09.2016", "26.09.2016"), "2016-09-26"),
        (("9/26/16", "9/26/16"), "2016-09-26"),
        (("3/4/2020", "3/4/2020"), None),
        (("2020-10-01", "2021-11-02"), None),
    ],
)
def test_dates(days, date):
    """The one day of all rows; where they differ or could be two days, none is guessed."""
    rows = "".join(f'"{day}",Anna,"Hello, you {i}."\n' for i, day in enumerate(days))
    transcript = table(f"date,speaker,text\n{rows}")
    assert transcript.date == date
    assert [line.text for line in transcript.unread] == ([] if date else ["columns not read: date"])


def test_titles_that_differ_are_no_title():
    text = "meeting,speaker,text\nBudget,Anna,Hello there.\nHarbour,Bo,Yes it is.\n"
    assert table(text).title == "x"
    assert unread(text) == [(1, "columns not read: meeting", NOT_READ)]


def test_lines_above_the_table():
    text = "Board meeting,\nMay 5 2025,\nSpeaker,Text\nAnna,Hello there.\nBo,Yes it is.\n"
    transcript = table(text)
    assert (transcript.date, len(transcript.turns)) == ("2025-05-05", 2)
    assert transcript.unread == (UnreadLine(1, "Board meeting", "above the table"),)


def test_no_head():
    """Clocks, a code and names are told by what they hold."""
    text = (
        "-00:00:34|P|PAO|T minus 20 seconds.\n000:00:01|C|Weitz|Lift-off now.\n"
        '000:00:02|T|CDR|The clock is running.\n000:00:02|P|PAO|We have 6 - "\n'
    )
    assert said(text) == [
        ("PAO", "T minus 20 seconds."),
        ("Weitz", "Lift-off now."),
        ("CDR", "The clock is running."),
        ("PAO", 'We have 6 - "'),
    ]
    assert [turn.start_seconds for turn in table(text).turns] == [-34.0, 1.0, 2.0, 2.0]
    assert unread(text) == [(1, "columns not read: 2", NOT_READ)]


def test_no_head_and_no_speakers():
    text = "f001,0.000,1.234,First part of it\nf002,1.234,5.678,and the second one.\n"
    assert timed(text) == [(0.0, 5.678, "First part of it and the second one.")]


def test_a_label_that_is_a_name_of_columns_is_no_head():
    text = "WITNESS,I saw it there.\nCOUNSEL,You did so?\nWITNESS,I did see it.\n"
    assert [speaker for speaker, _ in said(text)] == ["WITNESS", "COUNSEL", "WITNESS"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            "speaker,start,end\nA,1,2\nB,2,3\n",
            "has the columns speaker, start, end, but none of speech; "
            "name one 'text', and one 'speaker' if there is one",
        ),
        (
            "1,2\n3,4\n",
            "has 2 columns without names, but none of speech; "
            "name one 'text', and one 'speaker' if there is one",
        ),
        ("speaker,text\n", "has no rows under its head; export it with the speech"),
    ],
)
def test_no_column_of_speech(text, why):
    """The error says what there is, and what is needed."""
    with pytest.raises(UnreadableFile) as caught:
        table(text)
    assert caught.value.why == why


# Speakers


def test_numbers_become_speakers():
    assert said("speaker_id,text\n1,Hello there.\n2.0,Yes.\n1,Good.\n") == [
        ("Speaker 1", "Hello there."),
        ("Speaker 2", "Yes."),
        ("Speaker 1", "Good."),
    ]


def test_a_name_is_taken_before_a_number():
    assert said("speaker_id,speaker_name,text\n1,Anna,Hello there.\n2,Bo,Yes.\n") == [
        ("Anna", "Hello there."),
        ("Bo", "Yes."),
    ]


def test_blank_speakers():
    """In a sheet that prints a speaker at each change, a blank is the one above; else nobody."""
    sheet = "speaker,time,text\nAnna,0:01,One.\n,0:02,Two.\nBo,0:03,Three.\n,0:04,Four.\n"
    assert [speaker for speaker, _ in said(sheet)] == ["Anna", "Anna", "Bo", "Bo"]
    each = "speaker,time,text\nAnna,0:01,One.\nAnna,0:02,Two.\n,0:03,Three.\nBo,0:04,Four.\n"
    assert [speaker for speaker, _ in said(each)] == ["Anna", "Anna", None, "Bo"]


def test_a_label_repeated_in_the_words_is_taken_off():
    text = "character,raw_text\nAnna,Anna: Hello there.\nBo,Bo: Yes.\n"
    assert said(text) == [("Anna", "Hello there."), ("Bo", "Yes.")]


def test_labels_in_front_of_the_words():
    """A table without a column of speakers is read as captions are."""
    text = (
        "start,end,text\n0,1,[SPEAKER_00]: Hello.\n1,2,[SPEAKER_01]: Hi.\n2,3,[SPEAKER_00]: So.\n"
    )
    assert said(text) == [("SPEAKER_00", "Hello."), ("SPEAKER_01", "Hi."), ("SPEAKER_00", "So.")]


def test_marks_of_change_in_front_of_the_words():
    """Turns of nobody known, as in captions."""
    text = "start,end,text\n0,1,>> Hello there.\n1,2,>> Hi you.\n2,3,[Music]\n3,4,And so on.\n"
    assert said(text) == [(None, "Hello there."), (None, "Hi you. And so on.")]
    assert table(text).people == ()
    assert unread(text) == [(4, "[Music]", "an aside, not speech")]


# Times


@pytest.mark.parametrize(
    ("head", "start", "end", "seconds"),
    [
        ("start,end", "1.5", "4.25", (1.5, 4.25)),
        ("start_time,end_time", "00:00:01.5", "00:00:04.25", (1.5, 4.25)),
        ("StartTime,EndTime", '"00:00:01,500"', '"00:00:04,250"', (1.5, 4.25)),
        ("Start Time,End Time", "00:00:01:12", "00:00:04:20", (1.0, 4.0)),
        ("start_ms,end_ms", "1500", "4250", (1.5, 4.25)),
        ("start,end", "1500", "4250", (1.5, 4.25)),
        ("start,duration", "1.5s", "2.75s", (1.5, 4.25)),
        ("timecode,out", "[0:01]", "[0:04]", (1.0, 4.0)),
        ("inizio,fine", "1.5", "4.25", (1.5, 4.25)),
    ],
)
def test_units_of_time(head, start, end, seconds):
    """Clocks, seconds, and milliseconds where the name or the pace of speech says so."""
    text = f"{head},speaker,text\n{start},{end},Anna,It is a good day.\n"
    assert timed(text) == [(*seconds, "It is a good day.")]


def test_clocks_of_four_fields_with_days():
    text = "time,who,text\n00:00:01:02,CC,Lift-off now.\n01:02:03:59,CDR,We are home.\n"
    assert [turn.start_seconds for turn in table(text).turns] == [62.0, 93839.0]


def test_rows_with_times_are_joined_as_cues():
    """With a time for each sentence; rows with a start alone are turns."""
    cues = "start,end,speaker,text\n0,1,Anna,We begin.\n1,2,Anna,It is so.\n2,3,Bo,Yes.\n"
    turns = table(cues).turns
    assert [(t.speaker, t.text, t.start_seconds, t.end_seconds) for t in turns] == [
        ("Anna", "We begin. It is so.", 0.0, 2.0),
        ("Bo", "Yes.", 2.0, 3.0),
    ]
    assert turns[0].marks == (TimeMark(0, 0.0), TimeMark(10, 1.0))
    rows = "minute,speaker,text\n01:20,Anna,We begin.\n02:10,Anna,It is so.\n02:49,Bo,Yes.\n"
    assert timed(rows) == [
        (80.0, None, "We begin."),
        (130.0, None, "It is so."),
        (169.0, None, "Yes."),
    ]


def test_times_of_several_recordings_are_not_joined():
    text = "start,end,who,text\n5,6,Anna,We begin.\n1,2,Anna,It is so.\n3,4,Bo,Yes.\n1,2,Bo,No.\n"
    assert [words for _, words in said(text)] == ["We begin.", "It is so.", "Yes.", "No."]


def test_tsv_of_whisper():
    """Milliseconds, quotes that enclose nothing, no speakers."""
    text = 'start\tend\ttext\n0\t5280\tHello there, my friends.\n5280\t9000\tThis is "good.\n'
    turns = table(text, "x.tsv").turns
    assert [(t.speaker, t.start_seconds, t.end_seconds, t.text) for t in turns] == [
        (None, 0.0, 9.0, 'Hello there, my friends. This is "good.')
    ]


def test_moments_of_the_calendar_are_no_times():
    text = "timestamp,user,message\n1601546400,anna,Hello there.\n1601546460,bo,Yes I do.\n"
    assert timed(text) == [(None, None, "Hello there."), (None, None, "Yes I do.")]


# Nothing is lost, whatever the file

WORD = map("".join, itertools.product("abcdefghij", repeat=9))
CELL = st.sampled_from(
    [
        "word",
        "word",
        "word",
        "",
        "Anna",
        "Bo Ek",
        "1",
        "0:01",
        '"',
        "NA",
        "2020-01-01",
        "a, b",
        "Scene",
    ]
)


def words_of(transcript: Transcript) -> list[str]:
    held = [turn.text for turn in transcript.turns] + [line.text for line in transcript.unread]
    return re.findall(r"w[a-j]{9}w", " ".join(held))


@given(
    st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=8),
    st.sampled_from([",", "\t", ";", "|"]),
)
def test_every_word_in_the_column_of_speech_is_read_once(rows, delimiter):
    """Rows of any length and kind below a head: in a turn, or reported."""
    lines, expected = [delimiter.join(["speaker", "text"])], []
    lines += [delimiter.join([who, "We say so."]) for who in ("Anna", "Bo Ek", "Anna")]
    for cells in rows:
        filled = [f"w{next(WORD)}w so" if cell == "word" else cell for cell in cells]
        filled = [cell.replace('"', "").replace(", ", " ") for cell in filled]
        if len(filled) > 1 or filled[0].strip():
            expected += re.findall(r"w[a-j]{9}w", delimiter.join(filled[1:] or filled))
        lines.append(delimiter.join(filled))
    assert sorted(words_of(table("\n".join(lines)))) == sorted(expected)


@given(st.text(st.characters(codec="utf-8"), max_size=300), st.sampled_from(["", "speaker,text\n"]))
def test_any_text_is_read_or_refused(text, head):
    """Turns are stripped, not empty, and in order."""
    try:
        turns = table(head + text).turns
    except UnreadableFile:
        return
    assert [turn.position for turn in turns] == list(range(len(turns)))
    assert [t.text for t in turns if t.text != t.text.strip() or not t.text] == []
