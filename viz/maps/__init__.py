"""The maps: each builds a specification from a snapshot."""
