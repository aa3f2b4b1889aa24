"""Whether something is what was recorded and signed: hashes, chains, proofs and signatures. Reads no file and knows no case."""
