"""The turncite command as people and scripts call it, with the real model."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading

import pytest
from conftest import ROOT, write

from index.lock import WriterLock
from rag.cli import main

pytestmark = pytest.mark.model


@pytest.fixture
def turncite(tmp_path, sample, capsys, monkeypatch):
    """Runs the command over a copy of the sample: (exit code, stdout, stderr)."""
    folder = tmp_path / "library"
    folder.mkdir()
    shutil.copy(sample, folder)
    monkeypatch.setenv("TURNCITE_LIBRARY", str(folder))
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(list(arguments))
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    run.folder = folder
    return run


def test_every_citation_can_be_checked_against_show(turncite):
    """`turn.text[start:end] == quote`, by the two JSON doors alone."""
    code, out, err = turncite("ask", "What trade target was mentioned?", "--json")
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["short"] == "$30 billion"
    for citation in answer["citations"]:
        shown = json.loads(turncite("show", citation["transcript"], "--json")[1])
        turn = shown["turns"][citation["turn"]]
        assert turn["text"][citation["start"] : citation["end"]] == citation["quote"]
        assert turn["speaker"] == citation["speaker"]


def test_ask_for_people(turncite):
    """The short answer, the quote, and where it stands."""
    code, out, _ = turncite("ask", "How long is the border?")
    assert code == 0
    assert out.splitlines()[0] == "7,591 kilometres"
    assert "[1] Kassym-Jomart Tokayev, October 10, 2025, turn 2 of dushanbe" in out


def test_ask_refuses_with_the_nearest(turncite):
    """A refusal is an answer, so the exit code is 0."""
    code, out, _ = turncite("ask", "Who won the world cup in 2022?")
    assert code == 0
    assert out.startswith("This is not in these transcripts. Searched 1 transcript.\n\nNearest:")


def test_show(turncite):
    """Title, date, place, turns and the lines that are no speech."""
    shown = json.loads(turncite("show", "dushanbe-2025-10-10.txt", "--json")[1])
    assert list(shown) == ["id", "title", "date", "place", "language", "turns", "unread"]
    assert (shown["date"], shown["place"]) == ("2025-10-10", "Dushanbe")
    assert [turn["speaker"] for turn in shown["turns"]] == [
        "Vladimir Putin", "Kassym-Jomart Tokayev", "Vladimir Putin", "Kassym-Jomart Tokayev",
    ]  # fmt: skip
    assert list(shown["turns"][0]) == [
        "position", "speaker", "text", "start_seconds", "end_seconds",
    ]  # fmt: skip
    assert [line["line"] for line in shown["unread"]] == [1, 2, 3]


def test_show_reads_a_file_outside_the_library(turncite, tmp_path):
    """As Turncite would read it, without adding it."""
    (tmp_path / "tram.txt").write_text("Ann: The tram is late.\nBob: Again?\n")
    shown = json.loads(turncite("show", str(tmp_path / "tram.txt"), "--json")[1])
    assert [(t["speaker"], t["text"]) for t in shown["turns"]] == [
        ("Ann", "The tram is late."), ("Bob", "Again?"),
    ]  # fmt: skip


def test_list_and_search(turncite):
    """The documented keys."""
    (document,) = json.loads(turncite("list", "--json")[1])["documents"]
    assert list(document) == [
        "id", "title", "date", "speakers", "turns", "passages", "seconds",
    ]  # fmt: skip
    assert (document["id"], document["turns"]) == ("dushanbe-2025-10-10.txt", 4)
    found = json.loads(turncite("search", "nuclear power plant", "--json", "-k", "2")[1])
    assert found["query"] == "nuclear power plant"
    assert list(found["hits"][0]) == ["transcript", "turns", "speakers", "text", "score"]
    assert "Rosatom" in found["hits"][0]["text"]
    assert len(found["hits"]) == 2


@pytest.fixture
def questions(tmp_path):
    """Two that the sample answers, and one that it doesn't."""
    rows = [
        {"question": "What trade target was mentioned?", "answers": ["$30 billion"],
         "evidence": "we will reach the staggering milestone of $30 billion in mutual trade",
         "document": "dushanbe-2025-10-10.txt"},
        {"question": "How long is the border?", "answers": ["7,591"],
         "evidence": "Nobody says this.", "document": "dushanbe-2025-10-10.txt"},
        {"question": "Who won the world cup in 2022?", "answerable": False,
         "document": "dushanbe-2025-10-10.txt"},
    ]  # fmt: skip
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return path


def test_evaluate(turncite, questions):
    """Answers and retrieval as a table; evidence that isn't there is named on stderr."""
    code, out, err = turncite("evaluate", str(questions))
    assert code == 0
    rows = {line[1:27].strip(): line[27:].split() for line in out.splitlines()}
    assert rows["answer right"] == ["2", "100.0", "100.0", "to", "100.0"]
    assert rows["unanswerable and refused"] == ["1", "100.0", "100.0", "to", "100.0"]
    assert rows["hit@1"] == ["1", "100.0", "100.0", "to", "100.0"]
    assert out.startswith("3 questions; ranking best, in the whole library, embedder all-MiniLM")
    assert err == "in no turn: 'Nobody says this.', the evidence of 'How long is the border?'\n"


def test_evaluate_compares_with_a_ranking_and_with_before(turncite, questions, tmp_path):
    """Side by side, by the same questions; the JSON of one run is what a later one reads."""
    code, out, _ = turncite("evaluate", str(questions), "--compare", "lexical", "--json")
    assert code == 0
    measured = json.loads(out)
    assert measured["comparison"]["with"] == "lexical"
    assert measured["comparison"]["measures"]["hit@10"]["difference"] == 0.0
    assert "answer right" not in measured["comparison"]["measures"]
    before = tmp_path / "before.json"
    before.write_text(out)
    arguments = ("--within", "--ranking", "dense", "--compare", str(before))
    code, out, _ = turncite("evaluate", str(questions), *arguments)
    assert code == 0
    assert out.startswith("3 questions; ranking dense, in each one's document, ")
    assert f"Compared with {before}; ranking best, in the whole library, " in out
    compared = out.split("Compared with")[1].splitlines()
    (line,) = [line for line in compared if line.startswith(" answer right")]
    assert line.split()[2:] == "2 100.0 100.0 +0.0 +0.0 to +0.0 no difference shown".split()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--compare", "sparse"), "sparse: is neither a ranking nor a file that can be read"),
        (("--compare", __file__), "is not what `turncite evaluate --json` prints"),
        (("--library", "/nowhere/at/all"), "does not exist; make the folder"),
    ],
)
def test_evaluate_says_what_it_cannot_use(turncite, questions, arguments, message):
    """In one line, before anything is asked."""
    code, out, err = turncite("evaluate", str(questions), *arguments)
    assert (code, out) == (1, "")
    assert message in err
    assert err.count("\n") == 1


def test_add_ask_remove(turncite, tmp_path):
    """A file goes in, is asked, and goes out; a bad one is named and ends in 1."""
    (tmp_path / "zoo.txt").write_text("Zed: The zoo has nine elephants.\nYan: Good.\n")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 x")
    turncite("sync")
    code, out, _ = turncite("add", str(tmp_path / "zoo.txt"), str(tmp_path / "bad.pdf"))
    assert code == 1
    assert "is a damaged PDF" in out
    assert "1 read, 1 unchanged, 1 failed" in out
    answer = json.loads(turncite("ask", "How many elephants has the zoo?", "--json")[1])
    assert (answer["short"], answer["citations"][0]["speaker"]) == ("nine", "Zed")
    assert turncite("remove", "zoo.txt")[0] == 0
    assert not (turncite.folder / "zoo.txt").exists()


def test_a_second_sync_does_nothing(turncite):
    """And says so."""
    assert "1 read" in turncite("sync")[1]
    assert turncite("sync")[1] == "1 unchanged\n"


def test_doctor(turncite):
    """All well, and the next command, before and after the first sync."""
    assert "turncite sync" in turncite("doctor")[1]
    turncite("sync")
    code, out, _ = turncite("doctor")
    assert code == 0
    assert "database: ok" in out
    assert "turncite serve" in out


def test_a_damaged_index_is_named_and_mended(turncite):
    """One line with the command that mends it; the transcript is untouched."""
    turncite("sync")
    database = turncite.folder / ".turncite" / "library.sqlite3"
    database.write_bytes(b"not a database" * 1000)
    code, out, err = turncite("ask", "How long is the border?")
    assert (code, out) == (1, "")
    assert "the index is damaged" in err
    assert "turncite sync --rebuild" in err
    assert err.count("\n") == 1
    assert turncite("sync", "--rebuild")[0] == 0
    assert "7,591" in turncite("ask", "How long is the border?")[1]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ask", ""), "the question is empty"),
        (("ask", "x", "--library", "/nowhere/at/all"), "does not exist; make the folder"),
        (("ask", "x", "--library", __file__), "is a file; --library takes the folder"),
        (("show", "nope.txt"), "nope.txt is not in this library"),
        (("remove", "nope.txt"), "nope.txt is not in this library"),
        (("ask", "What?", "--speaker", "Putin"), "did you mean Vladimir Putin?"),
        (("sync", "--library", "/proc/1"), "cannot be written"),
    ],
)
def test_errors_are_one_line_and_exit_code_1(turncite, arguments, message):
    """The thing, the fault, the next step; nothing on stdout and no stack trace."""
    code, out, err = turncite(*arguments)
    assert (code, out) == (1, "")
    assert err.startswith("turncite: ")
    assert message in err
    assert err.count("\n") == 1


def test_an_empty_library_says_how_to_begin(turncite, tmp_path):
    """Also when it is listed."""
    empty = tmp_path / "empty"
    empty.mkdir()
    code, _, err = turncite("ask", "What?", "-l", str(empty))
    assert code == 1
    assert "add some with: turncite add FILE" in err
    assert "add some with: turncite add FILE" in turncite("list", "-l", str(empty))[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("nonsense",),
        ("ask", "x", "--since", "yesterday"),
        ("search", "x", "-k", "0"),
        ("evaluate", "questions.jsonl", "--ranking", "sparse"),
    ],
)
def test_wrong_use_is_exit_code_2(turncite, arguments):
    """What the command line itself can tell."""
    assert turncite(*arguments)[0] == 2


def test_a_question_of_ten_megabytes(turncite, monkeypatch):
    """Over stdin, refused by its length."""
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("a" * 10_000_000))
    code, _, err = turncite("ask", "-")
    assert code == 1
    assert "the question has 10,000,000 characters" in err


def test_a_library_moves_in_one_file(turncite, tmp_path):
    """Export, import into a new folder, and the same answer there; not into a full folder."""
    (turncite.folder / "talk.mp3").write_bytes(b"ID3")
    bundle, there = tmp_path / "x.zip", str(tmp_path / "there")
    code, out, err = turncite("export", str(bundle))
    assert (code, err) == (0, "not exported, as it is no transcript: talk.mp3\n")
    assert out.startswith(f"{bundle}: 1 transcript with their index; on the other machine:")
    code, out, _ = turncite("import", str(bundle), "-l", there)
    assert (code, "1 read" in out) == (0, True)
    code, out, _ = turncite("ask", "How long is the border?", "-l", there)
    assert out.splitlines()[0] == "7,591 kilometres"
    code, _, err = turncite("import", str(bundle), "-l", there)
    assert (code, "is not empty; name a new folder" in err) == (1, True)


@pytest.mark.parametrize("share", ["0/4", "5/4", "1", "a/b"])
def test_a_share_that_is_none(turncite, share):
    """A usage error that shows what one looks like."""
    code, _, err = turncite("sync", "--shard", share)
    assert (code, "is no share such as 1/4" in err) == (2, True)


def test_a_share_needs_a_store_that_machines_share(turncite, monkeypatch):
    """In a folder's own index it would leave files out."""
    monkeypatch.delenv("TURNCITE_STORE", raising=False)
    code, _, err = turncite("sync", "--shard", "1/2")
    assert (code, "set TURNCITE_STORE" in err) == (2, True)


def test_sync_waits_for_whoever_is_writing_and_says_so(turncite):
    """Then it does its work; to ask and to list need not wait."""
    turncite("sync")
    (turncite.folder / "town.txt").write_text("Ed: The mill is old.\nFay: Yes.\n")
    free, held = threading.Event(), threading.Event()

    def hold() -> None:
        with WriterLock(turncite.folder / ".turncite").held(0):
            held.set()
            free.wait(60)

    threading.Thread(target=hold).start()
    held.wait()
    listed = turncite("list")[1]
    _, _, err = turncite("ask", "How long is the border?")
    assert "is bringing this library up to date" in err
    threading.Timer(1.0, free.set).start()
    code, out, err = turncite("sync")
    assert "town.txt" not in listed
    assert (code, "read" in out) == (0, True)
    assert f"Waiting: {turncite.folder}: another Turncite (process {os.getpid()} on" in err


def test_watch_indexes_what_comes(turncite):
    """As a process of its own, ended by Ctrl-C without a stack trace."""
    command = [sys.executable, "-c", "from rag.cli import main; main()", "sync", "--watch"]
    with subprocess.Popen(
        [*command, "-l", str(turncite.folder)], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stderr.readline().startswith("Watching ")
            assert "read" in process.stdout.readline() + process.stdout.readline()
            while "read" not in process.stdout.readline():
                pass
            write(turncite.folder / "town.txt", "Ed: The mill is old.\nFay: Yes.\n")
            while "town.txt" not in process.stdout.readline():
                pass
            process.send_signal(signal.SIGINT)
            assert process.wait(20) in (0, 1, 130)
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()  # where it was not ended, so that the test does not wait for it
    assert [d["id"] for d in json.loads(turncite("list", "--json")[1])["documents"]] == [
        "dushanbe-2025-10-10.txt", "town.txt",
    ]  # fmt: skip


def test_a_speaker_is_renamed_and_feedback_is_printed_as_labels(turncite):
    from index import Library
    from rag.feedback import keep_feedback
    from rag.types import Answer

    code, out, _ = turncite("rename", "Vladimir Putin", "V. Putin")
    assert (code, "1 renamed" in out) == (0, True)
    assert "V. Putin" in turncite("list")[1]
    assert turncite("rename", "Nobody", "Somebody")[0] == 1
    library = Library.open(turncite.folder)
    keep_feedback(library, Answer("Who won?", False, None, "No."), "good")
    library.close()
    code, out, err = turncite("feedback")
    assert json.loads(out) == {"question": "Who won?", "answerable": False}
    assert "1 answers judged; 1 questions" in err
