// Versions of every record that is not a statement. $at: the revision that the reader sees up to.

// name: ids
MATCH (r:Record {table: $table})
WHERE r.revision <= $at AND coalesce(r.closed > $at, true)
RETURN collect(r.id) AS ids

// name: by_key
UNWIND $keys AS key
MATCH (r:Record {key: key})
WHERE r.revision <= $at AND coalesce(r.closed <= $at, false) = $past
RETURN r.key AS key, r.id AS id, r.version AS version, r.revision AS revision, r.closed AS closed,
       r.document AS document

// name: by_uid
UNWIND $uids AS uid
MATCH (r:Record {uid: uid}) WHERE r.revision <= $at AND coalesce(r.closed > $at, true)
RETURN r.id AS id, r.version AS version, r.revision AS revision, r.closed AS closed, r.document AS document

// name: present
UNWIND $uids AS uid
MATCH (r:Record {uid: uid}) WHERE r.revision <= $at AND coalesce(r.closed > $at, true)
RETURN r.table AS table, r.id AS id

// name: versions
UNWIND $uids AS uid
MATCH (r:Record {uid: uid}) WHERE r.revision <= $at
RETURN r.id AS id, r.version AS version, r.revision AS revision, r.closed AS closed, r.document AS document

// name: latest
UNWIND $uids AS uid
MATCH (r:Record {uid: uid}) WHERE r.revision <= $at
RETURN r.id AS id, max(r.version) AS version

// name: starting
MATCH (r:Record {first: $first})
WHERE r.table = $table AND r.revision <= $at AND coalesce(r.closed > $at, true)
RETURN r.id AS id, r.version AS version, r.revision AS revision, r.closed AS closed, r.document AS document

// name: scan
// Some hundred records an answer: each answer costs the driver as much as many of them.
MATCH (r:Record {table: $table}) WHERE r.revision <= $at AND coalesce(r.closed > $at, true)
WITH collect(r {.id, .version, .revision, .closed, .document}) AS every
UNWIND range(0, size(every) - 1, 500) AS first
RETURN every[first..first + 500] AS some

// name: scan_all
MATCH (r:Record {table: $table}) WHERE r.revision <= $at
RETURN r.id AS id, r.version AS version, r.revision AS revision, r.closed AS closed, r.document AS document

// name: touched
MATCH (r:Record) WHERE r.revision = $revision OR r.closed = $revision
RETURN DISTINCT r.table AS table, r.id AS id

// name: touched_after
MATCH (r:Record {table: $table}) WHERE r.revision > $after OR r.closed > $after
RETURN DISTINCT r.id AS id

// name: insert
UNWIND $rows AS row
CREATE (:Record {table: row[0], id: row[1], uid: row[2], key: row[3], version: row[4], revision: row[5],
  document: row[6], first: row[7]})

// name: close
UNWIND $uids AS uid
MATCH (r:Record {uid: uid}) WHERE r.closed IS NULL
SET r.closed = $revision
RETURN count(r) AS closed

// name: purge
UNWIND $uids AS uid
MATCH (r:Record {uid: uid})
WITH r, r.closed IS NULL AS believed
DELETE r
RETURN sum(CASE WHEN believed THEN 1 ELSE 0 END) AS believed

// name: rewrite
UNWIND $rows AS row
MATCH (r:Record {uid: row.uid}) WHERE r.version = row.version
SET r.document = row.document, r.key = row.key

// name: sweep
MATCH (r:Record) WHERE r.revision > $head CALL (r) { DELETE r } IN TRANSACTIONS OF $batch ROWS

// name: reopen
MATCH (r:Record) WHERE r.closed > $head CALL (r) { REMOVE r.closed } IN TRANSACTIONS OF $batch ROWS

// name: believed_twice
MATCH (r:Record) WHERE r.closed IS NULL
WITH r.uid AS record, count(r) AS versions WHERE versions > 1
RETURN record LIMIT 20

// name: count
MATCH (r:Record {table: $table}) WHERE r.closed IS NULL RETURN count(r) AS believed
