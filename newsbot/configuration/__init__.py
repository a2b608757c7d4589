"""What the operator wants: settings, where they come from, and what is wrong with them."""
