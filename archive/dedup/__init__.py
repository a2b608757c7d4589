"""Which payloads are kept already."""
