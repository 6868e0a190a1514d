"""The production graph: Neo4j 5.26 LTS or later, over Bolt."""
