// The store as a whole: schema, head, revisions, raters.

// name: schema
OPTIONAL MATCH (s:Schema {name: 'agencements'})
RETURN s.version AS version

// name: foreign
MATCH (n) RETURN 1 AS found LIMIT 1

// name: migrated
MERGE (s:Schema {name: 'agencements'}) SET s.version = $version

// name: await_indexes
CALL db.awaitIndexes(300)

// name: head
MATCH (h:Head {name: 'head'})
WITH h, h.revision AS revision
OPTIONAL MATCH (r:Revision {number: revision})
RETURN revision, h.projected AS projected, h.pending AS pending, h.importing AS importing,
       r {.*, records: null} AS written

// name: enter
// Lock out other writers; wait for none when a staged import is under way or was left unfinished.
MATCH (h:Head {name: 'head'}) WHERE h.importing IS NULL
MATCH (g:Gate {name: 'gate'}) SET g.holder = $token
WITH g
MATCH (now:Head {name: 'head'})
WITH now, now.revision AS revision
OPTIONAL MATCH (r:Revision {number: revision})
// A head that is moving may be read half: a number from before, and no revision pending any more.
OPTIONAL MATCH (next:Revision {number: revision + 1})
RETURN revision, now.projected AS projected, coalesce(now.pending, next.number) AS pending,
       now.importing AS importing, r {.*, records: null} AS written

// name: lock_gate
MATCH (g:Gate {name: 'gate'}) SET g.holder = $token

// name: claim
MATCH (h:Head {name: 'head'}) SET h.importing = $token

// name: guard
// Written, not only read: the lock keeps a sweep from running beside this batch.
MATCH (h:Head {name: 'head'}) WHERE h.importing = $token SET h.importing = $token RETURN h.revision AS revision

// name: release
MATCH (h:Head {name: 'head'}) WHERE h.importing = $token REMOVE h.importing

// name: seal
// Everything of the revision is written; it shows when the head moves, in a transaction of its own.
CREATE (r:Revision) SET r = $written
WITH r
MATCH (h:Head {name: 'head'})
SET h.pending = r.number, h.projected = coalesce($projected, h.projected)
REMOVE h.importing

// name: move_head
// The server lets readers see a transaction while it is being applied, piece by piece. The lock on the head waits
// until the one that sealed the revision is wholly there; only then does the head say so. Safe to repeat.
MATCH (h:Head {name: 'head'}) SET h.turn = $token
WITH h
MATCH (now:Head {name: 'head'}) WHERE now.pending IS NOT NULL
SET now.revision = now.pending
REMOVE now.pending

// name: projected
MATCH (h:Head {name: 'head'}) SET h.projected = $revision

// name: revision
MATCH (r:Revision {number: $number}) RETURN r {.*, records: null} AS revision, r.records AS records

// name: revisions
MATCH (r:Revision) WHERE r.number < $before
RETURN r {.*, records: null} AS revision ORDER BY r.number DESC LIMIT $limit

// name: rewrite_revisions
UNWIND $rows AS row
MATCH (r:Revision {number: row.number}) SET r.author = row.author, r.message = row.message

// name: touched_since
MATCH (r:Revision) WHERE r.number > $after AND r.number <= $at
RETURN r.number AS number, r.records AS records, r.erased IS NOT NULL AS erased ORDER BY number

// name: forget_touched
MATCH (r:Revision) WHERE any(record IN r.records WHERE record IN $uids)
SET r.records = [record IN r.records WHERE NOT record IN $uids]

// name: raters
MATCH (r:Rater) WHERE r.code <= $last RETURN r.code AS code, r.text AS text

// name: add_raters
UNWIND $rows AS row CREATE (r:Rater) SET r = row

// name: drop_raters
MATCH (r:Rater)
WHERE NOT EXISTS { ()-[p:POSITION_SAID]->() WHERE p.rater = r.code }
  AND NOT EXISTS { ()-[i:INFLUENCE_SAID]->() WHERE i.rater = r.code }
DELETE r

// name: sweep_raters
MATCH (r:Rater) WHERE r.code > $last DELETE r

// name: sweep_actor_anchors
MATCH (a:ActorAnchor) WHERE a.number > $last CALL (a) { DELETE a } IN TRANSACTIONS OF $batch ROWS

// name: sweep_objective_anchors
MATCH (a:ObjectiveAnchor) WHERE a.number > $last CALL (a) { DELETE a } IN TRANSACTIONS OF $batch ROWS

// name: sweep_territory_anchors
MATCH (a:TerritoryAnchor) WHERE a.number > $last CALL (a) { DELETE a } IN TRANSACTIONS OF $batch ROWS

// name: find_anchors
// Of all kinds at once: a write asks few questions.
UNWIND $actor AS id MATCH (a:ActorAnchor {id: id}) RETURN 'actor' AS kind, id
UNION ALL
UNWIND $objective AS id MATCH (a:ObjectiveAnchor {id: id}) RETURN 'objective' AS kind, id
UNION ALL
UNWIND $territory AS id MATCH (a:TerritoryAnchor {id: id}) RETURN 'territory' AS kind, id

// name: add_actor_anchors
UNWIND $rows AS row CREATE (a:ActorAnchor) SET a = row

// name: add_objective_anchors
UNWIND $rows AS row CREATE (a:ObjectiveAnchor) SET a = row

// name: add_territory_anchors
UNWIND $rows AS row CREATE (a:TerritoryAnchor) SET a = row

// name: drop_actor_anchors
MATCH (a:ActorAnchor) WHERE NOT EXISTS { (a)--() } DELETE a

// name: drop_objective_anchors
MATCH (a:ObjectiveAnchor) WHERE NOT EXISTS { (a)--() } DELETE a

// name: drop_territory_anchors
MATCH (a:TerritoryAnchor) WHERE NOT EXISTS { (a)--() } DELETE a

// name: objective_anchors
MATCH (a:ObjectiveAnchor) WITH a.number / 1000 AS portion, collect([a.number, a.id]) AS some RETURN some

// name: actor_anchors
MATCH (a:ActorAnchor) WITH a.number / 1000 AS portion, collect([a.number, a.id]) AS some RETURN some

// name: territory_anchors
MATCH (a:TerritoryAnchor) WITH a.number / 1000 AS portion, collect([a.number, a.id]) AS some RETURN some

// name: recount
MATCH (r:Revision {number: $number}) SET r.counters = $counters
