"""Bytes -> text, or the reason why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import UnreadableFile
from index.parse.decode import decode

GERMAN = "Frau Müller: Die Straßenbahn fährt über die Brücke.\nHerr Größe: Schöne Grüße!\n"
RUSSIAN = (
    "Анна: Трамвай откроется третьего марта. Он стоит двести миллионов.\n"
    "Пётр: Спасибо, это хорошая новость для школ.\n"
)
CHINESE = (
    "主持人：今天我们讨论新的铁路线。它将在十年内使贸易额增加两倍。\n嘉宾：谢谢，这是好消息。\n"
)


def read(data: bytes) -> str:
    return decode(Path("x.txt"), data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, CHINESE])
def test_unicode(text, encoding):
    """With its mark or, for UTF-8, without; the mark itself is no text."""
    assert read(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\0\0\xfe\xff", "utf-32-be")],
)
def test_byte_orders(mark, encoding):
    """Both byte orders are told by their marks."""
    assert read(mark + RUSSIAN.encode(encoding)) == RUSSIAN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "cp1252"),
        ("Jörg: Hallo.\n", "cp1252"),
        ("He said “hi” – at the café.\n", "cp1252"),
        ("Élodie: Nous avons décidé d'ouvrir l'école à côté.\n", "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (CHINESE, "gb18030"),
        ("Άννα: Το τραμ θα ανοίξει στις τρεις Μαρτίου.\n", "cp1253"),
    ],
)
def test_legacy_pages(text, encoding):
    """The likeliest page is found, also where there is little to go by."""
    assert read(text.encode(encoding)) == text


def test_a_file_cut_within_a_character_is_still_utf8():
    """A spoilt byte costs one character, not the whole text."""
    cut = RUSSIAN.encode()[:-3]
    assert read(cut) == RUSSIAN[:-3] + "\ufffd"


def test_letters_are_composed():
    """An e with a separate accent, as macOS writes it, is the same letter as on any keyboard."""
    assert read("Jose\u0301 Mu\u0308ller".encode()) == "José Müller"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [GERMAN, RUSSIAN, CHINESE, "Anna: Hello.\n"])
def test_utf16_without_its_mark(text, encoding):
    """The places of the NUL bytes tell the byte order, in Chinese too, where there are few."""
    assert read(text.encode(encoding) * 3) == text * 3


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Jörg: Grüße, schön.".encode() + b" It\x92s here.", "Jörg: Grüße, schön. It’s here."),
        ("“No,” said Zoë. “Oh.” ".encode() + b"Caf\xe9 talk.", "“No,” said Zoë. “Oh.” Café talk."),
        ("Пётр: Спасибо, Анна.".encode()[:11] + " Спасибо.".encode(), "Пётр: \ufffd Спасибо."),
    ],
)
def test_strays_in_utf8(data, text):
    """A byte pasted from Windows among Latin letters is read as that; half a character is not."""
    assert read(data) == text


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\r\n"])
def test_line_ends_stay_for_the_readers(end):
    """Line ends of any kind, mixed or not, come through."""
    assert read(f"Anna: Hej.{end}Bo: Hallå.\n".encode()) == f"Anna: Hej.{end}Bo: Hallå.\n"


def ole(*streams: str) -> bytes:
    return b"\xd0\xcf\x11\xe0" + b"\0" * 100 + b"".join(one.encode("utf-16-le") for one in streams)


NOT_TEXT = "this is not a text file; Turncite reads transcripts as text"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (
            ole("Root Entry", "WordDocument"),
            "this is an old Word file (.doc); save it as .docx in Word or LibreOffice",
        ),
        (
            ole("EncryptionInfo", "EncryptedPackage"),
            "this Office file is locked with a password; save it without one",
        ),
        (ole("Workbook"), "this is an old Excel file (.xls); save the sheet as CSV"),
        (ole(), "this is an old Office file; save it as .docx in Word or LibreOffice"),
        (
            b"{\\rtf1 hello}",
            "this is rich text (RTF); save it as .docx in Word or LibreOffice",
        ),
        (b"\x89PNG\r\n\x1a\n", "this is a picture, not a transcript"),
        (b"\xff\xd8\xff\xe0", "this is a picture, not a transcript"),
        (b"RIFF\x10\0\0\0WEBP", "this is a picture, not a transcript"),
        (b"RIFF\x10\0\0\0WAVE", "this is a recording, not a transcript"),
        (b"ID3\x03", "this is a recording, not a transcript"),
        (b"\0\0\0\x20ftypisom", "this is a recording, not a transcript"),
        (b"\x1f\x8b\x08", "this is a packed file; unpack it and add the transcripts in it"),
        (b"\0" * 100, NOT_TEXT),
        (b"Anna\0: Hello\1\2", NOT_TEXT),
        (b"Anna: Hello.\0 " * 200, NOT_TEXT),
        (b"Anna: Hello. " * 999 + b"\0", NOT_TEXT),
    ],
)
def test_other_files_are_named(data, why):
    """Each is refused with what it is and, where there is one, the way out."""
    with pytest.raises(UnreadableFile) as caught:
        read(data)
    assert str(caught.value) == f"x.txt: {why}"


def test_a_stray_control_character_is_no_binary_file():
    """Tabs and form feeds are text, and one odd byte in a long text spoils nothing."""
    text = "Anna:\tHello.\f\n" + "x" * 2000 + "\x03"
    assert read(text.encode()) == text


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(data):
    """No byte sequence leads to another error, and text never holds half a character."""
    try:
        text = read(data)
    except UnreadableFile:
        return
    assert text.encode("utf-8").decode("utf-8") == text
