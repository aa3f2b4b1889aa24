"""A certificate: one event, fact or state with its proof, and nothing else."""
