"""Pictures of a machine: SVG, PNG, and a page to look around in."""
