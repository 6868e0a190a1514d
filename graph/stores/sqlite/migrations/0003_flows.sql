-- Flows grow to millions: typed columns with integer keys, like statements. What many flows share, their series,
-- is written once.

CREATE TABLE flow_series (
  key INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL REFERENCES phrase (key),
  unit INTEGER NOT NULL REFERENCES phrase (key),
  year INTEGER NOT NULL, -- 0: not said
  source INTEGER NOT NULL REFERENCES phrase (key),
  UNIQUE (kind, unit, year, source)
) STRICT;

CREATE TABLE flow (
  a INTEGER NOT NULL REFERENCES entity (key),
  b INTEGER NOT NULL REFERENCES entity (key),
  series INTEGER NOT NULL REFERENCES flow_series (key),
  quantity REAL CHECK (quantity >= 0), -- null: unknown
  truncated INTEGER NOT NULL,
  visibility INTEGER NOT NULL,
  attributes TEXT,
  counter INTEGER NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (a, b, series)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX flow_counter ON flow (counter);

CREATE TABLE flow_history (
  a INTEGER NOT NULL,
  b INTEGER NOT NULL,
  series INTEGER NOT NULL,
  quantity REAL,
  truncated INTEGER NOT NULL,
  visibility INTEGER NOT NULL,
  attributes TEXT,
  counter INTEGER NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  PRIMARY KEY (counter, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX flow_history_pair ON flow_history (a, b);

-- The documents of before.
CREATE TEMPORARY VIEW earlier_flow AS
SELECT CAST(substr(id, 2) AS INTEGER) AS counter, version, revision, closed,
       document ->> 'origin' AS origin, document ->> 'destination' AS destination,
       document ->> 'kind' AS kind, coalesce(document ->> 'unit', '') AS unit,
       coalesce(document ->> 'year', 0) AS year, coalesce(document ->> 'source', '') AS source,
       CAST(document ->> 'quantity' AS REAL) AS quantity,
       coalesce(document ->> 'truncated', 0) AS truncated,
       CASE document ->> 'visibility' WHEN 'public' THEN 0 WHEN 'partenaires' THEN 1 ELSE 2 END AS visibility,
       (SELECT json_group_array(json_array(key, value)) FROM json_each(document, '$.attributes')) AS attributes
FROM (SELECT id, version, revision, NULL AS closed, document FROM record WHERE tab = 'flows'
      UNION ALL SELECT id, version, revision, closed, document FROM record_history WHERE tab = 'flows');

INSERT OR IGNORE INTO entity (tab, id) SELECT 'territories', origin FROM earlier_flow;
INSERT OR IGNORE INTO entity (tab, id) SELECT 'territories', destination FROM earlier_flow;
INSERT OR IGNORE INTO phrase (text) SELECT kind FROM earlier_flow;
INSERT OR IGNORE INTO phrase (text) SELECT unit FROM earlier_flow;
INSERT OR IGNORE INTO phrase (text) SELECT source FROM earlier_flow;
INSERT OR IGNORE INTO flow_series (kind, unit, year, source)
SELECT k.key, u.key, f.year, s.key FROM earlier_flow f
JOIN phrase k ON k.text = f.kind JOIN phrase u ON u.text = f.unit JOIN phrase s ON s.text = f.source;

CREATE TEMPORARY VIEW coded_flow AS
SELECT a.key AS a, b.key AS b, t.key AS series, f.quantity, f.truncated, f.visibility,
       nullif(f.attributes, '[]') AS attributes, f.counter, f.version, f.revision, f.closed
FROM earlier_flow f
JOIN entity a ON a.tab = 'territories' AND a.id = f.origin
JOIN entity b ON b.tab = 'territories' AND b.id = f.destination
JOIN phrase k ON k.text = f.kind JOIN phrase u ON u.text = f.unit JOIN phrase s ON s.text = f.source
JOIN flow_series t ON t.kind = k.key AND t.unit = u.key AND t.year = f.year AND t.source = s.key;

INSERT INTO flow SELECT a, b, series, quantity, truncated, visibility, attributes, counter, version, revision
FROM coded_flow WHERE closed IS NULL;
INSERT INTO flow_history SELECT * FROM coded_flow WHERE closed IS NOT NULL;
DROP VIEW coded_flow;
DROP VIEW earlier_flow;
DELETE FROM record WHERE tab = 'flows';
DELETE FROM record_history WHERE tab = 'flows';

-- For people who open the file with SQL.
CREATE VIEW flow_statement AS
SELECT 'F' || f.counter AS id, a.id AS origin, b.id AS destination, k.text AS kind, f.quantity,
       nullif(u.text, '') AS unit, nullif(t.year, 0) AS year, nullif(s.text, '') AS source, f.truncated, f.revision
FROM flow f
JOIN entity a ON a.key = f.a
JOIN entity b ON b.key = f.b
JOIN flow_series t ON t.key = f.series
JOIN phrase k ON k.key = t.kind
JOIN phrase u ON u.key = t.unit
JOIN phrase s ON s.key = t.source;
