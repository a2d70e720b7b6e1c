"""Use cases over ports: one turn from message to reply."""
