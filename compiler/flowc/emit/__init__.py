"""Emit: the machine to artefacts. Each emitter reads the machine and nothing else."""
