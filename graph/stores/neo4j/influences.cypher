// Versions of influences: (:ActorAnchor)-[:INFLUENCE_SAID]->(:ActorAnchor). positions.cypher says the same of
// positions. $at: the revision that the reader sees up to.

// name: by_counter
UNWIND $counters AS counter
MATCH (a:ActorAnchor)-[s:INFLUENCE_SAID {counter: counter}]->(b:ActorAnchor)
WHERE s.revision <= $at AND coalesce(s.closed > $at, true)
RETURN a.id AS row, b.id AS col, s {.*} AS said

// name: versions
UNWIND $counters AS counter
MATCH (a:ActorAnchor)-[s:INFLUENCE_SAID {counter: counter}]->(b:ActorAnchor)
WHERE s.revision <= $at
RETURN a.id AS row, b.id AS col, s {.*} AS said

// name: latest
UNWIND $counters AS counter
MATCH (:ActorAnchor)-[s:INFLUENCE_SAID {counter: counter}]->(:ActorAnchor)
WHERE s.revision <= $at
RETURN counter, max(s.version) AS version

// name: of_pairs
UNWIND $pairs AS pair
MATCH (a:ActorAnchor {id: pair[0]})
MATCH (b:ActorAnchor {id: pair[1]})
MATCH (a)-[s:INFLUENCE_SAID]->(b)
WHERE s.revision <= $at AND coalesce(s.closed <= $at, false) = $past
RETURN a.id AS row, b.id AS col, s {.*} AS said

// name: window
MATCH (a:ActorAnchor)-[s:INFLUENCE_SAID]->(b:ActorAnchor)
WHERE s.counter > $after AND s.counter <= $upto
  AND s.revision <= $at AND ($all OR coalesce(s.closed > $at, true))
RETURN a.id AS row, b.id AS col, s {.*} AS said

// name: touched
MATCH (:ActorAnchor)-[s:INFLUENCE_SAID]->() WHERE s.revision = $revision OR s.closed = $revision
RETURN DISTINCT s.counter AS counter

// name: written_since
MATCH (a:ActorAnchor)
RETURN [(a)-[s:INFLUENCE_SAID]->() WHERE s.revision <= $at AND (s.revision >= $since OR s.closed >= $since) |
        [s.counter, s.revision, s.closed]] AS said

// name: rows_after
MATCH (a:ActorAnchor)-[s:INFLUENCE_SAID]->() WHERE s.revision > $after OR s.closed > $after
WITH DISTINCT a
RETURN a.id AS row, COUNT { (a)-[:INFLUENCE_SAID]->() } AS size

// name: columns
// A hundred actors an answer: each answer costs the driver as much as many statements.
MATCH (a:ActorAnchor) WHERE EXISTS { (a)-[:INFLUENCE_SAID]->() }
WITH a.number / 100 AS portion, collect(a) AS some
RETURN [a IN some | [a.id,
       [(a)-[s:INFLUENCE_SAID]->(b) WHERE s.revision <= $at AND coalesce(s.closed > $at, true) |
        [b.number, s.rater, s.day, s.until, s.value, s.confidence, s.retained, s.visibility, s.counter,
         s.revision]]]] AS lists

// name: columns_of_rows
UNWIND $rows AS row
MATCH (a:ActorAnchor {id: row})
WITH collect(a) AS some
RETURN [a IN some | [a.id,
       [(a)-[s:INFLUENCE_SAID]->(b) WHERE s.revision <= $at AND coalesce(s.closed > $at, true) |
        [b.number, s.rater, s.day, s.until, s.value, s.confidence, s.retained, s.visibility, s.counter,
         s.revision]]]] AS lists

// name: around_rows
UNWIND $ids AS id
MATCH (a:ActorAnchor {id: id})
RETURN a.id AS row,
       [(a)-[s:INFLUENCE_SAID]->(b) WHERE s.revision <= $at AND coalesce(s.closed > $at, true) |
        [b.id, s.rater, s.day, s.until, s.value, s.confidence, s.retained, s.visibility, s.counter,
         s.revision]] AS said

// name: around_cols
UNWIND $ids AS id
MATCH (b:ActorAnchor {id: id})
RETURN b.id AS row,
       [(a:ActorAnchor)-[s:INFLUENCE_SAID]->(b) WHERE s.revision <= $at AND coalesce(s.closed > $at, true) |
        [a.id, s.rater, s.day, s.until, s.value, s.confidence, s.retained, s.visibility, s.counter,
         s.revision]] AS said

// name: insert
// Lists instead of maps: a third of the time. The order is that of rows.statement_row.
UNWIND $rows AS row
MATCH (a:ActorAnchor {id: row[0]})
MATCH (b:ActorAnchor {id: row[1]})
CREATE (a)-[:INFLUENCE_SAID {counter: row[2], version: row[3], revision: row[4], day: row[5], until: row[6],
  rater: row[7], value: row[8], confidence: row[9], retained: row[10], visibility: row[11], source: row[12],
  comment: row[13], attributes: row[14]}]->(b)

// name: close
UNWIND $counters AS counter
MATCH (a:ActorAnchor)-[s:INFLUENCE_SAID {counter: counter}]->(b:ActorAnchor) WHERE s.closed IS NULL
SET s.closed = $revision
RETURN a.id AS row, b.id AS col

// name: close_counted
UNWIND $counters AS counter
MATCH (:ActorAnchor)-[s:INFLUENCE_SAID {counter: counter}]->(:ActorAnchor) WHERE s.closed IS NULL
SET s.closed = $revision
RETURN count(s) AS closed

// name: purge
UNWIND $counters AS counter
MATCH (a:ActorAnchor)-[s:INFLUENCE_SAID {counter: counter}]->(b:ActorAnchor)
WITH s, a.id AS row, b.id AS col, s.closed IS NULL AS believed
DELETE s
RETURN row, col, believed

// name: rewrite
UNWIND $rows AS row
MATCH (:ActorAnchor)-[s:INFLUENCE_SAID {counter: row[2]}]->(:ActorAnchor) WHERE s.version = row[3]
SET s += {day: row[5], until: row[6], rater: row[7], value: row[8], confidence: row[9], retained: row[10],
  visibility: row[11], source: row[12], comment: row[13], attributes: row[14]}

// name: sweep
MATCH (:ActorAnchor)-[s:INFLUENCE_SAID]->() WHERE s.revision > $head
CALL (s) { DELETE s } IN TRANSACTIONS OF $batch ROWS

// name: reopen
MATCH (:ActorAnchor)-[s:INFLUENCE_SAID]->() WHERE s.closed > $head
CALL (s) { REMOVE s.closed } IN TRANSACTIONS OF $batch ROWS

// name: believed_twice
MATCH (:ActorAnchor)-[s:INFLUENCE_SAID]->()
WHERE s.counter > $after AND s.counter <= $upto AND s.closed IS NULL
WITH s.counter AS counter, count(s) AS versions WHERE versions > 1
RETURN counter AS record LIMIT 20

// name: count
MATCH (:ActorAnchor)-[s:INFLUENCE_SAID]->() WHERE s.closed IS NULL RETURN count(s) AS believed

// name: set_pairs
// Rows as in "link", but a pair that has no value is left without an edge.
UNWIND $rows AS row
MATCH (a:Actor {id: row[0]})
MATCH (b:Actor {id: row[1]})
OPTIONAL MATCH (a)-[e:INFLUENCES]->(b)
DELETE e
WITH DISTINCT a, b, row WHERE row[2] IS NOT NULL
CREATE (a)-[new:INFLUENCES {level: row[2]}]->(b) SET new.confidence = row[3]

// name: clear_rows
UNWIND $rows AS row
MATCH (:Actor {id: row})-[e:INFLUENCES]->()
DELETE e

// name: link
UNWIND $rows AS row
MATCH (a:Actor {id: row[0]})
MATCH (b:Actor {id: row[1]})
CREATE (a)-[e:INFLUENCES {level: row[2]}]->(b) SET e.confidence = row[3]

// name: linked
UNWIND $rows AS row
MATCH (a:Actor {id: row})
RETURN a.id AS row, [(a)-[e:INFLUENCES]->(b) | [b.id, e.level, e.confidence]] AS edges
