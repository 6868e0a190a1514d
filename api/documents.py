"""Documents of analyses as JSON text, each worked out once at a revision however many ask."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from fastapi import Request

from graph.model import Document
from graph.stores import Store
from queries.registry import Analysis, run

KEPT_BYTES = 64_000_000
"""Text kept in memory, the questions asked last."""

LARGEST = 8
"""A document may take up one part in so many of it; a larger one is not kept."""

Question = tuple[str, str, str, str]


class Documents:
    """Answers kept by question, reader's level and language, until the next revision.

    A document depends on these and on the revision alone, so it can be shown again to whoever may see that level. An
    erasure is a revision: what was kept before it is forgotten at the first question after it.

    Args:
        store: where they are worked out.
        most: bytes kept.
    """

    def __init__(self, store: Store, most: int = KEPT_BYTES) -> None:
        self._store = store
        self._most = most
        self._lock = threading.Lock()
        self._revision = -1
        self._texts: OrderedDict[Question, bytes] = OrderedDict()
        self._size = 0
        self._under_way: dict[tuple[int, Question], Future[bytes]] = {}

    def text(
        self,
        analysis: Analysis,
        given: Mapping[str, object],
        level: str,
        lang: str,
        revision: int | None = None,
    ) -> bytes:
        """The document as compact JSON.

        Whoever asks while it is being worked out waits for that, and hears of the same refusal.

        Args:
            analysis: which.
            given: its parameters as typed.
            level: what the reader may see.
            lang: of the sentences.
            revision: head of the store, when it was just read.

        Raises:
            AgencementsError: as :func:`queries.registry.run` refuses.
        """
        head = self._store.head() if revision is None else revision
        question = (analysis.path, json.dumps(given, sort_keys=True, ensure_ascii=False), level, lang)
        with self._lock:
            self._forget_before(head)
            if head == self._revision and question in self._texts:
                self._texts.move_to_end(question)
                return self._texts[question]
            waited = self._under_way.get((head, question))
            mine = waited or self._under_way.setdefault((head, question), Future())
        if waited is not None:
            return waited.result()
        try:
            found = compact(run(self._store, analysis, given, level=level, lang=lang))
        except BaseException as wrong:
            self._done(head, question)
            mine.set_exception(wrong)
            raise
        self._done(head, question, found)
        mine.set_result(found)
        return found

    def document(
        self,
        analysis: Analysis,
        given: Mapping[str, object],
        level: str,
        lang: str,
        revision: int | None = None,
    ) -> Document:
        """The same as a document of its own, for pages and tables."""
        found: Document = json.loads(self.text(analysis, given, level, lang, revision))
        return found

    def _forget_before(self, head: int) -> None:
        if head > self._revision:
            self._texts.clear()
            self._revision, self._size = head, 0

    def _done(self, head: int, question: Question, text: bytes | None = None) -> None:
        with self._lock:
            del self._under_way[head, question]
            if text is None or head != self._revision or len(text) > self._most // LARGEST:
                return
            self._texts[question] = text
            self._size += len(text)
            while self._size > self._most:
                _, gone = self._texts.popitem(last=False)
                self._size -= len(gone)


def compact(document: Any) -> bytes:
    """A document as JSON without spaces."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def documents_of(request: Request) -> Documents:
    """Those of the application that answers."""
    found = request.app.state.documents
    assert isinstance(found, Documents)
    return found
