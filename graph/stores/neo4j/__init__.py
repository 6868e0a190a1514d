"""The production graph."""
