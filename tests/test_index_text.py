"""Text and Markdown -> a Transcript: labels, the head, and wrapped lines."""

from __future__ import annotations

import pytest

from index.errors import UnreadableFile
from index.parse import parse_file
from index.parse.text.reader import parse_text
from index.types import Person, Turn, UnreadLine


def said(text: str) -> list[tuple[str | None, str]]:
    """(speaker, text) of every turn."""
    return [(turn.speaker, turn.text) for turn in parse_text("x.txt", text).turns]


def timed(text: str) -> list[tuple[str | None, float | None, str]]:
    return [(t.speaker, t.start_seconds, t.text) for t in parse_text("x.txt", text).turns]


# The sample


def test_sample_head_and_foot(sample):
    """Title, date and place are read; the page furniture is reported line by line."""
    transcript = parse_file(sample)
    assert transcript.id == "dushanbe-2025-10-10.txt"
    assert transcript.title == (
        "Vladimir Putin held a meeting with President of Kazakhstan Kassym-Jomart Tokayev "
        "on the sidelines of the CIS summit."
    )
    assert (transcript.date, transcript.place) == ("2025-10-10", "Dushanbe")
    assert transcript.unread == (
        UnreadLine(1, "Select font Arial Times New Roman", "page furniture"),
        UnreadLine(2, "Character spacing (Kerning): Standard Medium Large", "page furniture"),
        UnreadLine(3, "Документ /", "page furniture"),
    )


def test_sample_people(sample):
    """Each of the two is one person, whose office comes from the first label."""
    assert parse_file(sample).people == (
        Person(
            "Vladimir Putin",
            "President of Russia",
            ("President of Russia Vladimir Putin", "Vladimir Putin"),
        ),
        Person(
            "Kassym-Jomart Tokayev",
            "President of Kazakhstan",
            ("President of Kazakhstan Kassym-Jomart Tokayev", "Kassym-Jomart Tokayev"),
        ),
    )


def test_sample_turns(sample):
    """Four turns, in order, each from its first word to its last; paragraphs keep their breaks."""
    turns = parse_file(sample).turns
    assert [(t.position, t.speaker, t.text[:11], t.text[-10:]) for t in turns] == [
        (0, "Vladimir Putin", "Mr Tokayev,", "Thank you."),
        (1, "Kassym-Jomart Tokayev", "Mr Putin, t", " continue."),
        (2, "Vladimir Putin", "Mr Tokayev,", "icipation."),
        (3, "Kassym-Jomart Tokayev", "Thank you.", "Thank you."),
    ]
    assert [turn.text.count("\n") for turn in turns] == [5, 7, 0, 0]
    assert turns[3] == Turn(3, "Kassym-Jomart Tokayev", "Thank you.")


def test_sample_speech_holds_no_furniture_and_no_date(sample):
    """What isn't speech is in no turn."""
    speech = "\n".join(turn.text for turn in parse_file(sample).turns)
    for word in (
        "Select font",
        "Kerning",
        "Документ",
        "October 10",
        "Dushanbe\n",
        "held a meeting",
    ):
        assert word not in speech


# Labels


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("Anna: Hello.\nBo: Hi.\n", [("Anna", "Hello."), ("Bo", "Hi.")]),
        ("ANNA LIND: Hello.\nBO: Hi.\n", [("ANNA LIND", "Hello."), ("BO", "Hi.")]),
        ("**Anna:** Hello.\n**Bo:** Hi.\n", [("Anna", "Hello."), ("Bo", "Hi.")]),
        ("**Anna**: Hello.\n**Bo**: Hi.\n", [("Anna", "Hello."), ("Bo", "Hi.")]),
        ("__Anna:__ Hello.\n__Bo__: Hi.\n", [("Anna", "Hello."), ("Bo", "Hi.")]),
        (
            "SPEAKER_00: Hello.\nSPEAKER_01: Hi.\n",
            [("SPEAKER_00", "Hello."), ("SPEAKER_01", "Hi.")],
        ),
        ("Speaker 1: Hello.\nSpeaker 2: Hi.\n", [("Speaker 1", "Hello."), ("Speaker 2", "Hi.")]),
        ("Anna：你好。\nBo：谢谢。\n", [("Anna", "你好。"), ("Bo", "谢谢。")]),
        ("主持人：你好。\n嘉宾：谢谢。\n", [("主持人", "你好。"), ("嘉宾", "谢谢。")]),
        ("Анна: Привет.\nПётр: Да.\n", [("Анна", "Привет."), ("Пётр", "Да.")]),
        ("Anna:\nHello.\nBo:\nHi.\n", [("Anna", "Hello."), ("Bo", "Hi.")]),
        (">> ANNA: Hello.\n>> BO: Hi.\n", [("ANNA", "Hello."), ("BO", "Hi.")]),
        ("   Anna: Hello.\n\tBo: Hi.\n", [("Anna", "Hello."), ("Bo", "Hi.")]),
        ("Q    Why?\nMS. YOUNG:  Because.\n", [("Q", "Why?"), ("MS. YOUNG", "Because.")]),
        (
            "Q Why?\n\nMS. YOUNG:  So.\n\nQ You?\n",
            [("Q", "Why?"), ("MS. YOUNG", "So."), ("Q", "You?")],
        ),
        ("Q. Why?\nA. Because.\n", [("Q", "Why?"), ("A", "Because.")]),
        ("Jean d'Arc: Oui.\nBo: Hi.\n", [("Jean d'Arc", "Oui."), ("Bo", "Hi.")]),
        ("Omar el-Said: Yes.\nBo: Hi.\n", [("Omar el-Said", "Yes."), ("Bo", "Hi.")]),
        (
            "Dr. Ursula von der Leyen (EU): Ja.\nBo: Hi.\n",
            [("Ursula von der Leyen", "Ja."), ("Bo", "Hi.")],
        ),
        ("Lind, Anna: Hello.\nLind, Per: Hi.\n", [("Anna Lind", "Hello."), ("Per Lind", "Hi.")]),
        ("**Anna :** Bonjour.\n\n**Bo :** Oui.\n", [("Anna", "Bonjour."), ("Bo", "Oui.")]),
        ("#### Anna:\nHello.\n\n#### Bo:\nHi.\n", [("Anna", "Hello."), ("Bo", "Hi.")]),
        (
            "Q1 **Chair:** Why?\n\n**Anna:** So.\n\nQ2 **Chair:** I see.\n",
            [
                ("Chair", "Why?"),
                ("Anna", "So."),
                ("Chair", "I see."),
            ],
        ),
        (
            "○議長（山田君）　開会します。\n◆１番（鈴木君）　はい。\n○議長（山田君）　どうぞ。\n",
            [
                ("議長（山田君）", "開会します。"),
                ("１番（鈴木君）", "はい。"),
                ("議長（山田君）", "どうぞ。"),
            ],
        ),
        ("P - Why so?\n\nR - Because.\n", [("P", "Why so?"), ("R", "Because.")]),
        (
            "---\nANNA LIND, MAYOR\nHello there.\n---\nVOICE\nYes.\n---\nANNA LIND\nHi.\n",
            [("ANNA LIND", "Hello there."), ("VOICE", "Yes."), ("ANNA LIND", "Hi.")],
        ),
        (
            "Mr. LIND. Thank you.\n\nThe Chairman. Go on.\n\nMr. LIND. I will.\n\n"
            "Ms. EK. So do I.\n\nMr. LIND. Good.\n",
            [
                ("Mr. LIND", "Thank you."),
                ("The Chairman", "Go on."),
                ("Mr. LIND", "I will."),
                ("Ms. EK", "So do I."),
                ("Mr. LIND", "Good."),
            ],
        ),
        (
            "Sigmar Ek (SPD):\nYes.\n(Beifall bei der SPD)\nPräsidentin Anna Lind:\nThanks.\n"
            "Sigmar Ek (SPD):\nNo.\n",
            [("Sigmar Ek", "Yes."), ("Anna Lind", "Thanks."), ("Sigmar Ek", "No.")],
        ),
        (
            "Board Chairman of the Foundation for\nCulture Per Ek:\nHello there.\n\n"
            "Anna Lind:\nHi.\n\nAnna Lind:\nYes.\n",
            [
                ("Board Chairman of the Foundation for Culture Per Ek", "Hello there."),
                ("Anna Lind", "Hi.\nYes."),
            ],
        ),
        (
            ">> ANNA: Hello.\n>> Who is it?\n>> ANNA: Me.\n",
            [
                ("ANNA", "Hello."),
                (None, "Who is it?"),
                ("ANNA", "Me."),
            ],
        ),
    ],
)
def test_label_styles(text, turns):
    """Each way to print a speaker gives the speaker, and the words after it."""
    assert said(text) == turns


@pytest.mark.parametrize(
    ("text", "turns"),
    [
        ("[00:01:02] Anna: Hello.\n[00:01:05] Bo: Hi.\n", [("Anna", 62.0), ("Bo", 65.0)]),
        ("[00:01] Anna: Hello.\n(1:00:01.5) Bo: Hi.\n", [("Anna", 1.0), ("Bo", 3601.5)]),
        ("00:01:02 - Anna: Hello.\n00:01:05 - Bo: Hi.\n", [("Anna", 62.0), ("Bo", 65.0)]),
        ("Anna (05:23): Hello.\nBo (05:30): Hi.\n", [("Anna", 323.0), ("Bo", 330.0)]),
        ("**Anna** [05:23]: Hello.\n**Bo (05:30):** Hi.\n", [("Anna", 323.0), ("Bo", 330.0)]),
        (
            "Anna Lind  0:15\nHello.\n\nBo Ek  1:02:03\nHi.\n",
            [("Anna Lind", 15.0), ("Bo Ek", 3723.0)],
        ),
        ("Anna: 00:00:15\n\nHello.\n\nBo: 00:01:02\n\nHi.\n", [("Anna", 15.0), ("Bo", 62.0)]),
        ("**Anna (1:50) -** Hello.\n\n**Bo (2:10) -** Hi.\n", [("Anna", 110.0), ("Bo", 130.0)]),
        (
            "**Anna** [1:50](https://a.b/?t=110): Hello.\n**Bo** [2:10](https://a.b/): Hi.\n",
            [("Anna", 110.0), ("Bo", 130.0)],
        ),
        ("[0.0, 3.2] - S_1: Hello.\n[3.5, 4] - S_2: Hi.\n", [("S_1", 0.0), ("S_2", 3.5)]),
        ("[00:00:01:05]\nA: Hello.\n\n[-00:00:00:02]\nBo: Hi.\n", [("A", 65.0), ("Bo", -2.0)]),
        (
            "00 01 05 CC Hello.\n00 01 09 P Hi there.\n00 01 12 CC Go.\n00 02 00 P Hi.\n",
            [("CC", 65.0), ("P", 69.0), ("CC", 72.0), ("P", 120.0)],
        ),
        (
            "Unknown Speaker  0:15\nHello.\n\nBo Ek  0:20\nHi.\n",
            [("Unknown Speaker", 15.0), ("Bo Ek", 20.0)],
        ),
    ],
)
def test_labels_with_times(text, turns):
    """A time beside the label becomes the start of the turn, in seconds."""
    assert [(speaker, seconds) for speaker, seconds, _ in timed(text)][-len(turns) :] == turns
    assert [words for *_, words in timed(text)][-1] == "Hi."


@pytest.mark.parametrize(
    "text",
    [
        "0:03\nAnna\nHello all.\n\n0:09\nBo\nThanks.\n\n0:15\nAnna\nYes.\n",
        "Anna\n0:03\nHello all.\n\nBo\n0:09\nThanks.\n\nAnna\n0:15\nYes.\n",
        "0:03 Anna\nHello all.\n\n0:09 Bo\nThanks.\n\n0:15 Anna\nYes.\n",
        "0:03 - Anna\nHello all.\n\n0:09 - Bo\nThanks.\n\n0:15 - Anna\nYes.\n",
        "Anna | 0:03\nHello all.\n\nBo | 0:09\nThanks.\n\nAnna | 0:15\nYes.\n",
        "[Anna] 0:03\nHello all.\n\n[Bo] 0:09\nThanks.\n\n[Anna] 0:15\nYes.\n",
        "Anna: (0:03)\nHello all.\n\nBo: (0:09)\nThanks.\n\nAnna: (0:15)\nYes.\n",
    ],
)
def test_names_with_their_times_on_lines_of_their_own(text):
    """As meeting tools and transcription services export them."""
    assert timed(text) == [("Anna", 3, "Hello all."), ("Bo", 9, "Thanks."), ("Anna", 15, "Yes.")]


@pytest.mark.parametrize(
    "text",
    [
        "### Anna\n\nHello.\n\n### Bo\n\nHi.\n\n### Anna\n\nYes.\n\n### Bo\n\nNo.\n",
        "**Anna**\n\nHello.\n\n**Bo**\n\nHi.\n\n**Anna**\n\nYes.\n\n**Bo**\n\nNo.\n",
        "ANNA — Hello.\n\nBO — Hi.\n\nANNA — Yes.\n\nBO — No.\n",
        "[Anna] Hello.\n[Bo] Hi.\n[Anna] Yes.\n[Bo] No.\n",
        "Anna\tHello.\nBo\tHi.\nAnna\tYes.\nBo\tNo.\n",
    ],
)
def test_names_without_a_colon(text):
    """Alone, before a dash, in brackets or in a column, as long as they recur."""
    assert [(speaker.title(), words) for speaker, words in said(text)] == [
        ("Anna", "Hello."),
        ("Bo", "Hi."),
        ("Anna", "Yes."),
        ("Bo", "No."),
    ]


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        (
            "El señor PRESIDENTE: Buenos días.\n\nLa señora LIND (Grupo Popular): Gracias.\n\n"
            "El señor PRESIDENTE: Bien.\n",
            ["El señor PRESIDENTE", "La señora LIND", "El señor PRESIDENTE"],
        ),
        (
            "PRESIDENTE. Grazie a tutti.\n\nANNA LIND (PD). Grazie.\n\nPRESIDENTE. Prego.\n\n"
            "BO EK. Grazie.\n\nPRESIDENTE. Bene.\n",
            ["PRESIDENTE", "ANNA LIND", "PRESIDENTE", "BO EK", "PRESIDENTE"],
        ),
        (
            "President. – The debate is open.\n\nAnna Lind (PPE). – Thank you.\n\n"
            "President. – Good.\n\nBo Ek, on behalf of the S&D Group. – No.\n\nPresident. – So.\n",
            ["President", "Anna Lind", "President", "Bo Ek", "President"],
        ),
        (
            "O SR. PRESIDENTE (Per Ek. PT - SP) - Boa tarde.\n\nA SRA. LIND (PSDB - MG) - Sim.\n\n"
            "O SR. PRESIDENTE (Per Ek. PT - SP) - De nada.\n\nA SRA. LIND (PSDB - MG) - Sim.\n",
            ["O SR. PRESIDENTE", "A SRA. LIND"] * 2,
        ),
        (
            "De voorzitter:\nDank u wel.\n\nMevrouw Lind (VVD):\nVoorzitter.\n\n"
            "De voorzitter:\nJa.\n",
            ["De voorzitter", "Mevrouw Lind", "De voorzitter"],
        ),
        (
            "Anf. 1 Statsrådet ANNA LIND (S):\n\nTack.\n\nAnf. 2 BO EK (M):\n\nNej.\n\n"
            "Anf. 3 Statsrådet ANNA LIND (S):\n\nJo.\n",
            ["Statsrådet ANNA LIND", "BO EK", "Statsrådet ANNA LIND"],
        ),
        (
            "ГОЛОВУЮЧИЙ. Доброго дня.\n\nЛІНД А.І. Дякую.\n\nГОЛОВУЮЧИЙ. Прошу.\n\n"
            "ЛІНД А.І. Так.\n",
            ["ГОЛОВУЮЧИЙ", "ЛІНД А.І"] * 2,
        ),
        (
            "○의장 홍길동  회의를 시작합니다.\n○김철수 의원  감사합니다.\n○의장 홍길동  네.\n",
            ["의장 홍길동", "김철수 의원", "의장 홍길동"],
        ),
        (
            "M. le président. La parole est à M. Ek.\n\nM. Per Ek. Merci.\n\n"
            "M. le président. Bien.\n\n"
            "Mme Anna Lind, ministre de la mer. Non.\n\nM. le président. Merci.\n",
            ["M. le président", "Per Ek", "M. le président", "Anna Lind", "M. le président"],
        ),
        (
            "Operator\n\nWelcome to the call.\n\nAnna Lind -- Chief Executive Officer\n\n"
            "Thanks.\n\n"
            "Operator\n\nNext, please.\n\nAnna Lind -- Chief Executive Officer\n\nYes.\n",
            ["Operator", "Anna Lind"] * 2,
        ),
    ],
)
def test_parliaments_and_calls(text, speakers):
    """As the houses of several countries, and earnings calls, print who speaks."""
    assert [speaker for speaker, _ in said(text)] == speakers


@pytest.mark.parametrize(
    "text",
    [
        "0:00\nhello everyone\n0:03\nOkay\n0:05\nso today\n0:07\nRight\n0:09\nwe begin\n",
        "0:00 Hello\n0:03 Okay\n0:05 so today\n0:07 Right\n",
        "[Music] so we begin\n[Laughter] and go on\n[Music] and end\n[Laughter] here\nas we do\n"
        "and did\nand will\nall day\nwithout end\n",
        "Opening Remarks 10:00\nFirst Panel 11:00\nClosing Remarks 12:00\n",
    ],
)
def test_times_beside_words_make_no_speakers(text):
    """Captions copied from a page, sounds in brackets and a programme name nobody."""
    assert {speaker for speaker, _ in said(text)} == {None}


@pytest.mark.parametrize(
    "line",
    [
        "Note: this is a remark.",
        "U.S. officials said: no.",
        "The U.S. did it.",
        "10:30 is when we start.",
        "The train to Bergen Station leaves at 10:30 sharp.",
        "As Gospel John 3:16 says.",
        "https://example.org/a: a link.",
        "On competitiveness and innovation: we agree.",
        "And one last thing: thanks.",
        "Next Steps: we meet.",
        "Remember: the budget.",
        "May 5, 2025 10:30",
        "Bottom Line: the text has a bottom line.",
        "NASDAQ:XYZ fell.",
        "Break: [01:33] to [03:00] was long.",
    ],
)
def test_what_is_no_label_stays_text(line):
    """A line that only looks like a label stays in the turn it stands in, word for word."""
    text = f"Anna Lind: Hello.\n\n{line}\n\nOne.\n\nTwo.\n\nThree.\nFour.\nBo Ek: Hi.\n"
    turn = f"Hello.\n{line}\nOne.\nTwo.\nThree.\nFour."
    assert said(text) == [("Anna Lind", turn), ("Bo Ek", "Hi.")]


def test_a_date_with_a_time_is_no_speaker():
    """A date line that ends in a clock is the date, though names also stand before clocks."""
    transcript = parse_text("x.txt", "May 5, 2025 10:30\nAnna: Hello.\nBo: Hi.\n")
    assert (transcript.date, said("May 5, 2025 10:30\nAnna: Hello.\nBo: Hi.\n")) == (
        "2025-05-05",
        [("Anna", "Hello."), ("Bo", "Hi.")],
    )


def test_a_title_with_a_colon_is_no_speaker():
    """A first line that stands apart and names nobody who speaks is the title."""
    transcript = parse_text(
        "x.txt", "Town Hall: March Session\n\nAnna: Hello.\nBo: Hi.\nAnna: Yes.\n"
    )
    assert transcript.title == "Town Hall: March Session"
    assert [turn.speaker for turn in transcript.turns] == ["Anna", "Bo", "Anna"]


def test_a_moderator_who_opens_and_never_returns_is_a_speaker():
    """The same shape as a title, but for the full stop of a sentence that was said."""
    turns = said("Moderator Lee: Welcome all.\n\nAnna: Hello.\nBo: Hi.\nAnna: Yes.\n")
    assert turns[0] == ("Moderator Lee", "Welcome all.")


def test_a_label_seen_once_must_look_like_the_others():
    """Where speakers stand in bold, a line in plain letters that could be one is not."""
    speech = (
        "**Anna:** Hello.\n\nWinston Churchill: Never give in.\n\n**Bo:** Hi.\n\n**Anna:** Yes.\n"
    )
    assert said(speech) == [
        ("Anna", "Hello.\nWinston Churchill: Never give in."),
        ("Bo", "Hi."),
        ("Anna", "Yes."),
    ]


def test_fields_of_a_head_are_no_speakers():
    """ "Host: Anna Lind" says who it is; a contents list ends in page numbers."""
    text = "Host: Anna Lind\nOPENING BY: PAGE 6\n\nANNA: Hello.\n\nBO: Hi.\n\nANNA: Yes.\n"
    assert said(text) == [("ANNA", "Hello."), ("BO", "Hi."), ("ANNA", "Yes.")]


def test_initials_are_the_full_name_that_introduced_them():
    """Interviews print a full name once and initials from then on."""
    text = (
        "Stephan Lind (SL): Welcome.\n\nJonas Ek (JE): Hello.\n\n"
        "SL: So?\n\nJE: Well.\n\nSL: Yes.\n\nJE: No.\n"
    )
    assert [speaker for speaker, _ in said(text)] == ["Stephan Lind", "Jonas Ek"] * 3


def test_a_talk_before_the_questions_is_speech_of_the_one_named_on_top():
    """Front matter names the speaker; questions and answers follow the talk."""
    talk = "\n\n".join(f"{number}. " + "We relay it to all peers. " * 30 for number in range(3))
    head = "---\ntitle: Relay\nspeakers:\n  - Anna Lind\n---\n# Intro"
    text = f"{head}\n\n{talk}\n\nQ: Why?\n\nA: So.\n"
    assert [speaker for speaker, _ in said(text)] == ["Anna Lind", "Q", "Anna Lind"]


def test_a_long_office_introduces_one_who_recurs():
    """In capitals among names that are not, a label is known by the name that it ends in."""
    text = (
        "**Anna Lind:** Hello.\n\n**DEPUTY CHIEF OF STAFF AND PRESS SECRETARY PER EK:** Hi.\n\n"
        "**Anna Lind:** Yes.\n\n**Per Ek:** No.\n\n**Anna Lind:** So.\n\n**Per Ek:** Well.\n"
    )
    assert [speaker for speaker, _ in said(text)] == ["Anna Lind", "Per Ek"] * 3


def test_where_every_line_has_a_label_the_next_may_have_one():
    """Meeting tools cut speech at any word, so a name seen once needs no full stop before it."""
    text = "\n".join(f"{'Anna Lind' if n % 2 else 'Bo Ek'}: so we go and" for n in range(8))
    assert said(f"{text}\nPer Sund: I think so\nBo Ek: good")[-2] == ("Per Sund", "I think so")


def test_an_annex_is_not_the_last_speech():
    """Lists behind the last words are reported, names in them are no speakers."""
    transcript = parse_text(
        "x.txt", "ANNA: Hello.\n\nBO: Hi.\n\nANNA: Bye.\n\nAnnex 1\n\nMembers\n\nLind, Per: 3\n"
    )
    assert transcript.turns[-1].text == "Bye."
    assert [line.text for line in transcript.unread] == ["Annex 1", "Members", "Lind, Per: 3"]


def test_a_wrapped_bold_label():
    """A label in bold may run over a line's end."""
    wrapped = "**Mme Marie Lind, ministre\nde la mer :** Bonjour."
    text = f"{wrapped}\n\n**Bo Ek :** Oui.\n\n**Bo Ek :** Non.\n"
    assert said(text)[0] == ("Marie Lind", "Bonjour.")


def test_same_speaker_twice_in_a_row_is_one_turn():
    """A label repeated for each paragraph doesn't cut the speech, also under a longer label."""
    text = "Mayor Anna Lind: One.\nAnna Lind: Two.\nBo Ek: Three.\nAnna Lind: Four.\n"
    assert said(text) == [("Anna Lind", "One.\nTwo."), ("Bo Ek", "Three."), ("Anna Lind", "Four.")]


def test_questioners_in_a_row_are_not_merged():
    """Two Q in a row may be two people."""
    text = "Q    One?\nQ    Two?\nMS. YOUNG:  Three.\nMS YOUNG:  Four.\n"
    assert said(text) == [("Q", "One?"), ("Q", "Two?"), ("MS. YOUNG", "Three.\nFour.")]


def test_turns_with_times_are_not_merged():
    """A new time is kept, though the speaker goes on."""
    assert timed("[0:01] Anna: One.\n[0:05] Anna: Two.\nBo: Three.\n") == [
        ("Anna", 1.0, "One."),
        ("Anna", 5.0, "Two."),
        ("Bo", None, "Three."),
    ]


# Without labels, wrapped, with front matter


def test_unlabelled_text_is_turns_without_speaker():
    """Each paragraph is a turn that nobody is said to have spoken."""
    transcript = parse_text("choir.md", "# The choir\n\nWe sang.\n\nIt rained,\nand we left.\n")
    assert transcript.turns == (
        Turn(0, None, "We sang."),
        Turn(1, None, "It rained, and we left."),
    )
    assert (transcript.title, transcript.people) == ("The choir", ())


def test_title_comes_from_the_name_where_the_text_has_none():
    """A file without a headline is called by its name."""
    assert (
        parse_text("sub/town_hall-march.txt", "Anna: Hello.\nBo: Hi.\n").title == "town hall march"
    )


def test_wrapped_text_is_joined():
    """Lines cut to a width are one paragraph again; blank lines still part paragraphs."""
    text = (
        "ANNA LIND: The new tram opens on the third\nof March and it costs more than\n"
        "anyone had planned for.\n\nIt will be worth it for the\nwhole of the city.\n"
        "BO EK: Thank you for all of that\nand for the numbers.\n"
    )
    assert said(text) == [
        (
            "ANNA LIND",
            "The new tram opens on the third of March and it costs more than anyone had planned "
            "for.\nIt will be worth it for the whole of the city.",
        ),
        ("BO EK", "Thank you for all of that and for the numbers."),
    ]


def test_front_matter():
    """Title and date are taken from it, the rest of it is reported with its lines."""
    transcript = parse_text(
        "x.md",
        "---\ntitle: 'Budget day'\ntags: [a]\ndate: 2024-03-01 10:00\n---\nAnna: Hi.\nBo: Yes.\n",
    )
    assert (transcript.title, transcript.date) == ("Budget day", "2024-03-01")
    assert transcript.unread == (UnreadLine(3, "tags: [a]", "front matter that is not used"),)
    assert transcript.turns == (Turn(0, "Anna", "Hi."), Turn(1, "Bo", "Yes."))


def test_front_matter_date_in_words():
    """A date written out in front matter is a date too."""
    assert parse_text("x.md", "---\ndate: March 1, 2024\n---\nHello there.\n").date == "2024-03-01"


def test_dashes_that_open_no_front_matter_are_reported():
    """A line of dashes on top without its pair takes nothing with it."""
    transcript = parse_text("x.md", "---\nAnna: Hi.\nBo: Yes.\n")
    assert transcript.unread == (UnreadLine(1, "---", "page furniture"),)
    assert [turn.text for turn in transcript.turns] == ["Hi.", "Yes."]


def test_lines_of_the_head_that_are_nothing_known_are_reported():
    """After the title, a line before the first speaker is neither speech nor dropped."""
    transcript = parse_text("x.txt", "Budget day\nRoom 4\nAnna: Hi.\nBo: Yes.\n")
    assert transcript.title == "Budget day"
    assert transcript.unread == (UnreadLine(2, "Room 4", "before the first speaker"),)


def test_a_second_date_or_place_is_not_a_second_truth():
    """Of two date lines that differ, one is the date and the other is kept in sight."""
    head = "Budget day\nMay 5, 2025, Oslo\nMay 6, 2025\nMay 5, 2025, Bergen\n"
    transcript = parse_text("x.txt", head + "Anna: Hi.\nBo: Yes.\n")
    assert (transcript.date, transcript.place) == ("2025-05-05", "Oslo")
    assert [line.text for line in transcript.unread] == ["May 6, 2025", "May 5, 2025, Bergen"]


@pytest.mark.parametrize(
    "last", ["We meet again on May 5, 2025.", "See you on May 5, 2025", "Not before\nMay 5, 2025."]
)
def test_a_sentence_that_ends_in_a_date_is_speech(last):
    """The last words of the last speaker aren't taken for a date line."""
    transcript = parse_text("x.txt", f"Anna Lind: Hello.\nBo Ek: We close.\n{last}\n")
    assert transcript.turns[-1].text.split()[-3:] == last.split()[-3:]
    assert (transcript.date, transcript.place) == (None, None)


def test_line_ends_of_every_kind():
    """Windows, old Mac and Unix line ends part lines alike."""
    assert said("Anna: Hello.\r\nBo: Hi.\rCy: Yes.\n") == [
        ("Anna", "Hello."),
        ("Bo", "Hi."),
        ("Cy", "Yes."),
    ]


def test_labels_after_a_long_text_are_no_speakers():
    """An index of names at the end doesn't make a book of speech into an unread head."""
    speech = [f"Paragraph {n} of the hearing." for n in range(150)]
    index = ["Long, Robert: 3", "Kagan, Elena: 5"]
    assert said("\n\n".join([*speech, *index])) == [(None, text) for text in [*speech, *index]]


# Files that hold nothing


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("a.txt", b"", "is empty; put a transcript in it or remove it"),
        ("a.txt", b"\xef\xbb\xbf \r\n\t\n", "is empty; put a transcript in it or remove it"),
        ("a.md", b"---\ntitle: x\n---\n", "holds no speech that Turncite can read"),
        ("a.txt", b"Anna:\nBo:\nAnna:\n", "holds no speech that Turncite can read"),
        ("a.vtt", b"WEBVTT\n", "holds no speech that Turncite can read"),
        (
            "a.xyz",
            b"Anna: Hi.\nBo: Yes.\n",
            ".xyz files are not read; save it as text (.txt), Word (.docx) or PDF",
        ),
    ],
)
def test_files_without_speech_say_so(tmp_path, name, data, why):
    """Each has its reason, after the file's name."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableFile) as caught:
        parse_file(path)
    assert (caught.value.why, str(caught.value)) == (why, f"{name}: {why}")


def test_files_that_cannot_be_opened_say_so(tmp_path):
    """A missing file and a folder are errors of ours, with the reason."""
    with pytest.raises(UnreadableFile, match=r"gone\.txt: there is no such file"):
        parse_file(tmp_path / "gone.txt")
    with pytest.raises(UnreadableFile, match=r"cannot be opened \(Is a directory\)"):
        parse_file(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        " " * 30_000 + "x",
        "\t" * 30_000 + "[",
        "# a" + " " * 30_000 + "x",
        "#" + " " * 30_000 + "#" * 30_000,
        "Ab" + " " * 30_000 + "x",
        "**" * 30_000,
        "Ab " * 30_000 + ":",
        "a:" * 30_000,
        "- " * 30_000,
    ],
)
def test_long_odd_lines_are_read_at_once(text):
    """No pattern backtracks without end: each of these once took seconds, or minutes."""
    transcript = parse_text("x.txt", f"{text}\n\nAnna: Hello.\nBo: Hi.\nAnna: Yes.\n")
    assert [turn.text for turn in transcript.turns[-3:]] == ["Hello.", "Hi.", "Yes."]
