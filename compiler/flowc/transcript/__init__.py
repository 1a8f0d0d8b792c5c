"""Transcripts: the tests of a flow. A `.flowtest` in, what passed and what did not out; time in them is virtual."""
