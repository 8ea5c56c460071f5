"""Storage: the only layer that knows SQL, the journal and the vault."""
