-- An import asks what was said before about the same thing: history by natural key.

ALTER TABLE record_history ADD COLUMN key TEXT;

-- A version that is closed today and whose record is still believed had the key of that record.
UPDATE record_history SET key = (
  SELECT record.key FROM record WHERE record.tab = record_history.tab AND record.id = record_history.id
);
UPDATE record_history SET key = json_array(id) WHERE key IS NULL AND json_extract(document, '$.id') = id;

CREATE INDEX record_history_key ON record_history (tab, key);
CREATE INDEX position_history_pair ON position_history (a, b);
CREATE INDEX influence_history_pair ON influence_history (a, b);
