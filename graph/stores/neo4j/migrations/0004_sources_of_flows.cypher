// The source of a flow is a long text that many share: the plain graph says the number of its (:FlowSeries) instead.
MATCH (:Territory)-[e:FLOWS_TO]->(:Territory)
CALL (e) {
  MATCH (:TerritoryAnchor)-[s:FLOW_SAID {counter: toInteger(substring(e.record, 1))}]->(:TerritoryAnchor)
  WHERE s.closed IS NULL
  SET e.series = s.series
  REMOVE e.source
} IN TRANSACTIONS OF 10000 ROWS;
