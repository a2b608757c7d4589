"""How a run went, compared with those before it, and who hears of it."""
