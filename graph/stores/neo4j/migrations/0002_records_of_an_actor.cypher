// What is said of one actor is asked for without going through the table. Ids need no escape in JSON, and within a text
// a quotation mark is preceded by a backslash: the first "actor":" of a document is its field.
CREATE INDEX record_first IF NOT EXISTS FOR (r:Record) ON (r.first);
MATCH (r:Record) WHERE r.table IN ['participations', 'contributions', 'resources']
CALL (r) { SET r.first = split(split(r.document, '"actor":"')[1], '"')[0] } IN TRANSACTIONS OF 10000 ROWS;
