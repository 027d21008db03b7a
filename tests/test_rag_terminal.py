"""Results in a terminal hold words, and nothing that a terminal would obey."""

from __future__ import annotations

import json

import pytest
from conftest import write

from rag.cli import main
from rag.cli.opening import json_of
from rag.terminal import plain

# To clear the screen, to fill the clipboard, and the same in one sign (C1).
ORDERS = "\x1b[2J \x1b]52;c;ZWNobw==\x07 \x9b2J \x7f"


def test_what_files_hold_gives_a_terminal_no_orders(tmp_path, capsys):
    """Words, speakers and titles of a file, in results and in errors."""
    said = [
        {"speaker": f"Anna{ORDERS}", "text": f"The tram {ORDERS} costs five."},
        {"speaker": "Bo", "text": "Good."},
    ]
    write(tmp_path / "a.json", json.dumps(said))
    main_quietly(["show", str(tmp_path / "a.json")])
    main_quietly(["show", f"{tmp_path}/none{ORDERS}.txt"])
    printed = capsys.readouterr()
    assert "The tram" in printed.out
    assert "none" in printed.err
    assert all(sign == "\n" or sign >= " " for sign in printed.out + printed.err)
    assert not set(printed.out + printed.err) & set("\x7f\x9b")


def main_quietly(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)


def test_tabs_and_lines_stay():
    assert plain("a\tb\nc\x1b[1m") == "a\tb\nc\ufffd[1m"


def test_json_reads_the_same():
    """Escaped, so that a terminal takes no orders from it."""
    printed = json_of({"text": ORDERS})
    assert printed.isprintable() or set(printed) - {"\n"} == set(filter(str.isprintable, printed))
    assert json.loads(printed) == {"text": ORDERS}
