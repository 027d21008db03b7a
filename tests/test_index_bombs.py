"""Files of some kilobytes that ask for gigabytes or hours, added to a library whose process may
take little memory: each is refused by itself, and the good file beside them is read."""

from __future__ import annotations

import io
import json
import random
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable

import pytest
from conftest import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux limits a process's memory")

MEGA = 1_000_000
SPARE_BYTES = 1_500 * MEGA
# The process that adds may grow by so much: a file is held in memory, and what it asks for is not.
GROWTH_BYTES = 150 * MEGA
APART_BYTES = 1_100 * MEGA
TOO_MUCH = "takes more memory or time than a transcript may"
ADDS = """
import json, resource, sys
from pathlib import Path
from conftest import WordEmbedder
from index import Library

def size(kind):
    status = Path("/proc/self/status").read_text()
    return int(status.partition(kind + ":")[2].split()[0]) * 1024

folder, spare, *files = sys.argv[1:]
Path(folder).mkdir()
library = Library.open(folder, WordEmbedder())
good = Path(files[-1])
library.add([good])
before = size("VmHWM")
most = size("VmSize") + int(spare)
resource.setrlimit(resource.RLIMIT_AS, (most, most))
good.with_name("other.txt").write_text("Ed: The quay is long.\\nFay: It is.\\n")
report = library.add([Path(file) for file in files[:-1]] + [good.with_name("other.txt")])
apart = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    "results": {each.id: [each.state, each.why] for each in report.files},
    "grown": size("VmHWM") - before,
    "apart": apart.ru_maxrss * 1024,
    "seconds": apart.ru_utime + apart.ru_stime,
}))
"""


def stream(dictionary: str, body: bytes) -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(body), dictionary.encode(), body)


def pdf(*objects: bytes, contents: str = "3 0 R", resources: str = "") -> bytes:
    """A page of those contents; `objects` are those from number 3 on."""
    page = (
        f"<< /Type /Page /Parent 9 0 R /MediaBox [0 0 612 792] /Contents {contents}"
        f" /Resources << {resources} >> >>"
    )
    held = dict(enumerate([b"<< /Type /Catalog /Pages 9 0 R >>", page.encode(), *objects], 1))
    held[9] = b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"
    data, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in held.items():
        places[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = [b"%010d 00000 n \n" % places[n] if n in places else FREE for n in range(10)]
    end = b"trailer\n<< /Size 10 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(data)
    return bytes(data) + b"xref\n0 10\n" + b"".join(rows) + end


FREE = b"0000000000 65535 f \n"
FLATE = "/Filter /FlateDecode"


def drawing(size: int) -> bytes:
    """Every few bytes of it are an object of a page, which takes some hundred bytes."""
    line = b"0 0 m 9 9 l S\n"
    return line * (size // len(line))


def indirect_filter() -> bytes:
    return pdf(stream("/Filter 4 0 R", zlib.compress(drawing(60 * MEGA))), b"/FlateDecode")


def spelt_filter() -> bytes:
    return pdf(stream("/Filter /Fl#61te#44ecode", zlib.compress(drawing(60 * MEGA))))


def twice_deflated() -> bytes:
    packed = zlib.compress(zlib.compress(drawing(60 * MEGA)))
    return pdf(stream("/Filter [/FlateDecode /FlateDecode]", packed))


def lzw_deflated() -> bytes:
    """LZW in its simplest form, of 9 bits a letter and a new table every 200 of them."""
    codes = [256]
    for _ in range(8):
        codes += [*(drawing(196)), 256]
    bits = "".join(f"{code:09b}" for code in codes[:1568])
    packed = int(bits, 2).to_bytes(len(bits) // 8, "big") * (8 * MEGA // 1568)
    body = stream("/Filter [/FlateDecode /LZWDecode]", zlib.compress(packed))
    return pdf(body, contents="[" + "3 0 R " * 9 + "]")


def drawn_over_and_over() -> bytes:
    """Nothing in it is large."""
    body = zlib.compress(drawing(MEGA))
    return pdf(stream(FLATE, body), contents="[" + "3 0 R " * 60 + "]")


def stream_of_objects() -> bytes:
    """The pages, with an array of 60 million numbers, in a stream of objects."""
    pages = b"2 0 << /Type /Pages /Kids [] /Count 0 /X [" + b"1 " * (60 * MEGA) + b"] >>"
    spelt = "/Filter /Fl#61teDecode"
    held = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        3: stream(f"/Type /ObjStm /N 1 /First 4 {spelt}", zlib.compress(pages)),
    }
    data, rows = bytearray(b"%PDF-1.7\n"), [(0, 0, 0), (2, 3, 0)]
    for number, body in held.items():
        rows.insert(number, (1, len(data), 0))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows.append((1, len(data), 0))
    table = b"".join(struct.pack(">BIH", *row) for row in rows)
    places = stream("/Type /XRef /Size 5 /W [1 4 2] /Root 1 0 R", table)
    end = b"4 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (places, len(data))
    return bytes(data) + end


WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
LINKS = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'


def docx(document: bytes, **parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        body = b"<w:document %s><w:body>%s</w:body></w:document>" % (WORD.encode(), document)
        package.writestr("word/document.xml", body)
        for name, data in parts.items():
            package.writestr(f"word/{name}", data)
    return held.getvalue()


def one_huge_part() -> bytes:
    """Empty paragraphs, with a little noise so that they shrink as words do."""
    noise = random.Random(4)
    pieces = [b"<w:p/>" * 500 + b"<w:p>%d</w:p>" % noise.getrandbits(200) for _ in range(18_000)]
    return docx(b"".join(pieces))


def many_parts() -> bytes:
    """200 page headers, each long enough to take a second."""
    noise = random.Random(4)
    pieces = [b"<w:p/>" * 2500 + b"<w:p>%d</w:p>" % noise.getrandbits(200) for _ in range(100)]
    header = b"<w:hdr %s>%s</w:hdr>" % (WORD.encode(), b"".join(pieces))
    links = "".join(
        f'<Relationship Id="r{n}" Type="{KIND}/header" Target="h{n}.xml"/>' for n in range(200)
    )
    parts = {f"h{n}.xml": header for n in range(200)}
    parts["_rels/document.xml.rels"] = f"<Relationships {LINKS}>{links}</Relationships>".encode()
    return docx(b"<w:p><w:r><w:t>Ann: Hello.</w:t></w:r></w:p>", **parts)


def zipped(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as made:
        made.writestr(name, data)
    return held.getvalue()


def understated() -> bytes:
    """30 MB of which the archive says, in both its heads, that they are 100 bytes."""
    size = 30 * MEGA
    real, told = struct.pack("<I", size), struct.pack("<I", 100)
    made = zipped("a.txt", b"Ed: Hello.\n" + b" " * (size - 11))
    assert made.count(real) == 2
    return made.replace(real, told)


def another_method() -> bytes:
    """By bzip2, of which Python unpacks all that it has read at once."""
    return zipped("a.txt", b"\n" * 60 * MEGA, zipfile.ZIP_BZIP2)


def nested() -> bytes:
    data = b" " * MEGA
    for depth in range(50):
        data = zipped(f"{depth}.zip" if depth else "a.txt", data)
    return data


Bombs = dict[str, tuple[Callable[[], bytes], str, str]]
ZIPS: Bombs = {
    "understated.zip": (understated, "understated.zip/a.txt", "is damaged"),
    "method.zip": (another_method, "method.zip/a.txt", "is packed in a way that is not read"),
    "nested.zip": (nested, "nested.zip/49.zip", "an archive within an archive"),
}
PAGES: Bombs = {
    "indirect.pdf": (indirect_filter, "indirect.pdf", TOO_MUCH),
    # What the parser says where memory ends differs from one of its versions to the next.
    "huge.docx": (one_huge_part, "huge.docx", f"{TOO_MUCH}|is a damaged Word file"),
    "spelt.pdf": (spelt_filter, "spelt.pdf", TOO_MUCH),
    "twice.pdf": (twice_deflated, "twice.pdf", TOO_MUCH),
    "lzw.pdf": (lzw_deflated, "lzw.pdf", TOO_MUCH),
    "again.pdf": (drawn_over_and_over, "again.pdf", TOO_MUCH),
    "objects.pdf": (stream_of_objects, "objects.pdf", TOO_MUCH),
    "parts.docx": (many_parts, "parts.docx", TOO_MUCH),
}


@pytest.mark.thorough
@pytest.mark.parametrize("bombs", [ZIPS, PAGES], ids=["zips", "pages"])
def test_what_asks_for_too_much_is_refused_and_the_others_are_read(tmp_path, bombs):
    """In a process that may take 1.5 GB more than it has; hours would end the test."""
    for name, (make, _, _) in bombs.items():
        (tmp_path / name).write_bytes(make())
        assert (tmp_path / name).stat().st_size < 8 * MEGA
    (tmp_path / "first.txt").write_text("Ann: The tram is here.\nBo: It is.\n")
    files = [str(tmp_path / name) for name in [*bombs, "first.txt"]]
    ran = subprocess.run(
        [sys.executable, "-c", ADDS, str(tmp_path / "library"), str(SPARE_BYTES), *files],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    told = json.loads(ran.stdout)
    results = told["results"]
    assert results["other.txt"][0] == "read"
    for _, shown, why in bombs.values():
        assert results[shown][0] == "failed"
        assert re.search(why, results[shown][1])
    assert told["grown"] < GROWTH_BYTES
    assert told["apart"] < APART_BYTES
    # By the processor's time, which a busy machine doesn't stretch: what apart.py gives each.
    sizes = [(tmp_path / name).stat().st_size for name in bombs]
    assert told["seconds"] < sum(15 + 20 * size / MEGA for size in sizes)
