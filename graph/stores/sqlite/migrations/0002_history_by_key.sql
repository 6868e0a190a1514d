-- An import asks what was said before about the same thing: history by natural key.

ALTER TABLE record_history ADD COLUMN key TEXT;

-- The keys of the versions already closed, composed as when this migration was written.
UPDATE record_history SET key = CASE tab
  WHEN 'participations' THEN json_array(document ->> 'actor', document ->> 'project', document ->> 'since')
  WHEN 'objective_links' THEN json_array(document ->> 'source_objective', document ->> 'target_objective', document ->> 'kind')
  WHEN 'targets' THEN json_array(document ->> 'project', document ->> 'objective')
  WHEN 'contributions' THEN json_array(document ->> 'actor', document ->> 'project', document ->> 'kind', document ->> 'start')
  WHEN 'flows' THEN json_array(document ->> 'origin', document ->> 'destination', document ->> 'kind', document ->> 'unit', document ->> 'year', document ->> 'source')
  WHEN 'indicators' THEN json_array(document ->> 'territory', document ->> 'indicator', document ->> 'year')
  WHEN 'thresholds' THEN json_array(document ->> 'indicator', document ->> 'dimension')
  WHEN 'resources' THEN json_array(document ->> 'actor', document ->> 'resource', document ->> 'direction', document ->> 'territory')
  WHEN 'concessions' THEN json_array(document ->> 'arbitration', document ->> 'actor')
  WHEN 'aliases' THEN json_array(document ->> 'table', document ->> 'old')
  WHEN 'vocabulary' THEN json_array(document ->> 'list', document ->> 'code')
  ELSE json_array(id) END;

CREATE INDEX record_history_key ON record_history (tab, key);
CREATE INDEX position_history_pair ON position_history (a, b);
CREATE INDEX influence_history_pair ON influence_history (a, b);
