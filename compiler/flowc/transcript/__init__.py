"""Transcripts, the tests of a flow: a `.flowtest` in, what passed and what failed out. Time is virtual."""
