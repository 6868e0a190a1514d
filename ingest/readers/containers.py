"""Zip containers and XML parts, opened with suspicion: sizes, ratios, entities, damage."""

from __future__ import annotations

import errno
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from graph.errors import FileRefused

MAX_UNPACKED = 4 << 30
"""Most bytes a container may unpack to: a spreadsheet of a million full rows stays well below."""

MAX_RATIO = 400
"""Most times its own size a part beyond :data:`RATIO_FROM` may unpack to; spreadsheets stay below 100."""

RATIO_FROM = 16 << 20
"""Bytes below which a part is read whatever its ratio."""

MAX_PART = 64 << 20
"""Most bytes of a part that is read whole (list of sheets, styles, manifest)."""

CHUNK = 1 << 16

Started = Callable[[str, dict[str, str]], None]
Ended = Callable[[str], None]


def damaged(name: str) -> FileRefused:
    """The refusal of a file that cannot be read to its end."""
    return FileRefused(
        f"{name} : le fichier est endommagé ou tronqué. Rouvrez-le dans votre tableur, enregistrez-le à nouveau, "
        "ou demandez-en une nouvelle copie.",
        f"{name}: the file is damaged or truncated. Open it in your spreadsheet, save it again, or get a new copy.",
    )


def entities_refused(name: str) -> FileRefused:
    """The refusal of XML that declares a document type, the way to entities and to other files."""
    return FileRefused(
        f"{name} : le XML déclare un type de document ou des entités, ce qu'aucun tableur n'écrit. "
        "Par sécurité, il n'est pas lu ; enregistrez-le à nouveau depuis votre logiciel.",
        f"{name}: the XML declares a document type or entities, which no spreadsheet writes. "
        "For safety it is not read; save it again from your software.",
    )


def _bomb(name: str) -> FileRefused:
    return FileRefused(
        f"{name} : le fichier se déploie de façon démesurée (bombe de décompression ?) ; il n'est pas lu. "
        "Supprimez les lignes et feuilles inutiles, puis enregistrez à nouveau.",
        f"{name}: the file unpacks beyond measure (a zip bomb?); it is not read. "
        "Delete needless rows and sheets, then save again.",
    )


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a zip container after checking what it would unpack to.

    Raises:
        FileRefused: damaged, encrypted by zip, or a bomb.
    """
    with reading(path.name), zipfile.ZipFile(path) as container:
        total = 0
        for part in container.infolist():
            total += part.file_size
            swollen = part.file_size > RATIO_FROM and part.file_size > MAX_RATIO * max(part.compress_size, 1)
            if swollen or total > MAX_UNPACKED:
                raise _bomb(path.name)
            if part.flag_bits & 0x1:
                raise protected(path.name)
        yield container


def protected(name: str) -> FileRefused:
    """The refusal of a file under a password."""
    return FileRefused(
        f"{name} : le fichier est protégé par un mot de passe. Enregistrez-en une copie sans mot de passe.",
        f"{name}: the file is protected by a password. Save a copy without a password.",
    )


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn whatever a damaged container or part raises into one refusal.

    Raises:
        FileRefused: damaged, or a document type was declared.
    """
    try:
        yield
    except DefusedXmlException as fault:
        raise entities_refused(name) from fault
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        EOFError,
        NotImplementedError,
        ParseError,
        expat.ExpatError,
        KeyError,
        IndexError,
        ValueError,
    ) as fault:
        raise damaged(name) from fault
    except OSError as fault:
        # a damaged directory sends zipfile before the start of the file (EINVAL), damaged bz2 has no errno;
        # any other is the disk's, and its own words say more
        if fault.errno not in (None, errno.EINVAL):
            raise
        raise damaged(name) from fault


def whole(container: zipfile.ZipFile, part: str) -> Element:
    """A small part as a tree.

    Raises:
        FileRefused: larger than :data:`MAX_PART`.
    """
    if container.getinfo(part).file_size > MAX_PART:
        raise _bomb(str(container.filename))
    return fromstring(container.read(part), forbid_dtd=True)


def pump(
    stream: IO[bytes], name: str, start: Started, end: Ended, text: Callable[[str], None]
) -> Iterator[None]:
    """Parse XML piece by piece, pausing after each so that the caller can drain what was found.

    Element names come without namespace, attributes as ``uri local`` or bare. Memory does not grow.

    Args:
        stream: the XML.
        name: the file, for messages.
        start: told each element's name and attributes as it opens.
        end: told each element's name as it closes.
        text: told character data.

    Raises:
        FileRefused: a document type is declared.
        xml.parsers.expat.ExpatError: not well formed.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    local: dict[str, str] = {}

    def started(qualified: str, attributes: dict[str, str]) -> None:
        bare = local.get(qualified)
        if bare is None:
            bare = local[qualified] = qualified.rpartition(" ")[2]
        start(bare, attributes)

    def ended(qualified: str) -> None:
        end(local[qualified])

    def doctype(*_declared: object) -> None:
        raise entities_refused(name)

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = doctype
    while piece := stream.read(CHUNK):
        parser.Parse(piece, False)
        yield
    parser.Parse(b"", True)
    yield


def grown(stream: IO[bytes], name: str) -> Iterator[Element]:
    """The children of each part of a document's root (the rows of a sheet's data), as they are finished, in order.

    Elements are built in C, several times faster than :func:`pump` tells of them one by one; each is dropped once it is
    given, so that memory does not grow.

    Args:
        stream: the XML.
        name: the file, for messages.

    Raises:
        FileRefused: a document type is declared.
        ParseError: not well formed.
    """
    builder = TreeBuilder()
    # the root grows under an element of ours, since a parser only gives its root at the end
    above = builder.start("above", {})
    parser = XMLParser(target=builder)
    prologue = _Prologue(name)
    while piece := stream.read(CHUNK):
        prologue.read(piece)
        parser.feed(piece)
        for root in above:
            yield from _finished(root, 1)
    builder.end("above")
    parser.close()
    for root in above:
        yield from _finished(root, 0)


def _finished(root: Element, open_: int) -> Iterator[Element]:
    """Grandchildren that are whole, ``open_`` at the end of the last child not being so; they leave the tree."""
    last = len(root) - 1
    for place, part in enumerate(root):
        whole_ones = len(part) - (open_ if place == last else 0)
        if whole_ones > 0:
            yield from part[:whole_ones]
            del part[:whole_ones]
    if last > 0:
        del root[:last]


class _Prologue:
    """What comes before the root, the only place for a document type: it is refused before anything is built."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._over = False
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._end

    def read(self, piece: bytes) -> None:
        if not self._over:
            self._parser.Parse(piece, False)

    def _refuse(self, *_declared: object) -> None:
        raise entities_refused(self._name)

    def _end(self, *_root: object) -> None:
        self._over = True
