-- A flow that nobody measured (skills, attention, know-how) is stated with how sure one is of it.
ALTER TABLE flow ADD COLUMN confidence REAL CHECK (confidence BETWEEN 0 AND 1);
ALTER TABLE flow_history ADD COLUMN confidence REAL;
