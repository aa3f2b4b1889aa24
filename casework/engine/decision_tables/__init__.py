"""Decision tables: rules as rows, which say what is decided where certain inputs are so."""
