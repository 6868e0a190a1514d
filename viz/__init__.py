"""Maps: specifications, layout, rendering."""
