"""The file of users: a line `name:hash` each. It is read again when it changes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from index.errors import InputError

MOST_CHARS = 64  # of a name
LEAST_CHARS = 8  # of a password
_SCHEME = "scrypt"
# One hash takes 32 MiB and about a quarter of a second: what OWASP's cheat sheet on password
# storage recommends for scrypt.
_LOG_N, _R, _P = 15, 8, 3
_KEY_BYTES = 32
_MOST_MEMORY_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Hashed:
    """A password as it is kept: scrypt's cost, the salt and the key."""

    log_n: int
    r: int
    p: int
    salt: bytes
    key: bytes

    def __str__(self) -> str:
        salt, key = (base64.b64encode(part).decode() for part in (self.salt, self.key))
        return f"{_SCHEME}${self.log_n}${self.r}${self.p}${salt}${key}"

    @classmethod
    def of(cls, password: str) -> Hashed:
        salt = secrets.token_bytes(16)
        return cls(_LOG_N, _R, _P, salt, _derived(password, _LOG_N, _R, _P, salt))

    @classmethod
    def parse(cls, text: str) -> Hashed:
        """Raises ValueError, which says what is wrong with it."""
        scheme, *fields = text.split("$")
        if scheme != _SCHEME or len(fields) != 5:
            raise ValueError("its hash is none that `turncite user add` writes")
        try:
            log_n, r, p = map(int, fields[:3])
            salt, key = (base64.b64decode(field, validate=True) for field in fields[3:])
        except ValueError as error:
            raise ValueError("its hash is damaged") from error
        cost_is_known = 10 <= log_n <= 20 and 1 <= r <= 32 and 1 <= p <= 16
        if not cost_is_known or 128 * r << log_n > _MOST_MEMORY_BYTES:
            raise ValueError("its hash costs more or less than Turncite allows")
        if len(salt) < 8 or len(key) != _KEY_BYTES:
            raise ValueError("its hash is cut short")
        return cls(log_n, r, p, salt, key)

    def fits(self, password: str) -> bool:
        given = _derived(password, self.log_n, self.r, self.p, self.salt)
        return hmac.compare_digest(given, self.key)


class Users:
    """The users of a file, as it is now; nobody where the last one is taken out. A change that
    can't be read is told once on stderr, and those who were known stay."""

    def __init__(self, path: Path) -> None:
        """Raises InputError, which names the line and the fault, or that there is no user."""
        self.path = path
        self._seen = _stamp(path)
        self._known = read_users(path)
        if not self._known:
            raise InputError(f"{path} holds no user; run: turncite user add NAME --auth {path}")
        self._nobody = Hashed.of(secrets.token_urlsafe())

    def known(self) -> dict[str, Hashed]:
        stamp = _stamp(self.path)
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._known = read_users(self.path)
            except InputError as error:
                print(f"turncite: {error}; the users known before stay", file=sys.stderr)
        return self._known

    def check(self, name: str, password: str) -> Hashed | None:
        """The user's hash if the password is right. It takes as long for a name that nobody has."""
        kept = self.known().get(name)
        fits = (kept or self._nobody).fits(password)
        return kept if fits else None


def read_users(path: Path) -> dict[str, Hashed]:
    """Raises InputError."""
    users: dict[str, Hashed] = {}
    for number, line in enumerate(_lines(path), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, text = line.strip().rpartition(":")
        try:
            if not colon:
                raise ValueError("it is not `name:hash`")
            check_name(name)
            if name in users:
                raise ValueError(f"{name} has a line above")
            users[name] = Hashed.parse(text)
        except ValueError as error:
            raise InputError(
                f"{path}, line {number}: {error}; take the line out and run: "
                f"turncite user add NAME --auth {path}"
            ) from error
    return users


def check_name(name: str) -> None:
    """Raises ValueError."""
    if not name or name != name.strip() or not name.isprintable() or len(name) > MOST_CHARS:
        raise ValueError(f"a name has 1 to {MOST_CHARS} characters, all of which can be seen")
    if ":" in name or name.startswith("#"):
        raise ValueError("a name has no colon in it and begins with no #")


def add_user(path: Path, name: str, password: str) -> bool:
    """Writes a user's line, or gives one who has a line another password; whether it is a new one.
    Raises InputError."""
    try:
        check_name(name)
        if len(password) < LEAST_CHARS:
            raise ValueError(f"a password has at least {LEAST_CHARS} characters")
    except ValueError as error:
        raise InputError(f"{name or 'nobody'} cannot be added: {error}") from error
    lines = _lines(path) if path.exists() else []
    left = _without(lines, name)
    _write(path, [*left, f"{name}:{Hashed.of(password)}"])
    return len(left) == len(lines)


def remove_user(path: Path, name: str) -> None:
    """Raises InputError."""
    lines = _lines(path)
    left = _without(lines, name)
    if len(left) == len(lines):
        raise InputError(f"{path} has no user {name}")
    _write(path, left)


def others_can_read(path: Path) -> bool:
    return os.name == "posix" and bool(path.stat().st_mode & 0o077)


def _derived(password: str, log_n: int, r: int, p: int, salt: bytes) -> bytes:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=salt,
        n=1 << log_n,
        r=r,
        p=p,
        dklen=_KEY_BYTES,
        maxmem=2 * _MOST_MEMORY_BYTES,
    )


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no text file in UTF-8, so it holds no users") from error
    except FileNotFoundError as error:
        raise InputError(
            f"{path} is not there; make it with: turncite user add NAME --auth {path}"
        ) from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror})") from error


def _without(lines: list[str], name: str) -> list[str]:
    return [line for line in lines if line.strip().rpartition(":")[0] != name]


def _write(path: Path, lines: list[str]) -> None:
    """For its owner's eyes alone, and whole at any instant."""
    target = path.resolve()
    try:
        number, made = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)  # 0600
        try:
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write("".join(f"{line}\n" for line in lines))
            os.replace(made, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(made)
            raise
    except OSError as error:
        raise InputError(f"{path} cannot be written ({error.strerror})") from error
