"""Diff: what a new version of a flow means for people who are in the middle of a conversation."""
