"""Analyses: pure functions from a snapshot to a result."""
