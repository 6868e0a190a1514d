// Versions of flows: (:TerritoryAnchor)-[:FLOW_SAID]->(:TerritoryAnchor). What many of them share stands once, in
// (:FlowSeries). $at: the revision that the reader sees up to.

// name: by_counter
UNWIND $counters AS counter
MATCH (a:TerritoryAnchor)-[s:FLOW_SAID {counter: counter}]->(b:TerritoryAnchor)
WHERE s.revision <= $at AND coalesce(s.closed > $at, true)
RETURN a.id AS row, b.id AS col, s {.*} AS said

// name: versions
UNWIND $counters AS counter
MATCH (a:TerritoryAnchor)-[s:FLOW_SAID {counter: counter}]->(b:TerritoryAnchor)
WHERE s.revision <= $at
RETURN a.id AS row, b.id AS col, s {.*} AS said

// name: latest
UNWIND $counters AS counter
MATCH (:TerritoryAnchor)-[s:FLOW_SAID {counter: counter}]->(:TerritoryAnchor)
WHERE s.revision <= $at
RETURN counter, max(s.version) AS version

// name: of_pairs
UNWIND $pairs AS pair
MATCH (a:TerritoryAnchor {id: pair[0]})
MATCH (b:TerritoryAnchor {id: pair[1]})
MATCH (a)-[s:FLOW_SAID]->(b)
WHERE s.revision <= $at AND coalesce(s.closed <= $at, false) = $past
RETURN a.id AS row, b.id AS col, s {.*} AS said

// name: window
MATCH (a:TerritoryAnchor)-[s:FLOW_SAID]->(b:TerritoryAnchor)
WHERE s.counter > $after AND s.counter <= $upto
  AND s.revision <= $at AND ($all OR coalesce(s.closed > $at, true))
RETURN a.id AS row, b.id AS col, s {.*} AS said

// name: touched
MATCH (:TerritoryAnchor)-[s:FLOW_SAID]->() WHERE s.revision = $revision OR s.closed = $revision
RETURN DISTINCT s.counter AS counter

// name: written_since
MATCH (a:TerritoryAnchor)
RETURN [(a)-[s:FLOW_SAID]->() WHERE s.revision <= $at AND (s.revision >= $since OR s.closed >= $since) |
        [s.counter, s.revision, s.closed]] AS said

// name: rows_after
MATCH (a:TerritoryAnchor)-[s:FLOW_SAID]->() WHERE s.revision > $after OR s.closed > $after
WITH DISTINCT a
RETURN a.id AS row, COUNT { (a)-[:FLOW_SAID]->() } AS size ORDER BY row

// name: columns
MATCH (a:TerritoryAnchor) WHERE EXISTS { (a)-[:FLOW_SAID]->() }
WITH a.number / 100 AS portion, collect(a) AS some
RETURN [a IN some | [a.number,
       [(a)-[s:FLOW_SAID]->(b) WHERE s.revision <= $at AND coalesce(s.closed > $at, true) |
        [b.number, s.series, s.quantity, s.truncated, s.visibility, s.counter]]]] AS lists

// name: columns_closed
MATCH (a:TerritoryAnchor) WHERE EXISTS { (a)-[:FLOW_SAID]->() }
WITH a.number / 100 AS portion, collect(a) AS some
RETURN [a IN some | [a.number,
       [(a)-[s:FLOW_SAID]->(b) WHERE s.closed <= $at |
        [b.number, s.series, s.quantity, s.truncated, s.visibility, s.counter]]]] AS lists

// name: leaving
MATCH (a:TerritoryAnchor {id: $id})
RETURN a.id AS row,
       [(a)-[s:FLOW_SAID]->(b) WHERE s.revision <= $at AND coalesce(s.closed > $at, true) |
        [b.id, s.series, s.quantity, s.truncated, s.visibility, s.counter]] AS said

// name: arriving
MATCH (b:TerritoryAnchor {id: $id})
RETURN b.id AS row,
       [(b)<-[s:FLOW_SAID]-(a) WHERE a <> b AND s.revision <= $at AND coalesce(s.closed > $at, true) |
        [a.id, s.series, s.quantity, s.truncated, s.visibility, s.counter]] AS said

// name: insert
// The order is that of flow_rows.flow_row.
UNWIND $rows AS row
MATCH (a:TerritoryAnchor {id: row[0]})
MATCH (b:TerritoryAnchor {id: row[1]})
CREATE (a)-[:FLOW_SAID {counter: row[2], version: row[3], revision: row[4], series: row[5], quantity: row[6],
  truncated: row[7], confidence: row[8], visibility: row[9], attributes: row[10]}]->(b)

// name: insert_new
// By origin, so that it is looked up once and what is sent is half as long.
UNWIND $rows AS row
MATCH (a:TerritoryAnchor {id: row[0]})
UNWIND row[1] AS flow
MATCH (b:TerritoryAnchor {id: flow[0]})
CREATE (a)-[:FLOW_SAID {counter: flow[1], version: 1, revision: $revision, series: flow[2], quantity: flow[3],
  truncated: flow[4], visibility: flow[5]}]->(b)

// name: close_counted
UNWIND $counters AS counter
MATCH (:TerritoryAnchor)-[s:FLOW_SAID {counter: counter}]->(:TerritoryAnchor) WHERE s.closed IS NULL
SET s.closed = $revision
RETURN count(s) AS closed

// name: purge
UNWIND $counters AS counter
MATCH (a:TerritoryAnchor)-[s:FLOW_SAID {counter: counter}]->(b:TerritoryAnchor)
WITH s, a.id AS row, b.id AS col, s.closed IS NULL AS believed
DELETE s
RETURN row, col, believed

// name: rewrite
UNWIND $rows AS row
MATCH (:TerritoryAnchor)-[s:FLOW_SAID {counter: row[2]}]->(:TerritoryAnchor) WHERE s.version = row[3]
SET s += {series: row[5], quantity: row[6], truncated: row[7], confidence: row[8], visibility: row[9],
  attributes: row[10]}

// name: sweep
MATCH (:TerritoryAnchor)-[s:FLOW_SAID]->() WHERE s.revision > $head
CALL (s) { DELETE s } IN TRANSACTIONS OF $batch ROWS

// name: reopen
MATCH (:TerritoryAnchor)-[s:FLOW_SAID]->() WHERE s.closed > $head
CALL (s) { REMOVE s.closed } IN TRANSACTIONS OF $batch ROWS

// name: believed_twice
MATCH (:TerritoryAnchor)-[s:FLOW_SAID]->()
WHERE s.counter > $after AND s.counter <= $upto AND s.closed IS NULL
WITH s.counter AS counter, count(s) AS versions WHERE versions > 1
RETURN counter AS record LIMIT 20

// name: count
MATCH (:TerritoryAnchor)-[s:FLOW_SAID]->() WHERE s.closed IS NULL RETURN count(s) AS believed

// name: series
MATCH (t:FlowSeries)
RETURN t.code AS code, coalesce(t.kind, '') AS kind, coalesce(t.unit, '') AS unit, coalesce(t.year, 0) AS year,
       coalesce(t.source, '') AS source

// name: add_series
UNWIND $rows AS row
CREATE (:FlowSeries {code: row[0], kind: row[1], unit: row[2], year: row[3], source: row[4]})

// name: drop_series
MATCH ()-[s:FLOW_SAID]->()
WITH collect(DISTINCT s.series) AS used
MATCH (t:FlowSeries) WHERE NOT t.code IN used
DELETE t

// name: sweep_series
MATCH (t:FlowSeries) WHERE t.code > $last DELETE t

// name: clear_rows
UNWIND $rows AS row
MATCH (:Territory {id: row})-[e:FLOWS_TO]->()
DELETE e

// name: link_rows
// The plain graph from the versions, without their journey to the client and back. The source, a long text, stands once in
// (:FlowSeries {code: series}): of all that an edge holds it took longest to write.
UNWIND $rows AS row
MATCH (x:Territory {id: row})
MATCH (:TerritoryAnchor {id: row})-[s:FLOW_SAID]->(b:TerritoryAnchor)
WHERE s.revision <= $at AND coalesce(s.closed > $at, true)
WITH x, s.series AS code, collect([s, b.id]) AS said
// once for all the flows of a series that leave a territory
MATCH (t:FlowSeries {code: code})
WITH x, code, t.kind AS kind, t.unit AS unit, t.year AS year, said
UNWIND said AS one
MATCH (y:Territory {id: one[1]})
WITH x, y, kind, unit, year, code, one[0] AS s
CREATE (x)-[:FLOWS_TO {kind: kind, quantity: s.quantity, unit: unit, year: year, series: code,
  truncated: s.truncated, confidence: s.confidence, visibility: $visibilities[s.visibility],
  record: 'F' + toString(s.counter)}]->(y)

// name: link_counters
// The same for some records.
UNWIND $counters AS counter
MATCH (a:TerritoryAnchor)-[s:FLOW_SAID {counter: counter}]->(b:TerritoryAnchor)
WHERE s.revision <= $at AND coalesce(s.closed > $at, true)
MATCH (t:FlowSeries {code: s.series})
MATCH (x:Territory {id: a.id})
MATCH (y:Territory {id: b.id})
CREATE (x)-[:FLOWS_TO {kind: t.kind, quantity: s.quantity, unit: t.unit, year: t.year, series: t.code,
  truncated: s.truncated, confidence: s.confidence, visibility: $visibilities[s.visibility],
  record: 'F' + toString(s.counter)}]->(y)

// name: earlier
// Flows as documents, as stores of before keep them.
MATCH (r:Record {table: 'flows'})
RETURN r.id AS id, r.version AS version, r.revision AS revision, r.closed AS closed, r.document AS document
LIMIT $limit

// name: convert
// A document goes in the statement that writes what it says: done again, it finds no document.
UNWIND $rows AS row
MATCH (r:Record {uid: row[11]}) WHERE r.version = row[3]
MATCH (a:TerritoryAnchor {id: row[0]})
MATCH (b:TerritoryAnchor {id: row[1]})
CREATE (a)-[:FLOW_SAID {counter: row[2], version: row[3], revision: row[4], series: row[5], quantity: row[6],
  truncated: row[7], confidence: row[8], visibility: row[9], attributes: row[10], closed: row[12]}]->(b)
DELETE r

// name: numbers
// The greatest numbers given to anchors and to series.
OPTIONAL MATCH (a:ActorAnchor)
WITH coalesce(max(a.number), 0) AS actors
OPTIONAL MATCH (o:ObjectiveAnchor)
WITH actors, coalesce(max(o.number), 0) AS objectives
OPTIONAL MATCH (t:TerritoryAnchor)
WITH actors, objectives, coalesce(max(t.number), 0) AS territories
OPTIONAL MATCH (s:FlowSeries)
RETURN actors, objectives, territories, coalesce(max(s.code), 0) AS series
