"""Who asks, and what they may see: roles, access tokens, and the door every request goes through."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import tempfile
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.requests import cookie_parser

from graph.errors import AgencementsError, InvalidValue, StoreError

ROLES = {"pilot": "pilotes", "analyst": "partenaires", "screen": "public"}
"""What each role may see, as a level of visibility."""

PILOT = "pilot"
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OPEN_PATHS = ("/health", "/ready")
"""Asked by supervisors, who hold no token; they say nothing of the content."""

ENTRANCE = ("/acces", "/static/app.css", "/static/map/map.css")
"""Where a browser hands over its token, and what that page looks like."""

COOKIE = "agencements"
"""Cookie of a browser that came in: the token itself, which no script can read and no other site can send."""

LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")
TOKEN_BYTES = 32
"""Random bytes of a token: too many to guess, so that a plain hash is enough to keep."""

PRIVATE = 0o600
MAX_TOKEN_NAME = 100


class Unauthenticated(AgencementsError):
    """No token, or one that is not (any more) known (HTTP 401)."""

    code = "unauthenticated"
    status = 401


class Forbidden(AgencementsError):
    """A known reader asks for what its role may not do (HTTP 403)."""

    code = "forbidden"
    status = 403


@dataclass(frozen=True)
class Reader:
    """Who asks.

    Attributes:
        name: of the token, or the author configured when nobody needs one.
        role: one of :data:`ROLES`.
    """

    name: str
    role: str

    @property
    def level(self) -> str:
        """What it may see."""
        return ROLES[self.role]


@dataclass(frozen=True)
class Token:
    """What is kept of a token: never the token itself.

    Attributes:
        id: to name it when revoking; not a secret.
        name: who or what holds it.
        role: one of :data:`ROLES`.
        sha256: hash of the secret, in hexadecimal.
        created: ISO day.
    """

    id: str
    name: str
    role: str
    sha256: str
    created: str


def hashed(secret: str) -> str:
    """SHA-256 of a token, in hexadecimal."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


class Tokens:
    """The tokens of a store, in a file of hashes; read again when the file changes.

    Args:
        path: the file; absent, there are no tokens.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, int, int] | None = None
        self._known: tuple[Token, ...] = ()

    def all(self) -> tuple[Token, ...]:
        """The tokens in force, oldest first.

        Raises:
            StoreError: the file cannot be read or is not one of ours; nobody is let in meanwhile.
        """
        with self._lock:
            try:
                state = self.path.stat()
            except FileNotFoundError:
                self._seen, self._known = None, ()
                return ()
            except OSError as fault:
                raise self._unreadable() from fault
            seen = (state.st_mtime_ns, state.st_size, state.st_ino)
            if seen != self._seen:
                self._known = self._read()
                self._seen = seen
            return self._known

    def add(self, name: str, role: str, *, today: date) -> tuple[Token, str]:
        """Make a token.

        Returns:
            What is kept, and the token itself, which is shown once and never kept.

        Raises:
            InvalidValue: unknown role, or a name that is empty, too long or taken.
        """
        if role not in ROLES:
            known = ", ".join(ROLES)
            raise InvalidValue(
                f"Rôle inconnu : « {role} » ; attendu : {known}.",
                f"Unknown role: '{role}'; expected: {known}.",
            )
        if not name.strip() or len(name) > MAX_TOKEN_NAME or not name.isprintable():
            raise InvalidValue(
                f"Nom de jeton : de 1 à {MAX_TOKEN_NAME} caractères imprimables.",
                f"Token name: 1 to {MAX_TOKEN_NAME} printable characters.",
            )
        existing = self.all()
        if any(token.name == name for token in existing):
            raise InvalidValue(
                f"Un jeton « {name} » existe déjà : révoquez-le ou choisissez un autre nom.",
                f"There is already a token '{name}': revoke it or choose another name.",
            )
        secret = secrets.token_urlsafe(TOKEN_BYTES)
        token = Token(secrets.token_hex(4), name, role, hashed(secret), today.isoformat())
        self._write((*existing, token))
        return token, secret

    def revoke(self, which: str) -> Token:
        """Forget a token, by id or by name.

        Raises:
            InvalidValue: there is none.
        """
        existing = self.all()
        gone = next((token for token in existing if which in (token.id, token.name)), None)
        if gone is None:
            raise InvalidValue(f"Aucun jeton « {which} ».", f"There is no token '{which}'.")
        self._write(token for token in existing if token is not gone)
        return gone

    def reader(self, secret: str) -> Reader | None:
        """Whose token it is; every hash is compared, in constant time."""
        asked = hashed(secret)
        found: Reader | None = None
        for token in self.all():
            if hmac.compare_digest(asked, token.sha256):
                found = Reader(token.name, token.role)
        return found

    def _read(self) -> tuple[Token, ...]:
        try:
            listed = json.loads(self.path.read_text(encoding="utf-8"))
            known = tuple(Token(**item) for item in listed["tokens"])
        except (OSError, ValueError, TypeError, KeyError) as fault:
            raise self._unreadable() from fault
        if any(token.role not in ROLES for token in known):
            raise self._unreadable()
        return known

    def _write(self, tokens: Iterable[Token]) -> None:
        text = json.dumps({"tokens": [asdict(token) for token in tokens]}, ensure_ascii=False, indent=1)
        try:
            # mkstemp makes the file for its owner alone
            handle, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{self.path.name}-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    stream.write(text + "\n")
                    stream.flush()
                    os.fsync(stream.fileno())
                Path(name).chmod(PRIVATE)
                Path(name).replace(self.path)
            finally:
                Path(name).unlink(missing_ok=True)
        except OSError as fault:
            raise StoreError(
                f"{self.path} : impossible d'écrire ici ({fault.strerror}).",
                f"{self.path}: cannot write here ({fault.strerror}).",
            ) from fault

    def _unreadable(self) -> StoreError:
        return StoreError(
            f"{self.path.name} : ce fichier de jetons ne peut pas être lu.",
            f"{self.path.name}: this file of tokens cannot be read.",
        )


@dataclass(frozen=True)
class Access:
    """How readers are told apart.

    Attributes:
        tokens: once there is one, every request needs one.
        hosts: names this machine answers to while no token is needed, so that a page from elsewhere that makes its
            own name point here is refused; ``None`` accepts any.
        author: who writes when no token is needed.
        required: a token is needed even if none is left in the file: bound beyond loopback.
    """

    tokens: Tokens | None = None
    hosts: tuple[str, ...] | None = None
    author: str = "pilote"
    required: bool = False

    def reader(self, method: str, path: str, headers: Headers) -> Reader | None:
        """Who asks; ``None`` for the few paths that need nobody.

        Raises:
            Unauthenticated: no token, or an unknown one.
            Forbidden: a page of another origin wants to write, or asks under a name that is not ours.
        """
        host = headers.get("host", "")
        origin = headers.get("origin")
        if method not in SAFE_METHODS and origin is not None and urlsplit(origin).netloc != host:
            raise Forbidden(
                "Cette écriture vient d'une page d'un autre site : elle est refusée.",
                "This write comes from a page of another site: it is refused.",
            )
        if path in OPEN_PATHS:
            return None
        if self.tokens is None or not (self.required or self.tokens.all()):
            if self.hosts is not None and _hostname(host) not in self.hosts:
                raise Forbidden(
                    "Sans jeton d'accès, seule cette machine est servie, sous son nom local (127.0.0.1).",
                    "Without access tokens only this machine is served, under its local name (127.0.0.1).",
                )
            return Reader(self.author, PILOT)
        if path in ENTRANCE:
            return None
        secret = _secret(headers)
        found = self.tokens.reader(secret) if secret else None
        if found is None:
            raise Unauthenticated(
                "Un jeton d'accès valable est nécessaire (en-tête « Authorization: Bearer … », ou la page /acces).",
                "A valid access token is needed (header 'Authorization: Bearer …', or the page /acces).",
            )
        return found


def _secret(headers: Headers) -> str:
    """The token of a request: in its header, else in the cookie of a browser that came in by the entrance."""
    scheme, _, secret = headers.get("authorization", "").partition(" ")
    if scheme:
        return secret.strip() if scheme.lower() == "bearer" else ""
    cookies = cookie_parser(headers.get("cookie", ""))
    return cookies.get(COOKIE, "")


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def reader_of(request: Request) -> Reader:
    """Who asks: set by the door, before any route."""
    reader = request.state.reader
    assert isinstance(reader, Reader)
    return reader


def pilot_of(request: Request) -> Reader:
    """Who asks, a pilot.

    Raises:
        Forbidden: another role.
    """
    reader = reader_of(request)
    if reader.role != PILOT:
        raise Forbidden(
            "Réservé aux pilotes : demandez-leur, ou utilisez un jeton de pilote.",
            "For pilots only: ask them, or use a pilot's token.",
        )
    return reader
