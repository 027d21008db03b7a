"""Word files: their words in order, and the zips that are none."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnreadableFile
from index.parse import parse_bytes
from index.parse.containers.docx import parse_docx
from index.types import Transcript

W = nsdecls("w")


def packed(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def read(document: Document | bytes, name: str = "x.docx") -> Transcript:
    data = document if isinstance(document, bytes) else packed(document)
    return parse_docx(Path(name), data, name)


def said(transcript: Transcript) -> list[tuple[str | None, str]]:
    return [(turn.speaker, turn.text) for turn in transcript.turns]


def repacked(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The package with each part as `change` makes it; None drops the part."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", 8) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return buffer.getvalue()


def zipped(**parts: bytes | str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", 8) as package:
        for name, part in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml"), part)
    return buffer.getvalue()


def labelled(document: Document, label: str, text: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.add_run(f"{label}:").bold = True
    paragraph.add_run(f" {text}")


def council() -> Document:
    document = docx.Document()
    document.add_heading("Budget day", 0)
    document.add_paragraph("May 5, 2025, Uppsala")
    labelled(document, "Anna Lind", "The tram opens.")
    document.add_paragraph("It is quick.")
    labelled(document, "Bo Ek", "Thank you.")
    return document


COUNCIL = [("Anna Lind", "The tram opens.\nIt is quick."), ("Bo Ek", "Thank you.")]


def test_a_document():
    """Title, date and place from its head, a turn for each label, paragraphs parted."""
    transcript = read(council())
    assert (transcript.title, transcript.date, transcript.place) == (
        "Budget day",
        "2025-05-05",
        "Uppsala",
    )
    assert said(transcript) == COUNCIL
    assert transcript.unread == ()


def test_runs_breaks_and_tabs():
    """A label may be in several runs or bold by its style; breaks part lines, a tab is a space."""
    document = docx.Document()
    paragraph = document.add_paragraph()
    for part in ("Anna ", "Lind", ":"):
        paragraph.add_run(part).bold = True
    paragraph.add_run(" The tram opens.").add_break()
    paragraph.add_run("It is\tquick.")
    paragraph = document.add_paragraph()
    paragraph.add_run("Bo Ek:").style = document.styles["Strong"]
    paragraph.add_run(" Thank you.")
    assert said(read(document)) == [
        ("Anna Lind", "The tram opens.\nIt is quick."),
        ("Bo Ek", "Thank you."),
    ]


def test_questions_before_a_tab():
    """As court reporters type them."""
    document = docx.Document()
    for line in ("Q\tWhy?", "A\tSo.", "Q\tOh?", "A\tYes."):
        document.add_paragraph(line)
    assert said(read(document)) == [("Q", "Why?"), ("A", "So."), ("Q", "Oh?"), ("A", "Yes.")]


BOX = "<w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent>"


@pytest.mark.parametrize(
    ("xml", "words"),
    [
        (f"<w:ins {W} w:id='1' w:author='x'><w:r><w:t>inserted</w:t></w:r></w:ins>", "inserted"),
        (f"<w:moveTo {W} w:id='1' w:author='x'><w:r><w:t>moved</w:t></w:r></w:moveTo>", "moved"),
        (f"<w:hyperlink {W}><w:r><w:t>linked</w:t></w:r></w:hyperlink>", "linked"),
        (f"<w:smartTag {W}><w:r><w:t>smart</w:t></w:r></w:smartTag>", "smart"),
        (f"<w:sdt {W}><w:sdtContent><w:r><w:t>held</w:t></w:r></w:sdtContent></w:sdt>", "held"),
        (f"<w:fldSimple {W} w:instr='DATE'><w:r><w:t>Monday</w:t></w:r></w:fldSimple>", "Monday"),
        (f"<w:r {W}><w:t>self</w:t><w:noBreakHyphen/><w:t>evident</w:t></w:r>", "self-evident"),
        (f"<w:r {W}><w:t>a</w:t><w:t xml:space='preserve'> </w:t><w:t>b</w:t></w:r>", "a b"),
        (
            f"<w:r {W}><w:ruby><w:rt><w:r><w:t>xx</w:t></w:r></w:rt><w:rubyBase><w:r>"
            "<w:t>漢字</w:t></w:r></w:rubyBase></w:ruby></w:r>",
            "漢字",
        ),
        (
            f"<w:r {W} xmlns:mc='urn:mc' xmlns:v='urn:v'><mc:AlternateContent><mc:Choice>"
            f"<w:drawing>{BOX}</w:drawing></mc:Choice><mc:Fallback><w:pict>{BOX}</w:pict></mc:Fallback>"
            "</mc:AlternateContent></w:r>",
            "in a box",
        ),
    ],
)
def test_words_that_paragraphs_hold_in_other_ways(xml, words):
    """None of them is lost, and none is read twice."""
    document = council()
    document.paragraphs[-1].add_run(" ")
    document.paragraphs[-1]._p.append(parse_xml(xml))
    text = read(document).turns[-1].text
    assert text.split() == ["Thank", "you.", *words.split()]


def test_blocks_in_content_controls():
    """A paragraph within a control stands in its place."""
    document = council()
    held = "<w:sdtContent><w:p><w:r><w:t>And so on.</w:t></w:r></w:p></w:sdtContent>"
    document.paragraphs[2]._p.addnext(parse_xml(f"<w:sdt {W}>{held}</w:sdt>"))
    assert read(document).turns[0].text == "The tram opens.\nAnd so on.\nIt is quick."


@pytest.mark.parametrize(
    ("xml", "text", "why"),
    [
        (
            f"<w:del {W} w:id='1' w:author='x'><w:r><w:delText>taken out</w:delText></w:r></w:del>",
            "taken out",
            "deleted, with changes tracked",
        ),
        (
            f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>a secret</w:t></w:r>",
            "a secret",
            "hidden in the document",
        ),
    ],
)
def test_words_that_are_not_shown(xml, text, why):
    """They are in no turn, and are reported where they stood."""
    document = council()
    document.paragraphs[3]._p.append(parse_xml(xml))
    transcript = read(document)
    assert said(transcript) == COUNCIL
    assert [(line.line, line.text, line.why) for line in transcript.unread] == [(4, text, why)]


def test_headers_footnotes_and_comments():
    """What stands at the edge or the foot of pages, or in the margin, is reported."""
    document = council()
    document.sections[0].header.paragraphs[0].text = "Council of Uppsala"
    document.add_comment(document.paragraphs[2].runs[0], text="Check this", author="x")
    assert [(line.text, line.why) for line in read(document).unread] == [
        ("Council of Uppsala", "page header or footer"),
        ("Check this", "a comment"),
    ]


def test_a_table_of_speakers():
    """A row is a turn; an empty first cell goes on with the turn above."""
    document = docx.Document()
    table = document.add_table(0, 2)
    for cells in (
        ("Anna", "The tram opens."),
        ("", "It is quick."),
        ("Bo", "Thank you."),
        ("Anna", "Yes."),
    ):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    assert said(read(document)) == [
        ("Anna", "The tram opens.\nIt is quick."),
        ("Bo", "Thank you."),
        ("Anna", "Yes."),
    ]


def test_teams_labels_with_times():
    """The name in bold and the time beside it, the words on the next line."""
    document = docx.Document()
    for name, clock, text in (("Anna Lind", "0:03", "Hello."), ("Bo Ek", "0:09", "Hi there.")):
        paragraph = document.add_paragraph()
        paragraph.add_run(name).bold = True
        paragraph.add_run(f"   {clock}").add_break()
        paragraph.add_run(text)
    found = [(t.speaker, t.start_seconds, t.text) for t in read(document).turns]
    assert found == [("Anna Lind", 3.0, "Hello."), ("Bo Ek", 9.0, "Hi there.")]


def test_teams_cues():
    """Times, name and words on a line each; neighbours under one name are one turn."""
    document = docx.Document()
    document.add_paragraph("Weekly call")
    for start, end, name, text in (
        ("0:0:1.500", "0:0:3.0", "Anna Lind", "Hello."),
        ("0:0:3.0", "0:0:4.0", "Anna Lind", "All here?"),
        ("0:1:2.0", "0:1:3.250", "Bo Ek", "Yes."),
    ):
        document.add_paragraph(f"{start} --> {end}\n{name}\n{text}")
    transcript = read(document)
    assert transcript.title == "Weekly call"
    assert [(t.speaker, t.start_seconds, t.end_seconds, t.text) for t in transcript.turns] == [
        ("Anna Lind", 1.5, 4.0, "Hello. All here?"),
        ("Bo Ek", 62.0, 63.25, "Yes."),
    ]


@pytest.mark.parametrize(
    ("title", "name", "expected"),
    [
        ("Tram council", "x.docx", "Tram council"),
        ("Microsoft Word - x.doc", "a_b.docx", "a b"),
        ("Document1", "x.docx", "x"),
    ],
)
def test_properties_are_the_last_resort(title, name, expected):
    """The title in the properties counts where the text gives none, and is no template's."""
    document = docx.Document()
    document.core_properties.title = title
    labelled(document, "Anna", "The tram opens.")
    labelled(document, "Bo", "Thank you.")
    transcript = read(document, name)
    assert (transcript.title, transcript.date) == (expected, None)
    assert read(council()).title == "Budget day"


def test_macros_strict_files_and_dangling_links_do_no_harm():
    """Files of Word's other kinds are read alike, and a link that leads nowhere is passed over."""

    def odd(name: str, part: bytes) -> bytes | None:
        if name == "[Content_Types].xml":
            return part.replace(b"officedocument.wordprocessingml.document", b"ms-word.document")
        strict = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
        part = part.replace(b"http://schemas.openxmlformats.org/wordprocessingml/2006/main", strict)
        return None if name == "word/styles.xml" else part

    assert said(read(repacked(packed(council()), odd))) == COUNCIL


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (
            zipped(xl__workbook_xml="<x/>"),
            "this is an Excel workbook; save the sheet with the transcript as CSV",
        ),
        (
            zipped(ppt__presentation_xml="<x/>"),
            "this is a PowerPoint file; save its words as text (.txt)",
        ),
        (
            zipped(mimetype="application/vnd.oasis.opendocument.text", content_xml="<x/>"),
            "this is an OpenDocument text; save it as .docx",
        ),
        (
            zipped(mimetype="application/epub+zip"),
            "this is an EPUB book; save the transcript in it as text (.txt)",
        ),
        (
            zipped(a="Anna: Hello."),
            "this is a zip archive; add the transcripts in it with: turncite add FILE.zip",
        ),
        (
            b"PK\x03\x04rest",
            "is a damaged Word file; open it in Word or LibreOffice and save it anew",
        ),
        (
            packed(council())[:-200],
            "is a damaged Word file; open it in Word or LibreOffice and save it anew",
        ),
        (
            zipped(word__document_xml="<w:document"),
            "is a damaged Word file; open it in Word or LibreOffice and save it anew",
        ),
        (
            zipped(word__other_xml="<x/>"),
            "is a damaged Word file; open it in Word or LibreOffice and save it anew",
        ),
        (
            zipped(word__document_xml='<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'),
            "is a damaged Word file; open it in Word or LibreOffice and save it anew",
        ),
        (
            zipped(word__document_xml="<d>" * 1000),
            "is a damaged Word file; open it in Word or LibreOffice and save it anew",
        ),
        (
            zipped(
                word__document_xml=f"<w:document {W}><w:body><w:altChunk/></w:body></w:document>"
            ),
            "holds its text as an embedded file; open it in Word and save it anew",
        ),
        (
            zipped(word__document_xml=f"<w:document {W}><w:body/></w:document>"),
            "holds no speech that Turncite can read",
        ),
    ],
)
def test_other_zips_are_named(data, why):
    """Each is refused with what it is and the way out."""
    with pytest.raises(UnreadableFile) as caught:
        parse_bytes(Path("x.docx"), data, "x.docx")
    assert caught.value.why == why


@pytest.mark.parametrize("size", [6_000_000, 70_000_000])
def test_bombs_are_not_unpacked(size):
    """A part that swells beyond what words do is refused before it is read."""
    bomb = zipped(word__document_xml=b"<w:t>" + b" " * size)
    assert len(bomb) < size / 500
    started = time.monotonic()
    with pytest.raises(UnreadableFile, match="unpacks to more than can be read"):
        read(bomb)
    assert time.monotonic() - started < 1


def test_a_locked_zip():
    """A package with encrypted parts says so."""
    data = bytearray(packed(council()))
    at = data.find(b"PK\x01\x02")
    while at >= 0:
        data[at + 8] |= 1
        at = data.find(b"PK\x01\x02", at + 4)
    with pytest.raises(UnreadableFile, match="is locked with a password; save it without one"):
        read(bytes(data))


WORD = st.sampled_from(["Anna Lind:", "Bo:", "Hello there.", "x", "0:05", "* _a_ [b](c)", "\t", ""])
INLINE = st.recursive(
    st.builds("<w:r><w:t xml:space='preserve'>{}</w:t></w:r>".format, WORD)
    | st.sampled_from(
        ["<w:r><w:br/></w:r>", "<w:r><w:tab/></w:r>", "<w:r/>", "<w:pPr/>", "<w:x/>"]
    ),
    lambda inner: st.builds(
        "<w:{0}>{1}</w:{0}>".format,
        st.sampled_from(["ins", "hyperlink", "smartTag", "sdtContent", "r", "p", "tbl", "ruby"]),
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=6,
)
PARAGRAPH = st.builds("<w:p>{}</w:p>".format, st.lists(INLINE, max_size=4).map("".join))
BLOCK = st.recursive(
    PARAGRAPH,
    lambda inner: st.builds(
        "<w:{0}><w:{1}><w:tc>{2}</w:tc></w:{1}></w:{0}>".format,
        st.sampled_from(["tbl", "sdt", "x"]),
        st.sampled_from(["tr", "sdtContent"]),
        st.lists(inner, max_size=3).map("".join),
    ),
    max_leaves=6,
)


@given(st.lists(BLOCK, max_size=8).map("".join))
def test_any_document_is_read(body):
    """Whatever the elements and wherever they stand, there is no other error than a refusal."""
    xml = f"<w:document {W}><w:body>{body}</w:body></w:document>"
    transcript = read(zipped(word__document_xml=xml))
    assert all(turn.text or turn.speaker for turn in transcript.turns)


@given(st.integers(0, 40_000), st.binary(min_size=1, max_size=30))
def test_any_damage_is_named(at, junk):
    """Spoilt bytes in the package are a damaged file, or do no harm."""
    data = packed(council())
    at %= len(data)
    try:
        read(data[:at] + junk + data[at + len(junk) :])
    except UnreadableFile:
        return
