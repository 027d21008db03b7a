"""`python -m benchmarks.rate FOLDER MEETINGS`: how fast a sync is, beside the model's own encode.

FOLDER holds transcripts of all kinds, MEETINGS QMSum's (`*.jsonl.gz`), of which some are written
as text files. The same texts are embedded in three ways in turns: by a sync, which also finds,
reads, chunks and stores them; by `SentenceTransformer.encode` with its defaults, one file after
the other, as a quick start would; and by one `encode` of all. Then what share of the machine's
arithmetic that is, and the memory of a sync of four times the files.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import tempfile
import time
from pathlib import Path

from index import Library
from index.embed import SentenceTransformerEmbedder, default_model_path

from .corpus import rows
from .measuring import alone, megabytes, memory

MEETINGS = 3  # beside FOLDER's files
ROUNDS = 3
MEMORY_MEETINGS = 5
# all-MiniLM-L6-v2.
_LAYERS, _HIDDEN, _INNER = 6, 384, 1536
_MATRIX = 2048


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rate")
    parser.add_argument("folder", type=Path)
    parser.add_argument("meetings", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_meetings(chosen.meetings, folder / "files", MEETINGS, copies=1)
        for path in sorted(chosen.folder.iterdir()):
            shutil.copy(path, folder / "files")
        rate(folder)
        peak(chosen.meetings, folder)


def write_meetings(meetings: Path, folder: Path, most: int, copies: int) -> None:
    """The first meetings as text, "Speaker: words" a line; copies differ in every passage."""
    folder.mkdir()
    for _, row in zip(range(most), rows(meetings), strict=False):
        for copy in range(copies):
            lines = [
                f"{speaker}: {f'{copy} ' if copy else ''}{text}" for speaker, text in row["turns"]
            ]
            path = folder / f"{row['meeting']}-{copy}.txt"
            path.write_text("\n\n".join(lines), encoding="utf-8")


def rate(folder: Path) -> None:
    import torch
    from sentence_transformers import SentenceTransformer

    embedder = SentenceTransformerEmbedder()
    library = Library.open(folder / "files", embedder)
    report = library.sync()  # warms, and tells what the passages are
    files = [passages_of(library, document.id) for document in library.documents()]
    texts = [text for file in files for text in file]
    model = SentenceTransformer(str(default_model_path()), local_files_only=True)
    model.encode(texts[:64])

    def sync() -> None:
        shutil.rmtree(folder / "files" / ".turncite")
        again = Library.open(folder / "files", embedder).sync()
        assert again.files == report.files

    def file_by_file() -> None:
        for file in files:
            model.encode(file, show_progress_bar=False)

    def at_once() -> None:
        model.encode(texts, show_progress_bar=False)

    ways = {"sync": sync, "encode, file by file": file_by_file, "encode, all at once": at_once}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    limits = []
    for number in range(ROUNDS):
        limits.append(matmul_flops())
        for name in list(ways)[:: -1 if number % 2 else 1]:
            begun = time.perf_counter()
            ways[name]()
            seconds[name].append(time.perf_counter() - begun)
    lengths = embedder.count_tokens(texts)
    work = sum(flops(min(length, model.max_seq_length)) for length in lengths)
    limit = statistics.median(limits)
    print(f"{len(report.files)} files, {len(texts)} passages of {sum(lengths) / len(texts):.0f} "
          f"tokens; {torch.get_num_threads()} threads; median of {ROUNDS}, in turns")  # fmt: skip
    print(f"  one {_MATRIX}^3 matmul in float32: {limit / 1e9:.0f} GFLOP/s "
          f"({min(limits) / 1e9:.0f}-{max(limits) / 1e9:.0f})")  # fmt: skip
    print(f"  a token of a text of n tokens: {flops(1) / 1e6 - 0.0092:.1f} MFLOP + 9216 n "
          f"(6 layers, 24 x 384^2 + 4 x 384 n); all passages {work / 1e12:.2f} TFLOP")  # fmt: skip
    print(f"  {'':24} {'passages/s':>10} {'of matmul':>10} {'sync is':>9}   range of that ratio")
    for name, taken in seconds.items():
        middle = statistics.median(taken)
        ratios = [other / own for other, own in zip(taken, seconds["sync"], strict=True)]
        figures = [
            f"{len(texts) / middle:10.1f}",
            f"{work / middle / limit:10.0%}",
            f"{statistics.median(ratios):8.2f}x",
            f"  {min(ratios):.2f}-{max(ratios):.2f}",
        ]
        print(f"  {name:24}", *figures)


def passages_of(library: Library, document: str) -> list[str]:
    """The texts that were embedded for a document, in order."""
    from index.chunk import chunk

    embedder = library.embedder
    transcript = library.transcript(document)
    return [p.text for p in chunk(transcript, embedder.count_tokens, embedder.max_tokens)]


def flops(tokens: int) -> float:
    """Of one text through the layers; a multiplication and an addition are two.

    For each token: four projections of hidden x hidden and two of hidden x inner, and in the
    attention its scores with `tokens` others and their sum. Padding is work that counts for
    nothing; embeddings, norms and activations are left out, well below 1%.
    """
    projections = 2 * (4 * _HIDDEN * _HIDDEN + 2 * _HIDDEN * _INNER)
    attention = 2 * (2 * tokens * _HIDDEN)
    return tokens * _LAYERS * (projections + attention)


def matmul_flops() -> float:
    """Operations a second of a large product of matrices on all cores: the best of ten."""
    import torch

    one, other = torch.rand(_MATRIX, _MATRIX), torch.rand(_MATRIX, _MATRIX)
    best = float("inf")
    for _ in range(10):
        begun = time.perf_counter()
        one @ other
        best = min(best, time.perf_counter() - begun)
    return 2 * _MATRIX**3 / best


def peak(meetings: Path, folder: Path) -> None:
    """The peak of a process that syncs, by the number of files."""
    print(f"\n  peak memory of a sync: {'files':>8} {'passages':>9} {'loaded':>9} {'peak':>9}")
    for copies in (1, 4):
        home = folder / f"memory-{copies}"
        write_meetings(meetings, home, MEMORY_MEETINGS, copies)
        files, passages, loaded, highest = alone(_sync_alone, home)
        print(f"  {'':22} {files:8} {passages:9} {loaded:>9} {highest:>9}")


def _sync_alone(folder: Path) -> tuple[int, int, str, str]:
    """Files, passages, and the peak of memory with the model warm and after the sync."""
    library = Library.open(folder, SentenceTransformerEmbedder())
    library.embedder.embed_passages(["word " * 250] * 128)  # as long and as many as ever at once
    loaded = megabytes(memory()["VmHWM"])
    report = library.sync()
    passages = sum(file.passages for file in report.files)
    return len(report.files), passages, loaded, megabytes(memory()["VmHWM"])


if __name__ == "__main__":
    main()
