"""Rules: commands, rights and the gate."""
