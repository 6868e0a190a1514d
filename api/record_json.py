"""The JSON of records: documents out, values in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from graph.errors import Fault, InvalidCall, InvalidValue
from graph.model import Document, Fact, FieldSpec, Kind, Table, from_document, to_document
from graph.stores.backend import Version
from graph.stores.checks import FieldRefused, checks
from graph.vocabulary import Vocabulary
from ingest.escaping import unwritable

ENVELOPE_OF = ("id", "version", "revision")
"""What a record's document has beside its fields; a writer may send them back, they are not read."""

EXPECTED = {
    Kind.FLAG: ("true ou false", "true or false"),
    Kind.INTEGER: ("un entier", "an integer"),
    Kind.NUMBER: ("un nombre", "a number"),
    Kind.DATE: ("une date AAAA-MM-JJ", "a date YYYY-MM-DD"),
}
TEXTS = ("du texte", "text")
LISTS = ("une liste de textes", "a list of texts")


def said(table: Table, spec: FieldSpec) -> str:
    """Name of a field in JSON: its own, but a relation's ``id`` is the record's, so what it points to is ``target``."""
    return "target" if spec.name == "id" and not table.entity else spec.name


def record_document(table: Table, version: Version) -> Document:
    """A record as clients read it: every field, ``null`` or empty when it says nothing."""
    document: Document = {"id": version.id, "version": version.version, "revision": version.revision}
    for spec in table.fields:
        item = getattr(version.value, spec.name)
        document[said(table, spec)] = (
            item.isoformat() if isinstance(item, date) else list(item) if spec.many else item
        )
    document["attributes"] = dict(version.value.attributes)
    return document


def record_from(
    table: Table, sent: Mapping[str, Any], vocabulary: Vocabulary, today: date, before: Fact | None = None
) -> Fact:
    """A record as a client wrote it.

    Args:
        table: its table.
        sent: names and values; ``null`` and ``[]`` say nothing.
        vocabulary: the codes in force.
        today: observed facts may not lie after it.
        before: what the record said, which unsent fields keep saying.

    Raises:
        InvalidCall: everything wrong with it, at once.
    """
    faults: list[Fault] = []
    document: Document = {}
    fields = {said(table, spec): spec for spec in table.fields}
    for name, item in sent.items():
        spec = fields.get(name)
        if spec is not None:
            if item is None or item == []:
                continue
            if not _fits(spec, item):
                fr, en = LISTS if spec.many else EXPECTED.get(spec.kind, TEXTS)
                faults.append(_fault(name, item, f"attendu : {fr}.", f"expected: {en}."))
            else:
                document[spec.name] = item
        elif name == "attributes":
            if not isinstance(item, dict) or not all(
                isinstance(v, str) and _text(k + v) for k, v in item.items()
            ):
                faults.append(
                    _fault(name, item, "attendu : un objet de textes.", "expected: an object of texts.")
                )
            elif item:
                document[name] = item
        elif name not in ENVELOPE_OF:
            known = ", ".join(fields)
            faults.append(
                _fault(name, item, f"champ inconnu ; connus : {known}.", f"unknown field; known: {known}.")
            )
    if faults:
        raise InvalidCall(faults)
    kept = {} if before is None else _kept(table, before, sent)
    missing = [
        _fault(said(table, spec), "", "valeur obligatoire.", "a value is required.")
        for spec in table.fields
        if spec.required and spec.name not in document and kept.get(spec.name) in (None, [])
    ]
    if missing:
        raise InvalidCall(missing)
    value = from_document(table, {**kept, **document})
    _check(table, value, vocabulary, today)
    return value


def _kept(table: Table, before: Fact, sent: Mapping[str, Any]) -> Document:
    kept = to_document(before)
    for spec in table.fields:
        if said(table, spec) in sent:
            kept.pop(spec.name, None)
    if "attributes" in sent:
        kept.pop("attributes", None)
    return kept


def _check(table: Table, value: Fact, vocabulary: Vocabulary, today: date) -> None:
    faults = []
    for spec, check in checks(table):
        item = getattr(value, spec.name)
        if item is None or item == ():
            continue
        try:
            check(item, vocabulary, today)
        except FieldRefused as wrong:
            faults.append(_fault(said(table, spec), wrong.value, wrong.why_fr, wrong.why_en))
        except InvalidValue as wrong:
            faults.append(Fault(said(table, spec), str(item)[:80], wrong.fr, wrong.en))
    if faults:
        raise InvalidCall(faults)


def _fits(spec: FieldSpec, item: Any) -> bool:
    if spec.many:
        return isinstance(item, list) and all(isinstance(text, str) and _text(text) for text in item)
    if spec.kind is Kind.FLAG:
        return isinstance(item, bool)
    if spec.kind is Kind.INTEGER:
        return type(item) is int and abs(item) < 2**63
    if spec.kind is Kind.NUMBER:
        return type(item) in (int, float) and abs(item) < 1e300 and math.isfinite(item)
    if not isinstance(item, str) or not _text(item):
        return False
    if spec.kind is not Kind.DATE:
        return True
    try:
        return len(item) == len("AAAA-MM-JJ") and date.fromisoformat(item) is not None
    except ValueError:
        return False


def _text(text: str) -> bool:
    """Whether a text can be kept and given back in any file: controls and halves of surrogate pairs cannot."""
    return text.isprintable() or not any(c not in "\n\t" and unwritable(c) for c in text)


def _fault(name: str, item: object, fr: str, en: str) -> Fault:
    shown = str(item)[:80].encode("utf-8", "replace").decode()
    name = name[:80].encode("utf-8", "replace").decode()
    return Fault(name, shown, f"« {name} » : {fr}", f"'{name}': {en}")
