// The truth: every version of every record. Statements are relationships between anchors, all else :Record nodes.
// A version is believed at revision r when revision <= r and closed is absent or greater than r.
CREATE CONSTRAINT schema_name IF NOT EXISTS FOR (s:Schema) REQUIRE s.name IS UNIQUE;
CREATE CONSTRAINT head_name IF NOT EXISTS FOR (h:Head) REQUIRE h.name IS UNIQUE;
CREATE CONSTRAINT gate_name IF NOT EXISTS FOR (g:Gate) REQUIRE g.name IS UNIQUE;
CREATE CONSTRAINT revision_number IF NOT EXISTS FOR (r:Revision) REQUIRE r.number IS UNIQUE;
CREATE CONSTRAINT rater_code IF NOT EXISTS FOR (r:Rater) REQUIRE r.code IS UNIQUE;
CREATE CONSTRAINT actor_anchor_id IF NOT EXISTS FOR (a:ActorAnchor) REQUIRE a.id IS UNIQUE;
CREATE CONSTRAINT objective_anchor_id IF NOT EXISTS FOR (o:ObjectiveAnchor) REQUIRE o.id IS UNIQUE;
CREATE INDEX record_table IF NOT EXISTS FOR (r:Record) ON (r.table);
CREATE INDEX record_uid IF NOT EXISTS FOR (r:Record) ON (r.uid);
CREATE INDEX record_key IF NOT EXISTS FOR (r:Record) ON (r.key);
CREATE INDEX position_said_counter IF NOT EXISTS FOR ()-[s:POSITION_SAID]-() ON (s.counter);
CREATE INDEX position_said_rater IF NOT EXISTS FOR ()-[s:POSITION_SAID]-() ON (s.rater);
CREATE INDEX influence_said_counter IF NOT EXISTS FOR ()-[s:INFLUENCE_SAID]-() ON (s.counter);
CREATE INDEX influence_said_rater IF NOT EXISTS FOR ()-[s:INFLUENCE_SAID]-() ON (s.rater);

// The plain graph that analysts read: the current state, rebuilt from the truth.
CREATE CONSTRAINT actor_id IF NOT EXISTS FOR (n:Actor) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT objective_id IF NOT EXISTS FOR (n:Objective) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT stake_id IF NOT EXISTS FOR (n:Stake) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT project_id IF NOT EXISTS FOR (n:Project) REQUIRE n.id IS UNIQUE;
CREATE CONSTRAINT territory_id IF NOT EXISTS FOR (n:Territory) REQUIRE n.id IS UNIQUE;
CREATE INDEX targets_record IF NOT EXISTS FOR ()-[e:TARGETS]-() ON (e.record);
CREATE INDEX contributes_record IF NOT EXISTS FOR ()-[e:CONTRIBUTES_TO]-() ON (e.record);
CREATE INDEX participates_record IF NOT EXISTS FOR ()-[e:PARTICIPATES_IN]-() ON (e.record);
CREATE INDEX flows_record IF NOT EXISTS FOR ()-[e:FLOWS_TO]-() ON (e.record);

MERGE (h:Head {name: 'head'}) ON CREATE SET h.revision = 0, h.projected = 0;
MERGE (:Gate {name: 'gate'});
