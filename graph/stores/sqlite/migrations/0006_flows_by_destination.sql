-- The flows of a territory: what reaches it, beside what leaves it.

CREATE INDEX flow_column ON flow (b);
