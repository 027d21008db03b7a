"""Users, their file and their passwords; and how wrong ones are slowed down."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

import app  # first: it keeps the model hub's client silent

# isort: split
from index.errors import InputError
from rag.cli import main
from serving.login import FREE_TRIES, LONGEST_WAIT_SECONDS, Throttle, TooManyTries
from serving.users import Hashed, Users, add_user, read_users, remove_user

PASSWORD = "tram line seven"


@pytest.fixture(scope="module")
def hashed() -> Hashed:
    return Hashed.of(PASSWORD)


@pytest.fixture
def file(tmp_path, hashed) -> Path:
    path = tmp_path / "users"
    path.write_text(f"# the council\n\nanna:{hashed}\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_hash_is_salted_and_fits_its_password_alone(hashed):
    assert hashed.fits(PASSWORD)
    assert not hashed.fits(f"{PASSWORD} ")
    assert Hashed.parse(str(hashed)) == hashed
    assert PASSWORD not in str(hashed)
    assert Hashed.of(PASSWORD).key != hashed.key
    scheme, log_n, r, p, *_ = str(hashed).split("$")
    assert (scheme, log_n, r, p) == ("scrypt", "15", "8", "3")


def test_a_user_is_added_given_another_password_and_removed(file, tmp_path):
    assert add_user(file, "per holm", "ferry at noon")
    assert not add_user(file, "per holm", "ferry at nine")
    assert list(read_users(file)) == ["anna", "per holm"]
    assert read_users(file)["per holm"].fits("ferry at nine")
    remove_user(file, "per holm")
    assert list(read_users(file)) == ["anna"]
    assert file.read_text(encoding="utf-8").startswith("# the council\n\nanna:scrypt$")
    with pytest.raises(InputError, match="users has no user per holm"):
        remove_user(file, "per holm")
    assert [path.name for path in tmp_path.iterdir()] == ["users"]


def test_the_file_is_for_its_owner_alone(tmp_path):
    add_user(tmp_path / "users", "anna", PASSWORD)
    assert stat.S_IMODE((tmp_path / "users").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("anna", "it is not `name:hash`"),
        ("per:secret", "its hash is none that `turncite user add` writes"),
        ("per:scrypt$15$8$3$AAAA", "its hash is none"),
        ("per:scrypt$15$8$3$not base64$AAAA", "its hash is damaged"),
        ("per:scrypt$15$8$3$AAAAAAAAAAAAAAAAAAAAAA==$AAAA", "its hash is cut short"),
        ("per:scrypt$2$8$3$AAAAAAAAAAAAAAAAAAAAAA==$AAAA", "costs more or less"),
        ("per:scrypt$20$32$3$AAAAAAAAAAAAAAAAAAAAAA==$AAAA", "costs more or less"),
        (":scrypt$15$8$3$AAAA$AAAA", "a name has 1 to 64 characters"),
        ("an:na:scrypt$15$8$3$AAAA$AAAA", "a name has no colon"),
    ],
)
def test_a_bad_line_is_named_with_its_fault(file, line, fault):
    with file.open("a", encoding="utf-8") as users:
        users.write(f"{line}\n")
    with pytest.raises(InputError, match=f"users, line 4: .*{fault}"):
        read_users(file)


def test_a_file_without_users_or_none_at_all_says_how_to_make_one(tmp_path, file):
    with pytest.raises(InputError, match=r"gone is not there; make it with: turncite user add"):
        read_users(tmp_path / "gone")
    (tmp_path / "empty").write_text("# nobody\n", encoding="utf-8")
    with pytest.raises(InputError, match="empty holds no user; run: turncite user add"):
        Users(tmp_path / "empty")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="binary is no text file"):
        read_users(tmp_path / "binary")
    lines = file.read_text(encoding="utf-8")
    file.write_text(lines + lines, encoding="utf-8")
    with pytest.raises(InputError, match="line 6: anna has a line above"):
        read_users(file)


def test_users_are_those_of_the_file_as_it_is_now(file, capsys):
    users = Users(file)
    assert users.check("anna", PASSWORD) == users.known()["anna"]
    assert users.check("anna", "tram line eight") is None
    assert users.check("nobody", PASSWORD) is None
    add_user(file, "anna", "tram line eight")
    assert users.check("anna", PASSWORD) is None
    assert users.check("anna", "tram line eight")
    file.write_text("broken\n", encoding="utf-8")
    assert list(users.known()) == ["anna"]
    assert list(users.known()) == ["anna"]
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "users, line 1: it is not `name:hash`" in told[0]


def test_who_is_removed_is_out_also_as_the_last_one(file, capsys):
    users = Users(file)
    remove_user(file, "anna")
    assert users.known() == {}
    assert users.check("anna", PASSWORD) is None
    add_user(file, "anna", PASSWORD)
    assert users.check("anna", PASSWORD)
    assert capsys.readouterr().err == ""


def test_the_command_reads_the_password_from_stdin_and_shows_it_nowhere(
    tmp_path, monkeypatch, capsys
):
    import io

    path = tmp_path / "users"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    with pytest.raises(SystemExit) as done:
        main(["user", "add", "anna", "--auth", str(path)])
    assert done.value.code == 0
    assert Users(path).check("anna", PASSWORD)
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(SystemExit) as done:
        main(["user", "add", "per", "--auth", str(path)])
    assert done.value.code == 1
    with pytest.raises(SystemExit) as done:
        main(["user", "remove", "anna", "--auth", str(path)])
    assert done.value.code == 0
    printed = capsys.readouterr()
    assert printed.out == (f"anna can log in now: {path}\nanna is no user any more: {path}\n")
    assert printed.err == ("turncite: per cannot be added: a password has at least 8 characters\n")


def test_passwords_that_differ_change_nothing(tmp_path, monkeypatch, capsys):

    typed = iter([PASSWORD, "tram line nine"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("rag.cli.serving.getpass", lambda prompt: next(typed))
    with pytest.raises(SystemExit) as done:
        main(["user", "add", "anna", "--auth", str(tmp_path / "users")])
    assert done.value.code == 1
    assert "The two passwords differ" in capsys.readouterr().err
    assert not (tmp_path / "users").exists()


def test_wrong_passwords_of_one_address_wait_longer_and_longer():
    now = 1000.0
    throttle = Throttle(clock=lambda: now)
    for _ in range(FREE_TRIES):
        throttle.admit("1.2.3.4")
        throttle.wrong("1.2.3.4")
    waits = []
    for _ in range(8):
        throttle.admit("1.2.3.4")
        throttle.wrong("1.2.3.4")
        with pytest.raises(TooManyTries) as refused:
            throttle.admit("1.2.3.4")
        waits.append(refused.value.seconds)
        throttle.admit("5.6.7.8")  # somebody else does not wait
        now += refused.value.seconds
    assert waits == [2, 4, 8, 16, 32, LONGEST_WAIT_SECONDS, 60, 60]
    throttle.right("1.2.3.4")
    throttle.wrong("1.2.3.4")
    throttle.admit("1.2.3.4")


def test_serve_takes_its_options_and_names_what_is_wrong_with_them(
    file, tmp_path, monkeypatch, capsys
):
    given = {}

    def serve(assistant, *, host, port, serving):
        given.update(host=host, port=port, serving=serving)

    monkeypatch.setattr(app, "serve", serve)

    def run(*options: str) -> int:
        with pytest.raises(SystemExit) as done:
            main(["serve", "--library", str(tmp_path / "library"), *options])
        return done.value.code

    (tmp_path / "library").mkdir()
    names = ["--allow-host", "team.example", "--allow-host", "Wiki"]
    log = tmp_path / "log"
    assert run("--auth", str(file), *names, "--base-path", "/t/", "--audit", str(log)) == 0
    serving = given["serving"]
    assert (given["host"], given["port"]) == ("127.0.0.1", 7860)
    assert (serving.hosts, serving.base_path) == (("team.example", "wiki"), "/t")
    assert (serving.users.path, serving.audit.path) == (file, log)
    assert (serving.max_upload, serving.tools) == ("256mb", False)
    assert capsys.readouterr().err == ""
    file.chmod(0o644)
    assert run("--auth", str(file)) == 0
    assert f"others on this machine can read {file}; run: chmod 600" in capsys.readouterr().err
    given.clear()
    file.write_text("anna:secret\n", encoding="utf-8")
    for options, fault in (
        (["--auth", str(file)], "users, line 1: its hash is none"),
        (["--max-upload", "big"], "--max-upload big is no size such as 500kb"),
        (["--base-path", "t"], "--base-path t is no path such as /turncite"),
        (["--audit", str(tmp_path)], "cannot be written (Is a directory)"),
    ):
        assert run(*options) == 1
        printed = capsys.readouterr()
        assert fault in printed.err
        assert printed.err.count("\n") == 1
    assert given == {}
