-- One file, no server. Believed records apart from history, so that reading today never wades through the past.

CREATE TABLE revision (
  number INTEGER PRIMARY KEY,
  moment TEXT NOT NULL,
  author TEXT NOT NULL,
  message TEXT NOT NULL,
  origin TEXT NOT NULL,
  file_hash TEXT,
  touched INTEGER NOT NULL,
  undoes INTEGER REFERENCES revision (number),
  erased INTEGER,
  listed INTEGER NOT NULL CHECK (listed IN (0, 1)) -- whether table touched lists what it wrote
) STRICT;

CREATE TABLE touched (
  revision INTEGER NOT NULL,
  tab TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY (revision, tab, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE counter (
  tab TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Every table but the two of statements: the natural key as JSON, the record as a JSON document.
CREATE TABLE record (
  tab TEXT NOT NULL,
  id TEXT NOT NULL,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document)),
  PRIMARY KEY (tab, id),
  UNIQUE (tab, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE record_history (
  tab TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document)),
  PRIMARY KEY (tab, id, version)
) STRICT, WITHOUT ROWID;

-- Integers that stand for texts repeated in millions of statements.
CREATE TABLE entity (
  key INTEGER PRIMARY KEY,
  tab TEXT NOT NULL,
  id TEXT NOT NULL,
  UNIQUE (tab, id)
) STRICT;

CREATE TABLE phrase (
  key INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;
INSERT INTO phrase (key, text) VALUES (0, '');

CREATE TABLE degree (
  key INTEGER PRIMARY KEY,
  value REAL NOT NULL UNIQUE
) STRICT;
INSERT INTO degree (key, value) VALUES (0, -1.0); -- no confidence stated

CREATE TABLE position (
  a INTEGER NOT NULL REFERENCES entity (key),
  b INTEGER NOT NULL REFERENCES entity (key),
  rater INTEGER NOT NULL REFERENCES phrase (key),
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL,
  value INTEGER NOT NULL CHECK (value BETWEEN -4 AND 4),
  confidence INTEGER NOT NULL REFERENCES degree (key),
  retained INTEGER NOT NULL,
  visibility INTEGER NOT NULL,
  source INTEGER NOT NULL REFERENCES phrase (key),
  comment TEXT,
  attributes TEXT,
  counter INTEGER NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (a, b, rater, valid_from)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX position_counter ON position (counter);

CREATE TABLE position_history (
  a INTEGER NOT NULL,
  b INTEGER NOT NULL,
  rater INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL,
  value INTEGER NOT NULL,
  confidence INTEGER NOT NULL,
  retained INTEGER NOT NULL,
  visibility INTEGER NOT NULL,
  source INTEGER NOT NULL,
  comment TEXT,
  attributes TEXT,
  counter INTEGER NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  PRIMARY KEY (counter, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE influence (
  a INTEGER NOT NULL REFERENCES entity (key),
  b INTEGER NOT NULL REFERENCES entity (key),
  rater INTEGER NOT NULL REFERENCES phrase (key),
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL,
  value INTEGER NOT NULL CHECK (value BETWEEN 0 AND 4),
  confidence INTEGER NOT NULL REFERENCES degree (key),
  retained INTEGER NOT NULL,
  visibility INTEGER NOT NULL,
  source INTEGER NOT NULL REFERENCES phrase (key),
  comment TEXT,
  attributes TEXT,
  counter INTEGER NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  PRIMARY KEY (a, b, rater, valid_from)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX influence_counter ON influence (counter);

CREATE TABLE influence_history (
  a INTEGER NOT NULL,
  b INTEGER NOT NULL,
  rater INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  valid_to INTEGER NOT NULL,
  value INTEGER NOT NULL,
  confidence INTEGER NOT NULL,
  retained INTEGER NOT NULL,
  visibility INTEGER NOT NULL,
  source INTEGER NOT NULL,
  comment TEXT,
  attributes TEXT,
  counter INTEGER NOT NULL,
  version INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  PRIMARY KEY (counter, version)
) STRICT, WITHOUT ROWID;

-- For people who open the file with SQL.
CREATE VIEW actor AS
SELECT id, document ->> 'name' AS name, document ->> 'family' AS family,
       document ->> 'involvement' AS involvement, document ->> 'territory' AS territory
FROM record WHERE tab = 'actors';

CREATE VIEW objective AS
SELECT id, document ->> 'name' AS name, document ->> 'stake' AS stake FROM record WHERE tab = 'objectives';

CREATE VIEW position_statement AS
SELECT 'P' || p.counter AS id, a.id AS actor, o.id AS objective, p.value,
       date(p.valid_from + 1721424.5) AS valid_from, nullif(r.text, '') AS rater,
       nullif(d.value, -1.0) AS confidence, nullif(s.text, '') AS source, p.revision
FROM position p
JOIN entity a ON a.key = p.a
JOIN entity o ON o.key = p.b
JOIN phrase r ON r.key = p.rater
JOIN phrase s ON s.key = p.source
JOIN degree d ON d.key = p.confidence;
