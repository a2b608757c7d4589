"""Who hears how a run went: messages, heartbeat, metrics."""
