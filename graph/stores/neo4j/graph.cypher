// The plain graph of the current state, for people who read it in Neo4j Browser or Bloom. Nothing of the store is
// read from it; it is rebuilt from the versions.

// name: put_actors
UNWIND $rows AS row MERGE (n:Actor {id: row.id}) SET n = row

// name: put_objectives
UNWIND $rows AS row MERGE (n:Objective {id: row.id}) SET n = row

// name: put_stakes
UNWIND $rows AS row MERGE (n:Stake {id: row.id}) SET n = row

// name: put_projects
UNWIND $rows AS row MERGE (n:Project {id: row.id}) SET n = row

// name: put_territories
UNWIND $rows AS row MERGE (n:Territory {id: row.id}) SET n = row

// name: drop_actors
UNWIND $ids AS id MATCH (n:Actor {id: id}) DETACH DELETE n

// name: drop_objectives
UNWIND $ids AS id MATCH (n:Objective {id: id}) DETACH DELETE n

// name: drop_stakes
UNWIND $ids AS id MATCH (n:Stake {id: id}) DETACH DELETE n

// name: drop_projects
UNWIND $ids AS id MATCH (n:Project {id: id}) DETACH DELETE n

// name: drop_territories
UNWIND $ids AS id MATCH (n:Territory {id: id}) DETACH DELETE n

// name: clear_actors
UNWIND $ids AS id MATCH (:Actor {id: id})-[e:LOCATED_IN]->(:Territory) DELETE e

// name: clear_objectives
UNWIND $ids AS id MATCH (:Objective {id: id})-[e:PART_OF]->(:Stake) DELETE e

// name: clear_stakes
UNWIND $ids AS id MATCH (:Stake {id: id})-[e:PART_OF]->(:Stake) DELETE e

// name: clear_projects
UNWIND $ids AS id MATCH (:Project {id: id})-[e:PART_OF]->(:Project) DELETE e

// name: clear_territories
UNWIND $ids AS id MATCH (:Territory {id: id})-[e:PART_OF]->(:Territory) DELETE e

// name: link_actors
UNWIND $rows AS row MATCH (a:Actor {id: row[0]}) MATCH (b:Territory {id: row[1]}) CREATE (a)-[:LOCATED_IN]->(b)

// name: link_objectives
UNWIND $rows AS row MATCH (a:Objective {id: row[0]}) MATCH (b:Stake {id: row[1]}) CREATE (a)-[:PART_OF]->(b)

// name: link_stakes
UNWIND $rows AS row MATCH (a:Stake {id: row[0]}) MATCH (b:Stake {id: row[1]}) CREATE (a)-[:PART_OF]->(b)

// name: link_projects
UNWIND $rows AS row MATCH (a:Project {id: row[0]}) MATCH (b:Project {id: row[1]}) CREATE (a)-[:PART_OF]->(b)

// name: link_territories
UNWIND $rows AS row MATCH (a:Territory {id: row[0]}) MATCH (b:Territory {id: row[1]}) CREATE (a)-[:PART_OF]->(b)

// name: ids_actors
MATCH (n:Actor) RETURN n.id AS id

// name: some_actors
UNWIND $ids AS id
MATCH (n:Actor {id: id})
RETURN n {.*} AS node, [(n)-[:LOCATED_IN]->(end:Territory) | end.id] AS ends

// name: ids_objectives
MATCH (n:Objective) RETURN n.id AS id

// name: some_objectives
UNWIND $ids AS id
MATCH (n:Objective {id: id})
RETURN n {.*} AS node, [(n)-[:PART_OF]->(end:Stake) | end.id] AS ends

// name: ids_stakes
MATCH (n:Stake) RETURN n.id AS id

// name: some_stakes
UNWIND $ids AS id
MATCH (n:Stake {id: id})
RETURN n {.*} AS node, [(n)-[:PART_OF]->(end:Stake) | end.id] AS ends

// name: ids_projects
MATCH (n:Project) RETURN n.id AS id

// name: some_projects
UNWIND $ids AS id
MATCH (n:Project {id: id})
RETURN n {.*} AS node, [(n)-[:PART_OF]->(end:Project) | end.id] AS ends

// name: ids_territories
MATCH (n:Territory) RETURN n.id AS id

// name: some_territories
UNWIND $ids AS id
MATCH (n:Territory {id: id})
RETURN n {.*} AS node, [(n)-[:PART_OF]->(end:Territory) | end.id] AS ends

// name: clear_targets
UNWIND $ids AS id MATCH (:Project)-[e:TARGETS {record: id}]->(:Objective) DELETE e

// name: clear_contributions
UNWIND $ids AS id MATCH (:Actor)-[e:CONTRIBUTES_TO {record: id}]->(:Project) DELETE e

// name: clear_participations
UNWIND $ids AS id MATCH (:Actor)-[e:PARTICIPATES_IN {record: id}]->(:Project) DELETE e

// name: clear_flows
UNWIND $ids AS id MATCH (:Territory)-[e:FLOWS_TO {record: id}]->(:Territory) DELETE e

// name: link_targets
UNWIND $rows AS row
MATCH (a:Project {id: row[0]})
MATCH (b:Objective {id: row[1]})
CREATE (a)-[e:TARGETS]->(b) SET e = row[2]

// name: link_contributions
UNWIND $rows AS row
MATCH (a:Actor {id: row[0]})
MATCH (b:Project {id: row[1]})
CREATE (a)-[e:CONTRIBUTES_TO]->(b) SET e = row[2]

// name: link_participations
UNWIND $rows AS row
MATCH (a:Actor {id: row[0]})
MATCH (b:Project {id: row[1]})
CREATE (a)-[e:PARTICIPATES_IN]->(b) SET e = row[2]

// name: total_targets
MATCH (:Project)-[e:TARGETS]->(:Objective) RETURN count(e) AS edges

// name: some_targets
UNWIND $ids AS id
MATCH (a:Project)-[e:TARGETS {record: id}]->(b:Objective)
RETURN a.id AS row, b.id AS col, e {.*} AS edge

// name: total_contributions
MATCH (:Actor)-[e:CONTRIBUTES_TO]->(:Project) RETURN count(e) AS edges

// name: some_contributions
UNWIND $ids AS id
MATCH (a:Actor)-[e:CONTRIBUTES_TO {record: id}]->(b:Project)
RETURN a.id AS row, b.id AS col, e {.*} AS edge

// name: total_participations
MATCH (:Actor)-[e:PARTICIPATES_IN]->(:Project) RETURN count(e) AS edges

// name: some_participations
UNWIND $ids AS id
MATCH (a:Actor)-[e:PARTICIPATES_IN {record: id}]->(b:Project)
RETURN a.id AS row, b.id AS col, e {.*} AS edge

// name: total_flows
MATCH (:Territory)-[e:FLOWS_TO]->(:Territory) RETURN count(e) AS edges

// name: some_flows
UNWIND $ids AS id
MATCH (a:Territory)-[e:FLOWS_TO {record: id}]->(b:Territory)
RETURN a.id AS row, b.id AS col, e {.*} AS edge
