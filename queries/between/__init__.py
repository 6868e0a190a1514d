"""The sheet of a negotiation between two territories, part by part."""
