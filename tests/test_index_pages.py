"""Pages of print -> running lines: line numbers, headers, footers and indexes go, speech stays."""

from __future__ import annotations

from index.parse.text.reader import parse_text

WORDS = (
    "the tram will cost more than anyone had planned for it so we must save elsewhere now".split()
)


def court_page(number: int, lines: list[str]) -> str:
    """A page as court reporters print it: numbered lines between a header and a footer."""
    rows = [f"{n:>2}   {line}" for n, line in enumerate(lines, 1)]
    return "\n\n".join(
        ["\f          Official - Draft", *rows, f"      {number}", "   Lind Reporting"]
    )


def court(pages: int) -> str:
    body = []
    for page in range(pages):
        lines = [
            "            MR. LIND:    Your Honor, on page"
            if page % 2
            else "            JUSTICE EK:   On page",
            f"number {page} we hold that",
            "            Second, the words go on and",
            "end here.",
            *(" ".join(WORDS[n % 5 : n % 5 + 6]) for n in range(20)),
            f"and page {page} ends.",
        ]
        body.append(court_page(page + 1, lines))
    index = "\n".join(f"tram {n}:{n % 25 + 1}   word {n}:2" for n in range(40))
    return "\n".join([*body, f"\f          Official - Draft\n{index}"])


def test_numbered_pages_are_running_speech():
    """Numbers, headers and footers are in no turn; paragraphs part where a line is indented."""
    transcript = parse_text("x.txt", court(4))
    assert [turn.speaker for turn in transcript.turns] == ["JUSTICE EK", "MR. LIND"] * 2
    first = transcript.turns[0].text
    assert first.startswith(
        "On page number 0 we hold that\nSecond, the words go on and end here. the"
    )
    speech = " ".join(turn.text for turn in transcript.turns)
    assert [word for word in ("Official", "Reporting", "tram 3", ":") if word in speech] == []


def test_what_is_taken_from_pages_is_reported():
    """Each header, footer and index line is there with its reason."""
    unread = parse_text("x.txt", court(4)).unread
    count = {why: sum(line.why == why for line in unread) for why in {line.why for line in unread}}
    assert count == {"page header or footer": 13, "word index": 40}


def test_blocks_of_line_numbers_are_taken_out():
    """PDFs that lost their numbers beside the text bring them as a block before it."""
    block = "\n".join(str(n) for n in range(1, 26))
    text = f"{block}\nANNA: Hello.\nBO: Hi.\n{block}\nANNA: Yes.\nBO: No.\n"
    turns = parse_text("x.txt", text).turns
    assert [(turn.speaker, turn.text) for turn in turns] == [
        ("ANNA", "Hello."),
        ("BO", "Hi."),
        ("ANNA", "Yes."),
        ("BO", "No."),
    ]


def test_page_headers_without_line_numbers():
    """A line that counts pages, and what stands beside it each time, breaks no sentence."""
    text = "".join(
        f"ANNA: We go on and on, {WORDS[n]}, over\n\nTown Hall Minutes\nPage {n} of 9\n\n"
        f"the edge of a {WORDS[n]}.\n\nBO: Yes, {WORDS[n]}.\nThat was {WORDS[n + 1]}.\n\n"
        f"BO: And {WORDS[n + 2]} is {WORDS[n + 3]}.\n"
        for n in range(1, 7)
    )
    transcript = parse_text("x.txt", text)
    assert transcript.turns[0].text == "We go on and on, tram, over\nthe edge of a tram."
    assert "Minutes" not in " ".join(turn.text for turn in transcript.turns)


def test_numbers_that_are_speech_stay():
    """A countdown is no column of line numbers, and answers in figures are answers."""
    text = "ANNA: Count.\nBO: 3\n2\n1\nANNA: How many?\nBO: 12\nANNA: And now?\nBO: 13\n"
    assert [turn.text for turn in parse_text("x.txt", text).turns] == [
        "Count.",
        "3 2 1",
        "How many?",
        "12",
        "And now?",
        "13",
    ]
