// Flows grow to millions: relations between anchors, like statements. The documents of before are read and written
// again by upgrade.py, after this.
CREATE CONSTRAINT territory_anchor_id IF NOT EXISTS FOR (t:TerritoryAnchor) REQUIRE t.id IS UNIQUE;
CREATE CONSTRAINT flow_series_code IF NOT EXISTS FOR (s:FlowSeries) REQUIRE s.code IS UNIQUE;
CREATE INDEX flow_said_counter IF NOT EXISTS FOR ()-[s:FLOW_SAID]-() ON (s.counter);
