"""The surroundings of an actor are what the snapshot says of them, asked of either store without building it."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

import pytest

from graph import Snapshot, Store
from graph.errors import InvalidValue, NotFound
from graph.model import Alias, Fact, Participation, Project, Territory
from graph.neighbourhood import Neighbourhood, Tie
from graph.scope import holds
from queries.pairs import pairs_of
from tests.contract.build import actor, day, influence, objective, position, retract, write

LEVELS = ("public", "partenaires", "pilotes")
EVERYONE = [f"A{number:02}" for number in range(14)]
WANTED = [f"O{number}" for number in range(7)]


def territory(seed: int) -> list[Fact]:
    """Actors, several raters, corrections to come, ended statements, hidden ends and hidden statements."""
    chance = random.Random(seed)

    def seen() -> str:
        return chance.choice(LEVELS)

    facts: list[Fact] = [Territory(id="T1", name="territoire", visibility=seen())]
    facts += [
        actor(
            id_, visibility=seen(), person=chance.random() < 0.1, territory="T1", attributes=(("tél", "06"),)
        )
        for id_ in EVERYONE
    ]
    facts += [objective(id_, visibility=seen()) for id_ in WANTED]
    facts += [Project(id=f"J{number}", name=f"projet {number}", visibility=seen()) for number in range(4)]
    said = {}
    for _ in range(160):
        who, what, on = chance.choice(EVERYONE), chance.choice(WANTED), chance.randrange(4)
        rater = chance.choice((None, None, "mairie", "terrain"))
        said[who, what, rater, on] = position(
            who,
            what,
            chance.randint(-4, 4),
            on,
            rater=rater,
            visibility=seen(),
            confidence=chance.choice((None, 0.25, 0.5)),
            valid_to=chance.choice((None, None, None, day(20))),
            retained=chance.random() < 0.1,
        )
    for _ in range(60):
        who, whom = chance.sample(EVERYONE, 2)
        said[who, whom, None, 0] = influence(who, whom, chance.randint(0, 4), visibility=seen())
    for _ in range(20):
        who, what = chance.choice(EVERYONE), f"J{chance.randrange(4)}"
        since, until = chance.choice((None, day(5))), chance.choice((None, day(10)))
        said[who, what, "in", since] = Participation(
            actor=who, project=what, since=since, until=until, visibility=seen()
        )
    return facts + list(said.values())


def slow(snapshot: Snapshot, who: str) -> dict[str, Any]:
    """The same from the whole snapshot, one pair after the other."""
    actors, objectives = snapshot.actors.ids, snapshot.objectives.ids
    me = actors.index(who)

    def ties(judged: Any, pairs: list[tuple[str, int, int]]) -> list[Any]:
        found = []
        contested = set(judged.contested.pair.tolist())
        for other, row, col in pairs:
            value, doubtful = judged.at(row, col), (row << 32 | col) in contested
            if value is not None or doubtful:
                found.append((other, value, judged.confidence_at(row, col), judged.records(row, col)))
        return sorted(found, key=lambda t: (t[1] is None, -abs(t[1] or 0), t[0]))

    shared = []
    pairs = pairs_of(snapshot, 2)
    for other, id_ in enumerate(actors):
        both = [
            (what, a, b)
            for col, what in enumerate(objectives)
            if (a := snapshot.positions.at(me, col)) is not None
            and (b := snapshot.positions.at(other, col)) is not None
        ]
        if both and other != me:
            signs = [[w for w, a, b in both if (a * b > 0) - (a * b < 0) == sign] for sign in (1, -1, 0)]
            records = {r for w, _, _ in both for r in snapshot.positions.records(other, objectives.index(w))}
            shared.append((id_, *signs, float(pairs.c[me, other]), float(pairs.d[me, other]), records))
    return {
        "actor": snapshot.actors[who],
        "positions": ties(snapshot.positions, [(o, me, col) for col, o in enumerate(objectives)]),
        "given": ties(snapshot.influences, [(a, me, col) for col, a in enumerate(actors)]),
        "received": ties(snapshot.influences, [(a, row, me) for row, a in enumerate(actors)]),
        "participations": {
            v.id: v.value
            for v in snapshot.records("participations")
            if v.value.actor == who and holds(v.value.since, v.value.until, snapshot.day)  # type: ignore[attr-defined]
        },
        "shared": sorted(shared, key=lambda s: (-sum(map(len, s[1:4])), s[0])),
    }


def plain(found: Neighbourhood) -> dict[str, Any]:
    def ties(some: tuple[Tie, ...]) -> list[Any]:
        return [(t.id, t.value, t.confidence, t.records) for t in some]

    return {
        "actor": found.actor,
        "positions": ties(found.positions),
        "given": ties(found.given),
        "received": ties(found.received),
        "participations": {t.record: t.value for t in found.participations},
        "shared": [
            (s.id, list(s.agreeing), list(s.opposed), list(s.neutral), s.c, s.d, set(s.records))
            for s in found.shared
        ],
    }


ASKED: tuple[tuple[str, date | None, list[str]], ...] = (
    *((level, None, EVERYONE) for level in LEVELS),
    ("partenaires", day(2), EVERYONE[::3]),
    ("pilotes", day(7), EVERYONE[::3]),
)
"""Level, day and actors asked about."""


def test_it_is_what_the_snapshot_says(store: Store) -> None:
    write(store, *territory(1))
    write(store, *(position("A00", what, 2, 1, visibility="public") for what in WANTED[:3]))
    retract(store, "positions:P5", "influences:I3", "participations:A2")
    looked_at = 0
    for level, as_of, some in ASKED:
        snapshot = store.snapshot(level=level, as_of=as_of)
        for who in some:
            if who not in snapshot.actors:
                with pytest.raises(NotFound):
                    store.neighbourhood(who, level=level, as_of=as_of)
                continue
            found = store.neighbourhood(who, level=level, as_of=as_of)
            assert plain(found) == slow(snapshot, who), (level, who)
            me = snapshot.actors.index[who]
            assert found.objectives == len(snapshot.objectives)
            assert found.stated == int((snapshot.positions.row == me).sum())
            assert found.contested == sum(t.value is None for t in found.positions)
            assert found.revision == snapshot.revision
            looked_at += 1
    assert looked_at > len(EVERYONE)


def test_names_are_given_and_lists_are_cut(store: Store) -> None:
    write(store, *territory(2))
    whole, cut = store.neighbourhood("A01"), store.neighbourhood("A01", limit=2)
    assert {t.name for t in whole.positions} <= {f"Objectif {o}" for o in WANTED}
    assert {s.name for s in whole.shared} <= {f"Acteur {a}" for a in EVERYONE}
    assert {t.name for t in whole.participations} <= {f"projet {number}" for number in range(4)}
    assert whole.cut == ()
    for name in ("positions", "given", "received", "participations", "shared"):
        assert getattr(cut, name) == getattr(whole, name)[:2]
        assert (name in cut.cut) == (len(getattr(whole, name)) > 2)
    assert (cut.stated, cut.influences) == (whole.stated, whole.influences)
    assert store.neighbourhood("A01", radius=1).shared == ()


def test_it_reads_no_more_than_the_surroundings(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    write(store, *territory(3))

    def refused(*_: Any) -> None:
        raise AssertionError("the whole graph was read")

    monkeypatch.setattr("graph.stores.store.read_state", refused)
    assert store.neighbourhood("A02").stated > 0


def test_an_alias_leads_to_the_actor_and_a_hidden_one_nowhere(store: Store) -> None:
    public = {"visibility": "public"}
    write(
        store,
        actor("A1", **public),
        actor("A2"),
        Alias(table="actors", old="Z1", id="A1", **public),
        Alias(table="actors", old="Z2", id="A1"),
        Alias(table="actors", old="Z3", id="A2", **public),
    )
    assert store.neighbourhood("Z1", level="public").actor.id == "A1"
    assert store.neighbourhood("Z2").actor.id == "A1"
    for hidden in ("Z2", "Z3", "A2", "absent"):
        with pytest.raises(NotFound):
            store.neighbourhood(hidden, level="public")


@pytest.mark.parametrize(
    "wrong", [{"radius": 0}, {"radius": 3}, {"limit": 0}, {"limit": 1_001}, {"level": "x"}]
)
def test_what_it_refuses(store: Store, wrong: dict[str, Any]) -> None:
    write(store, actor("A1"))
    with pytest.raises(InvalidValue):
        store.neighbourhood("A1", **wrong)
