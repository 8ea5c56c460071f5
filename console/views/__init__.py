"""The window: the only layer that knows Qt; reaches data and pictures through services."""
