"""Documents kept between questions: worked out once, for one level, never beyond a revision."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from api import documents
from api.documents import Documents, compact
from graph import Store, open_store
from graph.errors import UnknownFilter
from queries.registry import ANALYSES, run
from tests.api.conftest import Command

ASKED = ANALYSES["convergences"]


@pytest.fixture
def store(command: Command) -> Iterator[Store]:
    with open_store(command.url) as found:
        yield found


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Levels for which a document was worked out, in order."""
    found: list[str] = []

    def counted(*arguments: Any, **named: Any) -> Any:
        found.append(named["level"])
        return run(*arguments, **named)

    monkeypatch.setattr(documents, "run", counted)
    return found


def test_the_same_question_is_worked_out_once(store: Store, worked: list[str]) -> None:
    kept = Documents(store)
    first = kept.text(ASKED, {"order": "2"}, "pilotes", "fr")
    assert first == compact(run(store, ASKED, {"order": "2"}))
    assert kept.text(ASKED, {"order": "2"}, "pilotes", "fr") is first
    assert kept.document(ASKED, {"order": "2"}, "pilotes", "fr") == run(store, ASKED, {"order": "2"})
    assert worked == ["pilotes"]


def test_another_level_language_or_parameter_is_another_question(store: Store, worked: list[str]) -> None:
    kept = Documents(store)
    kept.text(ASKED, {}, "pilotes", "fr")
    public = kept.document(ASKED, {}, "public", "fr")
    kept.text(ASKED, {}, "pilotes", "en")
    kept.text(ASKED, {"limit": "1"}, "pilotes", "fr")
    kept.text(ANALYSES["divergences"], {}, "pilotes", "fr")
    assert worked == ["pilotes", "public", "pilotes", "pilotes", "pilotes"]
    # the producers' opinion of the baskets is for pilots
    assert public["coverage"] != kept.document(ASKED, {}, "pilotes", "fr")["coverage"]


def test_a_revision_forgets_what_was_kept(store: Store, worked: list[str]) -> None:
    kept = Documents(store)
    before = kept.document(ASKED, {}, "pilotes", "fr")
    store.undo(1, author="pilote")
    after = kept.document(ASKED, {}, "pilotes", "fr")
    assert (before["revision"], after["revision"]) == (1, 2)
    assert len(worked) == 2
    assert b"amap" not in b"".join(kept._texts.values())


def test_whoever_asks_meanwhile_waits_for_the_same_work(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, begun = threading.Event(), threading.Semaphore(0)

    def slow(*arguments: Any, **named: Any) -> Any:
        begun.release()
        release.wait(30)
        return run(*arguments, **named)

    monkeypatch.setattr(documents, "run", slow)
    kept = Documents(store)
    with ThreadPoolExecutor(9) as pool:
        asking = [pool.submit(kept.text, ASKED, {}, "pilotes", "fr") for _ in range(8)]
        assert begun.acquire(timeout=30)
        # another question is not held up by this one
        release_other = pool.submit(kept.text, ANALYSES["divergences"], {}, "pilotes", "fr")
        assert begun.acquire(timeout=30)
        release.set()
        assert len({id(one.result()) for one in asking}) == 1
        assert release_other.result()
    assert not begun.acquire(blocking=False)


def test_a_refusal_is_told_to_all_and_not_kept(store: Store, worked: list[str]) -> None:
    kept = Documents(store)
    for _ in range(2):
        with pytest.raises(UnknownFilter):
            kept.text(ASKED, {"project": "lune"}, "pilotes", "fr")
    assert len(worked) == 2
    assert kept._under_way == {}


def test_memory_is_bounded_and_the_latest_questions_stay(store: Store, worked: list[str]) -> None:
    size = len(Documents(store).text(ASKED, {}, "pilotes", "fr"))
    kept = Documents(store, most=documents.LARGEST * size + 10 * documents.LARGEST)
    for limit in range(1, 30):
        kept.text(ASKED, {"limit": str(limit)}, "pilotes", "fr")
        assert sum(map(len, kept._texts.values())) == kept._size <= kept._most
    worked.clear()
    kept.text(ASKED, {"limit": "29"}, "pilotes", "fr")
    assert worked == []
    kept.text(ASKED, {"limit": "1"}, "pilotes", "fr")
    assert worked == ["pilotes"]
    assert Documents(store, most=size).text(
        ASKED, {}, "pilotes", "fr"
    )  # too large to keep, given all the same
