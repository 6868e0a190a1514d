"""Files cut short or with bytes changed: refused with one sentence, or read the same; never another exception."""

from __future__ import annotations

import zipfile
from collections import deque
from contextlib import suppress
from pathlib import Path

import pytest

from graph import Store
from graph.errors import FileRefused
from ingest.readers import open_source
from tests.ingest.books import BASE, load, plan, refused, rewritten, text, write


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_workbook(store: Store, tmp_path: Path, kind: str, share: float) -> None:
    path = write(tmp_path, BASE, kind)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert "endommagé ou tronqué" in refused(store, path)


@pytest.mark.parametrize(("kind", "part"), [("xlsx", "xl/worksheets/sheet1.xml"), ("ods", "content.xml")])
def test_a_truncated_part(store: Store, tmp_path: Path, kind: str, part: str) -> None:
    path = rewritten(write(tmp_path, BASE, kind), part, lambda xml: xml[: len(xml) - 30])
    assert "endommagé ou tronqué" in refused(store, path)


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_damaged_byte(store: Store, tmp_path: Path, kind: str) -> None:
    """Wherever a byte is changed, the file is refused or read the same: no other exception, never other data."""
    path = write(tmp_path, BASE, kind)
    content = bytearray(path.read_bytes())
    load(store, path)
    for place in range(0, len(content), max(1, len(content) // 40)):
        broken = bytearray(content)
        broken[place] ^= 0xFF
        path.write_bytes(broken)
        try:
            made = plan(store, path)
        except FileRefused:
            continue
        assert made.status == "ready"
        assert not made.changes


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_damaged_directory(tmp_path: Path, kind: str) -> None:
    """Every byte of a container's directory changed in turn, it is refused or opened: its offsets may then point before
    the file and its methods name other compressions, which Python reports with errors of other kinds."""
    path = write(tmp_path, BASE, kind)
    content = path.read_bytes()
    for place in range(content.index(b"PK\x01\x02"), len(content)):
        broken = bytearray(content)
        # 0x04 turns "deflated" (8) into bz2 (12), 0x06 into LZMA (14)
        broken[place] ^= (0xFF, 0x04, 0x06)[place % 3]
        path.write_bytes(broken)
        with suppress(FileRefused):
            for sheet in open_source(path).sheets:
                deque(sheet.lines(), maxlen=0)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA], ids=["bz2", "lzma"])
def test_a_part_said_to_be_compressed_otherwise(store: Store, tmp_path: Path, method: int) -> None:
    # an LZMA stream begins with a version, the size of its properties and these (PKWARE APPNOTE 5.8.8): none are 0xFF
    raw = b"\x09\x14\x05\x00" + b"\xff" * 200
    path = write(tmp_path, BASE, "xlsx")
    with zipfile.ZipFile(path) as old:
        names = old.namelist()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        for name in names:
            new.writestr(name, raw)
    # the method of each part stands 10 bytes into its entry of the directory (PKWARE APPNOTE 4.3.12)
    head, *entries = path.read_bytes().split(b"PK\x01\x02")
    told = (entry[:6] + method.to_bytes(2, "little") + entry[8:] for entry in entries)
    path.write_bytes(b"PK\x01\x02".join([head, *told]))
    assert "endommagé ou tronqué" in refused(store, path)


def test_a_container_whose_directory_points_before_its_start(store: Store, tmp_path: Path) -> None:
    path = write(tmp_path, BASE, "xlsx")
    content = bytearray(path.read_bytes())
    # where the directory says it starts, 16 bytes into the record that ends it (PKWARE APPNOTE 4.3.16): told too far,
    # what Python takes for a prefix of the file is negative and parts start before it
    place = content.rindex(b"PK\x05\x06") + 16
    content[place : place + 4] = (2 * len(content)).to_bytes(4, "little")
    path.write_bytes(content)
    assert "endommagé ou tronqué" in refused(store, path)


def test_a_text_cut_inside_quotes(store: Store, tmp_path: Path) -> None:
    said = refused(store, text(tmp_path, 'id,nom\na,A\nb,"La mairie du vil'))
    assert "acteurs.csv, vers la ligne 3 : guillemets mal fermés" in said
    assert "tronqué" in said
