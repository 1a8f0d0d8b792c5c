"""Transcripts that nobody has to write: the shortest conversations that take what no test takes yet."""
