"""What runs it."""
