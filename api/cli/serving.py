"""Serving and the state of things: ``demo``, ``serve``, ``doctor``."""

from __future__ import annotations

import gc
import importlib.util
import ipaddress
import logging
import platform
import shutil
import socket
import sqlite3
import sys
from typing import Annotated

import typer
import uvicorn

from api import version
from api.access import LOOPBACK_HOSTS, Access, Tokens
from api.app import create_app
from api.cli.context import LangOption, StoreOption, author_of, err, language, opened, out, progress, told
from api.examples_folder import example
from api.logs import log_to
from api.settings import DEMO_STORE, settings
from graph.errors import AgencementsError, Fault, InvalidCall, StoreError
from graph.stores import Store
from ingest import dry_run

FIRST_PORT = 8000
TRIED_PORTS = 100
BAD_ENVIRONMENT = 2
KEPT_ALIVE = 15
"""Seconds an idle connection is kept."""
ENDING = 5
"""Seconds that requests under way get to end when the server is told to stop; supervisors kill after ten."""

PortOption = Annotated[
    int | None, typer.Option("--port", min=1, max=65535, help="Le port ; sinon 8000 ou le suivant libre.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("demo")(demo_command)
    app.command("serve")(serve_command)
    app.command("doctor")(doctor_command)


def demo_command(port: PortOption = None, store: StoreOption = None, lang: LangOption = None) -> None:
    """Charge le territoire d'exemple, le sert sur cette machine et affiche l'adresse."""
    with told(lang), opened(store or DEMO_STORE, create=True) as opened_store:
        if opened_store.head() == 0:
            with progress("Territoire d'exemple") as step:
                dry_run(example("territoire-compose"), opened_store, progress=step).apply(
                    opened_store, author=author_of(None), message="Territoire d'exemple"
                )
        access = Access(Tokens(settings().tokens_path(store or DEMO_STORE)), LOOPBACK_HOSTS, author_of(None))
        _serve(opened_store, access, port, lang)


def serve_command(
    host: Annotated[
        str, typer.Option("--host", help="Adresse d'écoute ; au-delà de cette machine, il faut des jetons.")
    ] = "127.0.0.1",
    port: PortOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Sert le dépôt : sur cette machine, ou au-delà à qui a un jeton."""
    with told(lang):
        tokens = Tokens(settings().tokens_path(store))
        local = _loopback(host)
        if not local and not tokens.all():
            fault = Fault(
                "host",
                host,
                f"--host {host} : sans jetons d'accès, seule cette machine (127.0.0.1) peut être servie. Créez-en un : "
                "agencements token add --role pilot --name …",
                f"--host {host}: without access tokens, only this machine (127.0.0.1) can be served. Make one: "
                "agencements token add --role pilot --name …",
            )
            raise InvalidCall([fault])
        access = Access(tokens, LOOPBACK_HOSTS, author_of(None), required=not local)
        with opened(store, create=True) as opened_store:
            _serve(opened_store, access, port, lang, host)


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _serve(store: Store, access: Access, port: int | None, lang: str | None, host: str = "127.0.0.1") -> None:
    listening = _socket(host, port)
    number = listening.getsockname()[1]
    name = f"[{host}]" if ":" in host else host
    out.print(
        f"Agencements: http://{name}:{number}/ (Ctrl+C to stop)"
        if language(lang) == "en"
        else f"Agencements : http://{name}:{number}/ (Ctrl+C pour arrêter)"
    )
    # a person at a terminal wants the address, an operator every request
    log_to(sys.stderr, logging.WARNING if sys.stderr.isatty() else logging.INFO)
    app = create_app(
        store, access, upload_megabytes=settings().upload_limit, territories=settings().reference
    )
    # what was loaded so far stays as long as the server: looking through it for garbage would hold up some answers
    gc.collect()
    gc.freeze()
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings().proxies,
        timeout_keep_alive=KEPT_ALIVE,
        timeout_graceful_shutdown=ENDING,
    )
    uvicorn.Server(config).run(sockets=[listening])


def _socket(host: str, port: int | None) -> socket.socket:
    """A listening socket: on the port asked for, else on the first free one from 8000 on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in (port,) if port is not None else range(FIRST_PORT, FIRST_PORT + TRIED_PORTS):
        # named TCP: else asyncio leaves small writes waiting 40 ms for an acknowledgement (it sets TCP_NODELAY by this)
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((host, number))
        except OSError:
            listening.close()
            continue
        listening.listen(128)
        return listening
    raise StoreError(
        f"Le port {port or FIRST_PORT} est pris : choisissez-en un autre avec --port.",
        f"Port {port or FIRST_PORT} is taken: choose another with --port.",
    )


def doctor_command(store: StoreOption = None, lang: LangOption = None) -> None:
    """Vérifie l'environnement : versions, dépôt, ce qui est facultatif."""
    english = language(lang) == "en"
    sound = True

    def line(fine: bool, what: str, said: str, needed: bool = True) -> None:
        nonlocal sound
        sound = sound and (fine or not needed)
        mark = "✓" if fine else "✗" if needed else "–"
        out.print(f"{mark} {what} : {said}", markup=False)

    line(sys.version_info >= (3, 11), "Python", platform.python_version())
    line(sqlite3.sqlite_version_info >= (3, 38), "SQLite", sqlite3.sqlite_version)
    line(True, "agencements", version())
    fast = importlib.util.find_spec("numba") is not None
    optional = "optional, faster" if english else "facultatif, plus rapide"
    line(fast, "numba", "ok" if fast else optional, needed=False)
    java = shutil.which("java") is not None and shutil.which("mvn") is not None
    line(
        java,
        "Java, Maven",
        "ok" if java else ("for make neo4j" if english else "pour make neo4j"),
        needed=False,
    )
    try:
        with settings().open(store) as opened_store:
            line(
                True,
                "dépôt" if not english else "store",
                f"{opened_store.address}, révision {opened_store.head()}",
            )
    except AgencementsError as wrong:
        line(False, "dépôt" if not english else "store", wrong.message(language(lang)))
    if not sound:
        err.print("Something is missing." if english else "Il manque quelque chose.", style="bold red")
        raise typer.Exit(BAD_ENVIRONMENT)
