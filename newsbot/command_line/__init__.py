"""What all commands share: checked options, help, confirmation, a quiet end."""
