"""One HTTP exchange: what went over the wire, and the capture that points at its record."""
