"""Pictures: worker processes, the engine that runs them, and the memory they share."""
