"""PDF files: print in reading order, whole words, and the files that hold no text."""

from __future__ import annotations

import re
import time
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import UnreadableFile
from index.parse import parse_file
from index.parse.containers.pdf import parse_pdf
from index.types import Transcript

REAL = Path("data/transcripts/files")
# Text as (x, y, words), y counted from below, in points.
Placed = tuple[float, float, str]
UPRIGHT = "1 0 0 1"


def drawn(page: Sequence[Placed], turn: str = UPRIGHT) -> bytes:
    lines = []
    for x, y, words in page:
        escaped = re.sub(r"([()\\])", r"\\\1", words)
        lines.append(f"BT /F1 12 Tf {turn} {x:g} {y:g} Tm ({escaped}) Tj ET\n")
    return "".join(lines).encode("cp1252")


def pdf(
    *pages: Sequence[Placed] | bytes,
    info: str = "",
    deflate: bool = False,
    page: str = "",
    trailer: str = "",
    extra: Sequence[str] = (),
) -> bytes:
    """A file of those pages in 12 point Courier; `page` and `trailer` add to their entries."""
    objects: list[bytes] = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"
    objects += [font, f"<< {info} >>".encode(), *(one.encode() for one in extra)]
    kids = []
    for one in pages:
        content = one if isinstance(one, bytes) else drawn(one)
        how = "/Filter /FlateDecode" if deflate else ""
        content = zlib.compress(content) if deflate else content
        objects.append(b"<< /Length %d %s >>\nstream\n" % (len(content), how.encode()))
        objects[-1] += content + b"\nendstream"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R"
            f" /Resources << /Font << /F1 3 0 R >> >> {page} >>".encode()
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    data = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(data)
    data += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    data += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    root = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info 4 0 R {trailer} >>"
    return bytes(data) + f"trailer\n{root}\nstartxref\n{start}\n%%EOF\n".encode()


def column(words: Sequence[str], x: float = 72, y: float = 720, step: float = 14) -> list[Placed]:
    """Lines below one another; an empty one leaves a gap."""
    return [(x, y - step * index, line) for index, line in enumerate(words) if line]


def read(data: bytes, name: str = "x.pdf") -> Transcript:
    return parse_pdf(Path(name), data, name)


def said(data: bytes) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in read(data).turns]


COUNCIL = [
    "Budget day",
    "",
    "ANNA LIND: The tram opens on the third of",
    "March and it is quick.",
    "",
    "It costs nothing.",
    "",
    "BO EK: Thank you.",
]
TURNS = [
    ("ANNA LIND", "The tram opens on the third of March and it is quick.\nIt costs nothing."),
    ("BO EK", "Thank you."),
]


def test_a_page():
    """Wrapped lines are one paragraph, a gap parts two, the first line is the title."""
    data = pdf(column(COUNCIL))
    assert (read(data).title, said(data)) == ("Budget day", TURNS)


@pytest.mark.parametrize(
    ("turn", "rotate", "place"),
    [
        ("0 1 -1 0", 90, lambda x, y: (792 - y, x)),
        ("-1 0 0 -1", 180, lambda x, y: (612 - x, 792 - y)),
        ("0 -1 1 0", 270, lambda x, y: (y - 180, 792 - x)),
    ],
)
def test_turned_pages(turn, rotate, place):
    """A page in landscape reads as any other."""
    page = [(*place(x, y), words) for x, y, words in column(COUNCIL)]
    assert said(pdf(drawn(page, turn), page=f"/Rotate {rotate}")) == TURNS


def test_print_along_the_edge_is_no_speech():
    """A mark up the side of a page does not get between its lines."""
    page = drawn(column(COUNCIL)) + drawn([(20, 300, "DRAFT ONLY")], "0 1 -1 0")
    assert said(pdf(page)) == TURNS
    assert [line.text for line in read(pdf(page)).unread] == ["DRAFT ONLY"]


NUMBERED = [
    ("MR. LIND:  The tram is", 150),
    ("what we begin with.", 90),
    ("MS. EK:  It costs nothing", 150),
    ("at all, as far as I know.", 90),
    ("", 0),
    ("MR. LIND:  So we can go on", 150),
    ("to the budget.", 90),
]


THINGS = "tram school ferry harbour music choir council street bridge".split()


def numbered(order: str, thing: str) -> list[Placed]:
    page: list[Placed] = []
    numbers: list[Placed] = []
    for number, (words, x) in enumerate(NUMBERED, 1):
        y = 700 - 24 * number
        words = words.replace("tram", thing)
        if order == "one line":
            page.append((60, y, f"{number}{' ' * round((x - 60) / 7.2 - 1)}{words}".rstrip()))
        elif order == "beside":
            page += [(60, y, str(number)), (x, y, words)]
        else:
            numbers.append((60, y + 1, str(number)))
            page.append((x, y, words))
    return page + numbers if order == "block after" else numbers + page


@pytest.mark.parametrize("order", ["beside", "block before", "block after", "one line"])
@pytest.mark.parametrize("pages", [1, 9])
def test_line_numbers(order, pages):
    """However they were drawn, they go back beside their lines and leave the speech."""
    transcript = read(pdf(*[numbered(order, THINGS[n]) for n in range(pages)]))
    expected = [
        ("MR. LIND", "The tram is what we begin with."),
        ("MS. EK", "It costs nothing at all, as far as I know."),
        ("MR. LIND", "So we can go on to the budget."),
    ]
    if pages == 1:
        assert [(turn.speaker, turn.text) for turn in transcript.turns] == expected
        assert [(line.text, line.why) for line in transcript.unread] == [
            ("1 2 3 4 5 6 7", "a line number")
        ]
    else:
        assert [(turn.speaker, turn.text) for turn in transcript.turns[:2]] == expected[:2]
        assert [turn.text for turn in transcript.turns if re.search(r"\d", turn.text)] == []


LEFT = [f"the left column has its line {n} that" for n in range(14)]
RIGHT = [f"the right one has a line {n} too which" for n in range(14)]


@pytest.mark.parametrize("by_row", [True, False])
def test_two_columns(by_row):
    """They are read one after the other, whichever way they were drawn."""
    left, right = column(LEFT, 40), column(RIGHT, 330)
    page = [one for row in zip(left, right, strict=True) for one in row]
    text = " ".join(text for _, text in said(pdf(page if by_row else [*left, *right])))
    assert text == " ".join([*LEFT, *RIGHT])


def test_a_heading_across_columns():
    """It stands before both, and what is below it after what is above."""
    left, right = column(LEFT, 40, 600), column(RIGHT, 330, 600)
    page = [(40, 740, "A long heading that runs across both of the columns of the page")]
    page += [one for row in zip(left, right, strict=True) for one in row]
    words = " ".join(text for _, text in said(pdf(page))).split()
    assert words[:4] == ["A", "long", "heading", "that"]
    assert words[-9:] == RIGHT[-1].split()


def test_labels_beside_speech_are_no_column():
    """Speech set in beside its labels is read row by row."""
    rows = [("ANNA LIND:", "The tram opens"), ("", "in March, at last,"), ("", "I hope.")]
    rows += [("BO EK:", "Thank you for"), ("", "that.")]
    page = [
        placed
        for index, (label, words) in enumerate(rows * 4)
        for placed in ((72, 720 - 14 * index, label), (200, 720 - 14 * index, words))
        if placed[2]
    ]
    assert said(pdf(page))[:2] == [
        ("ANNA LIND", "The tram opens in March, at last, I hope."),
        ("BO EK", "Thank you for that."),
    ]


def test_a_piece_of_a_line_drawn_apart():
    """A word that was drawn before all else goes where it stands."""
    page = [(72 + 7.2 * 26, 692, "the"), *column(COUNCIL)]
    page[2] = (72, 692, "ANNA LIND: We all know of ")
    assert said(pdf(page))[0][1].startswith("We all know of the March and")


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("ANNA LIND: The inter-", "national tram is quick.", "The international tram is quick."),
        ("ANNA LIND: It is self-", "evident. A self-evident tram.", "It is self-evident. A self-"),
        ("ANNA LIND: The Anti-", "Injunction Act is long.", "The Anti-Injunction Act is long."),
        ("ANNA LIND: It is so --", "as we said before.", "It is so -- as we said before."),
        ("ANNA LIND: It is so -", "as we said before.", "It is so - as we said before."),
        ("ANNA LIND: The inter\u00ad", "national tram is quick.", "The international tram"),
    ],
)
def test_hyphens_at_the_end_of_lines(first, second, joined):
    """A divided word is whole, a compound keeps its hyphen and a dash its place."""
    text = said(pdf(column([first, second, "And so it is with all of them."])))[0][1]
    assert text.startswith(joined)


def test_wide_lines_are_wrapped_ones_too():
    """Print smaller than typescript is wrapped as well, and no piece of it becomes a label."""
    words = "and so the tram that we all know of goes on to where Bo Ek: the mayor waits for us"
    page = drawn(
        column([f"ANNA: {words} {words[:30]}", f"{words}{words}.", "BO: Thank you, Anna."])
    )
    turns = said(pdf(page.replace(b"/F1 12 Tf", b"/F1 5 Tf")))
    assert turns == [
        ("ANNA", f"{words} {words[:30]} {words}{words}."),
        ("BO", "Thank you, Anna."),
    ]


def test_headers_and_footers_of_pages():
    """What stands at the edge of each page is in no turn, and joins what the page parted."""
    pages = [
        [
            (72, 760, "COUNCIL OF SOLNA"),
            *column([f"now the {thing} is", f"a {thing}, {who}.", "", f"{who}: The {thing} is"]),
            (300, 40, f"Page {n}"),
        ]
        for n, (who, thing) in enumerate(zip(["ANNA", "BO"] * 3, THINGS, strict=False), 1)
    ]
    turns = said(pdf(*pages))
    assert turns[2:4] == [
        ("ANNA", "The ferry is now the harbour is a harbour, BO."),
        ("BO", "The harbour is now the music is a music, ANNA."),
    ]


@pytest.mark.parametrize(
    ("info", "name", "title", "date"),
    [
        ("/Title (Tram council)", "x.pdf", "Tram council", None),
        ("/Title (11-398.ptx)", "x_y.pdf", "x y", None),
        ("/Title (Microsoft Word - x.doc)", "x.pdf", "x", None),
        ("/CreationDate (D:20250505101010Z)", "x.pdf", "x", "2025-05-05"),
        ("/CreationDate (D:20259905)", "x.pdf", "x", None),
        ("/CreationDate (D:20250505)", "x-2024-03-01.pdf", "x 2024 03 01", None),
    ],
)
def test_metadata_is_the_last_resort(info, name, title, date):
    """Title and day of making count where neither text nor name says, if they say something."""
    transcript = read(pdf(column(["ANNA: Hello.", "BO: Hi.", "ANNA: So."]), info=info), name)
    assert (transcript.title, transcript.date) == (title, date)


def test_notes_on_pages():
    """What a reader wrote on the page is reported."""
    note = "<< /Type /Annot /Subtype /Text /Rect [9 9 20 20] /Contents (Check this) >>"
    data = pdf(column(COUNCIL), extra=[note], page="/Annots [5 0 R]")
    assert [(line.text, line.why) for line in read(data).unread] == [
        ("Check this", "a note on the page")
    ]


def test_pages_without_text():
    """A file of pictures is refused with the way out, and a page of them is reported."""
    image = "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /Length 0 >>"
    stream = f"{image}\nstream\n\nendstream"
    picture = b"q 9 0 0 9 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \0 EI Q"
    with pytest.raises(UnreadableFile, match=r"run OCR on it, for example `ocrmypdf in\.pdf"):
        read(pdf(picture, extra=[stream]))
    assert [(line.text, line.why) for line in read(pdf(column(COUNCIL), picture)).unread] == [
        ("page 2", "a page without text; run OCR on it to have its words")
    ]


LOCK = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'61' * 32}> /U <{'62' * 32}> >>"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (
            pdf(column(COUNCIL), trailer=f"{LOCK} /ID [<61> <61>]"),
            "is a PDF locked with a password; save it without one",
        ),
        (b"%PDF-1.7\nrest", "is a damaged PDF; open it in a PDF reader and save it anew"),
        (pdf(*[b""] * 6001), "is a PDF of more than 6,000 pages; split it into several"),
        (
            pdf(b"(a) Tj " * 3_000_000, deflate=True),
            "holds drawings too large to be read; print the pages with text to a new PDF",
        ),
    ],
)
def test_files_that_are_not_read(data, why):
    """Each is refused at once with the fault and the way out."""
    started = time.monotonic()
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    assert caught.value.why == why
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "page",
    [
        b"BT /F1 12 Tf 1 0 0 1 72 700 Tm " + b"(a) Tj " * 200_000 + b"ET",
        b"BT /F1 12 Tf 1 0 0 1 72 700 Tm (" + b"a " * 200_000 + b") Tj ET",
        drawn([(72, 700 - n % 600, "1") for n in range(30_000)]),
        drawn([(n % 600, 700, str(n % 30)) for n in range(30_000)]),
    ],
)
def test_odd_pages_are_read_in_time(page):
    """A page that no one printed takes seconds, not minutes."""
    started = time.monotonic()
    read(pdf(page, deflate=True))
    assert time.monotonic() - started < 20


WORDS = st.sampled_from("tram school harbour ferry budget 1 2 3 ANNA: inter- self- -- Q 10".split())


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.integers(20, 560), st.integers(30, 760), st.lists(WORDS, min_size=1, max_size=6)
        ),
        max_size=40,
    )
)
def test_any_layout_is_read_and_no_word_lost(pieces):
    """Wherever words stand on a page, each is in a turn, the head or unread."""
    data = pdf([(x, y, " ".join(words)) for x, y, words in pieces])
    with pdfium.PdfDocument(data) as document:
        text = document[0].get_textpage().get_text_range()
    try:
        page = read(data)
    except UnreadableFile:
        assert not text.strip()
        return
    labels = [label for person in page.people for label in person.labels]
    held = [turn.text for turn in page.turns] + [line.text for line in page.unread] + labels
    for word in ("tram", "school", "harbour", "ferry", "budget"):
        assert text.count(word) == " ".join([*held, page.title]).count(word)


@settings(max_examples=60)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=20))
def test_any_damage_is_named(at, junk):
    """Spoilt bytes are a damaged file, or do no harm."""
    data = pdf(column(COUNCIL))
    at %= len(data)
    try:
        read(data[:at] + junk + data[at + len(junk) :])
    except UnreadableFile:
        return


def test_a_real_hearing(shared):
    """The PDF gives the turns of the text that was made of it, and loses no word of PDFium's."""
    path = shared / REAL / "23-scotus-11-398-day1.pdf"
    page = parse_file(path)
    text = parse_file(shared / REAL / "22-scotus-11-398-day1.txt")
    assert [turn.speaker for turn in page.turns] == [turn.speaker for turn in text.turns]

    def words(turns: Sequence[str]) -> Counter[str]:
        return Counter(re.findall(r"[^\W_]+", " ".join(turns)))

    assert words([turn.text for turn in page.turns]) == words([turn.text for turn in text.turns])
    with pdfium.PdfDocument(path) as document:
        printed = words([page.get_textpage().get_text_range() for page in document])
    labels = words([turn.speaker or "" for turn in page.turns])
    held = words(
        [turn.text for turn in page.turns] + [line.text for line in page.unread] + [page.title]
    )
    lost = printed - held - labels
    assert [word for word in lost if not word.isdecimal()] == ["Monday", "March"]  # its date
