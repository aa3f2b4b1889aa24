"""The history that proves itself: canonical form, hash chain, proofs."""
