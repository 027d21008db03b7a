"""Web pages: which part is the transcript, who speaks in it, and what the rest says of it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnreadableFile
from index.parse import parse_file
from index.parse.containers.html import parse_html
from index.types import Transcript

KREMLIN = "data/transcripts/files/02-kremlin-qa-journalists.html"


def read(markup: str) -> Transcript:
    return parse_html("page.html", markup)


def turns(markup: str) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in read(markup).turns]


def unread(markup: str) -> dict[str, str]:
    return {line.text: line.why for line in read(markup).unread}


TRAM = [("Anna Lind", "The tram opens."), ("Bo Ek", "Thank you."), ("Anna Lind", "Not at all.")]


@pytest.mark.parametrize(
    "markup",
    [
        # paragraphs with bold labels, the colon within or after
        "<p><b>Anna Lind:</b> The tram opens.</p><p><b>Bo Ek: </b>Thank you."
        "<p><strong>Anna Lind</strong>: Not at all.",
        # labels in several runs, nested, and parted from the words by a line end in the source
        "<p><b>Anna </b><b>Lind:</b>\n The tram\n opens.</p><p><b><b>Bo</b> Ek:</b> Thank you.</p>"
        "<p><b><i>Anna</i> Lind:</b> Not at all.</p>",
        # line breaks only
        "<div><b>Anna Lind</b>: The tram opens.<br/><br/><b>Bo Ek</b>: Thank you.<br><br>"
        "<b>Anna Lind</b>: Not at all.</div>",
        # one paragraph that holds three turns
        "<p><b>Anna Lind:</b> The tram opens. <b>Bo Ek:</b> Thank you. <b>Anna Lind:</b> Not at"
        " all.</p>",
        # an element of its own, as in pages made from a PDF, and one label that is in bold
        "<div><span>Anna Lind:</span><span>  The tram opens.</span></div><div><b>Bo Ek:</b> Thank"
        " you.</div><div><span>Anna </span><span>Lind: </span>Not at all.</div>",
        # bold by style and by class
        "<style>.x, p .who { font: bold 12px Arial }</style><p><span style='font-weight: 700'>Anna "
        "Lind:</span> The tram opens.</p><p><span class=who>Bo Ek:</span> Thank you.</p>"
        "<p class=x>Anna Lind: <span>Not at all.</span></p>",
        # labels alone in elements that say so
        "<div class=turn><span class=speaker-name>Anna Lind</span><p>The tram opens.</p></div>"
        "<div class=turn><span class=speaker-name>Bo Ek</span><p>Thank you.</p></div>"
        "<div class=turn><span class=speaker-name>Anna Lind</span><p>Not at all.</p></div>",
        # minutes
        "<p class=phone><cite>Anna Lind:</cite> The tram opens.</p><p class=phone><cite>Bo Ek:"
        "</cite> Thank you.</p><p class=phone><cite>Anna Lind:</cite> Not at all.</p>",
        # a definition list
        "<dl><dt>Anna Lind</dt><dd>The tram opens.</dd><dt>Bo Ek</dt><dd>Thank you.</dd>"
        "<dt>Anna Lind</dt><dd>Not at all.</dd></dl>",
        # a table with a header, and one without
        "<table><tr><th>Speaker<th>Text</tr><tr><td>Anna Lind<td>The tram opens.</tr>"
        "<tr><td>Bo Ek<td>Thank you.</tr><tr><td>Anna Lind<td>Not at all.</tr></table>",
        "<table><tr><td>Anna Lind<td><p>The tram opens.</tr><tr><td>Bo Ek<td>Thank you.</tr>"
        "<tr><td>Anna Lind<td>Not at all.</tr></table>",
        # preformatted text
        "<pre>\nAnna Lind: The tram opens.\n\nBo Ek: Thank you.\n\nAnna Lind: Not at all.\n</pre>",
        # all of it within a form, as some servers wrap their pages
        "<form><p><b>Anna Lind:</b> The tram opens.</p><p><b>Bo Ek:</b> Thank you.</p>"
        "<p><b>Anna Lind:</b> Not at all.</p></form>",
    ],
)
def test_labels_in_the_shapes_of_pages(markup):
    """However a page prints its labels, the same three turns come out."""
    assert turns(markup) == TRAM


@pytest.mark.parametrize(
    "markup",
    [
        "<p><cite>Anna:</cite> <time>0:05</time><p>Hello.</p><cite>Bo:</cite> <time>1:09</time>"
        "<p>Hi.</p>",
        "<p>Anna (<a href=x>00:05</a>):<br>Hello.</p><p>Bo (<a href=y>01:09</a>):<br>Hi.</p>",
        "<table><tr><td>Time<td>Name<td>Message<tr><td>0:05<td>Anna<td>Hello.<tr><td>1:09<td>Bo<td>Hi."
        "</table>",
        "<div><b class=author>Anna</b> <span class=timestamp>0:05</span><div>Hello.</div></div>"
        "<div><b class=author>Bo</b> <span class=timestamp>1:09</span><div>Hi.</div></div>",
    ],
)
def test_times_beside_labels(markup):
    """Times are seconds, wherever the page puts them."""
    found = [(turn.speaker, turn.start_seconds, turn.text) for turn in read(markup).turns]
    assert found == [("Anna", 5.0, "Hello."), ("Bo", 69.0, "Hi.")]


def test_questions_and_answers():
    """Q and A stand before a gap that does not break, in bold, or in a question all in bold."""
    assert turns(
        "<p>Q&nbsp;&nbsp;&nbsp; Why?</p><p>MS. EK:&nbsp; So.</p><p>Q&nbsp;&nbsp; Oh.</p>"
    ) == [
        ("Q", "Why?"),
        ("MS. EK", "So."),
        ("Q", "Oh."),
    ]
    assert turns(
        "<p><b>Q: Why now?</b></p><p>A: So.</p><p><b>Q</b> Oh?</p><p><b>A.</b> Yes.</p>"
    ) == [
        ("Q", "Why now?"),
        ("A", "So."),
        ("Q", "Oh?"),
        ("A", "Yes."),
    ]


SHELL = """<html lang="en"><head><title>Budget day • City of Uppsala</title>
<script>var x = "<p>Cy: no</p>";</script></head><body>
<nav><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></nav>
<div role="complementary"><article><h1>Budget day</h1>
<time datetime="2025-05-05">May 5, 2025</time><div class="p-location">Uppsala</div>
<div class="text">{}</div></article></div>
<div class="sidebar"><p><b>Contact:</b> <a href="#">Mail us</a></p></div>
<footer><p>All content is free.</p>
<p>Last updated <time datetime="2026-01-01">1 Jan</time></p></footer>
</body></html>"""
SIX = TRAM[:2] * 3
SPEECH = "".join(f"<p><b>{speaker}:</b> {text}</p>" for speaker, text in SIX)


def test_the_page_around_the_transcript():
    """Title, date, place and language come from the page; its menus and foot are in no turn."""
    page = read(SHELL.format(SPEECH))
    assert (page.title, page.date, page.place) == ("Budget day", "2025-05-05", "Uppsala")
    assert page.language == "en"
    assert [(turn.speaker, turn.text) for turn in page.turns] == SIX
    assert [line.text for line in page.unread if line.why == "page furniture"] == [
        "Home",
        "News",
        "**Contact:** Mail us",
        "All content is free.",
        "Last updated 1 Jan",
    ]


def test_a_box_within_the_transcript_is_no_speech():
    """What is made of links, or says what it is, is left out of the turn that it interrupts."""
    box = (
        "<div class=cut><h3>See also</h3><a href=x>Roundtable on trams</a><div>May 4</div></div>"
        "<p>And it is quick.</p><div class=share><p>Share this page</p></div>"
    )
    speech = SPEECH.replace("opens.</p>", f"opens.</p>{box}", 1)
    page = read(SHELL.format(speech))
    assert page.turns[0].text == "The tram opens.\nAnd it is quick."
    assert {"### See also", "Roundtable on trams", "Share this page"} <= {
        line.text for line in page.unread
    }


def test_a_false_label_far_away_moves_nothing():
    """One stray label in a sidebar does not make the whole page the transcript."""
    stray = SHELL.replace("Contact:", "Per Holm:").replace("Mail us", "We are here.")
    assert len(read(stray.format(SPEECH)).turns) == 6


TOOLTIP = (
    '<a class="person_tag">Anna Lind<span class="read__tooltip tooltip_person hidden"><span'
    ' class="tooltip__text">Lind, Anna: mayor</span></span></a>'
)


@pytest.mark.parametrize(
    ("label", "hidden", "why"),
    [
        (TOOLTIP, "Lind, Anna: mayor", "a tooltip"),
        ("Anna Lind<span style='display:none'>mayor</span>", "mayor", "hidden on the page"),
        ("Anna Lind<span aria-hidden=true>mayor</span>", "mayor", "hidden on the page"),
        ("Anna Lind<span class=sr-only>mayor</span>", "mayor", "hidden on the page"),
        (
            "<span class=tooltip>Anna Lind<i class=tooltiptext>mayor</i></span>",
            "mayor",
            "a tooltip",
        ),
        ("<abbr title='mayor'>Anna Lind</abbr>", "mayor", "a tooltip"),
        ("Anna Lind<sup>1</sup>", "1", "a footnote's mark"),
        ("Anna Lind<sup><a href='#n1'>[1]</a></sup>", "[1]", "a footnote's mark"),
    ],
)
def test_what_is_hidden_in_a_label(label, hidden, why):
    """It reaches neither name nor text, and is reported."""
    page = read(f"<p><b>{label}:</b> The tram opens.</p><p><b>Bo Ek:</b> Thank you.</p>")
    assert [(turn.speaker, turn.text) for turn in page.turns] == TRAM[:2]
    assert [(line.text, line.why) for line in page.unread] == [(hidden, why)]


def test_a_transcript_folded_away_is_no_tooltip():
    """A hidden element with more words than a note is what the page is about."""
    markup = f"<div style='display:none'>{SPEECH * 10}</div>"
    assert len(read(markup).turns) == 60


def test_words_are_those_on_the_page():
    """Entities, marks that look like Markdown, powers and struck words stay as they are shown."""
    markup = (
        "<p><b>Anna:</b> It is *very* 2*3, _so_, a_b &lt;b&gt; &amp;amp; R&amp;D [x](y) on the"
        " 3<sup>rd</sup>, <s>no</s>.</p><p><b>Bo:</b> I\u200bs it?</p>"
    )
    assert turns(markup) == [
        ("Anna", "It is *very* 2*3, _so_, a_b <b> &amp; R&D [x](y) on the 3rd, no."),
        ("Bo", "Is it?"),
    ]


def test_a_number_before_a_label_is_no_speech():
    """As the numbers of questions in a parliament's report are."""
    markup = "<p>T1. [66880] <b>Anna Lind (Solna) (Con):</b> Why?</p><p><b>Bo Ek:</b> So.</p>"
    assert turns(markup) == [("Anna Lind", "Why?"), ("Bo Ek", "So.")]
    assert unread(markup) == {"T1. [66880]": "a number before a label"}


SITE = "<meta property=og:site_name content=Solna>"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        (
            "<title>Budget day | City</title><meta property=og:site_name content=City>",
            "",
            "Budget day",
        ),
        (
            "<title>Budget day - City</title><meta property=og:site_name content=City>",
            "",
            "Budget day",
        ),
        ("<title>x.docx</title>", "<h2>Budget day</h2>", "Budget day"),
        ("<title>City</title><meta property=og:title content='Budget day'>", "", "Budget day"),
        ("<title>City: Budget day</title>", "<h1>City</h1><h1>Budget day</h1>", "City"),
    ],
)
def test_titles(head, body, title):
    """The heading, or what the page states for others, without the name of the site."""
    assert read(f"<head>{head}</head><body>{body}{SPEECH}").title == title


@pytest.mark.parametrize(
    ("markup", "date"),
    [
        ("<meta property=article:published_time content=2024-03-01T10:00Z>", "2024-03-01"),
        ('<script type=application/ld+json>{"datePublished": "2024-03-01"}</script>', "2024-03-01"),
        ("<body><h2>Minutes for 1 March 2024</h2>", "2024-03-01"),
        ("<body><p>Friday, March 1, 2024, Bergen</p>", "2024-03-01"),
        ("<body><p class=updated>Updated <time datetime=2025-01-01>x</time></p>", None),
    ],
)
def test_dates(markup, date):
    """Of the event, else of the publication; never of an update."""
    assert read(f"{markup}{SPEECH}").date == date


def test_a_page_without_speakers():
    """The prose is the transcript, a paragraph a turn, without invented names."""
    prose = "The choir met in the school on Monday, and nobody could find the music."
    page = read(SHELL.format(f"<p>{prose}</p><p>{prose}</p>"))
    assert [(turn.speaker, turn.text) for turn in page.turns] == [(None, prose), (None, prose)]


def test_a_log_shown_as_a_page():
    """What people typed is read as a chat, under the page's title."""
    lines = "".join(
        f"<span class=tm>21:06:1{n}</span> <b>&lt;{who}&gt;</b> <i>{text}</i>\n"
        for n, (who, text) in enumerate([("anna", "hi"), ("bo", "1 &lt; 2"), ("anna", "so")] * 2)
    )
    page = read(f"<title>#tram log</title><pre>{lines}</pre>")
    assert (page.title, page.turns[1].speaker, page.turns[1].text) == ("#tram log", "bo", "1 < 2")
    assert len(page.turns) == 6


def test_pages_of_print_made_into_a_web_page():
    """A page header that stands in the middle of a speech on each page is no part of it."""
    pages = "".join(
        f"<div id=page_{n}><table><tr><td>{n}</td><td>COUNCIL OF SOLNA</td></tr></table>"
        f"<p>and on page {n} we come to the budget, which is long</p><p><b>Bo Ek:</b> Yes.</p>"
        "<p><b>Anna Lind:</b> So it goes on</p></div>"
        for n in range(2, 7)
    )
    page = read(f"<p><b>Anna Lind:</b> I say</p>{pages}")
    assert [t.text for t in page.turns if "COUNCIL" in t.text] == []


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 100_000,
        "".join(f"<p><font a={n}>x" for n in range(10_000)),
        "<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">x",
        "x" * 60_000_001,
    ],
)
def test_bombs_are_refused(bomb):
    """Markup that would take minutes or gigabytes is refused at once, with a way out."""
    started = time.monotonic()
    with pytest.raises(UnreadableFile, match=r"save the transcript on it as text \(\.txt\)"):
        read(bomb)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "markup",
    [
        "<select>" + "<option>x" * 50_000,
        "<div hidden>" * 3000 + "text " * 100_000,
        "<div class=tooltip>a" * 3000,
        f"<p class='{'a ' * 500_000}' style='{'font:' * 100_000}'>x",
        "<style>" + "a{font:" * 200_000 + "</style>x",
        "<p>" + "<b>a</b> x " * 30_000,
        "<p>" + "<span class=speaker>a</span>" * 20_000,
        "<!--" * 100_000,
        "<script " * 100_000,
        "<" * 300_000,
        f"<title>{'a ' * 200_000}</title>x",
    ],
)
def test_odd_pages_are_read_in_time(markup):
    """Nothing in a page takes more than linear time."""
    started = time.monotonic()
    read(markup)
    assert time.monotonic() - started < 15


TAGS = (
    "p div b i span br table tr td th dl dt dd pre h1 h2 ul li a sup cite time nav form svg".split()
)
PIECE = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS] + [f"</{tag}>" for tag in TAGS]),
    st.sampled_from(
        [
            "<span class=speaker>",
            "<i class='tooltip'>",
            "<b hidden>",
            "<div style='display:none'>",
            "<p class=irc>",
            "<div id=page_2>",
            "<time datetime=2024-03-01>",
            "<sup><a>1</a></sup>",
            "<meta property=og:title content=x>",
            "<!-- x -->",
            "Anna Lind: ",
            "Bo: ",
            "Speaker",
            "0:05",
            "Hello there. ",
            "* _x_ [y](z) \\* &lt;b&gt; &amp;amp; ",
            "\n",
            "&nbsp;&nbsp;",
        ]
    ),
    st.text(max_size=8).filter(str.isprintable),
)


def words_of(text: str) -> list[str]:
    return re.findall(r"[a-z]{3,}", text.casefold())


@given(st.lists(PIECE, max_size=40))
def test_any_markup_is_read_and_no_word_lost(pieces):
    """Whatever the tags, each word that the page holds is in a turn, the head or unread."""
    markup = "".join(pieces)
    page = read(markup)
    held = " ".join(
        [turn.text for turn in page.turns]
        + [label for person in page.people for label in person.labels]
        + [line.text for line in page.unread]
        + [page.title, page.place or ""]
    )
    for word in ("Hello", "Anna", "Speaker"):
        if word in re.sub(r"<[^>]*>?", "", markup):
            assert word.casefold() in held.casefold()


def test_a_real_page(shared):
    """33 turns of two, as counted by hand, and none of the page's furniture in them."""
    page = parse_file(shared / KREMLIN)
    speakers = [turn.speaker for turn in page.turns]
    assert {name: speakers.count(name) for name in set(speakers)} == {
        "Vladimir Putin": 17,
        "Question": 16,
    }
    assert (page.title, page.date, page.place, page.language) == (
        "News conference following working visit to China",
        "2019-04-27",
        "Beijing",
        "en",
    )
    furniture = ("Mobile version", "See also", "Geography", "Text version", "Last updated", "<…>")
    assert [
        turn.text for turn in page.turns if any(words in turn.text for words in furniture)
    ] == []
