"""Harm to the files of an index, and to the values of a database that is sound to SQLite."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

from .acts import DATABASE, INDEX

Harm = Callable[[Path], object]

# Of every kind that a column may hold; NOT NULL and keys keep some of them out.
VALUES: tuple[object, ...] = (
    None, "", "x", "[]", "{}", "[7]", '[{"name": 1}]', "null", -1, 0, 3, 1 << 40, 0.5, b"", b"\xff",
    b"\xff" * 5, "\ud83d".encode("utf-8", "surrogatepass"),
)  # fmt: skip
COLUMNS = {
    "meta": ("value",),
    "documents": (
        "id", "sha256", "reader", "embedder", "title", "date", "place", "language", "people",
        "turns", "unread", "seconds", "first", "passages", "born", "gone",
    ),
    "turns": ("position", "speaker", "text", "start_seconds", "end_seconds", "marks"),
    "unread": ("line", "text", "why"),
    "passages": ("document", "slices", "speakers", "text", "digest"),
    "vectors": ("vector",),
    "speakers": ("name", "passages"),
}  # fmt: skip
TABLES = tuple(COLUMNS)


def files_of_index(library: Path) -> list[str]:
    home = library / INDEX
    return sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())


def cut(size: float) -> Harm:
    """Cut off after a share of the file, or the last byte where that is negative."""

    def harm(path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: int(len(data) * size)] if size >= 0 else data[:-1])

    return harm


def flip(chance: random.Random, count: int = 1) -> Harm:
    def harm(path: Path) -> None:
        data = bytearray(path.read_bytes())
        for _ in range(count if data else 0):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path.write_bytes(data)

    return harm


def become_a_folder(path: Path) -> None:
    path.unlink()
    (path / "x").mkdir(parents=True)


def other_magic(path: Path) -> None:
    path.write_bytes(b"MAGIC!!!" + path.read_bytes()[8:])


HARMS: dict[str, Harm] = {
    "emptied": cut(0),
    "cut in half": cut(0.5),
    "without its last byte": cut(-1),
    "gone": Path.unlink,
    "a folder": become_a_folder,
    "another magic": other_magic,
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    "junk": lambda path: path.write_bytes(random.Random(3).randbytes(5000)),
}


def values() -> Iterator[tuple[str, Callable[[Path], bool]]]:
    """For each column and value, what puts it there; whether SQLite let it."""
    for table, columns in COLUMNS.items():
        for column in columns:
            for value in VALUES:
                yield (
                    f"{table}.{column} = {value!r}",
                    partial(set_value, table=table, column=column, value=value),
                )
    for table in TABLES:
        yield f"{table} without a row", _without_a_row(table)


def set_value(library: Path, table: str, column: str, value: object) -> bool:
    """In the first row; of `meta`, the generation. Whether SQLite let it."""
    key = "key = 'generation'" if table == "meta" else "true"
    where = f"(SELECT {column} FROM {table} WHERE {key} LIMIT 1)"
    return _executed(
        library, f"UPDATE {table} SET {column} = ? WHERE {key} AND {column} IS {where}", value
    )


def _without_a_row(table: str) -> Callable[[Path], bool]:
    def harm(library: Path) -> bool:
        row = "key = 'published'" if table == "meta" else "true"
        keys = {"meta": "key", "turns": "position", "unread": "line", "vectors": "passage",
                "speakers": "name"}  # fmt: skip
        key = keys.get(table, "number")
        return _executed(
            library,
            f"DELETE FROM {table} WHERE {row} AND {key} = (SELECT max({key}) FROM {table}"
            f" WHERE {row})",
        )

    return harm


def _executed(library: Path, statement: str, *values: object) -> bool:
    with closing(sqlite3.connect(library / DATABASE, isolation_level=None)) as db:
        try:
            return db.execute(statement, values).rowcount > 0
        except sqlite3.IntegrityError:
            return False


def harm_file(library: Path, name: str, harm: Harm) -> None:
    path = library / INDEX / name
    if path.exists():
        harm(path)


def drop_caches(library: Path) -> None:
    shutil.rmtree(library / INDEX / "caches")
